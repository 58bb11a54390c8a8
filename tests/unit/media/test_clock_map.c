#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "media/clock_map.h"

#define HOUR_TICKS (3600 * 50)

/* A source in virtual time: a packet each tick of its own clock, which is ppm off the session's. */
struct source {
    uint32_t first_rtp;
    int64_t ppm; /* of the session's clock by which its clock is slow: packets come later and later */
    int64_t path_samples; /* arrival of packet 0 on the session clock */
    int64_t jitter_samples;
    uint32_t dice;
};

static session_samples arrival_of(struct source *s, int64_t packet)
{
    int64_t sent = packet * TICK_SAMPLES;
    s->dice = s->dice * 1664525u + 1013904223u; /* Numerical Recipes' generator: enough for jitter */
    int64_t late = s->jitter_samples ? (int64_t)((uint64_t)s->dice * (uint64_t)s->jitter_samples >> 32) : 0;
    return s->path_samples + sent + sent * s->ppm / 1000000 + late;
}

static uint32_t rtp_of(const struct source *s, int64_t packet)
{
    return s->first_rtp + (uint32_t)(packet * TICK_SAMPLES);
}

static bool arrive(struct clock_map *m, struct source *s, int64_t packet)
{
    session_samples at = arrival_of(s, packet);
    return clock_map_arrival(m, rtp_of(s, packet), at, us_from_samples(at));
}

struct begin_row {
    int number;
    const char *what;
    uint32_t rtp;
    session_samples arrival, frontier, expected;
};

static const struct begin_row begin_rows[] = {
    {1, "on a border", 5000, 9600, 0, 9600},
    {2, "one after it", 5000, 9601, 0, 9600},
    {3, "half way", 5000, 10080, 0, 9600},
    {4, "one before the next", 5000, 10559, 0, 9600},
    {5, "on the next", 5000, 10560, 0, 10560},
    {6, "frontier on the time itself", 5000, 9600, 9600, 9600},
    {7, "frontier one past it", 5000, 9600, 9601, 10560},
    {8, "frontier far ahead, off the grid", 5000, 9600, 1000000, 1000320},
    {9, "frontier long past", 5000, 9600, INT64_MIN + TICK_SAMPLES, 9600},
    {10, "before the session began", 5000, -1000, -100000, -1920},
    {11, "RTP time 0", 0, 9600, 0, 9600},
    {12, "RTP time at the end of its 32 bits", 0xffffffff, 9600, 0, 9600},
    {13, "a session of a year", 7, (session_samples)365 * 86400 * SAMPLES_PER_S, 0,
     (session_samples)365 * 86400 * SAMPLES_PER_S},
};

static void run_begins_on_the_grid(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof begin_rows / sizeof begin_rows[0]; i++) {
        const struct begin_row *row = &begin_rows[i];
        struct clock_map m;
        clock_map_init(&m);
        assert_false(clock_map_arrival(&m, row->rtp, row->arrival, us_from_samples(row->arrival)));
        clock_map_begin_run(&m, row->rtp, row->frontier);
        session_samples t = clock_map_session_time(&m, row->rtp);
        if (t != row->expected)
            fail_msg("row %d (%s): %lld", row->number, row->what, (long long)t);
        assert_int_equal(t % TICK_SAMPLES, 0);
        assert_int_equal(clock_map_session_time(&m, row->rtp + 1), t + 1);
        assert_int_equal(clock_map_session_time(&m, row->rtp - 1), t - 1);
        assert_int_equal(clock_map_expected_arrival(&m, t), row->arrival);
        assert_int_equal(clock_map_drift(&m), 0);
    }
}

/* Whenever it comes, the envelope's arrival lies in the 20 ms after its session time. */
static void arrival_lies_in_the_tick(void **state)
{
    (void)state;
    for (session_samples arrival = 50000; arrival < 50000 + TICK_SAMPLES; arrival += 7) {
        struct clock_map m;
        clock_map_init(&m);
        clock_map_arrival(&m, 0, arrival, 0);
        clock_map_begin_run(&m, 0, 0);
        int64_t after = arrival - clock_map_session_time(&m, 0);
        assert_true(after >= 0 && after < TICK_SAMPLES);
    }
}

struct jitter_row {
    int number;
    int64_t jitter_samples;
    int64_t warm_packets; /* before the run begins */
    int64_t most_samples; /* by which the envelope may still be above the true earliest */
};

/* With 0..60 ms of even jitter the smallest of n draws lies below 60/n ms with chance 1 - 1/e, so five times
 * that is wide. */
static const struct jitter_row jitter_rows[] = {
    {1, 0, 1, 0},
    {2, 60 * SAMPLES_PER_MS, 50, 5 * 60 * SAMPLES_PER_MS / 50},
    {3, 60 * SAMPLES_PER_MS, 500, 5 * 60 * SAMPLES_PER_MS / 400},
    {4, 200 * SAMPLES_PER_MS, 500, 5 * 200 * SAMPLES_PER_MS / 400},
};

