/* The log as a feed for a webhook: events of sessions and attendance, in the order of their rows, from a
 * position on. A connection of its own for reading; one thread at a time. */
#ifndef AULA_RELAY_STORE_FEED_H
#define AULA_RELAY_STORE_FEED_H

#include <stddef.h>
#include <stdint.h>

#include "wire/json_out.h"

#define FEED_ROWS   500          /* looked through at a time */
#define FEED_EVENTS 100          /* given at a time */
#define FEED_BYTES  (256 * 1024) /* after which no more is added */

struct feed;

/* The database of a data folder, as the store has made it. The caller owns *ret_feed. ERR_MEMORY, ERR_SYSTEM
 * with a sentence. */
enum err feed_open(const char *data_dir, struct feed **ret_feed, char *why, size_t why_size) MUST_USE;
/* NULL is legal. */
void feed_close(struct feed *f);
/* The newest row's number, 0 = there is none. ERR_SYSTEM. */
enum err feed_newest(struct feed *f, uint64_t *ret_row) MUST_USE;
/* How many events behind row `after` are told: it looks through all of them. ERR_SYSTEM. */
enum err feed_waiting(struct feed *f, uint64_t after, uint64_t *ret_count) MUST_USE;
/* Adds {"row","session","event"} to the array that is open for each event behind row `after` that is told.
 * *ret_last: the last row that was looked at (`after` where there is none behind it). ERR_SYSTEM. */
enum err feed_next(struct feed *f, uint64_t after, struct json_out *o, uint64_t *ret_last,
                   size_t *ret_count) MUST_USE;

#endif
