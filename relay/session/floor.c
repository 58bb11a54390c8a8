/* The floor and its queue, muting, pinning. */
#include "session/state.h"

/* Whom the action is about: the one it names, else himself. */
static uint32_t about(const struct command *c)
{
    return c->action.action->who ? c->action.action->who : c->by;
}

static enum err decide_hand(const struct session *s, const struct command *c, const struct person *p,
                            struct decision *d, const char **ret_why)
{
    bool up = c->action.action->verb == VERB_HAND_UP;
    if (p->seen.id != c->by && !leads(s, c->by))
        return refuse(ret_why, ERR_FORBIDDEN, REFUSAL_HAND_RIGHT);
    if (up && s->locked[LOCK_HANDS] && !leads(s, c->by))
        return refuse(ret_why, ERR_STATE, REFUSAL_HANDS_LOCKED);
    if (p->seen.hand != up)
        decide_event(s, c, up ? EVENT_HAND_UP : EVENT_HAND_DOWN, d)->who = p->seen.id;
    return ERR_NONE;
}

static enum err decide_grant(const struct session *s, const struct command *c, const struct person *p,
                             struct decision *d, const char **ret_why)
{
    if (!leads(s, c->by))
        return refuse(ret_why, ERR_FORBIDDEN, REFUSAL_GRANT_RIGHT);
    if (!p->seen.floor || p->seen.hand)
        decide_event(s, c, EVENT_GRANTED, d)->who = p->seen.id;
    return ERR_NONE;
}

static enum err decide_release(const struct session *s, const struct command *c, const struct person *p,
                               struct decision *d, const char **ret_why)
{
    if (p->seen.id != c->by && !leads(s, c->by))
        return refuse(ret_why, ERR_FORBIDDEN, REFUSAL_RELEASE_RIGHT);
    if (p->seen.floor)
        decide_event(s, c, EVENT_RELEASED, d)->who = p->seen.id;
    return ERR_NONE;
}

static enum err decide_mute(const struct session *s, const struct command *c, const struct person *p,
                            struct decision *d, const char **ret_why)
{
    if (p->seen.id != c->by && !leads(s, c->by))
        return refuse(ret_why, ERR_FORBIDDEN, REFUSAL_MUTE_RIGHT);
    if (!p->seen.muted)
        decide_event(s, c, EVENT_MUTED, d)->who = p->seen.id;
    return ERR_NONE;
}

/* Of oneself it opens the microphone; of another it is a question. */
static enum err decide_unmute(const struct session *s, const struct command *c, const struct person *p,
                              struct decision *d, const char **ret_why)
{
    bool oneself = p->seen.id == c->by && c->action.action->verb == VERB_UNMUTE;
    if (!oneself && !leads(s, c->by))
        return refuse(ret_why, ERR_FORBIDDEN, REFUSAL_UNMUTE_RIGHT);
    if (p->seen.muted)
        decide_event(s, c, oneself ? EVENT_UNMUTED : EVENT_UNMUTE_ASKED, d)->who = p->seen.id;
    return ERR_NONE;
}

static enum err decide_pin(const struct session *s, const struct command *c, const struct person *p,
                           struct decision *d, const char **ret_why)
{
    bool pin = c->action.action->verb == VERB_PIN;
    if (!leads(s, c->by))
        return refuse(ret_why, ERR_FORBIDDEN, REFUSAL_PIN_RIGHT);
    if (p->seen.role != ROLE_ROOM)
        return refuse(ret_why, ERR_STATE, REFUSAL_PIN_ROOM);
    if (p->seen.pinned != pin)
        decide_event(s, c, pin ? EVENT_PINNED : EVENT_UNPINNED, d)->who = p->seen.id;
    return ERR_NONE;
}

static bool muted_by_all(const struct person *p)
{
    return p && !p->removed && p->seen.role != ROLE_CHAIR;
}

static enum err decide_both(const struct session *s, const struct command *c, const struct person *p,
                            struct decision *d, const char **ret_why)
{
    bool both = c->action.action->verb == VERB_OPEN_BOTH;
    if (!leads(s, c->by))
        return refuse(ret_why, ERR_FORBIDDEN, REFUSAL_BOTH_RIGHT);
    if (p->seen.role != ROLE_ROOM)
        return refuse(ret_why, ERR_STATE, REFUSAL_BOTH_ROOM);
    if (p->seen.both != both)
        decide_event(s, c, both ? EVENT_BOTH_OPENED : EVENT_BOTH_CLOSED, d)->who = p->seen.id;
    return ERR_NONE;
}

