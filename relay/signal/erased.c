/* A person was erased from the log: what the desk has of him in memory, of programmes and certificates,
 * becomes what the log says now. */
#include "signal/certificate.h"
#include "signal/programme.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ERASED "(erased)"

/* What the log's row of him says. */
static struct text *erased_text(const struct enrolled *one)
{
    struct json_doc *doc;
    struct programme_piece piece;
    char why[JSON_WHY_MAX];
    if (json_doc_read(one->text->bytes, one->text->len, SENTENCE_MAX, &doc, why))
        return NULL;
    piece_read(json_doc_root(doc), 0, true, &piece);
    piece.name = ERASED;
    piece.address = piece.country = piece.place = piece.language = NULL;
    piece.seat_count = 0;
    piece.withdrawn = piece.erased = true;
    struct text *text = json_doc_error(doc) ? NULL : piece_text(&piece);
    json_doc_destroy(doc);
    return text;
}

static void erase_enrolled(struct enrolled *one)
{
    struct text *text = erased_text(one);
    one->withdrawn = one->erased = true;
    if (!text) /* memory is short: the next start reads it from the log */
        return;
    text_release(one->text);
    one->text = text;
}

static void erase_certificate(struct certificate *c)
{
    char statement[100];
    snprintf(statement, sizeof statement, "Certificate of attendance %s: " ERASED ".", c->number);
    char *said = strdup(statement), *person = strdup(ERASED);
    c->erased = true;
    free(c->name);
    free(c->title);
    c->name = c->title = NULL;
    c->at_ms = 0;
    if (said && person) {
        free(c->statement);
        free(c->person);
        c->statement = said;
        c->person = person;
        return;
    }
    free(said);
    free(person);
    c->statement[0] = c->person[0] = '\0';
}

void desk_erased(struct desk *d, const char *identity)
{
    for (struct programme *p = d->programmes; p; p = p->next) {
        size_t len = strlen(p->id);
        bool of_it = strncmp(identity, p->id, len) == 0 && identity[len] == '.';
        struct enrolled *one = of_it ? enrolled_find(p, identity + len + 1) : NULL;
        if (one)
            erase_enrolled(one);
    }
    for (struct certificate *c = d->certificates; c; c = c->next) {
        if (strcmp(c->person, identity) == 0)
            erase_certificate(c);
    }
}
