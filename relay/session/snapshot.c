/* The whole state as one text, the same for the same state: what tests compare, and what is kept on disk so
 * that a long history need not be folded again. It is taken up by the functions that fold events. */
#include "session/state.h"

#include <stdlib.h>
#include <string.h>

/* Like welcome's view, but with whoever was removed among the people. */
static enum err view_of_all(const struct session *s, struct session_view *ret_view)
{
    struct view_participant *people = calloc(s->person_count + 1, sizeof *people);
    enum err e = people ? session_view_make(s, ret_view) : ERR_MEMORY;
    if (e) {
        free(people);
        return e;
    }
    free((void *)ret_view->participants);
    ret_view->question_count = ret_view->poll_count = 0; /* snapshot_talk.c: all of them */
    ret_view->participants = people;
    ret_view->participant_count = s->person_count;
    for (uint32_t i = 0; i < s->people_size; i++) {
        if (s->people[i])
            *people++ = s->people[i]->seen;
    }
    return ERR_NONE;
}

static void dump_codes(const struct session *s, struct json_out *o)
{
    json_open_array(o, "codes");
    for (size_t i = 0; i < s->rooms.count; i++) {
        if (!s->codes[i][0])
            continue;
        json_open_object(o, NULL);
        json_put_string(o, "room", s->rooms.at[i]);
        json_put_string(o, "code", s->codes[i]);
        json_close_object(o);
    }
    json_close_array(o);
}

/* Left out where they are 1, 2, 3 …: as they are until rooms change. */
static void dump_room_numbers(const struct session *s, struct json_out *o)
{
    bool plain = s->last_room == s->rooms.count;
    for (size_t i = 0; i < s->rooms.count; i++)
        plain = plain && s->room_numbers[i] == i + 1;
    if (plain)
        return;
    json_put_integer(o, "last_room", s->last_room);
    json_open_array(o, "room_numbers");
    for (size_t i = 0; i < s->rooms.count; i++)
        json_put_integer(o, NULL, s->room_numbers[i]);
    json_close_array(o);
}

/* Left out of those that never were large. */
static void dump_size(const struct session *s, struct json_out *o)
{
    if (!s->switched_n)
        return;
    json_put_boolean(o, "large", s->large);
    json_put_integer(o, "switched", (int64_t)s->switched_n);
    json_put_integer(o, "restarted", s->restarted_ms);
}

static void load_size(struct session *s, struct json_in in)
{
    s->large = json_in_boolean_or(in, "large", false);
    s->switched_n = (uint64_t)json_in_integer_or(in, "switched", 1, JSON_INTEGER_MAX, 0);
    s->restarted_ms = json_in_integer_or(in, "restarted", 0, JSON_INTEGER_MAX, 0);
}

void session_dump(const struct session *s, struct json_out *o)
{
    struct session_view view;
    if (view_of_all(s, &view)) {
        o->failed = true;
        return;
    }
    json_open_object(o, NULL);
    json_put_integer(o, "n", (int64_t)s->n);
    json_put_integer(o, "created", s->created_ms);
    dump_size(s, o);
    session_view_write(o, "view", &view);
    json_open_array(o, "removed");
    for (uint32_t i = 0; i < s->people_size; i++) {
        if (s->people[i] && s->people[i]->removed)
            json_put_integer(o, NULL, s->people[i]->seen.id);
    }
    json_close_array(o);
    json_open_array(o, "link_roles");
    for (uint32_t i = 0; i < s->people_size; i++) {
        if (s->people[i])
            json_put_string(o, NULL, role_text(s->people[i]->link_role));
    }
    json_close_array(o);
    dump_codes(s, o);
    dump_room_numbers(s, o);
    questions_dump(s, o);
    polls_dump(s, o);
    json_close_object(o);
    session_view_free(&view);
}

static enum err load_sitting(struct session *s, const struct session_view *v, int64_t created_ms)
{
    const struct event created = {.kind = EVENT_CREATED,
                                  .at_ms = created_ms,
                                  .title = v->title,
                                  .rooms = v->rooms,
                                  .languages = v->languages,
                                  .recorded = v->recorded,
                                  .starts_ms = v->starts_ms,
                                  .state = v->state};
    memcpy(s->locked, v->locked, sizeof s->locked);
    s->moderated = v->moderated;
    return sitting_apply(s, &created);
}

