/* Who is here: joining, going away, coming back, leaving, being removed. */
#include "session/state.h"

#include <stdlib.h>
#include <string.h>

struct person *person_find(const struct session *s, uint32_t number)
{
    return number >= 1 && number <= s->people_size ? s->people[number - 1] : NULL;
}

enum err person_named(const struct session *s, uint32_t who, const struct person **ret_person,
                      const char **ret_why)
{
    const struct person *p = person_find(s, who);
    if (!p || p->removed) {
        *ret_why = p ? refusal_why(REFUSAL_PERSON_REMOVED) : refusal_why(REFUSAL_PERSON_UNKNOWN);
        return ERR_UNKNOWN;
    }
    *ret_person = p;
    return ERR_NONE;
}

static enum err decide_first_join(const struct session *s, const struct command *c, const char **ret_why)
{
    if (s->locked[LOCK_DOORS] && !role_leads(c->join.role)) {
        *ret_why = refusal_why(REFUSAL_LOCKED);
        return ERR_FORBIDDEN;
    }
    if (c->join.who > PEOPLE_MAX || s->person_count >= PEOPLE_MAX) {
        *ret_why = refusal_why(REFUSAL_SESSION_FULL);
        return ERR_FULL;
    }
    return ERR_NONE;
}

/* Backstage begins by itself when the first of those joins who have something to test there. */
static bool begins_backstage(const struct session *s, enum role role)
{
    return s->state == SESSION_PLANNED && role != ROLE_TRAINEE && role != ROLE_OPERATOR;
}

static enum err decide_join(const struct session *s, const struct command *c, struct decision *d,
                            const char **ret_why)
{
    const struct person *p = person_find(s, c->join.who);
    if (p && p->removed) {
        *ret_why = refusal_why(REFUSAL_YOU_REMOVED);
        return ERR_FORBIDDEN;
    }
    enum err error = p ? ERR_NONE : decide_first_join(s, c, ret_why);
    if (error || (p && p->seen.present))
        return error;
    struct event *e = decide_event(s, c, EVENT_JOINED, d);
    e->who = c->join.who;
    e->name = c->join.name;
    e->place = c->join.place;
    /* What he chose and became here outlives what his link says. */
    e->language = p ? p->seen.language : c->join.language;
    e->role = p ? p->seen.role : c->join.role;
    e->deputy = p ? p->seen.deputy : c->join.deputy;
    e->person = c->join.person;
    if (begins_backstage(s, c->join.role))
        decide_event(s, c, EVENT_STATE, d)->state = SESSION_BACKSTAGE;
    return ERR_NONE;
}

static enum err decide_remove(const struct session *s, const struct command *c, struct decision *d,
                              const char **ret_why)
{
    const struct person *p;
    uint32_t who = c->action.action->who;
    if (!leads(s, c->by)) {
        *ret_why = refusal_why(REFUSAL_REMOVE_RIGHT);
        return ERR_FORBIDDEN;
    }
    if (who == c->by) {
        *ret_why = refusal_why(REFUSAL_REMOVE_SELF);
        return ERR_STATE;
    }
    if (person_named(s, who, &p, ret_why))
        return ERR_UNKNOWN;
    decide_event(s, c, EVENT_REMOVED, d)->who = who;
    return ERR_NONE;
}

static enum err decide_language(const struct session *s, const struct command *c, struct decision *d,
                                const char **ret_why)
{
    const struct person *p;
    const char *language = c->action.action->language;
    if (person_named(s, c->by, &p, ret_why))
        return ERR_UNKNOWN;
    if (language && !session_has_language(s, language))
        return refuse(ret_why, ERR_UNKNOWN, REFUSAL_LANGUAGE_UNKNOWN);
    const char *now = p->seen.language ? p->seen.language : "";
    if (strcmp(now, language ? language : "") == 0)
        return ERR_NONE;
    struct event *e = decide_event(s, c, EVENT_LANGUAGE, d);
    e->who = c->by;
    e->language = language;
    return ERR_NONE;
}

