/* The sitting itself: created, planned, backstage, open, ended; locked or not. */
#include "session/state.h"

#include <stdlib.h>

static enum err decide_state(const struct session *s, const struct command *c, enum session_state state,
                             struct decision *d, const char **ret_why)
{
    if (!leads(s, c->by)) {
        *ret_why = refusal_why(REFUSAL_OPEN_RIGHT);
        return ERR_FORBIDDEN;
    }
    if (s->state != state)
        decide_event(s, c, EVENT_STATE, d)->state = state;
    return ERR_NONE;
}

static enum err decide_lock(const struct session *s, const struct command *c, bool lock, struct decision *d,
                            const char **ret_why)
{
    if (!leads(s, c->by)) {
        *ret_why = refusal_why(REFUSAL_LOCK_RIGHT);
        return ERR_FORBIDDEN;
    }
    enum lock what = c->action.action->lock;
    if (s->locked[what] != lock)
        decide_event(s, c, lock ? EVENT_LOCKED : EVENT_UNLOCKED, d)->lock = what;
    return ERR_NONE;
}

static enum err decide_schedule(const struct session *s, const struct command *c, struct decision *d,
                                const char **ret_why)
{
    if (!leads(s, c->by))
        return refuse(ret_why, ERR_FORBIDDEN, REFUSAL_SCHEDULE_RIGHT);
    if (s->state == SESSION_OPEN)
        return refuse(ret_why, ERR_STATE, REFUSAL_SCHEDULE_OPEN);
    if (s->starts_ms != c->action.action->starts_ms)
        decide_event(s, c, EVENT_SCHEDULED, d)->starts_ms = c->action.action->starts_ms;
    return ERR_NONE;
}

static enum err decide_record(const struct session *s, const struct command *c, bool record,
                              struct decision *d, const char **ret_why)
{
    if (!leads(s, c->by))
        return refuse(ret_why, ERR_FORBIDDEN, REFUSAL_RECORD_RIGHT);
    if (s->recorded != record)
        decide_event(s, c, EVENT_RECORDED, d)->recorded = record;
    return ERR_NONE;
}

static enum err decide_create(const struct session *s, const struct command *c, struct decision *d,
                              const char **ret_why)
{
    if (s->n > 0) {
        *ret_why = refusal_why(REFUSAL_EXISTS);
        return ERR_STATE;
    }
    struct event *e = decide_event(s, c, EVENT_CREATED, d);
    e->title = c->create.title;
    e->rooms = c->create.rooms;
    e->languages = c->create.languages;
    e->recorded = c->create.recorded;
    e->starts_ms = c->create.starts_ms;
    e->state = c->create.planned ? SESSION_PLANNED : SESSION_OPEN;
    return ERR_NONE;
}

enum err sitting_decide(const struct session *s, const struct command *c, struct decision *d,
                        const char **ret_why)
{
    if (c->kind == COMMAND_CREATE)
        return decide_create(s, c, d, ret_why);
    if (c->kind == COMMAND_RESTART) {
        if (s->present_count > 0)
            decide_event(s, c, EVENT_RESTARTED, d);
        return ERR_NONE;
    }
    if (c->kind == COMMAND_BACKSTAGE) {
        if (s->state == SESSION_PLANNED)
            decide_event(s, c, EVENT_STATE, d)->state = SESSION_BACKSTAGE;
        return ERR_NONE;
    }
    if (c->kind == COMMAND_OPEN) {
        if (s->state == SESSION_PLANNED || s->state == SESSION_BACKSTAGE)
            decide_event(s, c, EVENT_STATE, d)->state = SESSION_OPEN;
        return ERR_NONE;
    }
    switch (c->action.action->verb) {
    case VERB_OPEN:
        return decide_state(s, c, SESSION_OPEN, d, ret_why);
    case VERB_END:
        return decide_state(s, c, SESSION_ENDED, d, ret_why);
    case VERB_SCHEDULE:
        return decide_schedule(s, c, d, ret_why);
    case VERB_RECORD:
    case VERB_RECORD_STOP:
        return decide_record(s, c, c->action.action->verb == VERB_RECORD, d, ret_why);
    default:
        return decide_lock(s, c, c->action.action->verb == VERB_LOCK, d, ret_why);
    }
}

void free_names(struct name_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free((char *)list->at[i]);
    free((void *)list->at);
    *list = (struct name_list){NULL, 0};
}

enum err copy_names(const struct name_list *from, size_t max, struct name_list *ret_list)
{
    if (from->count > max)
        return ERR_FULL;
    struct name_list list = {NULL, 0};
    const char **at = from->count ? calloc(from->count, sizeof *at) : NULL;
    if (from->count && !at)
        return ERR_MEMORY;
    list.at = at;
    while (list.count < from->count) {
        at[list.count] = copy_text(from->at[list.count]);
        if (!at[list.count]) {
            free_names(&list);
            return ERR_MEMORY;
        }
        list.count++;
    }
    *ret_list = list;
    return ERR_NONE;
}

enum err take_description(struct session *s, const struct event *e, struct name_list *ret_rooms)
{
    struct name_list rooms = {NULL, 0}, languages = {NULL, 0};
    char *title = copy_text(e->title);
    enum err error = title ? copy_names(&e->rooms, ROOMS_MAX, &rooms) : ERR_MEMORY;
    if (!error)
        error = copy_names(&e->languages, LANGUAGES_MAX, &languages);
    if (error) {
        free_names(&rooms);
        free(title);
        return error;
    }
    *ret_rooms = s->rooms;
    free_names(&s->languages);
    free(s->title);
    s->title = title;
    s->rooms = rooms;
    s->languages = languages;
    s->recorded = e->recorded;
    s->starts_ms = e->starts_ms;
    return ERR_NONE;
}

static enum err apply_created(struct session *s, const struct event *e)
{
    struct name_list none;
    enum err error = take_description(s, e, &none);
    if (error)
        return error;
    free_names(&none);
    rooms_number(s);
    s->state = e->state;
    s->created_ms = e->at_ms;
    return ERR_NONE;
}

static void everyone_away(struct session *s)
{
    for (uint32_t i = 0; i < s->people_size; i++) {
        if (s->people[i])
            s->people[i]->seen.present = false;
    }
    s->present_count = 0;
}

enum err sitting_apply(struct session *s, const struct event *e)
{
    switch (e->kind) {
    case EVENT_CREATED:
        return apply_created(s, e);
    case EVENT_STATE:
        if (s->state == SESSION_ENDED)
            return ERR_MALFORMED;
        s->state = e->state;
        break;
    case EVENT_RESTARTED:
        everyone_away(s);
        break;
    case EVENT_SCHEDULED:
        s->starts_ms = e->starts_ms;
        break;
    case EVENT_RECORDED:
        s->recorded = e->recorded;
        break;
    default:
        s->locked[e->lock] = e->kind == EVENT_LOCKED;
        break;
    }
    return ERR_NONE;
}

void sitting_finish(struct session *s)
{
    free(s->title);
    free_names(&s->rooms);
    free_names(&s->languages);
}
