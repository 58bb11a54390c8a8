/* Certificates in memory and as rows of the log; what anybody may know of one by its number. */
#include "signal/certificate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *copy(const char *text)
{
    return text ? strdup(text) : NULL;
}

struct certificate *certificate_make(const struct certificate *facts)
{
    struct certificate *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    memcpy(c->number, facts->number, sizeof c->number);
    c->person = copy(facts->person);
    c->statement = copy(facts->statement);
    c->name = copy(facts->name);
    c->title = copy(facts->title);
    c->seconds = facts->seconds;
    c->of = facts->of;
    c->at_ms = facts->at_ms;
    c->erased = facts->erased;
    if (c->person && c->statement && (c->name || !facts->name) && (c->title || !facts->title))
        return c;
    certificate_destroy(c);
    return NULL;
}

void certificate_destroy(struct certificate *c)
{
    if (c) {
        free(c->person);
        free(c->statement);
        free(c->name);
        free(c->title);
    }
    free(c);
}

void certificates_finish(struct desk *d)
{
    while (d->certificates) {
        struct certificate *next = d->certificates->next;
        certificate_destroy(d->certificates);
        d->certificates = next;
    }
}

const struct certificate *certificate_numbered(const struct desk *d, const char *number)
{
    const struct certificate *c = d->certificates;
    while (c && strcmp(c->number, number) != 0)
        c = c->next;
    return c;
}

struct text *certificate_text(const struct certificate *c)
{
    struct json_out o;
    json_out_init(&o);
    json_open_object(&o, NULL);
    json_put_string(&o, "number", c->number);
    json_put_string(&o, "person", c->person);
    json_put_integer(&o, "seconds", c->seconds);
    json_put_integer(&o, "of", c->of);
    json_put_string(&o, "statement", c->statement);
    if (c->name)
        json_put_string(&o, "name", c->name);
    if (c->title)
        json_put_string(&o, "title", c->title);
    if (c->at_ms)
        json_put_integer(&o, "at", c->at_ms);
    if (c->erased)
        json_put_boolean(&o, "erased", true);
    json_close_object(&o);
    return text_from(&o);
}

static enum err read(struct json_in in, struct certificate *ret_facts)
{
    struct certificate c = {
        .person = (char *)json_in_string(in, "person", JSON_TEXT_LINE, PERSON_ID_MAX),
        .statement = (char *)json_in_string(in, "statement", JSON_TEXT_LINE, STATEMENT_MAX),
        .name = (char *)json_in_string_or_null(in, "name", JSON_TEXT_LINE, NAME_CHARACTERS_MAX),
        .title = (char *)json_in_string_or_null(in, "title", JSON_TEXT_LINE, TITLE_CHARACTERS_MAX),
        .seconds = json_in_integer(in, "seconds", 1, SECONDS_MAX),
        .of = json_in_integer(in, "of", 1, SECONDS_MAX),
        .at_ms = json_in_integer_or(in, "at", 1, JSON_INTEGER_MAX, 0),
        .erased = json_in_boolean_or(in, "erased", false)};
    snprintf(c.number, sizeof c.number, "%s", json_in_string(in, "number", JSON_TEXT_ID, NUMBER_MAX));
    *ret_facts = c;
    return json_doc_error(in.doc) ? ERR_MALFORMED : ERR_NONE;
}

enum err certificate_restore(struct desk *d, const struct desk_row *row)
{
    struct json_doc *doc;
    struct certificate facts;
    enum err e = row_document(row, &doc);
    if (e)
        return e;
    e = read(json_doc_root(doc), &facts);
    struct certificate *c = e ? NULL : certificate_make(&facts);
    json_doc_destroy(doc);
    if (!e && !c)
        e = ERR_MEMORY;
    if (e)
        return e;
    c->next = d->certificates;
    d->certificates = c;
    return ERR_NONE;
}

enum err desk_certificate(const struct desk *d, const char *number, struct desk_certificate *ret_certificate)
{
    const struct certificate *c = certificate_numbered(d, number);
    struct certificate_signature s;
    if (!c)
        return ERR_UNKNOWN;
    enum err e = certificate_sign(d, c->statement, &s);
    if (e)
        return e;
    struct desk_certificate told = {.name = c->name,
                                    .title = c->title,
                                    .statement = c->statement,
                                    .seconds = c->seconds,
                                    .of = c->of,
                                    .erased = c->erased};
    if (c->at_ms)
        certificate_day(c->at_ms, told.day);
    memcpy(told.number, c->number, sizeof c->number);
    memcpy(told.signature, s.signature, sizeof s.signature);
    memcpy(told.key, s.key, sizeof s.key);
    *ret_certificate = told;
    return ERR_NONE;
}
