/* The WebSockets of subprotocol aula.v1: sentences in, messages out, and closing with a code.
 *
 * What is queued in a turn of the loop is written at its end, straight to each socket that takes it: to be
 * called back for it would cost three changes of what the kernel watches and another turn. Only where a
 * socket is full, or a write fails, libwebsockets is asked to call back.
 *
 * A close code reaches the client only from within RECEIVE, or by LWS_TO_KILL_SYNC while libwebsockets is not
 * on the stack; from WRITEABLE it is lost. So closing waits in a list for web_sweep. */
#include "io/web_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "io/clock.h"
#include "io/guards.h"
#include "io/log.h"
#include "io/socket_address.h"

#define DEADLINE_TURN_MS 250 /* how often closing connections are looked at when nothing else happens */
#define WRITE_BUDGET     16  /* messages in one turn of one connection */
#define SENDS_BUDGET     256 /* connections written to at once, some 1.5 ms; then others are heard first */

static const char slow_bye[] = "{\"kind\":\"bye\",\"why\":\"slow\",\"again\":true,\"text\":\"Your connection "
                               "did not take what was sent. It is made anew.\"}";

enum err ws_shell_init(struct web *w, uint64_t seed)
{
    uv_timer_init(w->loop, &w->ws.deadline);
    uv_idle_init(w->loop, &w->ws.more);
    w->ws.deadline.data = w;
    w->ws.queued_end = &w->ws.queued;
    return table_create(SOCKETS_MAX, seed, &w->ws.connections);
}

void ws_shell_finish(struct web *w)
{
    table_destroy(w->ws.connections);
}

static struct ws_connection *find(struct web *w, uint32_t number)
{
    return table_get(w->ws.connections, &number, sizeof number);
}

/* --- joining --- */

int ws_confirm_upgrade(struct lws *wsi)
{
    char value[HEADER_VALUE_MAX], host[256];
    /* Read again: what libwebsockets hands over may be stale after it has refused an unknown upgrade, which
     * it then goes on with. h2c would open HTTP/2 within TLS. */
    if (!web_header(wsi, WSI_TOKEN_UPGRADE, value, sizeof value) || strcasecmp(value, "websocket") != 0)
        return -1;
    char *path = NULL;
    int len = 0;
    if (lws_http_get_uri_and_method(wsi, &path, &len) != LWSHUMETH_GET || len != 3 ||
        memcmp(path, "/ws", 3) != 0)
        return http_refuse_and_close(wsi, 404, "WebSockets are at /ws.");
    if (!web_header(wsi, WSI_TOKEN_VERSION, value, sizeof value) || strcmp(value, "13") != 0)
        return http_refuse_and_close(wsi, 426, "Only WebSocket version 13 is spoken here.");
    if (!web_header(wsi, WSI_TOKEN_PROTOCOL, value, 120) || !guard_list_holds(value, WEB_PROTOCOL))
        return http_refuse_and_close(wsi, 400, "The subprotocol must be " WEB_PROTOCOL ".");
    if (!web_header(wsi, WSI_TOKEN_ORIGIN, value, sizeof value) ||
        !web_header(wsi, WSI_TOKEN_HOST, host, sizeof host) || !guard_origin(value, host))
        return http_refuse_and_close(wsi, 403, "Only pages of this very host may connect.");
    return 0;
}

static int established(struct web *w, struct ws_connection *c, struct lws *wsi)
{
    c->wsi = wsi;
    send_queue_init(&c->queue);
    c->credit = SENTENCES_BURST * (US_PER_S / SENTENCES_PER_S);
    c->credited_us = clock_monotonic_us();
    do
        c->number = ++w->ws.last_number;
    while (c->number == 0 || find(w, c->number) != NULL);
    if (table_put(w->ws.connections, &c->number, sizeof c->number, c) != ERR_NONE) {
        c->number = 0;
        return -1;
    }
    struct sockaddr_storage name = {0};
    socklen_t len = sizeof name;
    getpeername(lws_get_socket_fd(wsi), (struct sockaddr *)&name, &len);
    struct address from = socket_address_get(&name);
    w->counters.sockets++;
    w->listener.connected(w->listener.self, c->number, &from);
    return 0;
}

static void forget_closing(struct web *w, struct ws_connection *c)
{
    for (struct ws_connection **at = &w->ws.closing; *at != NULL; at = &(*at)->next_closing)
        if (*at == c) {
            *at = c->next_closing;
            return;
        }
}

static void forget_queued(struct web *w, struct ws_connection *c)
{
    for (struct ws_connection **at = &w->ws.queued; c->queued && *at != NULL; at = &(*at)->next_queued)
        if (*at == c) {
            *at = c->next_queued;
            if (*at == NULL)
                w->ws.queued_end = at;
            c->queued = false;
            return;
        }
}

