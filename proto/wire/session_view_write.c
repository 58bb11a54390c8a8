/* A session as welcome tells it, written: what is empty is left out, but for what was always told. */
#include "wire/session_view_parts.h"

const char *const poll_states[POLL_STATE_COUNT] = {"open", "closed", "shown"};

static void write_deck(struct json_out *o, const struct view_deck *d)
{
    json_open_object(o, NULL);
    json_put_string(o, "id", d->id);
    json_put_string(o, "title", d->title);
    json_put_integer(o, "pages", d->pages);
    json_put_string(o, "manifest", d->manifest);
    json_close_object(o);
}

static void write_page(struct json_out *o, const struct view_page *p)
{
    json_open_object(o, "page");
    json_put_string(o, "deck", p->deck);
    json_put_integer(o, "page", p->page);
    json_put_integer(o, "media", p->media);
    json_put_integer(o, "at", p->at_ms);
    json_put_integer(o, "by", p->by);
    json_close_object(o);
}

static void write_chat(struct json_out *o, const struct view_chat *c)
{
    json_open_object(o, NULL);
    json_put_integer(o, "n", (int64_t)c->n);
    json_put_integer(o, "at", c->at_ms);
    json_put_integer(o, "who", c->who);
    json_put_string(o, "text", c->text);
    json_close_object(o);
}

static void write_timer(struct json_out *o, const struct view_timer *t)
{
    json_open_object(o, "timer");
    json_put_integer(o, "seconds", t->seconds);
    json_put_integer(o, "started", t->started_ms);
    if (t->who)
        json_put_integer(o, "who", t->who);
    json_put_integer(o, "by", t->by);
    json_close_object(o);
}

static void write_stroke(struct json_out *o, const struct view_stroke *s)
{
    json_open_object(o, NULL);
    json_put_integer(o, "n", (int64_t)s->n);
    json_put_string(o, "deck", s->deck);
    json_put_integer(o, "page", s->page);
    json_put_integer(o, "by", s->by);
    stroke_write(o, &s->stroke);
    json_close_object(o);
}

static void write_question(struct json_out *o, const struct view_question *q)
{
    json_open_object(o, NULL);
    json_put_integer(o, "id", (int64_t)q->id);
    json_put_integer(o, "who", q->who);
    json_put_integer(o, "at", q->at_ms);
    json_put_string(o, "text", q->text);
    json_put_integer(o, "votes", q->votes);
    if (q->answered) {
        json_put_boolean(o, "answered", true);
        json_put_integer(o, "media", q->media);
    }
    json_close_object(o);
}

static void write_poll(struct json_out *o, const struct view_poll *p)
{
    bool shown = p->state == POLL_SHOWN;
    json_open_object(o, NULL);
    json_put_integer(o, "id", (int64_t)p->id);
    json_put_string(o, "state", poll_states[p->state]);
    poll_text_write(o, &p->poll, shown);
    json_put_integer(o, "people", p->count);
    if (shown)
        counts_write(o, p->counts, p->poll.options.count);
    json_close_object(o);
}

static void write_name(struct json_out *o, const struct view_name *n)
{
    json_open_object(o, NULL);
    json_put_integer(o, "id", n->id);
    json_put_string(o, "name", n->name);
    json_close_object(o);
}

void checkin_write(struct json_out *o, const struct view_checkin *c)
{
    json_open_object(o, NULL);
    json_put_integer(o, "who", c->who);
    json_put_string(o, "room", c->room);
    json_put_integer(o, "at", c->at_ms);
    json_close_object(o);
}

#define WRITE_LIST(o, name, list, count, write_one)                                                          \
    do {                                                                                                     \
        json_open_array(o, name);                                                                            \
        for (size_t i_ = 0; i_ < (count); i_++)                                                              \
            write_one(o, &(list)[i_]);                                                                       \
        json_close_array(o);                                                                                 \
    } while (0)

static void write_lists(struct json_out *o, const struct session_view *v)
{
    json_open_array(o, "participants");
    for (size_t i = 0; i < v->participant_count; i++)
        participant_write(o, NULL, &v->participants[i]);
    json_close_array(o);
    if (v->name_count)
        WRITE_LIST(o, "names", v->names, v->name_count, write_name);
    WRITE_LIST(o, "decks", v->decks, v->deck_count, write_deck);
    if (v->has_page)
        write_page(o, &v->page);
    else
        json_put_null(o, "page");
    WRITE_LIST(o, "chat", v->chat, v->chat_count, write_chat);
    if (v->stroke_count)
        WRITE_LIST(o, "strokes", v->strokes, v->stroke_count, write_stroke);
    if (v->question_count)
        WRITE_LIST(o, "questions", v->questions, v->question_count, write_question);
    if (v->poll_count)
        WRITE_LIST(o, "polls", v->polls, v->poll_count, write_poll);
    if (v->checkin_count)
        WRITE_LIST(o, "checkins", v->checkins, v->checkin_count, checkin_write);
}

static void write_rules(struct json_out *o, const struct session_view *v)
{
    json_put_boolean(o, "recorded", v->recorded);
    if (v->large)
        json_put_boolean(o, "large", true);
    json_put_boolean(o, "locked", v->locked[LOCK_DOORS]);
    if (v->locked[LOCK_HANDS])
        json_put_boolean(o, "hands_locked", true);
    if (v->locked[LOCK_CHAT])
        json_put_boolean(o, "chat_locked", true);
    if (!v->moderated)
        json_put_boolean(o, "moderated", false);
    if (v->starts_ms)
        json_put_integer(o, "starts", v->starts_ms);
    if (v->has_timer)
        write_timer(o, &v->timer);
    if (v->agenda.count)
        agenda_write(o, "agenda", &v->agenda);
    if (v->item)
        json_put_integer(o, "item", v->item);
}

void session_view_write(struct json_out *o, const char *name, const struct session_view *v)
{
    json_open_object(o, name);
    json_put_string(o, "id", v->id);
    json_put_string(o, "title", v->title);
    json_put_string(o, "state", session_state_text(v->state));
    write_rules(o, v);
    name_list_write(o, "rooms", &v->rooms);
    name_list_write(o, "languages", &v->languages);
    write_lists(o, v);
    json_close_object(o);
}
