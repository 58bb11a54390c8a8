#include "../rows.h"
#include "deadlines.h"

#define COUNT_OF 200

static void the_earliest_is_first_whatever_moves(void **state)
{
    (void)state;
    struct deadlines d;
    struct deadline all[COUNT_OF];
    uint32_t dice = 7;
    assert_int_equal(deadlines_init(&d, COUNT_OF), ERR_NONE);
    for (int i = 0; i < COUNT_OF; i++)
        deadline_init(&all[i], DEADLINE_PEER, &all[i]);
    for (int round = 0; round < 20000; round++) {
        dice = dice * 1664525u + 1013904223u;
        struct deadline *one = &all[(dice >> 8) % COUNT_OF];
        deadlines_set(&d, one, (dice >> 30) == 0 ? NEVER_US : (point_us)((dice >> 16) % 1000) - 300);
        struct deadline *earliest = NULL;
        size_t in = 0;
        for (int i = 0; i < COUNT_OF; i++) {
            if (all[i].at_us == NEVER_US)
                continue;
            in++;
            if (!earliest || all[i].at_us < earliest->at_us)
                earliest = &all[i];
        }
        const struct deadline *first = deadlines_first(&d);
        assert_true(d.count == in && (first == NULL) == (earliest == NULL));
        assert_true(!first || first->at_us == earliest->at_us);
        assert_true((one->place == NOT_IN_HEAP) == (one->at_us == NEVER_US));
    }
    deadlines_finish(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_earliest_is_first_whatever_moves)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