static void gone(struct web *w, struct ws_connection *c)
{
    if (c->number == 0)
        return;
    forget_closing(w, c);
    forget_queued(w, c);
    table_take(w->ws.connections, &c->number, sizeof c->number);
    w->counters.skipped += c->queue.skipped;
    send_queue_finish(&c->queue);
    free(c->gathered);
    c->gathered = NULL;
    w->counters.sockets--;
    w->listener.disconnected(w->listener.self, c->number);
    c->number = 0;
}

/* --- in --- */

static int close_from_receive(struct ws_connection *c, enum lws_close_status code, const char *text)
{
    c->closed = true;
    lws_close_reason(c->wsi, code, (unsigned char *)(uintptr_t)text, strlen(text));
    return -1;
}

static bool too_many(struct ws_connection *c)
{
    const int64_t most = SENTENCES_BURST * (US_PER_S / SENTENCES_PER_S);
    point_us now_us = clock_monotonic_us();
    c->credit += now_us - c->credited_us;
    c->credited_us = now_us;
    if (c->credit > most)
        c->credit = most;
    c->credit -= US_PER_S / SENTENCES_PER_S;
    return c->credit < 0;
}

static bool gather(struct ws_connection *c, const void *bytes, size_t len)
{
    char *more = realloc(c->gathered, c->gathered_len + len + 1);
    if (more == NULL)
        return false;
    memcpy(more + c->gathered_len, bytes, len);
    c->gathered = more;
    c->gathered_len += len;
    return true;
}

static int received(struct web *w, struct ws_connection *c, const void *bytes, size_t len)
{
    bool last = lws_is_final_fragment(c->wsi) && lws_remaining_packet_payload(c->wsi) == 0;
    if (c->closing || c->closed)
        return 0; /* what he says now is not heard any more */
    if (lws_frame_is_binary(c->wsi))
        return close_from_receive(c, LWS_CLOSE_STATUS_UNACCEPTABLE_OPCODE, "text only");
    if (c->gathered_len + len > SENTENCE_MAX)
        return close_from_receive(c, LWS_CLOSE_STATUS_MESSAGE_TOO_LARGE, "over 64 KiB");
    if (!last || c->gathered_len > 0) {
        if (!gather(c, bytes, len))
            return close_from_receive(c, LWS_CLOSE_STATUS_UNEXPECTED_CONDITION, "no memory");
        if (!last)
            return 0;
        bytes = c->gathered;
        len = c->gathered_len;
    }
    if (too_many(c))
        return close_from_receive(c, LWS_CLOSE_STATUS_POLICY_VIOLATION, "too many sentences");
    w->counters.sentences_in++;
    w->listener.sentence(w->listener.self, c->number, len > 0 ? bytes : "", len);
    free(c->gathered);
    c->gathered = NULL;
    c->gathered_len = 0;
    return 0;
}

/* --- out --- */

static void begin_closing(struct web *w, struct ws_connection *c, uint16_t code)
{
    if (c->closing)
        return;
    c->closing = true;
    c->close_code = code;
    c->close_by_us = clock_monotonic_us() + CLOSE_FLUSH_US;
    c->next_closing = w->ws.closing;
    w->ws.closing = c;
}

static void queue(struct web *w, struct ws_connection *c)
{
    if (c->queued)
        return;
    c->queued = true;
    c->next_queued = NULL;
    *w->ws.queued_end = c;
    w->ws.queued_end = &c->next_queued;
}

static void end_slow(struct web *w, struct ws_connection *c)
{
    w->counters.slow++;
    log_info("Connection %u reads too slowly: it is closed with %zu messages waiting.", c->number,
             c->queue.count);
    send_queue_finish(&c->queue);
    struct message *bye = message_create(slow_bye, sizeof slow_bye - 1);
    if (bye != NULL && send_queue_push(&c->queue, bye, false) == SEND_QUEUED)
        queue(w, c);
    message_release(bye);
    begin_closing(w, c, LWS_CLOSE_STATUS_POLICY_VIOLATION);
}

void web_send(struct web *w, uint32_t connection, struct message *m, bool droppable)
{
    struct ws_connection *c = find(w, connection);
    if (c == NULL || c->closing || c->closed)
        return;
    switch (send_queue_push(&c->queue, m, droppable)) {
    case SEND_QUEUED:
        queue(w, c);
        break;
    case SEND_SKIPPED:
        break;
    case SEND_SLOW:
        end_slow(w, c);
        break;
    }
}

