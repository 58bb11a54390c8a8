/* Sources that lie, leap, change and flood: the rest is not disturbed, delay and memory stay bounded, and it
 * is counted. In each row one good voice and one bad source talk, and a third member only listens. The bad
 * one himself must be passed the good voice bit for bit all the time: that is how undisturbed it is. */
#include <malloc.h>
#include <math.h>

#include "../sim/random.h"
#include "../unit/rows.h"
#include "ear.h"
#include "plane.h"
#include "tape.h"

#define SECONDS 12
#define SHAPES  7
#define AHEAD_US                                                                                             \
    (700 * (span_us)US_PER_MS) /* TIMELINE_AHEAD and what a run may drift: no sound lies further from the    \
                                  moment it is sent */
#define GARBAGE_MAX 120

enum bad { LOUD_LIAR, SOFT_LIAR, LEAPS, SHAPE, GARBAGE, TWICE_THE_RATE, TWICE_AND_LEAPS };
enum heard_as { BOTH, GOOD_ALONE };

static const struct row {
    enum bad bad;
    enum heard_as heard_as;
    unsigned named; /* % of the listener's packets that name the bad source */
} rows[] = {
    {LOUD_LIAR, BOTH, 90}, /* a place in the mix is all he gets */
    {SOFT_LIAR, GOOD_ALONE, 0}, {LEAPS, BOTH, 80},          {SHAPE, BOTH, 90},
    {GARBAGE, BOTH, 90},        {TWICE_THE_RATE, BOTH, 80}, {TWICE_AND_LEAPS, BOTH, 20},
};

static struct tape good, voice, hush, shapes[SHAPES];
static struct script liars[2], garbage;

static void copy_with_level(const struct tape *t, uint8_t level, struct script *ret_script)
{
    struct script_packet *packets = malloc(t->script.count * sizeof *packets);
    assert_non_null(packets);
    memcpy(packets, t->packets, t->script.count * sizeof *packets);
    for (size_t i = 0; i < t->script.count; i++)
        packets[i].level = level;
    *ret_script = (struct script){packets, t->script.count};
}

static void make_garbage(struct script *ret_script)
{
    static uint8_t bytes[100][GARBAGE_MAX];
    static struct script_packet packets[100];
    struct sim_random dice;
    sim_random_seed(&dice, 5);
    for (size_t i = 0; i < COUNT(packets); i++) {
        for (size_t k = 0; k < GARBAGE_MAX; k++)
            bytes[i][k] = (uint8_t)sim_random_u64(&dice);
        bytes[i][0] = i % 2 ? 0x78 : 0x08; /* one frame of 20 ms: SILK, or a hybrid of noise */
        packets[i] = (struct script_packet){bytes[i], 2 + i, TICK_SAMPLES, 30};
    }
    *ret_script = (struct script){packets, COUNT(packets)};
}

static void begin_bad(struct member *m, enum bad bad)
{
    switch (bad) {
    case LOUD_LIAR:
        bench_script(m, &liars[0], 0);
        break;
    case SOFT_LIAR:
        bench_script(m, &liars[1], 0);
        break;
    case GARBAGE:
        bench_script(m, &garbage, 0);
        break;
    case TWICE_THE_RATE:
    case TWICE_AND_LEAPS:
        m->ppm = -500000;
        bench_script(m, &voice.script, 0);
        break;
    default:
        bench_script(m, &voice.script, 0);
    }
}

/* What he does each 300 ms. */
static void go_on(struct member *m, enum bad bad, int n)
{
    static const int32_t leaps_ms[] = {1000, -1000, 90, -150, 5000, -5000, 400, -2500, 2000000, -2000000};
    if (bad == LEAPS || bad == TWICE_AND_LEAPS)
        m->rtp_time += (uint32_t)(leaps_ms[(unsigned)n % COUNT(leaps_ms)] * SAMPLES_PER_MS);
    if (bad == SHAPE) { /* the same sound in another shape */
        const struct tape *t = &shapes[n % SHAPES];
        bench_script(m, &t->script, (size_t)(n * 300 * SAMPLES_PER_MS / t->config.samples));
    }
}

/* RTP time never steps back nor stands, and stays near the clock; in a mix neither it nor the numbers have a
 * gap. */
