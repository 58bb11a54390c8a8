/* One event, both directions. Which members a kind has is one table. */
#include "wire/event_members.h"

#include <string.h>

enum {
    HAS_WHO = 1 << 0,
    HAS_BY = 1 << 1,
    HAS_BY_OTHER = 1 << 2, /* `by` is told only when it is not `who` himself */
    HAS_STATE = 1 << 3,
    HAS_PERSON = 1 << 4,  /* name, role, place, language */
    HAS_SITTING = 1 << 5, /* title, rooms, languages, recorded */
    HAS_DECK = 1 << 6,    /* deck, title, pages, manifest */
    HAS_PAGE = 1 << 7,    /* deck, page, media */
    HAS_TEXT = 1 << 8
};

static const struct {
    const char *text;
    unsigned members;
} kinds[EVENT_OTHER] = {
    [EVENT_CREATED] = {"created", HAS_SITTING | HAS_STATE},
    [EVENT_STATE] = {"state", HAS_STATE},
    [EVENT_JOINED] = {"joined", HAS_WHO | HAS_PERSON},
    [EVENT_AWAY] = {"away", HAS_WHO},
    [EVENT_LEFT] = {"left", HAS_WHO},
    [EVENT_RESTARTED] = {"restarted", 0},
    [EVENT_HAND_UP] = {"hand-up", HAS_WHO | HAS_BY_OTHER},
    [EVENT_HAND_DOWN] = {"hand-down", HAS_WHO | HAS_BY_OTHER},
    [EVENT_GRANTED] = {"granted", HAS_WHO | HAS_BY},
    [EVENT_RELEASED] = {"released", HAS_WHO | HAS_BY},
    [EVENT_MUTED] = {"muted", HAS_WHO | HAS_BY},
    [EVENT_UNMUTED] = {"unmuted", HAS_WHO | HAS_BY},
    [EVENT_MUTED_ALL] = {"muted-all", HAS_BY},
    [EVENT_UNMUTE_ASKED] = {"unmute-asked", HAS_WHO | HAS_BY},
    [EVENT_REMOVED] = {"removed", HAS_WHO | HAS_BY},
    [EVENT_LOCKED] = {"locked", HAS_BY},
    [EVENT_UNLOCKED] = {"unlocked", HAS_BY},
    [EVENT_PINNED] = {"pinned", HAS_WHO | HAS_BY},
    [EVENT_UNPINNED] = {"unpinned", HAS_WHO | HAS_BY},
    [EVENT_BOTH_OPENED] = {"both-opened", HAS_WHO | HAS_BY},
    [EVENT_BOTH_CLOSED] = {"both-closed", HAS_WHO | HAS_BY},
    [EVENT_DECK_ADDED] = {"deck-added", HAS_DECK | HAS_BY},
    [EVENT_PAGE] = {"page", HAS_PAGE | HAS_BY},
    [EVENT_CHAT] = {"chat", HAS_WHO | HAS_TEXT},
};

static const char *const roles[ROLE_COUNT] = {"chair",       "lecturer", "trainee",
                                              "interpreter", "room",     "operator"};
static const char *const states[SESSION_STATE_COUNT] = {"planned", "backstage", "open", "ended"};

const char *role_text(enum role role)
{
    return roles[role];
}

enum err role_read(const char *text, enum role *ret_role)
{
    for (int i = 0; i < ROLE_COUNT; i++) {
        if (strcmp(text, roles[i]) == 0) {
            *ret_role = (enum role)i;
            return ERR_NONE;
        }
    }
    return ERR_UNKNOWN;
}

const char *session_state_text(enum session_state state)
{
    return states[state];
}

const char *event_kind_text(enum event_kind kind)
{
    return kind < EVENT_OTHER ? kinds[kind].text : "other";
}

enum role role_member(struct json_in in, const char *member)
{
    enum role role = ROLE_TRAINEE;
    const char *text = json_in_string(in, member, JSON_TEXT_ID, 20);
    if (role_read(text, &role))
        json_doc_fail(in.doc, ERR_UNSUPPORTED,
                      "\"role\" must be chair, lecturer, trainee, interpreter, room or operator.");
    return role;
}

enum session_state state_member(struct json_in in, const char *member)
{
    const char *text = json_in_string(in, member, JSON_TEXT_ID, 20);
    for (int i = 0; i < SESSION_STATE_COUNT; i++) {
        if (strcmp(text, states[i]) == 0)
            return (enum session_state)i;
    }
    json_doc_fail(in.doc, ERR_UNSUPPORTED, "\"state\" must be planned, backstage, open or ended.");
    return SESSION_PLANNED;
}

struct name_list name_list_read(struct json_in in, const char *member, enum json_text text,
                                size_t max_characters, size_t max_count)
{
    size_t count = json_in_array_or_none(in, member, max_count);
    const char **at = count ? json_doc_alloc(in.doc, count, sizeof *at) : NULL;
    if (!at)
        return (struct name_list){NULL, 0};
    for (size_t i = 0; i < count; i++)
        at[i] = json_in_array_string(in, member, i, text, max_characters);
    return (struct name_list){at, count};
}

void name_list_write(struct json_out *o, const char *name, const struct name_list *list)
{
    json_open_array(o, name);
    for (size_t i = 0; i < list->count; i++)
        json_put_string(o, NULL, list->at[i]);
    json_close_array(o);
}

