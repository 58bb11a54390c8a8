/* Join links: an opaque token, kept only as its SHA-256, bound to person, role, place and expiry. */
#include "signal/parts.h"

#include "link/crypto.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEATS_MAX PEOPLE_MAX /* links of one session: each is a person's */

struct seat *seat_find(const struct sitting *s, uint32_t number)
{
    return number >= 1 && number <= s->seat_count ? s->seats[number - 1] : NULL;
}

void seat_destroy(struct seat *seat)
{
    if (!seat)
        return;
    free(seat->name);
    free(seat->place);
    free(seat->language);
    free(seat->person);
    free(seat->peer);
    free(seat);
}

void token_print(const uint8_t bytes[TOKEN_BYTES], char ret_token[TOKEN_CHARACTERS + 1])
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    uint32_t bits = 0;
    int held = 0;
    char *at = ret_token;
    for (int i = 0; i < TOKEN_BYTES; i++) {
        bits = bits << 8 | bytes[i];
        for (held += 8; held >= 6; held -= 6)
            *at++ = digits[bits >> (held - 6) & 63];
    }
    *at++ = digits[bits << (6 - held) & 63];
    *at = '\0';
}

static struct text *record_text(const struct seat *seat)
{
    struct json_out o;
    json_out_init(&o);
    json_open_object(&o, NULL);
    json_put_integer(&o, "number", seat->number);
    json_put_string(&o, "name", seat->name);
    json_put_string(&o, "role", role_text(seat->role));
    json_put_string(&o, "place", seat->place);
    if (seat->language)
        json_put_string(&o, "language", seat->language);
    if (seat->person)
        json_put_string(&o, "person", seat->person);
    if (seat->deputy)
        json_put_boolean(&o, "deputy", true);
    json_put_integer(&o, "expires", seat->expires_ms);
    json_put_boolean(&o, "revoked", seat->revoked);
    json_close_object(&o);
    return text_from(&o);
}

static struct out *record_row(const struct desk *d, const struct seat *seat, point_us now_us)
{
    struct desk_row head = {.kind = ROW_LINK, .at_ms = wall_ms(d, now_us)};
    memcpy(head.session, seat->sitting->id, sizeof head.session);
    memcpy(head.token_sha256, seat->token_sha256, TOKEN_SHA256);
    return out_row_make(&head, record_text(seat));
}

static enum err make_room(struct sitting *s, uint32_t number)
{
    if (number > SEATS_MAX)
        return ERR_FULL;
    if (number <= s->seats_size)
        return ERR_NONE;
    uint32_t size = s->seats_size ? s->seats_size : 8;
    while (size < number)
        size *= 2;
    struct seat **seats = realloc(s->seats, size * sizeof(struct seat *));
    if (!seats)
        return ERR_MEMORY;
    memset(seats + s->seats_size, 0, (size - s->seats_size) * sizeof(struct seat *));
    s->seats = seats;
    s->seats_size = size;
    return ERR_NONE;
}

static struct seat *seat_make(struct sitting *s, uint32_t number, const struct seat_offer *offer)
{
    struct seat *seat = calloc(1, sizeof *seat);
    if (!seat)
        return NULL;
    seat->sitting = s;
    seat->number = number;
    seat->name = strdup(offer->name);
    seat->place = strdup(offer->place);
    seat->language = offer->language ? strdup(offer->language) : NULL;
    seat->person = offer->person ? strdup(offer->person) : NULL;
    seat->role = offer->role;
    seat->deputy = offer->deputy;
    seat->expires_ms = offer->expires_ms;
    if (seat->name && seat->place && (seat->language || !offer->language) && (seat->person || !offer->person))
        return seat;
    seat_destroy(seat);
    return NULL;
}