enum err people_decide(const struct session *s, const struct command *c, struct decision *d,
                       const char **ret_why)
{
    if (c->kind == COMMAND_JOIN)
        return decide_join(s, c, d, ret_why);
    if (c->kind == COMMAND_ACTION && c->action.action->verb == VERB_REMOVE)
        return decide_remove(s, c, d, ret_why);
    if (c->kind == COMMAND_ACTION && c->action.action->verb == VERB_LANGUAGE)
        return decide_language(s, c, d, ret_why);
    const struct person *p;
    if (person_named(s, c->by, &p, ret_why))
        return ERR_UNKNOWN;
    bool leaves = c->kind == COMMAND_ACTION;
    if (p->seen.present)
        decide_event(s, c, leaves ? EVENT_LEFT : EVENT_AWAY, d)->who = c->by;
    return ERR_NONE;
}

/* Makes room for a person of this number in the list and in the queue. */
static enum err grow_people(struct session *s, uint32_t number)
{
    if (number > PEOPLE_MAX)
        return ERR_FULL;
    if (number <= s->people_size)
        return ERR_NONE;
    uint32_t size = s->people_size ? s->people_size : 8;
    while (size < number)
        size *= 2;
    struct person **people = realloc(s->people, size * sizeof(struct person *));
    if (!people)
        return ERR_MEMORY;
    s->people = people;
    uint32_t *queue = realloc(s->queue, size * sizeof *queue);
    if (!queue)
        return ERR_MEMORY;
    s->queue = queue;
    memset(people + s->people_size, 0, (size - s->people_size) * sizeof(struct person *));
    s->people_size = size;
    return ERR_NONE;
}

static void person_destroy(struct person *p)
{
    if (!p)
        return;
    free((char *)p->seen.name);
    free((char *)p->seen.place);
    free((char *)p->seen.language);
    free(p);
}

static struct person *person_create(const struct event *e)
{
    struct person *p = calloc(1, sizeof *p);
    if (!p)
        return NULL;
    p->seen.id = e->who;
    p->seen.name = copy_text(e->name);
    p->seen.place = copy_text(e->place);
    p->seen.language = copy_text(e->language);
    p->seen.role = p->link_role = e->role;
    p->seen.deputy = e->deputy;
    p->seen.floor = role_has_floor(e->role);
    if (p->seen.name && p->seen.place && (p->seen.language || !e->language))
        return p;
    person_destroy(p);
    return NULL;
}

static enum err apply_joined(struct session *s, const struct event *e)
{
    struct person *p = person_find(s, e->who);
    if (p && (p->removed || p->seen.present))
        return ERR_MALFORMED;
    if (!p) {
        enum err error = e->who ? grow_people(s, e->who) : ERR_MALFORMED;
        if (error)
            return error;
        p = person_create(e);
        if (!p)
            return ERR_MEMORY;
        s->people[e->who - 1] = p;
        s->person_count++;
    }
    p->seen.present = true;
    s->present_count++;
    return ERR_NONE;
}

static void gone(struct session *s, struct person *p)
{
    if (p->seen.present)
        s->present_count--;
    p->seen.present = false;
}

static enum err apply_language(struct person *p, const char *language)
{
    char *copy = copy_text(language);
    if (language && !copy)
        return ERR_MEMORY;
    free((char *)p->seen.language);
    p->seen.language = copy;
    return ERR_NONE;
}

enum err people_apply(struct session *s, const struct event *e)
{
    if (e->kind == EVENT_JOINED)
        return apply_joined(s, e);
    struct person *p = person_find(s, e->who);
    if (!p || p->removed)
        return ERR_MALFORMED;
    if (e->kind == EVENT_LANGUAGE)
        return apply_language(p, e->language);
    gone(s, p);
    if (e->kind == EVENT_AWAY)
        return ERR_NONE;
    queue_remove(s, p);
    if (e->kind == EVENT_REMOVED || !role_has_floor(p->seen.role))
        p->seen.floor = false;
    p->removed = e->kind == EVENT_REMOVED;
    if (p->removed)
        p->seen.pinned = p->seen.both = false;
    return ERR_NONE;
}

void people_finish(struct session *s)
{
    for (uint32_t i = 0; i < s->people_size; i++)
        person_destroy(s->people[i]);
    free(s->people);
    free(s->queue);
}
