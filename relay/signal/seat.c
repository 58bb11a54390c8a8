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

/* base64url (RFC 4648 §5) without padding. */
static void token_print(const uint8_t bytes[TOKEN_BYTES], char ret_token[TOKEN_CHARACTERS + 1])
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
    struct out *row = e ? NULL : record_row(d, seat, now_us);
    if (!row) {
        seat_destroy(seat);
        return e ? e : ERR_MEMORY;
    }
    e = seat_put(d, seat);
    if (e) {
        out_free(row);
        return e;
    }
    out_row_push(d, row);
    memcpy(ret_token, token, sizeof token);
    *ret_seat = seat;
    return ERR_NONE;
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

struct seat *seat_of_token(const struct desk *d, const char *token, point_us now_us)
{
    uint8_t sum[TOKEN_SHA256];
    if (crypto_sha256(token, strlen(token), sum))
        return NULL;
    struct seat *seat = table_get(d->seats.table, sum, sizeof sum);
    return seat && !seat->revoked && wall_ms(d, now_us) < seat->expires_ms ? seat : NULL;
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
        seat->revoked = revoked;
        seat->expires_ms = offer.expires_ms;
        return seat->sitting == s && seat->number == number ? ERR_NONE : ERR_MALFORMED;
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
    char why[JSON_WHY_MAX];
    enum err e = json_doc_read(row->text, row->len, SENTENCE_MAX, &doc, why);
    if (e)
        return e == ERR_MEMORY ? e : ERR_MALFORMED;
    e = restore_record(d, row, json_doc_root(doc));
    json_doc_destroy(doc);
    return e;
}
