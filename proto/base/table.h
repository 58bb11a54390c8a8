/* A table from short byte keys to pointers with a fixed maximum: it is allocated once, never grows, and a
 * full table refuses (ERR_FULL) instead of eating memory. Open addressing, linear probing, deletion by
 * shifting back. Not thread-safe. */
#ifndef AULA_BASE_TABLE_H
#define AULA_BASE_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/errors.h"

#define TABLE_KEY_MAX 32 /* bytes: an ufrag, an address with port, a SHA-256 */

struct table;

/* A table for at most `maximum` entries. `seed` makes the hash unguessable to whoever chooses keys.
 * The caller owns *ret_table (table_destroy). ERR_MEMORY. */
enum err table_create(size_t maximum, uint64_t seed, struct table **ret_table) MUST_USE;
/* Frees the table, not what its values point to. NULL is legal. */
void table_destroy(struct table *t);
/* Adds or replaces. `len` at most TABLE_KEY_MAX (else ERR_LONG); value must not be NULL (ERR_STATE).
 * ERR_FULL. */
enum err table_put(struct table *t, const void *key, size_t len, void *value) MUST_USE;
/* The value, or NULL. */
void *table_get(const struct table *t, const void *key, size_t len);
/* Takes the entry out and returns its value, or NULL. */
void *table_take(struct table *t, const void *key, size_t len);
size_t table_count(const struct table *t);
/* Walks all entries in no order: start with *at = 0; returns NULL after the last. Do not change the table
 * meanwhile. */
void *table_next(const struct table *t, size_t *at);

#endif
