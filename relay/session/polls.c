/* Polls and quizzes: made unseen, opened, answered once by each, closed, shown. A poll's number is that of
 * the event that made it. */
#include "session/state.h"

#include <stdlib.h>
#include <string.h>

static struct poll *poll_find(const struct session *s, uint64_t id)
{
    for (size_t i = 0; i < s->poll_count; i++) {
        if (s->polls[i]->seen.id == id)
            return s->polls[i];
    }
    return NULL;
}

static void decide_make(const struct session *s, const struct command *c, struct decision *d)
{
    struct event *e = decide_event(s, c, EVENT_POLL_MADE, d);
    e->poll = c->action.action->poll;
    e->poll.quiz = e->poll.right != 0;
}

static enum err decide_answer(const struct session *s, const struct command *c, const struct poll *p,
                              struct decision *d, const char **ret_why)
{
    const struct person *person;
    choice_set choices = c->action.action->choices;
    bool one = choices && !(choices & (choices - 1));
    if (c->by == 0)
        return refuse(ret_why, ERR_STATE, REFUSAL_OPERATOR_ONLY_PERSON);
    if (person_named(s, c->by, &person, ret_why))
        return ERR_UNKNOWN;
    if (!p->opened || p->seen.state != POLL_OPEN)
        return refuse(ret_why, ERR_STATE, REFUSAL_POLL_NOT_OPEN);
    if (choices == 0 || choices >> p->seen.poll.options.count || (!one && !p->seen.poll.several))
        return refuse(ret_why, ERR_UNKNOWN, REFUSAL_POLL_CHOICE);
    if (p->answers[c->by] == choices)
        return ERR_NONE;
    struct event *e = decide_event(s, c, EVENT_POLL_ANSWERED, d);
    e->subject = p->seen.id;
    e->who = c->by;
    e->choices = choices;
    e->count = p->seen.count + (p->answers[c->by] == 0);
    return ERR_NONE;
}

static void count_answers(const struct poll *p, uint32_t ret_counts[POLL_OPTIONS_MAX])
{
    memset(ret_counts, 0, POLL_OPTIONS_MAX * sizeof *ret_counts);
    for (uint32_t who = 1; who <= PEOPLE_MAX; who++) {
        for (uint32_t i = 0; p->answers[who] >> i; i++)
            ret_counts[i] += p->answers[who] >> i & 1;
    }
}

/* What a chair does with a poll that is there: from one state to the next, each once. */
static enum err decide_step(const struct session *s, const struct command *c, const struct poll *p,
                            struct decision *d, const char **ret_why)
{
    enum verb verb = c->action.action->verb;
    enum event_kind kind = EVENT_POLL;
    if ((verb == VERB_POLL_OPEN || verb == VERB_POLL_DROP) && p->opened)
        return refuse(ret_why, ERR_STATE, REFUSAL_POLL_OPEN);
    if (verb == VERB_POLL_CLOSE && !p->opened)
        return refuse(ret_why, ERR_STATE, REFUSAL_POLL_NOT_OPEN);
    if (verb == VERB_POLL_SHOW && (!p->opened || p->seen.state == POLL_OPEN))
        return refuse(ret_why, ERR_STATE, REFUSAL_POLL_NOT_CLOSED);
    if ((verb == VERB_POLL_CLOSE && p->seen.state != POLL_OPEN) ||
        (verb == VERB_POLL_SHOW && p->seen.state == POLL_SHOWN))
        return ERR_NONE;
    if (verb == VERB_POLL_CLOSE)
        kind = EVENT_POLL_CLOSED;
    else if (verb == VERB_POLL_SHOW)
        kind = EVENT_POLL_RESULTS;
    else if (verb == VERB_POLL_DROP)
        kind = EVENT_POLL_DROPPED;
    struct event *e = decide_event(s, c, kind, d);
    e->subject = p->seen.id;
    e->poll = p->seen.poll;
    e->count = p->seen.count;
    if (kind == EVENT_POLL)
        e->poll.right = 0;
    if (kind == EVENT_POLL_RESULTS)
        count_answers(p, e->counts);
    return ERR_NONE;
}

enum err polls_decide(const struct session *s, const struct command *c, struct decision *d,
                      const char **ret_why)
{
    const struct action *a = c->action.action;
    if (a->verb != VERB_ANSWER && !leads(s, c->by))
        return refuse(ret_why, ERR_FORBIDDEN, REFUSAL_POLL_RIGHT);
    if (a->verb == VERB_POLL) {
        if (s->poll_count >= POLLS_MAX)
            return refuse(ret_why, ERR_FULL, REFUSAL_POLLS_FULL);
        decide_make(s, c, d);
        return ERR_NONE;
    }
    const struct poll *p = poll_find(s, a->subject);
    if (!p)
        return refuse(ret_why, ERR_UNKNOWN, REFUSAL_POLL_UNKNOWN);
    return a->verb == VERB_ANSWER ? decide_answer(s, c, p, d, ret_why) : decide_step(s, c, p, d, ret_why);
}

