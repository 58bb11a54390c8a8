#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "media/opus_codec.h"
#include "voice.h"

#define FRAMES 100

static const struct opus_settings full = {
    .bitrate_bps = 32000, .complexity = 9, .loss_percent = 0, .dtx = false};
static const struct opus_settings armed = {
    .bitrate_bps = 32000, .complexity = 9, .loss_percent = 10, .dtx = false};

static struct opus_sender *sender(const struct opus_settings *settings)
{
    struct opus_sender *s = NULL;
    assert_int_equal(opus_sender_create(settings, &s), ERR_NONE);
    return s;
}

static struct opus_receiver *receiver(void)
{
    struct opus_receiver *r = NULL;
    assert_int_equal(opus_receiver_create(&r), ERR_NONE);
    return r;
}

static size_t encode(struct opus_sender *s, int64_t from, int samples, uint8_t *payload)
{
    float pcm[OPUS_PACKET_SAMPLES_MAX];
    size_t len = 0;
    voice(from, pcm, samples);
    assert_int_equal(opus_sender_encode(s, pcm, samples, payload, OPUS_PAYLOAD_MAX, &len), ERR_NONE);
    return len;
}

static void what_goes_in_comes_out(void **state)
{
    (void)state;
    struct opus_sender *s = sender(&full);
    struct opus_receiver *r = receiver();
    static float out[FRAMES * TICK_SAMPLES], in[FRAMES * TICK_SAMPLES];
    size_t bytes = 0;
    for (int f = 0; f < FRAMES; f++) {
        uint8_t payload[OPUS_PAYLOAD_MAX];
        float pcm[OPUS_PACKET_SAMPLES_MAX];
        int samples = 0;
        size_t len = encode(s, (int64_t)f * TICK_SAMPLES, TICK_SAMPLES, payload);
        bytes += len;
        assert_int_equal(opus_receiver_decode(r, payload, len, pcm, &samples), ERR_NONE);
        assert_int_equal(samples, TICK_SAMPLES);
        memcpy(out + f * TICK_SAMPLES, pcm, sizeof *pcm * TICK_SAMPLES);
    }
    voice(0, in, FRAMES * TICK_SAMPLES);
    assert_int_equal(opus_sender_lookahead(s), 312); /* libopus 1.3.1 */
    int skip = 10 * TICK_SAMPLES, n = 80 * TICK_SAMPLES;
    assert_true(error_db(in + skip, out + skip + 312, n) < -6);
    assert_true(error_db(in + skip, out + skip + 312 + 48, n) > -3); /* and in no other place */
    assert_in_range(bytes * 8 / 2, 24000, 36000);                    /* bit/s over two seconds */
    opus_sender_destroy(s);
    opus_receiver_destroy(r);
}

static void bad_settings_are_refused(void **state)
{
    (void)state;
    static const struct opus_settings bad[] = {
        {.bitrate_bps = -5, .complexity = 9},
        {.bitrate_bps = 32000, .complexity = 11},
        {.bitrate_bps = 32000, .complexity = -1},
        {.bitrate_bps = 32000, .complexity = 9, .loss_percent = 101},
        {.bitrate_bps = 32000, .complexity = 9, .loss_percent = -1},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct opus_sender *s = NULL;
        assert_int_equal(opus_sender_create(&bad[i], &s), ERR_SYSTEM);
        assert_null(s);
    }
    opus_sender_destroy(NULL);
    opus_receiver_destroy(NULL);
}

static void bad_frames_are_refused(void **state)
{
    (void)state;
    struct opus_sender *s = sender(&full);
    float pcm[TICK_SAMPLES] = {0};
    uint8_t payload[OPUS_PAYLOAD_MAX];
    size_t len = 77;
    assert_int_equal(opus_sender_encode(s, pcm, 959, payload, sizeof payload, &len), ERR_SYSTEM);
    assert_int_equal(opus_sender_encode(s, pcm, 0, payload, sizeof payload, &len), ERR_SYSTEM);
    assert_int_equal(opus_sender_encode(s, pcm, TICK_SAMPLES, payload, 0, &len), ERR_SYSTEM);
    assert_int_equal(len, 77);
    opus_sender_destroy(s);
}