static enum err load_person(struct session *s, const struct view_participant *v)
{
    const struct event joined = {.kind = EVENT_JOINED,
                                 .who = v->id,
                                 .name = v->name,
                                 .role = v->role,
                                 .place = v->place,
                                 .language = v->language};
    enum err e = people_apply(s, &joined);
    if (e)
        return e;
    struct person *p = person_find(s, v->id);
    const struct view_participant made = p->seen;
    p->seen = *v;
    p->seen.name = made.name; /* these are owned */
    p->seen.place = made.place;
    p->seen.language = made.language;
    p->seen.hand = false; /* load_queue */
    p->seen.queue = 0;
    if (!v->present)
        s->present_count--;
    return ERR_NONE;
}

/* Hands go up in the order of the queue. */
static enum err load_queue(struct session *s, const struct session_view *v)
{
    const struct view_participant **queue = calloc(v->participant_count + 1, sizeof *queue);
    size_t hands = 0;
    enum err e = queue ? ERR_NONE : ERR_MEMORY;
    for (size_t i = 0; i < v->participant_count && !e; i++) {
        uint32_t place = v->participants[i].queue;
        hands += v->participants[i].hand;
        if ((place > 0) != v->participants[i].hand || place > v->participant_count)
            e = ERR_MALFORMED;
        else if (place > 0)
            queue[place - 1] = &v->participants[i];
    }
    for (size_t i = 0; i < hands && !e; i++) {
        if (queue[i])
            queue_append(s, person_find(s, queue[i]->id));
        else
            e = ERR_MALFORMED;
    }
    free(queue);
    return e;
}

static enum err load_people(struct session *s, const struct session_view *v)
{
    enum err e = ERR_NONE;
    for (size_t i = 0; i < v->participant_count && !e; i++)
        e = load_person(s, &v->participants[i]);
    return e ? e : load_queue(s, v);
}

static enum err load_removed(struct session *s, struct json_in in)
{
    size_t count = json_in_array(in, "removed", PEOPLE_MAX);
    for (size_t i = 0; i < count; i++) {
        struct person *p = person_find(s, (uint32_t)json_in_array_integer(in, "removed", i, 1, PEOPLE_MAX));
        if (!p)
            return ERR_MALFORMED;
        p->removed = true;
    }
    return ERR_NONE;
}

/* In the order of the people in the view. */
static enum err load_link_roles(struct session *s, const struct session_view *v, struct json_in in)
{
    if (json_in_array(in, "link_roles", PEOPLE_MAX) != v->participant_count)
        return ERR_MALFORMED;
    for (size_t i = 0; i < v->participant_count; i++) {
        struct person *p = person_find(s, v->participants[i].id);
        const char *role = json_in_array_string(in, "link_roles", i, JSON_TEXT_ID, 20);
        if (!p || role_read(role, &p->link_role))
            return ERR_MALFORMED;
    }
    return ERR_NONE;
}

static enum err load_room_numbers(struct session *s, struct json_in in)
{
    if (!json_in_has(in, "last_room"))
        return ERR_NONE;
    s->last_room = (uint16_t)json_in_integer(in, "last_room", 0, UINT16_MAX);
    if (json_in_array(in, "room_numbers", ROOMS_MAX) != s->rooms.count)
        return ERR_MALFORMED;
    for (size_t i = 0; i < s->rooms.count; i++)
        s->room_numbers[i] = (uint16_t)json_in_array_integer(in, "room_numbers", i, 1, s->last_room);
    return ERR_NONE;
}

static enum err load_rooms(struct session *s, const struct session_view *v, struct json_in in)
{
    enum err e = ERR_NONE;
    size_t count = json_in_array(in, "codes", ROOMS_MAX);
    for (size_t i = 0; i < count && !e; i++) {
        struct json_in one = json_in_array_object(in, "codes", i);
        const struct event code = {.kind = EVENT_CODE,
                                   .room = json_in_string(one, "room", JSON_TEXT_LINE, NAME_CHARACTERS_MAX),
                                   .code = json_in_string(one, "code", JSON_TEXT_ID, CODE_MAX)};
        e = checkin_apply(s, &code);
    }
    for (size_t i = 0; i < v->checkin_count && !e; i++) {
        const struct view_checkin *c = &v->checkins[i];
        const struct event in_room = {
            .kind = EVENT_CHECKED_IN, .at_ms = c->at_ms, .people = {&c->who, 1}, .room = c->room};
        e = checkin_apply(s, &in_room);
    }
    return e;
}