static enum err decide_mute_all(const struct session *s, const struct command *c, struct decision *d,
                                const char **ret_why)
{
    if (!leads(s, c->by))
        return refuse(ret_why, ERR_FORBIDDEN, REFUSAL_MUTE_ALL_RIGHT);
    for (uint32_t i = 0; i < s->people_size; i++) {
        if (muted_by_all(s->people[i]) && !s->people[i]->seen.muted) {
            decide_event(s, c, EVENT_MUTED_ALL, d);
            break;
        }
    }
    return ERR_NONE;
}

enum err floor_decide(const struct session *s, const struct command *c, struct decision *d,
                      const char **ret_why)
{
    if (c->action.action->verb == VERB_MUTE_ALL)
        return decide_mute_all(s, c, d, ret_why);
    const struct person *p;
    if (person_named(s, about(c), &p, ret_why))
        return ERR_UNKNOWN;
    switch (c->action.action->verb) {
    case VERB_HAND_UP:
    case VERB_HAND_DOWN:
        return decide_hand(s, c, p, d, ret_why);
    case VERB_GRANT:
        return decide_grant(s, c, p, d, ret_why);
    case VERB_RELEASE:
        return decide_release(s, c, p, d, ret_why);
    case VERB_MUTE:
        return decide_mute(s, c, p, d, ret_why);
    case VERB_UNMUTE:
    case VERB_ASK_UNMUTE:
        return decide_unmute(s, c, p, d, ret_why);
    case VERB_PIN:
    case VERB_UNPIN:
        return decide_pin(s, c, p, d, ret_why);
    case VERB_OPEN_BOTH:
    case VERB_CLOSE_BOTH:
        return decide_both(s, c, p, d, ret_why);
    default:
        return refuse(ret_why, ERR_UNKNOWN, REFUSAL_VERB);
    }
}

/* Numbers of places in the queue from i on. */
static void queue_number(struct session *s, uint32_t i)
{
    for (; i < s->queue_len; i++)
        person_find(s, s->queue[i])->seen.queue = i + 1;
}

void queue_append(struct session *s, struct person *p)
{
    s->queue[s->queue_len++] = p->seen.id;
    p->seen.hand = true;
    p->seen.queue = s->queue_len;
}

void queue_remove(struct session *s, struct person *p)
{
    if (!p->seen.hand)
        return;
    uint32_t at = p->seen.queue - 1;
    for (uint32_t i = at; i + 1 < s->queue_len; i++)
        s->queue[i] = s->queue[i + 1];
    s->queue_len--;
    p->seen.hand = false;
    p->seen.queue = 0;
    queue_number(s, at);
}

static void apply_muted_all(struct session *s)
{
    for (uint32_t i = 0; i < s->people_size; i++) {
        if (muted_by_all(s->people[i]))
            s->people[i]->seen.muted = true;
    }
}

static enum err apply_hand(struct session *s, struct person *p, bool up)
{
    if (p->seen.hand == up)
        return ERR_MALFORMED;
    if (up)
        queue_append(s, p);
    else
        queue_remove(s, p);
    return ERR_NONE;
}

enum err floor_apply(struct session *s, const struct event *e)
{
    if (e->kind == EVENT_MUTED_ALL) {
        apply_muted_all(s);
        return ERR_NONE;
    }
    struct person *p = person_find(s, e->who);
    if (!p || p->removed)
        return ERR_MALFORMED;
    switch (e->kind) {
    case EVENT_HAND_UP:
    case EVENT_HAND_DOWN:
        return apply_hand(s, p, e->kind == EVENT_HAND_UP);
    case EVENT_GRANTED:
        queue_remove(s, p);
        p->seen.floor = true;
        break;
    case EVENT_RELEASED:
        p->seen.floor = false;
        break;
    case EVENT_MUTED:
    case EVENT_UNMUTED:
        p->seen.muted = e->kind == EVENT_MUTED;
        break;
    case EVENT_PINNED:
    case EVENT_UNPINNED:
        p->seen.pinned = e->kind == EVENT_PINNED;
        break;
    case EVENT_BOTH_OPENED:
    case EVENT_BOTH_CLOSED:
        p->seen.both = e->kind == EVENT_BOTH_OPENED;
        break;
    default:
        break; /* unmute-asked: the person decides */
    }
    return ERR_NONE;
}