static enum event_kind kind_read(struct json_in in)
{
    const char *text = json_in_string(in, "kind", JSON_TEXT_ID, 64);
    for (int i = 0; i < EVENT_OTHER; i++) {
        if (strcmp(text, kinds[i].text) == 0)
            return (enum event_kind)i;
    }
    return EVENT_OTHER;
}

static void read_things(struct json_in in, unsigned has, struct event *e)
{
    if (has & HAS_SITTING) {
        e->title = json_in_string(in, "title", JSON_TEXT_LINE, TITLE_CHARACTERS_MAX);
        e->rooms = name_list_read(in, "rooms", JSON_TEXT_LINE, NAME_CHARACTERS_MAX, ROOMS_MAX);
        e->languages = name_list_read(in, "languages", JSON_TEXT_ID, LANGUAGE_MAX, LANGUAGES_MAX);
        e->recorded = json_in_boolean(in, "recorded");
    }
    if (has & HAS_DECK) {
        e->deck = json_in_string(in, "deck", JSON_TEXT_ID, DECK_ID_MAX);
        e->title = json_in_string(in, "title", JSON_TEXT_LINE, TITLE_CHARACTERS_MAX);
        e->pages = (uint32_t)json_in_integer(in, "pages", 1, PAGES_MAX);
        e->manifest = json_in_string(in, "manifest", JSON_TEXT_LINE, MANIFEST_MAX);
    }
    if (has & HAS_PAGE) {
        e->deck = json_in_string(in, "deck", JSON_TEXT_ID, DECK_ID_MAX);
        e->page = (uint32_t)json_in_integer(in, "page", 1, PAGES_MAX);
        e->media = json_in_integer(in, "media", -JSON_INTEGER_MAX, JSON_INTEGER_MAX);
    }
    if (has & HAS_TEXT)
        e->text = json_in_string(in, "text", JSON_TEXT_BLOCK, CHAT_CHARACTERS_MAX);
}

static void read_person(struct json_in in, struct event *e)
{
    e->name = json_in_string(in, "name", JSON_TEXT_LINE, NAME_CHARACTERS_MAX);
    e->role = role_member(in, "role");
    e->place = json_in_string(in, "place", JSON_TEXT_LINE, NAME_CHARACTERS_MAX);
    e->language = json_in_string_or_null(in, "language", JSON_TEXT_ID, LANGUAGE_MAX);
}

void event_read(struct json_in in, struct event *ret_event)
{
    struct event e = {.n = (uint64_t)json_in_integer(in, "n", 1, JSON_INTEGER_MAX),
                      .at_ms = json_in_integer(in, "at", 0, JSON_INTEGER_MAX),
                      .kind = kind_read(in)};
    unsigned has = e.kind == EVENT_OTHER ? 0 : kinds[e.kind].members;
    if (has & HAS_WHO)
        e.who = (uint32_t)json_in_integer(in, "who", has & HAS_TEXT ? 0 : 1, UINT32_MAX);
    if (has & HAS_BY)
        e.by = (uint32_t)json_in_integer(in, "by", 0, UINT32_MAX);
    if (has & HAS_BY_OTHER)
        e.by = (uint32_t)json_in_integer_or(in, "by", 0, UINT32_MAX, e.who);
    if (has & HAS_STATE)
        e.state = state_member(in, "state");
    if (has & HAS_PERSON)
        read_person(in, &e);
    read_things(in, has, &e);
    *ret_event = e;
}

static void write_things(struct json_out *o, unsigned has, const struct event *e)
{
    if (has & HAS_SITTING) {
        json_put_string(o, "title", e->title);
        name_list_write(o, "rooms", &e->rooms);
        name_list_write(o, "languages", &e->languages);
        json_put_boolean(o, "recorded", e->recorded);
    }
    if (has & (HAS_DECK | HAS_PAGE))
        json_put_string(o, "deck", e->deck);
    if (has & HAS_DECK) {
        json_put_string(o, "title", e->title);
        json_put_integer(o, "pages", e->pages);
        json_put_string(o, "manifest", e->manifest);
    }
    if (has & HAS_PAGE) {
        json_put_integer(o, "page", e->page);
        json_put_integer(o, "media", e->media);
    }
    if (has & HAS_TEXT)
        json_put_string(o, "text", e->text);
}

static void write_person(struct json_out *o, const struct event *e)
{
    json_put_string(o, "name", e->name);
    json_put_string(o, "role", role_text(e->role));
    json_put_string(o, "place", e->place);
    if (e->language)
        json_put_string(o, "language", e->language);
}

void event_write_members(struct json_out *o, const struct event *e)
{
    unsigned has = e->kind == EVENT_OTHER ? 0 : kinds[e->kind].members;
    json_put_integer(o, "n", (int64_t)e->n);
    json_put_integer(o, "at", e->at_ms);
    json_put_string(o, "kind", event_kind_text(e->kind));
    if (has & HAS_WHO)
        json_put_integer(o, "who", e->who);
    if (has & HAS_PERSON)
        write_person(o, e);
    write_things(o, has, e);
    if (has & HAS_STATE)
        json_put_string(o, "state", session_state_text(e->state));
    if (has & HAS_BY || (has & HAS_BY_OTHER && e->by != e->who))
        json_put_integer(o, "by", e->by);
}

void event_write(struct json_out *o, const char *name, const struct event *e)
{
    json_open_object(o, name);
    event_write_members(o, e);
    json_close_object(o);
}
