/* The event log on disk: SQLite in WAL mode, synchronous FULL, written by a thread of its own.
 *
 * Rows are handed over in order and never wait for each other's commit: the writer commits whatever has
 * queued as soon as the last commit ended. The control loop learns through a uv_async which row is on disk.
 */
#ifndef AULA_RELAY_STORE_STORE_H
#define AULA_RELAY_STORE_STORE_H

#include <uv.h>

#include "store/ask.h"

#define STORE_QUEUE_FULL_BYTES                                                                               \
    (64 * 1024 * 1024) /* of rows that wait for the disk: some 300,000 events, hours of a full disk */
#define STORE_QUEUE_MAX_BYTES                                                                                \
    (2 * STORE_QUEUE_FULL_BYTES) /* room for what must not be refused: who leaves, mute, the end */

struct store;

/* Called on the loop's thread. committed: every row up to it is on disk. refused: the disk refuses (why: a
 * sentence), or took everything again (NULL); while it refuses the writer tries again each second and keeps
 * the rows. answered: a question's reply, one JSON object. forgot: a session has left the log (STORE_RETAIN).
 * damaged: the file is, as SQLite says; it is used as far as it can be. */
struct store_listener {
    void (*committed)(void *self, uint64_t row);
    void (*refused)(void *self, const char *why);
    void (*answered)(void *self, uint32_t request, const char *text, size_t len);
    void (*damaged)(void *self, const char *what);
    void (*forgot)(void *self, const char *session);
    void *self;
};

/* Opens or makes DIR/aula.db, checks whose it is, and brings it up to date; DIR/lock keeps a second relay
 * away. On failure nothing is overwritten, and a sentence that says what to do is in `why` (why_size bytes).
 * The caller owns *ret_store (store_close). */
enum err store_open(const char *data_dir, uv_loop_t *loop, const struct store_listener *listener, char *why,
                    size_t why_size, struct store **ret_store) MUST_USE;
/* What is needed to go on (replay.h), before the writer starts: stops at the first error `each` returns.
 * Writes the newest row's number (0 = none); on failure a sentence. */
enum err store_replay(struct store *s, enum err (*each)(void *self, const struct desk_row *row), void *self,
                      char *why, size_t why_size, uint64_t *ret_last_row) MUST_USE;
/* Starts the writer and the archive. */
enum err store_start(struct store *s) MUST_USE;
/* Copies the row into the queue; loop thread. Never blocks; over STORE_QUEUE_MAX_BYTES: ERR_FULL and the row
 * is lost, and with it all later ones of its session. */
enum err store_append(struct store *s, const struct desk_row *row) MUST_USE;
/* More rows wait for the disk than STORE_QUEUE_FULL_BYTES: nothing new should be begun. */
bool store_is_full(struct store *s);
/* Asks the log; loop thread. The answer comes through the listener. ERR_FULL, ERR_MEMORY. */
enum err store_ask(struct store *s, const struct store_ask *ask) MUST_USE;
/* A session is over and all its rows are on disk: its snapshot is made, and it is not read at a start any
 * more. */
void store_past(struct store *s, const char *session);
/* Commits what has queued, ends the threads, closes the file; blocks until done. NULL is legal. The uv
 * handles are closed through the loop: run it once more afterwards. */
void store_close(struct store *s);

#endif
