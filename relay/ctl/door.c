#include "ctl/web_door.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

struct call {
    const struct door_ask *ask;
    int fd, file;
    char *head; /* the request's line */
    size_t head_len, head_sent;
    long long file_left;
    char chunk[65536]; /* of the file */
    size_t chunk_len, chunk_sent;
    char *in; /* what came and is not a whole line yet */
    size_t in_len, in_capacity;
    char *why;
    size_t why_size;
};

static enum err fail(struct call *c, enum err e, const char *form, const char *a, const char *b)
{
    snprintf(c->why, c->why_size, form, a, b);
    return e;
}

static enum err dial(struct call *c)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    const char *path = c->ask->socket;
    if (strlen(path) >= sizeof to.sun_path)
        return fail(c, ERR_CLOSED, "The path %s is too long for a socket%s.", path, "");
    strcpy(to.sun_path, path);
    c->fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (c->fd < 0)
        return fail(c, ERR_MEMORY, "No socket can be made (%s)%s.", strerror(errno), "");
    if (connect(c->fd, (struct sockaddr *)&to, sizeof to) != 0) {
        if (errno == EACCES || errno == EPERM)
            return fail(c, ERR_FORBIDDEN,
                        "You may not use %s: become the user that aulad runs as, or root%s.", path, "");
        return fail(c, ERR_CLOSED,
                    "There is no relay at %s (%s). Is aulad running, and is --data its folder?", path,
                    strerror(errno));
    }
    return fcntl(c->fd, F_SETFL, O_NONBLOCK) == 0 ? ERR_NONE : ERR_CLOSED;
}

/* The request's line; with a file its size is one more member. */
static enum err build_head(struct call *c)
{
    const struct door_ask *a = c->ask;
    struct stat st;
    c->head = malloc(a->request_len + 64);
    if (c->head == NULL)
        return fail(c, ERR_MEMORY, "There is not enough memory%s%s.", "", "");
    if (a->file == NULL) {
        c->head_len = (size_t)snprintf(c->head, a->request_len + 64, "%s\n", a->request);
        return ERR_NONE;
    }
    c->file = open(a->file, O_RDONLY);
    if (c->file < 0 || fstat(c->file, &st) != 0)
        return fail(c, ERR_UNKNOWN, "%s cannot be read (%s).", a->file, strerror(errno));
    if (!S_ISREG(st.st_mode) || st.st_size == 0)
        return fail(c, ERR_UNKNOWN, "%s is %s.", a->file, S_ISREG(st.st_mode) ? "empty" : "not a file");
    c->file_left = st.st_size;
    c->head_len = (size_t)snprintf(c->head, a->request_len + 64, "%.*s,\"bytes\":%lld}\n",
                                   (int)a->request_len - 1, a->request, c->file_left);
    return ERR_NONE;
}

static bool all_sent(const struct call *c)
{
    return c->head_sent == c->head_len && c->chunk_sent == c->chunk_len && c->file_left == 0;
}

/* Sends what the socket takes. A relay that refuses early closes its reading side: its reply says why, so a
 * failed write only ends the sending. */
static enum err send_more(struct call *c)
{
    if (c->head_sent == c->head_len && c->chunk_sent == c->chunk_len) {
        size_t want = c->file_left < (long long)sizeof c->chunk ? (size_t)c->file_left : sizeof c->chunk;
        ssize_t n = read(c->file, c->chunk, want);
        if (n <= 0)
            return fail(c, ERR_UNKNOWN, "%s became shorter while it was read%s.", c->ask->file, "");
        c->file_left -= n;
        c->chunk_len = (size_t)n;
        c->chunk_sent = 0;
    }
    bool head = c->head_sent < c->head_len;
    const char *from = head ? c->head + c->head_sent : c->chunk + c->chunk_sent;
    ssize_t n =
        send(c->fd, from, head ? c->head_len - c->head_sent : c->chunk_len - c->chunk_sent, MSG_NOSIGNAL);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return ERR_NONE;
    if (n < 0) {
        c->head_sent = c->head_len;
        c->chunk_sent = c->chunk_len;
        c->file_left = 0;
    } else if (head) {
        c->head_sent += (size_t)n;
    } else {
        c->chunk_sent += (size_t)n;
    }
    return ERR_NONE;
}

