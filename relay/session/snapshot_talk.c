/* Questions and polls of a snapshot: each is the event that made it, and what came of it. */
#include "session/state.h"

static void dump_question(const struct question *q, struct json_out *o)
{
    const struct event made = {.kind = q->shown ? EVENT_QUESTION : EVENT_ASKED,
                               .n = q->seen.id,
                               .at_ms = q->seen.at_ms,
                               .who = q->seen.who,
                               .by = q->seen.who,
                               .text = q->seen.text,
                               .subject = q->seen.id};
    json_open_object(o, NULL);
    event_write(o, "made", &made);
    json_open_array(o, "voters");
    for (uint32_t who = 1; who <= PEOPLE_MAX; who++) {
        if (q->voters[who / 8] & 1u << who % 8)
            json_put_integer(o, NULL, who);
    }
    json_close_array(o);
    if (q->seen.answered)
        json_put_integer(o, "answered", q->seen.media);
    json_close_object(o);
}

void questions_dump(const struct session *s, struct json_out *o)
{
    json_open_array(o, "questions");
    for (size_t i = 0; i < s->question_count; i++)
        dump_question(s->questions[i], o);
    json_close_array(o);
}

static enum err load_question(struct session *s, struct json_in in)
{
    struct event made;
    event_read(json_in_object(in, "made"), &made);
    if (json_doc_error(in.doc) || (made.kind != EVENT_ASKED && made.kind != EVENT_QUESTION))
        return ERR_MALFORMED;
    enum err e = questions_apply(s, &made);
    size_t voters = e ? 0 : json_in_array(in, "voters", PEOPLE_MAX);
    for (size_t i = 0; i < voters && !e; i++) {
        const struct event voted = {.kind = EVENT_VOTED,
                                    .subject = made.n,
                                    .up = true,
                                    .who = (uint32_t)json_in_array_integer(in, "voters", i, 1, PEOPLE_MAX)};
        e = questions_apply(s, &voted);
    }
    if (e || !json_in_has(in, "answered"))
        return e;
    const struct event answered = {.kind = EVENT_ANSWERED,
                                   .subject = made.n,
                                   .media =
                                       json_in_integer(in, "answered", -JSON_INTEGER_MAX, JSON_INTEGER_MAX)};
    return questions_apply(s, &answered);
}

enum err questions_load(struct session *s, struct json_in in)
{
    enum err e = ERR_NONE;
    size_t count = json_in_array(in, "questions", QUESTIONS_MAX);
    for (size_t i = 0; i < count && !e; i++)
        e = load_question(s, json_in_array_object(in, "questions", i));
    return e;
}

static void dump_poll(const struct poll *p, struct json_out *o)
{
    const struct event made = {.kind = EVENT_POLL_MADE, .n = p->seen.id, .poll = p->seen.poll};
    json_open_object(o, NULL);
    event_write(o, "made", &made);
    json_put_boolean(o, "opened", p->opened);
    json_put_integer(o, "state", p->seen.state);
    json_open_array(o, "answers");
    for (uint32_t who = 1; who <= PEOPLE_MAX; who++) {
        if (!p->answers[who])
            continue;
        json_put_integer(o, NULL, who);
        json_put_integer(o, NULL, p->answers[who]);
    }
    json_close_array(o);
    json_close_object(o);
}

void polls_dump(const struct session *s, struct json_out *o)
{
    json_open_array(o, "polls");
    for (size_t i = 0; i < s->poll_count; i++)
        dump_poll(s->polls[i], o);
    json_close_array(o);
}

/* Opened, answered, closed, shown, as it was. */
static enum err load_steps(struct session *s, struct json_in in, uint64_t id)
{
    struct event e = {.kind = EVENT_POLL, .subject = id};
    enum err error = polls_apply(s, &e);
    size_t count = json_in_array(in, "answers", 2 * PEOPLE_MAX);
    e.kind = EVENT_POLL_ANSWERED;
    for (size_t i = 0; i + 1 < count && !error; i += 2) {
        e.who = (uint32_t)json_in_array_integer(in, "answers", i, 1, PEOPLE_MAX);
        e.choices = (choice_set)json_in_array_integer(in, "answers", i + 1, 1, 1 << POLL_OPTIONS_MAX);
        error = polls_apply(s, &e);
    }
    int64_t state = json_in_integer(in, "state", 0, POLL_STATE_COUNT - 1);
    e.kind = EVENT_POLL_CLOSED;
    if (!error && state >= POLL_CLOSED)
        error = polls_apply(s, &e);
    e.kind = EVENT_POLL_RESULTS;
    return !error && state >= POLL_SHOWN ? polls_apply(s, &e) : error;
}

enum err polls_load(struct session *s, struct json_in in)
{
    enum err e = ERR_NONE;
    size_t count = json_in_array(in, "polls", POLLS_MAX);
    for (size_t i = 0; i < count && !e; i++) {
        struct json_in one = json_in_array_object(in, "polls", i);
        struct event made;
        event_read(json_in_object(one, "made"), &made);
        if (json_doc_error(in.doc) || made.kind != EVENT_POLL_MADE)
            return ERR_MALFORMED;
        e = polls_apply(s, &made);
        if (!e && json_in_boolean(one, "opened"))
            e = load_steps(s, one, made.n);
    }
    return e;
}