static void jitter_does_not_move_the_map(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof jitter_rows / sizeof jitter_rows[0]; i++) {
        const struct jitter_row *row = &jitter_rows[i];
        struct source s = {.path_samples = 12345, .jitter_samples = row->jitter_samples, .dice = 1};
        struct clock_map m;
        clock_map_init(&m);
        for (int64_t p = 0; p < row->warm_packets; p++)
            assert_false(arrive(&m, &s, p));
        int64_t last = row->warm_packets - 1;
        clock_map_begin_run(&m, rtp_of(&s, last), 0);
        session_samples t = clock_map_session_time(&m, rtp_of(&s, last));
        int64_t above = clock_map_expected_arrival(&m, t) - (s.path_samples + last * TICK_SAMPLES);
        if (above < 0 || above > row->most_samples)
            fail_msg("row %d: %lld", row->number, (long long)above);
        for (int64_t p = last + 1; p < last + 1000; p++) {
            assert_false(arrive(&m, &s, p));
            assert_int_equal(clock_map_session_time(&m, rtp_of(&s, p)), t + (p - last) * TICK_SAMPLES);
        }
    }
}

/* An early arrival counts for 8 to 10 s, then the line is taken to have become longer. */
static void the_window_moves(void **state)
{
    (void)state;
    struct source s = {.path_samples = 1000};
    struct clock_map m;
    clock_map_init(&m);
    arrive(&m, &s, 0);
    clock_map_begin_run(&m, rtp_of(&s, 0), 0);
    s.path_samples = 5800; /* 100 ms longer from now on */
    int64_t forgotten = 0;
    for (int64_t p = 1; p < 1000 && !forgotten; p++) {
        arrive(&m, &s, p);
        forgotten = clock_map_drift(&m) != 0 ? p : 0;
    }
    assert_in_range(forgotten, 8 * 50 - 10, 10 * 50 + 10);
    assert_int_equal(clock_map_drift(&m), 4800);
}

static void thirty_two_bits_wrap_in_a_run(void **state)
{
    (void)state;
    struct source s = {
        .first_rtp = 0xffffffffu - 10 * TICK_SAMPLES, .path_samples = 960, .jitter_samples = 2000};
    struct clock_map m;
    clock_map_init(&m);
    arrive(&m, &s, 0);
    clock_map_begin_run(&m, rtp_of(&s, 0), 0);
    session_samples t = clock_map_session_time(&m, rtp_of(&s, 0));
    for (int64_t p = 1; p < 2 * 25 * (int64_t)HOUR_TICKS; p++) { /* two days and a bit, two wraps */
        assert_false(arrive(&m, &s, p));
        assert_int_equal(clock_map_session_time(&m, rtp_of(&s, p)), t + p * TICK_SAMPLES);
        assert_int_equal(clock_map_session_time(&m, rtp_of(&s, p - 1)), t + (p - 1) * TICK_SAMPLES);
    }
}

struct drift_row {
    int number;
    int64_t ppm, jitter_samples;
    int64_t expected_samples; /* after ten hours */
};

static const struct drift_row drift_rows[] = {
    {1, 200, 0, 345600}, /* 200 ppm of 36,000 s are 7.2 s */
    {2, -200, 0, -345600}, {3, 200, 1920, 345600}, {4, -200, 1920, -345600}, {5, 0, 1920, 0},
};

#define DRIFT_SLACK_SAMPLES                                                                                  \
    200 /* 200 ppm over the window are 96 samples; jitter's smallest draws add some                          \
         */

static void ten_hours_of_drift_are_seen(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof drift_rows / sizeof drift_rows[0]; i++) {
        const struct drift_row *row = &drift_rows[i];
        struct source s = {
            .path_samples = 9600, .ppm = row->ppm, .jitter_samples = row->jitter_samples, .dice = 3};
        struct clock_map m;
        clock_map_init(&m);
        for (int64_t p = 0; p < 500; p++)
            arrive(&m, &s, p);
        clock_map_begin_run(&m, rtp_of(&s, 499), 0);
        for (int64_t p = 500; p <= 10 * HOUR_TICKS; p++)
            assert_false(arrive(&m, &s, p));
        int64_t drift = clock_map_drift(&m);
        if (llabs(drift - row->expected_samples) > DRIFT_SLACK_SAMPLES)
            fail_msg("row %d: %lld", row->number, (long long)drift);
        clock_map_end_run(&m);
        assert_int_equal(clock_map_drift(&m), 0);
    }
}

