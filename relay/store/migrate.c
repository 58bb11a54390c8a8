#include "store/migrate.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "store/copy.h"
#include "store/schema.h"

/* steps[v] makes version v + 1 of version v. A step that was ever released is never changed. */
static const char *const steps[SCHEMA_VERSION] = {
    /* One table: rows are only ever added, so their order is the truth. `kind` is enum desk_row_kind + 1. */
    "CREATE TABLE log ("
    "  row     INTEGER PRIMARY KEY," /* 1, 2, 3 … over the relay's life */
    "  kind    INTEGER NOT NULL,"    /* 1 an event, 2 a link's record, 3 a programme's, 4 a token of the HTTP
                                        interface */
    "  session TEXT NOT NULL,"
    "  n       INTEGER NOT NULL," /* an event's number in its session; 0 for a link */
    "  at_ms   INTEGER NOT NULL," /* wall time */
    "  token   BLOB,"             /* a link's or token's key, its SHA-256 */
    "  text    TEXT NOT NULL"     /* JSON */
    ") STRICT;"
    "CREATE INDEX log_session ON log (session, n);"
    "PRAGMA application_id = 1635085409;", /* SCHEMA_APPLICATION_ID */

    /* What the log says of a session up to event n, so that a start need not read all of it. It can be made
     * again from the log at any time. */
    "CREATE TABLE snapshot ("
    "  session    TEXT PRIMARY KEY,"
    "  n          INTEGER NOT NULL,"
    "  version    INTEGER NOT NULL," /* of the text's form */
    "  at_ms      INTEGER NOT NULL," /* wall time of event n */
    "  title      TEXT NOT NULL,"
    "  people     INTEGER NOT NULL,"
    "  created_ms INTEGER NOT NULL,"
    "  ended_ms   INTEGER," /* NULL: it is not over */
    "  text       TEXT NOT NULL"
    ") STRICT;"
    "CREATE INDEX log_other ON log (row) WHERE kind > 2;"};

static enum err copy_beside(sqlite3 *db, int64_t from, const char *path, char *why, size_t why_size)
{
    char copy[PATH_MAX + 32];
    for (int i = 1; i <= MIGRATE_COPIES_MAX; i++) {
        int n = snprintf(copy, sizeof copy, i == 1 ? "%s.schema%lld" : "%s.schema%lld.%d", path,
                         (long long)from, i);
        if (n > 0 && (size_t)n < sizeof copy && access(copy, F_OK) != 0)
            return copy_database(db, copy, why, why_size);
    }
    snprintf(why, why_size, "There are %d copies of %s beside it: move them away.", MIGRATE_COPIES_MAX, path);
    return ERR_SYSTEM;
}

static int take_steps(sqlite3 *db, int64_t from)
{
    char version[64];
    snprintf(version, sizeof version, "PRAGMA user_version = %d", SCHEMA_VERSION);
    int code = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    for (int64_t v = from; v < SCHEMA_VERSION && code == SQLITE_OK; v++)
        code = sqlite3_exec(db, steps[v], NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_exec(db, version, NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    return code;
}

enum err migrate(sqlite3 *db, int64_t from, const char *path, char *why, size_t why_size)
{
    enum err e = from > 0 ? copy_beside(db, from, path, why, why_size) : ERR_NONE;
    if (e != ERR_NONE)
        return e;
    int code = take_steps(db, from);
    if (code == SQLITE_OK)
        return ERR_NONE;
    schema_explain(db, code, path, why, why_size);
    if (!sqlite3_get_autocommit(db))
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return ERR_SYSTEM;
}
