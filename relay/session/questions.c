/* Questions: asked, chosen by a chair (or shown at once), voted on, answered. A question's number is that of
 * the event that brought it. */
#include "session/state.h"

#include <stdlib.h>
#include <string.h>

static struct question *question_find(const struct session *s, uint64_t id)
{
    for (size_t i = 0; i < s->question_count; i++) {
        if (s->questions[i]->seen.id == id)
            return s->questions[i];
    }
    return NULL;
}

static bool has_voted(const struct question *q, uint32_t who)
{
    return q->voters[who / 8] & 1u << who % 8;
}

static size_t waiting_of(const struct session *s, uint32_t who)
{
    size_t count = 0;
    for (size_t i = 0; i < s->question_count; i++)
        count += !s->questions[i]->shown && s->questions[i]->seen.who == who;
    return count;
}

static enum err decide_ask(const struct session *s, const struct command *c, struct decision *d,
                           const char **ret_why)
{
    const struct person *p;
    if (c->by == 0)
        return refuse(ret_why, ERR_STATE, REFUSAL_OPERATOR_ONLY_PERSON);
    if (person_named(s, c->by, &p, ret_why))
        return ERR_UNKNOWN;
    if (s->question_count >= QUESTIONS_MAX)
        return refuse(ret_why, ERR_FULL, REFUSAL_QUESTIONS_FULL);
    if (waiting_of(s, c->by) >= QUESTIONS_WAITING_MAX)
        return refuse(ret_why, ERR_STATE, REFUSAL_QUESTIONS_YOURS);
    bool waits = s->moderated && !leads(s, c->by);
    struct event *e = decide_event(s, c, waits ? EVENT_ASKED : EVENT_QUESTION, d);
    e->who = c->by;
    e->text = c->action.action->text;
    e->subject = e->n;
    return ERR_NONE;
}

static enum err decide_vote(const struct session *s, const struct command *c, const struct question *q,
                            struct decision *d, const char **ret_why)
{
    const struct person *p;
    bool up = c->action.action->verb == VERB_VOTE;
    if (c->by == 0)
        return refuse(ret_why, ERR_STATE, REFUSAL_OPERATOR_ONLY_PERSON);
    if (person_named(s, c->by, &p, ret_why))
        return ERR_UNKNOWN;
    if (!q->shown)
        return refuse(ret_why, ERR_STATE, REFUSAL_QUESTION_HIDDEN);
    if (has_voted(q, c->by) == up)
        return ERR_NONE;
    struct event *e = decide_event(s, c, EVENT_VOTED, d);
    e->subject = q->seen.id;
    e->who = c->by;
    e->up = up;
    e->count = up ? q->seen.votes + 1 : q->seen.votes - 1;
    return ERR_NONE;
}

static void decide_choice(const struct session *s, const struct command *c, const struct question *q,
                          struct decision *d)
{
    enum verb verb = c->action.action->verb;
    if ((verb == VERB_APPROVE && q->shown) || (verb == VERB_ANSWERED && q->seen.answered))
        return;
    struct event *e = decide_event(s, c,
                                   verb == VERB_DISMISS   ? EVENT_DISMISSED
                                   : verb == VERB_APPROVE ? EVENT_QUESTION
                                                          : EVENT_ANSWERED,
                                   d);
    e->subject = q->seen.id;
    e->who = q->seen.who;
    e->text = q->seen.text;
    e->media = c->action.media;
}

