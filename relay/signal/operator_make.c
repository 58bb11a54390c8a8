/* Making sessions and links. */
#include "signal/programme.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SESSION_ID_CHARACTERS 10          /* of 31 signs each: 49 random bits */
#define EXPIRES_DEFAULT_S     (48 * 3600) /* a link without an expiry: for tomorrow, not for ever */
#define EXPIRES_MAX_S         (10 * 366 * 24 * 3600) /* ten years: longer is a mistyped number */

static bool twice(const struct name_list *list, const char *name, size_t before)
{
    for (size_t i = 0; i < before; i++) {
        if (strcmp(list->at[i], name) == 0)
            return true;
    }
    return false;
}

/* Room names must tell rooms apart, and from "remote". */
const char *session_names_wrong(const struct name_list *rooms, const struct name_list *languages)
{
    for (size_t i = 0; i < rooms->count; i++) {
        if (twice(rooms, rooms->at[i], i))
            return "Two rooms have the same name.";
        if (strcmp(rooms->at[i], PLACE_REMOTE) == 0)
            return "A room cannot be called \"remote\".";
    }
    for (size_t i = 0; i < languages->count; i++) {
        if (twice(languages, languages->at[i], i))
            return "A language is named twice.";
    }
    return NULL;
}

void session_new_id(const struct desk *d, char ret_id[SESSION_ID_MAX + 1])
{
    static const char digits[] = "abcdefghjkmnpqrstuvwxyz23456789"; /* without look-alikes */
    do {
        memset(ret_id, 0, SESSION_ID_MAX + 1);
        for (int i = 0; i < SESSION_ID_CHARACTERS; i++)
            ret_id[i] = digits[entropy_u32(d->config.entropy) % (sizeof digits - 1)];
    } while (sitting_find(d, ret_id) || past_find(d, ret_id) || programme_find(d, ret_id));
}

struct sitting *session_make(struct desk *d, struct command *c, point_us now_us, const char **ret_why)
{
    struct sitting *s;
    char id[SESSION_ID_MAX + 1];
    uint64_t n;
    *ret_why = "The relay is draining: it ends when its last session is over, and takes no new one.";
    if (d->draining)
        return NULL;
    *ret_why = "The relay holds as many open sessions as it can; end one first.";
    if (d->open_count >= SESSIONS_MAX)
        return NULL;
    session_new_id(d, id);
    *ret_why = "The relay is out of memory; try again in a moment.";
    if (sitting_create(d, id, &s))
        return NULL;
    if (!sitting_do(d, s, c, now_us, &n, ret_why))
        return s;
    table_take(d->sittings.table, s->id, SESSION_ID_MAX);
    sitting_destroy(s);
    return NULL;
}

void operator_create(struct desk *d, const struct request *r)
{
    struct command c = {.kind = COMMAND_CREATE, .at_ms = wall_ms(d, r->now_us)};
    c.create.title = json_in_string(r->in, "title", JSON_TEXT_LINE, TITLE_CHARACTERS_MAX);
    c.create.rooms = name_list_read(r->in, "rooms", JSON_TEXT_LINE, NAME_CHARACTERS_MAX, ROOMS_MAX);
    c.create.languages = name_list_read(r->in, "languages", JSON_TEXT_ID, LANGUAGE_MAX, LANGUAGES_MAX);
    c.create.recorded = json_in_boolean_or(r->in, "record", false);
    c.create.starts_ms = json_in_integer_or(r->in, "starts", 0, JSON_INTEGER_MAX, 0);
    c.create.planned = json_in_boolean_or(r->in, "planned", false);
    const char *why = json_doc_error(r->in.doc) ? json_doc_why(r->in.doc)
                                                : session_names_wrong(&c.create.rooms, &c.create.languages);
    if (why) {
        reply_refuse(d, r->number, true, why);
        return;
    }
    struct sitting *s = session_make(d, &c, r->now_us, &why);
    if (!s) {
        reply_refuse(d, r->number, false, why);
        return;
    }
    struct json_out o;
    reply_open(&o);
    json_put_string(&o, "session", s->id);
    reply_send(d, r->number, &o, s->last_row, r->now_us);
}

