/* The HTTPS and WSS side on the control loop: libwebsockets 4.1.6 behind these few calls.
 *
 * web.c makes the context and composes; accept takes connections in; http answers requests, with files and
 * upload beside it; ws_shell holds the WebSockets. What libwebsockets does wrong by itself is closed off in
 * http.c and ws_shell.c, each guard with its reason. The loop's thread only. */
#ifndef AULA_RELAY_IO_WEB_H
#define AULA_RELAY_IO_WEB_H

#include <stdint.h>

#include <uv.h>

#include "base/address.h"
#include "deck/deck.h"
#include "io/accept.h"
#include "io/send_queue.h"
#include "signal/desk.h"
#include "wire/signal.h"

struct web;

/* Called on the loop, also from within libwebsockets: no web_ function may be called from within. */
struct web_listener {
    void (*connected)(void *self, uint32_t connection, const struct address *from);
    void (*sentence)(void *self, uint32_t connection, const char *text, size_t len);
    void (*disconnected)(void *self, uint32_t connection);
    /* Whether the token's holder may add a deck: ERR_NONE, ERR_UNKNOWN, ERR_FORBIDDEN. */
    enum err (*may_upload)(void *self, const char *token, char ret_session[SESSION_ID_MAX + 1],
                           uint32_t *ret_number);
    /* A deck that came over HTTPS is converted. ERR_UNKNOWN: the session is gone. */
    enum err (*deck_added)(void *self, const char *session, uint32_t by, const struct deck_result *deck);
    /* For /healthz: NULL, or what is wrong in a word or two. */
    const char *(*unwell)(void *self);
    /* For /readyz: the same, or why nobody new should be sent here. */
    const char *(*unready)(void *self);
    /* A request of the HTTP interface; api_reply answers it, perhaps at once. */
    void (*request)(void *self, uint32_t request, const char *text, size_t len);
    /* What a token of the HTTP interface may do, and its number. ERR_UNKNOWN. */
    enum err (*token_rights)(void *self, const char *token, unsigned *ret_rights, uint32_t *ret_number);
    /* The number of a session's newest event; 0: it is not in memory. */
    uint64_t (*session_version)(void *self, const char *session);
    /* ERR_UNKNOWN: no certificate has this number. */
    enum err (*certificate)(void *self, const char *number, struct desk_certificate *ret_certificate);
    void *self;
};

struct web_config {
    uv_loop_t *loop;
    int listen_fd; /* taken over, also on failure */
    const char *cert_file, *key_file;
    const char *web_dir;        /* the page; need not exist */
    const char *decks_dir;      /* DIR/decks */
    const char *recordings_dir; /* DIR/recordings; need not exist */
    struct decks *decks;        /* borrowed */
    struct accept_limits limits;
    uint64_t seed;
    struct web_listener listener;
};

struct web_counters {
    int sockets; /* WebSockets open */
    uint64_t sentences_in, sentences_out, skipped, slow, requests;
};

/* The caller owns *ret_web. The strings are copied. ERR_MEMORY, ERR_SYSTEM with a sentence in `why`. */
enum err web_create(const struct web_config *config, char *why, size_t why_size,
                    struct web **ret_web) MUST_USE;

/* Queues a message (a reference of its own) for a WebSocket; one that is gone is none of the caller's
 * concern. */
void web_send(struct web *w, uint32_t connection, struct message *m, bool droppable);
/* Closes a WebSocket once everything queued is sent, or CLOSE_FLUSH_US later at the latest. */
void web_close(struct web *w, uint32_t connection);
/* Sends what is queued, and does what must wait until libwebsockets is not on the stack. After each turn of
 * the loop. */
void web_sweep(struct web *w);

/* Loads the certificate's files again. ERR_SYSTEM. */
enum err web_reload_certificate(struct web *w) MUST_USE;
void web_set_limits(struct web *w, const struct accept_limits *limits);

/* The end, in this order (libwebsockets wants to be destroyed twice, its loop drained in between): after
 * web_leave whoever is closed is told 1001, the relay goes, as the code; web_stop accepts no more and closes
 * every WebSocket with 1001; web_sockets tells how many are left; web_end begins to destroy; the loop runs
 * until it is empty; web_destroy frees. */
void web_leave(struct web *w);
void web_stop(struct web *w);
int web_sockets(const struct web *w);
void web_end(struct web *w);
void web_destroy(struct web *w);

struct web_counters web_counters(const struct web *w);
const struct accept_counters *web_accept_counters(const struct web *w);

#endif
