/* A programme's pieces as JSON: as they are asked for, and as they lie on disk. */
#include "signal/programme.h"

#include <stdio.h>
#include <string.h>

#define HEX_LEN (2 * TOKEN_SHA256)

static const char *const kinds[] = {"programme", "session", "person"};

static const char *key_of(struct json_in in, const char *member)
{
    return json_in_string(in, member, JSON_TEXT_ID, KEY_MAX);
}

static void read_slots(struct json_in in, struct programme_piece *p)
{
    p->slot_count = json_in_array_or_none(in, "slots", SLOTS_MAX);
    for (size_t i = 0; i < p->slot_count; i++) {
        struct json_in one = json_in_array_object(in, "slots", i);
        p->slots[i] = (struct slot){
            .starts_ms = json_in_integer(one, "starts", 1, JSON_INTEGER_MAX),
            .seconds = (uint32_t)json_in_integer(one, "seconds", 1, TIMER_SECONDS_MAX),
            .who = json_in_string_or_null(one, "who", JSON_TEXT_ID, KEY_MAX),
            .title = json_in_string_or_null(one, "title", JSON_TEXT_LINE, TITLE_CHARACTERS_MAX)};
    }
}

static void read_session(struct json_in in, bool from_disk, struct programme_piece *p)
{
    p->title = json_in_string(in, "title", JSON_TEXT_LINE, TITLE_CHARACTERS_MAX);
    p->zone = json_in_string(in, "zone", JSON_TEXT_LINE, TITLE_CHARACTERS_MAX);
    p->starts_ms = json_in_integer(in, "starts", 1, JSON_INTEGER_MAX);
    p->ends_ms = json_in_integer(in, "ends", 1, JSON_INTEGER_MAX);
    p->backstage_min = json_in_integer_or(in, "backstage", 0, BACKSTAGE_MAX_MIN, 0);
    p->rooms = name_list_read(in, "rooms", JSON_TEXT_LINE, NAME_CHARACTERS_MAX, ROOMS_MAX);
    p->languages = name_list_read(in, "languages", JSON_TEXT_ID, LANGUAGE_MAX, LANGUAGES_MAX);
    p->chairs = name_list_read(in, "chairs", JSON_TEXT_ID, KEY_MAX, PLANNED_MAX);
    p->lecturers = name_list_read(in, "lecturers", JSON_TEXT_ID, KEY_MAX, PLANNED_MAX);
    p->record = json_in_boolean_or(in, "record", false);
    p->opens = json_in_boolean_or(in, "opens", false);
    read_slots(in, p);
    if (from_disk)
        p->session = json_in_string(in, "session", JSON_TEXT_ID, SESSION_ID_MAX);
    if (p->ends_ms <= p->starts_ms)
        json_doc_fail(in.doc, ERR_UNSUPPORTED, "A session must end after it starts.");
}

static enum role role_of(struct json_in in)
{
    enum role role = ROLE_TRAINEE;
    if (role_read(json_in_string(in, "role", JSON_TEXT_ID, 20), &role))
        json_doc_fail(in.doc, ERR_UNSUPPORTED,
                      "\"role\" must be chair, lecturer, trainee, interpreter, room or operator.");
    return role;
}

static void read_token(struct json_in in, struct programme_piece *p)
{
    const char *hex = json_in_string(in, "token", JSON_TEXT_ID, HEX_LEN);
    for (int i = 0; i < TOKEN_SHA256; i++) {
        unsigned byte = 0;
        if (strlen(hex) != HEX_LEN || sscanf(hex + 2 * i, "%2x", &byte) != 1)
            json_doc_fail(in.doc, ERR_MALFORMED, "\"token\" is no SHA-256.");
        if (json_doc_error(in.doc))
            return;
        p->token_sha256[i] = (uint8_t)byte;
    }
}

static void read_person(struct json_in in, bool from_disk, struct programme_piece *p)
{
    p->name = json_in_string(in, "name", JSON_TEXT_LINE, NAME_CHARACTERS_MAX);
    p->address = json_in_string_or_null(in, "address", JSON_TEXT_LINE, ADDRESS_MAX);
    p->country = json_in_string_or_null(in, "country", JSON_TEXT_LINE, COUNTRY_MAX);
    p->place = json_in_string_or_null(in, "place", JSON_TEXT_LINE, NAME_CHARACTERS_MAX);
    p->language = json_in_string_or_null(in, "language", JSON_TEXT_ID, LANGUAGE_MAX);
    p->role = role_of(in);
    p->seat_count = json_in_array_or_none(in, "seats", PLANNED_MAX);
    for (size_t i = 0; i < p->seat_count; i++) {
        struct json_in one = json_in_array_object(in, "seats", i);
        p->seats[i].key = key_of(one, "session");
        p->seats[i].role = role_of(one);
    }
    if (from_disk) {
        p->withdrawn = json_in_boolean(in, "withdrawn");
        p->erased = json_in_boolean_or(in, "erased", false);
        read_token(in, p);
    }
}

