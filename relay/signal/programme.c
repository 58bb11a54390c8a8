/* Programmes in memory and on disk, and what a person's one link opens. */
#include "signal/programme.h"

#include "link/crypto.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct programme *programme_find(const struct desk *d, const char *id)
{
    struct programme *p = d->programmes;
    while (p && strcmp(p->id, id) != 0)
        p = p->next;
    return p;
}

struct programme *programme_of_key(const struct desk *d, const char *key)
{
    struct programme *p = d->programmes;
    while (p && strcmp(p->key, key) != 0)
        p = p->next;
    return p;
}

struct planned *planned_find(const struct programme *p, const char *key)
{
    struct planned *one = p->planned;
    while (one && strcmp(one->key, key) != 0)
        one = one->next;
    return one;
}

struct enrolled *enrolled_find(const struct programme *p, const char *key)
{
    struct enrolled *one = p->enrolled;
    while (one && strcmp(one->key, key) != 0)
        one = one->next;
    return one;
}

enum err desk_programme_sessions(const struct desk *d, const char *programme,
                                 char ret_sessions[DESK_PROGRAMME_SESSIONS_MAX][SESSION_ID_MAX + 1],
                                 size_t *ret_count)
{
    const struct programme *p = programme_find(d, programme);
    if (!p)
        p = programme_of_key(d, programme);
    if (!p)
        return ERR_UNKNOWN;
    *ret_count = 0;
    for (const struct planned *one = p->planned; one; one = one->next)
        memcpy(ret_sessions[(*ret_count)++], one->session, sizeof one->session);
    return ERR_NONE;
}

void programmes_finish(struct desk *d)
{
    while (d->programmes) {
        struct programme *p = d->programmes;
        d->programmes = p->next;
        while (p->planned) {
            struct planned *one = p->planned;
            p->planned = one->next;
            text_release(one->text);
            free(one);
        }
        while (p->enrolled) {
            struct enrolled *one = p->enrolled;
            p->enrolled = one->next;
            text_release(one->text);
            free(one);
        }
        text_release(p->text);
        free(p);
    }
    registry_finish(&d->enrolled);
}

/* ---- taking pieces ---- */

static enum err take_programme(struct desk *d, const struct programme_piece *piece, struct text ***ret_text)
{
    struct programme *p = programme_find(d, piece->programme), **at = &d->programmes;
    size_t count = 0;
    if (p) {
        *ret_text = &p->text;
        return ERR_NONE;
    }
    for (; *at; at = &(*at)->next)
        count++;
    if (count >= PROGRAMMES_MAX)
        return ERR_FULL;
    p = calloc(1, sizeof *p);
    if (!p)
        return ERR_MEMORY;
    snprintf(p->id, sizeof p->id, "%s", piece->programme);
    snprintf(p->key, sizeof p->key, "%s", piece->key);
    *at = p;
    *ret_text = &p->text;
    return ERR_NONE;
}

static enum err take_planned(struct desk *d, const struct programme_piece *piece, struct text ***ret_text)
{
    struct programme *p = programme_find(d, piece->programme);
    struct planned *one = p ? planned_find(p, piece->key) : NULL;
    if (!p)
        return ERR_MALFORMED;
    if (!one && p->planned_count >= PLANNED_MAX)
        return ERR_FULL;
    if (!one) {
        struct planned **at = &p->planned;
        while (*at)
            at = &(*at)->next;
        if (!(one = *at = calloc(1, sizeof *one)))
            return ERR_MEMORY;
        p->planned_count++;
    }
    snprintf(one->key, sizeof one->key, "%s", piece->key);
    snprintf(one->session, sizeof one->session, "%s", piece->session);
    one->starts_ms = piece->starts_ms;
    one->ends_ms = piece->ends_ms;
    one->backstage_ms = piece->backstage_min > 0 ? piece->starts_ms - 60000 * piece->backstage_min : 0;
    one->opens_ms = piece->opens ? piece->starts_ms : 0;
    d->planned_known = false;
    *ret_text = &one->text;
    return ERR_NONE;
}

