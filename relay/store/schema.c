#include "store/schema.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "store/migrate.h"

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
                 "%s is damaged (%s). It was left as it is. \"aulad --data DIR --verify-log\" tells how far "
                 "it can be "
                 "read. Put a copy of it back, or save what can be read with the sqlite3 command .recover, "
                 "or start "
                 "with another --data.",
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

int schema_ask_number(sqlite3 *db, const char *sql, int64_t *ret_number)
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

/* Whether the log's table is there and its ends can be read. What lies between is read when it is needed, and
 * all of it by verify: a start does not wait for ten years of history. */
static int check_table(sqlite3 *db)
{
    int64_t row = 0;
    int code =
        schema_ask_number(db, "SELECT row FROM log WHERE text IS NOT NULL ORDER BY row DESC LIMIT 1", &row);
    if (code == SQLITE_DONE)
        return SQLITE_OK; /* empty */
    if (code == SQLITE_OK)
        code =
            schema_ask_number(db, "SELECT row FROM log WHERE session IS NOT NULL ORDER BY row LIMIT 1", &row);
    return code == SQLITE_ERROR ? SQLITE_CORRUPT : code; /* no such table or column */
}

static enum err open_file(const char *path, int flags, sqlite3 **ret_db, char *why, size_t why_size)
{
    sqlite3 *db = NULL;
    int code = sqlite3_open_v2(path, &db, flags, NULL);
    if (code != SQLITE_OK)
        return refuse(db, code, path, why, why_size);
    if (flags == SQLITE_OPEN_READWRITE && sqlite3_db_readonly(db, "main") == 1)
        return refuse(db, SQLITE_READONLY, path, why, why_size);
    sqlite3_busy_timeout(db, SCHEMA_BUSY_MS);
    /* Closed again unused, a file that is refused stays as it was, to the byte. */
    sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    *ret_db = db;
    return ERR_NONE;
}

enum err schema_use(sqlite3 *db, const char *path, char *why, size_t why_size)
{
    /* The limit keeps the write-ahead file from staying as long as it ever was. */
    int code = sqlite3_exec(db,
                            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                            "PRAGMA journal_size_limit = 16777216;",
                            NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
    if (code == SQLITE_OK)
        return ERR_NONE;
    schema_explain(db, code, path, why, why_size);
    return ERR_SYSTEM;
}

enum err schema_connect(const char *path, sqlite3 **ret_db, char *why, size_t why_size)
{
    sqlite3 *db = NULL;
    enum err e = open_file(path, SQLITE_OPEN_READWRITE, &db, why, why_size);
    if (e == ERR_NONE)
        e = schema_use(db, path, why, why_size);
    if (e == ERR_NONE)
        *ret_db = db;
    else
        sqlite3_close(db);
    return e;
}

/* Whose file is it, and of which version? 0: it is new. Reads only. */
static enum err check_owner(sqlite3 *db, const char *path, int64_t *ret_version, char *why, size_t why_size)
{
    int64_t owner = 0, version = 0, tables = 0;
    int code = schema_ask_number(db, "PRAGMA application_id", &owner);
    if (code == SQLITE_OK)
        code = schema_ask_number(db, "PRAGMA user_version", &version);
    if (code == SQLITE_OK)
        code = schema_ask_number(db, "SELECT count(*) FROM sqlite_schema", &tables);
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
                 "%s was written by a newer aula (schema %lld; this one knows %d). It was left as it is. "
                 "Start the "
                 "newer aulad, or use another --data.",
                 path, (long long)version, SCHEMA_VERSION);
        return ERR_SYSTEM;
    }
    *ret_version = is_new ? 0 : version;
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

enum err schema_open_to_read(const char *path, sqlite3 **ret_db, char *why, size_t why_size)
{
    sqlite3 *db = NULL;
    int64_t version = 0;
    enum err e = open_file(path, SQLITE_OPEN_READONLY, &db, why, why_size);
    if (e == ERR_NONE)
        e = check_owner(db, path, &version, why, why_size);
    if (e == ERR_NONE && version < SCHEMA_VERSION) {
        snprintf(why, why_size, "%s is of an older aula. Start aulad once: it brings the file up to date.",
                 path);
        e = ERR_SYSTEM;
    }
    if (e == ERR_NONE)
        *ret_db = db;
    else
        sqlite3_close(db);
    return e;
}

/* As it is found: looked at before anything is changed. */
static enum err check_file(const char *path, int64_t *ret_version, char *why, size_t why_size)
{
    sqlite3 *db = NULL;
    enum err e = open_file(path, SQLITE_OPEN_READWRITE, &db, why, why_size);
    if (e != ERR_NONE)
        return e;
    e = check_owner(db, path, ret_version, why, why_size);
    int code = e == ERR_NONE && *ret_version > 0 ? check_table(db) : SQLITE_OK;
    if (code != SQLITE_OK)
        return refuse(db, code, path, why, why_size);
    sqlite3_close(db);
    return e;
}

enum err schema_open(const char *path, sqlite3 **ret_db, char *why, size_t why_size)
{
    sqlite3 *db = NULL;
    int64_t version = 0;
    enum err e = make_file(path, why, why_size);
    if (e == ERR_NONE)
        e = check_file(path, &version, why, why_size);
    if (e == ERR_NONE)
        e = open_file(path, SQLITE_OPEN_READWRITE, &db, why, why_size);
    if (e != ERR_NONE)
        return e;
    /* An empty transaction tells whether the disk takes writes at all. */
    int code = sqlite3_exec(db, "BEGIN IMMEDIATE; ROLLBACK;", NULL, NULL, NULL);
    if (code != SQLITE_OK)
        return refuse(db, code, path, why, why_size);
    if (version < SCHEMA_VERSION)
        e = schema_use(db, path, why, why_size);
    if (e == ERR_NONE && version < SCHEMA_VERSION)
        e = migrate(db, version, path, why, why_size);
    if (e != ERR_NONE) {
        sqlite3_close(db);
        return e;
    }
    *ret_db = db;
    return ERR_NONE;
}