/* A copy goes on exactly as the original would have, and neither disturbs the other. */
static void a_copy_is_the_same_encoder(void **state)
{
    (void)state;
    struct opus_sender *a = sender(&armed), *twin = sender(&armed), *copy = NULL, *cold = sender(&armed);
    uint8_t from_a[OPUS_PAYLOAD_MAX], from_twin[OPUS_PAYLOAD_MAX], from_copy[OPUS_PAYLOAD_MAX],
        from_cold[OPUS_PAYLOAD_MAX];
    int64_t at = 0;
    for (; at < 50 * TICK_SAMPLES; at += TICK_SAMPLES) {
        encode(a, at, TICK_SAMPLES, from_a);
        encode(twin, at, TICK_SAMPLES, from_twin);
    }
    assert_int_equal(opus_sender_copy(a, &copy), ERR_NONE);
    int cold_same = 0;
    for (; at < 100 * TICK_SAMPLES; at += TICK_SAMPLES) {
        encode(a, at + 7777777, TICK_SAMPLES, from_a); /* hears something else from now on */
        size_t len = encode(twin, at, TICK_SAMPLES, from_twin);
        assert_int_equal(encode(copy, at, TICK_SAMPLES, from_copy), len);
        assert_memory_equal(from_copy, from_twin, len);
        cold_same +=
            encode(cold, at, TICK_SAMPLES, from_cold) == len && memcmp(from_cold, from_twin, len) == 0;
    }
    assert_int_equal(cold_same, 0);
    opus_sender_destroy(a);
    opus_sender_destroy(twin);
    opus_sender_destroy(copy);
    opus_sender_destroy(cold);
}

static void reset_is_a_fresh_encoder_of_the_same_settings(void **state)
{
    (void)state;
    struct opus_sender *used = sender(&armed), *fresh = sender(&armed);
    uint8_t a[OPUS_PAYLOAD_MAX], b[OPUS_PAYLOAD_MAX];
    for (int64_t f = 0; f < 20; f++)
        encode(used, f * TICK_SAMPLES, TICK_SAMPLES, a);
    opus_sender_reset(used);
    for (int64_t f = 0; f < 20; f++) {
        size_t len = encode(used, f * TICK_SAMPLES, TICK_SAMPLES, a);
        assert_int_equal(encode(fresh, f * TICK_SAMPLES, TICK_SAMPLES, b), len);
        assert_memory_equal(a, b, len);
    }
    opus_sender_destroy(used);
    opus_sender_destroy(fresh);
}

static void dtx_falls_silent(void **state)
{
    (void)state;
    struct opus_settings settings = full;
    settings.dtx = true;
    struct opus_sender *s = sender(&settings);
    float silence[TICK_SAMPLES] = {0};
    uint8_t payload[OPUS_PAYLOAD_MAX];
    int sent = 0;
    for (int f = 0; f < 100; f++) {
        size_t len = 0;
        assert_int_equal(opus_sender_encode(s, silence, TICK_SAMPLES, payload, sizeof payload, &len),
                         ERR_NONE);
        sent += len > 2;
    }
    assert_in_range(sent, 1, 30); /* the first ones, then one in 20 */
    opus_sender_destroy(s);
}

struct decode_row {
    int number;
    const char *what;
    uint8_t bytes[8];
    size_t len;
    int samples; /* 0 = refused */
    int fec_samples;
};