enum err questions_decide(const struct session *s, const struct command *c, struct decision *d,
                          const char **ret_why)
{
    const struct action *a = c->action.action;
    if (a->verb == VERB_ASK)
        return decide_ask(s, c, d, ret_why);
    bool votes = a->verb == VERB_VOTE || a->verb == VERB_UNVOTE;
    if (!votes && !leads(s, c->by))
        return refuse(ret_why, ERR_FORBIDDEN, REFUSAL_MODERATE_RIGHT);
    if (a->verb == VERB_MODERATE) {
        if (s->moderated != a->moderated)
            decide_event(s, c, EVENT_MODERATED, d)->moderated = a->moderated;
        return ERR_NONE;
    }
    const struct question *q = question_find(s, a->subject);
    if (!q)
        return refuse(ret_why, ERR_UNKNOWN, REFUSAL_QUESTION_UNKNOWN);
    if (votes)
        return decide_vote(s, c, q, d, ret_why);
    if (a->verb == VERB_ANSWERED && !q->shown)
        return refuse(ret_why, ERR_STATE, REFUSAL_QUESTION_HIDDEN);
    decide_choice(s, c, q, d);
    return ERR_NONE;
}

static void question_destroy(struct question *q)
{
    if (q)
        free((char *)q->seen.text);
    free(q);
}

static enum err add(struct session *s, const struct event *e)
{
    if (!e->text || !person_find(s, e->who))
        return ERR_MALFORMED;
    if (s->question_count >= QUESTIONS_MAX)
        return ERR_FULL;
    struct question **list = realloc(s->questions, (s->question_count + 1) * sizeof(struct question *));
    if (!list)
        return ERR_MEMORY;
    s->questions = list;
    struct question *q = calloc(1, sizeof *q);
    char *text = copy_text(e->text);
    if (!q || !text) {
        free(q);
        free(text);
        return ERR_MEMORY;
    }
    q->seen = (struct view_question){.id = e->n, .who = e->who, .at_ms = e->at_ms, .text = text};
    q->shown = e->kind == EVENT_QUESTION;
    list[s->question_count++] = q;
    return ERR_NONE;
}

static enum err apply_vote(const struct session *s, struct question *q, const struct event *e)
{
    if (!q->shown || !person_find(s, e->who) || has_voted(q, e->who) == e->up)
        return ERR_MALFORMED;
    q->voters[e->who / 8] ^= (uint8_t)(1u << e->who % 8);
    q->seen.votes += e->up ? 1u : -1u;
    return ERR_NONE;
}

static void drop(struct session *s, struct question *q)
{
    size_t i = 0;
    while (s->questions[i] != q)
        i++;
    memmove(&s->questions[i], &s->questions[i + 1], (s->question_count - i - 1) * sizeof(struct question *));
    s->question_count--;
    question_destroy(q);
}

enum err questions_apply(struct session *s, const struct event *e)
{
    if (e->kind == EVENT_MODERATED) {
        s->moderated = e->moderated;
        return ERR_NONE;
    }
    if (e->kind == EVENT_ASKED || (e->kind == EVENT_QUESTION && e->subject == e->n))
        return add(s, e);
    struct question *q = question_find(s, e->subject);
    if (!q || (e->kind == EVENT_QUESTION && q->shown))
        return ERR_MALFORMED;
    if (e->kind == EVENT_VOTED)
        return apply_vote(s, q, e);
    if (e->kind == EVENT_QUESTION) {
        q->shown = true;
    } else if (e->kind == EVENT_ANSWERED) {
        q->seen.answered = true;
        q->seen.media = e->media;
    } else {
        drop(s, q);
    }
    return ERR_NONE;
}

bool session_pending(const struct session *s, size_t *at, struct pending_question *ret_question)
{
    while (*at < s->question_count) {
        const struct question *q = s->questions[(*at)++];
        if (q->shown)
            continue;
        *ret_question = (struct pending_question){q->seen.id, q->seen.who, q->seen.at_ms, q->seen.text};
        return true;
    }
    return false;
}

size_t session_votes(const struct session *s, uint32_t who, uint64_t ret_votes[QUESTIONS_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < s->question_count; i++) {
        if (has_voted(s->questions[i], who))
            ret_votes[count++] = s->questions[i]->seen.id;
    }
    return count;
}

void questions_finish(struct session *s)
{
    for (size_t i = 0; i < s->question_count; i++)
        question_destroy(s->questions[i]);
    free(s->questions);
}
