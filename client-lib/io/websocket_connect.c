/* All of a loop's connections, and how one is made (the traps: websocket.c). */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tls.h"
#include "websocket_parts.h"

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
                                           .protocol = websocket_protocols[0].name,
                                           .local_protocol_name = websocket_protocols[0].name,
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
        websocket_tell_closed(s, "the relay does not answer");
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
        websocket_tell_closed(s, "the relay's name is not known; check the join URL and the network");
    else if (s->listening)
        begin(s, ip);
    websocket_forget_if_free(s);
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
        websocket_forget(s);
    return e;
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
                                             .protocols = websocket_protocols,
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
        websocket_forget(w->all);
    tls_destroy(w->tls);
    free(w);
}
