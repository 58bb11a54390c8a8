/* Reading the log: a session's events as they were written. */
#include <stdio.h>

#include "signal/refusal.h"
#include "store/answers.h"
#include "store/schema.h"

void answer_refuse(struct json_out *o, const char *why)
{
    json_out_finish(o);
    refusal_write(o, false, why);
}

void answer_refuse_db(struct json_out *o, sqlite3 *db, int code)
{
    char why[600];
    schema_explain(db, code, "aula.db", why, sizeof why);
    answer_refuse(o, why);
}

/* Puts events until the answer is full. *ret_next: where the rest begins; 0 = this was all. */
static int put_events(sqlite3_stmt *st, struct json_out *o, uint64_t *ret_next, size_t *ret_count)
{
    int code = sqlite3_step(st);
    size_t count = 0;
    for (; code == SQLITE_ROW; code = sqlite3_step(st)) {
        if (o->len >= SHOW_BYTES_MAX && count > 0) {
            *ret_next = (uint64_t)sqlite3_column_int64(st, 0);
            code = SQLITE_DONE;
            break;
        }
        const char *text = (const char *)sqlite3_column_text(st, 1);
        json_put_raw(o, NULL, text ? text : "null", text ? (size_t)sqlite3_column_bytes(st, 1) : 4);
        count++;
    }
    *ret_count = count;
    return code;
}

void answer_log_show(sqlite3 *db, const struct store_ask *ask, struct json_out *o)
{
    static const char sql[] =
        "SELECT n, text FROM log WHERE session = ? AND n >= ? AND kind = 1 ORDER BY n, row";
    sqlite3_stmt *st = NULL;
    uint64_t next = 0;
    size_t count = 0;
    json_open_object(o, NULL);
    json_put_boolean(o, "ok", true);
    json_open_array(o, "events");
    int code = sqlite3_prepare_v2(db, sql, -1, &st, NULL);
    if (code == SQLITE_OK) {
        sqlite3_bind_text(st, 1, ask->session, -1, SQLITE_STATIC);
        sqlite3_bind_int64(st, 2, ask->from > 0 ? (int64_t)ask->from : 1);
        code = put_events(st, o, &next, &count);
    }
    sqlite3_finalize(st);
    json_close_array(o);
    if (next > 0)
        json_put_integer(o, "next", (int64_t)next);
    json_close_object(o);
    if (code != SQLITE_DONE) {
        answer_refuse_db(o, db, code);
    } else if (count == 0) {
        char why[200];
        snprintf(why, sizeof why,
                 "The log has no %sevents of a session \"%s\"; \"aulactl list --all\" shows the sessions.",
                 ask->from > 1 ? "such " : "", ask->session);
        answer_refuse(o, why);
    }
}
