/* Tokens of the HTTP interface: opaque, kept only as their SHA-256, with rights, a name and an expiry. */
#include "signal/parts.h"

#include "link/crypto.h"
#include "wire/api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOKENS_MAX            1000                   /* over the relay's life, withdrawn ones too */
#define TOKEN_EXPIRES_S       (90 * 24 * 3600)       /* unless it is said: a season, not for ever */
#define TOKEN_EXPIRES_MAX_S   (10 * 366 * 24 * 3600) /* ten years: longer is a mistyped number */
#define TOKEN_NAME_CHARACTERS 80

void api_token_destroy(struct api_token *t)
{
    if (t)
        free(t->name);
    free(t);
}

static void put_rights(struct json_out *o, unsigned rights)
{
    json_open_array(o, "rights");
    for (unsigned bit = 1; bit <= API_ADMIN; bit *= 2) {
        if (rights & bit)
            json_put_string(o, NULL, api_right_text((enum api_right)bit));
    }
    json_close_array(o);
}

static unsigned read_rights(struct json_in in)
{
    unsigned rights = 0;
    size_t count = json_in_array(in, "rights", 8);
    for (size_t i = 0; i < count; i++) {
        unsigned bit = api_right_read(json_in_array_string(in, "rights", i, JSON_TEXT_ID, 20));
        if (!bit)
            json_doc_fail(in.doc, ERR_UNSUPPORTED, "\"rights\" are of read, sessions, people and admin.");
        rights |= bit;
    }
    if (count == 0)
        json_doc_fail(in.doc, ERR_UNSUPPORTED, "\"rights\" names none: read, sessions, people or admin.");
    return rights;
}

static void put_token(struct json_out *o, const struct api_token *t)
{
    json_put_integer(o, "number", t->number);
    json_put_string(o, "name", t->name[0] ? t->name : NULL);
    put_rights(o, t->rights);
    json_put_integer(o, "created", t->created_ms);
    json_put_integer(o, "expires", t->expires_ms);
    json_put_boolean(o, "revoked", t->revoked);
}

static struct out *token_row(const struct api_token *t, int64_t at_ms)
{
    struct desk_row head = {.kind = ROW_TOKEN, .at_ms = at_ms};
    struct json_out o;
    memcpy(head.token_sha256, t->sha256, TOKEN_SHA256);
    json_out_init(&o);
    json_open_object(&o, NULL);
    put_token(&o, t);
    json_close_object(&o);
    return out_row_make(&head, text_from(&o));
}

static struct api_token *token_make(const char *name)
{
    struct api_token *t = calloc(1, sizeof *t);
    if (t)
        t->name = strdup(name);
    if (t && t->name)
        return t;
    api_token_destroy(t);
    return NULL;
}

static struct api_token *token_numbered(const struct desk *d, int64_t number)
{
    size_t at = 0;
    struct api_token *t;
    while ((t = table_next(d->tokens.table, &at))) {
        if (t->number == number)
            return t;
    }
    return NULL;
}

/* Makes it known and writes its row; takes `t` over on success alone. */
static enum err token_keep(struct desk *d, struct api_token *t)
{
    struct out *row = token_row(t, t->created_ms);
    if (!row)
        return ERR_MEMORY;
    enum err e = registry_put(&d->tokens, t);
    if (e) {
        out_free(row);
        return e;
    }
    out_row_push(d, row);
    return ERR_NONE;
}

static enum err token_invent(struct desk *d, struct api_token *t, char ret_text[TOKEN_CHARACTERS + 1])
{
    uint8_t bytes[TOKEN_BYTES];
    entropy_fill(d->config.entropy, bytes, sizeof bytes);
    token_print(bytes, ret_text);
    t->number = (uint32_t)table_count(d->tokens.table) + 1;
    enum err e = crypto_sha256(ret_text, TOKEN_CHARACTERS, t->sha256);
    return e ? e : token_keep(d, t);
}

void operator_token_create(struct desk *d, const struct request *r)
{
    unsigned rights = read_rights(r->in);
    const char *name = json_in_string_or_null(r->in, "name", JSON_TEXT_LINE, TOKEN_NAME_CHARACTERS);
    int64_t seconds = json_in_integer_or(r->in, "expires_s", 1, TOKEN_EXPIRES_MAX_S, TOKEN_EXPIRES_S);
    char text[TOKEN_CHARACTERS + 1];
    if (request_misread(d, r))
        return;
    if (d->full || table_count(d->tokens.table) >= TOKENS_MAX) {
        reply_refuse(d, r->number, false, d->full ? FULL_WHY : "The relay holds as many tokens as it can.");
        return;
    }
    struct api_token *t = token_make(name ? name : "");
    if (t) {
        t->rights = rights;
        t->created_ms = wall_ms(d, r->now_us);
        t->expires_ms = t->created_ms + 1000 * seconds;
    }
    if (!t || token_invent(d, t, text)) {
        api_token_destroy(t);
        reply_refuse(d, r->number, false, "The relay is out of memory; try again in a moment.");
        return;
    }
    struct json_out o;
    reply_open(&o);
    json_put_string(&o, "token", text);
    put_token(&o, t);
    reply_send(d, r->number, &o, d->row, r->now_us);
}

