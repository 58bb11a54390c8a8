#include "wire/signal_aside.h"
#include "wire/event_members.h"

static void read_tally(struct json_in in, struct tally *t)
{
    t->poll = (uint64_t)json_in_integer(in, "poll", 1, JSON_INTEGER_MAX);
    t->count = counts_read(in, t->counts);
    t->people = (uint32_t)json_in_integer(in, "people", 0, UINT32_MAX);
}

static void read_pending(struct json_in in, struct pending_question *q)
{
    q->id = (uint64_t)json_in_integer(in, "question", 1, JSON_INTEGER_MAX);
    q->who = (uint32_t)json_in_integer(in, "who", 1, UINT32_MAX);
    q->name = json_in_string_or_null(in, "name", JSON_TEXT_LINE, NAME_CHARACTERS_MAX);
    q->at_ms = json_in_integer(in, "at", 0, JSON_INTEGER_MAX);
    q->text = json_in_string(in, "text", JSON_TEXT_BLOCK, QUESTION_CHARACTERS_MAX);
}

static void read_mine(struct json_in in, struct mine *m)
{
    size_t votes = json_in_array(in, "votes", QUESTIONS_MAX);
    size_t answers = json_in_array(in, "answers", POLLS_MAX);
    uint64_t *vote = votes ? json_doc_alloc(in.doc, votes, sizeof *vote) : NULL;
    struct own_answer *answer = answers ? json_doc_alloc(in.doc, answers, sizeof *answer) : NULL;
    for (size_t i = 0; vote && i < votes; i++)
        vote[i] = (uint64_t)json_in_array_integer(in, "votes", i, 1, JSON_INTEGER_MAX);
    for (size_t i = 0; answer && i < answers; i++) {
        struct json_in one = json_in_array_object(in, "answers", i);
        answer[i].poll = (uint64_t)json_in_integer(one, "poll", 1, JSON_INTEGER_MAX);
        answer[i].choices = choices_read(one, "choices");
    }
    *m = (struct mine){vote, vote ? votes : 0, answer, answer ? answers : 0};
}

void aside_read(struct json_in in, struct relay_sentence *s)
{
    switch (s->kind) {
    case RELAY_CODE:
        s->code.room = json_in_string(in, "room", JSON_TEXT_LINE, NAME_CHARACTERS_MAX);
        s->code.code = json_in_string(in, "code", JSON_TEXT_ID, CODE_MAX);
        break;
    case RELAY_PENDING:
        read_pending(in, &s->pending);
        break;
    case RELAY_PREPARED:
        s->prepared.id = (uint64_t)json_in_integer(in, "poll", 1, JSON_INTEGER_MAX);
        s->prepared.poll = poll_text_read(in);
        break;
    case RELAY_TALLY:
        read_tally(in, &s->tally);
        break;
    case RELAY_MINE:
        read_mine(in, &s->mine);
        break;
    default:
        break;
    }
}

static void write_pending(struct json_out *o, const struct pending_question *q)
{
    json_put_integer(o, "question", (int64_t)q->id);
    json_put_integer(o, "who", q->who);
    if (q->name)
        json_put_string(o, "name", q->name);
    json_put_integer(o, "at", q->at_ms);
    json_put_string(o, "text", q->text);
}

static void write_mine(struct json_out *o, const struct mine *m)
{
    json_open_array(o, "votes");
    for (size_t i = 0; i < m->vote_count; i++)
        json_put_integer(o, NULL, (int64_t)m->votes[i]);
    json_close_array(o);
    json_open_array(o, "answers");
    for (size_t i = 0; i < m->answer_count; i++) {
        json_open_object(o, NULL);
        json_put_integer(o, "poll", (int64_t)m->answers[i].poll);
        choices_write(o, "choices", m->answers[i].choices);
        json_close_object(o);
    }
    json_close_array(o);
}

void aside_write_members(struct json_out *o, const struct relay_sentence *s)
{
    switch (s->kind) {
    case RELAY_CODE:
        json_put_string(o, "room", s->code.room);
        json_put_string(o, "code", s->code.code);
        break;
    case RELAY_PENDING:
        write_pending(o, &s->pending);
        break;
    case RELAY_PREPARED:
        json_put_integer(o, "poll", (int64_t)s->prepared.id);
        poll_text_write(o, &s->prepared.poll, true);
        break;
    case RELAY_TALLY:
        json_put_integer(o, "poll", (int64_t)s->tally.poll);
        counts_write(o, s->tally.counts, s->tally.count);
        json_put_integer(o, "people", s->tally.people);
        break;
    case RELAY_MINE:
        write_mine(o, &s->mine);
        break;
    default:
        break;
    }
}