static enum err load_timer(struct session *s, const struct session_view *v)
{
    const struct event timer = {.kind = EVENT_TIMER,
                                .who = v->timer.who,
                                .by = v->timer.by,
                                .seconds = v->timer.seconds,
                                .started_ms = v->timer.started_ms};
    return v->has_timer ? timer_apply(s, &timer) : ERR_NONE;
}

static enum err load_agenda(struct session *s, const struct session_view *v)
{
    const struct event agenda = {.kind = EVENT_AGENDA, .agenda = v->agenda, .item = v->item};
    return agenda_apply(s, &agenda);
}

static enum err load_strokes(struct session *s, const struct session_view *v)
{
    enum err e = ERR_NONE;
    for (size_t i = 0; i < v->stroke_count && !e; i++) {
        const struct view_stroke *k = &v->strokes[i];
        const struct event drawn = {.kind = EVENT_STROKE,
                                    .n = k->n,
                                    .deck = k->deck,
                                    .page = k->page,
                                    .by = k->by,
                                    .stroke = k->stroke};
        e = strokes_apply(s, &drawn);
    }
    return e;
}

static enum err load_slides(struct session *s, const struct session_view *v)
{
    enum err e = ERR_NONE;
    for (size_t i = 0; i < v->deck_count && !e; i++) {
        const struct view_deck *d = &v->decks[i];
        const struct event added = {.kind = EVENT_DECK_ADDED,
                                    .deck = d->id,
                                    .title = d->title,
                                    .manifest = d->manifest,
                                    .pages = d->pages};
        e = slides_apply(s, &added);
    }
    if (e || !v->has_page)
        return e;
    const struct event page = {.kind = EVENT_PAGE,
                               .deck = v->page.deck,
                               .page = v->page.page,
                               .by = v->page.by,
                               .media = v->page.media,
                               .at_ms = v->page.at_ms};
    return slides_apply(s, &page);
}

static enum err load_chat(struct session *s, const struct session_view *v)
{
    enum err e = ERR_NONE;
    for (size_t i = 0; i < v->chat_count && !e; i++) {
        const struct view_chat *c = &v->chat[i];
        const struct event said = {
            .kind = EVENT_CHAT, .n = c->n, .at_ms = c->at_ms, .who = c->who, .text = c->text};
        e = talk_apply(s, &said);
    }
    return e;
}

static enum err load(struct session *s, struct json_in in)
{
    struct session_view v;
    uint64_t n = (uint64_t)json_in_integer(in, "n", 1, JSON_INTEGER_MAX);
    int64_t created_ms = json_in_integer(in, "created", 0, JSON_INTEGER_MAX);
    session_view_read(json_in_object(in, "view"), &v);
    enum err e = json_doc_error(in.doc) ? ERR_MALFORMED : load_sitting(s, &v, created_ms);
    if (!e)
        e = load_room_numbers(s, in);
    if (!e)
        e = load_people(s, &v);
    if (!e)
        e = load_removed(s, in);
    if (!e)
        e = load_link_roles(s, &v, in);
    if (!e)
        e = load_rooms(s, &v, in);
    if (!e)
        e = load_timer(s, &v);
    if (!e)
        e = load_agenda(s, &v);
    if (!e)
        e = load_slides(s, &v);
    if (!e)
        e = load_chat(s, &v);
    if (!e)
        e = load_strokes(s, &v);
    if (!e)
        e = questions_load(s, in);
    if (!e)
        e = polls_load(s, in);
    s->n = n;
    load_size(s, in);
    return !e && json_doc_error(in.doc) ? ERR_MALFORMED : e;
}

enum err session_load(const char *id, const char *text, size_t len, struct session **ret_session)
{
    struct json_doc *doc;
    struct session *s;
    char why[JSON_WHY_MAX];
    enum err e = json_doc_read(text, len, SNAPSHOT_MAX, &doc, why);
    if (e)
        return e == ERR_MEMORY ? e : ERR_MALFORMED;
    e = session_create(id, &s);
    if (!e) {
        e = load(s, json_doc_root(doc));
        if (e)
            session_destroy(s);
        else
            *ret_session = s;
    }
    json_doc_destroy(doc);
    return e;
}
