/* A session as welcome tells it, both directions. */
#include "wire/event_members.h"

static void read_participant(struct json_in in, struct view_participant *p)
{
    p->id = (uint32_t)json_in_integer(in, "id", 1, UINT32_MAX);
    p->name = json_in_string(in, "name", JSON_TEXT_LINE, NAME_CHARACTERS_MAX);
    p->role = role_member(in, "role");
    p->place = json_in_string(in, "place", JSON_TEXT_LINE, NAME_CHARACTERS_MAX);
    p->language = json_in_string_or_null(in, "language", JSON_TEXT_ID, LANGUAGE_MAX);
    p->present = json_in_boolean(in, "present");
    p->floor = json_in_boolean(in, "floor");
    p->muted = json_in_boolean(in, "muted");
    p->hand = json_in_boolean(in, "hand");
    p->queue = (uint32_t)json_in_integer(in, "queue", 0, PEOPLE_MAX);
    p->pinned = json_in_boolean_or(in, "pinned", false);
    p->both = json_in_boolean_or(in, "both", false);
}

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

static void read_participants(struct json_in in, struct session_view *v)
{
    size_t count = json_in_array(in, "participants", PEOPLE_MAX);
    struct view_participant *p = json_doc_alloc(in.doc, count, sizeof *p);
    v->participants = p;
    v->participant_count = p ? count : 0;
    for (size_t i = 0; i < v->participant_count; i++)
        read_participant(json_in_array_object(in, "participants", i), &p[i]);
}

static void read_decks(struct json_in in, struct session_view *v)
{
    size_t count = json_in_array(in, "decks", DECKS_MAX);
    struct view_deck *d = json_doc_alloc(in.doc, count, sizeof *d);
    v->decks = d;
    v->deck_count = d ? count : 0;
    for (size_t i = 0; i < v->deck_count; i++)
        read_deck(json_in_array_object(in, "decks", i), &d[i]);
}

static void read_chats(struct json_in in, struct session_view *v)
{
    size_t count = json_in_array(in, "chat", CHAT_KEPT);
    struct view_chat *c = json_doc_alloc(in.doc, count, sizeof *c);
    v->chat = c;
    v->chat_count = c ? count : 0;
    for (size_t i = 0; i < v->chat_count; i++)
        read_chat(json_in_array_object(in, "chat", i), &c[i]);
}

void session_view_read(struct json_in in, struct session_view *ret_view)
{
    struct session_view v = {.id = json_in_string(in, "id", JSON_TEXT_ID, SESSION_ID_MAX),
                             .title = json_in_string(in, "title", JSON_TEXT_LINE, TITLE_CHARACTERS_MAX),
                             .state = state_member(in, "state"),
                             .recorded = json_in_boolean(in, "recorded"),
                             .locked = json_in_boolean(in, "locked")};
    v.rooms = name_list_read(in, "rooms", JSON_TEXT_LINE, NAME_CHARACTERS_MAX, ROOMS_MAX);
    v.languages = name_list_read(in, "languages", JSON_TEXT_ID, LANGUAGE_MAX, LANGUAGES_MAX);
    read_participants(in, &v);
    read_decks(in, &v);
    v.has_page = json_in_has(in, "page");
    if (v.has_page)
        read_page(json_in_object(in, "page"), &v.page);
    read_chats(in, &v);
    *ret_view = v;
}

static void write_participant(struct json_out *o, const struct view_participant *p)
{
    json_open_object(o, NULL);
    json_put_integer(o, "id", p->id);
    json_put_string(o, "name", p->name);
    json_put_string(o, "role", role_text(p->role));
    json_put_string(o, "place", p->place);
    if (p->language)
        json_put_string(o, "language", p->language);
    json_put_boolean(o, "present", p->present);
    json_put_boolean(o, "floor", p->floor);
    json_put_boolean(o, "muted", p->muted);
    json_put_boolean(o, "hand", p->hand);
    json_put_integer(o, "queue", p->queue);
    if (p->pinned)
        json_put_boolean(o, "pinned", true);
    if (p->both)
        json_put_boolean(o, "both", true);
    json_close_object(o);
}

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

static void write_lists(struct json_out *o, const struct session_view *v)
{
    json_open_array(o, "participants");
    for (size_t i = 0; i < v->participant_count; i++)
        write_participant(o, &v->participants[i]);
    json_close_array(o);
    json_open_array(o, "decks");
    for (size_t i = 0; i < v->deck_count; i++)
        write_deck(o, &v->decks[i]);
    json_close_array(o);
    if (v->has_page)
        write_page(o, &v->page);
    else
        json_put_null(o, "page");
    json_open_array(o, "chat");
    for (size_t i = 0; i < v->chat_count; i++)
        write_chat(o, &v->chat[i]);
    json_close_array(o);
}

void session_view_write(struct json_out *o, const char *name, const struct session_view *v)
{
    json_open_object(o, name);
    json_put_string(o, "id", v->id);
    json_put_string(o, "title", v->title);
    json_put_string(o, "state", session_state_text(v->state));
    json_put_boolean(o, "recorded", v->recorded);
    json_put_boolean(o, "locked", v->locked);
    name_list_write(o, "rooms", &v->rooms);
    name_list_write(o, "languages", &v->languages);
    write_lists(o, v);
    json_close_object(o);
}
