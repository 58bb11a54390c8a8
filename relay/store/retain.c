#include "store/retain.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "signal/desk.h"

/* The oldest session that is to go. SQLITE_ROW, SQLITE_DONE. */
static int next_session(sqlite3 *db, int64_t ended_before_ms, const char *after,
                        char ret_session[SESSION_ID_MAX + 1])
{
    sqlite3_stmt *st = NULL;
    int code = sqlite3_prepare_v2(
        db, "SELECT session FROM snapshot WHERE ended_ms < ? AND session > ? ORDER BY session LIMIT 1", -1,
        &st, NULL);
    if (code == SQLITE_OK) {
        sqlite3_bind_int64(st, 1, ended_before_ms);
        sqlite3_bind_text(st, 2, after, -1, SQLITE_STATIC);
        code = sqlite3_step(st);
    }
    if (code == SQLITE_ROW)
        snprintf(ret_session, SESSION_ID_MAX + 1, "%s", (const char *)sqlite3_column_text(st, 0));
    sqlite3_finalize(st);
    return code;
}

/* A session's id is a safe name for a file; what is no such name has no recording. */
static bool is_safe(const char *session)
{
    return session[0] != '\0' && session[0] != '.' && strchr(session, '/') == NULL;
}

/* A recording's folder holds files and nothing deeper. */
static enum err remove_recording(const char *data_dir, const char *session)
{
    char folder[PATH_MAX];
    int n = snprintf(folder, sizeof folder, "%s/recordings/%s", data_dir, session);
    DIR *d = is_safe(session) && n > 0 && (size_t)n < sizeof folder ? opendir(folder) : NULL;
    if (d == NULL)
        return !is_safe(session) || errno == ENOENT ? ERR_NONE : ERR_SYSTEM;
    bool good = true;
    for (struct dirent *e = readdir(d); e != NULL; e = readdir(d)) {
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            good = unlinkat(dirfd(d), e->d_name, 0) == 0 && good;
    }
    closedir(d);
    return good && rmdir(folder) == 0 ? ERR_NONE : ERR_SYSTEM;
}

static int delete_rows(sqlite3 *db, const char *sql, const char *session)
{
    sqlite3_stmt *st = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &st, NULL);
    if (code == SQLITE_OK) {
        sqlite3_bind_text(st, 1, session, -1, SQLITE_STATIC);
        code = sqlite3_step(st);
    }
    sqlite3_finalize(st);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

static enum err forget(sqlite3 *db, const char *session)
{
    int code = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = delete_rows(db, "DELETE FROM log WHERE session = ?", session);
    if (code == SQLITE_OK)
        code = delete_rows(db, "DELETE FROM snapshot WHERE session = ?", session);
    if (code == SQLITE_OK)
        code = sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    if (code != SQLITE_OK && !sqlite3_get_autocommit(db))
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return code == SQLITE_OK ? ERR_NONE : ERR_SYSTEM;
}

enum err retain(sqlite3 *db, const char *data_dir, int64_t ended_before_ms,
                void (*gone)(void *self, const char *session), void *self)
{
    char session[SESSION_ID_MAX + 1] = "", next[SESSION_ID_MAX + 1];
    enum err worst = ERR_NONE;
    size_t count = 0;
    int code = sqlite3_exec(db, "PRAGMA secure_delete = ON", NULL, NULL, NULL);
    while (code == SQLITE_OK) {
        code = next_session(db, ended_before_ms, session, next);
        if (code != SQLITE_ROW)
            break;
        memcpy(session, next, sizeof session);
        enum err e = remove_recording(data_dir, session);
        if (e == ERR_NONE)
            e = forget(db, session);
        if (e == ERR_NONE) {
            gone(self, session);
            count++;
        } else {
            worst = e;
        }
        code = SQLITE_OK;
    }
    if (count > 0)
        sqlite3_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
    return code == SQLITE_DONE ? worst : ERR_SYSTEM;
}
