/* Where sound lies on the session clock: each source by its own arrivals, and in a mix near the others. */
#include "../rows.h"
#include "bench.h"
#include "media_parts.h"

/* Numbers grow by one and RTP time by a tick. */
static void check_stream(const struct member *m)
{
    for (size_t i = 1; i < m->count; i++) {
        ROW_EQUAL(i, (uint16_t)(m->heard[i].seq - m->heard[i - 1].seq), 1);
        ROW_EQUAL(i, m->heard[i].time - m->heard[i - 1].time, TICK_SAMPLES);
    }
}

static session_samples shift_of(const struct bench *b, const struct member *source)
{
    const struct peer *p = table_get(b->media->peers, &source->number, sizeof source->number);
    return p->mix_shift;
}

/* From the arrival of the packet that holds the newest mixed packet's first sample to that one's departure.
 */
static span_us delay_of(const struct bench *b, const struct member *source, const struct member *listener)
{
    const struct heard *h = &listener->heard[listener->count - 1];
    session_samples at = (uint32_t)(h->time - 1000 * listener->number);
    at -= shift_of(b, source);
    int32_t back = (int32_t)(source->rtp_time - (source->run_rtp_time + (uint32_t)(at - source->run_time)));
    return h->at_us - (source->next_us - (point_us)back / TICK_SAMPLES * TICK_US);
}

/* Wherever in the 20 ms the second voice comes in: after its first pause between two words it lies where its
 * map says, and no sound waits for longer than 40 ms. */
static void the_mix_waits_40_ms_at_the_most(void **state)
{
    (void)state;
    for (int ms = 0; ms < 20; ms += 3) {
        struct bench *b = bench_create(4);
        struct member *one = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
        struct member *two = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
        struct member *listener = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
        bench_talk(b, one, 25, 3000);
        bench_run(b, US_PER_S);
        bench_talk(b, two, 25, (3 + ms) * US_PER_MS);
        bench_run(b, US_PER_S);
        two->level = 80;
        bench_run(b, 100 * US_PER_MS);
        two->level = 25;
        bench_run(b, US_PER_S);
        assert_int_equal(listener->heard[listener->count - 1].csrc_count, 2);
        ROW_TRUE(ms, delay_of(b, one, listener) >= TICK_US && delay_of(b, one, listener) <= 2 * TICK_US);
        ROW_TRUE(ms, delay_of(b, two, listener) >= TICK_US && delay_of(b, two, listener) <= 2 * TICK_US);
        ROW_EQUAL(ms, shift_of(b, one), 0);
        ROW_EQUAL(ms, shift_of(b, two), 0);
        check_stream(one);
        check_stream(two);
        check_stream(listener);
        bench_destroy(b);
    }
}

/* Three voices spread evenly over the 20 ms, with many pauses: each comes to lie where its map says. */
static void three_voices_settle(void **state)
{
    (void)state;
    struct bench *b = bench_create(4);
    struct member *talkers[3];
    for (int i = 0; i < 3; i++) {
        talkers[i] = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
        bench_talk(b, talkers[i], 25, 2000 + 6667 * i);
        bench_run(b, 500 * US_PER_MS);
    }
    struct member *listener = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    for (int i = 0; i < 30; i++) {
        talkers[i % 3]->level = 80;
        bench_run(b, 100 * US_PER_MS);
        talkers[i % 3]->level = 25;
        bench_run(b, 100 * US_PER_MS);
    }
    assert_int_equal(listener->heard[listener->count - 1].csrc_count, 3);
    for (int i = 0; i < 3; i++) {
        span_us delay_us = delay_of(b, talkers[i], listener);
        ROW_TRUE(i, delay_us >= TICK_US && delay_us <= 34500);
        ROW_EQUAL(i, shift_of(b, talkers[i]), 0);
    }
    check_stream(listener);
    bench_destroy(b);
}

/* A microphone that is open and says nothing is passed alone until another one opens, at any place of the
 * 20 ms: nothing of the other is lost, and in its first pause it comes to lie where its own clock says. */
static void who_opens_beside_a_silent_one_loses_nothing(void **state)
{
    (void)state;
    for (int ms = 0; ms < 20; ms++) {
        struct bench *b = bench_create(4);
        struct member *one = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
        struct member *two = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
        struct member *listener = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
        bench_talk(b, one, 90, 9000);
        bench_run(b, 3 * US_PER_S);
        bench_talk(b, two, 25, ms * US_PER_MS);
        bench_run(b, US_PER_S);
        size_t first = 0;
        while (first < listener->count && listener->heard[first].csrc[0] != two->number)
            first++;
        ROW_TRUE(ms, first < listener->count);
        ROW_EQUAL(ms, listener->heard[first].len, two->speech[0].len);
        assert_memory_equal(listener->heard[first].payload, two->speech[0].payload, two->speech[0].len);
        ROW_EQUAL(ms, one->heard[0].len, two->speech[0].len);
        check_stream(listener);
        check_stream(one);
        two->level = 80;
        bench_run(b, 100 * US_PER_MS);
        two->level = 25;
        bench_run(b, US_PER_S);
        ROW_EQUAL(ms, listener->heard[listener->count - 1].time - 1000 * listener->number,
                  one->heard[one->count - 1].time - 1000 * one->number);
        check_stream(listener);
        check_stream(one);
        bench_destroy(b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_mix_waits_40_ms_at_the_most),
        cmocka_unit_test(three_voices_settle),
        cmocka_unit_test(who_opens_beside_a_silent_one_loses_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
