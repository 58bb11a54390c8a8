#include <math.h>

#include "egress/limiter.h"
#include "egress/mix.h"
#include "sound.h"

#define SOURCES 3

struct bench {
    struct mix mix;
    struct opus_sender *senders[SOURCES];
};

static void begin(struct bench *b)
{
    struct opus_settings settings = {.bitrate_bps = 64000, .complexity = 5};
    mix_init(&b->mix);
    for (int i = 0; i < SOURCES; i++) {
        assert_int_equal(opus_sender_create(&settings, &b->senders[i]), ERR_NONE);
        assert_int_equal(mix_add(&b->mix, i, 0), ERR_NONE);
    }
    mix_start(&b->mix, 0);
}

static void end(struct bench *b)
{
    mix_finish(&b->mix);
    for (int i = 0; i < SOURCES; i++)
        opus_sender_destroy(b->senders[i]);
}

static void put(struct bench *b, int i, session_samples at, double peak)
{
    float pcm[TICK_SAMPLES];
    uint8_t payload[OPUS_PAYLOAD_MAX];
    size_t len;
    tone(at, 200 + 60 * i, peak, pcm);
    assert_int_equal(opus_sender_encode(b->senders[i], pcm, TICK_SAMPLES, payload, sizeof payload, &len),
                     ERR_NONE);
    struct timed_packet p = {.at = at, .samples = TICK_SAMPLES, .payload = payload, .len = len};
    branch_put(b->mix.branches[i], &p, 0, 0);
}

static void a_tick_is_made_by_the_last_arrival(void **state)
{
    (void)state;
    struct bench b;
    bool late;
    begin(&b);
    put(&b, 0, 0, 0.3);
    put(&b, 1, 0, 0.3);
    assert_false(mix_ready(&b.mix, 0, &late));
    assert_int_equal(mix_deadline(&b.mix), BRANCH_SLACK);
    put(&b, 2, 0, 0.3);
    assert_true(mix_ready(&b.mix, 0, &late));
    assert_false(late);
    mix_make(&b.mix);
    assert_int_equal(b.mix.next, TICK_SAMPLES);
    assert_false(mix_ready(&b.mix, TICK_SAMPLES, &late));
    assert_true(mix_ready(&b.mix, TICK_SAMPLES + BRANCH_SLACK, &late)); /* waiting is no use any more */
    assert_true(late);
    mix_stop(&b.mix);
    assert_false(mix_ready(&b.mix, 100 * TICK_SAMPLES, &late));
    assert_true(mix_deadline(&b.mix) == INT64_MAX);
    end(&b);
}

/* Who leaves amid a word is not waited for, and falls to nothing over one tick; then he is gone. */
static void who_leaves_fades(void **state)
{
    (void)state;
    struct bench b;
    bool late;
    begin(&b);
    for (session_samples at = 0; at < 10 * TICK_SAMPLES; at += TICK_SAMPLES) {
        for (int i = 0; i < SOURCES; i++)
            put(&b, i, at, 0.5);
        mix_make(&b.mix);
    }
    mix_let_go(&b.mix, 2);
    assert_true(mix_is_awaited(&b.mix));
    put(&b, 0, 10 * TICK_SAMPLES, 0.5);
    put(&b, 1, 10 * TICK_SAMPLES, 0.5);
    assert_true(mix_ready(&b.mix, 0, &late));
    mix_make(&b.mix);
    float rest[TICK_SAMPLES], faded[TICK_SAMPLES];
    double first = 0, last = 0;
    mix_sum(&b.mix, 3, rest);
    memcpy(faded, rest, sizeof faded);
    mix_fade(&b.mix, 4, faded);
    for (int k = 0; k < TICK_SAMPLES / 4; k++) {
        first = fmax(first, fabs((double)faded[k] - (double)rest[k]));
        last = fmax(last, fabs((double)faded[TICK_SAMPLES - 1 - k] - (double)rest[TICK_SAMPLES - 1 - k]));
    }
    assert_true(first > 0.1 && last < 0.5 * first);
    assert_true(fabs((double)faded[TICK_SAMPLES - 1] - (double)rest[TICK_SAMPLES - 1]) < 0.001);
    mix_make(&b.mix);
    assert_null(b.mix.branches[2]);
    assert_int_equal(b.mix.set, 3);
    mix_fade(&b.mix, 4, faded); /* nothing any more */
    mix_let_go(&b.mix, 0);
    mix_let_go(&b.mix, 1);
    assert_false(mix_is_awaited(&b.mix));
    mix_stop(&b.mix);
    assert_int_equal(b.mix.set, 0);
    end(&b);
}

