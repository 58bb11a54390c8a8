/* A session's choice: who is audible, and what follows for slots, runs and plan. */
#include <stdlib.h>

#include "egress/reports.h"
#include "media_parts.h"

#define BIT(i) ((source_set)1 << (i))

enum err media_session_create(struct media *m, uint32_t handle, point_us origin_us, int k)
{
    struct media_session *s = calloc(1, sizeof *s);
    if (!s)
        return ERR_MEMORY;
    s->handle = handle;
    s->origin_us = origin_us;
    s->reports_us = NEVER_US;
    deadline_init(&s->deadline, DEADLINE_SESSION, s);
    speaker_init(&s->speaker, k < 1 ? AUDIBLE_DEFAULT : k > AUDIBLE_MAX ? AUDIBLE_MAX : k);
    plan_init(&s->plan);
    mix_init(&s->mix);
    way_out_replan(m, s, 0);
    enum err e = s->plan.count > 0 ? table_put(m->sessions, &handle, sizeof handle, s) : ERR_MEMORY;
    if (e != ERR_NONE)
        media_session_destroy(m, s, 0);
    return e;
}

void media_session_destroy(struct media *m, struct media_session *s, point_us now_us)
{
    while (s->peer_count > 0)
        media_peer_destroy(m, s->peers[s->peer_count - 1], now_us);
    for (unsigned i = 0; i < s->plan.count; i++)
        audience_destroy(s->audiences[i]);
    mix_finish(&s->mix);
    speaker_finish(&s->speaker);
    deadlines_set(&m->deadlines, &s->deadline, NEVER_US);
    if (table_get(m->sessions, &s->handle, sizeof s->handle) == s)
        table_take(m->sessions, &s->handle, sizeof s->handle);
    free(s->peers);
    free(s);
}

session_samples session_now(const struct media_session *s, point_us now_us)
{
    return samples_from_us(now_us - s->origin_us);
}

session_samples session_mix_shift(const struct media_session *s, const struct peer *p, session_samples at)
{
    session_samples frontier = way_out_mix_frontier(s, p->slot);
    return at < frontier ? grid_floor(frontier - at + TICK_SAMPLES - 1) : 0;
}

bool session_gives_back(const struct media_session *s, const struct peer *p,
                        const struct timed_packet *packet, point_us now_us)
{
    return p->mix_shift >= packet->samples && packet->samples % TICK_SAMPLES == 0 && s->mix.running &&
           packet->at >= s->mix.next && seat_is_quiet(&p->seat, now_us);
}

void session_sound(struct media_session *s, point_us now_us)
{
    if (s->reports_us == NEVER_US)
        s->reports_us = now_us + REPORTS_EVERY_US;
}

static void leave_slot(struct media_session *s, struct peer *p)
{
    timeline_end(&p->timeline);
    s->slots[p->slot] = NULL;
    p->slot = NO_SLOT;
}

/* A free slot; not one of which the plan still speaks, so that nobody is taken for who was there before. */
static int free_slot(const struct media_session *s)
{
    source_set spoken_of = 0;
    int any = NO_SLOT;
    for (unsigned i = 0; i < s->plan.count; i++)
        spoken_of |= s->plan.audiences[i].set;
    for (int i = 0; i < SLOTS_MAX; i++) {
        if (s->slots[i])
            continue;
        if (!(spoken_of & BIT(i)) && !s->mix.branches[i])
            return i;
        any = i;
    }
    return any;
}

static bool is_heard(const struct peer *p)
{
    return p->seat.audible || p->seat.solo;
}

/* Slots for those who are heard by anyone now. True where they changed. */
static bool change_slots(struct media_session *s)
{
    bool changed = false;
    for (int i = 0; i < SLOTS_MAX; i++)
        if (s->slots[i] && !is_heard(s->slots[i])) {
            leave_slot(s, s->slots[i]);
            changed = true;
        }
    for (size_t i = 0; i < s->speaker.count; i++) {
        struct peer *p = s->speaker.open[i]->peer;
        if (!is_heard(p) || p->slot != NO_SLOT)
            continue;
        p->slot = free_slot(s);
        s->slots[p->slot] = p;
        changed = true;
    }
    return changed;
}

/* A source in a pause ends its run; a mix in which nobody is left stands still. */
static void change_runs(struct media_session *s)
{
    for (int i = 0; i < SLOTS_MAX; i++) {
        struct peer *p = s->slots[i];
        struct branch *b = s->mix.branches[i];
        if (p && p->seat.paused)
            timeline_end(&p->timeline);
        if (b && !p)
            mix_let_go(&s->mix, i);
        else if (b && p->seat.paused)
            branch_end_run(b);
    }
    if (s->mix.running && !mix_is_awaited(&s->mix))
        way_out_stop_mix(s);
}

static source_set audible_slots(const struct media_session *s)
{
    source_set audible = 0;
    for (int i = 0; i < SLOTS_MAX; i++)
        if (s->slots[i] && s->slots[i]->seat.audible)
            audible |= BIT(i);
    return audible;
}

static void tell_speaking(struct media *m, const struct media_session *s, source_set audible)
{
    struct media_fact fact = {.kind = FACT_SPEAKING, .session = s->handle};
    for (int i = 0; i < SLOTS_MAX && fact.speaking.count < AUDIBLE_MAX; i++)
        if (audible & BIT(i))
            fact.speaking.numbers[fact.speaking.count++] = s->slots[i]->number;
    facts_put(&m->facts, &fact);
}

static void follow_choice(struct media *m, struct media_session *s, point_us now_us)
{
    bool changed = change_slots(s);
    source_set audible = audible_slots(s);
    change_runs(s);
    way_out_replan(m, s, now_us);
    if (audible != s->told || (audible && changed))
        tell_speaking(m, s, audible);
    s->told = audible;
}

void session_choose(struct media *m, struct media_session *s, point_us now_us)
{
    if (speaker_choose(&s->speaker, now_us))
        follow_choice(m, s, now_us);
}

void session_silence(struct media *m, struct peer *p, point_us now_us)
{
    struct media_session *s = p->session;
    speaker_remove(&s->speaker, &p->seat);
    timeline_end(&p->timeline);
    speaker_choose(&s->speaker, now_us);
    follow_choice(m, s, now_us);
    session_set_deadline(m, s, now_us);
}

void session_set_deadline(struct media *m, struct media_session *s, point_us now_us)
{
    point_us next = earlier_us(speaker_deadline(&s->speaker), way_out_deadline(s, now_us));
    deadlines_set(&m->deadlines, &s->deadline, earlier_us(next, s->reports_us));
}

void session_expire(struct media *m, struct media_session *s, point_us now_us)
{
    session_choose(m, s, now_us);
    way_out_expire(m, s, now_us);
    if (now_us >= s->reports_us)
        s->reports_us = way_out_reports(m, s, now_us) ? now_us + REPORTS_EVERY_US : NEVER_US;
    session_set_deadline(m, s, now_us);
}
