#include "host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AGENT_DEFAULT        "libaula/" AULA_VERSION
#define AGENT_CHARACTERS_MAX 100

/* ---- the WebSocket ---- */

static void opened(void *self)
{
    struct aula_participant *p = self;
    client_connected(p->client, clock_us());
    participant_settle(p);
}

static void message(void *self, const char *text, size_t len)
{
    struct aula_participant *p = self;
    client_sentence(p->client, text, len, clock_us());
    participant_settle(p);
}

static void closed(void *self, const char *why, bool untrusted)
{
    struct aula_participant *p = self;
    p->websocket = NULL;
    if (untrusted)
        client_untrusted(p->client, why, clock_us());
    else
        client_disconnected(p->client, why, clock_us());
    participant_settle(p);
}

static void connect_websocket(struct aula_participant *p)
{
    const struct websocket_listener listener = {
        .opened = opened, .message = message, .closed = closed, .self = p};
    struct websocket *s = NULL;
    enum err e =
        websocket_connect(p->host->websockets, p->url.host, p->url.port, p->attempt++, &listener, &s);
    if (e != ERR_NONE) {
        client_disconnected(p->client, err_text(e), clock_us());
        return;
    }
    p->websocket = s;
}

static void disconnect_websocket(struct aula_participant *p)
{
    websocket_close(p->websocket);
    p->websocket = NULL;
}

static void carry_out(struct aula_participant *p, const struct client_output *output)
{
    switch (output->kind) {
    case CLIENT_OUT_CONNECT:
        connect_websocket(p);
        break;
    case CLIENT_OUT_SENTENCE:
        if (p->websocket != NULL && websocket_send(p->websocket, output->text, output->len) != ERR_NONE) {
            disconnect_websocket(p);
            client_disconnected(p->client, "the relay takes nothing", clock_us());
        }
        break;
    case CLIENT_OUT_DISCONNECT:
        disconnect_websocket(p);
        break;
    }
}

/* ---- sound ---- */

static void send_datagrams(struct aula_participant *p)
{
    uint8_t bytes[LINK_DATAGRAM_MAX];
    struct address to;
    size_t len;
    while (client_datagram_out(p->client, &to, bytes, &len, clock_us()))
        if (p->udp != NULL)
            udp_send(p->udp, &to, bytes, len);
}

static void datagram(void *self, const struct address *from, uint8_t *bytes, size_t len, point_us came_us)
{
    struct aula_participant *p = self;
    client_datagram(p->client, from, bytes, len, came_us, clock_us());
}

static void drained(void *self)
{
    participant_settle(self);
}

static point_us tick_us(const struct aula_participant *p, int64_t tick)
{
    return client_joined_us(p->client) + tick * TICK_US;
}

/* The microphone's ticks have a phase of their own: client_phase_us. */
static point_us spoken_us(const struct aula_participant *p, int64_t tick)
{
    return tick_us(p, tick) + client_phase_us(p->client);
}

/* Ticks that have begun, of those that lie on a grid from `first_us` on. */
static int64_t ticks_begun(point_us first_us, point_us now_us)
{
    return now_us < first_us ? 0 : (now_us - first_us) / TICK_US + 1;
}

static bool has_words(const struct aula_participant *p)
{
    return p->out != NULL && p->out->count >= TICK_SAMPLES;
}

/* Those that are due are said now, each under its own time. Nobody counts the ticks of one who only speaks
 * now and then. */
static void speak(struct aula_participant *p, point_us now_us)
{
    float pcm[TICK_SAMPLES];
    int64_t due = ticks_begun(spoken_us(p, 0), now_us);
    if (due - p->spoken > HOST_CATCH_UP_TICKS)
        p->spoken = due - 1;
    for (; p->spoken < due && has_words(p); p->spoken++) {
        ring_take(p->out, pcm, TICK_SAMPLES);
        client_speak(p->client, pcm, spoken_us(p, p->spoken));
        send_datagrams(p);
    }
    if (p->spoken < due)
        p->spoken = due; /* nothing to say in them */
}

static void hear(struct aula_participant *p, point_us now_us)
{
    float pcm[TICK_SAMPLES];
    int64_t due = ticks_begun(tick_us(p, 0), now_us);
    for (; p->ticks < due; p->ticks++) {
        client_hear(p->client, pcm, tick_us(p, p->ticks));
        if (p->in->count > AULA_BUFFER_MAX - TICK_SAMPLES)
            p->receive_overrun += ring_take(p->in, NULL, TICK_SAMPLES);
        ring_put(p->in, pcm, TICK_SAMPLES);
        p->host->progressed = true;
    }
}

static void tick(struct aula_participant *p, point_us now_us)
{
    if (client_joined_us(p->client) == 0 || client_is_over(p->client))
        return;
    speak(p, now_us);
    if (p->hears)
        hear(p, now_us);
}

static point_us next_tick_us(const struct aula_participant *p)
{
    point_us next_us = NEVER_US;
    if (client_joined_us(p->client) == 0 || client_is_over(p->client))
        return NEVER_US;
    if (p->hears)
        next_us = tick_us(p, p->ticks);
    if (has_words(p))
        next_us = earlier_us(next_us, spoken_us(p, p->spoken));
    return next_us;
}