void piece_read(struct json_in in, int kind, bool from_disk, struct programme_piece *ret_piece)
{
    struct programme_piece p = {.kind = PIECE_PROGRAMME};
    if (from_disk) {
        const char *named = json_in_string(in, "piece", JSON_TEXT_ID, 20);
        for (kind = PIECE_PERSON; kind > PIECE_PROGRAMME && strcmp(named, kinds[kind]) != 0;)
            kind--;
        if (strcmp(named, kinds[kind]) != 0)
            json_doc_fail(in.doc, ERR_MALFORMED, "\"piece\" is of no known kind.");
    }
    if (from_disk || kind != PIECE_PROGRAMME)
        p.programme = json_in_string(in, "programme", JSON_TEXT_ID, SESSION_ID_MAX);
    p.key = key_of(in, "key");
    if (kind == PIECE_SESSION) {
        p.kind = PIECE_SESSION;
        read_session(in, from_disk, &p);
    } else if (kind == PIECE_PERSON) {
        p.kind = PIECE_PERSON;
        read_person(in, from_disk, &p);
    } else {
        p.title = json_in_string(in, "title", JSON_TEXT_LINE, TITLE_CHARACTERS_MAX);
        p.zone = json_in_string(in, "zone", JSON_TEXT_LINE, TITLE_CHARACTERS_MAX);
        p.text = json_in_string_or_null(in, "text", JSON_TEXT_BLOCK, PROGRAMME_TEXT_MAX);
    }
    *ret_piece = p;
}

static void put_names(struct json_out *o, const char *member, const struct name_list *list)
{
    json_open_array(o, member);
    for (size_t i = 0; i < list->count; i++)
        json_put_string(o, NULL, list->at[i]);
    json_close_array(o);
}

static void put_where(struct json_out *o, const char *member, const char *value)
{
    if (value)
        json_put_string(o, member, value);
}

static void write_session(struct json_out *o, const struct programme_piece *p)
{
    json_put_string(o, "session", p->session);
    json_put_string(o, "title", p->title);
    json_put_string(o, "zone", p->zone);
    json_put_integer(o, "starts", p->starts_ms);
    json_put_integer(o, "ends", p->ends_ms);
    json_put_integer(o, "backstage", p->backstage_min);
    put_names(o, "rooms", &p->rooms);
    put_names(o, "languages", &p->languages);
    put_names(o, "chairs", &p->chairs);
    put_names(o, "lecturers", &p->lecturers);
    json_put_boolean(o, "record", p->record);
    if (p->opens)
        json_put_boolean(o, "opens", true);
    json_open_array(o, "slots");
    for (size_t i = 0; i < p->slot_count; i++) {
        json_open_object(o, NULL);
        json_put_integer(o, "starts", p->slots[i].starts_ms);
        json_put_integer(o, "seconds", p->slots[i].seconds);
        put_where(o, "who", p->slots[i].who);
        put_where(o, "title", p->slots[i].title);
        json_close_object(o);
    }
    json_close_array(o);
}

static void write_person(struct json_out *o, const struct programme_piece *p)
{
    char hex[HEX_LEN + 1];
    for (int i = 0; i < TOKEN_SHA256; i++)
        snprintf(hex + 2 * i, 3, "%02x", p->token_sha256[i]);
    json_put_string(o, "name", p->name);
    put_where(o, "address", p->address);
    put_where(o, "country", p->country);
    put_where(o, "place", p->place);
    put_where(o, "language", p->language);
    json_put_string(o, "role", role_text(p->role));
    json_open_array(o, "seats");
    for (size_t i = 0; i < p->seat_count; i++) {
        json_open_object(o, NULL);
        json_put_string(o, "session", p->seats[i].key);
        json_put_string(o, "role", role_text(p->seats[i].role));
        json_close_object(o);
    }
    json_close_array(o);
    json_put_boolean(o, "withdrawn", p->withdrawn);
    json_put_string(o, "token", hex);
    if (p->erased)
        json_put_boolean(o, "erased", true);
}

struct text *piece_text(const struct programme_piece *p)
{
    struct json_out o;
    json_out_init(&o);
    json_open_object(&o, NULL);
    json_put_string(&o, "piece", kinds[p->kind]);
    json_put_string(&o, "programme", p->programme);
    json_put_string(&o, "key", p->key);
    if (p->kind == PIECE_SESSION) {
        write_session(&o, p);
    } else if (p->kind == PIECE_PERSON) {
        write_person(&o, p);
    } else {
        json_put_string(&o, "title", p->title);
        json_put_string(&o, "zone", p->zone);
        put_where(&o, "text", p->text);
    }
    json_close_object(&o);
    return text_from(&o);
}