static enum err enrol(struct desk *d, struct programme *p, const struct programme_piece *piece,
                      struct enrolled **ret_one)
{
    struct enrolled *one, **at = &p->enrolled;
    if (p->enrolled_count >= ENROLLED_MAX)
        return ERR_FULL;
    if (!(one = calloc(1, sizeof *one)))
        return ERR_MEMORY;
    one->programme = p;
    snprintf(one->key, sizeof one->key, "%s", piece->key);
    memcpy(one->token_sha256, piece->token_sha256, TOKEN_SHA256);
    enum err e = registry_put(&d->enrolled, one);
    if (e) {
        free(one);
        return e;
    }
    while (*at)
        at = &(*at)->next;
    *at = one;
    p->enrolled_count++;
    *ret_one = one;
    return ERR_NONE;
}

static enum err take_enrolled(struct desk *d, const struct programme_piece *piece, struct text ***ret_text)
{
    struct programme *p = programme_find(d, piece->programme);
    struct enrolled *one = p ? enrolled_find(p, piece->key) : NULL;
    enum err e = p ? ERR_NONE : ERR_MALFORMED;
    if (!e && !one)
        e = enrol(d, p, piece, &one);
    if (e)
        return e;
    if (memcmp(one->token_sha256, piece->token_sha256, TOKEN_SHA256) != 0)
        return ERR_MALFORMED; /* a person's link stays what it is */
    one->withdrawn = piece->withdrawn;
    one->erased = piece->erased;
    *ret_text = &one->text;
    return ERR_NONE;
}

enum err programme_take(struct desk *d, const struct programme_piece *piece, struct text *text)
{
    struct text **kept = NULL;
    enum err e = piece->kind == PIECE_PROGRAMME ? take_programme(d, piece, &kept)
                 : piece->kind == PIECE_SESSION ? take_planned(d, piece, &kept)
                                                : take_enrolled(d, piece, &kept);
    if (e) {
        text_release(text);
        return e;
    }
    text_release(*kept);
    *kept = text;
    return ERR_NONE;
}

enum err programme_write(struct desk *d, const struct programme_piece *piece, point_us now_us)
{
    struct desk_row head = {.kind = ROW_PROGRAMME, .at_ms = wall_ms(d, now_us)};
    struct text *text = piece_text(piece);
    struct out *row = text ? out_row_make(&head, text_share(text)) : NULL;
    enum err e = row ? programme_take(d, piece, text) : ERR_MEMORY;
    if (!row)
        text_release(text);
    else if (e)
        out_free(row);
    else
        out_row_push(d, row);
    return e;
}

enum err programme_restore(struct desk *d, const struct desk_row *row)
{
    struct json_doc *doc;
    struct programme_piece piece;
    enum err e = row_document(row, &doc);
    if (e)
        return e;
    piece_read(json_doc_root(doc), 0, true, &piece);
    struct text *text = json_doc_error(doc) ? NULL : text_create(row->text, row->len);
    if (json_doc_error(doc))
        e = ERR_MALFORMED;
    else
        e = text ? programme_take(d, &piece, text) : ERR_MEMORY;
    json_doc_destroy(doc);
    return e;
}

/* ---- links ---- */

enum err programme_seat_key(const uint8_t token_sha256[TOKEN_SHA256], const char *session,
                            uint8_t ret_key[TOKEN_SHA256])
{
    uint8_t both[TOKEN_SHA256 + SESSION_ID_MAX] = {0};
    memcpy(both, token_sha256, TOKEN_SHA256);
    memcpy(both + TOKEN_SHA256, session, strlen(session));
    return crypto_sha256(both, sizeof both, ret_key);
}

enum err programme_token(const struct desk *d, const char *programme, const char *person,
                         char ret_token[TOKEN_CHARACTERS + 1])
{
    uint8_t sums[2 * 20]; /* of SHA-1, 20 bytes each: more than the token has */
    char name[2 + SESSION_ID_MAX + 1 + KEY_MAX + 1];
    for (int i = 0; i < 2; i++) {
        int len = snprintf(name, sizeof name, "%d/%s/%s", i, programme, person);
        enum err e = crypto_hmac_sha1(d->config.link_key, sizeof d->config.link_key, (const uint8_t *)name,
                                      (size_t)len, NULL, 0, sums + 20 * i);
        if (e)
            return e;
    }
    token_print(sums, ret_token);
    return ERR_NONE;
}

/* Which of his sessions a person means now: one that is open, of several the one that began last; else the
 * next one; else the one that ended last. Higher is better; 0 = none. */