/* Writes what the socket takes, at most WRITE_BUDGET messages, and asks to be called back for the rest. -1:
 * the connection is broken. */
static int writeable(struct web *w, struct ws_connection *c)
{
    for (int i = 0; i < WRITE_BUDGET && !lws_send_pipe_choked(c->wsi); i++) {
        struct message *m = send_queue_first(&c->queue);
        if (m == NULL || c->closed)
            return 0;
        _Static_assert(SEND_HEAD_BYTES >= LWS_PRE, "libwebsockets writes the frame's header before the text");
        int n = lws_write(c->wsi, message_text(m), m->len, LWS_WRITE_TEXT);
        if (n < (int)m->len)
            return -1;
        w->counters.sentences_out++;
        send_queue_pop(&c->queue);
    }
    if (send_queue_first(&c->queue) != NULL)
        lws_callback_on_writable(c->wsi);
    return 0;
}

/* Nothing to do: while this runs the loop does not sleep. */
static void go_on(uv_idle_t *idle)
{
    (void)idle;
}

static void send_queued(struct web *w)
{
    for (int i = 0; i < SENDS_BUDGET && w->ws.queued != NULL; i++) {
        struct ws_connection *c = w->ws.queued;
        forget_queued(w, c);
        if (writeable(w, c) != 0)
            lws_callback_on_writable(c->wsi); /* it fails there again, where it may be closed */
    }
    if (w->ws.queued != NULL)
        uv_idle_start(&w->ws.more, go_on);
    else
        uv_idle_stop(&w->ws.more);
}

/* --- closing --- */

void web_close(struct web *w, uint32_t connection)
{
    struct ws_connection *c = find(w, connection);
    if (c != NULL)
        begin_closing(w, c, w->ws.leaving ? LWS_CLOSE_STATUS_GOINGAWAY : LWS_CLOSE_STATUS_NORMAL);
}

void web_leave(struct web *w)
{
    w->ws.leaving = true;
}

void ws_close_all(struct web *w, uint16_t code)
{
    size_t at = 0;
    struct ws_connection *c;
    while ((c = table_next(w->ws.connections, &at)) != NULL) {
        begin_closing(w, c, code);
        c->close_code = code;
    }
}

static void deadline_turn(uv_timer_t *timer)
{
    web_sweep(timer->data);
}

/* Begins the close of one whose last words are out, or whose time is over. */
static void close_now(struct ws_connection *c, point_us now_us)
{
    c->closed = true;
    c->close_by_us = now_us + CLOSE_CUT_US;
    lws_close_reason(c->wsi, c->close_code, NULL, 0);
    lws_set_timeout(c->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC); /* `c` may be gone now */
}

/* The first in the list that has something to be done with it, or NULL. */
static struct ws_connection *first_due(struct web *w, point_us now_us)
{
    for (struct ws_connection *c = w->ws.closing; c != NULL; c = c->next_closing)
        if (now_us >= c->close_by_us || (!c->closed && send_queue_first(&c->queue) == NULL))
            return c;
    return NULL;
}

void web_sweep(struct web *w)
{
    send_queued(w);
    if (w->ws.closing == NULL) {
        uv_timer_stop(&w->ws.deadline); /* the last has gone by itself */
        return;
    }
    point_us now_us = clock_monotonic_us();
    struct ws_connection *c;
    bool any = false;
    while ((c = first_due(w, now_us)) != NULL) {
        if (!c->closed) {
            close_now(c, now_us);
            any = true;
        } else { /* libwebsockets would wait for ever for a socket that never takes its last bytes */
            c->close_by_us = NEVER_US;
            shutdown(lws_get_socket_fd(c->wsi), SHUT_RDWR);
        }
    }
    if (any) /* a time limit set from outside libwebsockets sleeps until it is woken */
        lws_cancel_service(w->context);
    if (w->ws.closing == NULL)
        uv_timer_stop(&w->ws.deadline);
    else if (!uv_is_active((uv_handle_t *)&w->ws.deadline))
        uv_timer_start(&w->ws.deadline, deadline_turn, DEADLINE_TURN_MS, DEADLINE_TURN_MS);
}

int ws_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
    struct ws_connection *c = user;
    switch (reason) {
    case LWS_CALLBACK_ESTABLISHED:
        return established(web_of(wsi), c, wsi);
    case LWS_CALLBACK_RECEIVE:
        return received(web_of(wsi), c, in, len);
    case LWS_CALLBACK_SERVER_WRITEABLE:
        return writeable(web_of(wsi), c);
    case LWS_CALLBACK_CLOSED:
        gone(web_of(wsi), c);
        return 0;
    default:
        return 0;
    }
}
