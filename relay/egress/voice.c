#include "egress/voice.h"

#include <stdlib.h>
#include <string.h>

#include "egress/limiter.h"
#include "media/opus_codec.h"

#define HELD_MAX ((VOICE_TICKS_LEAN + 1) * TICK_SAMPLES)

struct voice {
    struct opus_sender *sender;
    struct limiter limiter;
    int ticks;            /* in a packet */
    int loss_percent;     /* what the encoder was told last */
    bool begun;           /* something has been pushed */
    session_samples at;   /* stamp of the next packet */
    int32_t count;        /* samples held */
    float held[HELD_MAX]; /* from at + look-ahead on */
};

enum err voice_create(enum tier tier, int loss_percent, struct voice **ret_voice)
{
    struct voice *v = calloc(1, sizeof *v);
    if (!v)
        return ERR_MEMORY;
    bool lean = tier == TIER_LEAN;
    struct opus_settings settings = {
        .bitrate_bps = lean ? VOICE_LEAN_BITRATE_BPS : VOICE_BITRATE_BPS,
        .complexity = VOICE_COMPLEXITY,
        .loss_percent = loss_percent,
    };
    enum err e = opus_sender_create(&settings, &v->sender);
    if (e != ERR_NONE) {
        free(v);
        return e;
    }
    v->loss_percent = loss_percent;
    v->ticks = lean ? VOICE_TICKS_LEAN : VOICE_TICKS_FULL;
    limiter_init(&v->limiter);
    *ret_voice = v;
    return ERR_NONE;
}

void voice_destroy(struct voice *v)
{
    if (!v)
        return;
    opus_sender_destroy(v->sender);
    free(v);
}

enum err voice_copy(const struct voice *v, struct voice **ret_voice)
{
    struct voice *copy = malloc(sizeof *copy);
    if (!copy)
        return ERR_MEMORY;
    *copy = *v;
    enum err e = opus_sender_copy(v->sender, &copy->sender);
    if (e != ERR_NONE) {
        free(copy);
        return e;
    }
    *ret_voice = copy;
    return ERR_NONE;
}

void voice_set_loss(struct voice *v, int loss_percent)
{
    if (loss_percent == v->loss_percent)
        return;
    v->loss_percent = loss_percent;
    opus_sender_set_loss(v->sender, loss_percent);
}

int voice_ticks(const struct voice *v)
{
    return v->ticks;
}

void voice_push(struct voice *v, session_samples at, float *pcm)
{
    int32_t skip = 0;
    if (!v->begun) {
        v->begun = true;
        v->at = at;
        skip = (int32_t)opus_sender_lookahead(v->sender);
    }
    limiter_frame(&v->limiter, pcm, TICK_SAMPLES);
    memcpy(v->held + v->count, pcm + skip, (size_t)(TICK_SAMPLES - skip) * sizeof *pcm);
    v->count += TICK_SAMPLES - skip;
}

bool voice_next(struct voice *v, struct voice_packet *ret_packet)
{
    int32_t samples = v->ticks * TICK_SAMPLES;
    if (v->count < samples)
        return false;
    ret_packet->at = v->at;
    ret_packet->samples = samples;
    if (opus_sender_encode(v->sender, v->held, samples, ret_packet->payload, sizeof ret_packet->payload,
                           &ret_packet->len) != ERR_NONE)
        ret_packet->len = 0;
    v->at += samples;
    v->count -= samples;
    memmove(v->held, v->held + samples, (size_t)v->count * sizeof v->held[0]);
    return true;
}
