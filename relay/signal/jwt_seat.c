/* A portal's own link: a JWT with a link's claims opens the seat of its person in its session, which is made
 * the first time. Whoever was withdrawn or removed stays out, whatever is signed for him later. */
#include "signal/parts.h"

#include "link/crypto.h"
#include "signal/jwt.h"

#include <stdio.h>
#include <string.h>

/* The seat's key: the same for every token of this person and session. */
static enum err seat_key(const char *session, const char *person, uint8_t ret_key[TOKEN_SHA256])
{
    char text[SESSION_ID_MAX + 4 * PERSON_ID_MAX + 8];
    int len = snprintf(text, sizeof text, "jwt %s %s", session, person);
    return crypto_sha256(text, (size_t)len, ret_key);
}

/* False: a claim is wrong, or says what no link may. */
static bool read_claims(const struct desk *d, const struct sitting *s, struct json_in in,
                        struct seat_offer *ret_offer)
{
    const char *place = json_in_string_or_null(in, "place", JSON_TEXT_LINE, NAME_CHARACTERS_MAX);
    const char *room = place && strcmp(place, PLACE_REMOTE) != 0 ? place : NULL;
    bool role = !role_read(json_in_string(in, "role", JSON_TEXT_ID, 20), &ret_offer->role);
    ret_offer->person = json_in_string(in, "sub", JSON_TEXT_LINE, PERSON_ID_MAX);
    ret_offer->name = json_in_string(in, "name", JSON_TEXT_LINE, NAME_CHARACTERS_MAX);
    ret_offer->language = json_in_string_or_null(in, "language", JSON_TEXT_ID, LANGUAGE_MAX);
    ret_offer->deputy = json_in_boolean_or(in, "deputy", false);
    ret_offer->place = room ? room : PLACE_REMOTE;
    ret_offer->expires_ms = (int64_t)(1000 * json_in_number(in, "exp", 0, 9e12));
    return role && !json_doc_error(in.doc) && !link_wrong(d, s, ret_offer, room);
}

static struct seat *seat_of_claims(struct desk *d, struct json_in in, point_us now_us)
{
    const char *session = json_in_string(in, "session", JSON_TEXT_ID, SESSION_ID_MAX);
    const char *person = json_in_string(in, "sub", JSON_TEXT_LINE, PERSON_ID_MAX);
    uint8_t key[TOKEN_SHA256];
    struct seat_offer offer = {0};
    struct sitting *s = json_doc_error(in.doc) ? NULL : sitting_find(d, session);
    if (!s || seat_key(session, person, key))
        return NULL;
    struct seat *seat = table_get(d->seats.table, key, TOKEN_SHA256);
    if (seat && (seat->revoked || session_phase(s->state) == SESSION_ENDED))
        return seat->revoked ? NULL : seat; /* who comes late hears that it is over */
    if (!read_claims(d, s, in, &offer) || seat_settle(d, s, key, &offer, now_us))
        return NULL;
    seat = table_get(d->seats.table, key, TOKEN_SHA256);
    return seat && !seat->revoked ? seat : NULL;
}

struct seat *jwt_seat(struct desk *d, const char *token, point_us now_us)
{
    struct json_doc *claims;
    if (d->config.jwt_secret_len < JWT_SECRET_MIN || !strchr(token, '.') ||
        jwt_open(token, d->config.jwt_secret, d->config.jwt_secret_len, wall_ms(d, now_us) / 1000, &claims))
        return NULL;
    struct seat *seat = seat_of_claims(d, json_doc_root(claims), now_us);
    json_doc_destroy(claims);
    return seat;
}

void desk_use_jwt_secret(struct desk *d, const void *secret, size_t len)
{
    d->config.jwt_secret = secret;
    d->config.jwt_secret_len = len;
}
