#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "media/jitter.h"

#define MS SAMPLES_PER_MS

static struct jitter *fresh(void)
{
    struct jitter *j = NULL;
    assert_int_equal(jitter_create(&j), ERR_NONE);
    return j;
}

/* One packet whose payload is its mark. */
static enum err put(struct jitter *j, session_samples at, int32_t samples, uint8_t mark)
{
    return jitter_put(j, at, samples, &mark, 1, 0);
}

struct put_row {
    int number;
    const char *what;
    session_samples at; /* in ms, for reading */
    int32_t samples_ms_tenths;
    size_t len;
    enum err expected;
};

/* All into one buffer in this order, which has dropped what is before 100 ms. */
static const struct put_row put_rows[] = {
    {1, "first", 200, 200, 3, ERR_NONE},
    {2, "in order", 220, 200, 3, ERR_NONE},
    {3, "before the first", 120, 600, 3, ERR_NONE},
    {4, "between", 180, 200, 3, ERR_NONE},
    {5, "again", 200, 200, 3, ERR_REPLAY},
    {6, "overlaps the one before it", 230, 200, 3, ERR_REPLAY},
    {7, "overlaps the one after it", 110, 200, 3, ERR_REPLAY},
    {8, "lies within another", 140, 200, 3, ERR_REPLAY},
    {9, "covers several", 100, 1200, 3, ERR_REPLAY},
    {10, "all of it taken already", 80, 200, 3, ERR_STALE},
    {11, "long taken", -100000, 200, 3, ERR_STALE},
    {12, "partly taken: its rest is wanted", 90, 200, 3, ERR_NONE},
    {13, "no payload", 300, 200, 0, ERR_SHORT},
    {14, "longest payload", 300, 200, JITTER_PAYLOAD_MAX, ERR_NONE},
    {15, "one byte more", 320, 200, JITTER_PAYLOAD_MAX + 1, ERR_LONG},
    {16, "no time", 320, 0, 3, ERR_MALFORMED},
    {17, "backwards", 320, -200, 3, ERR_MALFORMED},
    {18, "shortest", 320, 25, 3, ERR_NONE},
    {19, "no multiple of 2.5 ms", 330, 24, 3, ERR_MALFORMED},
    {20, "longest", 340, 1200, 3, ERR_NONE},
    {21, "longer than Opus allows", 460, 1225, 3, ERR_MALFORMED},
    {22, "far ahead", 1000000, 200, 3, ERR_NONE},
};

static void puts_and_refusals(void **state)
{
    (void)state;
    static const uint8_t payload[JITTER_PAYLOAD_MAX + 1] = {1, 2, 3};
    struct jitter *j = fresh();
    jitter_drop_before(j, 100 * MS);
    unsigned held = 0;
    for (size_t i = 0; i < sizeof put_rows / sizeof put_rows[0]; i++) {
        const struct put_row *row = &put_rows[i];
        enum err e = jitter_put(j, row->at * MS, row->samples_ms_tenths * MS / 10, payload, row->len, 0);
        if (e != row->expected)
            fail_msg("row %d (%s): %s", row->number, row->what, err_text(e));
        held += e == ERR_NONE;
        assert_int_equal(jitter_depth(j), held);
    }
    const struct jitter_counters *c = jitter_counters(j);
    assert_int_equal(c->taken, held);
    assert_int_equal(c->duplicate, 5);
    assert_int_equal(c->late, 2);
    assert_int_equal(c->bad, 6);
    assert_int_equal(c->full, 0);
    jitter_destroy(j);
}

struct find_row {
    int number;
    session_samples at;
    int found, after; /* marks, 0 = none */
};

static const struct find_row find_rows[] = {
    {1, -1, 0, 1},    {2, 0, 1, 2},          {3, 959, 1, 2},        {4, 960, 0, 2},  {5, 1919, 0, 2},
    {6, 1920, 2, 3},  {7, 3000, 2, 3},       {8, 4799, 2, 3},       {9, 4800, 3, 0}, {10, 5759, 3, 0},
    {11, 5760, 0, 0}, {12, INT64_MAX, 0, 0}, {13, INT64_MIN, 0, 1},
};

