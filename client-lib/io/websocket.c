/* One connection: what comes and goes, and its end. Traps of libwebsockets 4.1.6 that shape this file and
 * websocket_connect.c:
 *   - http/1.1 and no extensions: h2 and permessage-deflate lose large messages;
 *   - created on a foreign loop it may fail late: vhost made explicitly, and tested;
 *   - a wsi is closed only from its own callback or by KILL_SYNC outside of any;
 *   - lws_context_destroy twice, the loop drained in between.
 * Names are resolved by uv (lws would block), certificates are checked against name or IP by us (lws knows
 * no IP). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tls.h"
#include "websocket_parts.h"

void websocket_forget(struct websocket *s)
{
    *s->link = s->next;
    if (s->next != NULL)
        s->next->link = s->link;
    for (unsigned i = 0; i < s->queue_count; i++)
        free(s->queue[(s->queue_first + i) % WEBSOCKET_QUEUE_MAX].bytes);
    free(s->rx);
    free(s);
}

void websocket_forget_if_free(struct websocket *s)
{
    if (s->wsi == NULL && !s->resolving && !s->listening && s->depth == 0)
        websocket_forget(s);
}

void websocket_tell_closed(struct websocket *s, const char *why)
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
        size_t capacity = wanted < WEBSOCKET_RX_CHUNK ? WEBSOCKET_RX_CHUNK : wanted * 2;
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
    websocket_tell_closed(s, wordless ? "nothing listens there, or it hung up" : why);
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
        websocket_tell_closed(s, "the connection to the relay was lost");
        return 0;
    case LWS_CALLBACK_WSI_DESTROY:
        websocket_tell_closed(s, "the connection could not be made");
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
        websocket_forget_if_free(s);
    }
    return result;
}

const struct lws_protocols websocket_protocols[] = {
    {.name = "aula.v1", .callback = callback, .rx_buffer_size = WEBSOCKET_RX_CHUNK}, {.name = NULL}};

/* ---- its end ---- */

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
        websocket_forget_if_free(s);
}
