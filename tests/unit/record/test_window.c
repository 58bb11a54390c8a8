/* Arrivals in every order, and when each packet is let go. */
#include "../rows.h"
#include "record/window.h"

#define MS       1000
#define NEVER    (-1)
#define ARRIVALS 8

/* Packets of 20 ms, numbered by their place; next is 0 at first. */
static const struct {
    const char *what;
    struct {
        int place, ms;
    } come[ARRIVALS];
    size_t count;
    struct {
        int place, ms;
    } go[ARRIVALS];
} rows[] = {
    {"in order: nobody waits", {{0, 0}, {1, 20}, {2, 40}}, 3, {{0, 0}, {1, 20}, {2, 40}}},
    {"one overtook: it waits for the other", {{0, 0}, {2, 20}, {1, 40}}, 3, {{0, 0}, {1, 40}, {2, 40}}},
    {"one never comes: 500 ms", {{0, 0}, {2, 40}, {3, 60}}, 3, {{0, 0}, {2, 540}, {3, 540}}},
    {"after silence: 500 ms", {{0, 0}, {100, 2000}}, 2, {{0, 0}, {100, 2500}}},
    {"twice: once", {{1, 0}, {1, 10}, {0, 20}}, 3, {{0, 20}, {1, 20}}},
    {"all the wrong way round", {{3, 0}, {2, 10}, {1, 20}, {0, 30}}, 4, {{0, 30}, {1, 30}, {2, 30}, {3, 30}}},
    {"who waited longest lets those before him go", {{5, 0}, {3, 400}}, 2, {{3, 500}, {5, 500}}},
};

static void packets_are_let_go_in_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct window w;
        session_samples next = 0;
        size_t come = 0, gone = 0;
        assert_int_equal(window_init(&w), ERR_NONE);
        for (int ms = 0; ms < 4000; ms++) {
            const struct window_packet *p;
            uint8_t byte = (uint8_t)come;
            for (; come < rows[i].count && rows[i].come[come].ms == ms; come++) {
                enum err e =
                    window_put(&w, rows[i].come[come].place * TICK_SAMPLES, TICK_SAMPLES, &byte, 1, ms * MS);
                ROW_TRUE(i, e == ERR_NONE || e == ERR_REPLAY);
            }
            while ((p = window_ready(&w, next, ms * MS)) != NULL) {
                ROW_TRUE(i, gone < ARRIVALS);
                ROW_EQUAL(i, p->at / TICK_SAMPLES, rows[i].go[gone].place);
                ROW_EQUAL(i, ms, rows[i].go[gone].ms);
                next = p->at + p->samples;
                window_drop(&w);
                gone++;
            }
            ROW_TRUE(i, w.count == 0 || window_deadline(&w) > ms * MS);
        }
        ROW_EQUAL(i, window_deadline(&w), NEVER_US);
        ROW_TRUE(i, gone == ARRIVALS || rows[i].go[gone].ms == 0);
        window_finish(&w);
    }
}

static void a_full_window_lets_the_oldest_go(void **state)
{
    struct window w;
    uint8_t bytes[WINDOW_PACKET_MAX + 1] = {0};
    (void)state;
    assert_int_equal(window_init(&w), ERR_NONE);
    assert_int_equal(window_put(&w, 0, 960, bytes, sizeof bytes, 0), ERR_LONG);
    for (int i = WINDOW_PACKETS; i > 0; i--)
        assert_int_equal(window_put(&w, i * TICK_SAMPLES, 960, bytes, WINDOW_PACKET_MAX, 0), ERR_NONE);
    assert_int_equal(window_put(&w, 0, 960, bytes, 1, 0), ERR_FULL);
    assert_int_equal(window_ready(&w, 0, 0)->at, TICK_SAMPLES);
    window_drop(&w);
    assert_null(window_ready(&w, 0, 0));
    assert_int_equal(window_put(&w, 0, 960, bytes, 1, 0), ERR_NONE);
    assert_int_equal(window_first(&w)->at, 0);
    window_finish(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(packets_are_let_go_in_order),
                                       cmocka_unit_test(a_full_window_lets_the_oldest_go)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
