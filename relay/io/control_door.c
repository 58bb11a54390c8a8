#include "io/control_parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "io/log.h"

struct line_out {
    uv_write_t write;
    char text[];
};

/* --- life --- */

static void count_handle(struct control_door *d)
{
    if (--d->handles == 0)
        free(d);
}

static void client_closed(uv_handle_t *handle)
{
    struct control_client *c = handle->data;
    struct control_door *d = c->door;
    free(c->line);
    free(c);
    count_handle(d);
}

static void close_client(struct control_client *c)
{
    struct control_door *d = c->door;
    if (c->state == CONTROL_CLOSING)
        return;
    c->state = CONTROL_CLOSING;
    deck_cancel(c->job);
    c->job = NULL;
    for (struct control_client **at = &d->clients; *at != NULL; at = &(*at)->next)
        if (*at == c) {
            *at = c->next;
            break;
        }
    d->count--;
    uv_close((uv_handle_t *)&c->pipe, client_closed);
}

static void door_closed(uv_handle_t *handle)
{
    count_handle(handle->data);
}

void control_door_destroy(struct control_door *d)
{
    if (d == NULL || d->closing)
        return;
    d->closing = true;
    while (d->clients != NULL)
        close_client(d->clients);
    uv_close((uv_handle_t *)&d->pipe, door_closed);
}

/* --- out --- */

static void written(uv_write_t *write, int status)
{
    struct control_client *c = write->data;
    free(write);
    if (status < 0)
        close_client(c);
}

void control_say(struct control_client *c, const char *text, size_t len)
{
    if (c->state == CONTROL_CLOSING)
        return;
    struct line_out *out = malloc(sizeof *out + len + 1);
    if (out == NULL || uv_stream_get_write_queue_size((uv_stream_t *)&c->pipe) > CONTROL_REPLIES_MAX) {
        free(out);
        close_client(c);
        return;
    }
    memcpy(out->text, text, len);
    out->text[len] = '\n';
    out->write.data = c;
    uv_buf_t buffer = uv_buf_init(out->text, (unsigned)len + 1);
    if (uv_write(&out->write, (uv_stream_t *)&c->pipe, &buffer, 1, written) != 0) {
        free(out);
        close_client(c);
    }
}

void control_reply(struct control_door *d, uint32_t request, const char *text, size_t len)
{
    for (struct control_client *c = d->clients; c != NULL; c = c->next)
        if (c->request == request && c->state == CONTROL_WAITS) {
            c->request = 0;
            c->state = CONTROL_LINE;
            control_say(c, text, len);
            control_go_on(c);
            return;
        }
}

/* --- in --- */

static void take(struct control_client *c, size_t len)
{
    memmove(c->line, c->line + len, c->line_len - len);
    c->line_len -= len;
}

/* One step; false when it needs more bytes, or an answer first. */
static bool step(struct control_client *c)
{
    if (c->line_len == 0)
        return false;
    if (c->state == CONTROL_BODY) {
        take(c, control_take_body(c, c->line, c->line_len));
        return true;
    }
    const char *end = c->state == CONTROL_LINE ? memchr(c->line, '\n', c->line_len) : NULL;
    if (end == NULL)
        return false;
    size_t len = (size_t)(end - c->line);
    char *text = malloc(len + 1); /* the buffer moves on before the answer does */
    if (text == NULL) {
        close_client(c);
        return false;
    }
    memcpy(text, c->line, len);
    text[len] = 0;
    take(c, len + 1);
    control_take_line(c, text, len);
    free(text);
    return c->state != CONTROL_CLOSING;
}

static void room(uv_handle_t *handle, size_t suggested, uv_buf_t *ret_buffer)
{
    struct control_client *c = handle->data;
    (void)suggested;
    *ret_buffer = uv_buf_init(c->line + c->line_len, (unsigned)(CONTROL_LINE_MAX - c->line_len));
}

static void read_some(uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer)
{
    struct control_client *c = stream->data;
    (void)buffer;
    if (n < 0) {
        static const char too_long[] =
            "{\"ok\":false,\"usage\":true,\"why\":\"A request is one line of at most 65536 bytes.\"}";
        if (n != UV_ENOBUFS) {
            close_client(c);
            return;
        }
        control_say(c, too_long, sizeof too_long - 1);
        if (c->state != CONTROL_CLOSING)
            c->state = CONTROL_DEAF;
        n = 0;
    }
    c->line_len += (size_t)n;
    control_go_on(c);
}

void control_go_on(struct control_client *c)
{
    if (c->state == CONTROL_CLOSING)
        return;
    while (step(c))
        ;
    if (c->state == CONTROL_CLOSING)
        return;
    if (c->state == CONTROL_DEAF)
        c->line_len = 0;
    /* A full buffer in CONTROL_LINE is a line too long: reading goes on, so that uv says ENOBUFS. */
    if (c->state == CONTROL_WAITS && c->line_len == CONTROL_LINE_MAX)
        uv_read_stop((uv_stream_t *)&c->pipe);
    else
        uv_read_start((uv_stream_t *)&c->pipe, room, read_some);
}

static void came(uv_stream_t *server, int status)
{
    struct control_door *d = server->data;
    struct control_client *c = status == 0 ? calloc(1, sizeof *c) : NULL;
    if (c == NULL)
        return;
    c->door = d;
    c->line = malloc(CONTROL_LINE_MAX);
    uv_pipe_init(d->loop, &c->pipe, 0);
    c->pipe.data = c;
    c->next = d->clients;
    d->clients = c;
    d->count++;
    d->handles++;
    bool good = uv_accept(server, (uv_stream_t *)&c->pipe) == 0 && c->line != NULL;
    if (good && d->count > CONTROL_CLIENTS_MAX) {
        static const char full[] = "{\"ok\":false,\"why\":\"Too many control connections are open.\"}\n";
        uv_buf_t buffer = uv_buf_init((char *)(uintptr_t)full, sizeof full - 1);
        uv_try_write((uv_stream_t *)&c->pipe, &buffer, 1);
        good = false;
    }
    if (good)
        uv_read_start((uv_stream_t *)&c->pipe, room, read_some);
    else
        close_client(c);
}

enum err control_door_create(uv_loop_t *loop, const char *path, struct decks *decks,
                             const struct control_listener *listener, char *why, size_t why_size,
                             struct control_door **ret_door)
{
    if (strlen(path) >= sizeof((struct sockaddr_un *)NULL)->sun_path) {
        snprintf(why, why_size,
                 "%s: the data folder's name is too long for a socket in it; choose a shorter one", path);
        return ERR_SYSTEM;
    }
    struct control_door *d = calloc(1, sizeof *d);
    if (d == NULL)
        return ERR_MEMORY;
    d->loop = loop;
    d->decks = decks;
    d->listener = *listener;
    d->handles = 1;
    uv_pipe_init(loop, &d->pipe, 0);
    d->pipe.data = d;
    unlink(path); /* nobody listens: the data folder is ours */
    mode_t mask = umask(0177);
    int result = uv_pipe_bind(&d->pipe, path);
    umask(mask);
    if (result == 0)
        result = uv_listen((uv_stream_t *)&d->pipe, CONTROL_CLIENTS_MAX, came);
    if (result != 0) {
        snprintf(why, why_size, "%s: cannot listen there: %s", path, uv_strerror(result));
        d->closing = true;
        uv_close((uv_handle_t *)&d->pipe, door_closed);
        return ERR_SYSTEM;
    }
    *ret_door = d;
    return ERR_NONE;
}
