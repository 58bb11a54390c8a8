#include "playout.h"

#include <stdlib.h>
#include <string.h>

#include "base/serial.h"
#include "envelope.h"
#include "media/jitter.h"
#include "media/level.h"
#include "media/repair.h"
#include "wire/opus_toc.h"

struct playout {
    struct jitter *jitter; /* NULL: no decoding */
    struct repair *repair;
    struct envelope envelope;
    bool anchored;
    session_samples anchor;      /* the relay's clock ... */
    point_us anchor_us;          /* ... at this moment */
    bool running;                /* head is valid */
    session_samples head;        /* session time of the next tick */
    session_samples played;      /* session time at which the last tick began ... */
    point_us played_us;          /* ... and when */
    unsigned dry_ticks;          /* since one was made from a packet */
    unsigned holds;              /* ticks put in before head since it last moved */
    session_samples lossy_until; /* until then a wait of one packet more pays: in-band FEC */
    struct playout_counters counters;
};

enum err playout_create(bool decode, struct playout **ret_playout)
{
    struct playout *p = calloc(1, sizeof *p);
    if (p == NULL)
        return ERR_MEMORY;
    envelope_init(&p->envelope);
    p->dry_ticks = REPAIR_CONCEAL_TICKS_MAX;
    p->lossy_until = INT64_MIN;
    if (decode) {
        enum err e = jitter_create(&p->jitter);
        if (e == ERR_NONE)
            e = repair_create(&p->repair);
        if (e != ERR_NONE) {
            playout_destroy(p);
            return e;
        }
    }
    *ret_playout = p;
    return ERR_NONE;
}

void playout_destroy(struct playout *p)
{
    if (p == NULL)
        return;
    jitter_destroy(p->jitter);
    repair_destroy(p->repair);
    free(p);
}

static void begin_anew(struct playout *p)
{
    envelope_init(&p->envelope);
    p->running = false;
    p->dry_ticks = REPAIR_CONCEAL_TICKS_MAX;
    p->lossy_until = INT64_MIN;
    if (p->jitter != NULL) {
        jitter_reset(p->jitter);
        repair_reset(p->repair);
    }
}

void playout_clock(struct playout *p, session_samples clock, point_us now_us)
{
    session_samples off = p->anchored ? clock - playout_session_now(p, now_us) : 0;
    if (p->anchored && off > -PLAYOUT_REBASE_SAMPLES && off < PLAYOUT_REBASE_SAMPLES)
        return;
    p->anchored = true;
    p->anchor = clock;
    p->anchor_us = now_us;
    begin_anew(p);
}

session_samples playout_session_now(const struct playout *p, point_us now_us)
{
    return p->anchored ? p->anchor + samples_from_us(now_us - p->anchor_us) : 0;
}

session_samples playout_extend(const struct playout *p, uint32_t time, point_us now_us)
{
    return serial32_extend(playout_session_now(p, now_us), time);
}

int64_t playout_wait(const struct playout *p)
{
    int64_t target = p->jitter != NULL ? jitter_target(p->jitter) : 0;
    int64_t least = PLAYOUT_LEAST_SAMPLES;
    if (p->running && p->head < p->lossy_until)
        least += TICK_SAMPLES;
    return target > least ? target : least;
}

static bool in_pause(const struct playout *p)
{
    return p->dry_ticks >= REPAIR_CONCEAL_TICKS_MAX;
}

static enum err take(struct playout *p, session_samples at, const uint8_t *payload, size_t len, int64_t late)
{
    struct opus_toc toc;
    enum err e = opus_toc_parse(payload, len, &toc);
    if (e == ERR_NONE && p->jitter != NULL)
        e = jitter_put(p->jitter, at, toc.samples, payload, len, late);
    if (e == ERR_FULL) { /* the sound leapt ahead: what we hold is over */
        jitter_reset(p->jitter);
        p->running = false;
        e = jitter_put(p->jitter, at, toc.samples, payload, len, late);
    }
    return e;
}

enum err playout_packet(struct playout *p, uint32_t time, const uint8_t *payload, size_t len, point_us now_us)
{
    session_samples now = playout_session_now(p, now_us), at = playout_extend(p, time, now_us);
    if (!p->anchored || at - now > PLAYOUT_WILD_SAMPLES || now - at > PLAYOUT_WILD_SAMPLES) {
        p->counters.wild++;
        return ERR_STALE;
    }
    envelope_arrival(&p->envelope, now - at, now_us);
    int64_t late = now - at - envelope_value(&p->envelope);
    enum err e = take(p, at, payload, len, late);
    if (e != ERR_NONE) {
        p->counters.refused++;
        return e;
    }
    p->counters.packets++;
    /* The clock ran on in the pause, by an envelope that this packet proves too early: nothing was played
     * there, so the first syllable is not lost. */
    if (p->running && in_pause(p) && at < p->head)
        p->head = grid_floor(at);
    return ERR_NONE;
}

/* The tick that should play now: all that is worth waiting for has been waited for. */
static session_samples desired(const struct playout *p, point_us now_us)
{
    return grid_floor(playout_session_now(p, now_us) - envelope_value(&p->envelope) - playout_wait(p));
}

