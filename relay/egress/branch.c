#include "egress/branch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum err branch_create(struct branch **ret_branch)
{
    struct branch *b = calloc(1, sizeof *b);
    if (!b)
        return ERR_MEMORY;
    enum err e = jitter_create(&b->jitter);
    if (e == ERR_NONE)
        e = repair_create(&b->repair);
    if (e != ERR_NONE) {
        branch_destroy(b);
        return e;
    }
    *ret_branch = b;
    return ERR_NONE;
}

void branch_destroy(struct branch *b)
{
    if (!b)
        return;
    jitter_destroy(b->jitter);
    repair_destroy(b->repair);
    free(b);
}

void branch_begin_run(struct branch *b, session_samples start)
{
    jitter_reset(b->jitter);
    repair_reset(b->repair);
    b->present = true;
    b->start = start;
    b->amid_word = false;
    b->missing = 0;
}

void branch_warm(struct branch *b, const struct timed_packet *packet)
{
    float pcm[TICK_SAMPLES];
    double energy = 0;
    enum err e = jitter_put(b->jitter, packet->at, packet->samples, packet->payload, packet->len, 0);
    if (e != ERR_NONE || packet->samples % TICK_SAMPLES != 0)
        return;
    for (int32_t n = 0; n < packet->samples; n += TICK_SAMPLES)
        repair_tick(b->repair, b->jitter, packet->at + n, pcm);
    jitter_drop_before(b->jitter, packet->at + packet->samples);
    for (int i = 0; i < TICK_SAMPLES; i++)
        energy += (double)pcm[i] * pcm[i];
    b->amid_word = energy >= BRANCH_LOUD * BRANCH_LOUD * TICK_SAMPLES;
}

void branch_end_run(struct branch *b)
{
    b->present = false;
}

void branch_put(struct branch *b, const struct timed_packet *packet, int64_t early, int64_t late_samples)
{
    enum err e =
        jitter_put(b->jitter, packet->at, packet->samples, packet->payload, packet->len, late_samples);
    (void)e; /* whatever it is, the buffer has counted it and there is nothing else to do */
    branch_expect(b, early);
}

void branch_expect(struct branch *b, int64_t early)
{
    b->early = early;
}

/* The next packet is here and its FEC will do. */
static bool repairable(const struct branch *b, session_samples at)
{
    const struct jitter_packet *next = jitter_after(b->jitter, at);
    return next && next->at - at <= TICK_SAMPLES;
}

/* All packets of the tick: there are eight where a source sends 2.5 ms each. */
static bool is_whole(const struct branch *b, session_samples at)
{
    const struct jitter_packet *p;
    session_samples here = at;
    while (here < at + TICK_SAMPLES && (p = jitter_find(b->jitter, here)) != NULL)
        here = p->at + p->samples;
    return here >= at + TICK_SAMPLES;
}

bool branch_ready(const struct branch *b, session_samples at)
{
    return !b->present || b->leaving || at < b->start || is_whole(b, at);
}

/* Where packets go missing it is worth waiting for the next one's FEC, unless that is here already. */
session_samples branch_deadline(const struct branch *b, session_samples at)
{
    session_samples deadline = at + b->early + jitter_target(b->jitter) + BRANCH_SLACK;
    if (b->missing >= BRANCH_LOSSY && !repairable(b, at))
        deadline += TICK_SAMPLES;
    return deadline;
}

static unsigned place(session_samples at)
{
    int64_t n = at / TICK_SAMPLES % BRANCH_TICKS;
    return (unsigned)(n < 0 ? n + BRANCH_TICKS : n);
}

static int32_t whole(float x)
{
    float limited = x > 4 ? 4 : x < -4 ? -4 : x;
    return (int32_t)lrintf(limited * (BRANCH_SCALE));
}

void branch_make(struct branch *b, session_samples at)
{
    int32_t *tick = b->ticks[place(at)];
    if (!b->present || at < b->start) {
        memset(tick, 0, sizeof b->ticks[0]);
        return;
    }
    float pcm[TICK_SAMPLES];
    enum repair_how how = repair_tick(b->repair, b->jitter, at, pcm);
    jitter_drop_before(b->jitter, at + TICK_SAMPLES);
    double weight = (double)TICK_SAMPLES / BRANCH_LOSS_SAMPLES;
    b->missing += ((how == REPAIR_PACKET || how == REPAIR_PAUSE ? 0 : 1) - b->missing) * weight;
    for (int i = 0; b->amid_word && i < BRANCH_FADE_SAMPLES; i++)
        pcm[i] *= (float)i / BRANCH_FADE_SAMPLES;
    b->amid_word = false;
    for (int i = 0; i < TICK_SAMPLES; i++)
        tick[i] = whole(pcm[i]);
}

const int32_t *branch_tick(const struct branch *b, session_samples at)
{
    return b->ticks[place(at)];
}
