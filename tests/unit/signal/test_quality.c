#include <math.h>
#include <stdlib.h>

#include "../rows.h"
#include "signal/quality.h"

static void rows(void **state)
{
    (void)state;
    static const struct {
        double lost_percent;
        uint32_t jitter_us, round_trip_us;
        int r;
    } rows[] = {{0, 0, 0, 92},                               /* the fixed delay alone */
                {0, 0, 100000, 91},      {0, 0, 600000, 66}, /* 346 ms one way: talk overlaps */
                {15, 0, 50000, 78},      {30, 0, 50000, 67},
                {100, 0, 50000, 41}, /* as the formula has it */
                {15, 60000, 400000, 50}, {0, 1000000, 4000000000u, 0}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct quality_line l = {(uint32_t)(rows[i].lost_percent * 655.36), rows[i].jitter_us,
                                       rows[i].round_trip_us};
        ROW_EQUAL(i, quality_r(&l), rows[i].r);
    }
}

/* The table of SOUND: speech with in-band FEC by ESTOI, on the scale of Ie as the constants' comment says. */
static void constants_fit_the_measured_table(void **state)
{
    (void)state;
    static const struct {
        double lost_percent, estoi;
    } measured[] = {{0, 0.990}, {10, 0.973}, {20, 0.946}, {30, 0.910}};
    const double clean = 0.990, concealed = 0.912, concealed_ie = 95 * 10 / (10 + 25.1);
    const double scale = concealed_ie / (clean - concealed);
    for (size_t i = 0; i < COUNT(measured); i++) {
        const struct quality_line none = {0, 0, 0}, l = {(uint32_t)(measured[i].lost_percent * 655.36), 0, 0};
        double impairment = quality_r(&none) - quality_r(&l);
        if (fabs(impairment - scale * (clean - measured[i].estoi)) >
            4.7) /* 4.2 and the rounding to whole R */
            fail_msg("row %zu: %f, not %f", i, impairment, scale * (clean - measured[i].estoi));
    }
}

static void worse_lines_are_never_better(void **state)
{
    (void)state;
    int before = 100;
    for (uint32_t lost = 0; lost < 65536; lost += 512) {
        int r = quality_r(&(struct quality_line){lost, 1000, 20000});
        assert_true(r <= before);
        before = r;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rows),
                                       cmocka_unit_test(constants_fit_the_measured_table),
                                       cmocka_unit_test(worse_lines_are_never_better)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