static void count(struct playout *p, enum repair_how how)
{
    switch (how) {
    case REPAIR_PACKET:
        p->counters.packet_ticks++;
        break;
    case REPAIR_FEC:
        p->counters.fec_ticks++;
        break;
    case REPAIR_PAUSE:
    case REPAIR_CONCEALED:
        p->counters.concealed_ticks++;
        break;
    case REPAIR_SILENCE:
        p->counters.silent_ticks++;
        break;
    }
    bool filled = how == REPAIR_PACKET || how == REPAIR_FEC;
    if (how == REPAIR_FEC || (filled && p->dry_ticks > 0 && p->dry_ticks <= PLAYOUT_LOSS_TICKS))
        p->lossy_until = p->head + PLAYOUT_LOSSY_SAMPLES;
    p->dry_ticks = filled ? 0 : p->dry_ticks + 1;
}

static void make(struct playout *p, session_samples at, float *pcm)
{
    count(p, repair_tick(p->repair, p->jitter, at, pcm));
}

static void advance(struct playout *p)
{
    p->head += TICK_SAMPLES;
    p->holds = 0;
    jitter_drop_before(p->jitter, p->head);
}

/* Where a pause may go on to, at most: the next packet, else as far as is wanted. */
static session_samples pause_end(const struct playout *p, session_samples wanted)
{
    const struct jitter_packet *next = jitter_after(p->jitter, p->head);
    session_samples border = next != NULL ? grid_floor(next->at) : wanted;
    return wanted < border ? wanted : border;
}

static bool sound_at_head(const struct playout *p)
{
    const struct jitter_packet *next = jitter_after(p->jitter, p->head);
    return jitter_find(p->jitter, p->head) != NULL || (next != NULL && next->at < p->head + TICK_SAMPLES);
}

/* In a pause the head follows the clock freely: forward over silence, or waiting where the delay grew, the
 * first packet of a talk too. What it passes is not marked as played (see playout_packet). False where sound
 * is due. */
static bool pass_pause(struct playout *p, session_samples wanted)
{
    session_samples to = pause_end(p, wanted);
    if (!sound_at_head(p) && to > p->head) {
        p->counters.skipped += (uint64_t)((to - p->head) / TICK_SAMPLES);
        p->head = to;
    }
    if (p->head <= wanted && sound_at_head(p))
        return false;
    bool waits = p->head > wanted;
    p->played = waits ? p->head - TICK_SAMPLES : p->head;
    if (!waits)
        p->head += TICK_SAMPLES;
    p->counters.silent_ticks++;
    return true;
}

/* In talk: a packet that is not here, but may still come, is waited for where the delay has become too short
 * for this line. On a line as it was, all waiting has been done by now: what is missing is lost. */
static bool hold_in_talk(const struct playout *p, session_samples wanted)
{
    return p->head > wanted && jitter_find(p->jitter, p->head) == NULL;
}

/* Later than needed: a quiet tick is left out, and where it has become far too late, any. */
static void catch_up(struct playout *p, session_samples wanted, float *pcm)
{
    session_samples behind = wanted - p->head;
    while (behind > PLAYOUT_BEHIND_TICKS_MAX * TICK_SAMPLES && jitter_depth(p->jitter) > 0) {
        p->counters.skipped++;
        advance(p);
        behind -= TICK_SAMPLES;
    }
    /* Two ticks, not one: the wanted tick moves by one with every millisecond about the grid's border. */
    if (behind >= 2 * TICK_SAMPLES && level_measure(pcm, TICK_SAMPLES) >= PLAYOUT_QUIET_DBOV) {
        p->counters.skipped++;
        make(p, p->head, pcm);
        p->played = p->head;
        advance(p);
    }
}

static void play(struct playout *p, session_samples wanted, float *pcm)
{
    if (hold_in_talk(p, wanted)) {
        /* Made up before head, at a time of its own, so that head itself can still be played. */
        p->holds++;
        p->counters.held++;
        make(p, p->head - (session_samples)p->holds * TICK_SAMPLES, pcm);
        p->played = p->head - TICK_SAMPLES;
        return;
    }
    make(p, p->head, pcm);
    p->played = p->head;
    advance(p);
    catch_up(p, wanted, pcm);
}

bool playout_tick(struct playout *p, float *pcm, point_us now_us)
{
    p->counters.ticks++;
    memset(pcm, 0, TICK_SAMPLES * sizeof *pcm);
    if (p->jitter == NULL || !p->anchored)
        return false;
    session_samples wanted = desired(p, now_us);
    if (!p->running)
        p->head = wanted;
    p->running = true;
    p->played_us = now_us;
    if (in_pause(p) && pass_pause(p, wanted))
        return false;
    play(p, wanted, pcm);
    return !in_pause(p);
}

session_samples playout_now(const struct playout *p, point_us now_us)
{
    if (!p->running || now_us - p->played_us > US_PER_S)
        return playout_session_now(p, now_us) - envelope_value(&p->envelope) - playout_wait(p);
    return p->played + samples_from_us(now_us - p->played_us);
}

const struct playout_counters *playout_counters(const struct playout *p)
{
    return &p->counters;
}