/* TOC: config in the upper five bits, stereo, frame count code (RFC 6716 §3.1). */
static const struct decode_row decode_rows[] = {
    {1, "nothing", {0}, 0, 0, 0},
    {2, "our silence", {0xf8, 0xff, 0xfe}, 3, 960, 0},
    {3, "TOC alone: DTX", {0xf8}, 1, 960, 0},
    {4, "60 ms SILK, TOC alone", {0x18}, 1, 2880, 0},
    {5, "2.5 ms CELT", {0xe0, 0xff, 0xfe}, 3, 120, 0},
    {6, "stereo is downmixed", {0xfc, 0xff, 0xfe}, 3, 960, 0},
    {7, "two frames of one length, odd", {0xf9, 0xff, 0xfe, 0xff, 0xfe, 0xff}, 6, 0, 0},
    {8, "two frames of one length", {0xf9, 0xff, 0xfe, 0xff, 0xfe}, 5, 1920, 0},
    {9, "two frames, first longer than the packet", {0xfa, 200, 0xff}, 3, 0, 0},
    {10, "count without its byte", {0xfb}, 1, 0, 0},
    {11, "no frames", {0xfb, 0x00, 0xff}, 3, 0, 0},
    {12, "120 ms: six of 20", {0xfb, 0x06, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, 8, 5760, 0},
    {13, "140 ms: seven of 20", {0xfb, 0x07}, 2, 0, 0},
    {14, "padding longer than the packet", {0xfb, 0x41, 0xff, 0xff}, 4, 0, 0},
    {15, "SILK 20 ms, VAD and LBRR bits set", {0x48, 0xc0, 0x12, 0x34}, 4, 960, 960},
    {16, "SILK 20 ms, VAD bit alone", {0x48, 0x80, 0x12, 0x34}, 4, 960, 0},
    {17, "SILK 60 ms, LBRR is the fourth bit", {0x58, 0x10, 0x12, 0x34}, 4, 2880, 2880},
    {18, "SILK 60 ms, third bit is still VAD", {0x58, 0x20, 0x12, 0x34}, 4, 2880, 0},
    {19, "SILK 10 ms", {0x40, 0x40, 0x12, 0x34}, 4, 480, 480},
    {20, "SILK stereo, side's LBRR", {0x4c, 0x10, 0x12, 0x34}, 4, 960, 960},
    {21, "hybrid 20 ms, LBRR", {0x78, 0x40, 0x12, 0x34}, 4, 960, 960},
    {22, "SILK, frame of no bytes", {0x49}, 1, 1920, 0},
};

static void packets_are_judged(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof decode_rows / sizeof decode_rows[0]; i++) {
        const struct decode_row *row = &decode_rows[i];
        struct opus_receiver *r = receiver();
        float pcm[OPUS_PACKET_SAMPLES_MAX];
        memset(pcm, 0x55, sizeof pcm);
        float before = pcm[0];
        int samples = 0;
        enum err e = opus_receiver_decode(r, row->bytes, row->len, pcm, &samples);
        if (samples != row->samples || e != (row->samples ? ERR_NONE : ERR_MALFORMED) ||
            (!row->samples && memcmp(&pcm[0], &before, sizeof before) != 0))
            fail_msg("row %d (%s): %s, %d samples", row->number, row->what, err_text(e), samples);
        int fec = opus_payload_fec_samples(row->bytes, row->len);
        if (fec != row->fec_samples)
            fail_msg("row %d (%s): FEC of %d samples", row->number, row->what, fec);
        opus_receiver_destroy(r);
    }
}

/* Of every second packet, lost: what FEC brings back is nearer to what was lost than what concealment makes
 * up. */
