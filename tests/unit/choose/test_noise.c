#include "../rows.h"
#include "base/time.h"
#include "choose/noise.h"

/* `seconds` of packets at one level, then one packet: is it heard? */
static const struct {
    uint8_t before;
    int seconds;
    uint8_t then;
    bool heard;
} rows[] = {
    {127, 0, 30, true},                        /* the very first packet */
    {127, 0, 50, true},  {127, 0, 55, false},  /* within the margin of what is assumed */
    {127, 60, 55, true}, {127, 60, 58, false}, /* a muted microphone does not make everything speech */
    {50, 60, 50, false},                       /* a fan */
    {50, 60, 42, false}, {50, 60, 35, true},
    {30, 60, 30, true}, /* steady, but far too loud for noise: music */
    {70, 60, 55, true},  {70, 60, 57, false},
    {0, 1, 127, false},
};

static void hears_what_stands_above_its_floor(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct noise n;
        noise_init(&n);
        for (int k = 0; k < rows[i].seconds * 50; k++)
            noise_hears(&n, rows[i].before, TICK_SAMPLES);
        ROW_EQUAL(i, noise_hears(&n, rows[i].then, TICK_SAMPLES), rows[i].heard);
    }
}

/* Speech dips between syllables: however long it lasts, it is not taken for noise. */
static void speech_does_not_pull_its_floor_up(void **state)
{
    (void)state;
    struct noise n;
    noise_init(&n);
    for (int k = 0; k < 50 * 600; k++) {
        bool dip = k % 25 >= 22;
        bool heard = noise_hears(&n, dip ? 65 : 35, TICK_SAMPLES);
        assert_true(heard == !dip);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hears_what_stands_above_its_floor),
        cmocka_unit_test(speech_does_not_pull_its_floor_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