static enum err read_more(struct call *c)
{
    if (c->in_capacity - c->in_len < 4096) {
        if (c->in_len > DOOR_REPLY_MAX_BYTES)
            return fail(c, ERR_MALFORMED, "What answers at %s is no aulad%s.", c->ask->socket, "");
        size_t capacity = c->in_capacity * 2 + 16384;
        char *more = realloc(c->in, capacity);
        if (more == NULL)
            return fail(c, ERR_MEMORY, "There is not enough memory%s%s.", "", "");
        c->in = more;
        c->in_capacity = capacity;
    }
    ssize_t n = read(c->fd, c->in + c->in_len, c->in_capacity - c->in_len - 1);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return ERR_NONE;
    if (n <= 0)
        return fail(c, ERR_CLOSED, "The relay at %s went away before it answered%s.", c->ask->socket, "");
    c->in_len += (size_t)n;
    c->in[c->in_len] = '\0';
    return ERR_NONE;
}

/* The next whole line off the front, owned by the caller; NULL while there is none. */
static char *take_line(struct call *c)
{
    char *end = c->in != NULL ? memchr(c->in, '\n', c->in_len) : NULL;
    if (end == NULL)
        return NULL;
    size_t len = (size_t)(end - c->in);
    char *line = malloc(len + 1);
    if (line == NULL)
        return NULL;
    memcpy(line, c->in, len);
    line[len] = '\0';
    c->in_len -= len + 1;
    memmove(c->in, end + 1, c->in_len);
    return line;
}

/* {"page":3,"pages":20} is progress; whatever else is the reply. */
static bool is_progress(const struct call *c, const char *line)
{
    int page, pages;
    if (sscanf(line, "{\"page\":%d,\"pages\":%d}", &page, &pages) != 2)
        return false;
    if (c->ask->progress != NULL)
        c->ask->progress(page, pages);
    return true;
}

static enum err exchange(struct call *c, char **ret_reply)
{
    int wait_ms = c->ask->file != NULL ? DOOR_DECK_WAIT_MS
                  : c->ask->patient    ? DOOR_LOG_WAIT_MS
                                       : DOOR_WAIT_MS;
    for (;;) {
        struct pollfd p = {.fd = c->fd, .events = POLLIN};
        if (!all_sent(c))
            p.events |= POLLOUT;
        int ready = poll(&p, 1, wait_ms);
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            return fail(c, ERR_TIMEOUT, "The relay at %s does not answer%s.", c->ask->socket, "");
        enum err e = ERR_NONE;
        if (p.revents & POLLOUT)
            e = send_more(c);
        if (e == ERR_NONE && p.revents & (POLLIN | POLLHUP | POLLERR))
            e = read_more(c);
        if (e != ERR_NONE)
            return e;
        for (char *line = take_line(c); line != NULL; line = take_line(c)) {
            if (!is_progress(c, line)) {
                *ret_reply = line;
                return ERR_NONE;
            }
            free(line);
        }
    }
}

enum err door_call(const struct door_ask *ask, char **ret_reply, char *why, size_t why_size)
{
    if (ask->web != NULL)
        return web_door_call(ask, ret_reply, why, why_size);
    struct call *c = calloc(1, sizeof *c);
    if (c == NULL)
        return ERR_MEMORY;
    c->ask = ask;
    c->fd = c->file = -1;
    c->why = why;
    c->why_size = why_size;
    enum err e = build_head(c);
    if (e == ERR_NONE)
        e = dial(c);
    if (e == ERR_NONE)
        e = exchange(c, ret_reply);
    if (c->fd >= 0)
        close(c->fd);
    if (c->file >= 0)
        close(c->file);
    free(c->head);
    free(c->in);
    free(c);
    return e;
}
