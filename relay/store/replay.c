#include "store/replay.h"

#include <stdbool.h>
#include <string.h>

enum column { COL_ROW, COL_KIND, COL_SESSION, COL_N, COL_AT_MS, COL_TOKEN, COL_TEXT };

static const char replay_sql[] = "SELECT row, kind, session, n, at_ms, token, text FROM log ORDER BY row";

/* False where the columns are not what the writer writes. */
static bool row_from_columns(sqlite3_stmt *st, struct desk_row *row)
{
    *row = (struct desk_row){.row = (uint64_t)sqlite3_column_int64(st, COL_ROW),
                             .n = (uint64_t)sqlite3_column_int64(st, COL_N),
                             .at_ms = sqlite3_column_int64(st, COL_AT_MS)};
    switch (sqlite3_column_int(st, COL_KIND)) {
    case ROW_EVENT + 1:
        row->kind = ROW_EVENT;
        break;
    case ROW_LINK + 1:
        row->kind = ROW_LINK;
        if (sqlite3_column_bytes(st, COL_TOKEN) != (int)sizeof row->token_sha256)
            return false;
        memcpy(row->token_sha256, sqlite3_column_blob(st, COL_TOKEN), sizeof row->token_sha256);
        break;
    default:
        return false;
    }
    const char *session = (const char *)sqlite3_column_text(st, COL_SESSION);
    row->text = (const char *)sqlite3_column_text(st, COL_TEXT);
    row->len = (size_t)sqlite3_column_bytes(st, COL_TEXT);
    if (session == NULL || row->text == NULL || strlen(session) > SESSION_ID_MAX)
        return false;
    memcpy(row->session, session, strlen(session) + 1);
    return true;
}

enum err replay_rows(sqlite3 *db, enum err (*each)(void *self, const struct desk_row *row), void *self,
                     uint64_t *ret_last_row)
{
    sqlite3_stmt *st = NULL;
    uint64_t last = 0;
    enum err e = ERR_NONE;
    int code = sqlite3_prepare_v2(db, replay_sql, -1, &st, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(st);
    while (code == SQLITE_ROW && e == ERR_NONE) {
        struct desk_row row;
        e = row_from_columns(st, &row) ? each(self, &row) : ERR_MALFORMED;
        last = row.row;
        if (e == ERR_NONE)
            code = sqlite3_step(st);
    }
    sqlite3_finalize(st);
    if (e != ERR_NONE)
        return e;
    if (code != SQLITE_DONE)
        return ERR_SYSTEM;
    *ret_last_row = last;
    return ERR_NONE;
}