const char *link_wrong(const struct desk *d, const struct sitting *s, const struct seat_offer *offer,
                       const char *room)
{
    if (room && !session_room(s->state, room))
        return "The session has no such room.";
    if (offer->role == ROLE_ROOM && !room)
        return "A link for a room must say which room.";
    if (offer->language && !session_has_language(s->state, offer->language))
        return "The session has no such language.";
    if (session_phase(s->state) == SESSION_ENDED)
        return "The session has ended.";
    return d->full ? FULL_WHY : NULL;
}

static void read_link(const struct desk *d, const struct request *r, struct seat_offer *offer,
                      const char **ret_room)
{
    const char *role = json_in_string(r->in, "role", JSON_TEXT_ID, 20);
    if (role_read(role, &offer->role))
        json_doc_fail(r->in.doc, ERR_UNSUPPORTED,
                      "\"role\" must be chair, lecturer, trainee, interpreter, room or operator.");
    *ret_room = json_in_string_or_null(r->in, "room", JSON_TEXT_LINE, NAME_CHARACTERS_MAX);
    offer->name = json_in_string(r->in, "name", JSON_TEXT_LINE, NAME_CHARACTERS_MAX);
    offer->language = json_in_string_or_null(r->in, "language", JSON_TEXT_ID, LANGUAGE_MAX);
    offer->person = json_in_string_or_null(r->in, "person", JSON_TEXT_LINE, PERSON_ID_MAX);
    offer->deputy = json_in_boolean_or(r->in, "deputy", false);
    offer->place = *ret_room ? *ret_room : PLACE_REMOTE;
    offer->expires_ms = wall_ms(d, r->now_us) +
                        1000 * json_in_integer_or(r->in, "expires_s", 1, EXPIRES_MAX_S, EXPIRES_DEFAULT_S);
}

void operator_link(struct desk *d, const struct request *r)
{
    struct sitting *s = request_sitting(d, r);
    struct seat_offer offer = {0};
    struct seat *seat;
    const char *room;
    char token[TOKEN_CHARACTERS + 1], url[sizeof d->config.url + 8 + TOKEN_CHARACTERS];
    if (!s)
        return;
    read_link(d, r, &offer, &room);
    bool misread = json_doc_error(r->in.doc) != ERR_NONE;
    const char *why = misread ? json_doc_why(r->in.doc) : link_wrong(d, s, &offer, room);
    enum err e = why ? ERR_NONE : seat_create(d, s, &offer, r->now_us, token, &seat);
    if (e)
        why = e == ERR_FULL ? "The session has as many links as it can hold."
                            : "The relay is out of memory; try again in a moment.";
    if (why) {
        reply_refuse(d, r->number, misread, why);
        return;
    }
    struct json_out o;
    snprintf(url, sizeof url, "%s/j/%s", d->config.url, token);
    reply_open(&o);
    json_put_string(&o, "url", url);
    json_put_integer(&o, "number", seat->number);
    reply_send(d, r->number, &o, d->row, r->now_us);
}

void operator_link_revoke(struct desk *d, const struct request *r)
{
    struct sitting *s = request_sitting(d, r);
    char why[WHY_MAX];
    if (!s)
        return;
    uint32_t who = request_who(s, r, true, why);
    struct seat *seat = seat_find(s, who);
    bool usage = json_doc_error(r->in.doc) != ERR_NONE;
    const char *said = seat ? seat_withdraw(d, seat, r->now_us) : why;
    if (said) {
        reply_refuse(d, r->number, usage, said);
        return;
    }
    struct json_out o;
    reply_open(&o);
    reply_send(d, r->number, &o, d->row, r->now_us);
}
