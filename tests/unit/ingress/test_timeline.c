#include "../rows.h"
#include "ingress/timeline.h"

static struct source_packet packet(int64_t seq, uint32_t rtp_time)
{
    return (struct source_packet){.seq = seq, .rtp_time = rtp_time, .samples = TICK_SAMPLES};
}

static void arrive(struct timeline *t, const struct source_packet *p, session_samples arrival)
{
    timeline_arrival(t, p, arrival, us_from_samples(arrival));
}

static void begin(struct timeline *t, const struct source_packet *p, uint32_t run)
{
    assert_int_equal(timeline_begin(t, p, run), ERR_NONE);
}

static void a_run_puts_packets_on_the_grid(void **state)
{
    (void)state;
    struct timeline t;
    struct timed_packet timed;
    timeline_init(&t);
    struct source_packet first = packet(100, 0xfffffe00u), next = packet(101, 0xfffffe00u + 960);
    assert_int_equal(timeline_place(&t, &first, &timed), ERR_STATE);
    arrive(&t, &first, 48123);
    begin(&t, &first, 1);
    assert_int_equal(timeline_place(&t, &first, &timed), ERR_NONE);
    assert_int_equal(timed.at, 48000);
    assert_int_equal(t.start, 48000);
    arrive(&t, &next, 49100);
    assert_int_equal(timeline_place(&t, &next, &timed), ERR_NONE);
    assert_int_equal(timed.at, 48960);
    assert_int_equal(timed.run, 1);
    assert_int_equal(timeline_lateness(&t, timed.at), 17);
}

static void an_older_run_is_late_for_ever(void **state)
{
    (void)state;
    struct timeline t;
    struct timed_packet timed;
    timeline_init(&t);
    struct source_packet old = packet(100, 0), fresh = packet(110, 96000);
    arrive(&t, &old, 48000);
    begin(&t, &old, 1);
    assert_int_equal(timeline_place(&t, &old, &timed), ERR_NONE);
    assert_int_equal(t.end, 48960);
    timeline_end(&t);
    arrive(&t, &fresh, 144000);
    begin(&t, &fresh, 2);
    assert_int_equal(timeline_place(&t, &fresh, &timed), ERR_NONE);
    assert_int_equal(timed.at, 144000);
    assert_int_equal(timed.run, 2);
    struct source_packet late = packet(109, 95040);
    assert_int_equal(timeline_place(&t, &late, &timed), ERR_STALE);
    assert_int_equal(t.late, 1);
}

static void a_leap_and_a_restart_end_the_run(void **state)
{
    (void)state;
    static const struct {
        uint32_t rtp_time;
        bool restarted, goes_on;
    } rows[] = {
        {960, false, true}, {960, true, false}, {48000 * 60, false, false}, {0u - 48000 * 60, false, false}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct timeline t;
        timeline_init(&t);
        struct source_packet first = packet(100, 0), next = packet(101, rows[i].rtp_time);
        next.restarted = rows[i].restarted;
        arrive(&t, &first, 48000);
        begin(&t, &first, 1);
        arrive(&t, &next, 48960);
        ROW_EQUAL(i, t.in_run, rows[i].goes_on);
    }
}

/* A sender that begins anew while its last packet's time is not over: its own sound never overlaps. */
static void a_run_begins_where_the_last_one_ended(void **state)
{
    (void)state;
    struct timeline t;
    struct timed_packet timed;
    timeline_init(&t);
    struct source_packet old = packet(100, 0), fresh = packet(101, 0x5555);
    old.samples = 3 * TICK_SAMPLES;
    fresh.restarted = true;
    arrive(&t, &old, 48100);
    begin(&t, &old, 1);
    assert_int_equal(timeline_place(&t, &old, &timed), ERR_NONE);
    arrive(&t, &fresh, 48500);
    assert_false(t.in_run);
    begin(&t, &fresh, 2);
    assert_int_equal(timeline_place(&t, &fresh, &timed), ERR_NONE);
    assert_int_equal(timed.at, 48000 + 3 * TICK_SAMPLES);
}

/* Sound of 20 minutes from a clock that is off by so much: what is heard stays within 60 ms of the session's,
 * and packets never overlap. */
