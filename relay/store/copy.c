#include "store/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "store/answers.h"
#include "store/schema.h"

static enum err refuse(const char *to, char *why, size_t why_size)
{
    snprintf(why, why_size,
             "%s cannot be written: %s. Name a file that does not exist, where aulad may write.", to,
             strerror(errno));
    return ERR_SYSTEM;
}

/* SQLite copies in one reading transaction, and takes an empty file for its target. */
static int vacuum_into(sqlite3 *db, const char *part)
{
    sqlite3_stmt *st = NULL;
    int code = sqlite3_prepare_v2(db, "VACUUM INTO ?", -1, &st, NULL);
    if (code == SQLITE_OK) {
        sqlite3_bind_text(st, 1, part, -1, SQLITE_STATIC);
        code = sqlite3_step(st);
    }
    sqlite3_finalize(st);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

/* Whole and on the disk before it has its name. */
static enum err keep(int fd, const char *part, const char *to, char *why, size_t why_size)
{
    if (fsync(fd) == 0 && access(to, F_OK) != 0 && rename(part, to) == 0)
        return ERR_NONE;
    return refuse(to, why, why_size);
}

enum err copy_database(sqlite3 *db, const char *to, char *why, size_t why_size)
{
    char part[PATH_MAX];
    if (snprintf(part, sizeof part, "%s.part", to) >= (int)sizeof part) {
        snprintf(why, why_size, "The name of the copy is too long.");
        return ERR_SYSTEM;
    }
    if (access(to, F_OK) == 0) {
        errno = EEXIST;
        return refuse(to, why, why_size);
    }
    int fd = open(part, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return refuse(part, why, why_size);
    int code = vacuum_into(db, part);
    enum err e = ERR_NONE;
    if (code != SQLITE_OK) {
        schema_explain(db, code, (code & 0xff) == SQLITE_CORRUPT ? "The log" : to, why, why_size);
        e = ERR_SYSTEM;
    } else {
        e = keep(fd, part, to, why, why_size);
    }
    close(fd);
    if (e != ERR_NONE)
        unlink(part);
    return e;
}

/* The copy is read once before it is called one. */
static void tell_copy(const char *path, struct json_out *o)
{
    sqlite3 *db = NULL;
    char why[600];
    int64_t rows = 0, pages = 0, page_bytes = 0;
    if (schema_open_to_read(path, &db, why, sizeof why) != ERR_NONE) {
        answer_refuse(o, why);
        return;
    }
    int code = schema_ask_number(db, "SELECT count(*) FROM log WHERE text IS NOT NULL", &rows);
    if (code == SQLITE_OK)
        code = schema_ask_number(db, "PRAGMA page_count", &pages);
    if (code == SQLITE_OK)
        code = schema_ask_number(db, "PRAGMA page_size", &page_bytes);
    if (code != SQLITE_OK) {
        answer_refuse_db(o, db, code);
    } else {
        json_open_object(o, NULL);
        json_put_boolean(o, "ok", true);
        json_put_string(o, "file", path);
        json_put_integer(o, "rows", rows);
        json_put_integer(o, "bytes", pages * page_bytes);
        json_close_object(o);
    }
    sqlite3_close(db);
}

void answer_backup(sqlite3 *db, const struct store_ask *ask, struct json_out *o)
{
    char why[PATH_MAX + 300];
    if (copy_database(db, ask->path, why, sizeof why) != ERR_NONE)
        answer_refuse(o, why);
    else
        tell_copy(ask->path, o);
}