static int64_t rank(const struct seat *seat, const struct planned *one, bool seated)
{
    const int64_t step = JSON_INTEGER_MAX;
    enum session_state phase = session_phase(seat->sitting->state);
    if (phase == SESSION_OPEN)
        return 2 * step + (seated ? step / 2 : one->starts_ms); /* who is in it stays in it */
    return phase == SESSION_ENDED ? one->starts_ms : 2 * step - one->starts_ms;
}

struct seat *programme_seat(const struct desk *d, const uint8_t token_sha256[TOKEN_SHA256], point_us now_us)
{
    const struct enrolled *who = table_get(d->enrolled.table, token_sha256, TOKEN_SHA256);
    struct seat *best = NULL;
    int64_t most = 0;
    if (!who || who->withdrawn)
        return NULL;
    for (const struct planned *one = who->programme->planned; one; one = one->next) {
        uint8_t key[TOKEN_SHA256];
        if (programme_seat_key(token_sha256, one->session, key))
            return NULL;
        struct seat *seat = table_get(d->seats.table, key, sizeof key);
        if (!seat || seat->revoked || wall_ms(d, now_us) >= seat->expires_ms)
            continue;
        int64_t r = rank(seat, one, strcmp(who->seated, one->session) == 0);
        if (r > most) {
            most = r;
            best = seat;
        }
    }
    return best;
}

bool programme_moves(const struct desk *d, const char *token, const char *session)
{
    uint8_t sum[TOKEN_SHA256];
    if (crypto_sha256(token, strlen(token), sum))
        return true;
    struct enrolled *who = table_get(d->enrolled.table, sum, sizeof sum);
    if (!who || strcmp(who->seated, session) == 0)
        return false;
    snprintf(who->seated, sizeof who->seated, "%s", session);
    return true;
}

/* ---- time ---- */

/* What the session's time brings next: backstage, or the opening; NULL where its people do it. */
static struct sitting *next_step(const struct desk *d, const struct planned *one, enum command_kind *ret_kind,
                                 int64_t *ret_ms)
{
    struct sitting *s = one->backstage_ms || one->opens_ms ? sitting_find(d, one->session) : NULL;
    if (!s)
        return NULL;
    enum session_state phase = session_phase(s->state);
    bool first = phase == SESSION_PLANNED && one->backstage_ms;
    if (!first && (!one->opens_ms || phase == SESSION_OPEN || phase == SESSION_ENDED))
        return NULL;
    *ret_kind = first ? COMMAND_BACKSTAGE : COMMAND_OPEN;
    *ret_ms = first ? one->backstage_ms : one->opens_ms;
    return s;
}

static point_us due_us(const struct desk *d, const struct planned *one)
{
    enum command_kind kind;
    int64_t at_ms;
    return next_step(d, one, &kind, &at_ms) ? at_ms * US_PER_MS - d->config.wall_minus_monotonic_us
                                            : NEVER_US;
}

point_us programme_deadline(const struct desk *d)
{
    return d->planned_known ? d->planned_at_us : INT64_MIN;
}

static void reckon(struct desk *d)
{
    d->planned_at_us = NEVER_US;
    for (const struct programme *p = d->programmes; p; p = p->next)
        for (const struct planned *one = p->planned; one; one = one->next)
            d->planned_at_us = earlier_us(d->planned_at_us, due_us(d, one));
    d->planned_known = true;
}

void programme_expire(struct desk *d, point_us now_us)
{
    if (now_us < programme_deadline(d))
        return;
    for (const struct programme *p = d->programmes; p; p = p->next) {
        for (const struct planned *one = p->planned; one; one = one->next) {
            struct command c = {.at_ms = wall_ms(d, now_us)};
            int64_t at_ms;
            uint64_t n;
            const char *why;
            struct sitting *s = due_us(d, one) <= now_us ? next_step(d, one, &c.kind, &at_ms) : NULL;
            /* Where memory is short or the disk refuses for hours, a chair does it. */
            enum err e = s ? sitting_do(d, s, &c, now_us, &n, &why) : ERR_NONE;
            (void)e;
        }
    }
    reckon(d);
    if (d->planned_at_us <= now_us)
        d->planned_at_us = now_us + US_PER_S;
}
