/* Asides: what an event did not tell everyone, to those who may know it: codes of rooms, questions that wait,
 * polls before they are opened, how a poll stands, what oneself voted. Like all else they wait for the disk.
 */
#include "signal/parts.h"

#include <stdlib.h>
#include <string.h>

#define CODE_CHARACTERS 5 /* of 31: 28 million, and a guess costs two seconds */

void code_make(const struct desk *d, char ret_code[CODE_MAX + 1])
{
    static const char digits[] = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"; /* without look-alikes */
    for (int i = 0; i < CODE_CHARACTERS; i++)
        ret_code[i] = digits[entropy_u32(d->config.entropy) % (sizeof digits - 1)];
    ret_code[CODE_CHARACTERS] = '\0';
}

static void say(struct desk *d, struct member *m, const struct relay_sentence *s, point_us now_us)
{
    pending_say(d, m, PENDING_SENTENCE, sentence_text(s), m->seat->sitting->last_row, 0, now_us);
}

static bool leads(const struct member *m)
{
    return session_leads(m->seat->sitting->state, m->seat->number);
}

/* Those who lead know all codes, a room's device its own. */
static void say_codes(struct desk *d, struct member *m, const char *room, point_us now_us)
{
    const struct session *state = m->seat->sitting->state;
    const char *name;
    for (size_t i = 0; (name = session_room_name(state, i)); i++) {
        const char *code = session_code(state, i);
        bool its_own = m->seat->role == ROLE_ROOM && strcmp(m->seat->place, name) == 0;
        if (!code || (room && strcmp(room, name) != 0) || (!its_own && !leads(m)))
            continue;
        struct relay_sentence s = {.kind = RELAY_CODE, .code = {name, code}};
        say(d, m, &s, now_us);
    }
}

/* Question `only`, or all that wait where it is 0. */
static void say_pending(struct desk *d, struct member *m, uint64_t only, point_us now_us)
{
    struct relay_sentence s = {.kind = RELAY_PENDING};
    size_t at = 0;
    while (session_pending(m->seat->sitting->state, &at, &s.pending)) {
        const struct view_participant *p = session_person(m->seat->sitting->state, s.pending.who);
        s.pending.name = p && session_large(m->seat->sitting->state) ? p->name : NULL;
        if ((!only || s.pending.id == only) && (leads(m) || s.pending.who == m->seat->number))
            say(d, m, &s, now_us);
    }
}

static void say_prepared(struct desk *d, struct member *m, uint64_t only, point_us now_us)
{
    struct relay_sentence s = {.kind = RELAY_PREPARED};
    size_t at = 0;
    while (leads(m) && session_prepared(m->seat->sitting->state, &at, &s.prepared)) {
        if (!only || s.prepared.id == only)
            say(d, m, &s, now_us);
    }
}

static void say_tallies(struct desk *d, struct member *m, point_us now_us)
{
    struct relay_sentence s = {.kind = RELAY_TALLY};
    size_t at = 0;
    while (leads(m) && session_tally(m->seat->sitting->state, &at, &s.tally))
        say(d, m, &s, now_us);
}

static void say_mine(struct desk *d, struct member *m, point_us now_us)
{
    const struct session *state = m->seat->sitting->state;
    uint64_t votes[QUESTIONS_MAX];
    struct own_answer answers[POLLS_MAX];
    struct relay_sentence s = {.kind = RELAY_MINE, .mine = {.votes = votes, .answers = answers}};
    s.mine.vote_count = session_votes(state, m->seat->number, votes);
    s.mine.answer_count = session_answers(state, m->seat->number, answers);
    if (s.mine.vote_count || s.mine.answer_count)
        say(d, m, &s, now_us);
}

void asides(struct desk *d, struct member *m, point_us now_us)
{
    say_codes(d, m, NULL, now_us);
    say_pending(d, m, 0, now_us);
    say_prepared(d, m, 0, now_us);
    say_tallies(d, m, now_us);
    say_mine(d, m, now_us);
}

void aside_tallies(struct desk *d, struct sitting *s)
{
    s->tallies = false;
    for (struct member *m = s->members; m; m = m->next) {
        struct relay_sentence sentence = {.kind = RELAY_TALLY};
        size_t at = 0;
        while (m->welcomed && leads(m) && session_tally(s->state, &at, &sentence.tally))
            member_say(d, m, sentence_text(&sentence), true);
    }
}

/* Somebody came to lead, or deputies may have, a chair being gone. */
static void leaders_changed(struct desk *d, struct sitting *s, const struct event *e, point_us now_us)
{
    for (struct member *m = s->members; m; m = m->next) {
        const struct view_participant *p = session_person(s->state, m->seat->number);
        if (m->leaving || !p || !leads(m))
            continue;
        if (e->kind == EVENT_ROLE || e->kind == EVENT_DEPUTY_NAMED ? m->seat->number == e->who : p->deputy)
            asides(d, m, now_us);
    }
}

static void one_aside(struct desk *d, struct member *m, const struct event *e, point_us now_us)
{
    if (e->kind == EVENT_CODE)
        say_codes(d, m, e->room, now_us);
    else if (e->kind == EVENT_ASKED)
        say_pending(d, m, e->n, now_us);
    else
        say_prepared(d, m, e->n, now_us);
}

void aside(struct desk *d, struct sitting *s, const struct event *e, point_us now_us)
{
    const struct view_participant *p = session_person(s->state, e->who);
    switch (e->kind) {
    case EVENT_CODE:
    case EVENT_ASKED:
    case EVENT_POLL_MADE:
        for (struct member *m = s->members; m; m = m->next) {
            if (!m->leaving)
                one_aside(d, m, e, now_us);
        }
        break;
    case EVENT_POLL_ANSWERED:
        s->tallies = true;
        break;
    case EVENT_ROLE:
    case EVENT_DEPUTY_NAMED:
        leaders_changed(d, s, e, now_us);
        break;
    case EVENT_AWAY:
    case EVENT_LEFT:
    case EVENT_REMOVED:
        if (p && p->role == ROLE_CHAIR)
            leaders_changed(d, s, e, now_us);
        break;
    default:
        break;
    }
}
