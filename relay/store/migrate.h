/* The schema's versions: a new file gets the steps of all of them, an older file those that it lacks, in one
 * transaction, once a copy of it lies beside it. */
#ifndef AULA_RELAY_STORE_MIGRATE_H
#define AULA_RELAY_STORE_MIGRATE_H

#include <stddef.h>
#include <stdint.h>

#include <sqlite3.h>

#include "base/errors.h"

#define MIGRATE_COPIES_MAX 100 /* copies of one version: each was made by a try that failed */

/* Brings the file from version `from` (0: it is empty) to SCHEMA_VERSION. The copy is path.schemaN, or
 * path.schemaN.2 and so on: none is overwritten. On failure the file is as it was, and `why` gets a sentence.
 * ERR_SYSTEM. */
enum err migrate(sqlite3 *db, int64_t from, const char *path, char *why, size_t why_size) MUST_USE;

#endif
