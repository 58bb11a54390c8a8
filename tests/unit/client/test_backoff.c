#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "backoff.h"

struct row {
    int number;
    int failures; /* before the one that is looked at */
    uint32_t random;
    span_us least, most;
};

static const struct row rows[] = {
    {1, 0, 0, 125000, 125000},
    {2, 0, UINT32_MAX, 249999, 250000},
    {3, 1, 0, 250000, 250000},
    {4, 2, UINT32_MAX, 999999, 1000000},
    {5, 3, 0x80000000u, 1500000, 1500000},
    {6, 4, UINT32_MAX, 3999999, 4000000},
    {7, 5, 0, 2500000, 2500000},
    {8, 6, UINT32_MAX, 4999999, 5000000},
    {9, 1000, UINT32_MAX, 4999999, 5000000},
};

static void it_doubles_to_five_seconds(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct backoff b;
        backoff_init(&b);
        for (int f = 0; f < rows[i].failures; f++)
            backoff_failed(&b, 0);
        span_us wait = backoff_failed(&b, rows[i].random);
        if (wait < rows[i].least || wait > rows[i].most)
            fail_msg("row %d: %lld", rows[i].number, (long long)wait);
    }
}

static void success_begins_anew(void **state)
{
    (void)state;
    struct backoff b;
    backoff_init(&b);
    for (int i = 0; i < 10; i++)
        backoff_failed(&b, 7);
    backoff_reset(&b);
    assert_int_equal(backoff_failed(&b, 0), BACKOFF_FIRST_US / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(it_doubles_to_five_seconds),
                                       cmocka_unit_test(success_begins_anew)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
