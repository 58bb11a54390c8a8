#include "store/verify.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/answers.h"
#include "store/row.h"
#include "store/schema.h"
#include "store/snapshots.h"

static void found(struct verify_report *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void found(struct verify_report *r, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (r->wrong < VERIFY_FINDINGS_MAX)
        vsnprintf(r->findings[r->wrong], VERIFY_FINDING_MAX, format, arguments);
    va_end(arguments);
    r->wrong++;
}

/* SQLite's own check of pages, order and indexes. */
static void check_file(sqlite3 *db, struct verify_report *r)
{
    sqlite3_stmt *st = NULL;
    int code = sqlite3_prepare_v2(db, "PRAGMA integrity_check(20)", -1, &st, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(st);
    for (; code == SQLITE_ROW; code = sqlite3_step(st)) {
        const char *text = (const char *)sqlite3_column_text(st, 0);
        if (text == NULL || strcmp(text, "ok") != 0)
            found(r, "The file is damaged: %.200s", text ? text : "(no answer)");
    }
    if (code != SQLITE_DONE)
        found(r, "The file cannot be read: %.200s", sqlite3_errmsg(db));
    sqlite3_finalize(st);
}

static void check_row(const struct desk_row *row, struct verify_report *r)
{
    struct json_doc *doc;
    char why[JSON_WHY_MAX];
    if (json_doc_read(row->text, row->len, SENTENCE_MAX, &doc, why) != ERR_NONE)
        found(r, "Row %" PRIu64 " of session %s is no JSON object: %.200s", row->row, row->session, why);
    else
        json_doc_destroy(doc);
}

/* Every row by itself: events are folded later. */
static void check_rows(sqlite3 *db, struct verify_report *r)
{
    sqlite3_stmt *st = NULL;
    int code = sqlite3_prepare_v2(db, "SELECT " ROW_COLUMNS " FROM log ORDER BY row", -1, &st, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(st);
    for (; code == SQLITE_ROW; code = sqlite3_step(st)) {
        struct desk_row row;
        if (!row_from_columns(st, &row)) {
            found(r, "Row %" PRIu64 " is none that aula writes.", row.row);
            continue;
        }
        if (row.kind == ROW_EVENT)
            r->events++;
        else if (row.kind == ROW_LINK)
            r->links++;
        if (row.kind != ROW_EVENT)
            check_row(&row, r);
    }
    if (code != SQLITE_DONE)
        found(r, "The rows cannot all be read: %.200s", sqlite3_errmsg(db));
    sqlite3_finalize(st);
}

static void compare(const struct folded *f, const char *session, const char *text, size_t len,
                    struct verify_report *r)
{
    struct json_out dump;
    json_out_init(&dump);
    session_dump(f->state, &dump);
    if (dump.failed)
        found(r, "There is not enough memory for the snapshot of session %s.", session);
    else if (dump.len != len || memcmp(dump.text, text, len) != 0)
        found(r, "The snapshot of session %s at event %" PRIu64 " is not what its events give.", session,
              session_n(f->state));
    json_out_finish(&dump);
}

/* Folds up to the snapshot and compares. */
static enum err check_snapshot(sqlite3 *db, const char *session, struct folded *f, uint64_t *ret_bad_n,
                               struct verify_report *r)
{
    sqlite3_stmt *st = NULL;
    int code =
        sqlite3_prepare_v2(db, "SELECT n, version, text FROM snapshot WHERE session = ?", -1, &st, NULL);
    if (code == SQLITE_OK) {
        sqlite3_bind_text(st, 1, session, -1, SQLITE_STATIC);
        code = sqlite3_step(st);
    }
    enum err e = ERR_NONE;
    uint64_t n = code == SQLITE_ROW ? (uint64_t)sqlite3_column_int64(st, 0) : 0;
    const char *text = n > 0 ? (const char *)sqlite3_column_text(st, 2) : NULL;
    if (text) {
        e = snapshot_fold_on(db, session, n, f, ret_bad_n);
        r->snapshots++;
        if (e == ERR_NONE && session_n(f->state) < n)
            found(r, "Session %s has lost its end: its snapshot has %" PRIu64 " events, the log %" PRIu64 ".",
                  session, n, session_n(f->state));
        else if (e == ERR_NONE && snapshot_is_ours(sqlite3_column_int64(st, 1)))
            compare(f, session, text, (size_t)sqlite3_column_bytes(st, 2), r);
    }
    sqlite3_finalize(st);
    return e;
}

static void check_session(sqlite3 *db, const char *session, struct verify_report *r)
{
    struct folded f = {.state = NULL};
    uint64_t bad_n = 0;
    enum err e = session_create(session, &f.state);
    if (e == ERR_NONE)
        e = check_snapshot(db, session, &f, &bad_n, r);
    if (e == ERR_NONE)
        e = snapshot_fold_on(db, session, INT64_MAX, &f, &bad_n);
    uint64_t n = f.state ? session_n(f.state) : 0;
    if (e == ERR_MALFORMED && bad_n > n + 1)
        found(r, "Session %s lacks the events %" PRIu64 " to %" PRIu64 ".", session, n + 1, bad_n - 1);
    else if (e == ERR_MALFORMED)
        found(r, "Event %" PRIu64 " of session %s cannot be read, or cannot follow those before it.", bad_n,
              session);
    else if (e != ERR_NONE)
        found(r, "Session %s cannot be read: %s", session, err_text(e));
    else if (n == 0)
        found(r, "Session %s has links and no event.", session);
    session_destroy(f.state);
}

static void check_sessions(sqlite3 *db, struct verify_report *r)
{
    sqlite3_stmt *st = NULL;
    char session[SESSION_ID_MAX + 1] = "";
    int code =
        sqlite3_prepare_v2(db, "SELECT min(session) FROM log WHERE session > ? AND kind <= 2", -1, &st, NULL);
    while (code == SQLITE_OK) {
        sqlite3_bind_text(st, 1, session, -1, SQLITE_TRANSIENT);
        if (sqlite3_step(st) != SQLITE_ROW) {
            found(r, "The sessions cannot all be read: %.200s", sqlite3_errmsg(db));
            break;
        }
        const char *next = (const char *)sqlite3_column_text(st, 0);
        if (next == NULL)
            break;
        snprintf(session, sizeof session, "%s", next);
        code = sqlite3_reset(st);
        r->sessions++;
        check_session(db, session, r);
    }
    sqlite3_finalize(st);
}

void verify_log(sqlite3 *db, struct verify_report *r)
{
    memset(r, 0, sizeof *r);
    check_file(db, r);
    check_rows(db, r);
    check_sessions(db, r);
}

void answer_log_verify(sqlite3 *db, const struct store_ask *ask, struct json_out *o)
{
    (void)ask;
    struct verify_report *r = malloc(sizeof *r);
    if (r == NULL) {
        answer_refuse(o, "The relay is out of memory; try again in a moment.");
        return;
    }
    verify_log(db, r);
    json_open_object(o, NULL);
    json_put_boolean(o, "ok", true);
    json_put_boolean(o, "good", r->wrong == 0);
    json_put_integer(o, "sessions", (int64_t)r->sessions);
    json_put_integer(o, "events", (int64_t)r->events);
    json_put_integer(o, "links", (int64_t)r->links);
    json_put_integer(o, "snapshots", (int64_t)r->snapshots);
    json_put_integer(o, "wrong", (int64_t)r->wrong);
    json_open_array(o, "findings");
    for (size_t i = 0; i < r->wrong && i < VERIFY_FINDINGS_MAX; i++)
        json_put_string(o, NULL, r->findings[i]);
    json_close_array(o);
    json_close_object(o);
    free(r);
}