/* 20 ms at 0, a hole, 60 ms at 1920, 20 ms at 4800; put in all orders. */
static void finds_by_time(void **state)
{
    (void)state;
    static const int orders[6][3] = {{1, 2, 3}, {1, 3, 2}, {2, 1, 3}, {2, 3, 1}, {3, 1, 2}, {3, 2, 1}};
    static const session_samples at[4] = {0, 0, 1920, 4800};
    static const int32_t samples[4] = {0, 960, 2880, 960};
    for (int o = 0; o < 6; o++) {
        struct jitter *j = fresh();
        for (int k = 0; k < 3; k++) {
            int mark = orders[o][k];
            assert_int_equal(put(j, at[mark], samples[mark], (uint8_t)mark), ERR_NONE);
        }
        for (size_t i = 0; i < sizeof find_rows / sizeof find_rows[0]; i++) {
            const struct jitter_packet *p = jitter_find(j, find_rows[i].at);
            const struct jitter_packet *next = jitter_after(j, find_rows[i].at);
            if ((p ? p->payload[0] : 0) != find_rows[i].found ||
                (next ? next->payload[0] : 0) != find_rows[i].after)
                fail_msg("order %d row %d", o, find_rows[i].number);
        }
        jitter_destroy(j);
    }
}

static void a_full_buffer_refuses_until_some_are_played(void **state)
{
    (void)state;
    struct jitter *j = fresh();
    for (int i = 0; i < JITTER_SLOTS; i++)
        assert_int_equal(put(j, (session_samples)i * 960, 960, (uint8_t)i), ERR_NONE);
    assert_int_equal(put(j, JITTER_SLOTS * 960, 960, 0), ERR_FULL);
    assert_int_equal(put(j, 0, 960, 0), ERR_REPLAY);
    assert_int_equal(jitter_counters(j)->full, 1);
    jitter_drop_before(j, 959); /* the first has a sample left */
    assert_int_equal(jitter_depth(j), JITTER_SLOTS);
    jitter_drop_before(j, 10 * 960);
    assert_int_equal(jitter_depth(j), JITTER_SLOTS - 10);
    for (int i = 0; i < 10; i++)
        assert_int_equal(
            put(j, (JITTER_SLOTS + 9 - (session_samples)i) * 960, 960, (uint8_t)(JITTER_SLOTS + 9 - i)),
            ERR_NONE);
    for (int i = 10; i < JITTER_SLOTS + 10; i++)
        assert_int_equal(jitter_find(j, (session_samples)i * 960)->payload[0], i);
    jitter_drop_before(j, 0); /* backwards: nothing */
    assert_int_equal(put(j, 9 * 960, 960, 0), ERR_STALE);
    jitter_reset(j);
    assert_int_equal(jitter_depth(j), 0);
    assert_int_equal(put(j, 0, 960, 0), ERR_NONE);
    assert_int_equal(jitter_counters(j)->full, 1);
    jitter_destroy(j);
}

struct target_row {
    int number;
    const char *what;
    int64_t late_ms[4]; /* lateness of the packets, over and over */
    int late_of[4];     /* how many packets of each in a round */
    int packets;
    int64_t least_ms, most_ms;
};