static void check_listener(size_t i, const struct member *m, bool whole)
{
    for (size_t n = 0; n < m->count; n++) {
        session_samples at = (session_samples)(uint32_t)(m->heard[n].time - 1000 * m->number);
        span_us off_us = m->heard[n].at_us - us_from_samples(at);
        ROW_TRUE(i, off_us > -AHEAD_US && off_us < AHEAD_US);
        if (n == 0)
            continue;
        uint16_t numbers = (uint16_t)(m->heard[n].seq - m->heard[n - 1].seq);
        ROW_TRUE(i, numbers >= 1 && numbers < (whole ? 2 : 20));
        int32_t step = (int32_t)(m->heard[n].time - m->heard[n - 1].time);
        ROW_TRUE(i, step >= TICK_SAMPLES && (!whole || step == TICK_SAMPLES));
    }
}

static unsigned names(const struct member *m, uint32_t number)
{
    unsigned count = 0;
    for (size_t n = 0; n < m->count; n++)
        for (unsigned k = 0; k < m->heard[n].csrc_count; k++)
            count += m->heard[n].csrc[k] == number;
    return count;
}

static void check_good_is_passed(size_t i, const struct member *m)
{
    for (size_t n = 0; n < m->count; n++) {
        const struct script_packet *said = &good.packets[n];
        ROW_TRUE(i,
                 m->heard[n].len == said->len && memcmp(m->heard[n].payload, said->payload, said->len) == 0);
    }
    ROW_TRUE(i, m->count > SECONDS * 50 - 5);
}

/* The good voice, as the listener hears it in the mix with one who sends silence. */
static void check_good_is_clear(size_t i, const struct member *listener, struct member *const *talkers)
{
    struct ear e;
    double sum_db = 0;
    unsigned frames = 0;
    ear_listen(&e, listener, talkers, 2);
    for (size_t f = 100; f + 20 < e.count; f += 20) {
        struct ear_track track;
        ear_follow(&e, f, f + 20, &track);
        for (size_t n = f; n < f + 20; n++) {
            float expected[TICK_SAMPLES];
            ear_expected(&e, &track, n, expected);
            double should = ear_energy(expected, NULL);
            if (should < EAR_LOUD * EAR_LOUD * TICK_SAMPLES)
                continue;
            sum_db += 10 * log10(ear_energy(e.frames[n].pcm, expected) / should);
            frames++;
        }
    }
    ROW_TRUE(i, frames > 200 && sum_db / frames < -4);
    ear_free(&e);
}

static void one_row(size_t i)
{
    struct bench *b = bench_create(4);
    struct member *talkers[2], *listener;
    for (int k = 0; k < 2; k++)
        talkers[k] = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    listener = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    bench_script(talkers[0], &good.script, 0);
    bench_talk(b, talkers[0], 0, 3000);
    begin_bad(talkers[1], rows[i].bad);
    bench_talk(b, talkers[1], 0, 503 * US_PER_MS);
    for (int n = 0; n < SECONDS * 10 / 3; n++) {
        bench_run(b, 300 * US_PER_MS);
        if (n > 2)
            go_on(talkers[1], rows[i].bad, n);
    }
    check_good_is_passed(i, talkers[1]);
    check_listener(i, talkers[0], false);
    check_listener(i, listener, true);
    ROW_TRUE(i, names(listener, 1) > listener->count * 98 / 100);
    ROW_TRUE(i, names(listener, 2) >= listener->count * rows[i].named / 100);
    if (rows[i].heard_as == GOOD_ALONE)
        check_good_is_passed(i, listener);
    if (rows[i].bad == LOUD_LIAR)
        check_good_is_clear(i, listener, talkers);
    bench_counters(b);
    print_message(
        "# row %zu: the bad one named in %u of %zu packets; %llu decodes, %llu encodes, %llu dropped\n", i,
        names(listener, 2), listener->count, (unsigned long long)b->counters.decodes,
        (unsigned long long)b->counters.encodes, (unsigned long long)b->counters.dropped);
    /* Two sources, each packet decoded once, and one encode; what cannot be passed to the good one is
     * another. */
    bool shape = rows[i].bad == SHAPE;
    ROW_TRUE(i, b->counters.decodes <= (shape ? 4 : 2) * SECONDS * 50 + 20);
    ROW_TRUE(i, b->counters.encodes <= (shape ? 2 : 1) * SECONDS * 50 + 20);
    if (rows[i].bad == TWICE_THE_RATE || rows[i].bad == TWICE_AND_LEAPS)
        ROW_TRUE(i, b->counters.dropped > SECONDS * 50 * 8 / 10); /* half of what he sends */
    bench_destroy(b);
}

