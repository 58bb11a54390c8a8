#include "tape.h"

#include <math.h>
#include <opus.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/rows.h"
#include "media/level.h"

#define COMPLEXITY 9 /* as clients encode */

static struct tape_config filled(const struct tape_config *config)
{
    struct tape_config c = *config;
    c.samples = c.samples ? c.samples : TICK_SAMPLES;
    c.channels = c.channels ? c.channels : 1;
    c.bitrate_bps = c.bitrate_bps ? c.bitrate_bps : 32000;
    c.level = c.level > 0 ? c.level : 1;
    return c;
}

static OpusEncoder *encoder(const struct tape_config *c)
{
    int error;
    OpusEncoder *e = opus_encoder_create(SAMPLES_PER_S, c->channels, OPUS_APPLICATION_VOIP, &error);
    assert_int_equal(error, OPUS_OK);
    opus_encoder_ctl(e, OPUS_SET_BITRATE(c->bitrate_bps));
    opus_encoder_ctl(e, OPUS_SET_COMPLEXITY(COMPLEXITY));
    opus_encoder_ctl(e, OPUS_SET_DTX(c->dtx));
    if (c->channels == 2) {
        opus_encoder_ctl(e, OPUS_SET_FORCE_CHANNELS(2));
        opus_encoder_ctl(e, OPUS_SET_BANDWIDTH(OPUS_BANDWIDTH_FULLBAND));
    }
    if (c->bitrate_bps > 64000)
        opus_encoder_ctl(e, OPUS_SET_VBR(0));
    return e;
}

/* The sound from `at` on, in `channels`: the second holds the voice a little softer. */
static void take(const struct tape *t, size_t at, float *pcm)
{
    for (int32_t i = 0; i < t->config.samples; i++)
        for (int c = 0; c < t->config.channels; c++)
            pcm[i * t->config.channels + c] = t->sound[at + (size_t)i] * (c ? 0.5f : 1.0f);
}

static void encode(OpusEncoder *e, const struct tape *t, size_t n)
{
    float pcm[2 * 6 * TICK_SAMPLES];
    uint8_t bytes[BENCH_PAYLOAD_MAX];
    size_t at = n * (size_t)t->config.samples;
    take(t, at, pcm);
    opus_int32 len = opus_encode_float(e, pcm, t->config.samples, bytes, sizeof bytes);
    assert_true(len > 0);
    uint8_t *payload = malloc((size_t)len);
    assert_non_null(payload);
    memcpy(payload, bytes, (size_t)len);
    t->packets[n] = (struct script_packet){.payload = payload,
                                           .len = (size_t)len,
                                           .samples = t->config.samples,
                                           .level = level_measure(t->sound + at, (size_t)t->config.samples)};
}

struct tape tape_make(const struct sound *sound, const struct tape_config *config)
{
    struct tape t = {.config = filled(config)};
    size_t from = (size_t)(t.config.from * SAMPLES_PER_S);
    size_t wanted = t.config.seconds > 0 ? (size_t)(t.config.seconds * SAMPLES_PER_S) : sound->samples - from;
    size_t count = wanted / (size_t)t.config.samples;
    t.samples = count * (size_t)t.config.samples;
    t.sound = malloc(t.samples * sizeof *t.sound);
    t.packets = calloc(count, sizeof *t.packets);
    assert_true(count > 0 && t.sound && t.packets);
    for (size_t i = 0; i < t.samples; i++)
        t.sound[i] = (float)t.config.level * sound->pcm[(from + i) % sound->samples];
    OpusEncoder *e = encoder(&t.config);
    for (size_t n = 0; n < count; n++)
        encode(e, &t, n);
    opus_encoder_destroy(e);
    t.script = (struct script){.packets = t.packets, .count = count};
    return t;
}

void tape_free(struct tape *t)
{
    for (size_t n = 0; n < t->script.count; n++)
        free((void *)(uintptr_t)t->packets[n].payload);
    free(t->packets);
    free(t->sound);
    *t = (struct tape){0};
}