/* Puts a seat into its session and among the tokens; takes it over in any case. */
static enum err seat_put(struct desk *d, struct seat *seat)
{
    struct sitting *s = seat->sitting;
    enum err e = make_room(s, seat->number);
    if (!e)
        e = registry_put(&d->seats, seat);
    if (e) {
        seat_destroy(seat);
        return e;
    }
    s->seats[seat->number - 1] = seat;
    if (seat->number > s->seat_count)
        s->seat_count = seat->number;
    return ERR_NONE;
}

/* With its key set: among the session's seats, and onto disk. Takes the seat over in any case. */
static enum err seat_add(struct desk *d, struct seat *seat, point_us now_us)
{
    struct out *row = record_row(d, seat, now_us);
    if (!row) {
        seat_destroy(seat);
        return ERR_MEMORY;
    }
    enum err e = seat_put(d, seat);
    if (e)
        out_free(row);
    else
        out_row_push(d, row);
    return e;
}

enum err seat_create(struct desk *d, struct sitting *s, const struct seat_offer *offer, point_us now_us,
                     char ret_token[TOKEN_CHARACTERS + 1], struct seat **ret_seat)
{
    uint8_t bytes[TOKEN_BYTES];
    char token[TOKEN_CHARACTERS + 1];
    struct seat *seat = seat_make(s, s->seat_count + 1, offer);
    if (!seat)
        return ERR_MEMORY;
    entropy_fill(d->config.entropy, bytes, sizeof bytes);
    token_print(bytes, token);
    enum err e = crypto_sha256(token, TOKEN_CHARACTERS, seat->token_sha256);
    if (e) {
        seat_destroy(seat);
        return e;
    }
    e = seat_add(d, seat, now_us);
    if (e)
        return e;
    memcpy(ret_token, token, sizeof token);
    *ret_seat = seat;
    return ERR_NONE;
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool is_as(const struct seat *seat, const struct seat_offer *offer)
{
    return same_text(seat->name, offer->name) && same_text(seat->place, offer->place) &&
           same_text(seat->language, offer->language) && same_text(seat->person, offer->person) &&
           seat->role == offer->role && seat->deputy == offer->deputy &&
           seat->expires_ms == offer->expires_ms && !seat->revoked;
}

/* What the offer says instead of what was said. False where memory is short: nothing has changed. */
static bool become(struct seat *seat, const struct seat_offer *offer)
{
    struct seat *other = seat_make(seat->sitting, seat->number, offer);
    if (!other)
        return false;
    struct seat old = *seat;
    seat->name = other->name;
    seat->place = other->place;
    seat->language = other->language;
    seat->person = other->person;
    seat->role = offer->role;
    seat->deputy = offer->deputy;
    seat->expires_ms = offer->expires_ms;
    other->name = old.name;
    other->place = old.place;
    other->language = old.language;
    other->person = old.person;
    seat_destroy(other);
    return true;
}

enum err seat_settle(struct desk *d, struct sitting *s, const uint8_t key[TOKEN_SHA256],
                     const struct seat_offer *offer, point_us now_us)
{
    struct seat *seat = table_get(d->seats.table, key, TOKEN_SHA256);
    if (seat && is_as(seat, offer))
        return ERR_NONE;
    if (!seat) {
        seat = seat_make(s, s->seat_count + 1, offer);
        if (!seat)
            return ERR_MEMORY;
        memcpy(seat->token_sha256, key, TOKEN_SHA256);
        return seat_add(d, seat, now_us);
    }
    if (!become(seat, offer))
        return ERR_MEMORY;
    seat->revoked = session_removed(s->state, seat->number); /* who was removed stays out */
    struct out *row = record_row(d, seat, now_us);
    if (row)
        out_row_push(d, row);
    return row ? ERR_NONE : ERR_MEMORY;
}

const char *seat_withdraw(struct desk *d, struct seat *seat, point_us now_us)
{
    struct sitting *s = seat->sitting;
    struct action a = {.verb = VERB_REMOVE, .who = seat->number};
    struct command c = {.kind = COMMAND_ACTION, .at_ms = wall_ms(d, now_us)};
    uint64_t n;
    const char *why = "The relay is out of memory; try again in a moment.";
    c.action.action = &a;
    /* Whoever has joined with it goes out with it. */
    if (session_person(s->state, seat->number) && session_phase(s->state) != SESSION_ENDED)
        return sitting_do(d, s, &c, now_us, &n, &why) ? why : NULL;
    return seat_revoke(d, seat, now_us) ? why : NULL;
}

enum err seat_revoke(struct desk *d, struct seat *seat, point_us now_us)
{
    if (seat->revoked)
        return ERR_NONE;
    seat->revoked = true;
    struct out *row = record_row(d, seat, now_us);
    if (!row) {
        seat->revoked = false;
        return ERR_MEMORY;
    }
    out_row_push(d, row);
    return ERR_NONE;
}

struct seat *seat_of_token(struct desk *d, const char *token, point_us now_us)
{
    uint8_t sum[TOKEN_SHA256];
    if (crypto_sha256(token, strlen(token), sum))
        return NULL;
    struct seat *seat = table_get(d->seats.table, sum, sizeof sum);
    if (!seat)
        seat = programme_seat(d, sum, now_us);
    if (!seat)
        return jwt_seat(d, token, now_us);
    return !seat->revoked && wall_ms(d, now_us) < seat->expires_ms ? seat : NULL;
}

static enum err record_read(struct json_in in, struct seat_offer *ret_offer, uint32_t *ret_number,
                            bool *ret_revoked)
{
    *ret_number = (uint32_t)json_in_integer(in, "number", 1, SEATS_MAX);
    ret_offer->name = json_in_string(in, "name", JSON_TEXT_LINE, NAME_CHARACTERS_MAX);
    ret_offer->place = json_in_string(in, "place", JSON_TEXT_LINE, NAME_CHARACTERS_MAX);
    ret_offer->language = json_in_string_or_null(in, "language", JSON_TEXT_ID, LANGUAGE_MAX);
    ret_offer->person = json_in_string_or_null(in, "person", JSON_TEXT_LINE, PERSON_ID_MAX);
    ret_offer->deputy = json_in_boolean_or(in, "deputy", false);
    ret_offer->expires_ms = json_in_integer(in, "expires", 0, JSON_INTEGER_MAX);
    *ret_revoked = json_in_boolean(in, "revoked");
    if (role_read(json_in_string(in, "role", JSON_TEXT_ID, 20), &ret_offer->role))
        return ERR_MALFORMED;
    return json_doc_error(in.doc) ? ERR_MALFORMED : ERR_NONE;
}

static enum err restore_record(struct desk *d, const struct desk_row *row, struct json_in in)
{
    struct sitting *s = sitting_find(d, row->session);
    struct seat_offer offer = {0};
    uint32_t number = 0;
    bool revoked = false;
    enum err e = s ? record_read(in, &offer, &number, &revoked) : ERR_MALFORMED;
    if (e)
        return e;
    struct seat *seat = table_get(d->seats.table, row->token_sha256, TOKEN_SHA256);
    if (seat) {
        if (seat->sitting != s || seat->number != number)
            return ERR_MALFORMED;
        seat->revoked = revoked;
        return become(seat, &offer) ? ERR_NONE : ERR_MEMORY;
    }
    if (seat_find(s, number))
        return ERR_MALFORMED;
    seat = seat_make(s, number, &offer);
    if (!seat)
        return ERR_MEMORY;
    memcpy(seat->token_sha256, row->token_sha256, TOKEN_SHA256);
    seat->revoked = revoked;
    return seat_put(d, seat);
}

enum err seat_restore(struct desk *d, const struct desk_row *row)
{
    struct json_doc *doc;
    enum err e = row_document(row, &doc);
    if (e)
        return e;
    e = restore_record(d, row, json_doc_root(doc));
    json_doc_destroy(doc);
    return e;
}