static void fec_is_better_than_concealment(void **state)
{
    (void)state;
    struct opus_sender *s = sender(&armed);
    struct opus_receiver *whole = receiver(), *fec = receiver(), *none = receiver();
    uint8_t lost[OPUS_PAYLOAD_MAX], next[OPUS_PAYLOAD_MAX];
    float a[OPUS_PACKET_SAMPLES_MAX], b[OPUS_PACKET_SAMPLES_MAX], c[OPUS_PACKET_SAMPLES_MAX];
    int carried = 0, better = 0, samples;
    for (int64_t f = 0; f < FRAMES; f += 2) {
        size_t lost_len = encode(s, f * TICK_SAMPLES, TICK_SAMPLES, lost);
        size_t next_len = encode(s, (f + 1) * TICK_SAMPLES, TICK_SAMPLES, next);
        assert_int_equal(opus_receiver_decode(whole, lost, lost_len, a, &samples), ERR_NONE);
        assert_int_equal(opus_receiver_decode_fec(fec, next, next_len, b, TICK_SAMPLES), ERR_NONE);
        assert_int_equal(opus_receiver_conceal(none, c, TICK_SAMPLES), ERR_NONE);
        bool has = opus_payload_fec_samples(next, next_len) == TICK_SAMPLES;
        carried += has;
        better += has && error_db(a, b, TICK_SAMPLES) < error_db(a, c, TICK_SAMPLES);
        assert_int_equal(opus_receiver_decode(whole, next, next_len, a, &samples), ERR_NONE);
        assert_int_equal(opus_receiver_decode(fec, next, next_len, b, &samples), ERR_NONE);
        assert_int_equal(opus_receiver_decode(none, next, next_len, c, &samples), ERR_NONE);
    }
    assert_true(carried >= 40); /* of 50; in the dips of loudness there is none */
    assert_true(better >= carried - 3);
    opus_sender_set_loss(s, 0);
    for (int64_t f = FRAMES; f < FRAMES + 4; f++) { /* disarmed: none a frame later */
        size_t len = encode(s, f * TICK_SAMPLES, TICK_SAMPLES, next);
        assert_true(f < FRAMES + 2 || opus_payload_fec_samples(next, len) == 0);
    }
    opus_sender_destroy(s);
    opus_receiver_destroy(whole);
    opus_receiver_destroy(fec);
    opus_receiver_destroy(none);
}

static void odd_requests_leave_silence(void **state)
{
    (void)state;
    struct opus_receiver *r = receiver();
    float pcm[OPUS_PACKET_SAMPLES_MAX] = {[0] = 1, [99] = 1, [100] = 1};
    assert_int_equal(opus_receiver_conceal(r, pcm, 100), ERR_SYSTEM);
    assert_true(pcm[0] == 0 && pcm[99] == 0 && pcm[100] == 1);
    assert_int_equal(opus_receiver_decode_fec(r, opus_silence, 0, pcm, 960), ERR_MALFORMED);
    assert_int_equal(opus_receiver_decode_fec(r, (const uint8_t[]){0xfb, 0}, 2, pcm, 960), ERR_MALFORMED);
    opus_receiver_destroy(r);
}

/* Bytes that are no speech, in every mode of Opus: some decode to far more than full scale. */
static void noise_stays_bounded(void **state)
{
    (void)state;
    struct opus_receiver *r = receiver();
    float pcm[OPUS_PACKET_SAMPLES_MAX];
    uint32_t dice = 1;
    bool loud = false;
    for (int packet = 0; packet < 3000; packet++) {
        uint8_t payload[60];
        int samples = 0;
        for (size_t i = 0; i < sizeof payload; i++) {
            dice = dice * 1664525u + 1013904223u;
            payload[i] = (uint8_t)(dice >> 24);
        }
        payload[0] &= 0xfc; /* one frame */
        if (opus_receiver_decode(r, payload, sizeof payload, pcm, &samples) != ERR_NONE)
            continue;
        for (int i = 0; i < samples; i++) {
            assert_true(pcm[i] >= -OPUS_PCM_MAX && pcm[i] <= OPUS_PCM_MAX);
            loud = loud || pcm[i] == OPUS_PCM_MAX;
        }
    }
    assert_true(loud); /* else nothing was shown */
    opus_receiver_destroy(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_goes_in_comes_out),
        cmocka_unit_test(bad_settings_are_refused),
        cmocka_unit_test(bad_frames_are_refused),
        cmocka_unit_test(a_copy_is_the_same_encoder),
        cmocka_unit_test(reset_is_a_fresh_encoder_of_the_same_settings),
        cmocka_unit_test(dtx_falls_silent),
        cmocka_unit_test(packets_are_judged),
        cmocka_unit_test(fec_is_better_than_concealment),
        cmocka_unit_test(odd_requests_leave_silence),
        cmocka_unit_test(noise_stays_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
