/* Who sits in which hall: a code for each room, and check-ins by it or by a chair's list. */
#include "session/state.h"

#include <stdlib.h>
#include <string.h>

static enum err decide_code(const struct session *s, const struct command *c, struct decision *d,
                            const char **ret_why)
{
    const struct action *a = c->action.action;
    const struct person *p = person_find(s, c->by);
    uint16_t room = session_room(s, a->room);
    bool its_own = p && !p->removed && p->seen.role == ROLE_ROOM && strcmp(p->seen.place, a->room) == 0;
    if (!room)
        return refuse(ret_why, ERR_UNKNOWN, REFUSAL_ROOM_UNKNOWN);
    if (!leads(s, c->by) && !its_own)
        return refuse(ret_why, ERR_FORBIDDEN, REFUSAL_CODE_RIGHT);
    struct event *e = decide_event(s, c, EVENT_CODE, d);
    e->room = a->room;
    e->code = c->action.new_code;
    return ERR_NONE;
}

/* Capitals or not, whatever the locale. */
static bool same_code(const char *code, const char *typed)
{
    for (; *code && *typed; code++, typed++) {
        char c = *typed >= 'a' && *typed <= 'z' ? (char)(*typed - 'a' + 'A') : *typed;
        char of = *code >= 'a' && *code <= 'z' ? (char)(*code - 'a' + 'A') : *code;
        if (c != of)
            return false;
    }
    return *code == *typed;
}

/* The room of a code, as people type it; NULL. */
static const char *room_of_code(const struct session *s, const char *code)
{
    for (size_t i = 0; i < s->rooms.count; i++) {
        if (s->codes[i][0] && same_code(s->codes[i], code))
            return s->rooms.at[i];
    }
    return NULL;
}

static const struct view_checkin *checkin_find(const struct session *s, uint32_t who)
{
    for (size_t i = 0; i < s->checkin_count; i++) {
        if (s->checkins[i].who == who)
            return &s->checkins[i];
    }
    return NULL;
}

static bool is_in(const struct session *s, uint32_t who, const char *room)
{
    const struct view_checkin *k = checkin_find(s, who);
    return k && (!room || strcmp(k->room, room) == 0);
}

static enum err decide_by_code(const struct session *s, const struct command *c, struct decision *d,
                               const char **ret_why)
{
    const struct person *p;
    if (c->by == 0)
        return refuse(ret_why, ERR_STATE, REFUSAL_OPERATOR_ONLY_PERSON);
    if (person_named(s, c->by, &p, ret_why))
        return ERR_UNKNOWN;
    const char *room = room_of_code(s, c->action.action->code);
    if (!room)
        return refuse(ret_why, ERR_UNKNOWN, REFUSAL_CODE_WRONG);
    if (is_in(s, c->by, room))
        return ERR_NONE;
    struct event *e = decide_event(s, c, EVENT_CHECKED_IN, d);
    e->people = (struct number_list){&c->by, 1};
    e->room = room;
    return ERR_NONE;
}

/* People without a device are named by their links' numbers: they need not have joined. */
static enum err wrong_people(const struct number_list *people, const char **ret_why)
{
    for (size_t i = 0; i < people->count; i++) {
        if (people->at[i] < 1 || people->at[i] > PEOPLE_MAX)
            return refuse(ret_why, ERR_UNKNOWN, REFUSAL_PERSON_UNKNOWN);
    }
    return ERR_NONE;
}

static enum err decide_by_list(const struct session *s, const struct command *c, struct decision *d,
                               const char **ret_why)
{
    const struct action *a = c->action.action;
    if (!leads(s, c->by))
        return refuse(ret_why, ERR_FORBIDDEN, REFUSAL_CHECK_IN_RIGHT);
    if (!session_room(s, a->room))
        return refuse(ret_why, ERR_UNKNOWN, REFUSAL_ROOM_UNKNOWN);
    if (wrong_people(&a->people, ret_why))
        return ERR_UNKNOWN;
    size_t there = 0;
    for (size_t i = 0; i < a->people.count; i++)
        there += is_in(s, a->people.at[i], a->room);
    if (there == a->people.count)
        return ERR_NONE;
    struct event *e = decide_event(s, c, EVENT_CHECKED_IN, d);
    e->people = a->people;
    e->room = a->room;
    return ERR_NONE;
}

