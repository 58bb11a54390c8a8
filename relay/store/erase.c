/* The erasure of a person: his name, his identity and his words go out of the log, everywhere. Numbers stay,
 * so that every session can be folded as before, and others' words keep their places.
 *
 * What was there is overwritten in the file (secure_delete) and taken out of the write-ahead file. Copies of
 * the log and recordings are other files: they are the operator's to delete. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/answers.h"
#include "store/erase_parts.h"
#include "store/row.h"
#include "store/snapshots.h"
#include "store/timeline.h"

enum err mark_add(struct marks *m, const struct mark *mark)
{
    for (size_t i = 0; i < m->count; i++) {
        if (m->at[i].number == mark->number && strcmp(m->at[i].session, mark->session) == 0) {
            m->at[i].by_identity |= mark->by_identity;
            return ERR_NONE;
        }
    }
    if (m->count == m->size) {
        size_t size = m->size ? 2 * m->size : 32;
        struct mark *at = realloc(m->at, size * sizeof *at);
        if (!at)
            return ERR_MEMORY;
        m->at = at;
        m->size = size;
    }
    m->at[m->count++] = *mark;
    return ERR_NONE;
}

/* ---- who is meant ---- */

/* A link's record or a `joined` has number, name and identity under one of two names. */
static enum err consider(struct erasing *e, const struct desk_row *row)
{
    struct json_doc *doc;
    char why[JSON_WHY_MAX], number_text[12];
    if (json_doc_read(row->text, row->len, SENTENCE_MAX, &doc, why) != ERR_NONE)
        return ERR_NONE; /* verify tells of it */
    struct json_in in = json_doc_root(doc);
    const char *of = row->kind == ROW_LINK ? "number" : "who";
    struct mark m = {.number = (uint32_t)json_in_integer(in, of, 1, UINT32_MAX)};
    const char *name = json_in_string(in, "name", JSON_TEXT_LINE, NAME_CHARACTERS_MAX);
    const char *person = json_in_string_or_null(in, "person", JSON_TEXT_LINE, PERSON_ID_MAX);
    snprintf(number_text, sizeof number_text, "%u", (unsigned)m.number);
    memcpy(m.session, row->session, sizeof m.session);
    m.by_identity = (person && (strcmp(person, e->ask->path) == 0 || strcmp(person, e->alias) == 0)) ||
                    (e->ask->session[0] && strcmp(number_text, e->ask->path) == 0);
    if (person)
        snprintf(m.key, sizeof m.key, "%s", person);
    else
        snprintf(m.key, sizeof m.key, "%s/%u", row->session, (unsigned)m.number);
    bool meant = !json_doc_error(doc) && (m.by_identity || strcmp(name, e->ask->path) == 0);
    json_doc_destroy(doc);
    return meant ? mark_add(&e->marks, &m) : ERR_NONE;
}

static enum err find_marks(struct erasing *e)
{
    static const char sql[] =
        "SELECT " ROW_COLUMNS " FROM log WHERE (kind = 2 OR (kind = 1 AND text LIKE '%\"joined\"%')) "
        "AND (?1 = '' OR session = ?1)";
    sqlite3_stmt *st = NULL;
    enum err error = ERR_NONE;
    int code = sqlite3_prepare_v2(e->db, sql, -1, &st, NULL);
    if (code == SQLITE_OK) {
        sqlite3_bind_text(st, 1, e->ask->session, -1, SQLITE_STATIC);
        code = sqlite3_step(st);
    }
    for (; code == SQLITE_ROW && error == ERR_NONE; code = error == ERR_NONE ? sqlite3_step(st) : code) {
        struct desk_row row;
        if (row_from_columns(st, &row))
            error = consider(e, &row);
    }
    sqlite3_finalize(st);
    return error != ERR_NONE ? error : code == SQLITE_DONE ? ERR_NONE : ERR_SYSTEM;
}

/* An identity goes before a name; a name must be one person's. False: `why` says what to do. */
static bool is_one(struct erasing *e)
{
    bool by_identity = false;
    size_t kept = 0;
    for (size_t i = 0; i < e->marks.count; i++)
        by_identity |= e->marks.at[i].by_identity;
    for (size_t i = 0; i < e->marks.count; i++) {
        if (!by_identity || e->marks.at[i].by_identity)
            e->marks.at[kept++] = e->marks.at[i];
    }
    e->marks.count = kept;
    if (kept == 0) {
        snprintf(e->why, sizeof e->why, "Nobody of the name or identity \"%.100s\" is in the log.",
                 e->ask->path);
        return false;
    }
    for (size_t i = 1; i < kept && !by_identity; i++) {
        if (strcmp(e->marks.at[i].key, e->marks.at[0].key) != 0) {
            snprintf(e->why, sizeof e->why,
                     "Several are called \"%.100s\", as %.60s and %.60s; say which by identity, or with "
                     "--session and a number.",
                     e->ask->path, e->marks.at[0].key, e->marks.at[i].key);
            return false;
        }
    }
    return true;
}