static void poll_destroy(struct poll *p)
{
    if (!p)
        return;
    free((char *)p->seen.poll.text);
    free_names(&p->seen.poll.options);
    free(p);
}

static struct poll *poll_create(const struct event *e)
{
    struct poll *p = calloc(1, sizeof *p);
    if (!p)
        return NULL;
    p->seen.id = e->n;
    p->seen.poll = e->poll;
    p->seen.poll.text = copy_text(e->poll.text);
    p->seen.poll.options = (struct name_list){NULL, 0};
    if (p->seen.poll.text && !copy_names(&e->poll.options, POLL_OPTIONS_MAX, &p->seen.poll.options))
        return p;
    poll_destroy(p);
    return NULL;
}

static enum err add(struct session *s, const struct event *e)
{
    if (!e->poll.text || e->poll.options.count < POLL_OPTIONS_MIN)
        return ERR_MALFORMED;
    if (s->poll_count >= POLLS_MAX)
        return ERR_FULL;
    struct poll **list = realloc(s->polls, (s->poll_count + 1) * sizeof(struct poll *));
    if (!list)
        return ERR_MEMORY;
    s->polls = list;
    struct poll *p = poll_create(e);
    if (!p)
        return ERR_MEMORY;
    list[s->poll_count++] = p;
    return ERR_NONE;
}

static enum err apply_answer(const struct session *s, struct poll *p, const struct event *e)
{
    if (!p->opened || p->seen.state != POLL_OPEN || !person_find(s, e->who) || e->choices == 0 ||
        e->choices >> p->seen.poll.options.count)
        return ERR_MALFORMED;
    p->seen.count += p->answers[e->who] == 0;
    p->answers[e->who] = (uint16_t)e->choices;
    return ERR_NONE;
}

static void drop(struct session *s, struct poll *p)
{
    size_t i = 0;
    while (s->polls[i] != p)
        i++;
    memmove(&s->polls[i], &s->polls[i + 1], (s->poll_count - i - 1) * sizeof(struct poll *));
    s->poll_count--;
    poll_destroy(p);
}

enum err polls_apply(struct session *s, const struct event *e)
{
    if (e->kind == EVENT_POLL_MADE)
        return add(s, e);
    struct poll *p = poll_find(s, e->subject);
    bool before = e->kind == EVENT_POLL || e->kind == EVENT_POLL_DROPPED;
    if (!p || p->opened == before)
        return ERR_MALFORMED;
    switch (e->kind) {
    case EVENT_POLL:
        p->opened = true;
        break;
    case EVENT_POLL_ANSWERED:
        return apply_answer(s, p, e);
    case EVENT_POLL_CLOSED:
        p->seen.state = POLL_CLOSED;
        break;
    case EVENT_POLL_RESULTS:
        p->seen.state = POLL_SHOWN;
        count_answers(p, p->seen.counts);
        break;
    default:
        drop(s, p);
        break;
    }
    return ERR_NONE;
}

bool session_prepared(const struct session *s, size_t *at, struct prepared_poll *ret_poll)
{
    while (*at < s->poll_count) {
        const struct poll *p = s->polls[(*at)++];
        if (p->opened && (!p->seen.poll.right || p->seen.state == POLL_SHOWN))
            continue;
        *ret_poll = (struct prepared_poll){p->seen.id, p->seen.poll};
        return true;
    }
    return false;
}

bool session_tally(const struct session *s, size_t *at, struct tally *ret_tally)
{
    while (*at < s->poll_count) {
        const struct poll *p = s->polls[(*at)++];
        if (!p->opened || p->seen.state == POLL_SHOWN)
            continue;
        *ret_tally = (struct tally){.poll = p->seen.id, .people = p->seen.count};
        ret_tally->count = p->seen.poll.options.count;
        count_answers(p, ret_tally->counts);
        return true;
    }
    return false;
}

size_t session_answers(const struct session *s, uint32_t who, struct own_answer ret_answers[POLLS_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < s->poll_count && who <= PEOPLE_MAX; i++) {
        if (s->polls[i]->answers[who])
            ret_answers[count++] = (struct own_answer){s->polls[i]->seen.id, s->polls[i]->answers[who]};
    }
    return count;
}

void polls_finish(struct session *s)
{
    for (size_t i = 0; i < s->poll_count; i++)
        poll_destroy(s->polls[i]);
    free(s->polls);
}
