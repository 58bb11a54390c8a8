/* The speaker's timer: seconds from a moment, perhaps for somebody. What is left is everyone's own sum. */
#include "session/state.h"

static enum err decide_start(const struct session *s, const struct command *c, struct decision *d,
                             const char **ret_why)
{
    const struct action *a = c->action.action;
    const struct person *p;
    if (a->who && person_named(s, a->who, &p, ret_why))
        return ERR_UNKNOWN;
    struct event *e = decide_event(s, c, EVENT_TIMER, d);
    e->who = a->who;
    e->seconds = a->seconds;
    e->started_ms = c->at_ms;
    return ERR_NONE;
}

/* The same beginning, another length: what has been spoken counts. */
static void decide_change(const struct session *s, const struct command *c, struct decision *d)
{
    uint32_t seconds = c->action.action->seconds;
    if (seconds == s->timer.seconds)
        return;
    struct event *e = decide_event(s, c, EVENT_TIMER, d);
    e->who = s->timer.who;
    e->seconds = seconds;
    e->started_ms = s->timer.started_ms;
}

enum err timer_decide(const struct session *s, const struct command *c, struct decision *d,
                      const char **ret_why)
{
    if (!leads(s, c->by))
        return refuse(ret_why, ERR_FORBIDDEN, REFUSAL_TIMER_RIGHT);
    switch (c->action.action->verb) {
    case VERB_TIMER:
        return decide_start(s, c, d, ret_why);
    case VERB_TIMER_CHANGE:
        if (!s->has_timer)
            return refuse(ret_why, ERR_STATE, REFUSAL_TIMER_NONE);
        decide_change(s, c, d);
        break;
    default:
        if (s->has_timer)
            decide_event(s, c, EVENT_TIMER_STOPPED, d);
        break;
    }
    return ERR_NONE;
}

enum err timer_apply(struct session *s, const struct event *e)
{
    if (e->kind == EVENT_TIMER_STOPPED) {
        s->has_timer = false;
        return ERR_NONE;
    }
    if (e->who && !person_find(s, e->who))
        return ERR_MALFORMED;
    s->has_timer = true;
    s->timer = (struct view_timer){e->who, e->by, e->seconds, e->started_ms};
    return ERR_NONE;
}
