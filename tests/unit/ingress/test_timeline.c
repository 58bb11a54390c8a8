#include "../rows.h"
#include "ingress/timeline.h"

static struct source_packet packet(int64_t seq, uint32_t rtp_time)
{
    return (struct source_packet){.seq = seq, .rtp_time = rtp_time, .samples = TICK_SAMPLES};
}

static enum err arrive(struct timeline *t, const struct source_packet *p, session_samples arrival)
{
    return timeline_arrival(t, p, arrival, us_from_samples(arrival));
}

static void a_run_puts_packets_on_the_grid(void **state)
{
    (void)state;
    struct timeline t;
    struct timed_packet timed;
    timeline_init(&t);
    struct source_packet first = packet(100, 0xfffffe00u), next = packet(101, 0xfffffe00u + 960);
    assert_int_equal(timeline_place(&t, &first, &timed), ERR_STATE);
    assert_int_equal(arrive(&t, &first, 48123), ERR_NONE);
    timeline_begin(&t, &first, 1);
    assert_int_equal(timeline_place(&t, &first, &timed), ERR_NONE);
    assert_int_equal(timed.at, 48000);
    assert_int_equal(t.start, 48000);
    assert_int_equal(arrive(&t, &next, 49100), ERR_NONE);
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
    assert_int_equal(arrive(&t, &old, 48000), ERR_NONE);
    timeline_begin(&t, &old, 1);
    assert_int_equal(timeline_place(&t, &old, &timed), ERR_NONE);
    assert_int_equal(t.end, 48960);
    timeline_end(&t);
    assert_int_equal(arrive(&t, &fresh, 144000), ERR_NONE);
    timeline_begin(&t, &fresh, 2);
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
        ROW_EQUAL(i, arrive(&t, &first, 48000), ERR_NONE);
        timeline_begin(&t, &first, 1);
        ROW_EQUAL(i, arrive(&t, &next, 48960), ERR_NONE);
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
    assert_int_equal(arrive(&t, &old, 48100), ERR_NONE);
    timeline_begin(&t, &old, 1);
    assert_int_equal(timeline_place(&t, &old, &timed), ERR_NONE);
    assert_int_equal(arrive(&t, &fresh, 48500), ERR_NONE);
    assert_false(t.in_run);
    timeline_begin(&t, &fresh, 2);
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
    } rows[] = {{0, false}, {100, true}, {-100, false}, {300, true}, {-300, false}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct timeline t;
        timeline_init(&t);
        session_samples end = SESSION_NEVER;
        unsigned dropped = 0;
        for (int64_t n = 0; n < 60000; n++) {
            session_samples arrival = 48000 + n * 960 - n * 960 * rows[i].ppm / 1000000;
            struct source_packet p = packet(1000 + n, (uint32_t)n * 960);
            if (arrive(&t, &p, arrival) == ERR_STALE) {
                dropped++;
                continue;
            }
            if (n == 0)
                timeline_begin(&t, &p, 1);
            struct timed_packet timed;
            ROW_EQUAL(i, timeline_place(&t, &p, &timed), ERR_NONE);
            ROW_TRUE(i, timed.at >= end);
            end = timed.at + timed.samples;
            int64_t off = arrival - timed.at;
            ROW_TRUE(i, off > -3 * TICK_SAMPLES && off < 3 * TICK_SAMPLES);
        }
        ROW_EQUAL(i, dropped > 0, rows[i].drops);
    }
}

/* Left out in the midst of a run: the next one takes its place in time and in number. */
static void a_skipped_packet_leaves_no_gap(void **state)
{
    (void)state;
    struct timeline t;
    struct timed_packet timed;
    timeline_init(&t);
    struct source_packet p[4] = {packet(100, 0), packet(101, 960), packet(102, 1920), packet(103, 2880)};
    assert_int_equal(arrive(&t, &p[0], 48000), ERR_NONE);
    timeline_begin(&t, &p[0], 1);
    assert_true(timeline_moved(&t));
    assert_int_equal(timeline_phase(&t), 0);
    assert_int_equal(arrive(&t, &p[1], 48960), ERR_NONE);
    assert_int_equal(arrive(&t, &p[2], 49920), ERR_NONE);
    assert_false(timeline_moved(&t));
    timeline_skip(&t, &p[2]);
    assert_true(timeline_moved(&t));
    assert_int_equal(timeline_phase(&t), 960);
    assert_int_equal(arrive(&t, &p[3], 50880), ERR_NONE);
    assert_int_equal(timeline_place(&t, &p[3], &timed), ERR_NONE);
    assert_int_equal(timed.seq, 102);
    assert_int_equal(timed.at, 49920);
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
