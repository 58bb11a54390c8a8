#include "media/repair.h"

#include <stdlib.h>
#include <string.h>

#include "wire/opus_toc.h"

#define CONCEAL_STEP 120 /* libopus conceals in multiples of 2.5 ms */
#define NOWHERE      INT64_MIN

struct repair {
    struct opus_receiver *receiver;
    bool heard;  /* something has been decoded since the reset: there is something to conceal with */
    bool paused; /* the last packet was the sender's DTX */
    session_samples bad_at; /* start of the packet that did not decode: it is not tried again */
    session_samples from;   /* what `pcm` holds: decoded, from here */
    session_samples until;  /* to here */
    enum repair_how how;    /* and how it was made */
    int32_t concealed;      /* samples made up since the last that were not */
    struct repair_counters counters;
    float pcm[OPUS_PACKET_SAMPLES_MAX];
};

enum err repair_create(struct repair **ret_repair)
{
    struct repair *r = calloc(1, sizeof *r);
    if (!r)
        return ERR_MEMORY;
    enum err e = opus_receiver_create(&r->receiver);
    if (e != ERR_NONE) {
        free(r);
        return e;
    }
    repair_reset(r);
    *ret_repair = r;
    return ERR_NONE;
}

void repair_destroy(struct repair *r)
{
    if (!r)
        return;
    opus_receiver_destroy(r->receiver);
    free(r);
}

void repair_reset(struct repair *r)
{
    opus_receiver_reset(r->receiver);
    r->heard = false;
    r->paused = false;
    r->bad_at = NOWHERE;
    r->from = r->until = NOWHERE;
    r->concealed = 0;
}

static void holds(struct repair *r, session_samples from, int32_t samples, enum repair_how how)
{
    r->from = from;
    r->until = from + samples;
    r->how = how;
}

static bool make_from_packet(struct repair *r, const struct jitter_packet *p)
{
    if (!p || p->at == r->bad_at)
        return false;
    int samples = 0;
    r->counters.decodes++;
    enum err e = opus_receiver_decode(r->receiver, p->payload, p->len, r->pcm, &samples);
    if (e != ERR_NONE || samples != p->samples) {
        r->counters.bad++;
        r->bad_at = p->at;
        r->until = r->from; /* pcm may have been written over */
        return false;
    }
    holds(r, p->at, p->samples, REPAIR_PACKET);
    r->heard = true;
    r->paused = p->len <= OPUS_TOC_DTX_BYTES;
    r->concealed = 0;
    return true;
}

/* The next packet's FEC holds what lies directly before it, for as long as its own first frame; we use it
 * where that is the whole rest of the hole. */
static bool make_from_fec(struct repair *r, const struct jitter_packet *next, session_samples at)
{
    if (!next || next->at == r->bad_at)
        return false;
    int samples = opus_payload_fec_samples(next->payload, next->len);
    if (samples == 0 || next->at - at != samples)
        return false;
    r->counters.decodes++;
    if (opus_receiver_decode_fec(r->receiver, next->payload, next->len, r->pcm, samples) != ERR_NONE)
        return false;
    holds(r, at, samples, REPAIR_FEC);
    r->heard = true;
    r->paused = false;
    r->concealed = 0;
    return true;
}

/* How much may be made up in a row. */
static int32_t make_up_max(const struct repair *r)
{
    return (r->paused ? REPAIR_PAUSE_TICKS_MAX : REPAIR_CONCEAL_TICKS_MAX) * TICK_SAMPLES;
}

/* Falls from 1 to 0 over the last tick that is concealed, so that the silence after it begins without a
 * click.
 */
static void fade(const struct repair *r, float *pcm, int32_t samples)
{
    for (int32_t i = 0; i < samples; i++) {
        int32_t left = make_up_max(r) - r->concealed - i;
        if (left < TICK_SAMPLES)
            pcm[i] *= left > 0 ? (float)left / TICK_SAMPLES : 0;
    }
}

static void make_up(struct repair *r, session_samples at, int32_t samples)
{
    int32_t whole = (samples + CONCEAL_STEP - 1) / CONCEAL_STEP * CONCEAL_STEP;
    if (!r->heard || r->concealed >= make_up_max(r)) {
        memset(r->pcm, 0, (size_t)whole * sizeof *r->pcm);
        holds(r, at, samples, REPAIR_SILENCE);
        return;
    }
    r->counters.decodes++;
    enum err e = opus_receiver_conceal(r->receiver, r->pcm, whole);
    fade(r, r->pcm, samples);
    r->concealed += samples;
    enum repair_how how = r->paused ? REPAIR_PAUSE : REPAIR_CONCEALED;
    holds(r, at, samples, e == ERR_NONE ? how : REPAIR_SILENCE);
}

/* Sees to it that pcm holds `at`: by at most a tick of the hole, where there is one. */
static void make(struct repair *r, const struct jitter *j, session_samples at, session_samples until)
{
    const struct jitter_packet *p = jitter_find(j, at);
    if (make_from_packet(r, p))
        return;
    const struct jitter_packet *next = jitter_after(j, at);
    if (make_from_fec(r, next, at))
        return;
    session_samples hole_end = p ? p->at + p->samples : next ? next->at : until;
    make_up(r, at, (int32_t)((hole_end < until ? hole_end : until) - at));
}

static void count(struct repair_counters *c, enum repair_how how)
{
    switch (how) {
    case REPAIR_PACKET:
        c->packets++;
        break;
    case REPAIR_FEC:
        c->fec++;
        break;
    case REPAIR_PAUSE:
        c->pauses++;
        break;
    case REPAIR_CONCEALED:
        c->concealed++;
        break;
    case REPAIR_SILENCE:
        c->silent++;
        break;
    }
}

enum repair_how repair_tick(struct repair *r, const struct jitter *j, session_samples at, float *pcm)
{
    enum repair_how worst = REPAIR_PACKET;
    session_samples end = at + TICK_SAMPLES;
    while (at < end) {
        if (at < r->from || at >= r->until)
            make(r, j, at, end);
        session_samples until = r->until < end ? r->until : end;
        memcpy(pcm, r->pcm + (at - r->from), (size_t)(until - at) * sizeof *pcm);
        pcm += until - at;
        at = until;
        if (r->how > worst)
            worst = r->how;
    }
    count(&r->counters, worst);
    return worst;
}

const struct repair_counters *repair_counters(const struct repair *r)
{
    return &r->counters;
}