void operator_token_list(struct desk *d, const struct request *r)
{
    const struct api_token *sorted[TOKENS_MAX + 1] = {NULL}, *t;
    struct json_out o;
    size_t at = 0;
    while ((t = table_next(d->tokens.table, &at)))
        sorted[t->number] = t;
    reply_open(&o);
    json_open_array(&o, "tokens");
    for (uint32_t number = 1; number <= TOKENS_MAX; number++) {
        if (!sorted[number])
            continue;
        json_open_object(&o, NULL);
        put_token(&o, sorted[number]);
        json_close_object(&o);
    }
    json_close_array(&o);
    reply_send(d, r->number, &o, 0, r->now_us);
}

/* A number, or one as text: the part of a path. */
static int64_t read_number(struct json_in in)
{
    if (!json_in_is_string(in, "token"))
        return json_in_integer(in, "token", 1, TOKENS_MAX);
    const char *text = json_in_string(in, "token", JSON_TEXT_ID, 10);
    return text[strspn(text, "0123456789")] == '\0' ? strtoll(text, NULL, 10) : 0;
}

void operator_token_revoke(struct desk *d, const struct request *r)
{
    int64_t number = read_number(r->in);
    if (request_misread(d, r))
        return;
    struct api_token *t = token_numbered(d, number);
    if (!t) {
        reply_refuse(d, r->number, false,
                     "There is no such token; \"aulactl token list\" shows those there are.");
        return;
    }
    bool was = t->revoked;
    t->revoked = true;
    struct out *row = was ? NULL : token_row(t, wall_ms(d, r->now_us));
    if (!was && !row) {
        t->revoked = false;
        reply_refuse(d, r->number, false, "The relay is out of memory; try again in a moment.");
        return;
    }
    if (row)
        out_row_push(d, row);
    struct json_out o;
    reply_open(&o);
    reply_send(d, r->number, &o, d->row, r->now_us);
}

/* --- from disk --- */

static enum err restore_record(struct desk *d, const struct desk_row *row, struct json_in in)
{
    int64_t number = json_in_integer(in, "number", 1, TOKENS_MAX);
    const char *name = json_in_string_or_null(in, "name", JSON_TEXT_LINE, TOKEN_NAME_CHARACTERS);
    struct api_token facts = {.number = (uint32_t)number,
                              .rights = read_rights(in),
                              .created_ms = json_in_integer(in, "created", 0, JSON_INTEGER_MAX),
                              .expires_ms = json_in_integer(in, "expires", 0, JSON_INTEGER_MAX),
                              .revoked = json_in_boolean(in, "revoked")};
    struct api_token *t = table_get(d->tokens.table, row->token_sha256, TOKEN_SHA256);
    if (json_doc_error(in.doc) || (t && t->number != number) || (!t && token_numbered(d, number)))
        return ERR_MALFORMED;
    if (t) {
        t->revoked = facts.revoked;
        return ERR_NONE;
    }
    t = token_make(name ? name : "");
    if (!t)
        return ERR_MEMORY;
    facts.name = t->name;
    *t = facts;
    memcpy(t->sha256, row->token_sha256, TOKEN_SHA256);
    enum err e = registry_put(&d->tokens, t);
    if (e)
        api_token_destroy(t);
    return e;
}

enum err token_restore(struct desk *d, const struct desk_row *row)
{
    struct json_doc *doc;
    enum err e = row_document(row, &doc);
    if (e)
        return e;
    e = restore_record(d, row, json_doc_root(doc));
    json_doc_destroy(doc);
    return e;
}

enum err desk_token_rights(const struct desk *d, const char *token, point_us now_us, unsigned *ret_rights,
                           uint32_t *ret_number)
{
    uint8_t sum[TOKEN_SHA256];
    if (strlen(token) != TOKEN_CHARACTERS || crypto_sha256(token, TOKEN_CHARACTERS, sum))
        return ERR_UNKNOWN;
    const struct api_token *t = table_get(d->tokens.table, sum, sizeof sum);
    if (!t || t->revoked || wall_ms(d, now_us) >= t->expires_ms)
        return ERR_UNKNOWN;
    *ret_rights = t->rights;
    *ret_number = t->number;
    return ERR_NONE;
}
