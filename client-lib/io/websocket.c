/* Traps of libwebsockets 4.1.6 that shape this file:
 *   - http/1.1 and no extensions: h2 and permessage-deflate lose large messages;
 *   - created on a foreign loop it may fail late: vhost made explicitly, and tested;
 *   - a wsi is closed only from its own callback or by KILL_SYNC outside of any;
 *   - lws_context_destroy twice, the loop drained in between.
 * Names are resolved by uv (lws would block), certificates are checked against name or IP by us (lws knows
 * no IP). */
#include "link/openssl.h" /* first: lws reads OpenSSL's headers too */

#include <arpa/inet.h>
#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tls.h"
#include "websocket.h"

#define RX_CHUNK 4096

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

static void forget(struct websocket *s)
{
    *s->link = s->next;
    if (s->next != NULL)
        s->next->link = s->link;
    for (unsigned i = 0; i < s->queue_count; i++)
        free(s->queue[(s->queue_first + i) % WEBSOCKET_QUEUE_MAX].bytes);
    free(s->rx);
    free(s);
}

/* Frees it once neither lws, the resolver nor the owner holds it. */
static void forget_if_free(struct websocket *s)
{
    if (s->wsi == NULL && !s->resolving && !s->listening && s->depth == 0)
        forget(s);
}

static void tell_closed(struct websocket *s, const char *why)
{
    if (!s->listening)
        return;
    s->listening = false;
    s->listener.closed(s->listener.self, s->why[0] != 0 ? s->why : why, s->why[0] != 0);
}

/* ---- in ---- */

static bool keep(struct websocket *s, const void *bytes, size_t len)
{
    size_t wanted = s->rx_len + len + 1;
    if (wanted > WEBSOCKET_MESSAGE_MAX)
        return false;
    if (wanted > s->rx_capacity) {
        size_t capacity = wanted < RX_CHUNK ? RX_CHUNK : wanted * 2;
        char *rx = realloc(s->rx, capacity);
        if (rx == NULL)
            return false;
        s->rx = rx;
        s->rx_capacity = capacity;
    }
    memcpy(s->rx + s->rx_len, bytes, len);
    s->rx_len += len;
    s->rx[s->rx_len] = 0;
    return true;
}

static int received(struct websocket *s, const void *bytes, size_t len)
{
    if (lws_frame_is_binary(s->wsi) || !keep(s, bytes, len))
        return -1;
    if (!lws_is_final_fragment(s->wsi) || lws_remaining_packet_payload(s->wsi) > 0)
        return 0;
    size_t whole = s->rx_len;
    s->rx_len = 0;
    if (s->listening)
        s->listener.message(s->listener.self, s->rx, whole);
    return 0;
}

/* ---- out ---- */

static int writeable(struct websocket *s)
{
    while (s->queue_count > 0 && !lws_send_pipe_choked(s->wsi)) {
        struct message *m = &s->queue[s->queue_first];
        int n = lws_write(s->wsi, m->bytes + LWS_PRE, m->len, LWS_WRITE_TEXT);
        bool whole = n >= 0 && (size_t)n >= m->len;
        free(m->bytes);
        s->queue_first = (s->queue_first + 1) % WEBSOCKET_QUEUE_MAX;
        s->queue_count--;
        if (!whole)
            return -1;
    }
    if (s->queue_count > 0)
        lws_callback_on_writable(s->wsi);
    else if (s->closing)
        return -1;
    return 0;
}

enum err websocket_send(struct websocket *s, const char *text, size_t len)
{
    if (s->queue_count == WEBSOCKET_QUEUE_MAX)
        return ERR_FULL;
    unsigned char *bytes = malloc(LWS_PRE + len);
    if (bytes == NULL)
        return ERR_MEMORY;
    memcpy(bytes + LWS_PRE, text, len);
    s->queue[(s->queue_first + s->queue_count) % WEBSOCKET_QUEUE_MAX] =
        (struct message){.len = len, .bytes = bytes};
    s->queue_count++;
    if (s->wsi != NULL && s->open)
        lws_callback_on_writable(s->wsi);
    return ERR_NONE;
}

/* ---- lws ---- */

static int established(struct websocket *s)
{
    s->open = true;
    if (s->closing)
        return -1;
    if (s->listening)
        s->listener.opened(s->listener.self);
    if (s->queue_count > 0)
        lws_callback_on_writable(s->wsi);
    return 0;
}

static int check_certificate(struct websocket *s)
{
    if (s->home->insecure || tls_names(lws_get_ssl(s->wsi), s->host))
        return 0;
    snprintf(s->why, sizeof s->why, "the relay's certificate does not name %.200s", s->host);
    return -1;
}

