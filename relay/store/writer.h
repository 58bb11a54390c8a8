/* The writer: a thread with its own connection that commits whatever has queued as soon as its last commit
 * ended. Functions here are for the loop's thread. */
#ifndef AULA_RELAY_STORE_WRITER_H
#define AULA_RELAY_STORE_WRITER_H

#include "store/store.h"

#define WRITER_COMMIT_MAX_ROWS 1000 /* of one commit: a disk with little space left still takes some */
#define WRITER_RETRY_MS        1000 /* between two tries while the disk refuses */

struct store_writer;

/* `path` is copied. The caller owns *ret_writer (writer_stop). ERR_MEMORY, ERR_SYSTEM. */
enum err writer_start(const char *path, uv_loop_t *loop, const struct store_listener *listener,
                      struct store_writer **ret_writer) MUST_USE;
/* Copies the row. ERR_FULL, ERR_MEMORY: the row is lost. */
enum err writer_append(struct store_writer *w, const struct desk_row *row) MUST_USE;
bool writer_is_full(struct store_writer *w);
/* Commits what has queued (one try, where the disk refuses) and joins the thread; the listener is not called
 * any more. The memory goes when the loop has closed the handle. */
void writer_stop(struct store_writer *w);

#endif
