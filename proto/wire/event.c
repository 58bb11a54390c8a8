/* One event, both directions. Which members a kind has is the table in event_kinds.c. */
#include "wire/event_kinds.h"
#include "wire/event_members.h"
#include "wire/participant.h"

static void read_person(struct json_in in, struct event *e)
{
    e->name = json_in_string(in, "name", JSON_TEXT_LINE, NAME_CHARACTERS_MAX);
    e->role = role_member(in, "role");
    e->place = json_in_string(in, "place", JSON_TEXT_LINE, NAME_CHARACTERS_MAX);
    e->language = json_in_string_or_null(in, "language", JSON_TEXT_ID, LANGUAGE_MAX);
    e->deputy = json_in_boolean_or(in, "deputy", false);
}

static void read_sitting(struct json_in in, struct event *e)
{
    e->title = json_in_string(in, "title", JSON_TEXT_LINE, TITLE_CHARACTERS_MAX);
    e->rooms = name_list_read(in, "rooms", JSON_TEXT_LINE, NAME_CHARACTERS_MAX, ROOMS_MAX);
    e->languages = name_list_read(in, "languages", JSON_TEXT_ID, LANGUAGE_MAX, LANGUAGES_MAX);
    e->recorded = json_in_boolean(in, "recorded");
    e->starts_ms = json_in_integer_or(in, "starts", 0, JSON_INTEGER_MAX, 0);
}

static void read_people(struct json_in in, uint64_t has, struct event *e)
{
    if (has & HAS_WHO)
        e->who = (uint32_t)json_in_integer(in, "who", has & HAS_TEXT ? 0 : 1, UINT32_MAX);
    if (has & HAS_WHO_OR_NONE)
        e->who = (uint32_t)json_in_integer_or(in, "who", 1, UINT32_MAX, 0);
    if (has & HAS_BY)
        e->by = (uint32_t)json_in_integer(in, "by", 0, UINT32_MAX);
    if (has & HAS_BY_OTHER)
        e->by = (uint32_t)json_in_integer_or(in, "by", 0, UINT32_MAX, e->who);
    if (has & HAS_PERSON)
        read_person(in, e);
    if (has & HAS_IDENTITY)
        e->person = json_in_string_or_null(in, "person", JSON_TEXT_LINE, PERSON_ID_MAX);
    if (has & HAS_ROLE)
        e->role = role_member(in, "role");
    if (has & HAS_LANGUAGE)
        e->language = json_in_string_or_null(in, "language", JSON_TEXT_ID, LANGUAGE_MAX);
    if (has & HAS_PEOPLE)
        e->people = number_list_read(in, "people", PEOPLE_MAX);
    if (has & HAS_ROOM)
        e->room = json_in_string(in, "room", JSON_TEXT_LINE, NAME_CHARACTERS_MAX);
    if (has & HAS_CODE)
        e->code = json_in_string(in, "code", JSON_TEXT_ID, CODE_MAX);
}

static void read_state(struct json_in in, uint64_t has, struct event *e)
{
    if (has & HAS_SITTING)
        read_sitting(in, e);
    if (has & HAS_STATE)
        e->state = state_member(in, "state");
    if (has & HAS_LOCK)
        e->lock = lock_member(in);
    if (has & HAS_STARTS)
        e->starts_ms = json_in_integer_or(in, "starts", 0, JSON_INTEGER_MAX, 0);
    if (has & HAS_RECORDED)
        e->recorded = json_in_boolean(in, "recorded");
    if (has & HAS_MODERATED)
        e->moderated = json_in_boolean(in, "moderated");
    if (has & HAS_TIMER) {
        e->seconds = (uint32_t)json_in_integer(in, "seconds", 1, TIMER_SECONDS_MAX);
        e->started_ms = json_in_integer(in, "started", 0, JSON_INTEGER_MAX);
    }
    if (has & HAS_AGENDA)
        e->agenda = agenda_read(in, "items");
    if (has & HAS_ITEM)
        e->item = (uint32_t)json_in_integer_or(in, "item", 0, AGENDA_MAX, 0);
}

