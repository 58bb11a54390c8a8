#include "store/replay.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "session/session.h"
#include "store/row.h"
#include "store/snapshots.h"
#include "wire/json_out.h"

enum statement { ST_OTHERS, ST_NEXT_SESSION, ST_SNAPSHOT, ST_EVENTS, ST_LINKS, ST_COUNT };

static const char *const statements[ST_COUNT] = {
    [ST_OTHERS] = "SELECT " ROW_COLUMNS " FROM log WHERE kind > 2 ORDER BY row",
    /* From one session to the next by the index alone, however many events each has. */
    [ST_NEXT_SESSION] = "SELECT min(session) FROM log WHERE session > ?",
    [ST_SNAPSHOT] = "SELECT n, version, at_ms, title, people, created_ms, ended_ms, text FROM snapshot "
                    "WHERE session = ?",
    [ST_EVENTS] = "SELECT " ROW_COLUMNS " FROM log WHERE session = ? AND n >= ? ORDER BY n",
    [ST_LINKS] = "SELECT " ROW_COLUMNS " FROM log WHERE session = ? AND n = 0 ORDER BY row",
};

struct reading {
    struct replay *replay;
    sqlite3 *db;
    sqlite3_stmt *st[ST_COUNT];
};

static enum err cannot_read(const struct reading *r)
{
    snprintf(r->replay->why, r->replay->why_size,
             "The event log cannot be read (%s). It was left as it is. \"aulad --data DIR --verify-log\" "
             "tells what "
             "is wrong with it. Put a copy of it back, or start with another --data.",
             sqlite3_errmsg(r->db));
    return ERR_SYSTEM;
}

static enum err makes_no_sense(const struct reading *r, enum err e, const char *session, uint64_t n)
{
    snprintf(
        r->replay->why, r->replay->why_size,
        "The event log makes no sense at event %" PRIu64 " of session %s (%s). It was left as it is. \"aulad "
        "--data DIR --verify-log\" tells what is wrong with it. Put a copy of it back, or start with another "
        "--data.",
        n, session[0] ? session : "(none)", err_text(e));
    return e;
}

/* Gives every row of a statement that is bound. *ret_n is the last event's number. */
static enum err give_all(struct reading *r, sqlite3_stmt *st, uint64_t *ret_n)
{
    int code = sqlite3_step(st);
    enum err e = ERR_NONE;
    for (; code == SQLITE_ROW && e == ERR_NONE; code = e == ERR_NONE ? sqlite3_step(st) : code) {
        struct desk_row row;
        e = row_from_columns(st, &row) ? r->replay->each(r->replay->self, &row) : ERR_MALFORMED;
        if (e != ERR_NONE)
            return makes_no_sense(r, e, row.session, row.n);
        *ret_n = row.n;
        r->replay->rows++;
    }
    return code == SQLITE_DONE ? ERR_NONE : cannot_read(r);
}

static enum err give_past(struct reading *r, const char *session)
{
    sqlite3_stmt *st = r->st[ST_SNAPSHOT];
    struct desk_row row = {
        .kind = ROW_PAST, .n = (uint64_t)sqlite3_column_int64(st, 0), .at_ms = sqlite3_column_int64(st, 6)};
    struct json_out o;
    snprintf(row.session, sizeof row.session, "%s", session);
    json_out_init(&o);
    json_open_object(&o, NULL);
    json_put_string(&o, "title", (const char *)sqlite3_column_text(st, 3));
    json_put_integer(&o, "people", sqlite3_column_int64(st, 4));
    json_put_integer(&o, "created", sqlite3_column_int64(st, 5));
    json_put_integer(&o, "ended", row.at_ms);
    json_close_object(&o);
    row.text = o.text;
    row.len = o.len;
    enum err e = o.failed ? ERR_MEMORY : r->replay->each(r->replay->self, &row);
    json_out_finish(&o);
    return e == ERR_NONE ? e : makes_no_sense(r, e, session, row.n);
}

/* *ret_n: events up to it are in the snapshot that was taken; 0 = none was. */
static enum err give_snapshot(struct reading *r, const char *session, uint64_t *ret_n)
{
    sqlite3_stmt *st = r->st[ST_SNAPSHOT];
    struct desk_row row = {.kind = ROW_SNAPSHOT,
                           .n = (uint64_t)sqlite3_column_int64(st, 0),
                           .at_ms = sqlite3_column_int64(st, 2)};
    if (!snapshot_is_ours(sqlite3_column_int64(st, 1)))
        return ERR_NONE;
    snprintf(row.session, sizeof row.session, "%s", session);
    row.text = (const char *)sqlite3_column_text(st, 7);
    row.len = (size_t)sqlite3_column_bytes(st, 7);
    enum err e = row.text ? r->replay->each(r->replay->self, &row) : ERR_MALFORMED;
    if (e == ERR_NONE)
        *ret_n = row.n;
    return e == ERR_MALFORMED ? ERR_NONE : e; /* the events tell all that it would have */
}

