#include "store/snapshots.h"

#include <stdlib.h>

#include "wire/json_out.h"

bool snapshot_is_ours(int64_t version)
{
    return version >= SNAPSHOT_OLDEST && version <= SNAPSHOT_VERSION;
}

/* The newest snapshot that can be read; none is no error. */
static enum err begin(sqlite3 *db, const char *session, uint64_t until_n, struct folded *f)
{
    static const char sql[] = "SELECT n, at_ms, ended_ms, text FROM snapshot WHERE session = ? "
                              "AND version BETWEEN ? AND ? AND n <= ?";
    sqlite3_stmt *st = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &st, NULL);
    if (code == SQLITE_OK) {
        sqlite3_bind_text(st, 1, session, -1, SQLITE_STATIC);
        sqlite3_bind_int(st, 2, SNAPSHOT_OLDEST);
        sqlite3_bind_int(st, 3, SNAPSHOT_VERSION);
        sqlite3_bind_int64(st, 4, (int64_t)until_n);
        code = sqlite3_step(st);
    }
    enum err e = code == SQLITE_ROW || code == SQLITE_DONE ? ERR_NONE : ERR_SYSTEM;
    if (code == SQLITE_ROW) {
        e = session_load(session, (const char *)sqlite3_column_text(st, 3),
                         (size_t)sqlite3_column_bytes(st, 3), &f->state);
        if (e == ERR_NONE) {
            f->snapshot_n = (uint64_t)sqlite3_column_int64(st, 0);
            f->at_ms = sqlite3_column_int64(st, 1);
            f->ended_ms = sqlite3_column_int64(st, 2);
        } else if (e == ERR_MALFORMED) {
            e = ERR_NONE;
        }
    }
    sqlite3_finalize(st);
    return e;
}

static enum err fold_text(struct folded *f, const char *text, size_t len, uint64_t n)
{
    struct json_doc *doc;
    struct event event;
    char why[JSON_WHY_MAX];
    enum err e = text ? json_doc_read(text, len, SENTENCE_MAX, &doc, why) : ERR_MALFORMED;
    if (e != ERR_NONE)
        return e == ERR_MEMORY ? e : ERR_MALFORMED;
    event_read(json_doc_root(doc), &event);
    e = json_doc_error(doc) || event.n != n ? ERR_MALFORMED : session_apply(f->state, &event);
    if (e == ERR_NONE) {
        f->at_ms = event.at_ms;
        if (event.kind == EVENT_STATE && event.state == SESSION_ENDED)
            f->ended_ms = event.at_ms;
    }
    json_doc_destroy(doc);
    return e;
}

enum err snapshot_fold_on(sqlite3 *db, const char *session, uint64_t until_n, struct folded *f,
                          uint64_t *ret_bad_n)
{
    static const char sql[] =
        "SELECT n, text FROM log WHERE session = ? AND n > ? AND n <= ? AND kind = 1 ORDER BY n, row";
    sqlite3_stmt *st = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &st, NULL);
    if (code == SQLITE_OK) {
        sqlite3_bind_text(st, 1, session, -1, SQLITE_STATIC);
        sqlite3_bind_int64(st, 2, (int64_t)session_n(f->state));
        sqlite3_bind_int64(st, 3, (int64_t)until_n);
        code = sqlite3_step(st);
    }
    enum err e = ERR_NONE;
    while (code == SQLITE_ROW && e == ERR_NONE) {
        uint64_t n = (uint64_t)sqlite3_column_int64(st, 0);
        e = fold_text(f, (const char *)sqlite3_column_text(st, 1), (size_t)sqlite3_column_bytes(st, 1), n);
        if (e == ERR_MALFORMED)
            *ret_bad_n = n;
        if (e == ERR_NONE)
            code = sqlite3_step(st);
    }
    sqlite3_finalize(st);
    return e != ERR_NONE ? e : code == SQLITE_DONE ? ERR_NONE : ERR_SYSTEM;
}

enum err snapshot_fold(sqlite3 *db, const char *session, bool from_start, uint64_t until_n,
                       struct folded *ret_folded, uint64_t *ret_bad_n)
{
    struct folded f = {.state = NULL};
    enum err e = from_start ? ERR_NONE : begin(db, session, until_n, &f);
    if (e == ERR_NONE && f.state == NULL)
        e = session_create(session, &f.state);
    if (e == ERR_NONE)
        e = snapshot_fold_on(db, session, until_n, &f, ret_bad_n);
    if (e == ERR_NONE && session_n(f.state) > 0) {
        *ret_folded = f;
        return ERR_NONE;
    }
    session_destroy(f.state);
    if (e == ERR_NONE)
        *ret_folded = (struct folded){.state = NULL};
    return e;
}

static enum err put(sqlite3 *db, const char *session, const struct folded *f, const struct json_out *dump)
{
    static const char sql[] =
        "INSERT OR REPLACE INTO snapshot (session, n, version, at_ms, title, people, created_ms, "
        "ended_ms, text) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
    sqlite3_stmt *st = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &st, NULL);
    if (code == SQLITE_OK) {
        sqlite3_bind_text(st, 1, session, -1, SQLITE_STATIC);
        sqlite3_bind_int64(st, 2, (int64_t)session_n(f->state));
        sqlite3_bind_int(st, 3, SNAPSHOT_VERSION);
        sqlite3_bind_int64(st, 4, f->at_ms);
        sqlite3_bind_text(st, 5, session_title(f->state), -1, SQLITE_STATIC);
        sqlite3_bind_int64(st, 6, (int64_t)session_person_count(f->state));
        sqlite3_bind_int64(st, 7, session_created_ms(f->state));
        if (f->ended_ms > 0)
            sqlite3_bind_int64(st, 8, f->ended_ms);
        sqlite3_bind_text64(st, 9, dump->text, dump->len, SQLITE_STATIC, SQLITE_UTF8);
        code = sqlite3_step(st);
    }
    sqlite3_finalize(st);
    return code == SQLITE_DONE ? ERR_NONE : ERR_SYSTEM;
}

enum err snapshot_make(sqlite3 *db, const char *session)
{
    struct folded f;
    struct json_out dump;
    uint64_t bad_n;
    enum err e = snapshot_fold(db, session, false, INT64_MAX, &f, &bad_n);
    if (e != ERR_NONE)
        return e;
    if (f.state == NULL)
        return ERR_UNKNOWN;
    json_out_init(&dump);
    session_dump(f.state, &dump);
    e = dump.failed ? ERR_MEMORY : session_n(f.state) > f.snapshot_n ? put(db, session, &f, &dump) : ERR_NONE;
    json_out_finish(&dump);
    session_destroy(f.state);
    return e;
}
