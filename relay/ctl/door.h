/* The operator's door: a request goes to the relay's control socket, the reply comes back. Blocks. */
#ifndef AULA_RELAY_CTL_DOOR_H
#define AULA_RELAY_CTL_DOOR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/errors.h"

#define DOOR_REPLY_MAX_BYTES (64 * 1024 * 1024) /* `show` of a session of thousands is some MB */
#define DOOR_WAIT_MS         15000 /* for a reply; a deck's pages may take longer, each this long … */
#define DOOR_LOG_WAIT_MS     (30 * 60 * 1000) /* ten years of history, read on a slow disk */
#define DOOR_DECK_WAIT_MS    (30 * 60 * 1000) /* … and it may have to wait for others' decks */

struct web_door;

struct door_ask {
    const char *socket;         /* path */
    const struct web_door *web; /* over HTTPS instead (web_door.h); NULL */
    const char *request;        /* one JSON object */
    size_t request_len;
    bool patient;     /* the reply may take minutes */
    const char *file; /* sent behind the request, its size told in it as "bytes"; NULL = none */
    void (*progress)(int page, int pages); /* NULL = not wanted */
};

/* The caller frees *ret_reply: one JSON object, zero-ended. On failure a sentence is in `why`. ERR_CLOSED (no
 * relay there, or it went away), ERR_TIMEOUT, ERR_UNKNOWN (the file cannot be read), ERR_FORBIDDEN (the
 * socket is another user's), ERR_MALFORMED (what answers is no relay), ERR_MEMORY. */
enum err door_call(const struct door_ask *ask, char **ret_reply, char *why, size_t why_size) MUST_USE;

#endif