static const struct target_row target_rows[] = {
    {1, "a steady line", {0}, {1}, 1000, 0, 0},
    {2, "earlier than ever", {-5}, {1}, 100, 0, 0},
    {3, "all 1 ms late", {1}, {1}, 1000, 2, 2},
    {4, "all 2 ms late", {2}, {1}, 1000, 2, 2},
    {5, "every 20th 50 ms late", {0, 50}, {19, 1}, 1000, 50, 50},
    {6, "every 50th 50 ms late is not worth it", {0, 50}, {49, 1}, 5000, 0, 12},
    {7, "steps up to 60 ms", {0, 20, 40, 60}, {1, 1, 1, 1}, 1000, 60, 60},
    {8, "a percentile, not the largest", {0, 40, 150}, {60, 39, 1}, 5000, 40, 40},
    {9, "later than we ever wait", {500}, {1}, 100, 200, 200},
    {10, "one packet is all we know", {30}, {1}, 1, 30, 30},
    {11, "absurdly late", {INT64_MAX / 1000 / MS}, {1}, 10, 200, 200},
};

static void target_is_the_97th_percentile(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof target_rows / sizeof target_rows[0]; i++) {
        const struct target_row *row = &target_rows[i];
        struct jitter *j = fresh();
        int in_round = 0, kind = 0;
        for (int p = 0; p < row->packets; p++) {
            session_samples at = (session_samples)p * 960;
            jitter_drop_before(j, at);
            assert_int_equal(jitter_put(j, at, 960, (const uint8_t *)"x", 1, row->late_ms[kind] * MS),
                             ERR_NONE);
            if (++in_round >= row->late_of[kind]) {
                in_round = 0;
                kind = kind < 3 && row->late_of[kind + 1] ? kind + 1 : 0;
            }
        }
        int64_t target = jitter_target(j);
        if (target < row->least_ms * MS || target > row->most_ms * MS)
            fail_msg("row %d (%s): %lld", row->number, row->what, (long long)target);
        jitter_destroy(j);
    }
}

/* Returns the target after `packets` more of this lateness. */
static int64_t after(struct jitter *j, session_samples *at, int packets, int64_t late_samples)
{
    for (int p = 0; p < packets; p++, *at += 960) {
        jitter_drop_before(j, *at);
        assert_int_equal(jitter_put(j, *at, 960, (const uint8_t *)"x", 1, late_samples), ERR_NONE);
    }
    return jitter_target(j);
}

static void rises_at_once_and_falls_slowly(void **state)
{
    (void)state;
    struct jitter *j = fresh();
    session_samples at = 0;
    assert_int_equal(after(j, &at, 1000, 0), 0);
    assert_true(after(j, &at, 8, 60 * MS) == 60 * MS); /* 3 % of 250 packets */
    int64_t before = jitter_target(j);
    for (int second = 0; second < 11; second++) { /* 5 ms a second at the most */
        int64_t now = after(j, &at, 50, 0);
        assert_true(now <= before && before - now <= 5 * MS);
        before = now;
    }
    assert_true(before > 0);
    assert_int_equal(after(j, &at, 500, 0), 0);
    jitter_destroy(j);
}

static void late_packets_teach_and_duplicates_do_not(void **state)
{
    (void)state;
    struct jitter *j = fresh();
    session_samples at = 0;
    after(j, &at, 10, 0);
    for (int i = 0; i < 100; i++)
        assert_int_equal(jitter_put(j, at - 960, 960, (const uint8_t *)"x", 1, 90 * MS), ERR_REPLAY);
    assert_int_equal(jitter_target(j), 0);
    jitter_drop_before(j, at);
    assert_int_equal(jitter_put(j, 0, 960, (const uint8_t *)"x", 1, 90 * MS), ERR_STALE);
    assert_int_equal(jitter_target(j), 90 * MS);
    jitter_reset(j);
    assert_int_equal(jitter_target(j), 0);
    jitter_destroy(j);
}

static void destroying_nothing_is_legal(void **state)
{
    (void)state;
    jitter_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(puts_and_refusals),
        cmocka_unit_test(finds_by_time),
        cmocka_unit_test(a_full_buffer_refuses_until_some_are_played),
        cmocka_unit_test(target_is_the_97th_percentile),
        cmocka_unit_test(rises_at_once_and_falls_slowly),
        cmocka_unit_test(late_packets_teach_and_duplicates_do_not),
        cmocka_unit_test(destroying_nothing_is_legal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
