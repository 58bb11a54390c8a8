/* The database file: opened, checked, made. Any thread; a connection belongs to the thread that uses it. */
#ifndef AULA_RELAY_STORE_SCHEMA_H
#define AULA_RELAY_STORE_SCHEMA_H

#include <stddef.h>

#include <sqlite3.h>

#include "base/errors.h"

#define SCHEMA_VERSION        1
#define SCHEMA_APPLICATION_ID 0x61756c61 /* "aula": PRAGMA application_id of our files */
#define SCHEMA_BUSY_MS        2000       /* a backup may hold the file for so long */

/* Connects to the file and sets what each connection needs: WAL, synchronous FULL. The caller owns *ret_db
 * (sqlite3_close). On failure `why` gets a sentence. ERR_SYSTEM. */
enum err schema_connect(const char *path, sqlite3 **ret_db, char *why, size_t why_size) MUST_USE;

/* schema_connect, and before it: makes the file where there is none, refuses one that is damaged, another
 * program's, or a newer aula's. Changes no file that it refuses. ERR_SYSTEM. */
enum err schema_open(const char *path, sqlite3 **ret_db, char *why, size_t why_size) MUST_USE;

/* A sentence for an error of SQLite: what happened, and what to do next. */
void schema_explain(sqlite3 *db, int code, const char *path, char *why, size_t why_size);

#endif
