/* How two clocks differ, whatever else happens to when samples come and go. */
#include <math.h>

#include "../rows.h"
#include "drift.h"

/* Two sides in bursts, each late by up to so much, and what befalls them. */
struct row {
    const char *what;
    double ppm; /* of the giver */
    double late_ms;
    double shift_ms; /* its bursts come so much earlier from the middle on: other bursts, the same clock */
    double lost_ms;  /* of it, each ten seconds */
    double seconds, within_ppm;
};

static const struct row rows[] = {
    {"1: one clock", 0, 0, 0, 0, 30, 0},
    {"2: one clock, a busy machine", 0, 4, 0, 0, 120, 5},
    {"3: a clock 100 ppm off is known after 14 s", 100, 0, 0, 0, 14, 1},
    {"4: and slow", -100, 0, 0, 0, 14, 1},
    {"5: on a busy machine after a minute, about", 100, 4, 0, 0, 60, 30},
    {"6: the bursts come 5 ms earlier: no drift", 0, 0, 5, 0, 60, 0},
    {"7: or 2 ms later", 0, 0, -2, 0, 60, 0},
    {"8: or 0.3 ms", 0, 0, 0.3, 0, 30, 0},
    {"9: sound gets lost: no drift", 0, 0, 0, 30, 120, 0},
    {"10: and a drift beside all that", -150, 1, 3, 30, 120, 10},
    {"11: no card is that far off", 5000, 0, 0, 0, 60, 5000},
};

static uint32_t dice(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static point_us late_us(const struct row *row, uint32_t *seed)
{
    return (point_us)(row->late_ms * 1000 * dice(seed) / (1 << 24));
}

static double measure(const struct row *row)
{
    struct drift d;
    uint32_t seed = 1;
    const size_t burst = 480;
    int64_t given = 0;
    drift_init(&d);
    for (int64_t tick = 0; tick < (int64_t)(row->seconds * 50); tick++) {
        double now_s = (double)tick / 50, shift_s = now_s > row->seconds / 2 ? row->shift_ms / 1000 : 0;
        while ((double)given / (SAMPLES_PER_S * (1 + row->ppm * 1e-6)) - shift_s <= now_s) {
            double due_s = (double)given / (SAMPLES_PER_S * (1 + row->ppm * 1e-6)) - shift_s;
            given += (int64_t)burst;
            if (fmod(now_s, 10) >= row->lost_ms / 1000)
                drift_gave(&d, burst, (point_us)(due_s * 1e6) + US_PER_S + late_us(row, &seed));
        }
        drift_took(&d, TICK_SAMPLES, (point_us)(now_s * 1e6) + US_PER_S + late_us(row, &seed));
    }
    return drift_believed(&d) * 1e6;
}

static void only_clocks_are_believed(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        double ppm = measure(&rows[i]);
        if (getenv("AULA_SHOW") != NULL)
            print_message("# %s: %.2f ppm\n", rows[i].what, ppm);
        ROW_TRUE(i, fabs(ppm - rows[i].ppm) <= rows[i].within_ppm);
    }
}

static void another_device_begins_anew(void **state)
{
    (void)state;
    struct drift d;
    drift_init(&d);
    assert_true(drift_believed(&d) == 0);
    for (int tick = 0; tick < 1000; tick++) {
        drift_gave(&d, TICK_SAMPLES, (point_us)(tick * 19998));
        drift_took(&d, TICK_SAMPLES, (point_us)(tick * 20000));
    }
    double before = drift_believed(&d);
    assert_true(fabs(before - 1e-4) < 2e-6);
    drift_anew(&d);
    assert_true(drift_believed(&d) == before); /* until there is better */
    for (int tick = 1000; tick < 2000; tick++) {
        drift_gave(&d, TICK_SAMPLES, (point_us)(tick * 20000));
        drift_took(&d, TICK_SAMPLES, (point_us)(tick * 20000));
    }
    assert_true(fabs(drift_believed(&d)) < 2e-6);
    for (int tick = 2000; tick < 3000; tick++) /* one side alone */
        drift_took(&d, TICK_SAMPLES, (point_us)(tick * 20000));
    assert_true(fabs(drift_believed(&d)) < 2e-6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(only_clocks_are_believed),
                                       cmocka_unit_test(another_device_begins_anew)};
    return cmocka_run_group_tests_name("drift", tests, NULL, NULL);
}
