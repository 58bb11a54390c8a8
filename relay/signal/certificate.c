/* Certificates of attendance: a sentence with a number, kept for ever and signed, so that it can be verified
 * here by its number and anywhere by its signature (Ed25519, RFC 8032). The same attendance gets the same
 * certificate again. */
#include "signal/parts.h"

#include "link/crypto.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_SIGNS     12 /* of 31 signs each, in fours: 59 random bits, that nobody guesses */
#define NUMBER_MAX       (NUMBER_SIGNS + 2)
#define CERTIFICATES_MAX 200000          /* over the years: 60 MB */
#define DAY_TEXT_SIZE    40              /* whatever the numbers */
#define STATEMENT_MAX    2000            /* bytes */
#define SECONDS_MAX      (366 * 86400LL) /* of attendance: longer is a mistake */

struct certificate {
    struct certificate *next;
    char number[NUMBER_MAX + 1];
    char *person, *statement; /* owned */
    int64_t seconds, of;
};

static void destroy(struct certificate *c)
{
    if (c) {
        free(c->person);
        free(c->statement);
    }
    free(c);
}

void certificates_finish(struct desk *d)
{
    while (d->certificates) {
        struct certificate *next = d->certificates->next;
        destroy(d->certificates);
        d->certificates = next;
    }
}

static struct certificate *make(const char *number, const char *person, const char *statement,
                                int64_t seconds, int64_t of)
{
    struct certificate *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    snprintf(c->number, sizeof c->number, "%s", number);
    c->person = strdup(person);
    c->statement = strdup(statement);
    c->seconds = seconds;
    c->of = of;
    if (c->person && c->statement)
        return c;
    destroy(c);
    return NULL;
}

static const struct certificate *numbered(const struct desk *d, const char *number)
{
    const struct certificate *c = d->certificates;
    while (c && strcmp(c->number, number) != 0)
        c = c->next;
    return c;
}

static void invent_number(const struct desk *d, char ret_number[NUMBER_MAX + 1])
{
    static const char signs[] = "abcdefghjkmnpqrstuvwxyz23456789"; /* without look-alikes */
    char *at;
    do {
        at = ret_number;
        for (int i = 0; i < NUMBER_SIGNS; i++) {
            if (i > 0 && i % 4 == 0)
                *at++ = '-';
            *at++ = signs[entropy_u32(d->config.entropy) % (sizeof signs - 1)];
        }
        *at = '\0';
    } while (numbered(d, ret_number));
}

static struct text *record_text(const struct certificate *c)
{
    struct json_out o;
    json_out_init(&o);
    json_open_object(&o, NULL);
    json_put_string(&o, "number", c->number);
    json_put_string(&o, "person", c->person);
    json_put_integer(&o, "seconds", c->seconds);
    json_put_integer(&o, "of", c->of);
    json_put_string(&o, "statement", c->statement);
    json_close_object(&o);
    return text_from(&o);
}

static void put_hex(struct json_out *o, const char *member, const uint8_t *bytes, size_t len)
{
    char hex[2 * CRYPTO_SIGNATURE_LEN + 1];
    for (size_t i = 0; i < len; i++)
        snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
    json_put_string(o, member, hex);
}

/* The signing key follows from the relay's own: one file to keep. */
static enum err sign(const struct desk *d, const char *statement, uint8_t signature[CRYPTO_SIGNATURE_LEN],
                     uint8_t key[CRYPTO_SIGN_KEY_LEN])
{
    uint8_t sums[2 * CRYPTO_SHA1_LEN];
    enum err e = ERR_NONE;
    for (uint8_t i = 0; i < 2 && !e; i++)
        e = crypto_hmac_sha1(d->config.link_key, sizeof d->config.link_key, (const uint8_t *)"certificates",
                             12, &i, 1, sums + i * CRYPTO_SHA1_LEN);
    if (!e)
        e = crypto_sign(sums, statement, strlen(statement), signature, key);
    crypto_wipe(sums, sizeof sums);
    return e;
}

static void answer(struct desk *d, const struct request *r, const struct certificate *c)
{
    uint8_t signature[CRYPTO_SIGNATURE_LEN], key[CRYPTO_SIGN_KEY_LEN];
    struct json_out o;
    if (sign(d, c->statement, signature, key)) {
        reply_refuse(d, r->number, false, "The relay cannot sign just now; try again in a moment.");
        return;
    }
    reply_open(&o);
    json_put_string(&o, "number", c->number);
    json_put_string(&o, "statement", c->statement);
    put_hex(&o, "signature", signature, sizeof signature);
    put_hex(&o, "key", key, sizeof key);
    reply_send(d, r->number, &o, d->row, r->now_us);
}

static void hours(int64_t seconds, char ret_text[32])
{
    snprintf(ret_text, 32, "%" PRId64 ":%02d:%02d", seconds / 3600, (int)(seconds / 60 % 60),
             (int)(seconds % 60));
}

/* "2026-11-24", in UTC: the Gregorian calendar counted in years that begin in March, so that a leap day ends
 * one. */