static enum err decide_out(const struct session *s, const struct command *c, struct decision *d,
                           const char **ret_why)
{
    struct number_list people = c->action.action->people;
    if (people.count == 0)
        people = (struct number_list){&c->by, c->by ? 1 : 0};
    bool oneself = people.count == 1 && people.at[0] == c->by;
    if (!oneself && !leads(s, c->by))
        return refuse(ret_why, ERR_FORBIDDEN, REFUSAL_CHECK_OUT_RIGHT);
    if (wrong_people(&people, ret_why))
        return ERR_UNKNOWN;
    size_t there = 0;
    for (size_t i = 0; i < people.count; i++)
        there += is_in(s, people.at[i], NULL);
    if (there)
        decide_event(s, c, EVENT_CHECKED_OUT, d)->people = people;
    return ERR_NONE;
}

enum err checkin_decide(const struct session *s, const struct command *c, struct decision *d,
                        const char **ret_why)
{
    switch (c->action.action->verb) {
    case VERB_CODE:
        return decide_code(s, c, d, ret_why);
    case VERB_CHECK_IN:
        return c->action.action->code ? decide_by_code(s, c, d, ret_why) : decide_by_list(s, c, d, ret_why);
    default:
        return decide_out(s, c, d, ret_why);
    }
}

static void take_out(struct session *s, uint32_t who)
{
    for (size_t i = 0; i < s->checkin_count; i++) {
        if (s->checkins[i].who != who)
            continue;
        memmove(&s->checkins[i], &s->checkins[i + 1], (s->checkin_count - i - 1) * sizeof s->checkins[0]);
        s->checkin_count--;
        return;
    }
}

/* In the order of coming; who moves to another hall comes last. */
static enum err apply_in(struct session *s, const struct event *e, size_t room)
{
    if (!s->checkins)
        s->checkins = calloc(PEOPLE_MAX, sizeof s->checkins[0]);
    if (!s->checkins)
        return ERR_MEMORY;
    for (size_t i = 0; i < e->people.count; i++) {
        if (is_in(s, e->people.at[i], e->room))
            continue;
        take_out(s, e->people.at[i]);
        s->checkins[s->checkin_count++] =
            (struct view_checkin){.who = e->people.at[i], .at_ms = e->at_ms, .room = s->rooms.at[room]};
    }
    return ERR_NONE;
}

enum err checkin_apply(struct session *s, const struct event *e)
{
    size_t room = e->room ? room_index(s, e->room) : s->rooms.count;
    const char *why;
    if ((e->kind != EVENT_CHECKED_OUT && room == s->rooms.count) || wrong_people(&e->people, &why))
        return ERR_MALFORMED;
    if (e->kind == EVENT_CODE) {
        if (!e->code || strlen(e->code) > CODE_MAX)
            return ERR_MALFORMED;
        strcpy(s->codes[room], e->code);
        return ERR_NONE;
    }
    if (e->kind == EVENT_CHECKED_IN)
        return apply_in(s, e, room);
    for (size_t i = 0; i < e->people.count; i++)
        take_out(s, e->people.at[i]);
    return ERR_NONE;
}

const char *session_code(const struct session *s, size_t room)
{
    return room < s->rooms.count && s->codes[room][0] ? s->codes[room] : NULL;
}

bool session_has_code(const struct session *s, const char *room)
{
    return session_code(s, room_index(s, room)) != NULL;
}

const char *session_room_name(const struct session *s, size_t room)
{
    return room < s->rooms.count ? s->rooms.at[room] : NULL;
}

void checkin_finish(struct session *s)
{
    free(s->checkins);
}
