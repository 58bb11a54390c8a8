/* A session as welcome tells it, read; session_view_write.c is the other direction. What an older relay does
 * not tell is empty. */
#include "wire/session_view_parts.h"

#include <string.h>

static void read_deck(struct json_in in, struct view_deck *d)
{
    d->id = json_in_string(in, "id", JSON_TEXT_ID, DECK_ID_MAX);
    d->title = json_in_string(in, "title", JSON_TEXT_LINE, TITLE_CHARACTERS_MAX);
    d->pages = (uint32_t)json_in_integer(in, "pages", 1, PAGES_MAX);
    d->manifest = json_in_string(in, "manifest", JSON_TEXT_LINE, MANIFEST_MAX);
}

static void read_chat(struct json_in in, struct view_chat *c)
{
    c->n = (uint64_t)json_in_integer(in, "n", 1, JSON_INTEGER_MAX);
    c->at_ms = json_in_integer(in, "at", 0, JSON_INTEGER_MAX);
    c->who = (uint32_t)json_in_integer(in, "who", 0, UINT32_MAX);
    c->text = json_in_string(in, "text", JSON_TEXT_BLOCK, CHAT_CHARACTERS_MAX);
}

static void read_page(struct json_in in, struct view_page *p)
{
    p->deck = json_in_string(in, "deck", JSON_TEXT_ID, DECK_ID_MAX);
    p->page = (uint32_t)json_in_integer(in, "page", 1, PAGES_MAX);
    p->media = json_in_integer(in, "media", -JSON_INTEGER_MAX, JSON_INTEGER_MAX);
    p->at_ms = json_in_integer(in, "at", 0, JSON_INTEGER_MAX);
    p->by = (uint32_t)json_in_integer(in, "by", 0, UINT32_MAX);
}

static void read_timer(struct json_in in, struct view_timer *t)
{
    t->who = (uint32_t)json_in_integer_or(in, "who", 1, UINT32_MAX, 0);
    t->by = (uint32_t)json_in_integer(in, "by", 0, UINT32_MAX);
    t->seconds = (uint32_t)json_in_integer(in, "seconds", 1, TIMER_SECONDS_MAX);
    t->started_ms = json_in_integer(in, "started", 0, JSON_INTEGER_MAX);
}

static void read_stroke(struct json_in in, struct view_stroke *s)
{
    s->n = (uint64_t)json_in_integer(in, "n", 1, JSON_INTEGER_MAX);
    s->deck = json_in_string(in, "deck", JSON_TEXT_ID, DECK_ID_MAX);
    s->page = (uint32_t)json_in_integer(in, "page", 1, PAGES_MAX);
    s->by = (uint32_t)json_in_integer(in, "by", 0, UINT32_MAX);
    s->stroke = stroke_read(in);
}

static void read_question(struct json_in in, struct view_question *q)
{
    q->id = (uint64_t)json_in_integer(in, "id", 1, JSON_INTEGER_MAX);
    q->who = (uint32_t)json_in_integer(in, "who", 0, UINT32_MAX);
    q->at_ms = json_in_integer(in, "at", 0, JSON_INTEGER_MAX);
    q->text = json_in_string(in, "text", JSON_TEXT_BLOCK, QUESTION_CHARACTERS_MAX);
    q->votes = (uint32_t)json_in_integer(in, "votes", 0, UINT32_MAX);
    q->answered = json_in_boolean_or(in, "answered", false);
    q->media = json_in_integer_or(in, "media", -JSON_INTEGER_MAX, JSON_INTEGER_MAX, 0);
}

static enum poll_state poll_state_member(struct json_in in)
{
    const char *text = json_in_string(in, "state", JSON_TEXT_ID, 20);
    for (int i = 0; i < POLL_STATE_COUNT; i++) {
        if (strcmp(text, poll_states[i]) == 0)
            return (enum poll_state)i;
    }
    json_doc_fail(in.doc, ERR_UNSUPPORTED, "\"state\" must be open, closed or shown.");
    return POLL_OPEN;
}

