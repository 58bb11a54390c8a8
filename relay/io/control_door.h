/* The operator's door: DIR/control.sock, mode 0600, one JSON object a line (relay/signal/README.md). What it
 * knows itself is `deck-add` (N bytes of PDF follow the line); all else is the pump's to answer. A
 * client has one request at a time; what it sends meanwhile waits in its socket. The loop's thread only. */
#ifndef AULA_RELAY_IO_CONTROL_DOOR_H
#define AULA_RELAY_IO_CONTROL_DOOR_H

#include <stddef.h>
#include <stdint.h>

#include <uv.h>

#include "base/errors.h"
#include "deck/deck.h"
#include "wire/json_out.h"

#define CONTROL_CLIENTS_MAX 32
#define CONTROL_REQUEST_MAX 0x7fffffffU       /* numbers of requests: those above are another door's */
#define CONTROL_LINE_MAX    (64 * 1024)       /* bytes of one request */
#define CONTROL_REPLIES_MAX (4 * 1024 * 1024) /* bytes waiting for one client; then it is cut */

struct control_door;

struct control_listener {
    /* A request; control_reply answers it, perhaps at once. */
    void (*request)(void *self, uint32_t request, const char *text, size_t len);
    bool (*session_exists)(void *self, const char *session);
    enum err (*deck_added)(void *self, const char *session, const struct deck_result *deck);
    void *self;
};

/* Listens at `path`, taking the place of a socket that a killed relay left there (the caller holds the data
 * folder). The caller owns *ret_door. ERR_SYSTEM with a sentence. */
enum err control_door_create(uv_loop_t *loop, const char *path, struct decks *decks,
                             const struct control_listener *listener, char *why, size_t why_size,
                             struct control_door **ret_door) MUST_USE;
/* The desk's answer to a request; unknown ones (the client has gone) are dropped. */
void control_reply(struct control_door *d, uint32_t request, const char *text, size_t len);
/* Closes everything and frees itself through the loop. NULL is legal. */
void control_door_destroy(struct control_door *d);

#endif
