/* What a listener's decoder makes of a change between pass and mix: one voice, and beside it a second source
 * that is open and says nothing, so that what should be heard is known. */
#include <math.h>

#include "../rows.h"
#include "bench.h"
#include "media/opus_codec.h"

#define PACKETS 250

static void says_nothing(struct member *m)
{
    struct opus_settings settings = {.bitrate_bps = 32000, .complexity = 5};
    struct opus_sender *sender;
    float pcm[TICK_SAMPLES] = {0};
    assert_int_equal(opus_sender_create(&settings, &sender), ERR_NONE);
    for (int n = 0; n < BENCH_SPEECH; n++)
        assert_int_equal(opus_sender_encode(sender, pcm, TICK_SAMPLES, m->speech[n].payload,
                                            sizeof m->speech[n].payload, &m->speech[n].len),
                         ERR_NONE);
    opus_sender_destroy(sender);
}

static void decode(struct opus_receiver *r, const uint8_t *payload, size_t len, float *pcm)
{
    float room[OPUS_PACKET_SAMPLES_MAX];
    int samples;
    assert_int_equal(opus_receiver_decode(r, payload, len, room, &samples), ERR_NONE);
    assert_int_equal(samples, TICK_SAMPLES);
    memcpy(pcm, room, TICK_SAMPLES * sizeof *pcm);
}

struct change {
    double error_db; /* of the first frame after it */
    double level_db; /* of that frame against what it should be */
    double steady_db;
};

static double energy(const float *a, const float *minus)
{
    double e = 1e-9;
    for (int i = 0; i < TICK_SAMPLES; i++) {
        double x = (double)a[i] - (minus ? (double)minus[i] : 0);
        e += x * x;
    }
    return e;
}

/* The listener's frames against the voice's own, at and after the first that is mixed. */
static struct change measure(const struct member *voice, const struct member *listener, bool to_mix)
{
    struct opus_receiver *own, *heard;
    struct change c = {0};
    size_t change = 0;
    int steady = 0;
    assert_int_equal(opus_receiver_create(&own), ERR_NONE);
    assert_int_equal(opus_receiver_create(&heard), ERR_NONE);
    for (size_t n = 0; n < listener->count; n++) {
        float a[TICK_SAMPLES], b[TICK_SAMPLES];
        const struct speech *said = &voice->speech[n % BENCH_SPEECH];
        const struct heard *h = &listener->heard[n];
        bool passed = h->len == said->len && memcmp(h->payload, said->payload, h->len) == 0;
        decode(own, said->payload, said->len, a);
        decode(heard, h->payload, h->len, b);
        double error_db = 10 * log10(energy(b, a) / energy(a, NULL));
        if (change == 0 && n > 20 && passed != to_mix) {
            change = n;
            c.error_db = error_db;
            c.level_db = 10 * log10(energy(b, NULL) / energy(a, NULL));
        } else if (change && n > change + 25 && n < change + 75) {
            c.steady_db += error_db;
            steady++;
        }
    }
    assert_true(change > 0 && steady > 0);
    c.steady_db /= steady;
    opus_receiver_destroy(own);
    opus_receiver_destroy(heard);
    return c;
}

/* Into the mix in the midst of a word, at twelve places of it. */
static void into_the_mix_nothing_is_heard(void **state)
{
    (void)state;
    double sum_db = 0, steady_db = 0;
    for (int i = 0; i < 12; i++) {
        struct bench *b = bench_create(4);
        struct member *voice = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
        struct member *other = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
        struct member *listener = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
        says_nothing(other);
        bench_talk(b, voice, 25, 3000);
        bench_run(b, US_PER_S + i * TICK_US);
        bench_talk(b, other, 25, 9000);
        bench_run(b, 2 * US_PER_S);
        struct change c = measure(voice, listener, true);
        ROW_TRUE(i, fabs(c.level_db) < 4);
        sum_db += c.error_db;
        steady_db += c.steady_db;
        bench_destroy(b);
    }
    print_message("# first mixed frame %.1f dB, steady mix %.1f dB\n", sum_db / 12, steady_db / 12);
    assert_true(sum_db / 12 < -5 &&
                sum_db / 12 < steady_db / 12 + 1); /* the first frames are no worse than the steady mix */
}

/* The largest step from sample to sample in a frame, the one before it included. */
static float largest_step(const float *pcm, float before)
{
    float most = 0;
    for (int i = 0; i < TICK_SAMPLES; i++) {
        most = fmaxf(most, fabsf(pcm[i] - before));
        before = pcm[i];
    }
    return most;
}

/* One of three loses the floor amid a word: the others go on mixed. What he said falls to nothing; no step is
 * larger than those of speech, and nothing is louder than it was. */
static void who_is_pushed_out_makes_no_click(void **state)
{
    (void)state;
    for (int i = 0; i < 12; i++) {
        struct bench *b = bench_create(4);
        struct member *voice = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
        struct member *others[2], *listener;
        for (int k = 0; k < 2; k++) {
            others[k] = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
            says_nothing(others[k]);
        }
        listener = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
        bench_talk(b, voice, 25, 3000);
        bench_talk(b, others[0], 25, 5000);
        bench_talk(b, others[1], 25, 9000);
        bench_run(b, US_PER_S + i * 1700);
        size_t before = listener->count;
        struct media_order mute = {.kind = ORDER_PEER_RIGHT, .session = BENCH_SESSION, .peer = voice->number};
        mute.may_send = false;
        bench_order(b, &mute);
        bench_run(b, US_PER_S);
        struct opus_receiver *r;
        float pcm[TICK_SAMPLES], last = 0, speech_step = 0, step = 0;
        double speech = 0, loudest = 0, end = 1;
        assert_int_equal(opus_receiver_create(&r), ERR_NONE);
        for (size_t n = 0; n < listener->count; n++) {
            const struct heard *h = &listener->heard[n];
            decode(r, h->payload, h->len, pcm);
            float here = largest_step(pcm, last);
            end = energy(pcm, NULL);
            last = pcm[TICK_SAMPLES - 1];
            if (n > 0)
                ROW_EQUAL(i, h->time - listener->heard[n - 1].time, TICK_SAMPLES);
            if (n > 10 && n < before) {
                speech_step = fmaxf(speech_step, here);
                speech = fmax(speech, end);
            } else if (n >= before) {
                step = fmaxf(step, here);
                loudest = fmax(loudest, end);
            }
        }
        ROW_TRUE(i, step <= speech_step * 1.1f);
        ROW_TRUE(i, loudest <= speech * 1.1);
        ROW_TRUE(i, end < speech * 1e-4);
        opus_receiver_destroy(r);
        bench_destroy(b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(into_the_mix_nothing_is_heard),
                                       cmocka_unit_test(who_is_pushed_out_makes_no_click)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
