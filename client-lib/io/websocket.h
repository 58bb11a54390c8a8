/* The client's end of a WebSocket over TLS: libwebsockets on the uv loop behind this alone (http/1.1, no
 * extensions: see the traps in websocket.c). One `websockets` for each loop, one `websocket` for each
 * connection. */
#ifndef AULA_CLIENT_IO_WEBSOCKET_H
#define AULA_CLIENT_IO_WEBSOCKET_H

#include <stdbool.h>
#include <uv.h>

#include "base/errors.h"

#define WEBSOCKET_MESSAGE_MAX (8 * 1024 * 1024) /* bytes: the longest welcome (wire/signal.h) */
#define WEBSOCKET_QUEUE_MAX   256               /* messages that wait to be written */
#define WEBSOCKET_WHY_MAX     256

struct websockets;
struct websocket;

/* `ca_file` NULL: the system's authorities. ERR_SYSTEM where the file cannot be read or the loop not be used.
 * The caller owns *ret_websockets. */
enum err websockets_create(uv_loop_t *loop, const char *ca_file, bool insecure,
                           struct websockets **ret_websockets) MUST_USE;
/* Begins the end: closes every connection. The loop must then run until it has no handle left, and
 * websockets_free be called. */
void websockets_shut(struct websockets *w);
void websockets_free(struct websockets *w);

struct websocket_listener {
    void (*opened)(void *self);
    void (*message)(void *self, const char *text, size_t len);
    /* It is over, or could never be made. `untrusted`: for the certificate's sake. Nothing comes after it. */
    void (*closed)(void *self, const char *why, bool untrusted);
    void *self;
};

/* Connects to wss://host:port/ws. `attempt` chooses among several addresses of the host. `closed` may be
 * called from within. ERR_MEMORY, ERR_SYSTEM. The caller owns *ret_websocket until `closed` or
 * websocket_close. */
enum err websocket_connect(struct websockets *w, const char *host, uint16_t port, unsigned attempt,
                           const struct websocket_listener *listener,
                           struct websocket **ret_websocket) MUST_USE;
/* Queues a text message; copied. */
enum err websocket_send(struct websocket *s, const char *text, size_t len) MUST_USE;
/* True where it stands on an address that this machine no longer has: nothing will come on it, and nobody
 * says so. */
bool websocket_is_stranded(const struct websocket *s);
/* Closes after what is queued; the listener hears nothing more. NULL is legal. */
void websocket_close(struct websocket *s);

#endif
