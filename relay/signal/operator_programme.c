/* The operator's door: programmes. Their pieces come one a request, programme, sessions, people; the same
 * piece again changes nothing. */
#include "signal/programme.h"

#include "link/crypto.h"

#include <stdio.h>
#include <string.h>

/* The programme that a request names; NULL, and the reply has been given. */
struct programme *programme_named(struct desk *d, const struct request *r)
{
    const char *id = json_in_string(r->in, "programme", JSON_TEXT_ID, 200);
    char why[WHY_MAX];
    if (request_misread(d, r))
        return NULL;
    struct programme *p = programme_find(d, id);
    if (!p)
        p = programme_of_key(d, id);
    snprintf(why, sizeof why,
             "There is no programme \"%.60s\"; \"aulactl programme list\" shows those there are.", id);
    if (!p)
        reply_refuse(d, r->number, false, why);
    return p;
}

void programme_refuse(struct desk *d, const struct request *r, enum err e)
{
    reply_refuse(d, r->number, false,
                 e == ERR_FULL ? "The relay holds as many of these as it can." : MEMORY_WHY);
}

bool piece_is_same(const struct text *old, const struct programme_piece *piece)
{
    struct text *text = old ? piece_text(piece) : NULL;
    bool same = text && text->len == old->len && memcmp(text->bytes, old->bytes, text->len) == 0;
    text_release(text);
    return same;
}

void programme_reply(struct desk *d, const struct request *r, const struct piece_reply *reply)
{
    struct json_out o;
    reply_open(&o);
    json_put_boolean(&o, "changed", reply->changed);
    json_put_string(&o, reply->member, reply->value);
    if (reply->note && reply->note[0])
        json_put_string(&o, "note", reply->note);
    reply_send(d, r->number, &o, d->row, r->now_us);
}

void operator_programme(struct desk *d, const struct request *r)
{
    struct programme_piece piece;
    char id[SESSION_ID_MAX + 1];
    piece_read(r->in, PIECE_PROGRAMME, false, &piece);
    if (request_misread(d, r))
        return;
    const struct programme *p = programme_of_key(d, piece.key);
    if (p)
        memcpy(id, p->id, sizeof id);
    else
        session_new_id(d, id);
    piece.programme = id;
    bool changed = !p || !piece_is_same(p->text, &piece);
    enum err e = changed ? programme_write(d, &piece, r->now_us) : ERR_NONE;
    if (e)
        programme_refuse(d, r, e);
    else
        programme_reply(d, r, &(struct piece_reply){changed, "programme", id, NULL});
}

/* ---- people ---- */

/* His seat in one session: made, or brought up to date. */
static const char *seat_one(struct desk *d, const struct programme *p, const struct programme_piece *piece,
                            size_t i, point_us now_us)
{
    const struct planned *one = planned_find(p, piece->seats[i].key);
    struct sitting *s = one ? sitting_find(d, one->session) : NULL;
    char identity[PERSON_ID_MAX + 1];
    uint8_t key[TOKEN_SHA256];
    if (!one)
        return "The programme has no such session: load its sessions first.";
    if (!s || session_phase(s->state) == SESSION_ENDED)
        return NULL; /* it is over, and stays as it was */
    snprintf(identity, sizeof identity, "%s.%s", p->id, piece->key);
    bool has_room = piece->place && session_room(s->state, piece->place) > 0;
    bool speaks = piece->language && session_has_language(s->state, piece->language);
    struct seat_offer offer = {.name = piece->name,
                               .place = has_room ? piece->place : PLACE_REMOTE,
                               .language = speaks ? piece->language : NULL,
                               .person = identity,
                               .role = piece->seats[i].role,
                               .expires_ms = one->ends_ms + LINK_AFTER_END_MS};
    if (offer.role == ROLE_ROOM && !has_room)
        return "Who has the role room needs a place that is a room of the session.";
    if (programme_seat_key(piece->token_sha256, one->session, key))
        return MEMORY_WHY;
    enum err e = seat_settle(d, s, key, &offer, now_us);
    return e == ERR_FULL ? "The session has as many links as it can hold." : e ? MEMORY_WHY : NULL;
}

/* Seats in sessions in which he is not any more are withdrawn. */
static const char *leave_others(struct desk *d, const struct programme *p,
                                const struct programme_piece *piece, point_us now_us)
{
    for (const struct planned *one = p->planned; one; one = one->next) {
        uint8_t key[TOKEN_SHA256];
        bool in = false;
        for (size_t i = 0; i < piece->seat_count; i++)
            in = in || strcmp(piece->seats[i].key, one->key) == 0;
        if (in && !piece->withdrawn)
            continue;
        if (programme_seat_key(piece->token_sha256, one->session, key))
            return MEMORY_WHY;
        struct seat *seat = table_get(d->seats.table, key, sizeof key);
        const char *why = seat ? seat_withdraw(d, seat, now_us) : NULL;
        if (why)
            return why;
    }
    return NULL;
}

static const char *settle(struct desk *d, const struct programme *p, const struct programme_piece *piece,
                          point_us now_us)
{
    const char *why = d->full ? FULL_WHY : NULL;
    for (size_t i = 0; i < piece->seat_count && !why && !piece->withdrawn; i++)
        why = seat_one(d, p, piece, i, now_us);
    return why ? why : leave_others(d, p, piece, now_us);
}

static void url_of(const struct desk *d, const char *token, char *url, size_t url_size)
{
    snprintf(url, url_size, "%s/j/%s", d->config.url, token);
}

