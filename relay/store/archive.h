/* The archive: a thread with a connection of its own that answers what is asked of the log (ask.h), one
 * question after the other. Functions here are for the loop's thread. */
#ifndef AULA_RELAY_STORE_ARCHIVE_H
#define AULA_RELAY_STORE_ARCHIVE_H

#include "store/store.h"

#define ARCHIVE_WAITING_MAX 256 /* questions; each holds a path's length of memory */

struct archive;

/* `path` is copied. The caller owns *ret_archive (archive_stop). ERR_MEMORY, ERR_SYSTEM. */
enum err archive_start(const char *path, uv_loop_t *loop, const struct store_listener *listener,
                       struct archive **ret_archive) MUST_USE;
/* The question is copied. ERR_FULL: too many wait. ERR_MEMORY. */
enum err archive_ask(struct archive *a, const struct store_ask *ask) MUST_USE;
/* Ends the thread: a question that is being answered is interrupted, others are dropped; the listener is not
 * called any more. The memory goes when the loop has closed the handle. */
void archive_stop(struct archive *a);

#endif
