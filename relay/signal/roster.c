/* Sessions too large to tell everyone of everyone (session/roster.c says who is listed): the list where one
 * becomes large or small, how many the rest are, and looking for one of them. */
#include "signal/parts.h"

#include <stdlib.h>

struct told roster_told(const struct session *state, const struct event *e, struct text *plain)
{
    const struct telling t = session_telling(state, e);
    struct told told = {.text = plain, .only = t.only};
    if (!t.participant || !plain)
        return told;
    struct event naming = *e;
    naming.participant = t.participant;
    told.text = event_told_text(&naming);
    text_release(plain);
    return told;
}

static struct text *roster_text(const struct session *state)
{
    struct session_view v;
    if (session_view_for(state, 0, &v))
        return NULL;
    struct relay_sentence s = {.kind = RELAY_ROSTER,
                               .roster = {.n = session_n(state),
                                          .large = v.large,
                                          .participants = v.participants,
                                          .participant_count = v.participant_count,
                                          .checkins = v.checkins,
                                          .checkin_count = v.checkin_count}};
    struct text *text = sentence_text(&s);
    session_view_free(&v);
    return text;
}

void roster_after(struct sitting *s, const struct event *e)
{
    switch (e->kind) {
    case EVENT_JOINED:
    case EVENT_AWAY:
    case EVENT_LEFT:
    case EVENT_REMOVED:
    case EVENT_RESTARTED:
    case EVENT_ROLE:
        s->uncounted = true;
        break;
    case EVENT_CHANGED:
        s->uncounted = s->rooms_changed = true;
        break;
    default:
        break;
    }
    if (session_switched_n(s->state) != e->n)
        return;
    text_release(s->roster);
    s->roster = roster_text(s->state); /* where memory is short, whoever would be told it comes back */
    s->roster_n = e->n;
    s->has_counts = false;
}

void roster_say(struct desk *d, struct member *m)
{
    const struct sitting *s = m->seat->sitting;
    if (!s->roster) {
        m->broken = d->broken = true;
        return;
    }
    member_say(d, m, text_share(s->roster), false);
    if (session_large(s->state))
        roster_count_for(d, m);
}

/* What differs from what was told before; all where that is NULL. */
static struct text *counts_text(const struct sitting *s, uint64_t n, const struct present_counts *now,
                                const struct present_counts *before)
{
    static const struct present_counts nobody;
    struct place_count places[ROOMS_MAX + 1];
    struct relay_sentence sentence = {
        .kind = RELAY_COUNTS, .counts = {.n = n, .people = now->people, .whole = !before, .places = places}};
    if (!before)
        before = &nobody;
    struct people_counts *c = &sentence.counts;
    for (int i = 0; i < ROLE_COUNT; i++) {
        c->roles[i].told = now->roles[i] != before->roles[i];
        c->roles[i].people = now->roles[i];
    }
    for (size_t i = 0; i <= ROOMS_MAX; i++) {
        const char *room = session_room_name(s->state, i);
        if (now->places[i] != before->places[i])
            places[c->place_count++] = (struct place_count){room ? room : PLACE_REMOTE, now->places[i]};
    }
    return sentence_text(&sentence);
}

/* Counts are of this moment, whether its events are on disk or not: like all signals they are nobody's
 * memory. */
point_us roster_count(struct desk *d, struct sitting *s, point_us now_us)
{
    struct present_counts now;
    if (!s->uncounted || !s->has_counts || !session_large(s->state))
        return NEVER_US;
    size_t times = session_present_count(s->state) / COUNTS_PEOPLE;
    point_us due_us = s->counted_us + COUNTS_US * (span_us)(times ? times : 1);
    if (now_us < due_us)
        return due_us;
    session_counts(s->state, &now);
    struct text *text = counts_text(s, s->ready_n, &now, s->rooms_changed ? NULL : &s->counts);
    if (!text)
        return now_us + COUNTS_US;
    tell_all(d, s, text, false, NULL);
    s->counts = now;
    s->uncounted = s->rooms_changed = false;
    s->counted_us = now_us;
    return NEVER_US;
}

/* What everyone was told last, so that what differs from it later is right for all. */
void roster_count_for(struct desk *d, struct member *m)
{
    struct sitting *s = m->seat->sitting;
    if (!s->has_counts || s->rooms_changed) {
        session_counts(s->state, &s->counts);
        s->has_counts = true;
    }
    member_say(d, m, counts_text(s, m->told, &s->counts, NULL), false);
}

void roster_search(struct desk *d, struct member *m, const struct people_query *q, point_us now_us)
{
    struct sitting *s = m->seat->sitting;
    struct view_participant people[FOUND_MAX];
    struct relay_sentence sentence = {.kind = RELAY_PEOPLE};
    if (!rate_take(&m->searches, SEARCHES_SPACING_US, SEARCHES_BURST, now_us) ||
        !rate_take(&s->searches, SEARCHES_ALL_SPACING_US, SEARCHES_ALL_BURST, now_us)) {
        member_refuse(d, m, true, q->id, refusal_why(REFUSAL_TOO_FAST));
        return;
    }
    session_find(s->state, q, people, &sentence.people);
    pending_say(d, m, PENDING_SENTENCE, sentence_text(&sentence), s->last_row, 0, now_us);
}