static void drift_is_taken_up(void **state)
{
    (void)state;
    static const struct {
        int ppm;
        bool drops;
        bool pauses; /* 100 ms each 3 s: then nothing is moved in a word */
    } rows[] = {{0, false, false},    {100, true, false}, {-100, false, false}, {300, true, false},
                {-300, false, false}, {200, true, true},  {-200, false, true}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct timeline t;
        timeline_init(&t);
        session_samples end = SESSION_NEVER;
        unsigned dropped = 0;
        for (int64_t n = 0; n < 60000; n++) {
            session_samples arrival = 48000 + n * 960 - n * 960 * rows[i].ppm / 1000000;
            struct source_packet p = packet(1000 + n, (uint32_t)n * 960);
            arrive(&t, &p, arrival);
            if (n == 0)
                begin(&t, &p, 1);
            else if (timeline_take_up(&t, &p, rows[i].pauses && n % 150 < 5) == ERR_STALE) {
                dropped++;
                continue;
            }
            struct timed_packet timed;
            ROW_EQUAL(i, timeline_place(&t, &p, &timed), ERR_NONE);
            ROW_TRUE(i, timed.at >= end);
            end = timed.at + timed.samples;
            int64_t off = arrival - timed.at;
            int64_t most = rows[i].pauses ? 2 * TICK_SAMPLES : 3 * TICK_SAMPLES;
            ROW_TRUE(i, off > -most && off < most);
        }
        ROW_EQUAL(i, dropped > 0, rows[i].drops);
    }
}

/* Twice as many packets as there is time, each with a leap: what is ahead of time does not get in. */
static void nobody_runs_ahead_of_time(void **state)
{
    (void)state;
    struct timeline t;
    unsigned refused = 0;
    timeline_init(&t);
    for (int n = 0; n < 500; n++) {
        session_samples arrival = 48000 + n * TICK_SAMPLES / 2;
        struct source_packet p = packet(100 + n, (uint32_t)n * 60000);
        struct timed_packet timed;
        arrive(&t, &p, arrival);
        assert_false(t.in_run);
        if (timeline_begin(&t, &p, (uint32_t)n + 1) != ERR_NONE) {
            refused++;
            continue;
        }
        assert_int_equal(timeline_place(&t, &p, &timed), ERR_NONE);
        assert_true(timed.at <= arrival + TIMELINE_AHEAD_SAMPLES);
    }
    assert_in_range(refused, 200, 250);
}

/* Left out in the midst of a run: the next one takes its place in time and in number. */
static void a_skipped_packet_leaves_no_gap(void **state)
{
    (void)state;
    struct timeline t;
    struct timed_packet timed;
    timeline_init(&t);
    struct source_packet p[4] = {packet(100, 0), packet(101, 960), packet(102, 1920), packet(103, 2880)};
    arrive(&t, &p[0], 48000);
    begin(&t, &p[0], 1);
    assert_true(timeline_moved(&t));
    assert_int_equal(timeline_phase(&t), 0);
    arrive(&t, &p[1], 48960);
    arrive(&t, &p[2], 49920);
    assert_false(timeline_moved(&t));
    t.map.offset += 960; /* as if something had pushed it: in a pause that is taken back */
    assert_true(timeline_moved(&t));
    assert_int_equal(timeline_take_up(&t, &p[2], false), ERR_NONE);
    assert_int_equal(timeline_take_up(&t, &p[2], true), ERR_STALE);
    assert_true(timeline_moved(&t));
    assert_int_equal(timeline_phase(&t), 0);
    arrive(&t, &p[3], 50880);
    assert_int_equal(timeline_place(&t, &p[3], &timed), ERR_NONE);
    assert_int_equal(timed.seq, 102);
    assert_int_equal(timed.at, 50880);
    assert_int_equal(timed.run, 1);
    assert_int_equal(timeline_place(&t, &p[1], &timed), ERR_STALE); /* its number is another's now */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_puts_packets_on_the_grid),
        cmocka_unit_test(an_older_run_is_late_for_ever),
        cmocka_unit_test(a_leap_and_a_restart_end_the_run),
        cmocka_unit_test(a_skipped_packet_leaves_no_gap),
        cmocka_unit_test(a_run_begins_where_the_last_one_ended),
        cmocka_unit_test(drift_is_taken_up),
        cmocka_unit_test(nobody_runs_ahead_of_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
