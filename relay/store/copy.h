/* A copy of the whole database as one moment had it, made while others write to it. */
#ifndef AULA_RELAY_STORE_COPY_H
#define AULA_RELAY_STORE_COPY_H

#include <stddef.h>

#include <sqlite3.h>

#include "base/errors.h"

/* Copies the file of `db` to `to`, which must not exist: until it is whole it is called "to.part". Readable
 * for the relay's user alone. Blocks its thread, not the writer's. On failure nothing is left, and `why` gets
 * a sentence. ERR_SYSTEM. */
enum err copy_database(sqlite3 *db, const char *to, char *why, size_t why_size) MUST_USE;

#endif