/* ---- what goes ---- */

static bool is_marked(const struct erasing *e, const char *session, int64_t number)
{
    for (size_t i = 0; i < e->marks.count; i++) {
        if (e->marks.at[i].number == number && strcmp(e->marks.at[i].session, session) == 0)
            return true;
    }
    return false;
}

struct his {
    const struct erasing *e;
    const char *session;
};

static bool is_his(const void *self, int64_t number)
{
    const struct his *h = self;
    return is_marked(h->e, h->session, number);
}

/* A running order names speakers. */
static void redact_agenda(const struct erasing *e, const struct desk_row *row, struct json_in in,
                          struct json_out *o)
{
    const struct his his = {e, row->session};
    const struct erased who = {is_his, &his};
    struct event event;
    event_read(in, &event);
    if (erase_from_agenda(in.doc, &event.agenda, &who))
        event_write(o, NULL, &event);
}

static void redact_event(struct json_in in, struct json_out *o)
{
    struct event event;
    event_read(in, &event);
    erase_from_event(&event);
    event_write(o, NULL, &event);
}

static void redact_link(struct json_in in, struct json_out *o)
{
    const char *language = json_in_string_or_null(in, "language", JSON_TEXT_ID, LANGUAGE_MAX);
    json_open_object(o, NULL);
    json_put_integer(o, "number", json_in_integer(in, "number", 1, PEOPLE_MAX));
    json_put_string(o, "name", ERASED);
    json_put_string(o, "role", json_in_string(in, "role", JSON_TEXT_ID, 20));
    json_put_string(o, "place", json_in_string(in, "place", JSON_TEXT_LINE, NAME_CHARACTERS_MAX));
    if (language)
        json_put_string(o, "language", language);
    if (json_in_boolean_or(in, "deputy", false))
        json_put_boolean(o, "deputy", true);
    json_put_integer(o, "expires", json_in_integer(in, "expires", 0, JSON_INTEGER_MAX));
    json_put_boolean(o, "revoked", true);
    json_close_object(o);
}

/* The row's new text; nothing where the row is not about him. */
static enum err redact(const struct erasing *e, const struct desk_row *row, struct json_out *o)
{
    struct json_doc *doc;
    char why[JSON_WHY_MAX];
    enum err error = json_doc_read(row->text, row->len, SENTENCE_MAX, &doc, why);
    if (error)
        return error == ERR_MEMORY ? error : ERR_NONE;
    struct json_in in = json_doc_root(doc);
    int64_t number = json_in_integer_or(in, row->kind == ROW_LINK ? "number" : "who", 0, UINT32_MAX, 0);
    bool is_order = row->kind == ROW_EVENT && strcmp(json_in_string_or_null(in, "kind", JSON_TEXT_ID, 64)
                                                         ? json_in_string(in, "kind", JSON_TEXT_ID, 64)
                                                         : "",
                                                     "agenda") == 0;
    if (is_order)
        redact_agenda(e, row, in, o);
    if (is_marked(e, row->session, number)) {
        if (row->kind == ROW_LINK)
            redact_link(in, o);
        else
            redact_event(in, o);
        if (json_doc_error(doc) || o->failed)
            error = o->failed ? ERR_MEMORY : ERR_MALFORMED;
    }
    json_doc_destroy(doc);
    return error;
}

