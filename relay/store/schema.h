/* The database file: opened, checked, made. Any thread; a connection belongs to the thread that uses it. */
#ifndef AULA_RELAY_STORE_SCHEMA_H
#define AULA_RELAY_STORE_SCHEMA_H

#include <stddef.h>
#include <stdint.h>

#include <sqlite3.h>

#include "base/errors.h"

#define SCHEMA_VERSION        2
#define SCHEMA_APPLICATION_ID 0x61756c61 /* "aula": PRAGMA application_id of our files */
#define SCHEMA_BUSY_MS        2000       /* a backup may hold the file for so long */

/* Connects to the file and sets what each connection needs: WAL, synchronous FULL. The caller owns *ret_db
 * (sqlite3_close). On failure `why` gets a sentence. ERR_SYSTEM. */
enum err schema_connect(const char *path, sqlite3 **ret_db, char *why, size_t why_size) MUST_USE;

/* Sets that on a connection that schema_open gave. ERR_SYSTEM. */
enum err schema_use(sqlite3 *db, const char *path, char *why, size_t why_size) MUST_USE;

/* Opens the file to read it, before anything is written: makes it where there is none, refuses one that is
 * damaged as far as its first pages tell, another program's, or a newer aula's; brings an older one up to
 * date (migrate.h). Changes no file that it refuses, nor one that is closed again unused. The caller owns
 * *ret_db. ERR_SYSTEM. */
enum err schema_open(const char *path, sqlite3 **ret_db, char *why, size_t why_size) MUST_USE;

/* The file as it is, for reading alone, whatever its state; its owner and version are checked. It may be
 * another process's at the same time. The caller owns *ret_db. ERR_SYSTEM. */
enum err schema_open_to_read(const char *path, sqlite3 **ret_db, char *why, size_t why_size) MUST_USE;

/* A sentence for an error of SQLite: what happened, and what to do next. */
void schema_explain(sqlite3 *db, int code, const char *path, char *why, size_t why_size);

/* The first column of a query's first row, as a number; untouched where there is no row. An SQLite code. */
int schema_ask_number(sqlite3 *db, const char *sql, int64_t *ret_number);

#endif