/* Drift taken up by one frame whenever it reaches two: sound never is further than that from its place. */
static void slips_keep_the_map_near(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof drift_rows / sizeof drift_rows[0]; i++) {
        const struct drift_row *row = &drift_rows[i];
        struct source s = {
            .path_samples = 9600, .ppm = row->ppm, .jitter_samples = row->jitter_samples, .dice = 3};
        struct clock_map m;
        int64_t slips = 0;
        clock_map_init(&m);
        arrive(&m, &s, 0);
        clock_map_begin_run(&m, rtp_of(&s, 0), 0);
        for (int64_t p = 1; p <= 10 * HOUR_TICKS; p++) {
            arrive(&m, &s, p);
            int64_t drift = clock_map_drift(&m);
            int by = drift >= CLOCK_MAP_DRIFT_SAMPLES ? 1 : drift <= -CLOCK_MAP_DRIFT_SAMPLES ? -1 : 0;
            clock_map_slip(&m, by);
            slips += by;
            assert_true(llabs(clock_map_drift(&m)) < CLOCK_MAP_DRIFT_SAMPLES);
            assert_int_equal(clock_map_session_time(&m, rtp_of(&s, p)) % TICK_SAMPLES, 0);
        }
        int64_t expected = row->expected_samples / TICK_SAMPLES;
        if (llabs(slips - expected) > 2)
            fail_msg("row %d: %lld slips", row->number, (long long)slips);
    }
}

struct leap_row {
    int number;
    const char *what;
    uint32_t rtp_moves;    /* RTP time from the packet before */
    int64_t arrival_moves; /* arrival, likewise */
    bool leap;
};

#define DAY_SAMPLES ((int64_t)86400 * SAMPLES_PER_S)

static const struct leap_row leap_rows[] = {
    {1, "the next packet", 960, 960, false},
    {2, "1.9 s late", 960, 960 + 91200, false},
    {3, "2 s late exactly", 960, 960 + 96000, false},
    {4, "more than 2 s late", 960, 960 + 96001, true},
    {5, "RTP time 100 ms ahead exactly", 960 + 4800, 960, false},
    {6, "RTP time more than 100 ms ahead", 960 + 4801, 960, true},
    {7, "RTP time back by 3 s", (uint32_t)(960 - 144000), 960, true},
    {8, "another RTP base altogether", 0x7654321, 960, true},
    {9, "half the range away", 0x80000000u, 960, true},
    {10, "a pause of an hour, RTP time went on", 172800000u, 172800000, false},
    {11, "a pause of a day, RTP time went on", (uint32_t)DAY_SAMPLES, DAY_SAMPLES, false},
    {12, "a pause of three days, RTP time went on", (uint32_t)(3 * DAY_SAMPLES), 3 * DAY_SAMPLES, false},
    {13, "a pause of a minute, RTP time stood still", 960, 60 * SAMPLES_PER_S, true},
    {14, "the same packet again", 0, 0, false},
    {15, "an old packet, 200 ms late", (uint32_t)-9600, 0, false},
};

static void leaps_end_the_run(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof leap_rows / sizeof leap_rows[0]; i++) {
        const struct leap_row *row = &leap_rows[i];
        struct clock_map m;
        clock_map_init(&m);
        clock_map_arrival(&m, 1000, 96000, 2 * US_PER_S);
        clock_map_begin_run(&m, 1000, 0);
        uint32_t rtp = 1000 + row->rtp_moves;
        session_samples arrival = 96000 + row->arrival_moves;
        bool leap = clock_map_arrival(&m, rtp, arrival, us_from_samples(arrival));
        if (leap != row->leap)
            fail_msg("row %d (%s)", row->number, row->what);
        assert_int_equal(m.in_run, !leap);
        if (!leap)
            continue;
        clock_map_begin_run(&m, rtp, 0); /* the fresh envelope is this packet's arrival */
        session_samples t = clock_map_session_time(&m, rtp);
        assert_true(arrival - t >= 0 && arrival - t < TICK_SAMPLES);
        assert_false(clock_map_arrival(&m, rtp + 960, arrival + 960, us_from_samples(arrival + 960)));
        assert_int_equal(clock_map_session_time(&m, rtp + 960), t + 960);
    }
}

struct stop_row {
    int number;
    int64_t stood_samples; /* RTP time stood still for so long in the pause */
    bool fresh;
};

static const struct stop_row stop_rows[] = {
    {1, 0, false}, {2, 9600, false}, {3, 9601, true}, {4, 48000, true}, {5, 96000, true},
};

/* A sender that stops its RTP clock while muted, for less than a leap: the next run is mapped by its own
 * arrivals, not into the past. */
