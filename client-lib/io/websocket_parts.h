/* What websocket.c and websocket_connect.c share, and nobody else. */
#ifndef AULA_CLIENT_IO_WEBSOCKET_PARTS_H
#define AULA_CLIENT_IO_WEBSOCKET_PARTS_H

#include "link/openssl.h" /* first: lws reads OpenSSL's headers too */

#include <arpa/inet.h>
#include <libwebsockets.h>

#include "websocket.h"

#define WEBSOCKET_RX_CHUNK 4096 /* bytes that lws reads at once */

struct websockets {
    struct lws_context *context;
    struct lws_vhost *vhost;
    SSL_CTX *tls;
    uv_loop_t *loop;
    bool insecure;
    struct websocket *all; /* a list, for the end */
};

struct message {
    size_t len;
    unsigned char *bytes; /* LWS_PRE of room before the text */
};

struct websocket {
    struct websockets *home;
    struct websocket *next, **link;
    struct websocket_listener listener;
    bool listening; /* the owner still wants to hear */
    struct lws *wsi;
    uv_getaddrinfo_t resolve;
    bool resolving;
    char host[256];
    uint16_t port;
    unsigned attempt;
    bool open, closing;
    int depth; /* within an lws callback of this wsi */
    char *rx;
    size_t rx_len, rx_capacity;
    struct message queue[WEBSOCKET_QUEUE_MAX];
    unsigned queue_first, queue_count;
    char why[WEBSOCKET_WHY_MAX]; /* of a certificate that was refused; "" = it was not */
};

extern const struct lws_protocols websocket_protocols[];

/* Once; nothing comes after it. `why` where no certificate was refused. */
void websocket_tell_closed(struct websocket *s, const char *why);
/* Frees it once neither lws, the resolver nor the owner holds it. */
void websocket_forget_if_free(struct websocket *s);
void websocket_forget(struct websocket *s);

#endif
