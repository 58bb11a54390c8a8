/* Who leads: making another chair, stepping down, deputies who act while no chair is here. */
#include "session/state.h"

static bool chair_is_here(const struct session *s, uint32_t except)
{
    for (uint32_t i = 0; i < s->people_size; i++) {
        const struct person *p = s->people[i];
        if (p && p->seen.present && p->seen.role == ROLE_CHAIR && p->seen.id != except)
            return true;
    }
    return false;
}

bool leads(const struct session *s, uint32_t by)
{
    const struct person *p = person_find(s, by);
    if (by == 0)
        return true;
    if (!p || p->removed)
        return false;
    return role_leads(p->seen.role) || (p->seen.deputy && !chair_is_here(s, 0));
}

bool session_leads(const struct session *s, uint32_t number)
{
    return number != 0 && leads(s, number);
}

/* Whoever was made chair is again what he was; a chair by his link keeps floor and slides. */
static enum role role_after(const struct person *p)
{
    return p->link_role == ROLE_CHAIR ? ROLE_LECTURER : p->link_role;
}

static enum err decide_step_down(const struct session *s, const struct command *c, struct decision *d,
                                 const char **ret_why)
{
    const struct person *p = person_find(s, c->by);
    if (!p || p->removed || p->seen.role != ROLE_CHAIR)
        return refuse(ret_why, ERR_STATE, REFUSAL_NO_CHAIR);
    if (!chair_is_here(s, c->by))
        return refuse(ret_why, ERR_STATE, REFUSAL_LAST_CHAIR);
    struct event *e = decide_event(s, c, EVENT_ROLE, d);
    e->who = c->by;
    e->role = role_after(p);
    return ERR_NONE;
}

static enum err decide_chair(const struct session *s, const struct command *c, const struct person *p,
                             struct decision *d, const char **ret_why)
{
    if (!leads(s, c->by))
        return refuse(ret_why, ERR_FORBIDDEN, REFUSAL_CHAIR_RIGHT);
    if (p->seen.role == ROLE_ROOM)
        return refuse(ret_why, ERR_STATE, REFUSAL_CHAIR_ROOM);
    if (p->seen.role == ROLE_CHAIR)
        return ERR_NONE;
    struct event *e = decide_event(s, c, EVENT_ROLE, d);
    e->who = p->seen.id;
    e->role = ROLE_CHAIR;
    return ERR_NONE;
}

static enum err decide_deputy(const struct session *s, const struct command *c, const struct person *p,
                              struct decision *d, const char **ret_why)
{
    bool named = c->action.action->verb == VERB_DEPUTY;
    if (!leads(s, c->by))
        return refuse(ret_why, ERR_FORBIDDEN, REFUSAL_DEPUTY_RIGHT);
    if (p->seen.role == ROLE_ROOM)
        return refuse(ret_why, ERR_STATE, REFUSAL_CHAIR_ROOM);
    if (p->seen.deputy != named)
        decide_event(s, c, named ? EVENT_DEPUTY_NAMED : EVENT_DEPUTY_DROPPED, d)->who = p->seen.id;
    return ERR_NONE;
}

enum err chairs_decide(const struct session *s, const struct command *c, struct decision *d,
                       const char **ret_why)
{
    const struct person *p;
    if (c->action.action->verb == VERB_STEP_DOWN)
        return decide_step_down(s, c, d, ret_why);
    if (person_named(s, c->action.action->who, &p, ret_why))
        return ERR_UNKNOWN;
    return c->action.action->verb == VERB_CHAIR ? decide_chair(s, c, p, d, ret_why)
                                                : decide_deputy(s, c, p, d, ret_why);
}

enum err chairs_apply(struct session *s, const struct event *e)
{
    struct person *p = person_find(s, e->who);
    if (!p || p->removed)
        return ERR_MALFORMED;
    if (e->kind != EVENT_ROLE) {
        p->seen.deputy = e->kind == EVENT_DEPUTY_NAMED;
        return ERR_NONE;
    }
    p->seen.role = e->role;
    p->seen.floor = role_has_floor(e->role);
    if (p->seen.floor)
        queue_remove(s, p);
    return ERR_NONE;
}
