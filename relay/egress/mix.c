#include "egress/mix.h"

#include <string.h>

#define BIT(i) ((source_set)1 << (i))

void mix_init(struct mix *m)
{
    memset(m, 0, sizeof *m);
}

void mix_finish(struct mix *m)
{
    for (int i = 0; i < SLOTS_MAX; i++)
        mix_remove(m, i);
}

enum err mix_add(struct mix *m, int slot, session_samples start)
{
    mix_remove(m, slot); /* who was there before is only leaving */
    enum err e = branch_create(&m->branches[slot]);
    if (e != ERR_NONE)
        return e;
    m->set |= BIT(slot);
    branch_begin_run(m->branches[slot], start);
    return ERR_NONE;
}

void mix_remove(struct mix *m, int slot)
{
    struct branch *b = m->branches[slot];
    if (!b)
        return;
    m->decodes_gone += repair_counters(b->repair)->decodes;
    branch_destroy(b);
    m->branches[slot] = NULL;
    m->set &= ~BIT(slot);
}

void mix_let_go(struct mix *m, int slot)
{
    if (m->running && m->branches[slot] && m->branches[slot]->present)
        m->branches[slot]->leaving = true;
    else
        mix_remove(m, slot);
}

/* Those who have faded are gone; those who leave have made their last tick. */
static void see_off(struct mix *m)
{
    for (int i = 0; i < SLOTS_MAX; i++) {
        struct branch *b = m->branches[i];
        if (b && b->left)
            mix_remove(m, i);
        else if (b)
            b->left = b->leaving;
    }
}

void mix_start(struct mix *m, session_samples at)
{
    m->running = true;
    m->next = at;
}

void mix_stop(struct mix *m)
{
    m->running = false;
    for (int i = 0; i < SLOTS_MAX; i++)
        if (m->branches[i] && m->branches[i]->leaving)
            mix_remove(m, i);
}

bool mix_is_awaited(const struct mix *m)
{
    bool awaited = false;
    for (int i = 0; i < SLOTS_MAX; i++)
        awaited |= m->branches[i] && m->branches[i]->present && !m->branches[i]->leaving;
    return awaited;
}

void mix_warm(struct mix *m, int slot)
{
    struct branch *b = m->branches[slot];
    for (int i = BRANCH_TICKS - 1; i > 0; i--)
        branch_make(b, m->next - i * TICK_SAMPLES);
}

session_samples mix_deadline(const struct mix *m)
{
    session_samples latest = INT64_MIN;
    for (int i = 0; i < SLOTS_MAX; i++) {
        const struct branch *b = m->branches[i];
        if (!b || !b->present || branch_ready(b, m->next))
            continue;
        session_samples deadline = branch_deadline(b, m->next);
        if (deadline > latest)
            latest = deadline;
    }
    return m->running ? latest : INT64_MAX;
}

bool mix_ready(const struct mix *m, session_samples now, bool *ret_late)
{
    session_samples deadline = mix_deadline(m);
    *ret_late = deadline != INT64_MIN;
    return m->running && now >= deadline;
}

void mix_make(struct mix *m)
{
    see_off(m);
    memset(m->total, 0, sizeof m->total);
    for (int i = 0; i < SLOTS_MAX; i++) {
        if (!m->branches[i])
            continue;
        branch_make(m->branches[i], m->next);
        const int32_t *tick = branch_tick(m->branches[i], m->next);
        for (int k = 0; k < TICK_SAMPLES; k++)
            m->total[k] += tick[k];
    }
    m->next += TICK_SAMPLES;
    m->made++;
}

static void to_float(const int64_t *sum, float *pcm)
{
    for (int k = 0; k < TICK_SAMPLES; k++)
        pcm[k] = (float)sum[k] / BRANCH_SCALE;
}

void mix_sum(const struct mix *m, source_set set, float *pcm)
{
    int64_t sum[TICK_SAMPLES];
    memcpy(sum, m->total, sizeof sum);
    for (int i = 0; i < SLOTS_MAX; i++) {
        if (!(m->set & ~set & BIT(i)))
            continue;
        const int32_t *tick = branch_tick(m->branches[i], m->next - TICK_SAMPLES);
        for (int k = 0; k < TICK_SAMPLES; k++)
            sum[k] -= tick[k];
    }
    to_float(sum, pcm);
}

void mix_fade(const struct mix *m, source_set set, float *pcm)
{
    for (int i = 0; i < SLOTS_MAX; i++) {
        if (!(m->set & set & BIT(i)))
            continue;
        const int32_t *tick = branch_tick(m->branches[i], m->next - TICK_SAMPLES);
        for (int k = 0; k < TICK_SAMPLES; k++)
            pcm[k] += (float)tick[k] / BRANCH_SCALE * (1 - (float)k / TICK_SAMPLES);
    }
}

void mix_sum_at(const struct mix *m, source_set set, session_samples at, float *pcm)
{
    int64_t sum[TICK_SAMPLES] = {0};
    for (int i = 0; i < SLOTS_MAX; i++) {
        if (!(m->set & set & BIT(i)))
            continue;
        const int32_t *tick = branch_tick(m->branches[i], at);
        for (int k = 0; k < TICK_SAMPLES; k++)
            sum[k] += tick[k];
    }
    to_float(sum, pcm);
}

uint64_t mix_decodes(const struct mix *m)
{
    uint64_t decodes = m->decodes_gone;
    for (int i = 0; i < SLOTS_MAX; i++)
        if (m->branches[i])
            decodes += repair_counters(m->branches[i]->repair)->decodes;
    return decodes;
}
