/* Packets arrive in the middle of the session's ticks, whatever the way. */
#include "../rows.h"
#include "phase.h"

static const struct {
    const char *what;
    session_samples clock;
    span_us round_trip_us;
    span_us wait_us;
} rows[] = {
    {"1: a border is half a tick away", 96000, 0, 10000},
    {"2: in phase already", 96480, 0, 0},
    {"3: just too late", 96528, 0, 19000},
    {"4: the way there and back counts", 96000, 4000, 6000},
    {"5: a way longer than ticks", 96000, 250000, 0},
    {"6: unknown is none", 96000, -1, 10000},
    {"7: before the session's zero", -480, 0, 0},
    {"8: and off it", -960, 2000, 8000},
};

static void waits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        span_us wait_us = phase_wait(rows[i].clock, rows[i].round_trip_us);
        if (wait_us != rows[i].wait_us)
            fail_msg("%s: %lld us", rows[i].what, (long long)wait_us);
    }
}

static void any_moment_arrives_in_phase(void **state)
{
    (void)state;
    for (session_samples clock = -3000; clock < 3000; clock += 7)
        for (span_us way_us = 0; way_us < 60000; way_us += 1370) {
            span_us wait_us = phase_wait(clock, way_us);
            assert_in_range(wait_us, 0, TICK_US - 1);
            session_samples arrives = clock + samples_from_us(way_us) + samples_from_us(wait_us);
            session_samples off =
                arrives - PHASE_ARRIVAL_SAMPLES - grid_floor(arrives - PHASE_ARRIVAL_SAMPLES);
            assert_true(off <= 1 || off >= TICK_SAMPLES - 1); /* a sample is 20.8 us */
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waits),
        cmocka_unit_test(any_moment_arrives_in_phase),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
