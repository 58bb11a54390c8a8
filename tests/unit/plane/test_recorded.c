/* What the recorder is told: all that is audible, as a listener without a source is sent it. */
#include "../rows.h"
#include "bench.h"

#define KEPT_MAX 2048

struct kept {
    size_t count;
    struct media_record at[KEPT_MAX];
};

static void record(struct bench *b, bool recorded)
{
    struct media_order order = {.kind = ORDER_SESSION_RECORD, .session = BENCH_SESSION};
    order.recorded = recorded;
    bench_order(b, &order);
}

/* Lets time pass, and takes what is told meanwhile. */
static void run(struct bench *b, struct kept *kept, span_us span)
{
    for (span_us left = span; left > 0; left -= US_PER_S / 10) {
        bench_run(b, left < US_PER_S / 10 ? left : US_PER_S / 10);
        while (kept->count < KEPT_MAX && media_record(b->media, &kept->at[kept->count]))
            kept->count++;
    }
}

static void check_order(const struct kept *kept)
{
    for (size_t i = 1; i < kept->count; i++)
        ROW_TRUE(i, kept->at[i].at >= kept->at[i - 1].at + kept->at[i - 1].samples);
}

/* From its own first packet on, a listener without a source hears what the recorder is told, byte for byte.
 */
static void check_same(const struct kept *kept, const struct member *listener)
{
    size_t first = kept->count - listener->count;
    assert_true(listener->count > 0 && listener->count <= kept->count);
    for (size_t i = 0; i < listener->count; i++) {
        const struct media_record *r = &kept->at[first + i];
        const struct heard *h = &listener->heard[i];
        ROW_EQUAL(i, r->len, h->len);
        assert_memory_equal(r->payload, h->payload, h->len);
        ROW_EQUAL(i, (uint32_t)r->at - (uint32_t)kept->at[first].at, h->time - listener->heard[0].time);
    }
}

static void one_who_talks_to_nobody_is_recorded_byte_for_byte(void **state)
{
    struct kept *kept = calloc(1, sizeof *kept);
    struct bench *b = bench_create(4);
    struct member *speaker = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    (void)state;
    record(b, true);
    bench_talk(b, speaker, 25, 3000);
    run(b, kept, 2 * US_PER_S);
    speaker->talks = false;
    run(b, kept, US_PER_S);
    assert_int_equal(kept->count, speaker->said + 3); /* and the closing silence */
    for (size_t i = 0; i < speaker->said; i++) {
        ROW_EQUAL(i, kept->at[i].session, BENCH_SESSION);
        ROW_EQUAL(i, kept->at[i].len, speaker->speech[i].len);
        assert_memory_equal(kept->at[i].payload, speaker->speech[i].payload, kept->at[i].len);
    }
    check_order(kept);
    bench_counters(b);
    assert_int_equal(b->counters.encodes, 0);
    bench_destroy(b);
    free(kept);
}

/* Of two talkers each hears the other passed; the recorder, and who only listens, hear both. */
static void a_mix_is_recorded_as_it_is_sent(void **state)
{
    struct kept *kept = calloc(1, sizeof *kept);
    struct bench *b = bench_create(4);
    struct member *one = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    struct member *two = bench_join(b, 1, SOURCE_ROOM, TIER_FULL);
    (void)state;
    record(b, true);
    bench_talk(b, one, 25, 3000);
    run(b, kept, US_PER_S);
    bench_talk(b, two, 25, 12000);
    run(b, kept, US_PER_S);
    bench_counters(b);
    assert_true(b->counters.encodes > 40); /* for the recorder alone */
    uint64_t encodes = b->counters.encodes;
    struct member *listener = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    run(b, kept, US_PER_S);
    one->talks = false;
    run(b, kept, 3 * US_PER_S);
    two->talks = false;
    run(b, kept, US_PER_S);
    check_same(kept, listener);
    check_order(kept);
    bench_counters(b);
    assert_true(b->counters.encodes - encodes < 250); /* the two of them share an encoder */
    bench_destroy(b);
    free(kept);
}

static void nothing_is_told_before_it_begins_and_after_it_ends(void **state)
{
    struct kept *kept = calloc(1, sizeof *kept);
    struct bench *b = bench_create(4);
    struct member *speaker = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    (void)state;
    bench_talk(b, speaker, 25, 3000);
    run(b, kept, US_PER_S);
    assert_int_equal(kept->count, 0);
    record(b, true);
    run(b, kept, US_PER_S);
    assert_int_equal(kept->count, 50);
    record(b, false);
    run(b, kept, US_PER_S);
    assert_int_equal(kept->count, 50);
    bench_destroy(b);
    free(kept);
}

static void what_nobody_takes_is_dropped(void **state)
{
    struct media_record r;
    size_t taken = 0;
    struct bench *b = bench_create(4);
    struct member *speaker = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    struct member *listener = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    (void)state;
    record(b, true);
    bench_talk(b, speaker, 25, 3000);
    bench_run(b, 20 * (span_us)US_PER_S);
    while (media_record(b->media, &r))
        taken++;
    assert_int_equal(taken, 256);
    assert_int_equal(listener->count, speaker->said);
    bench_destroy(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_who_talks_to_nobody_is_recorded_byte_for_byte),
        cmocka_unit_test(a_mix_is_recorded_as_it_is_sent),
        cmocka_unit_test(nothing_is_told_before_it_begins_and_after_it_ends),
        cmocka_unit_test(what_nobody_takes_is_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