void operator_programme_person(struct desk *d, const struct request *r)
{
    struct programme *p = programme_named(d, r);
    struct programme_piece piece;
    char token[TOKEN_CHARACTERS + 1], url[sizeof d->config.url + 8 + TOKEN_CHARACTERS];
    if (!p)
        return;
    piece_read(r->in, PIECE_PERSON, false, &piece);
    if (request_misread(d, r))
        return;
    const struct enrolled *one = enrolled_find(p, piece.key);
    piece.programme = p->id;
    if (one && one->erased) {
        reply_refuse(d, r->number, false,
                     "This person was erased and is not taken again: take the section out of the file.");
        return;
    }
    const char *why = programme_token(d, p->id, piece.key, token) ? MEMORY_WHY : NULL;
    if (!why && crypto_sha256(token, TOKEN_CHARACTERS, piece.token_sha256))
        why = MEMORY_WHY;
    if (!why && one) {
        memcpy(piece.token_sha256, one->token_sha256, TOKEN_SHA256);
        piece.withdrawn = one->withdrawn;
    }
    if (!why && !one && p->enrolled_count >= ENROLLED_MAX)
        why = "The programme has as many people as it can hold.";
    bool changed = !one || !piece_is_same(one->text, &piece);
    enum err e = !why && changed ? programme_write(d, &piece, r->now_us) : ERR_NONE;
    if (!why)
        why = e ? MEMORY_WHY : settle(d, p, &piece, r->now_us);
    if (!why)
        why = agenda_of_speaker(d, p, piece.key, r->now_us);
    url_of(d, token, url, sizeof url);
    if (why)
        reply_refuse(d, r->number, false, why);
    else
        programme_reply(d, r, &(struct piece_reply){changed, "url", url, NULL});
}

/* Takes a person's link away in all sessions, or gives it back. */
void operator_programme_withdraw(struct desk *d, const struct request *r)
{
    struct programme *p = programme_named(d, r);
    struct json_doc *doc;
    struct programme_piece piece;
    char whole[JSON_WHY_MAX];
    if (!p)
        return;
    const char *key = json_in_string(r->in, "person", JSON_TEXT_ID, KEY_MAX);
    if (request_misread(d, r))
        return;
    const struct enrolled *one = enrolled_find(p, key);
    if (!one) {
        reply_refuse(d, r->number, false,
                     "The programme has nobody with that key; \"aulactl programme show\" lists them.");
        return;
    }
    if (json_doc_read(one->text->bytes, one->text->len, SENTENCE_MAX, &doc, whole)) {
        reply_refuse(d, r->number, false, MEMORY_WHY);
        return;
    }
    piece_read(json_doc_root(doc), 0, true, &piece);
    piece.withdrawn = true;
    enum err e = one->withdrawn ? ERR_NONE : programme_write(d, &piece, r->now_us);
    const char *why = e ? MEMORY_WHY : leave_others(d, p, &piece, r->now_us);
    json_doc_destroy(doc);
    if (why) {
        reply_refuse(d, r->number, false, why);
        return;
    }
    struct json_out o;
    reply_open(&o);
    reply_send(d, r->number, &o, d->row, r->now_us);
}

/* ---- looking ---- */

void operator_programme_list(struct desk *d, const struct request *r)
{
    struct json_out o;
    reply_open(&o);
    json_open_array(&o, "programmes");
    for (const struct programme *p = d->programmes; p; p = p->next) {
        json_open_object(&o, NULL);
        json_put_string(&o, "id", p->id);
        json_put_members(&o, p->text->bytes, p->text->len);
        json_put_integer(&o, "sessions", (int64_t)p->planned_count);
        json_put_integer(&o, "people", (int64_t)p->enrolled_count);
        json_close_object(&o);
    }
    json_close_array(&o);
    reply_send(d, r->number, &o, 0, r->now_us);
}

static void put_planned(struct json_out *o, const struct desk *d, const struct planned *one)
{
    const struct sitting *s = sitting_find(d, one->session);
    json_open_object(o, NULL);
    json_put_members(o, one->text->bytes, one->text->len);
    json_put_string(o, "state", session_state_text(s ? session_phase(s->state) : SESSION_ENDED));
    json_close_object(o);
}

/* The link is told where it is the one that was given out: after the relay's key was lost it is not known. */
static void put_enrolled(struct json_out *o, const struct desk *d, const struct enrolled *one)
{
    char token[TOKEN_CHARACTERS + 1], url[sizeof d->config.url + 8 + TOKEN_CHARACTERS];
    uint8_t sum[TOKEN_SHA256];
    json_open_object(o, NULL);
    json_put_members(o, one->text->bytes, one->text->len);
    bool known = !programme_token(d, one->programme->id, one->key, token) &&
                 !crypto_sha256(token, TOKEN_CHARACTERS, sum) &&
                 memcmp(sum, one->token_sha256, TOKEN_SHA256) == 0 && !one->withdrawn;
    url_of(d, token, url, sizeof url);
    if (known)
        json_put_string(o, "url", url);
    json_close_object(o);
}

void operator_programme_show(struct desk *d, const struct request *r)
{
    const struct programme *p = programme_named(d, r);
    struct json_out o;
    if (!p)
        return;
    reply_open(&o);
    json_open_object(&o, "programme");
    json_put_string(&o, "id", p->id);
    json_put_members(&o, p->text->bytes, p->text->len);
    json_open_array(&o, "sessions");
    for (const struct planned *one = p->planned; one; one = one->next)
        put_planned(&o, d, one);
    json_close_array(&o);
    json_open_array(&o, "people");
    for (const struct enrolled *one = p->enrolled; one; one = one->next)
        put_enrolled(&o, d, one);
    json_close_array(&o);
    json_close_object(&o);
    reply_send(d, r->number, &o, 0, r->now_us);
}
