/* The limits of pass: sources of every shape, what must reach listeners bit for bit, what is encoded once,
 * and how often. `test_limits FOLDER` writes what was said and what was heard, for test_limits.py to judge.
 */
#include <math.h>

#include "../unit/rows.h"
#include "ear.h"
#include "tape.h"

#define SECONDS 9  /* whole packets of every length */
#define SETTLED 15 /* packets at the beginning after which a rate is known */

static const struct row {
    const char *name;
    struct tape_config tape;
    bool passed;
    bool rate; /* told by its rate alone, which takes 200 ms */
} rows[] = {
    {"20ms", {.samples = 960}, true, false},
    {"40ms", {.samples = 1920}, true, false},
    {"60ms", {.samples = 2880}, true, false},
    {"20ms-64k", {.samples = 960, .bitrate_bps = 64000}, true, false},
    {"20ms-16k", {.samples = 960, .bitrate_bps = 16000}, true, false},
    {"2.5ms", {.samples = 120, .bitrate_bps = 64000}, false, false},
    {"5ms", {.samples = 240, .bitrate_bps = 48000}, false, false},
    {"10ms", {.samples = 480}, false, false},
    {"120ms", {.samples = 5760}, false, false},
    {"20ms-96k", {.samples = 960, .bitrate_bps = 96000}, false, true},
    {"20ms-stereo", {.samples = 960, .channels = 2}, false, false},
    {"20ms-stereo-160k", {.samples = 960, .channels = 2, .bitrate_bps = 160000}, false, false},
};

static struct sound speech;
static const char *folder;

static void write_sound(const char *name, const char *what, const float *pcm, size_t samples)
{
    char path[1024];
    if (!folder)
        return;
    snprintf(path, sizeof path, "%s/%s-%s.f32", folder, name, what);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(pcm, sizeof *pcm, samples, f), samples);
    fclose(f);
}

static bool is_as_said(const struct heard *h, const struct script_packet *said)
{
    return h->len == said->len && memcmp(h->payload, said->payload, h->len) == 0;
}

/* All of it, in order, from packet `from` on. */
static void check_passed(size_t i, const struct member *listener, const struct tape *t, size_t from)
{
    ROW_TRUE(i, listener->count > from && listener->count <= t->script.count);
    for (size_t n = from; n < listener->count; n++)
        ROW_TRUE(i, is_as_said(&listener->heard[n], &t->packets[n]));
}

static void check_encoded(size_t i, const struct member *listener, const struct tape *t, size_t from)
{
    for (size_t n = from; n < listener->count; n++) {
        ROW_TRUE(i, listener->heard[n].len <= 300);
        ROW_EQUAL(i, listener->heard[n].time - listener->heard[n - 1].time, TICK_SAMPLES);
        for (size_t k = 0; k < t->script.count; k++)
            ROW_TRUE(i, !is_as_said(&listener->heard[n], &t->packets[k]));
    }
}

static void one_shape(size_t i)
{
    struct tape_config config = rows[i].tape;
    config.seconds = SECONDS;
    struct tape t = tape_make(&speech, &config);
    struct bench *b = bench_create(4);
    struct member *source = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    struct member *ears[2];
    for (int k = 0; k < 2; k++)
        ears[k] = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    bench_script(source, &t.script, 0);
    bench_talk(b, source, 0, 3000);
    bench_run(b, SECONDS * (span_us)US_PER_S - 10 * US_PER_MS);
    source->talks = false;
    bench_run(b, 100 * US_PER_MS); /* not yet the closing silence */
    bench_counters(b);
    for (int k = 0; k < 2; k++) {
        if (rows[i].passed)
            check_passed(i, ears[k], &t, 0);
        else
            check_encoded(i, ears[k], &t, rows[i].rate ? SETTLED : 1);
        ROW_EQUAL(i, ears[k]->count, ears[0]->count);
    }
    uint64_t ticks = SECONDS * 50;
    ROW_TRUE(i, rows[i].passed ? b->counters.encodes == 0
                               : b->counters.encodes + 20 > ticks && b->counters.encodes < ticks + 20);
    if (rows[i].passed)
        ROW_EQUAL(i, b->counters.decodes, 0);
    size_t samples;
    float *heard = ear_record(ears[0], &samples);
    write_sound(rows[i].name, "said", t.sound, t.samples);
    write_sound(rows[i].name, "heard", heard, samples);
    free(heard);
    bench_destroy(b);
    tape_free(&t);
}

static void every_shape_is_heard(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        one_shape(i);
}

/* Alone nobody asks for its level; beside another open microphone it is decoded to be measured, and passed
 * all the same. */
static void without_levels_it_is_measured_and_passed(void **state)
{
    (void)state;
    struct tape t = tape_make(&speech, &(struct tape_config){.seconds = SECONDS});
    float nothing[TICK_SAMPLES] = {0};
    struct tape hush = tape_make(&(struct sound){nothing, TICK_SAMPLES}, &(struct tape_config){.seconds = 1});
    struct bench *b = bench_create(4);
    struct member *source = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    struct member *silent = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    struct member *third = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    struct member *ear = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    source->sends_levels = silent->sends_levels = third->sends_levels = false;
    bench_script(source, &t.script, 0);
    bench_script(silent, &hush.script, 0);
    bench_script(third, &hush.script, 0);
    bench_talk(b, source, 0, 3000);
    bench_run(b, 3 * (span_us)US_PER_S);
    bench_counters(b);
    assert_int_equal(b->counters.decodes + b->counters.encodes, 0);
    bench_talk(b, silent, 0, 3000);
    bench_talk(b, third, 0, 9000);
    bench_run(b, 3 * (span_us)US_PER_S);
    bench_counters(b);
    assert_in_range(b->counters.decodes, 3 * 145, 3 * 155); /* each packet of the three, once */
    assert_int_equal(b->counters.encodes, 0);
    check_passed(0, ear, &t, 0);
    bench_destroy(b);
    tape_free(&t);
    tape_free(&hush);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_shape_is_heard),
                                       cmocka_unit_test(without_levels_it_is_measured_and_passed)};
    folder = argc > 1 ? argv[1] : NULL;
    speech = sound_speech("speech-en");
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    sound_free(&speech);
    return failed;
}