/* The sum of all minus one's own is, bit for bit, the sum of the others: whether he speaks or not. */
static void ones_own_leaves_no_trace(void **state)
{
    (void)state;
    struct bench loud, silent;
    begin(&loud);
    begin(&silent);
    for (session_samples at = 0; at < 50 * TICK_SAMPLES; at += TICK_SAMPLES) {
        float with[TICK_SAMPLES], without[TICK_SAMPLES], again[TICK_SAMPLES];
        for (int i = 0; i < SOURCES; i++) {
            put(&loud, i, at, 0.7);
            put(&silent, i, at, i == 1 ? 0 : 0.7);
        }
        mix_make(&loud.mix);
        mix_make(&silent.mix);
        mix_sum(&loud.mix, 1 | 4, with);
        mix_sum(&silent.mix, 1 | 4, without);
        assert_memory_equal(with, without, sizeof with);
        mix_sum_at(&loud.mix, 1 | 4, at, again);
        assert_memory_equal(with, again, sizeof with);
    }
    end(&loud);
    end(&silent);
}

static void the_sum_is_the_sum(void **state)
{
    (void)state;
    struct bench b;
    begin(&b);
    for (session_samples at = 0; at < 50 * TICK_SAMPLES; at += TICK_SAMPLES) {
        float all[TICK_SAMPLES], sum[TICK_SAMPLES] = {0}, one[TICK_SAMPLES];
        for (int i = 0; i < SOURCES; i++)
            put(&b, i, at, 0.3);
        mix_make(&b.mix);
        mix_sum(&b.mix, 7, all);
        for (int i = 0; i < SOURCES; i++) {
            mix_sum(&b.mix, (source_set)1 << i, one);
            for (int k = 0; k < TICK_SAMPLES; k++)
                sum[k] += one[k];
        }
        assert_true(error_db(all, sum, TICK_SAMPLES) < -100);
    }
    assert_int_equal(mix_decodes(&b.mix), 3 * 50);
    mix_remove(&b.mix, 0);
    assert_int_equal(mix_decodes(&b.mix), 3 * 50); /* of those that are gone too */
    assert_int_equal(b.mix.set, 6);
    end(&b);
}

/* Three close microphones at -3 dBFS, limited and encoded: no sample that a listener decodes is clipped. */
static void three_at_minus_3_dbfs_do_not_clip(void **state)
{
    (void)state;
    struct bench b;
    struct limiter limiter;
    struct opus_settings settings = {.bitrate_bps = 32000, .complexity = 9, .loss_percent = 5};
    struct opus_sender *sender;
    struct opus_receiver *receiver;
    begin(&b);
    limiter_init(&limiter);
    assert_int_equal(opus_sender_create(&settings, &sender), ERR_NONE);
    assert_int_equal(opus_receiver_create(&receiver), ERR_NONE);
    float loudest = 0;
    for (session_samples at = 0; at < 200 * TICK_SAMPLES; at += TICK_SAMPLES) {
        float pcm[OPUS_PACKET_SAMPLES_MAX];
        uint8_t payload[OPUS_PAYLOAD_MAX];
        size_t len;
        int samples;
        for (int i = 0; i < SOURCES; i++)
            put(&b, i, at, 0.708);
        mix_make(&b.mix);
        mix_sum(&b.mix, 7, pcm);
        for (int k = 0; k < TICK_SAMPLES; k++)
            loudest = fmaxf(loudest, fabsf(pcm[k]));
        limiter_frame(&limiter, pcm, TICK_SAMPLES);
        assert_int_equal(opus_sender_encode(sender, pcm, TICK_SAMPLES, payload, sizeof payload, &len),
                         ERR_NONE);
        assert_int_equal(opus_receiver_decode(receiver, payload, len, pcm, &samples), ERR_NONE);
        for (int k = 0; k < samples; k++)
            assert_true(fabsf(pcm[k]) < 0.999f);
    }
    assert_true(loudest > 1.2f); /* without the limiter it would have */
    opus_sender_destroy(sender);
    opus_receiver_destroy(receiver);
    end(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tick_is_made_by_the_last_arrival), cmocka_unit_test(who_leaves_fades),
        cmocka_unit_test(ones_own_leaves_no_trace),           cmocka_unit_test(the_sum_is_the_sum),
        cmocka_unit_test(three_at_minus_3_dbfs_do_not_clip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