static void a_stopped_clock_begins_afresh(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof stop_rows / sizeof stop_rows[0]; i++) {
        struct source s = {.path_samples = 960};
        struct clock_map m;
        clock_map_init(&m);
        for (int64_t p = 0; p < 100; p++)
            arrive(&m, &s, p);
        clock_map_end_run(&m);
        s.path_samples += stop_rows[i].stood_samples;
        assert_false(arrive(&m, &s, 100));
        clock_map_begin_run(&m, rtp_of(&s, 100), 0);
        int64_t expected = 960 + 100 * TICK_SAMPLES + (stop_rows[i].fresh ? stop_rows[i].stood_samples : 0);
        int64_t behind = expected - clock_map_session_time(&m, rtp_of(&s, 100));
        if (behind < 0 || behind >= TICK_SAMPLES)
            fail_msg("row %d", stop_rows[i].number);
    }
}

struct behind_row {
    int number;
    int64_t back_samples; /* RTP time falls back by so much in the midst of a run */
    int64_t step_samples; /* and packets come at this distance from then on */
    bool leap;
};

static const struct behind_row behind_rows[] = {
    {1, 9600, 960, false},                         /* 200 ms: the line may have become longer */
    {2, 9601, 960, true},   {3, 48000, 960, true}, /* a second */
    {4, 48000, 48, false},                         /* held back by the line: all comes at once */
    {5, 24000, 240, false},
};

/* Far behind for 200 ms: nobody waits for that, so it is RTP time that has leapt back. */
static void who_stays_behind_has_leapt(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof behind_rows / sizeof behind_rows[0]; i++) {
        const struct behind_row *row = &behind_rows[i];
        struct clock_map m;
        session_samples arrival = 48000;
        uint32_t rtp = 77;
        bool leap = false;
        clock_map_init(&m);
        clock_map_arrival(&m, rtp, arrival, us_from_samples(arrival));
        clock_map_begin_run(&m, rtp, 0);
        arrival += row->back_samples;
        point_us since_us = us_from_samples(arrival + TICK_SAMPLES);
        for (int n = 0; n < 40 && !leap; n++) {
            arrival += n == 0 ? TICK_SAMPLES : row->step_samples;
            rtp += TICK_SAMPLES;
            leap = clock_map_arrival(&m, rtp, arrival, us_from_samples(arrival));
        }
        if (leap != row->leap || (leap && us_from_samples(arrival) - since_us != CLOCK_MAP_BEHIND_US))
            fail_msg("row %d", row->number);
        assert_int_equal(m.in_run, !leap);
    }
}

struct wants_row {
    int number;
    int64_t moved_samples; /* the line becomes longer by so much, for the whole window */
    session_samples frontier;
    int wants;
};

/* The first packet comes at 48000 exactly: its place is there, and the map lies at its envelope. */
static const struct wants_row wants_rows[] = {
    {1, 0, 0, 0},      {2, 960, 0, 0},     {3, 1439, 0, 0},      {4, 1440, 0, 1},
    {5, 3000, 0, 1},   {6, -479, 0, 0},    {7, -480, 0, -1},     {8, -2000, 0, -1},
    {9, 0, 48001, -1}, {10, 0, 49000, -1}, {11, 480, 48001, -1}, {12, 481, 48001, 0},
};

static void a_pause_brings_the_map_to_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wants_rows / sizeof wants_rows[0]; i++) {
        const struct wants_row *row = &wants_rows[i];
        struct source s = {.path_samples = 48000};
        struct clock_map m;
        clock_map_init(&m);
        assert_int_equal(clock_map_wants(&m), 0);
        arrive(&m, &s, 0);
        clock_map_begin_run(&m, rtp_of(&s, 0), row->frontier);
        s.path_samples += row->moved_samples;
        for (int64_t p = 1; p < 600; p++)
            arrive(&m, &s, p);
        if (clock_map_wants(&m) != row->wants)
            fail_msg("row %d: %d", row->number, clock_map_wants(&m));
        for (int n = 0; n < 5 && clock_map_wants(&m) != 0; n++)
            clock_map_slip(&m, clock_map_wants(&m));
        assert_int_equal(clock_map_wants(&m), 0);
        clock_map_slip(&m, row->wants > 0 ? -1 : 1); /* not back and forth */
        clock_map_slip(&m, clock_map_wants(&m));
        assert_int_equal(clock_map_wants(&m), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(run_begins_on_the_grid),
        cmocka_unit_test(arrival_lies_in_the_tick),
        cmocka_unit_test(jitter_does_not_move_the_map),
        cmocka_unit_test(the_window_moves),
        cmocka_unit_test(thirty_two_bits_wrap_in_a_run),
        cmocka_unit_test(ten_hours_of_drift_are_seen),
        cmocka_unit_test(slips_keep_the_map_near),
        cmocka_unit_test(leaps_end_the_run),
        cmocka_unit_test(a_stopped_clock_begins_afresh),
        cmocka_unit_test(who_stays_behind_has_leapt),
        cmocka_unit_test(a_pause_brings_the_map_to_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
