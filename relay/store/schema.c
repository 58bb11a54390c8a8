#include "store/schema.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* One table: rows are only ever added, so their order is the truth. `kind` is enum desk_row_kind + 1. */
static const char schema_sql[] =
    "BEGIN IMMEDIATE;"
    "CREATE TABLE log ("
    "  row     INTEGER PRIMARY KEY," /* 1, 2, 3 … over the relay's life */
    "  kind    INTEGER NOT NULL,"    /* 1 an event, 2 a link's record */
    "  session TEXT NOT NULL,"
    "  n       INTEGER NOT NULL," /* an event's number in its session; 0 for a link */
    "  at_ms   INTEGER NOT NULL," /* wall time */
    "  token   BLOB,"             /* a link's key, the SHA-256 of its token */
    "  text    TEXT NOT NULL"     /* JSON */
    ") STRICT;"
    "CREATE INDEX log_session ON log (session, n);"
    "PRAGMA application_id = 1635085409;" /* SCHEMA_APPLICATION_ID */
    "PRAGMA user_version = 1;"            /* SCHEMA_VERSION */
    "COMMIT;";

void schema_explain(sqlite3 *db, int code, const char *path, char *why, size_t why_size)
{
    const char *text = db != NULL ? sqlite3_errmsg(db) : sqlite3_errstr(code);
    switch (code & 0xff) {
    case SQLITE_FULL:
        snprintf(why, why_size, "The disk that holds %s is full. Free some space on it.", path);
        break;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
        snprintf(why, why_size,
                 "%s is damaged (%s). It was left as it is. Put a copy of it back, or save what can be read "
                 "with the sqlite3 command .recover, or start with another --data.",
                 path, text);
        break;
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
        snprintf(why, why_size,
                 "%s cannot be written (%s). Make its folder and everything in it writable for aulad.", path,
                 text);
        break;
    case SQLITE_BUSY:
        snprintf(why, why_size, "%s is held by another program. End that program.", path);
        break;
    default:
        snprintf(why, why_size, "%s cannot be used (%s). Look after the disk that holds it.", path, text);
    }
}

static enum err refuse(sqlite3 *db, int code, const char *path, char *why, size_t why_size)
{
    schema_explain(db, code, path, why, why_size);
    sqlite3_close(db);
    return ERR_SYSTEM;
}

/* The first column of a query's first row, as a number. */
static int ask_number(sqlite3 *db, const char *sql, int64_t *ret_number)
{
    sqlite3_stmt *st = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &st, NULL);
    if (code == SQLITE_OK) {
        code = sqlite3_step(st);
        if (code == SQLITE_ROW) {
            *ret_number = sqlite3_column_int64(st, 0);
            code = SQLITE_OK;
        }
    }
    sqlite3_finalize(st);
    return code;
}

/* SQLITE_CORRUPT where SQLite's own check finds damage. */
static int check_integrity(sqlite3 *db)
{
    sqlite3_stmt *st = NULL;
    int code = sqlite3_prepare_v2(db, "PRAGMA quick_check(1)", -1, &st, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(st);
    if (code == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(st, 0);
        code = text != NULL && strcmp(text, "ok") == 0 ? SQLITE_OK : SQLITE_CORRUPT;
    }
    sqlite3_finalize(st);
    return code;
}

static enum err open_file(const char *path, sqlite3 **ret_db, char *why, size_t why_size)
{
    sqlite3 *db = NULL;
    int code = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL);
    if (code != SQLITE_OK)
        return refuse(db, code, path, why, why_size);
    if (sqlite3_db_readonly(db, "main") == 1)
        return refuse(db, SQLITE_READONLY, path, why, why_size);
    sqlite3_busy_timeout(db, SCHEMA_BUSY_MS);
    *ret_db = db;
    return ERR_NONE;
}

enum err schema_connect(const char *path, sqlite3 **ret_db, char *why, size_t why_size)
{
    sqlite3 *db = NULL;
    enum err e = open_file(path, &db, why, why_size);
    if (e != ERR_NONE)
        return e;
    /* The limit keeps the write-ahead file from staying as long as it ever was. */
    int code = sqlite3_exec(db,
                            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                            "PRAGMA journal_size_limit = 16777216;",
                            NULL, NULL, NULL);
    if (code != SQLITE_OK)
        return refuse(db, code, path, why, why_size);
    *ret_db = db;
    return ERR_NONE;
}

/* Whose file is it? Reads only. */
static enum err check_owner(sqlite3 *db, const char *path, bool *ret_new, char *why, size_t why_size)
{
    int64_t owner = 0, version = 0, tables = 0;
    int code = ask_number(db, "PRAGMA application_id", &owner);
    if (code == SQLITE_OK)
        code = ask_number(db, "PRAGMA user_version", &version);
    if (code == SQLITE_OK)
        code = ask_number(db, "SELECT count(*) FROM sqlite_schema", &tables);
    if (code != SQLITE_OK) {
        schema_explain(db, code, path, why, why_size);
        return ERR_SYSTEM;
    }
    bool is_new = owner == 0 && version == 0 && tables == 0;
    if (!is_new && owner != SCHEMA_APPLICATION_ID) {
        snprintf(why, why_size, "%s is another program's database. Start with another --data.", path);
        return ERR_SYSTEM;
    }
    if (version > SCHEMA_VERSION) {
        snprintf(why, why_size,
                 "%s was written by a newer aula (schema %lld; this one knows %d). Start the newer aulad, or "
                 "use another --data.",
                 path, (long long)version, SCHEMA_VERSION);
        return ERR_SYSTEM;
    }
    *ret_new = is_new;
    return ERR_NONE;
}

/* Names and token hashes are for the relay's user alone; SQLite gives its side files the same mode. */
static enum err make_file(const char *path, char *why, size_t why_size)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        snprintf(why, why_size, "%s cannot be opened (%s). Make its folder writable for aulad.", path,
                 strerror(errno));
        return ERR_SYSTEM;
    }
    close(fd);
    return ERR_NONE;
}

enum err schema_open(const char *path, sqlite3 **ret_db, char *why, size_t why_size)
{
    sqlite3 *db = NULL;
    bool is_new = false;
    enum err e = make_file(path, why, why_size);
    if (e == ERR_NONE)
        e = open_file(path, &db, why, why_size);
    if (e != ERR_NONE)
        return e;
    e = check_owner(db, path, &is_new, why, why_size);
    int code = e == ERR_NONE ? check_integrity(db) : SQLITE_OK;
    if (e == ERR_NONE && code != SQLITE_OK)
        return refuse(db, code, path, why, why_size);
    sqlite3_close(db);
    if (e != ERR_NONE)
        return e;

    e = schema_connect(path, &db, why, why_size);
    if (e != ERR_NONE)
        return e;
    /* An empty transaction tells whether the disk takes writes at all. */
    code = sqlite3_exec(db, is_new ? schema_sql : "BEGIN IMMEDIATE; ROLLBACK;", NULL, NULL, NULL);
    if (code != SQLITE_OK)
        return refuse(db, code, path, why, why_size);
    *ret_db = db;
    return ERR_NONE;
}
