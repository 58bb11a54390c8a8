/* Ten people talk at once for a minute, each as loud as a close microphone makes him: nothing clips, K of
 * them are heard, and encodes are K + 1 however many talk and listen. */
#include <math.h>

#include "../unit/rows.h"
#include "ear.h"
#include "tape.h"

#define PEOPLE  10
#define SECONDS 60
#define K       4
#define VOICES  4
#define SETTLED 100 /* packets after which all ten have begun */

static struct tape tapes[VOICES]; /* peaks at -3 dBFS */

static void check_not_clipped(const struct member *m)
{
    size_t samples;
    float *pcm = ear_record(m, &samples), most = 0;
    for (size_t i = 0; i < samples; i++)
        most = fmaxf(most, fabsf(pcm[i]));
    print_message("# the loudest sample at member %u: %.2f\n", m->number, (double)most);
    assert_true(most > 0.5f && most < 32767.0f / 32768);
    free(pcm);
}

static void check_stream(const struct member *m, unsigned audible)
{
    bool named[PEOPLE + 2] = {false};
    for (size_t n = SETTLED; n < m->count; n++) {
        const struct heard *h = &m->heard[n];
        ROW_EQUAL(n, h->csrc_count, audible);
        ROW_EQUAL(n, h->time - m->heard[n - 1].time, TICK_SAMPLES);
        ROW_EQUAL(n, (uint16_t)(h->seq - m->heard[n - 1].seq), 1);
        for (unsigned i = 0; i < h->csrc_count; i++) {
            ROW_TRUE(n, h->csrc[i] != m->number);
            named[h->csrc[i]] = true;
        }
    }
    assert_true(named[1]); /* who is pinned, or loudest, is never out: the first is both */
}

static void ten_at_once_for_a_minute(void **state)
{
    (void)state;
    struct bench *b = bench_create(K);
    struct member *people[PEOPLE], *ears[2];
    for (int i = 0; i < PEOPLE; i++)
        people[i] = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    for (int i = 0; i < 2; i++)
        ears[i] = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    struct media_order pin = {.kind = ORDER_PEER_PIN, .session = BENCH_SESSION, .peer = people[0]->number};
    pin.pinned = true;
    bench_order(b, &pin);
    for (int i = 0; i < PEOPLE; i++) {
        bench_script(people[i], &tapes[i % VOICES].script, (size_t)(i / VOICES) * 700);
        bench_talk(b, people[i], 0, 1700 * i);
    }
    bench_run(b, 2 * (span_us)US_PER_S);
    bench_counters(b);
    struct session_counters before = b->counters;
    bench_run(b, (SECONDS - 2) * (span_us)US_PER_S);
    bench_counters(b);
    uint64_t mixes = b->counters.mixes - before.mixes, encodes = b->counters.encodes - before.encodes;
    uint64_t decodes = b->counters.decodes - before.decodes;
    print_message("# %llu ticks: %.2f encodes and %.2f decodes each, %llu made late\n",
                  (unsigned long long)mixes, (double)encodes / (double)mixes, (double)decodes / (double)mixes,
                  (unsigned long long)(b->counters.late_mixes - before.late_mixes));
    assert_int_equal(b->counters.late_mixes, before.late_mixes);
    assert_in_range(mixes, (SECONDS - 2) * 50 - 3, (SECONDS - 2) * 50 + 3);
    /* One for each who is heard, one for the rest; another for eight ticks where one comes in. */
    assert_true(encodes >= mixes * (K + 1) && encodes < mixes * (K + 1) * 13 / 10);
    assert_true(decodes < mixes * K * 15 / 10);
    for (int i = 0; i < 2; i++) {
        check_stream(ears[i], K);
        check_not_clipped(ears[i]);
    }
    bench_destroy(b);
}

int main(void)
{
    static const char *const voices[VOICES] = {"speech-en-loud", "speech-it-loud", "speech-fr-loud",
                                               "speech-es-loud"};
    const struct CMUnitTest tests[] = {cmocka_unit_test(ten_at_once_for_a_minute)};
    for (int i = 0; i < VOICES; i++) {
        struct sound sound = sound_speech(voices[i]);
        tapes[i] = tape_make(&sound, &(struct tape_config){.seconds = 40});
        sound_free(&sound);
    }
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    for (int i = 0; i < VOICES; i++)
        tape_free(&tapes[i]);
    return failed;
}
