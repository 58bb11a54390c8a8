/* Sentences of the relay as the client reads them; signal_relay_write.c is the other direction. */
#include "wire/signal_relay.h"
#include "wire/event_members.h"
#include "wire/signal_aside.h"
#include "wire/signal_pointer.h"
#include "wire/signal_roster.h"

#include <stdio.h>
#include <string.h>

#define EVENTS_MAX 100000 /* events of one sentence; WELCOME_MAX holds no more */

const char *const relay_kinds[RELAY_OTHER] = {
    [RELAY_WELCOME] = "welcome",     [RELAY_EVENTS] = "events",   [RELAY_ANSWER] = "answer",
    [RELAY_DONE] = "done",           [RELAY_REFUSED] = "refused", [RELAY_BYE] = "bye",
    [RELAY_SPEAKING] = "speaking",   [RELAY_POINTER] = "pointer", [RELAY_MESSAGE] = "message",
    [RELAY_NOT_SAVED] = "not-saved", [RELAY_SAVED] = "saved",     [RELAY_LINK] = "link",
    [RELAY_DRAWING] = "drawing",     [RELAY_CODE] = "code",       [RELAY_PENDING] = "pending",
    [RELAY_PREPARED] = "prepared",   [RELAY_TALLY] = "tally",     [RELAY_MINE] = "mine",
    [RELAY_RECORDING] = "recording", [RELAY_ROSTER] = "roster",   [RELAY_COUNTS] = "counts",
    [RELAY_PEOPLE] = "people"};

static const char *const byes[BYE_OTHER] = {"replaced", "removed", "ended",    "restart",
                                            "token",    "slow",    "protocol", "full"};

const char *bye_text(enum bye_why why)
{
    return why < BYE_OTHER ? byes[why] : "other";
}

static struct event_list read_events(struct json_in in)
{
    size_t count = json_in_array(in, "events", EVENTS_MAX);
    struct event *events = json_doc_alloc(in.doc, count, sizeof *events);
    if (!events)
        return (struct event_list){0};
    for (size_t i = 0; i < count && !json_doc_error(in.doc); i++)
        event_read(json_in_array_object(in, "events", i), &events[i]);
    return (struct event_list){.events = events, .count = count};
}

static void read_welcome(struct json_in in, struct welcome *w)
{
    json_in_integer(in, "v", PROTOCOL_VERSION, PROTOCOL_VERSION);
    w->you = (uint32_t)json_in_integer(in, "you", 1, UINT32_MAX);
    w->n = (uint64_t)json_in_integer(in, "n", 0, JSON_INTEGER_MAX);
    w->clock = json_in_integer(in, "clock", -JSON_INTEGER_MAX, JSON_INTEGER_MAX);
    w->now_ms = json_in_integer_or(in, "now", 0, JSON_INTEGER_MAX, 0);
    w->resumed = json_in_boolean(in, "resumed");
    if (w->resumed) {
        w->events = read_events(in);
        return;
    }
    struct session_view *view = json_doc_alloc(in.doc, 1, sizeof *view);
    if (view)
        session_view_read(json_in_object(in, "session"), view);
    w->session = view;
}

static void read_link(struct json_in in, struct link_view *l)
{
    l->name = json_in_string(in, "name", JSON_TEXT_LINE, NAME_CHARACTERS_MAX);
    l->place = json_in_string(in, "place", JSON_TEXT_LINE, NAME_CHARACTERS_MAX);
    l->title = json_in_string(in, "title", JSON_TEXT_LINE, TITLE_CHARACTERS_MAX);
    l->role = role_member(in, "role");
    l->state = state_member(in, "state");
    l->recorded = json_in_boolean(in, "recorded");
    l->starts_ms = json_in_integer_or(in, "starts", 0, JSON_INTEGER_MAX, 0);
    l->language = json_in_string_or_null(in, "language", JSON_TEXT_ID, LANGUAGE_MAX);
}

static void read_bye(struct json_in in, struct bye *b)
{
    const char *why = json_in_string(in, "why", JSON_TEXT_ID, 64);
    b->why = BYE_OTHER;
    for (int i = 0; i < BYE_OTHER; i++) {
        if (strcmp(why, byes[i]) == 0)
            b->why = (enum bye_why)i;
    }
    b->again = json_in_boolean(in, "again");
    b->text = json_in_string_or_null(in, "text", JSON_TEXT_BLOCK, CHAT_CHARACTERS_MAX);
}

static void read_speaking(struct json_in in, struct relay_sentence *s)
{
    size_t count = json_in_array(in, "who", SPEAKING_MAX);
    uint32_t *who = json_doc_alloc(in.doc, count, sizeof *who);
    if (!who)
        return;
    for (size_t i = 0; i < count; i++)
        who[i] = (uint32_t)json_in_array_integer(in, "who", i, 1, UINT32_MAX);
    s->speaking.who = who;
    s->speaking.count = count;
}