static void read_slides(struct json_in in, uint64_t has, struct event *e)
{
    if (has & HAS_DECK) {
        e->deck = json_in_string(in, "deck", JSON_TEXT_ID, DECK_ID_MAX);
        e->title = json_in_string(in, "title", JSON_TEXT_LINE, TITLE_CHARACTERS_MAX);
        e->pages = (uint32_t)json_in_integer(in, "pages", 1, PAGES_MAX);
        e->manifest = json_in_string(in, "manifest", JSON_TEXT_LINE, MANIFEST_MAX);
    }
    if (has & HAS_PAGE) {
        e->deck = json_in_string(in, "deck", JSON_TEXT_ID, DECK_ID_MAX);
        e->page = (uint32_t)json_in_integer(in, "page", 1, PAGES_MAX);
    }
    if (has & HAS_MEDIA)
        e->media = json_in_integer(in, "media", -JSON_INTEGER_MAX, JSON_INTEGER_MAX);
    if (has & HAS_STROKE)
        e->stroke = stroke_read(in);
}

static void read_talk(struct json_in in, uint64_t has, struct event *e)
{
    if (has & HAS_TEXT)
        e->text = json_in_string(in, "text", JSON_TEXT_BLOCK, CHAT_CHARACTERS_MAX);
    if (has & HAS_QUESTION)
        e->subject = (uint64_t)json_in_integer(in, "question", 1, JSON_INTEGER_MAX);
    if (has & HAS_VOTES)
        e->count = (uint32_t)json_in_integer(in, "votes", 0, UINT32_MAX);
    if (has & HAS_UP)
        e->up = json_in_boolean(in, "up");
    if (has & HAS_POLL)
        e->subject = (uint64_t)json_in_integer(in, "poll", 1, JSON_INTEGER_MAX);
    if (has & HAS_POLL_TEXT)
        e->poll = poll_text_read(in);
    if (has & HAS_ANSWERS)
        e->count = (uint32_t)json_in_integer(in, "people", 0, UINT32_MAX);
    if (has & HAS_COUNTS)
        e->poll.options.count = counts_read(in, e->counts);
    if (has & HAS_RIGHT)
        e->poll.right = choices_read_or_none(in, "right");
    if (has & HAS_CHOICES)
        e->choices = choices_read(in, "choices");
}

static void read_members(struct json_in in, uint64_t has, struct event *e)
{
    read_people(in, has, e);
    read_state(in, has, e);
    read_slides(in, has, e);
    read_talk(in, has, e);
}

static const struct view_participant *read_participant(struct json_in in)
{
    struct view_participant *p = json_in_has(in, "participant") ? json_doc_alloc(in.doc, 1, sizeof *p) : NULL;
    if (p)
        participant_read(json_in_object(in, "participant"), p);
    return p;
}

/* What everyone is told lacks all of what is kept, or nothing of it: the first member tells. */
static bool has_kept(struct json_in in, uint64_t kept)
{
    return (kept & HAS_WHO && json_in_has(in, "who")) || (kept & HAS_CODE && json_in_has(in, "code")) ||
           (kept & HAS_IDENTITY && json_in_has(in, "person")) ||
           (kept & HAS_POLL_TEXT && json_in_has(in, "text"));
}

void event_read(struct json_in in, struct event *ret_event)
{
    struct event e = {.n = (uint64_t)json_in_integer(in, "n", 1, JSON_INTEGER_MAX),
                      .at_ms = json_in_integer(in, "at", 0, JSON_INTEGER_MAX),
                      .kind = event_kind_read(json_in_string(in, "kind", JSON_TEXT_ID, 64))};
    struct event_members members = event_members(e.kind);
    read_members(in, has_kept(in, members.kept) ? members.told | members.kept : members.told, &e);
    e.participant = read_participant(in);
    *ret_event = e;
}

static void write_person(struct json_out *o, const struct event *e)
{
    json_put_string(o, "name", e->name);
    json_put_string(o, "role", role_text(e->role));
    json_put_string(o, "place", e->place);
    if (e->language)
        json_put_string(o, "language", e->language);
    if (e->deputy)
        json_put_boolean(o, "deputy", true);
}

static void write_sitting(struct json_out *o, const struct event *e)
{
    json_put_string(o, "title", e->title);
    name_list_write(o, "rooms", &e->rooms);
    name_list_write(o, "languages", &e->languages);
    json_put_boolean(o, "recorded", e->recorded);
    if (e->starts_ms)
        json_put_integer(o, "starts", e->starts_ms);
}

