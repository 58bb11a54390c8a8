#include "../rows.h"
#include "ingress/preroll.h"

/* Numbers put in this order, and those held afterwards, oldest first. 0 ends a list; +1000 = restarted. */
static const struct {
    int64_t put[16], held[PREROLL_PACKETS + 1];
} rows[] = {
    {{0}, {0}},
    {{5}, {5}},
    {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, {3, 4, 5, 6, 7, 8, 9, 10}},
    {{1, 3, 2, 5, 4}, {1, 2, 3, 4, 5}},
    {{2, 3, 4, 5, 6, 7, 8, 9, 1}, {2, 3, 4, 5, 6, 7, 8, 9}}, /* older than all held */
    {{1, 2, 3, 4, 5, 6, 7, 9, 10, 8}, {3, 4, 5, 6, 7, 8, 9, 10}},
    {{1, 2, 3, 1010, 1011}, {1011}},
    {{1, 2, 3, 1010, 700, 800}, {700, 800, 1010}},
};

static void holds_the_last_in_order(void **state)
{
    (void)state;
    struct preroll *p = malloc(sizeof *p);
    assert_non_null(p);
    for (size_t i = 0; i < COUNT(rows); i++) {
        preroll_init(p);
        for (int n = 0; rows[i].put[n]; n++) {
            uint8_t payload[3] = {0x78, (uint8_t)rows[i].put[n], 9};
            struct source_packet packet = {.seq = rows[i].put[n],
                                           .restarted = rows[i].put[n] > 1000,
                                           .rtp_time = (uint32_t)rows[i].put[n] * 960,
                                           .samples = 960,
                                           .len = 3,
                                           .payload = payload};
            preroll_put(p, &packet);
        }
        unsigned n = 0;
        for (; rows[i].held[n]; n++) {
            const struct preroll_packet *kept = preroll_at(p, n);
            ROW_TRUE(i, kept != NULL);
            ROW_EQUAL(i, kept->seq, rows[i].held[n]);
            ROW_EQUAL(i, kept->payload[1], (uint8_t)rows[i].held[n]);
            ROW_EQUAL(i, kept->rtp_time, (uint32_t)rows[i].held[n] * 960);
        }
        ROW_TRUE(i, preroll_at(p, n) == NULL);
    }
    free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(holds_the_last_in_order)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