int erase_update(sqlite3 *db, uint64_t row, const struct json_out *text)
{
    sqlite3_stmt *st = NULL;
    int code = sqlite3_prepare_v2(db, "UPDATE log SET text = ? WHERE row = ?", -1, &st, NULL);
    if (code == SQLITE_OK) {
        sqlite3_bind_text64(st, 1, text->text, text->len, SQLITE_STATIC, SQLITE_UTF8);
        sqlite3_bind_int64(st, 2, (int64_t)row);
        code = sqlite3_step(st);
    }
    sqlite3_finalize(st);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

static enum err rewrite_rows(struct erasing *e, const char *session)
{
    static const char sql[] = "SELECT " ROW_COLUMNS " FROM log WHERE session = ? AND kind <= 2";
    sqlite3_stmt *st = NULL;
    enum err error = ERR_NONE;
    int code = sqlite3_prepare_v2(e->db, sql, -1, &st, NULL);
    if (code == SQLITE_OK) {
        sqlite3_bind_text(st, 1, session, -1, SQLITE_STATIC);
        code = sqlite3_step(st);
    }
    while (code == SQLITE_ROW && error == ERR_NONE) {
        struct desk_row row;
        struct json_out o;
        json_out_init(&o);
        error = row_from_columns(st, &row) ? redact(e, &row, &o) : ERR_NONE;
        bool changed =
            error == ERR_NONE && o.len > 0 && (o.len != row.len || memcmp(o.text, row.text, row.len) != 0);
        if (changed && erase_update(e->db, row.row, &o) != SQLITE_OK)
            error = ERR_SYSTEM;
        e->rows += changed;
        json_out_finish(&o);
        if (error == ERR_NONE)
            code = sqlite3_step(st);
    }
    sqlite3_finalize(st);
    return error != ERR_NONE ? error : code == SQLITE_DONE ? ERR_NONE : ERR_SYSTEM;
}

static enum err drop_snapshot(sqlite3 *db, const char *session)
{
    sqlite3_stmt *st = NULL;
    int code = sqlite3_prepare_v2(db, "DELETE FROM snapshot WHERE session = ?", -1, &st, NULL);
    if (code == SQLITE_OK) {
        sqlite3_bind_text(st, 1, session, -1, SQLITE_STATIC);
        code = sqlite3_step(st);
    }
    sqlite3_finalize(st);
    return code == SQLITE_DONE ? ERR_NONE : ERR_SYSTEM;
}

/* The recording's timeline goes first: it can be done twice. */
static enum err erase_recorded(const struct erasing *e, const char *session)
{
    char dir[PATH_MAX];
    const struct his his = {e, session};
    const struct erased who = {is_his, &his};
    snprintf(dir, sizeof dir, "%s", sqlite3_db_filename(e->db, "main"));
    char *slash = strrchr(dir, '/');
    if (slash)
        *slash = '\0';
    return erase_from_timeline(dir, session, &who);
}

/* One session in one transaction; its snapshot is made anew of what is left. */
static enum err erase_in(struct erasing *e, const char *session)
{
    enum err error = erase_recorded(e, session);
    if (error == ERR_NONE && sqlite3_exec(e->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
        error = ERR_SYSTEM;
    if (error != ERR_NONE)
        return error;
    error = rewrite_rows(e, session);
    if (error == ERR_NONE)
        error = drop_snapshot(e->db, session);
    if (error == ERR_NONE)
        error = snapshot_make(e->db, session);
    if (error == ERR_NONE && sqlite3_exec(e->db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
        error = ERR_SYSTEM;
    if (error != ERR_NONE && !sqlite3_get_autocommit(e->db))
        sqlite3_exec(e->db, "ROLLBACK", NULL, NULL, NULL);
    e->sessions += error == ERR_NONE;
    return error;
}

static bool came_before(const struct marks *m, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (strcmp(m->at[k].session, m->at[i].session) == 0)
            return true;
    }
    return false;
}

/* Who it was, for the desk, which has programmes and certificates in memory. */
static void put_keys(const struct erasing *e, struct json_out *o)
{
    json_open_array(o, "erased");
    for (size_t i = 0; i < e->marks.count && e->ask->session[0] == '\0'; i++) {
        bool told = false;
        for (size_t k = 0; k < i; k++)
            told = told || strcmp(e->marks.at[k].key, e->marks.at[i].key) == 0;
        if (!told)
            json_put_string(o, NULL, e->marks.at[i].key);
    }
    json_close_array(o);
}

static enum err erase_all(struct erasing *e, struct json_out *o)
{
    enum err error = ERR_NONE;
    json_open_object(o, NULL);
    json_put_boolean(o, "ok", true);
    json_open_array(o, "sessions");
    for (size_t i = 0; i < e->marks.count && error == ERR_NONE; i++) {
        if (e->marks.at[i].session[0] == '\0' || came_before(&e->marks, i))
            continue;
        error = erase_in(e, e->marks.at[i].session);
        json_put_string(o, NULL, e->marks.at[i].session);
    }
    json_close_array(o);
    if (error == ERR_NONE && e->ask->session[0] == '\0')
        error = erase_beyond(e);
    json_put_integer(o, "rows", (int64_t)e->rows);
    put_keys(e, o);
    json_close_object(o);
    return error;
}

void answer_erase(sqlite3 *db, const struct store_ask *ask, struct json_out *o)
{
    struct erasing e = {.db = db, .ask = ask};
    int code = sqlite3_exec(db, "PRAGMA secure_delete = ON", NULL, NULL, NULL);
    enum err error = code == SQLITE_OK ? ERR_NONE : ERR_SYSTEM;
    if (error == ERR_NONE && ask->session[0] == '\0')
        error = find_enrolled(&e);
    if (error == ERR_NONE)
        error = find_marks(&e);
    bool one = error == ERR_NONE && is_one(&e);
    if (one)
        error = erase_all(&e, o);
    /* What he said must not stay in the write-ahead file either. */
    if (one && error == ERR_NONE)
        sqlite3_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
    if (error == ERR_SYSTEM)
        answer_refuse_db(o, db, sqlite3_errcode(db));
    else if (error != ERR_NONE)
        answer_refuse(
            o, "The log cannot be changed as it is; \"aulactl log verify\" tells what is wrong with it.");
    else if (!one)
        answer_refuse(o, e.why);
    free(e.marks.at);
}