static void write_people(struct json_out *o, uint64_t has, const struct event *e)
{
    if (has & HAS_WHO || (has & HAS_WHO_OR_NONE && e->who))
        json_put_integer(o, "who", e->who);
    if (has & HAS_PERSON)
        write_person(o, e);
    if (has & HAS_IDENTITY && e->person)
        json_put_string(o, "person", e->person);
    if (has & HAS_ROLE)
        json_put_string(o, "role", role_text(e->role));
    if (has & HAS_LANGUAGE && e->language)
        json_put_string(o, "language", e->language);
    if (has & HAS_PEOPLE)
        number_list_write(o, "people", &e->people);
    if (has & HAS_ROOM)
        json_put_string(o, "room", e->room);
    if (has & HAS_CODE)
        json_put_string(o, "code", e->code);
}

static void write_state(struct json_out *o, uint64_t has, const struct event *e)
{
    if (has & HAS_SITTING)
        write_sitting(o, e);
    if (has & HAS_STATE)
        json_put_string(o, "state", session_state_text(e->state));
    if (has & HAS_LOCK)
        lock_write(o, e->lock);
    if (has & HAS_STARTS && e->starts_ms)
        json_put_integer(o, "starts", e->starts_ms);
    if (has & HAS_RECORDED)
        json_put_boolean(o, "recorded", e->recorded);
    if (has & HAS_MODERATED)
        json_put_boolean(o, "moderated", e->moderated);
    if (has & HAS_TIMER) {
        json_put_integer(o, "seconds", e->seconds);
        json_put_integer(o, "started", e->started_ms);
    }
    if (has & HAS_AGENDA)
        agenda_write(o, "items", &e->agenda);
    if (has & HAS_ITEM && e->item)
        json_put_integer(o, "item", e->item);
}

static void write_slides(struct json_out *o, uint64_t has, const struct event *e)
{
    if (has & (HAS_DECK | HAS_PAGE))
        json_put_string(o, "deck", e->deck);
    if (has & HAS_DECK) {
        json_put_string(o, "title", e->title);
        json_put_integer(o, "pages", e->pages);
        json_put_string(o, "manifest", e->manifest);
    }
    if (has & HAS_PAGE)
        json_put_integer(o, "page", e->page);
    if (has & HAS_MEDIA)
        json_put_integer(o, "media", e->media);
    if (has & HAS_STROKE)
        stroke_write(o, &e->stroke);
}

static void write_talk(struct json_out *o, uint64_t has, const struct event *e)
{
    if (has & HAS_QUESTION)
        json_put_integer(o, "question", (int64_t)e->subject);
    if (has & HAS_TEXT)
        json_put_string(o, "text", e->text);
    if (has & HAS_VOTES)
        json_put_integer(o, "votes", e->count);
    if (has & HAS_UP)
        json_put_boolean(o, "up", e->up);
    if (has & HAS_POLL)
        json_put_integer(o, "poll", (int64_t)e->subject);
    if (has & HAS_POLL_TEXT)
        poll_text_write(o, &e->poll, false);
    if (has & HAS_COUNTS)
        counts_write(o, e->counts, e->poll.options.count);
    if (has & HAS_ANSWERS)
        json_put_integer(o, "people", e->count);
    if (has & HAS_RIGHT && e->poll.right)
        choices_write(o, "right", e->poll.right);
    if (has & HAS_CHOICES)
        choices_write(o, "choices", e->choices);
}

static void write_event(struct json_out *o, const char *name, uint64_t has, const struct event *e)
{
    json_open_object(o, name);
    json_put_integer(o, "n", (int64_t)e->n);
    json_put_integer(o, "at", e->at_ms);
    json_put_string(o, "kind", event_kind_text(e->kind));
    write_people(o, has, e);
    write_state(o, has, e);
    write_slides(o, has, e);
    write_talk(o, has, e);
    if (has & HAS_BY || (has & HAS_BY_OTHER && e->by != e->who))
        json_put_integer(o, "by", e->by);
    if (e->participant)
        participant_write(o, "participant", e->participant);
    json_close_object(o);
}

/* A client that read an event as it was told has nothing that was kept. */
static bool lacks_kept(const struct event *e)
{
    return (e->kind == EVENT_ASKED && !e->text) || (e->kind == EVENT_CODE && !e->code) ||
           (e->kind == EVENT_POLL_MADE && !e->poll.text) ||
           ((e->kind == EVENT_VOTED || e->kind == EVENT_POLL_ANSWERED) && !e->who);
}

void event_write(struct json_out *o, const char *name, const struct event *e)
{
    struct event_members members = event_members(e->kind);
    write_event(o, name, lacks_kept(e) ? members.told : members.told | members.kept, e);
}

void event_write_told(struct json_out *o, const char *name, const struct event *e)
{
    write_event(o, name, event_members(e->kind).told, e);
}