static void read_poll(struct json_in in, struct view_poll *p)
{
    p->id = (uint64_t)json_in_integer(in, "id", 1, JSON_INTEGER_MAX);
    p->state = poll_state_member(in);
    p->poll = poll_text_read(in);
    p->count = (uint32_t)json_in_integer(in, "people", 0, UINT32_MAX);
    if (json_in_has(in, "counts"))
        counts_read(in, p->counts);
}

static void read_name(struct json_in in, struct view_name *n)
{
    n->id = (uint32_t)json_in_integer(in, "id", 1, UINT32_MAX);
    n->name = json_in_string(in, "name", JSON_TEXT_LINE, NAME_CHARACTERS_MAX);
}

void checkin_read(struct json_in in, struct view_checkin *c)
{
    c->who = (uint32_t)json_in_integer(in, "who", 1, UINT32_MAX);
    c->at_ms = json_in_integer(in, "at", 0, JSON_INTEGER_MAX);
    c->room = json_in_string(in, "room", JSON_TEXT_LINE, NAME_CHARACTERS_MAX);
}

static void read_lists(struct json_in in, struct session_view *v)
{
    READ_LIST(in, "participants", PEOPLE_MAX, v->participants, v->participant_count, struct view_participant,
              participant_read);
    READ_LIST(in, "names", PEOPLE_MAX, v->names, v->name_count, struct view_name, read_name);
    READ_LIST(in, "decks", DECKS_MAX, v->decks, v->deck_count, struct view_deck, read_deck);
    READ_LIST(in, "chat", CHAT_KEPT, v->chat, v->chat_count, struct view_chat, read_chat);
    READ_LIST(in, "strokes", STROKES_POINTS_TOTAL, v->strokes, v->stroke_count, struct view_stroke,
              read_stroke);
    READ_LIST(in, "questions", QUESTIONS_MAX, v->questions, v->question_count, struct view_question,
              read_question);
    READ_LIST(in, "polls", POLLS_MAX, v->polls, v->poll_count, struct view_poll, read_poll);
    READ_LIST(in, "checkins", PEOPLE_MAX, v->checkins, v->checkin_count, struct view_checkin, checkin_read);
}

void session_view_read(struct json_in in, struct session_view *ret_view)
{
    struct session_view v = {.id = json_in_string(in, "id", JSON_TEXT_ID, SESSION_ID_MAX),
                             .title = json_in_string(in, "title", JSON_TEXT_LINE, TITLE_CHARACTERS_MAX),
                             .state = state_member(in, "state"),
                             .recorded = json_in_boolean(in, "recorded"),
                             .large = json_in_boolean_or(in, "large", false),
                             .moderated = json_in_boolean_or(in, "moderated", true),
                             .starts_ms = json_in_integer_or(in, "starts", 0, JSON_INTEGER_MAX, 0)};
    v.locked[LOCK_DOORS] = json_in_boolean(in, "locked");
    v.locked[LOCK_HANDS] = json_in_boolean_or(in, "hands_locked", false);
    v.locked[LOCK_CHAT] = json_in_boolean_or(in, "chat_locked", false);
    v.rooms = name_list_read(in, "rooms", JSON_TEXT_LINE, NAME_CHARACTERS_MAX, ROOMS_MAX);
    v.languages = name_list_read(in, "languages", JSON_TEXT_ID, LANGUAGE_MAX, LANGUAGES_MAX);
    json_in_array(in, "participants", PEOPLE_MAX); /* these three are always there */
    json_in_array(in, "decks", DECKS_MAX);
    json_in_array(in, "chat", CHAT_KEPT);
    read_lists(in, &v);
    v.has_page = json_in_has(in, "page");
    if (v.has_page)
        read_page(json_in_object(in, "page"), &v.page);
    v.has_timer = json_in_has(in, "timer");
    if (v.has_timer)
        read_timer(json_in_object(in, "timer"), &v.timer);
    v.agenda = agenda_read(in, "agenda");
    v.item = (uint32_t)json_in_integer_or(in, "item", 0, AGENDA_MAX, 0);
    if (!json_doc_error(in.doc) && v.item > v.agenda.count)
        json_doc_fail(in.doc, ERR_UNSUPPORTED, "\"item\" must be one of the running order.");
    *ret_view = v;
}
