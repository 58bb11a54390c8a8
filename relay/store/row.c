#include "store/row.h"

#include <string.h>

enum column { COL_ROW, COL_KIND, COL_SESSION, COL_N, COL_AT_MS, COL_TOKEN, COL_TEXT };

bool row_from_columns(sqlite3_stmt *st, struct desk_row *row)
{
    *row = (struct desk_row){.row = (uint64_t)sqlite3_column_int64(st, COL_ROW),
                             .n = (uint64_t)sqlite3_column_int64(st, COL_N),
                             .at_ms = sqlite3_column_int64(st, COL_AT_MS)};
    const char *session = (const char *)sqlite3_column_text(st, COL_SESSION);
    int kind = sqlite3_column_int(st, COL_KIND);
    if (session == NULL || strlen(session) > SESSION_ID_MAX)
        return false;
    memcpy(row->session, session, strlen(session) + 1);
    if (kind < 1 || kind > ROW_KINDS)
        return false;
    row->kind = (enum desk_row_kind)(kind - 1);
    if (row->kind == ROW_LINK || row->kind == ROW_TOKEN) {
        if (sqlite3_column_bytes(st, COL_TOKEN) != (int)sizeof row->token_sha256)
            return false;
        memcpy(row->token_sha256, sqlite3_column_blob(st, COL_TOKEN), sizeof row->token_sha256);
    }
    row->text = (const char *)sqlite3_column_text(st, COL_TEXT);
    row->len = (size_t)sqlite3_column_bytes(st, COL_TEXT);
    return row->text != NULL && (row->kind != ROW_EVENT || row->n > 0);
}
