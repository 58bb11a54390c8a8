/* How much FEC listeners' losses ask for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "egress/loss.h"

struct row {
    const char *what;
    unsigned steps;
    uint8_t fractions[4]; /* the worst listener's word before each step */
    uint8_t percent;      /* after the last */
};

static void test_steps(void **state)
{
    static const struct row rows[] = {
        {"1: a clean line carries none", 3, {0, 0, 0}, 0},
        {"2: it rises at once", 1, {13}, 6},
        {"3: the least loss counts", 1, {1}, 1},
        {"4: it falls by a point a step", 3, {13, 0, 0}, 4},
        {"5: down to nothing and not below", 4, {3, 0, 0, 0}, 0},
        {"6: one bad line cannot ask for more than the limit", 1, {255}, LOSS_PERCENT_MAX},
        {"7: nor keep it longer than from there", 2, {255, 0}, LOSS_PERCENT_MAX - 1},
        {"8: a worse word in between lifts it again", 3, {5, 0, 20}, 8},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct loss l = {0};
        uint8_t percent = 0;
        for (unsigned k = 0; k < rows[i].steps; k++) {
            loss_reported(&l, rows[i].fractions[k]);
            loss_reported(&l, rows[i].fractions[k] / 2); /* a better line beside it changes nothing */
            percent = loss_step(&l);
        }
        if (percent != rows[i].percent)
            fail_msg("%s: %u, not %u", rows[i].what, percent, rows[i].percent);
        assert_int_equal(l.percent, percent);
    }
}

static void test_fraction_is_understood_again(void **state)
{
    (void)state;
    for (uint8_t percent = 0; percent <= LOSS_PERCENT_MAX; percent++) {
        struct loss l = {.percent = percent};
        assert_int_equal(loss_fraction(&l) * 100 / 256, percent);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_fraction_is_understood_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