/* ---- time ---- */

static void fired(uv_timer_t *timer)
{
    struct aula_participant *p = timer->data;
    point_us now_us = clock_us();
    p->armed_us = NEVER_US;
    tick(p, now_us);
    if (client_deadline(p->client) <= now_us)
        client_expire(p->client, now_us);
    participant_settle(p);
}

static void arm(struct aula_participant *p)
{
    point_us due_us = earlier_us(client_deadline(p->client), next_tick_us(p));
    if (due_us == p->armed_us)
        return;
    p->armed_us = due_us;
    if (due_us == NEVER_US) {
        uv_timer_stop(&p->timer);
        return;
    }
    uv_update_time(&p->host->loop); /* uv's timers count from its cached clock */
    span_us wait_us = due_us - clock_us();
    uint64_t wait_ms = wait_us > 0 ? (uint64_t)(wait_us + US_PER_MS - 1) / US_PER_MS : 0;
    uv_timer_start(&p->timer, fired, wait_ms, 0);
}

void participant_settle(struct aula_participant *p)
{
    struct client_output output;
    if (p->settling || p->gone) /* a callback from within: the outer turn goes on */
        return;
    p->settling = true;
    while (client_output(p->client, &output))
        carry_out(p, &output);
    send_datagrams(p);
    p->settling = false;
    if (client_has_event(p->client))
        p->host->progressed = true;
    arm(p);
}

void participant_network_changed(struct aula_participant *p)
{
    if (p->websocket != NULL && websocket_is_stranded(p->websocket)) {
        disconnect_websocket(p);
        client_disconnected(p->client, "this machine's address has changed", clock_us());
    } else {
        client_network_changed(p->client, clock_us());
    }
    participant_settle(p);
}

/* ---- beginning and end ---- */

static enum err make_rings(struct aula_participant *p, const struct aula_join *join)
{
    if (join->no_sound)
        return ERR_NONE;
    p->out = calloc(1, sizeof *p->out);
    p->hears = !join->no_decode;
    if (p->hears)
        p->in = calloc(1, sizeof *p->in);
    return p->out == NULL || (p->hears && p->in == NULL) ? ERR_MEMORY : ERR_NONE;
}

static enum err make_parts(struct aula_participant *p, const struct aula_join *join)
{
    const struct client_config config = {.token = p->url.token,
                                         .agent = join->agent != NULL ? join->agent : AGENT_DEFAULT,
                                         .identity = p->host->identity,
                                         .entropy = &p->host->entropy,
                                         .sound = !join->no_sound,
                                         .decode = !join->no_decode,
                                         .tell_payloads = join->tell_payloads,
                                         .first_connect_us = (span_us)join->first_connect_ms * US_PER_MS,
                                         .reconnect_us = (span_us)join->reconnect_ms * US_PER_MS};
    const struct udp_listener listener = {.datagram = datagram, .drained = drained, .self = p};
    enum err e = make_rings(p, join);
    if (e == ERR_NONE)
        e = client_create(&config, clock_us(), &p->client);
    if (e == ERR_NONE && !join->no_sound)
        e = udp_open(&p->host->loop, &listener, &p->udp);
    return e;
}

static void free_parts(struct aula_participant *p)
{
    client_destroy(p->client);
    free(p->in);
    free(p->out);
    free(p);
}

enum aula_result aula_join(struct aula_host *h, const struct aula_join *join,
                           struct aula_participant **ret_participant, char *why)
{
    const char *sentence = "a program's name has at most 100 characters";
    struct join_url url;
    if (join_url_parse(join->url, &url, &sentence) != ERR_NONE ||
        (join->agent != NULL && strlen(join->agent) > AGENT_CHARACTERS_MAX)) {
        if (why != NULL)
            snprintf(why, AULA_WHY_MAX, "%s", sentence);
        return AULA_BAD_ARGUMENT;
    }
    struct aula_participant *p = calloc(1, sizeof *p);
    if (p == NULL)
        return AULA_NO_MEMORY;
    p->host = h;
    p->url = url;
    p->armed_us = NEVER_US;
    enum err e = make_parts(p, join);
    if (e != ERR_NONE) {
        if (why != NULL)
            snprintf(why, AULA_WHY_MAX, "no participant could be made: %s", err_text(e));
        free_parts(p);
        return e == ERR_MEMORY ? AULA_NO_MEMORY : AULA_SYSTEM;
    }
    uv_timer_init(&h->loop, &p->timer);
    p->timer.data = p;
    p->next = h->participants;
    h->participants = p;
    participant_settle(p);
    *ret_participant = p;
    return AULA_OK;
}

static void timer_closed(uv_handle_t *handle)
{
    free_parts(handle->data);
}

void aula_leave_now(struct aula_participant *p)
{
    if (p == NULL)
        return;
    struct aula_participant **at = &p->host->participants;
    while (*at != p)
        at = &(*at)->next;
    *at = p->next;
    p->gone = true;
    send_datagrams(p);
    disconnect_websocket(p);
    udp_close(p->udp);
    p->udp = NULL;
    uv_close((uv_handle_t *)&p->timer, timer_closed);
}
