/* Sentences of a client, both directions. */
#include "wire/signal_pointer.h"
#include "wire/signal_verb.h"

#include <stdio.h>
#include <string.h>

static const char *const kinds[] = {
    [CLIENT_HELLO] = "hello",     [CLIENT_PEEK] = "peek",       [CLIENT_OFFER] = "offer",
    [CLIENT_DO] = "do",           [CLIENT_POINTER] = "pointer", [CLIENT_LINE] = "line",
    [CLIENT_DRAWING] = "drawing", [CLIENT_PEOPLE] = "people"};
#define KIND_COUNT (sizeof kinds / sizeof kinds[0])

static void read_hello(struct json_in in, struct hello *h)
{
    json_in_integer(in, "v", PROTOCOL_VERSION, PROTOCOL_VERSION);
    h->token = json_in_string(in, "token", JSON_TEXT_ID, TOKEN_MAX);
    h->has_last = json_in_has(in, "last");
    h->last = (uint64_t)json_in_integer_or(in, "last", 0, JSON_INTEGER_MAX, 0);
    h->agent = json_in_string_or_null(in, "agent", JSON_TEXT_LINE, AGENT_MAX);
}

static void read_line(struct json_in in, struct line_quality *l)
{
    l->received = (uint32_t)json_in_integer(in, "received", 0, UINT32_MAX);
    l->lost = (uint32_t)json_in_integer(in, "lost", 0, UINT32_MAX);
    l->jitter_ms = (uint32_t)json_in_integer_or(in, "jitter_ms", 0, UINT32_MAX, 0);
}

static enum client_kind read_kind(struct json_in in)
{
    const char *text = json_in_string(in, "kind", JSON_TEXT_ID, 64);
    for (size_t i = 0; i < KIND_COUNT; i++) {
        if (strcmp(text, kinds[i]) == 0)
            return (enum client_kind)i;
    }
    json_doc_fail(in.doc, ERR_UNSUPPORTED,
                  "\"kind\" must be hello, peek, offer, do, pointer, drawing, people or line.");
    return CLIENT_LINE;
}

/* The id comes first, so that a refusal can name it whatever else is wrong. */
static void read_people(struct json_in in, struct people_query *q, struct sentence_refusal *refusal)
{
    q->id = refusal->id = json_in_integer(in, "id", 0, JSON_INTEGER_MAX);
    refusal->has_id = !json_doc_error(in.doc);
    q->text = json_in_string_or_null(in, "text", JSON_TEXT_LINE, NAME_CHARACTERS_MAX);
    q->place = json_in_string_or_null(in, "place", JSON_TEXT_LINE, NAME_CHARACTERS_MAX);
    q->after = (uint32_t)json_in_integer_or(in, "after", 0, UINT32_MAX, 0);
}

static void read_action(struct json_in in, struct action *a, struct sentence_refusal *refusal)
{
    refusal->id = json_in_integer(in, "id", 0, JSON_INTEGER_MAX);
    refusal->has_id = !json_doc_error(in.doc);
    action_read(in, a);
}

static void read_members(struct json_in in, struct client_sentence *s, struct sentence_refusal *refusal)
{
    s->kind = read_kind(in);
    switch (s->kind) {
    case CLIENT_HELLO:
        read_hello(in, &s->hello);
        break;
    case CLIENT_PEEK:
        s->peek = json_in_string(in, "token", JSON_TEXT_ID, TOKEN_MAX);
        break;
    case CLIENT_OFFER:
        s->offer = json_in_string(in, "sdp", JSON_TEXT_BYTES, SDP_MAX);
        break;
    case CLIENT_DO:
        read_action(in, &s->action, refusal);
        break;
    case CLIENT_POINTER:
        pointer_read(in, &s->pointer);
        break;
    case CLIENT_LINE:
        read_line(in, &s->line);
        break;
    case CLIENT_DRAWING:
        drawing_read(in, &s->drawing);
        break;
    case CLIENT_PEOPLE:
        read_people(in, &s->people, refusal);
        break;
    }
}

enum err client_sentence_read(const char *text, size_t len, struct client_sentence *ret_sentence,
                              struct sentence_refusal *ret_refusal)
{
    struct client_sentence s = {0};
    struct sentence_refusal refusal = {0};
    enum err e = json_doc_read(text, len, SENTENCE_MAX, &s.doc, refusal.why);
    if (!e) {
        read_members(json_doc_root(s.doc), &s, &refusal);
        e = json_doc_error(s.doc);
    }
    if (!e) {
        *ret_sentence = s;
        return ERR_NONE;
    }
    if (s.doc)
        snprintf(refusal.why, sizeof refusal.why, "%s", json_doc_why(s.doc));
    json_doc_destroy(s.doc);
    *ret_refusal = refusal;
    return e;
}

void client_sentence_finish(struct client_sentence *s)
{
    json_doc_destroy(s->doc);
    s->doc = NULL;
}

static void write_hello(struct json_out *o, const struct hello *h)
{
    json_put_integer(o, "v", PROTOCOL_VERSION);
    json_put_string(o, "token", h->token);
    if (h->has_last)
        json_put_integer(o, "last", (int64_t)h->last);
    if (h->agent)
        json_put_string(o, "agent", h->agent);
}

static void write_people(struct json_out *o, const struct people_query *q)
{
    json_put_integer(o, "id", q->id);
    if (q->text)
        json_put_string(o, "text", q->text);
    if (q->place)
        json_put_string(o, "place", q->place);
    if (q->after)
        json_put_integer(o, "after", q->after);
}

static void write_line(struct json_out *o, const struct line_quality *l)
{
    json_put_integer(o, "received", l->received);
    json_put_integer(o, "lost", l->lost);
    json_put_integer(o, "jitter_ms", l->jitter_ms);
}

void client_sentence_write(struct json_out *o, const struct client_sentence *s)
{
    json_open_object(o, NULL);
    json_put_string(o, "kind", kinds[s->kind]);
    switch (s->kind) {
    case CLIENT_HELLO:
        write_hello(o, &s->hello);
        break;
    case CLIENT_PEEK:
        json_put_string(o, "token", s->peek);
        break;
    case CLIENT_OFFER:
        json_put_string(o, "sdp", s->offer);
        break;
    case CLIENT_DO:
        action_write_members(o, &s->action);
        break;
    case CLIENT_POINTER:
        pointer_write_members(o, &s->pointer);
        break;
    case CLIENT_LINE:
        write_line(o, &s->line);
        break;
    case CLIENT_DRAWING:
        drawing_write_members(o, &s->drawing);
        break;
    case CLIENT_PEOPLE:
        write_people(o, &s->people);
        break;
    }
    json_close_object(o);
}