static void day_of(int64_t at_ms, char ret_day[DAY_TEXT_SIZE])
{
    int days = (int)(at_ms / 86400000) + 719468; /* since 0000-03-01; up to the year 2100 and far beyond */
    int era = days / 146097, of_era = days % 146097; /* of 400 years */
    int year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int of_year = of_era - (365 * year + year / 4 - year / 100);
    int month = (5 * of_year + 2) / 153, day = of_year - (153 * month + 2) / 5 + 1;
    year += 400 * era + (month >= 10);
    snprintf(ret_day, DAY_TEXT_SIZE, "%04d-%02d-%02d", year % 10000, month < 10 ? month + 3 : month - 9, day);
}

/* One line, which says all of it and is what is signed. */
static bool state(const char *number, const char *name, const char *title, int64_t seconds, int64_t of,
                  int64_t at_ms, char ret_statement[STATEMENT_MAX])
{
    char there[32], whole[32], day[DAY_TEXT_SIZE];
    hours(seconds, there);
    hours(of, whole);
    day_of(at_ms, day);
    int n = snprintf(ret_statement, STATEMENT_MAX,
                     "Certificate of attendance %s: %s attended \"%s\" for %s of %s hours. Issued on %s.",
                     number, name, title, there, whole, day);
    return n > 0 && n < STATEMENT_MAX;
}

static enum err keep(struct desk *d, struct certificate *c, point_us now_us)
{
    struct desk_row head = {.kind = ROW_CERTIFICATE, .at_ms = wall_ms(d, now_us)};
    struct out *row = out_row_make(&head, record_text(c));
    if (!row)
        return ERR_MEMORY;
    c->next = d->certificates;
    d->certificates = c;
    out_row_push(d, row);
    return ERR_NONE;
}

static const struct certificate *issued(const struct desk *d, const char *person, const char *name,
                                        const char *title, int64_t seconds, int64_t of)
{
    char part[STATEMENT_MAX];
    snprintf(part, sizeof part, ": %s attended \"%s\" for ", name, title);
    for (const struct certificate *c = d->certificates; c; c = c->next) {
        if (c->seconds == seconds && c->of == of && strcmp(c->person, person) == 0 &&
            strstr(c->statement, part))
            return c;
    }
    return NULL;
}

static size_t count_of(const struct desk *d)
{
    size_t count = 0;
    for (const struct certificate *c = d->certificates; c; c = c->next)
        count++;
    return count;
}

void operator_certificate(struct desk *d, const struct request *r)
{
    char number[NUMBER_MAX + 1], statement[STATEMENT_MAX];
    const char *person = json_in_string(r->in, "person", JSON_TEXT_LINE, PERSON_ID_MAX);
    const char *name = json_in_string(r->in, "name", JSON_TEXT_LINE, NAME_CHARACTERS_MAX);
    const char *title = json_in_string(r->in, "title", JSON_TEXT_LINE, TITLE_CHARACTERS_MAX);
    int64_t seconds = json_in_integer(r->in, "seconds", 1, SECONDS_MAX);
    int64_t of = json_in_integer(r->in, "of", 1, SECONDS_MAX);
    if (request_misread(d, r))
        return;
    const struct certificate *known = issued(d, person, name, title, seconds, of);
    if (known) {
        answer(d, r, known);
        return;
    }
    invent_number(d, number);
    bool fits = state(number, name, title, seconds, of, wall_ms(d, r->now_us), statement);
    struct certificate *c = fits ? make(number, person, statement, seconds, of) : NULL;
    if (d->full || count_of(d) >= CERTIFICATES_MAX)
        reply_refuse(d, r->number, false,
                     d->full ? FULL_WHY : "The relay holds as many certificates as it can.");
    else if (!c || keep(d, c, r->now_us))
        reply_refuse(d, r->number, false, "The relay is out of memory; try again in a moment.");
    else {
        answer(d, r, c);
        return;
    }
    destroy(c);
}

void operator_verify(struct desk *d, const struct request *r)
{
    const char *number = json_in_string(r->in, "number", JSON_TEXT_ID, 40);
    if (request_misread(d, r))
        return;
    const struct certificate *c = numbered(d, number);
    char why[WHY_MAX];
    snprintf(why, sizeof why, "This relay has given no certificate the number %.40s.", number);
    if (c)
        answer(d, r, c);
    else
        reply_refuse(d, r->number, false, why);
}

enum err certificate_restore(struct desk *d, const struct desk_row *row)
{
    struct json_doc *doc;
    enum err e = row_document(row, &doc);
    if (e)
        return e;
    struct json_in in = json_doc_root(doc);
    const char *number = json_in_string(in, "number", JSON_TEXT_ID, NUMBER_MAX);
    const char *person = json_in_string(in, "person", JSON_TEXT_LINE, PERSON_ID_MAX);
    const char *statement = json_in_string(in, "statement", JSON_TEXT_LINE, STATEMENT_MAX);
    int64_t seconds = json_in_integer(in, "seconds", 1, SECONDS_MAX);
    int64_t of = json_in_integer(in, "of", 1, SECONDS_MAX);
    struct certificate *c = json_doc_error(doc) ? NULL : make(number, person, statement, seconds, of);
    if (json_doc_error(doc))
        e = ERR_MALFORMED;
    else if (!c)
        e = ERR_MEMORY;
    json_doc_destroy(doc);
    if (e)
        return e;
    c->next = d->certificates;
    d->certificates = c;
    return ERR_NONE;
}
