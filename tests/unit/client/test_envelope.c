#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "envelope.h"

struct step {
    int number;
    point_us now_us;
    int64_t offset;
    int64_t value; /* after it */
    bool dry;
};

/* One envelope lives through all of them. */
static const struct step steps[] = {
    {1, 0, 500, 500, true},
    {2, 20000, 480, 480, false},
    {3, 40000, 900, 480, false},
    {4, 9000000, 600, 480, false},
    {5, 11000000, 610, 600, false},   /* the early ones are out of the window */
    {6, 11500000, -200, -200, false}, /* earlier than ever */
    {7, 19900000, 50, -200, false},
    {8, 22000000, 60, 50, false},     /* and forgotten again */
    {9, 100000000, 7000, 7000, true}, /* a long pause: begun anew */
    {10, 100020000, 6000, 6000, false},
    {11, 100010000, 5999, 5999, false}, /* the clock steps back: nothing breaks */
};

static void it_is_the_lowest_of_ten_seconds(void **state)
{
    (void)state;
    struct envelope e;
    envelope_init(&e);
    assert_int_equal(envelope_value(&e), 0);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        bool dry = envelope_arrival(&e, steps[i].offset, steps[i].now_us);
        if (envelope_value(&e) != steps[i].value || dry != steps[i].dry)
            fail_msg("step %d: %lld, %d", steps[i].number, (long long)envelope_value(&e), dry);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(it_is_the_lowest_of_ten_seconds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