static void could_not_connect(struct websocket *s, const char *why)
{
    const char *refusal = s->home->insecure ? NULL : tls_refusal(lws_get_ssl(s->wsi));
    if (refusal != NULL && s->why[0] == 0)
        snprintf(s->why, sizeof s->why, "%s", refusal);
    bool wordless = why == NULL || strcmp(why, "closed before established") == 0; /* its word for any of it */
    tell_closed(s, wordless ? "nothing listens there, or it hung up" : why);
}

static int event(struct websocket *s, enum lws_callback_reasons reason, void *in, size_t len)
{
    switch (reason) {
    case LWS_CALLBACK_CLIENT_FILTER_PRE_ESTABLISH:
        return check_certificate(s);
    case LWS_CALLBACK_CLIENT_ESTABLISHED:
        return established(s);
    case LWS_CALLBACK_CLIENT_RECEIVE:
        return received(s, in, len);
    case LWS_CALLBACK_CLIENT_WRITEABLE:
        return writeable(s);
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
        could_not_connect(s, in);
        return 0;
    case LWS_CALLBACK_CLIENT_CLOSED:
        tell_closed(s, "the connection to the relay was lost");
        return 0;
    case LWS_CALLBACK_WSI_DESTROY:
        tell_closed(s, "the connection could not be made");
        s->wsi = NULL;
        return 0;
    default:
        return 0;
    }
}

static int callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
    (void)user;
    struct websocket *s = wsi != NULL ? lws_get_opaque_user_data(wsi) : NULL;
    if (s == NULL)
        return 0;
    if (s->wsi == NULL && reason != LWS_CALLBACK_WSI_DESTROY)
        s->wsi = wsi; /* within lws_client_connect_via_info */
    s->depth++;
    int result = event(s, reason, in, len);
    s->depth--;
    if (reason == LWS_CALLBACK_WSI_DESTROY) {
        lws_set_opaque_user_data(wsi, NULL);
        forget_if_free(s);
    }
    return result;
}

static const struct lws_protocols protocols[] = {
    {.name = "aula.v1", .callback = callback, .rx_buffer_size = RX_CHUNK}, {.name = NULL}};

/* ---- connecting ---- */

static void begin(struct websocket *s, const char *ip)
{
    static const lws_retry_bo_t validity = {.secs_since_valid_ping = 15, .secs_since_valid_hangup = 25};
    char host[300];
    snprintf(host, sizeof host, strchr(s->host, ':') != NULL ? "[%s]:%u" : "%s:%u", s->host, s->port);
    struct lws_client_connect_info info = {.context = s->home->context,
                                           .vhost = s->home->vhost,
                                           .address = ip,
                                           .port = s->port,
                                           .path = "/ws",
                                           .host = host,
                                           .origin = NULL,
                                           .protocol = protocols[0].name,
                                           .local_protocol_name = protocols[0].name,
                                           .alpn = "http/1.1",
                                           .opaque_user_data = s,
                                           .retry_and_idle_policy = &validity,
                                           .pwsi = &s->wsi};
    info.ssl_connection = LCCSCF_USE_SSL | LCCSCF_SKIP_SERVER_CERT_HOSTNAME_CHECK;
    if (s->home->insecure)
        info.ssl_connection |= LCCSCF_ALLOW_SELFSIGNED | LCCSCF_ALLOW_EXPIRED | LCCSCF_ALLOW_INSECURE;
    s->depth++;
    if (lws_client_connect_via_info(&info) == NULL) {
        s->wsi = NULL;
        tell_closed(s, "the relay does not answer");
    }
    s->depth--;
    /* lws' own timers sleep when armed outside its callbacks: a nudge wakes them. */
    lws_cancel_service(s->home->context);
}

static void resolved(uv_getaddrinfo_t *request, int status, struct addrinfo *found)
{
    struct websocket *s = request->data;
    char ip[INET6_ADDRSTRLEN] = "";
    unsigned count = 0;
    s->resolving = false;
    for (struct addrinfo *a = found; a != NULL; a = a->ai_next)
        count++;
    unsigned wanted = count > 0 ? s->attempt % count : 0;
    for (struct addrinfo *a = found; a != NULL; a = a->ai_next, wanted--) {
        if (wanted != 0)
            continue;
        if (a->ai_family == AF_INET)
            uv_ip4_name((const struct sockaddr_in *)(const void *)a->ai_addr, ip, sizeof ip);
        else
            uv_ip6_name((const struct sockaddr_in6 *)(const void *)a->ai_addr, ip, sizeof ip);
        break;
    }
    uv_freeaddrinfo(found);
    if (status != 0 || ip[0] == 0)
        tell_closed(s, "the relay's name is not known; check the join URL and the network");
    else if (s->listening)
        begin(s, ip);
    forget_if_free(s);
}