static void the_rest_is_not_disturbed(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        one_row(i);
}

/* His level says that he is silent: who is alone is not asked. */
static void a_soft_liar_alone_is_passed(void **state)
{
    (void)state;
    struct bench *b = bench_create(4);
    struct member *liar = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    struct member *listener = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    bench_script(liar, &liars[1], 0);
    bench_talk(b, liar, 0, 3000);
    bench_run(b, 3 * (span_us)US_PER_S);
    assert_in_range(listener->count, 148, 151);
    assert_memory_equal(listener->heard[100].payload, voice.packets[100].payload, voice.packets[100].len);
    bench_destroy(b);
}

/* One byte each 400 ms for an hour: passed as they are, the stream is closed once and not again, nothing
 * grows. Then he speaks, and the first packet is there. */
static void dtx_for_an_hour(void **state)
{
    (void)state;
    static const uint8_t toc = 0x78;
    const struct script_packet packet = {&toc, 1, 400 * SAMPLES_PER_MS, SILENCE_DBOV};
    const struct script dtx = {&packet, 1};
    struct bench *b = bench_create(4);
    struct member *source = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    struct member *listener = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    bench_script(source, &voice.script, 0);
    bench_talk(b, source, 0, 3000);
    bench_run(b, 2 * (span_us)US_PER_S);
    bench_script(source, &dtx, 0);
    size_t closing = 0, sent = 0, before = 0;
    for (int minute = 0; minute < 60; minute++) {
        listener->count = 0;
        source->place_count = 0;
        bench_run(b, 60 * (span_us)US_PER_S);
        for (size_t n = 0; n < listener->count; n++)
            closing += listener->heard[n].csrc_count == 0;
        sent += listener->count;
        if (minute == 4)
            before = mallinfo2().uordblks;
    }
    assert_int_equal(closing, 3);
    assert_in_range(sent, 60 * 150, 60 * 150 + 10);
    assert_true(mallinfo2().uordblks <= before + 65536);
    listener->count = 0;
    bench_script(source, &voice.script, 200);
    bench_run(b, US_PER_S);
    const struct script_packet *first = &voice.packets[200];
    assert_true(listener->count >= 29);
    assert_int_equal(listener->heard[0].len, first->len);
    assert_memory_equal(listener->heard[0].payload, first->payload, first->len);
    bench_destroy(b);
}

static void make_shapes(const struct sound *sound)
{
    static const struct tape_config configs[SHAPES] = {{.samples = 960},
                                                       {.samples = 480, .bitrate_bps = 64000},
                                                       {.samples = 960, .channels = 2},
                                                       {.samples = 2880},
                                                       {.samples = 960, .bitrate_bps = 160000},
                                                       {.samples = 5760},
                                                       {.samples = 120, .channels = 2, .bitrate_bps = 96000}};
    for (int i = 0; i < SHAPES; i++) {
        struct tape_config c = configs[i];
        c.seconds = SECONDS + 1;
        shapes[i] = tape_make(sound, &c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_rest_is_not_disturbed),
                                       cmocka_unit_test(a_soft_liar_alone_is_passed),
                                       cmocka_unit_test(dtx_for_an_hour)};
    struct sound one = sound_speech("speech-en"), other = sound_speech("speech-it");
    float nothing[TICK_SAMPLES] = {0};
    good = tape_make(&one, &(struct tape_config){.seconds = SECONDS + 1});
    voice = tape_make(&other, &(struct tape_config){.seconds = SECONDS + 1});
    hush = tape_make(&(struct sound){nothing, TICK_SAMPLES}, &(struct tape_config){.seconds = 1});
    make_shapes(&other);
    copy_with_level(&hush, 0, &liars[0]);
    copy_with_level(&voice, SILENCE_DBOV, &liars[1]);
    make_garbage(&garbage);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    for (int i = 0; i < SHAPES; i++)
        tape_free(&shapes[i]);
    for (int i = 0; i < 2; i++)
        free((void *)(uintptr_t)liars[i].packets);
    tape_free(&good);
    tape_free(&voice);
    tape_free(&hush);
    sound_free(&one);
    sound_free(&other);
    return failed;
}
