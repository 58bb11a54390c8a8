/* The root: sends a command or an event to the idea that knows it. */
#include "session/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum err session_create(const char *id, struct session **ret_session)
{
    struct session *s = calloc(1, sizeof *s);
    if (!s)
        return ERR_MEMORY;
    snprintf(s->id, sizeof s->id, "%s", id);
    s->moderated = true;
    *ret_session = s;
    return ERR_NONE;
}

void session_destroy(struct session *s)
{
    if (!s)
        return;
    agenda_finish(s);
    strokes_finish(s);
    checkin_finish(s);
    questions_finish(s);
    polls_finish(s);
    talk_finish(s);
    slides_finish(s);
    people_finish(s);
    sitting_finish(s);
    free(s);
}

enum err refuse(const char **ret_why, enum err error, enum refusal refusal)
{
    *ret_why = refusal_why(refusal);
    return error;
}

char *copy_text(const char *text)
{
    return text ? strdup(text) : NULL;
}

struct event *decide_event(const struct session *s, const struct command *c, enum event_kind kind,
                           struct decision *d)
{
    struct event *e = &d->events[d->count++];
    *e = (struct event){.n = s->n + d->count, .at_ms = c->at_ms, .kind = kind, .by = c->by};
    return e;
}

/* Questions, polls, and the floor. */
static enum err decide_talk(const struct session *s, const struct command *c, struct decision *d,
                            const char **ret_why)
{
    switch (c->action.action->verb) {
    case VERB_MODERATE:
    case VERB_ASK:
    case VERB_APPROVE:
    case VERB_DISMISS:
    case VERB_VOTE:
    case VERB_UNVOTE:
    case VERB_ANSWERED:
        return questions_decide(s, c, d, ret_why);
    case VERB_POLL:
    case VERB_POLL_OPEN:
    case VERB_ANSWER:
    case VERB_POLL_CLOSE:
    case VERB_POLL_SHOW:
    case VERB_POLL_DROP:
        return polls_decide(s, c, d, ret_why);
    default:
        return floor_decide(s, c, d, ret_why);
    }
}

static enum err decide_action(const struct session *s, const struct command *c, struct decision *d,
                              const char **ret_why)
{
    switch (c->action.action->verb) {
    case VERB_OPEN:
    case VERB_END:
    case VERB_LOCK:
    case VERB_UNLOCK:
    case VERB_SCHEDULE:
    case VERB_RECORD:
    case VERB_RECORD_STOP:
        return sitting_decide(s, c, d, ret_why);
    case VERB_REMOVE:
    case VERB_LEAVE:
    case VERB_LANGUAGE:
        return people_decide(s, c, d, ret_why);
    case VERB_PAGE:
        return slides_decide(s, c, d, ret_why);
    case VERB_CHAT:
        return talk_decide(s, c, d, ret_why);
    case VERB_CHAIR:
    case VERB_STEP_DOWN:
    case VERB_DEPUTY:
    case VERB_NO_DEPUTY:
        return chairs_decide(s, c, d, ret_why);
    case VERB_TIMER:
    case VERB_TIMER_CHANGE:
    case VERB_TIMER_STOP:
        return timer_decide(s, c, d, ret_why);
    case VERB_ITEM:
        return agenda_decide(s, c, d, ret_why);
    case VERB_STROKE:
    case VERB_CLEAR:
        return strokes_decide(s, c, d, ret_why);
    case VERB_CODE:
    case VERB_CHECK_IN:
    case VERB_CHECK_OUT:
        return checkin_decide(s, c, d, ret_why);
    default:
        return decide_talk(s, c, d, ret_why);
    }
}

static bool may_follow_end(const struct command *c)
{
    return c->kind == COMMAND_AWAY || c->kind == COMMAND_RESTART ||
           (c->kind == COMMAND_ACTION && c->action.action->verb == VERB_LEAVE);
}

static enum err decide(const struct session *s, const struct command *c, struct decision *d,
                       const char **ret_why)
{
    if (s->n > 0 && s->state == SESSION_ENDED && !may_follow_end(c)) {
        *ret_why = refusal_why(REFUSAL_ENDED);
        return ERR_STATE;
    }
    switch (c->kind) {
    case COMMAND_CREATE:
    case COMMAND_RESTART:
    case COMMAND_BACKSTAGE:
    case COMMAND_OPEN:
        return sitting_decide(s, c, d, ret_why);
    case COMMAND_CHANGE:
        return change_decide(s, c, d, ret_why);
    case COMMAND_AGENDA:
        return agenda_decide(s, c, d, ret_why);
    case COMMAND_JOIN:
    case COMMAND_AWAY:
        return people_decide(s, c, d, ret_why);
    case COMMAND_DECK:
        return slides_decide(s, c, d, ret_why);
    case COMMAND_ACTION:
        break;
    }
    return decide_action(s, c, d, ret_why);
}

enum err session_decide(const struct session *s, const struct command *c, struct decision *ret_decision,
                        const char **ret_why)
{
    struct decision d = {.count = 0};
    enum err e = decide(s, c, &d, ret_why);
    if (!e)
        *ret_decision = d;
    return e;
}

static enum err apply(struct session *s, const struct event *e)
{
    switch (e->kind) {
    case EVENT_CREATED:
    case EVENT_STATE:
    case EVENT_RESTARTED:
    case EVENT_LOCKED:
    case EVENT_UNLOCKED:
    case EVENT_SCHEDULED:
    case EVENT_RECORDED:
        return sitting_apply(s, e);
    case EVENT_JOINED:
    case EVENT_AWAY:
    case EVENT_LEFT:
    case EVENT_REMOVED:
    case EVENT_LANGUAGE:
        return people_apply(s, e);
    case EVENT_DECK_ADDED:
    case EVENT_PAGE:
        return slides_apply(s, e);
    case EVENT_CHAT:
        return talk_apply(s, e);
    case EVENT_ROLE:
    case EVENT_DEPUTY_NAMED:
    case EVENT_DEPUTY_DROPPED:
        return chairs_apply(s, e);
    case EVENT_TIMER:
    case EVENT_TIMER_STOPPED:
        return timer_apply(s, e);
    case EVENT_CHANGED:
        return change_apply(s, e);
    case EVENT_AGENDA:
    case EVENT_ITEM:
        return agenda_apply(s, e);
    case EVENT_STROKE:
    case EVENT_CLEARED:
        return strokes_apply(s, e);
    case EVENT_CODE:
    case EVENT_CHECKED_IN:
    case EVENT_CHECKED_OUT:
        return checkin_apply(s, e);
    case EVENT_MODERATED:
    case EVENT_ASKED:
    case EVENT_QUESTION:
    case EVENT_DISMISSED:
    case EVENT_VOTED:
    case EVENT_ANSWERED:
        return questions_apply(s, e);
    case EVENT_POLL_MADE:
    case EVENT_POLL:
    case EVENT_POLL_ANSWERED:
    case EVENT_POLL_CLOSED:
    case EVENT_POLL_RESULTS:
    case EVENT_POLL_DROPPED:
        return polls_apply(s, e);
    case EVENT_OTHER:
        return ERR_MALFORMED;
    default:
        return floor_apply(s, e);
    }
}

enum err session_apply(struct session *s, const struct event *e)
{
    if (e->n != s->n + 1 || (e->kind == EVENT_CREATED) != (e->n == 1))
        return ERR_MALFORMED;
    enum err error = apply(s, e);
    if (error)
        return error;
    s->n = e->n;
    roster_follow(s, e);
    return ERR_NONE;
}
