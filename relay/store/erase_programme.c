/* The erasure of a person beyond sessions: name, address and country out of the programmes' lists, and the
 * name out of certificates. A certificate's number stays, so that it is not taken for a forgery. */
#include <stdio.h>
#include <string.h>

#include "store/erase_parts.h"
#include "store/row.h"
#include "store/timeline.h"
#include "wire/signal.h"

#define KIND_PROGRAMME   "3" /* as rows have them: the desk's kinds, from 1 */
#define KIND_CERTIFICATE "5"
_Static_assert(ROW_PROGRAMME == 2 && ROW_CERTIFICATE == 4, "the kinds above");

typedef enum err (*each_row)(struct erasing *e, const struct desk_row *row, struct json_in in,
                             struct json_out *o);

/* What `each` writes becomes the row's text. */
static enum err one_row(struct erasing *e, const struct desk_row *row, each_row each)
{
    struct json_doc *doc;
    struct json_out o;
    char why[JSON_WHY_MAX];
    enum err error = json_doc_read(row->text, row->len, SENTENCE_MAX, &doc, why);
    if (error)
        return error == ERR_MEMORY ? error : ERR_NONE; /* verify tells of it */
    json_out_init(&o);
    error = each(e, row, json_doc_root(doc), &o);
    if (error == ERR_NONE && o.failed)
        error = ERR_MEMORY;
    bool changed = error == ERR_NONE && o.len > 0 && !json_doc_error(doc) &&
                   (o.len != row->len || memcmp(o.text, row->text, o.len) != 0);
    if (changed && erase_update(e->db, row->row, &o) != SQLITE_OK)
        error = ERR_SYSTEM;
    e->rows += changed && error == ERR_NONE;
    json_out_finish(&o);
    json_doc_destroy(doc);
    return error;
}

static enum err all_rows(struct erasing *e, const char *sql, each_row each)
{
    sqlite3_stmt *st = NULL;
    enum err error = ERR_NONE;
    int code = sqlite3_prepare_v2(e->db, sql, -1, &st, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(st);
    for (; code == SQLITE_ROW && error == ERR_NONE; code = error == ERR_NONE ? sqlite3_step(st) : code) {
        struct desk_row row;
        if (row_from_columns(st, &row))
            error = one_row(e, &row, each);
    }
    sqlite3_finalize(st);
    return error != ERR_NONE ? error : code == SQLITE_DONE ? ERR_NONE : ERR_SYSTEM;
}

/* "PROGRAMME.KEY" of a person's row; false: it is another row. */
static bool identity_of(struct json_in in, char ret_identity[MARK_KEY_MAX])
{
    const char *piece = json_in_string_or_null(in, "piece", JSON_TEXT_ID, 20);
    if (!piece || strcmp(piece, "person") != 0)
        return false;
    const char *programme = json_in_string(in, "programme", JSON_TEXT_ID, SESSION_ID_MAX);
    snprintf(ret_identity, MARK_KEY_MAX, "%s.%s", programme, json_in_string(in, "key", JSON_TEXT_ID, 47));
    return !json_doc_error(in.doc);
}

static enum err consider(struct erasing *e, const struct desk_row *row, struct json_in in, struct json_out *o)
{
    struct mark m = {.number = (uint32_t)row->row}; /* of no session: each is one of its own */
    (void)o;
    if (!identity_of(in, m.key) || json_in_boolean_or(in, "erased", false))
        return ERR_NONE;
    const char *name = json_in_string(in, "name", JSON_TEXT_LINE, NAME_CHARACTERS_MAX);
    const char *address = json_in_string_or_null(in, "address", JSON_TEXT_LINE, 254);
    m.by_identity = strcmp(m.key, e->ask->path) == 0 || (address && strcmp(address, e->ask->path) == 0);
    if (json_doc_error(in.doc) || (!m.by_identity && strcmp(name, e->ask->path) != 0))
        return ERR_NONE;
    if (m.by_identity)
        snprintf(e->alias, sizeof e->alias, "%s", m.key);
    return mark_add(&e->marks, &m);
}

enum err find_enrolled(struct erasing *e)
{
    return all_rows(e, "SELECT " ROW_COLUMNS " FROM log WHERE kind = " KIND_PROGRAMME, consider);
}

static bool is_meant(const struct erasing *e, const char *key)
{
    for (size_t i = 0; i < e->marks.count; i++) {
        if (strcmp(e->marks.at[i].key, key) == 0)
            return true;
    }
    return false;
}

static enum err redact_person(struct erasing *e, const struct desk_row *row, struct json_in in,
                              struct json_out *o)
{
    char identity[MARK_KEY_MAX];
    (void)row;
    if (!identity_of(in, identity) || !is_meant(e, identity))
        return ERR_NONE;
    json_open_object(o, NULL);
    json_put_string(o, "piece", "person");
    json_put_string(o, "programme", json_in_string(in, "programme", JSON_TEXT_ID, SESSION_ID_MAX));
    json_put_string(o, "key", json_in_string(in, "key", JSON_TEXT_ID, 47));
    json_put_string(o, "name", ERASED);
    json_put_string(o, "role", json_in_string(in, "role", JSON_TEXT_ID, 20));
    json_open_array(o, "seats");
    json_close_array(o);
    json_put_boolean(o, "withdrawn", true);
    json_put_string(o, "token", json_in_string(in, "token", JSON_TEXT_ID, 64));
    json_put_boolean(o, "erased", true);
    json_close_object(o);
    return ERR_NONE;
}

static enum err redact_certificate(struct erasing *e, const struct desk_row *row, struct json_in in,
                                   struct json_out *o)
{
    char statement[100];
    (void)row;
    const char *number = json_in_string(in, "number", JSON_TEXT_ID, 20);
    if (!is_meant(e, json_in_string(in, "person", JSON_TEXT_LINE, PERSON_ID_MAX)))
        return ERR_NONE;
    snprintf(statement, sizeof statement, "Certificate of attendance %.20s: " ERASED ".", number);
    json_open_object(o, NULL);
    json_put_string(o, "number", number);
    json_put_string(o, "person", ERASED);
    json_put_integer(o, "seconds", json_in_integer(in, "seconds", 1, JSON_INTEGER_MAX));
    json_put_integer(o, "of", json_in_integer(in, "of", 1, JSON_INTEGER_MAX));
    json_put_string(o, "statement", statement);
    json_put_boolean(o, "erased", true);
    json_close_object(o);
    return ERR_NONE;
}

enum err erase_beyond(struct erasing *e)
{
    if (sqlite3_exec(e->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
        return ERR_SYSTEM;
    enum err error =
        all_rows(e, "SELECT " ROW_COLUMNS " FROM log WHERE kind = " KIND_PROGRAMME, redact_person);
    if (error == ERR_NONE)
        error =
            all_rows(e, "SELECT " ROW_COLUMNS " FROM log WHERE kind = " KIND_CERTIFICATE, redact_certificate);
    if (error == ERR_NONE && sqlite3_exec(e->db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
        error = ERR_SYSTEM;
    if (error != ERR_NONE && !sqlite3_get_autocommit(e->db))
        sqlite3_exec(e->db, "ROLLBACK", NULL, NULL, NULL);
    return error;
}