static enum err give_rows(struct reading *r, const char *session, uint64_t snapshot_n)
{
    uint64_t n = 0, link = 0;
    sqlite3_stmt *events = r->st[ST_EVENTS], *links = r->st[ST_LINKS];
    uint64_t from = snapshot_n > RESUME_EVENTS_MAX ? snapshot_n - RESUME_EVENTS_MAX + 1 : 1;
    sqlite3_bind_text(events, 1, session, -1, SQLITE_STATIC);
    sqlite3_bind_int64(events, 2, (int64_t)from);
    enum err e = give_all(r, events, &n);
    sqlite3_reset(events);
    if (e == ERR_NONE && n < snapshot_n) {
        snprintf(
            r->replay->why, r->replay->why_size,
            "The event log has lost its end: session %s had %" PRIu64 " events, and %" PRIu64
            " are there. It was left as it is. Put a copy of aula.db back (with its -wal file, where there "
            "was one), or start with another --data.",
            session, snapshot_n, n);
        return ERR_MALFORMED;
    }
    if (n >= snapshot_n + SNAPSHOT_EVERY && r->replay->tail_count < REPLAY_TAILS_MAX)
        memcpy(r->replay->tails[r->replay->tail_count++], session, strlen(session) + 1);
    sqlite3_bind_text(links, 1, session, -1, SQLITE_STATIC);
    if (e == ERR_NONE)
        e = give_all(r, links, &link);
    sqlite3_reset(links);
    return e;
}

static enum err give_session(struct reading *r, const char *session)
{
    sqlite3_stmt *st = r->st[ST_SNAPSHOT];
    uint64_t n = 0;
    sqlite3_bind_text(st, 1, session, -1, SQLITE_STATIC);
    int code = sqlite3_step(st);
    bool is_past = code == SQLITE_ROW && sqlite3_column_type(st, 6) != SQLITE_NULL;
    enum err e = code == SQLITE_ROW || code == SQLITE_DONE ? ERR_NONE : cannot_read(r);
    if (is_past)
        e = give_past(r, session);
    else if (code == SQLITE_ROW)
        e = give_snapshot(r, session, &n);
    sqlite3_reset(st);
    return e != ERR_NONE || is_past ? e : give_rows(r, session, n);
}

static enum err give_sessions(struct reading *r)
{
    sqlite3_stmt *st = r->st[ST_NEXT_SESSION];
    char session[SESSION_ID_MAX + 1] = "";
    enum err e = ERR_NONE;
    while (e == ERR_NONE) {
        sqlite3_bind_text(st, 1, session, -1, SQLITE_STATIC);
        int code = sqlite3_step(st);
        const char *next = code == SQLITE_ROW ? (const char *)sqlite3_column_text(st, 0) : NULL;
        bool fits = next == NULL || strlen(next) <= SESSION_ID_MAX;
        bool more = next != NULL && fits;
        if (code != SQLITE_ROW)
            e = cannot_read(r);
        else if (!fits)
            e = makes_no_sense(r, ERR_LONG, "(a name too long)", 0);
        else if (more)
            snprintf(session, sizeof session, "%s", next);
        sqlite3_reset(st);
        if (e != ERR_NONE || !more)
            break;
        e = give_session(r, session);
    }
    return e;
}

static enum err newest_row(struct reading *r)
{
    sqlite3_stmt *st = NULL;
    int code = sqlite3_prepare_v2(r->db, "SELECT max(row) FROM log", -1, &st, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(st);
    if (code == SQLITE_ROW)
        r->replay->last_row = (uint64_t)sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    return code == SQLITE_ROW ? ERR_NONE : cannot_read(r);
}

enum err replay_rows(sqlite3 *db, struct replay *replay)
{
    struct reading r = {.replay = replay, .db = db};
    enum err e = ERR_NONE;
    uint64_t n;
    for (int i = 0; i < ST_COUNT && e == ERR_NONE; i++) {
        if (sqlite3_prepare_v2(db, statements[i], -1, &r.st[i], NULL) != SQLITE_OK)
            e = cannot_read(&r);
    }
    if (e == ERR_NONE)
        e = give_all(&r, r.st[ST_OTHERS], &n);
    if (e == ERR_NONE)
        e = give_sessions(&r);
    if (e == ERR_NONE)
        e = newest_row(&r);
    for (int i = 0; i < ST_COUNT; i++)
        sqlite3_finalize(r.st[i]);
    return e;
}
