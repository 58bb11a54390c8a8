/* What a session is called, its rooms, languages and time, as they become before it opens. A room that stays
 * keeps its code, its people and its number, by which sound knows it. */
#include "session/state.h"

#include <stdlib.h>
#include <string.h>

static bool same_names(const struct name_list *a, const struct name_list *b)
{
    bool same = a->count == b->count;
    for (size_t i = 0; i < a->count && same; i++)
        same = strcmp(a->at[i], b->at[i]) == 0;
    return same;
}

static bool lists(const struct name_list *rooms, const char *name)
{
    for (size_t i = 0; i < rooms->count; i++) {
        if (strcmp(rooms->at[i], name) == 0)
            return true;
    }
    return false;
}

/* Whether somebody sits in a room that would be gone. */
static bool loses_a_room(const struct session *s, const struct name_list *rooms)
{
    for (size_t i = 0; i < s->checkin_count; i++) {
        if (!lists(rooms, s->checkins[i].room))
            return true;
    }
    for (uint32_t i = 0; i < s->people_size; i++) {
        const struct person *p = s->people[i];
        if (p && p->seen.present && session_room(s, p->seen.place) && !lists(rooms, p->seen.place))
            return true;
    }
    return false;
}

enum err change_decide(const struct session *s, const struct command *c, struct decision *d,
                       const char **ret_why)
{
    bool same_rooms = same_names(&s->rooms, &c->create.rooms);
    if (same_rooms && same_names(&s->languages, &c->create.languages) &&
        strcmp(s->title, c->create.title) == 0 && s->recorded == c->create.recorded &&
        s->starts_ms == c->create.starts_ms)
        return ERR_NONE;
    if (s->state == SESSION_OPEN)
        return refuse(ret_why, ERR_STATE, REFUSAL_CHANGE_OPEN);
    if (!same_rooms && loses_a_room(s, &c->create.rooms))
        return refuse(ret_why, ERR_STATE, REFUSAL_ROOM_USED);
    struct event *e = decide_event(s, c, EVENT_CHANGED, d);
    e->title = c->create.title;
    e->rooms = c->create.rooms;
    e->languages = c->create.languages;
    e->recorded = c->create.recorded;
    e->starts_ms = c->create.starts_ms;
    return ERR_NONE;
}

void rooms_number(struct session *s)
{
    for (size_t i = 0; i < s->rooms.count; i++)
        s->room_numbers[i] = ++s->last_room;
}

/* Codes and numbers of the rooms that stay go with their names; new rooms have no code yet. */
static void carry_rooms(struct session *s, const struct name_list *old)
{
    char codes[ROOMS_MAX][CODE_MAX + 1];
    uint16_t numbers[ROOMS_MAX];
    memcpy(codes, s->codes, sizeof codes);
    memcpy(numbers, s->room_numbers, sizeof numbers);
    memset(s->codes, 0, sizeof s->codes);
    for (size_t i = 0; i < s->rooms.count; i++) {
        size_t was = 0;
        while (was < old->count && strcmp(old->at[was], s->rooms.at[i]) != 0)
            was++;
        if (was < old->count)
            memcpy(s->codes[i], codes[was], sizeof s->codes[i]);
        s->room_numbers[i] = was < old->count ? numbers[was] : ++s->last_room;
    }
}

/* Check-ins name rooms by the list's own strings. */
static void carry_checkins(struct session *s)
{
    for (size_t i = 0; i < s->checkin_count; i++) {
        for (size_t k = 0; k < s->rooms.count; k++) {
            if (strcmp(s->rooms.at[k], s->checkins[i].room) == 0)
                s->checkins[i].room = s->rooms.at[k];
        }
    }
}

enum err change_apply(struct session *s, const struct event *e)
{
    struct name_list old;
    if (s->state == SESSION_OPEN || s->state == SESSION_ENDED || loses_a_room(s, &e->rooms))
        return ERR_MALFORMED;
    if (s->last_room > UINT16_MAX - ROOMS_MAX)
        return ERR_FULL;
    enum err error = take_description(s, e, &old);
    if (error)
        return error;
    carry_rooms(s, &old);
    carry_checkins(s);
    free_names(&old);
    return ERR_NONE;
}
