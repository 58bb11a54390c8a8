/* Sentences of the relay, written. */
#include "wire/signal_aside.h"
#include "wire/signal_pointer.h"
#include "wire/signal_relay.h"
#include "wire/signal_roster.h"

static void write_events(struct json_out *o, const struct event_list *list)
{
    json_open_array(o, "events");
    for (size_t i = 0; i < list->count; i++) {
        if (list->raw)
            json_put_raw(o, NULL, list->raw[i].text, list->raw[i].len);
        else
            event_write(o, NULL, &list->events[i]);
    }
    json_close_array(o);
}

static void write_welcome(struct json_out *o, const struct welcome *w)
{
    json_put_integer(o, "v", PROTOCOL_VERSION);
    json_put_integer(o, "you", w->you);
    json_put_integer(o, "n", (int64_t)w->n);
    json_put_integer(o, "clock", w->clock);
    if (w->now_ms)
        json_put_integer(o, "now", w->now_ms);
    json_put_boolean(o, "resumed", w->resumed);
    if (w->resumed)
        write_events(o, &w->events);
    else
        session_view_write(o, "session", w->session);
}

static void write_link(struct json_out *o, const struct link_view *l)
{
    json_put_string(o, "name", l->name);
    json_put_string(o, "role", role_text(l->role));
    json_put_string(o, "place", l->place);
    json_put_string(o, "title", l->title);
    json_put_string(o, "state", session_state_text(l->state));
    json_put_boolean(o, "recorded", l->recorded);
    if (l->starts_ms)
        json_put_integer(o, "starts", l->starts_ms);
    if (l->language)
        json_put_string(o, "language", l->language);
}

static void write_refused(struct json_out *o, const struct refused *r)
{
    if (r->has_id)
        json_put_integer(o, "id", r->id);
    if (r->code)
        json_put_string(o, "code", r->code);
    json_put_string(o, "why", r->why);
}

static void write_bye(struct json_out *o, const struct bye *b)
{
    json_put_string(o, "why", bye_text(b->why));
    json_put_boolean(o, "again", b->again);
    if (b->text)
        json_put_string(o, "text", b->text);
}

static void write_recording(struct json_out *o, const struct recording_view *r)
{
    json_put_string(o, "state", r->stopped ? "stopped" : "written");
    if (r->stopped)
        json_put_integer(o, "since", r->since_ms);
    if (r->stopped && r->why)
        json_put_string(o, "why", r->why);
    if (r->replay)
        json_put_string(o, "replay", r->replay);
}

static void write_signal(struct json_out *o, const struct relay_sentence *s)
{
    switch (s->kind) {
    case RELAY_SPEAKING:
        json_open_array(o, "who");
        for (size_t i = 0; i < s->speaking.count; i++)
            json_put_integer(o, NULL, s->speaking.who[i]);
        json_close_array(o);
        break;
    case RELAY_POINTER:
        json_put_integer(o, "who", s->pointer.who);
        pointer_write_members(o, &s->pointer);
        break;
    case RELAY_MESSAGE:
        json_put_string(o, "text", s->message);
        break;
    case RELAY_NOT_SAVED:
        json_put_integer(o, "since", s->not_saved_since_ms);
        break;
    case RELAY_RECORDING:
        write_recording(o, &s->recording);
        break;
    case RELAY_DRAWING:
        json_put_integer(o, "who", s->drawing.who);
        drawing_write_members(o, &s->drawing);
        break;
    case RELAY_ROSTER:
    case RELAY_COUNTS:
    case RELAY_PEOPLE:
        roster_write_members(o, s);
        break;
    default:
        aside_write_members(o, s);
        break;
    }
}

static void write_members(struct json_out *o, const struct relay_sentence *s)
{
    switch (s->kind) {
    case RELAY_WELCOME:
        write_welcome(o, &s->welcome);
        break;
    case RELAY_LINK:
        write_link(o, &s->link);
        break;
    case RELAY_EVENTS:
        write_events(o, &s->events);
        break;
    case RELAY_ANSWER:
        json_put_string(o, "sdp", s->answer.sdp);
        json_put_integer(o, "offset", s->answer.offset);
        json_put_integer(o, "clock", s->answer.clock);
        break;
    case RELAY_DONE:
        json_put_integer(o, "id", s->done.id);
        json_put_integer(o, "n", (int64_t)s->done.n);
        break;
    case RELAY_REFUSED:
        write_refused(o, &s->refused);
        break;
    case RELAY_BYE:
        write_bye(o, &s->bye);
        break;
    default:
        write_signal(o, s);
        break;
    }
}

void relay_sentence_write(struct json_out *o, const struct relay_sentence *s)
{
    json_open_object(o, NULL);
    json_put_string(o, "kind", s->kind < RELAY_OTHER ? relay_kinds[s->kind] : "other");
    write_members(o, s);
    json_close_object(o);
}