static void read_refused(struct json_in in, struct refused *r)
{
    r->has_id = json_in_has(in, "id");
    r->id = json_in_integer_or(in, "id", 0, JSON_INTEGER_MAX, 0);
    r->code = json_in_string_or_null(in, "code", JSON_TEXT_ID, 40);
    r->why = json_in_string(in, "why", JSON_TEXT_BLOCK, CHAT_CHARACTERS_MAX);
}

static void read_answer(struct json_in in, struct answer *a)
{
    a->sdp = json_in_string(in, "sdp", JSON_TEXT_BYTES, SDP_MAX);
    a->offset = (uint32_t)json_in_integer(in, "offset", 0, UINT32_MAX);
    a->clock = json_in_integer(in, "clock", -JSON_INTEGER_MAX, JSON_INTEGER_MAX);
}

static enum relay_kind read_kind(struct json_in in)
{
    const char *text = json_in_string(in, "kind", JSON_TEXT_ID, 64);
    for (int i = 0; i < RELAY_OTHER; i++) {
        if (strcmp(text, relay_kinds[i]) == 0)
            return (enum relay_kind)i;
    }
    return RELAY_OTHER;
}

static void read_recording(struct json_in in, struct recording_view *r)
{
    const char *state = json_in_string(in, "state", JSON_TEXT_ID, 20);
    r->stopped = strcmp(state, "stopped") == 0;
    if (!r->stopped && strcmp(state, "written") != 0)
        json_doc_fail(in.doc, ERR_UNSUPPORTED, "\"state\" must be written or stopped.");
    if (r->stopped)
        r->since_ms = json_in_integer(in, "since", 0, JSON_INTEGER_MAX);
    r->why = json_in_string_or_null(in, "why", JSON_TEXT_LINE, WHY_MAX);
    r->replay = json_in_string_or_null(in, "replay", JSON_TEXT_LINE, URL_MAX);
}

static void read_signal(struct json_in in, struct relay_sentence *s)
{
    switch (s->kind) {
    case RELAY_SPEAKING:
        read_speaking(in, s);
        break;
    case RELAY_POINTER:
        pointer_read(in, &s->pointer);
        s->pointer.who = (uint32_t)json_in_integer(in, "who", 1, UINT32_MAX);
        break;
    case RELAY_MESSAGE:
        s->message = json_in_string(in, "text", JSON_TEXT_BLOCK, CHAT_CHARACTERS_MAX);
        break;
    case RELAY_NOT_SAVED:
        s->not_saved_since_ms = json_in_integer(in, "since", 0, JSON_INTEGER_MAX);
        break;
    case RELAY_RECORDING:
        read_recording(in, &s->recording);
        break;
    case RELAY_DRAWING:
        drawing_read(in, &s->drawing);
        s->drawing.who = (uint32_t)json_in_integer(in, "who", 1, UINT32_MAX);
        break;
    case RELAY_ROSTER:
    case RELAY_COUNTS:
    case RELAY_PEOPLE:
        roster_read(in, s);
        break;
    default:
        aside_read(in, s);
        break;
    }
}

static void read_members(struct json_in in, struct relay_sentence *s)
{
    s->kind = read_kind(in);
    switch (s->kind) {
    case RELAY_WELCOME:
        read_welcome(in, &s->welcome);
        break;
    case RELAY_LINK:
        read_link(in, &s->link);
        break;
    case RELAY_EVENTS:
        s->events = read_events(in);
        break;
    case RELAY_ANSWER:
        read_answer(in, &s->answer);
        break;
    case RELAY_DONE:
        s->done.id = json_in_integer(in, "id", 0, JSON_INTEGER_MAX);
        s->done.n = (uint64_t)json_in_integer(in, "n", 0, JSON_INTEGER_MAX);
        break;
    case RELAY_REFUSED:
        read_refused(in, &s->refused);
        break;
    case RELAY_BYE:
        read_bye(in, &s->bye);
        break;
    default:
        read_signal(in, s);
        break;
    }
}

enum err relay_sentence_read(const char *text, size_t len, struct relay_sentence *ret_sentence,
                             char ret_why[WHY_MAX])
{
    struct relay_sentence s = {0};
    enum err e = json_doc_read(text, len, WELCOME_MAX, &s.doc, ret_why);
    if (e)
        return e;
    read_members(json_doc_root(s.doc), &s);
    e = json_doc_error(s.doc);
    if (e) {
        snprintf(ret_why, WHY_MAX, "%s", json_doc_why(s.doc));
        json_doc_destroy(s.doc);
        return e;
    }
    *ret_sentence = s;
    return ERR_NONE;
}

void relay_sentence_finish(struct relay_sentence *s)
{
    json_doc_destroy(s->doc);
    s->doc = NULL;
}
