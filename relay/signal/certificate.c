/* Certificates of attendance: a sentence with a number, kept for ever and signed, so that it can be verified
 * here by its number and anywhere by its signature (Ed25519, RFC 8032). The same attendance gets the same
 * certificate again. */
#include "signal/certificate.h"

#include "link/crypto.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define CERTIFICATES_MAX 200000 /* over the years: 60 MB */
#define DAY_TEXT_SIZE    40     /* whatever the numbers */

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
    } while (certificate_numbered(d, ret_number));
}

static void hex_text(const uint8_t *bytes, size_t len, char *ret_hex)
{
    for (size_t i = 0; i < len; i++)
        snprintf(ret_hex + 2 * i, 3, "%02x", bytes[i]);
}

/* The signing key follows from the relay's own: one file to keep. */
enum err certificate_sign(const struct desk *d, const char *statement,
                          struct certificate_signature *ret_signature)
{
    uint8_t sums[2 * CRYPTO_SHA1_LEN], signature[CRYPTO_SIGNATURE_LEN], key[CRYPTO_SIGN_KEY_LEN];
    enum err e = ERR_NONE;
    for (uint8_t i = 0; i < 2 && !e; i++)
        e = crypto_hmac_sha1(d->config.link_key, sizeof d->config.link_key, (const uint8_t *)"certificates",
                             12, &i, 1, sums + i * CRYPTO_SHA1_LEN);
    if (!e)
        e = crypto_sign(sums, statement, strlen(statement), signature, key);
    crypto_wipe(sums, sizeof sums);
    if (e)
        return e;
    hex_text(signature, sizeof signature, ret_signature->signature);
    hex_text(key, sizeof key, ret_signature->key);
    return ERR_NONE;
}

static void answer(struct desk *d, const struct request *r, const struct certificate *c)
{
    struct certificate_signature signed_by;
    struct json_out o;
    char url[sizeof d->config.url + 40];
    if (certificate_sign(d, c->statement, &signed_by)) {
        reply_refuse(d, r->number, false, "The relay cannot sign just now; try again in a moment.");
        return;
    }
    reply_open(&o);
    json_put_string(&o, "number", c->number);
    json_put_string(&o, "statement", c->statement);
    json_put_string(&o, "signature", signed_by.signature);
    json_put_string(&o, "key", signed_by.key);
    snprintf(url, sizeof url, "%s/verify/%s", d->config.url, c->number);
    if (d->config.url_is_public)
        json_put_string(&o, "url", url);
    reply_send(d, r->number, &o, d->row, r->now_us);
}

static void hours(int64_t seconds, char ret_text[32])
{
    snprintf(ret_text, 32, "%" PRId64 ":%02d:%02d", seconds / 3600, (int)(seconds / 60 % 60),
             (int)(seconds % 60));
}

/* The Gregorian calendar counted in years that begin in March, so that a leap day ends
 * one. */
void certificate_day(int64_t at_ms, char ret_day[DAY_TEXT_SIZE])
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
    certificate_day(at_ms, day);
    int n = snprintf(ret_statement, STATEMENT_MAX,
                     "Certificate of attendance %s: %s attended \"%s\" for %s of %s hours. Issued on %s.",
                     number, name, title, there, whole, day);
    return n > 0 && n < STATEMENT_MAX;
}

static enum err keep(struct desk *d, struct certificate *c, point_us now_us)
{
    struct desk_row head = {.kind = ROW_CERTIFICATE, .at_ms = wall_ms(d, now_us)};
    struct out *row = out_row_make(&head, certificate_text(c));
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
    struct certificate facts = {.person = (char *)person,
                                .name = (char *)name,
                                .title = (char *)title,
                                .statement = statement,
                                .seconds = seconds,
                                .of = of,
                                .at_ms = wall_ms(d, r->now_us)};
    memcpy(facts.number, number, sizeof facts.number);
    struct certificate *c = fits ? certificate_make(&facts) : NULL;
    if (d->full || count_of(d) >= CERTIFICATES_MAX)
        reply_refuse(d, r->number, false,
                     d->full ? FULL_WHY : "The relay holds as many certificates as it can.");
    else if (!c || keep(d, c, r->now_us))
        reply_refuse(d, r->number, false, "The relay is out of memory; try again in a moment.");
    else {
        answer(d, r, c);
        return;
    }
    certificate_destroy(c);
}

void operator_verify(struct desk *d, const struct request *r)
{
    const char *number = json_in_string(r->in, "number", JSON_TEXT_ID, 40);
    if (request_misread(d, r))
        return;
    const struct certificate *c = certificate_numbered(d, number);
    char why[WHY_MAX];
    snprintf(why, sizeof why, "This relay has given no certificate the number %.40s.", number);
    if (c)
        answer(d, r, c);
    else
        reply_refuse(d, r->number, false, why);
}
