#include "store/feed.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "store/schema.h"
#include "wire/json_in.h"
#include "wire/signal.h"

struct feed {
    sqlite3 *db;
    sqlite3_stmt *next, *newest, *waiting;
};

/* What a learning platform wants to know: that a session is there and how it stands, and who was there. */
static const char *const told[] = {"created", "state", "scheduled",  "recorded",
                                   "joined",  "away",  "left",       "restarted",
                                   "removed", "role",  "checked-in", "checked-out"};

#define TOLD (sizeof told / sizeof told[0])

static const char sql_next[] =
    "SELECT row, session, text FROM log WHERE row > ?1 AND kind = 1 ORDER BY row LIMIT ?2";

/* The rows behind ?1 that are told; the kind is in the event's text. */
static int prepare_waiting(struct feed *f)
{
    char sql[600];
    int at = snprintf(sql, sizeof sql,
                      "SELECT count(*) FROM log WHERE row > ?1 AND kind = 1 AND json_valid(text) AND "
                      "json_extract(text, '$.kind') IN (");
    for (size_t i = 0; i < TOLD; i++)
        at += snprintf(sql + at, sizeof sql - (size_t)at, "%s'%s'", i > 0 ? ", " : "", told[i]);
    snprintf(sql + at, sizeof sql - (size_t)at, ")");
    return sqlite3_prepare_v2(f->db, sql, -1, &f->waiting, NULL);
}

enum err feed_open(const char *data_dir, struct feed **ret_feed, char *why, size_t why_size)
{
    char path[PATH_MAX];
    struct feed *f = calloc(1, sizeof *f);
    snprintf(why, why_size, "there is not enough memory");
    if (f == NULL)
        return ERR_MEMORY;
    snprintf(path, sizeof path, "%s/aula.db", data_dir);
    enum err e = schema_open_to_read(path, &f->db, why, why_size);
    if (e == ERR_NONE &&
        (sqlite3_prepare_v2(f->db, sql_next, -1, &f->next, NULL) != SQLITE_OK ||
         prepare_waiting(f) != SQLITE_OK ||
         sqlite3_prepare_v2(f->db, "SELECT max(row) FROM log", -1, &f->newest, NULL) != SQLITE_OK)) {
        schema_explain(f->db, sqlite3_errcode(f->db), path, why, why_size);
        e = ERR_SYSTEM;
    }
    if (e == ERR_NONE)
        *ret_feed = f;
    else
        feed_close(f);
    return e;
}

void feed_close(struct feed *f)
{
    if (f == NULL)
        return;
    sqlite3_finalize(f->next);
    sqlite3_finalize(f->newest);
    sqlite3_finalize(f->waiting);
    sqlite3_close(f->db);
    free(f);
}

enum err feed_newest(struct feed *f, uint64_t *ret_row)
{
    bool good = sqlite3_step(f->newest) == SQLITE_ROW;
    if (good)
        *ret_row = (uint64_t)sqlite3_column_int64(f->newest, 0);
    sqlite3_reset(f->newest);
    return good ? ERR_NONE : ERR_SYSTEM;
}

enum err feed_waiting(struct feed *f, uint64_t after, uint64_t *ret_count)
{
    sqlite3_bind_int64(f->waiting, 1, (int64_t)after);
    bool good = sqlite3_step(f->waiting) == SQLITE_ROW;
    if (good)
        *ret_count = (uint64_t)sqlite3_column_int64(f->waiting, 0);
    sqlite3_reset(f->waiting);
    return good ? ERR_NONE : ERR_SYSTEM;
}

static bool is_told(const char *text, size_t len)
{
    struct json_doc *doc;
    char why[JSON_WHY_MAX];
    bool found = false;
    if (json_doc_read(text, len, SENTENCE_MAX, &doc, why) != ERR_NONE)
        return false; /* verify tells of it */
    const char *kind = json_in_string(json_doc_root(doc), "kind", JSON_TEXT_ID, 40);
    for (size_t i = 0; i < TOLD && !found; i++)
        found = strcmp(kind, told[i]) == 0;
    json_doc_destroy(doc);
    return found;
}

static void put_event(struct json_out *o, int64_t row, const char *session, const char *text, size_t len)
{
    json_open_object(o, NULL);
    json_put_integer(o, "row", row);
    json_put_string(o, "session", session);
    json_put_raw(o, "event", text, len);
    json_close_object(o);
}

enum err feed_next(struct feed *f, uint64_t after, struct json_out *o, uint64_t *ret_last, size_t *ret_count)
{
    size_t begun = o->len;
    int code = SQLITE_ROW;
    *ret_last = after;
    *ret_count = 0;
    sqlite3_bind_int64(f->next, 1, (int64_t)after);
    sqlite3_bind_int(f->next, 2, FEED_ROWS);
    while (*ret_count < FEED_EVENTS && o->len - begun < FEED_BYTES &&
           (code = sqlite3_step(f->next)) == SQLITE_ROW) {
        const char *session = (const char *)sqlite3_column_text(f->next, 1);
        const char *text = (const char *)sqlite3_column_text(f->next, 2);
        size_t len = (size_t)sqlite3_column_bytes(f->next, 2);
        *ret_last = (uint64_t)sqlite3_column_int64(f->next, 0);
        if (session == NULL || text == NULL || !is_told(text, len))
            continue;
        put_event(o, (int64_t)*ret_last, session, text, len);
        ++*ret_count;
    }
    sqlite3_reset(f->next);
    return code == SQLITE_ROW || code == SQLITE_DONE ? ERR_NONE : ERR_SYSTEM;
}
