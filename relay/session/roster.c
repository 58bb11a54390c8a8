/* Sessions too large to tell everyone of everyone: when one is, who is listed in it, whom an event is told
 * to, how many are where. */
#include "session/state.h"

#include <stdlib.h>
#include <string.h>

static bool listed(const struct person *p)
{
    return !p->removed && is_listed(p->seen.role, p->seen.floor, p->seen.hand, p->seen.deputy);
}

void roster_follow(struct session *s, const struct event *e)
{
    bool large = s->large;
    switch (e->kind) {
    case EVENT_RESTARTED:
        if (large)
            s->restarted_ms = e->at_ms;
        return;
    case EVENT_JOINED:
        large = large || s->present_count > ROSTER_WHOLE_MAX;
        break;
    case EVENT_AWAY:
    case EVENT_LEFT:
    case EVENT_REMOVED:
        break;
    default:
        return;
    }
    if (s->present_count < ROSTER_LARGE_MIN && e->at_ms - s->restarted_ms >= ROSTER_RETURN_MS)
        large = false;
    if (large != s->large)
        s->switched_n = e->n;
    s->large = large;
}

bool session_large(const struct session *s)
{
    return s->large;
}

uint64_t session_switched_n(const struct session *s)
{
    return s->switched_n;
}

/* Whom an event is about is of interest to himself, unless he is listed. */
static struct telling of_one(const struct person *p, uint32_t who)
{
    return (struct telling){.only = p && listed(p) ? 0 : who};
}

/* Everyone will see his name: he is named where he is not listed already. */
static struct telling naming(const struct person *p)
{
    return (struct telling){.participant = p && !listed(p) ? &p->seen : NULL};
}

struct telling session_telling(const struct session *s, const struct event *e)
{
    const struct person *p = person_find(s, e->who);
    if (!s->large)
        return (struct telling){0};
    switch (e->kind) {
    case EVENT_JOINED: /* it says all of him itself; a first join is of his role alone */
        if (!p)
            return (struct telling){.only = is_listed(e->role, false, false, e->deputy) ? 0 : e->who};
        return of_one(p, e->who);
    case EVENT_AWAY:
    case EVENT_LEFT:
    case EVENT_REMOVED:
    case EVENT_HAND_DOWN:
    case EVENT_RELEASED:
    case EVENT_MUTED:
    case EVENT_UNMUTED:
    case EVENT_UNMUTE_ASKED:
    case EVENT_PINNED:
    case EVENT_UNPINNED:
    case EVENT_BOTH_OPENED:
    case EVENT_BOTH_CLOSED:
    case EVENT_LANGUAGE:
    case EVENT_DEPUTY_DROPPED:
        return of_one(p, e->who);
    case EVENT_HAND_UP:
    case EVENT_GRANTED:
    case EVENT_ROLE:
    case EVENT_DEPUTY_NAMED:
    case EVENT_CHAT:
    case EVENT_QUESTION:
    case EVENT_TIMER:
        return naming(p);
    case EVENT_CHECKED_IN:
    case EVENT_CHECKED_OUT:
        return (struct telling){.only = e->people.count == 1 ? e->people.at[0] : 0};
    default:
        return (struct telling){0};
    }
}

void session_counts(const struct session *s, struct present_counts *ret_counts)
{
    struct present_counts c = {0};
    for (uint32_t i = 0; i < s->people_size; i++) {
        const struct person *p = s->people[i];
        if (!p || !p->seen.present)
            continue;
        c.people++;
        c.roles[p->seen.role]++;
        if (p->seen.role != ROLE_ROOM)
            c.places[room_index(s, p->seen.place)]++;
    }
    *ret_counts = c;
}

/* Those who are listed, and `you`. Whoever was removed is not in the view any more. */
static void keep_listed(struct session_view *v, uint32_t you)
{
    struct view_participant *people = (struct view_participant *)v->participants;
    size_t count = 0;
    for (size_t i = 0; i < v->participant_count; i++) {
        const struct view_participant p = people[i];
        if (p.id == you || is_listed(p.role, p.floor, p.hand, p.deputy))
            people[count++] = p;
    }
    v->participant_count = count;
}

struct names {
    const struct session *s;
    struct view_name *at;
    size_t count;
    uint8_t done[PEOPLE_MAX / 8 + 1];
};

static void name_him(struct names *n, uint32_t who)
{
    const struct person *p = person_find(n->s, who);
    if (!p || listed(p) || n->done[who / 8] & (1u << who % 8))
        return;
    n->done[who / 8] = (uint8_t)(n->done[who / 8] | 1u << who % 8);
    n->at[n->count++] = (struct view_name){who, p->seen.name};
}

/* Of whom something is shown: what he wrote, asked, drew or turned, and the time that runs for him. */
static enum err add_names(const struct session *s, struct session_view *v)
{
    struct names n = {.s = s, .at = calloc(s->person_count + 1, sizeof *n.at)};
    if (!n.at)
        return ERR_MEMORY;
    for (size_t i = 0; i < v->chat_count; i++)
        name_him(&n, v->chat[i].who);
    for (size_t i = 0; i < v->question_count; i++)
        name_him(&n, v->questions[i].who);
    for (size_t i = 0; i < v->stroke_count; i++)
        name_him(&n, v->strokes[i].by);
    if (v->has_page)
        name_him(&n, v->page.by);
    if (v->has_timer)
        name_him(&n, v->timer.who);
    v->names = n.at;
    v->name_count = n.count;
    return ERR_NONE;
}

enum err session_view_for(const struct session *s, uint32_t you, struct session_view *ret_view)
{
    struct session_view v;
    enum err e = session_view_make(s, &v);
    if (e || !s->large) {
        if (!e)
            *ret_view = v;
        return e;
    }
    v.large = true;
    keep_listed(&v, you);
    size_t at = 0;
    while (at < v.checkin_count && v.checkins[at].who != you)
        at++;
    v.checkin_count = at < v.checkin_count ? 1 : 0; /* one's own */
    v.checkins = v.checkin_count ? &v.checkins[at] : NULL;
    e = add_names(s, &v);
    if (e)
        session_view_free(&v);
    else
        *ret_view = v;
    return e;
}