static enum err resolve(struct websocket *s)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    s->resolve.data = s;
    if (uv_getaddrinfo(s->home->loop, &s->resolve, resolved, s->host, NULL, &hints) != 0)
        return ERR_SYSTEM;
    s->resolving = true;
    return ERR_NONE;
}

enum err websocket_connect(struct websockets *w, const char *host, uint16_t port, unsigned attempt,
                           const struct websocket_listener *listener, struct websocket **ret_websocket)
{
    uint8_t ip[16];
    struct websocket *s = calloc(1, sizeof *s);
    if (s == NULL)
        return ERR_MEMORY;
    s->home = w;
    s->listener = *listener;
    s->listening = true;
    s->port = port;
    s->attempt = attempt;
    snprintf(s->host, sizeof s->host, "%s", host);
    s->next = w->all;
    s->link = &w->all;
    if (w->all != NULL)
        w->all->link = &s->next;
    w->all = s;
    *ret_websocket = s;
    if (uv_inet_pton(AF_INET, host, ip) == 0 || uv_inet_pton(AF_INET6, host, ip) == 0) {
        begin(s, host);
        return ERR_NONE;
    }
    enum err e = resolve(s);
    if (e != ERR_NONE)
        forget(s);
    return e;
}

static bool is_ours(const struct sockaddr_storage *mine, const uv_interface_address_t *a)
{
    const struct sockaddr_in *m4 = (const void *)mine;
    const struct sockaddr_in6 *m6 = (const void *)mine;
    if (mine->ss_family != a->address.address4.sin_family)
        return false;
    return mine->ss_family == AF_INET
               ? memcmp(&m4->sin_addr, &a->address.address4.sin_addr, sizeof m4->sin_addr) == 0
               : memcmp(&m6->sin6_addr, &a->address.address6.sin6_addr, sizeof m6->sin6_addr) == 0;
}

bool websocket_is_stranded(const struct websocket *s)
{
    struct sockaddr_storage mine = {0};
    socklen_t len = sizeof mine;
    uv_interface_address_t *all = NULL;
    int count = 0;
    bool found = false;
    if (!s->open || getsockname(lws_get_socket_fd(s->wsi), (struct sockaddr *)&mine, &len) != 0 ||
        uv_interface_addresses(&all, &count) != 0)
        return false;
    for (int i = 0; i < count && !found; i++)
        found = is_ours(&mine, &all[i]);
    uv_free_interface_addresses(all, count);
    return !found;
}

void websocket_close(struct websocket *s)
{
    if (s == NULL)
        return;
    s->listening = false;
    s->closing = true;
    if (s->wsi != NULL && s->open)
        lws_callback_on_writable(s->wsi); /* closes there, after what is queued */
    else if (s->wsi != NULL && s->depth == 0)
        lws_set_timeout(s->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC);
    else
        forget_if_free(s);
}

/* ---- the whole ---- */

enum err websockets_create(uv_loop_t *loop, const char *ca_file, bool insecure,
                           struct websockets **ret_websockets)
{
    struct websockets *w = calloc(1, sizeof *w);
    if (w == NULL)
        return ERR_MEMORY;
    void *loops[1] = {loop};
    w->loop = loop;
    w->insecure = insecure;
    w->tls = tls_create(ca_file, insecure);
    struct lws_context_creation_info info = {.port = CONTEXT_PORT_NO_LISTEN,
                                             .protocols = protocols,
                                             .foreign_loops = loops,
                                             .provided_client_ssl_ctx = w->tls,
                                             .options = LWS_SERVER_OPTION_LIBUV |
                                                        LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT |
                                                        LWS_SERVER_OPTION_EXPLICIT_VHOSTS};
    lws_set_log_level(0, NULL); /* what matters comes as a callback's sentence */
    signal(SIGPIPE, SIG_IGN);
    if (w->tls != NULL)
        w->context = lws_create_context(&info);
    if (w->context != NULL)
        w->vhost = lws_create_vhost(w->context, &info);
    if (w->vhost == NULL) { /* the context, where there is one, is doomed and cannot be freed in order */
        tls_destroy(w->tls);
        free(w);
        return ERR_SYSTEM;
    }
    *ret_websockets = w;
    return ERR_NONE;
}

void websockets_shut(struct websockets *w)
{
    struct websocket *next;
    for (struct websocket *s = w->all; s != NULL; s = next) {
        next = s->next;
        websocket_close(s);
    }
    lws_context_destroy(w->context);
}

void websockets_free(struct websockets *w)
{
    lws_context_destroy(w->context);
    while (w->all != NULL)
        forget(w->all);
    tls_destroy(w->tls);
    free(w);
}
