#include "io/udp_shell.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/clock.h"
#include "io/log.h"
#include "io/socket_address.h"
#include "io/udp_control.h"

/* A datagram for which the kernel had no room. */
struct waiting {
    struct address to;
    point_us since_us;
    size_t len;
    uint8_t bytes[LINK_DATAGRAM_MAX];
};

/* What one system call moves. */
struct batch {
    struct mmsghdr headers[UDP_BATCH];
    struct iovec pieces[UDP_BATCH];
    struct sockaddr_storage names[UDP_BATCH];
    union udp_control controls[UDP_BATCH];
};

struct udp_shell {
    int fd, family;
    uv_poll_t poll;
    struct udp_listener listener;
    struct udp_locals *locals; /* NULL unless bound to all addresses */
    struct udp_counters counters;
    struct batch in, out;
    uint8_t received[UDP_BATCH][LINK_DATAGRAM_MAX + 1]; /* one more byte shows what is too long */
    struct waiting *ring;                               /* UDP_WAITING_MAX of them */
    size_t ring_head, ring_count;
};

static void ready(uv_poll_t *poll, int status, int events);

/* --- in --- */

static void prepare_in(struct udp_shell *s)
{
    for (int i = 0; i < UDP_BATCH; i++) {
        s->in.pieces[i] = (struct iovec){s->received[i], sizeof s->received[i]};
        s->in.headers[i].msg_hdr =
            (struct msghdr){.msg_name = &s->in.names[i],
                            .msg_namelen = sizeof s->in.names[i],
                            .msg_iov = &s->in.pieces[i],
                            .msg_iovlen = 1,
                            .msg_control = s->locals != NULL ? &s->in.controls[i] : NULL,
                            .msg_controllen = s->locals != NULL ? sizeof s->in.controls[i] : 0};
    }
}

static void take_in(struct udp_shell *s, int i, point_us now_us)
{
    size_t len = s->in.headers[i].msg_len;
    s->counters.in++;
    if (len > LINK_DATAGRAM_MAX) {
        s->counters.too_long++;
        return;
    }
    struct address from = socket_address_get(&s->in.names[i]);
    if (s->locals != NULL)
        udp_locals_learn(s->locals, &from, &s->in.headers[i].msg_hdr);
    s->listener.received(s->listener.self, &from, s->received[i], len, now_us);
}

static void receive(struct udp_shell *s)
{
    for (int round = 0; round < UDP_ROUNDS; round++) {
        prepare_in(s);
        int n = recvmmsg(s->fd, s->in.headers, UDP_BATCH, MSG_DONTWAIT, NULL);
        if (n <= 0) /* nothing there, or an ICMP error of somebody else's: the next call goes on */
            return;
        point_us now_us = clock_monotonic_us();
        for (int i = 0; i < n; i++)
            take_in(s, i, now_us);
        s->listener.batch_ended(s->listener.self, now_us);
        if (n < UDP_BATCH)
            return;
    }
}

/* --- out --- */

static void prepare_out(struct udp_shell *s, int i, const struct address *to, const uint8_t *bytes,
                        size_t len)
{
    s->out.pieces[i] = (struct iovec){(void *)(uintptr_t)bytes, len};
    struct msghdr *h = &s->out.headers[i].msg_hdr;
    *h = (struct msghdr){.msg_name = &s->out.names[i],
                         .msg_namelen = socket_address_put(to, s->family, &s->out.names[i]),
                         .msg_iov = &s->out.pieces[i],
                         .msg_iovlen = 1};
    if (s->locals != NULL)
        udp_locals_apply(s->locals, to, s->family, h, &s->out.controls[i]);
}

/* Sends the prepared batch. Returns how many are done with (sent or refused for good); fewer than `count`
 * when the kernel has no room. */
static size_t send_batch(struct udp_shell *s, size_t count)
{
    size_t done = 0;
    while (done < count) {
        int n = sendmmsg(s->fd, s->out.headers + done, (unsigned)(count - done), MSG_DONTWAIT);
        if (n > 0) {
            s->counters.out += (uint64_t)n;
            done += (size_t)n;
        } else if (errno == EAGAIN || errno == ENOBUFS) {
            return done;
        } else if (errno != EINTR) {
            s->counters.refused++; /* this one alone: no route, a port 0, too long for the path */
            done++;
        }
    }
    return done;
}

static void keep(struct udp_shell *s, const struct media_datagram *datagram, point_us now_us)
{
    if (s->ring_count == UDP_WAITING_MAX || datagram->len > LINK_DATAGRAM_MAX) {
        s->counters.stale++;
        return;
    }
    struct waiting *w = &s->ring[(s->ring_head + s->ring_count++) % UDP_WAITING_MAX];
    w->to = datagram->to;
    w->since_us = now_us;
    w->len = datagram->len;
    memcpy(w->bytes, datagram->bytes, datagram->len);
    s->counters.waited++;
}

static void watch(struct udp_shell *s, bool for_room)
{
    uv_poll_start(&s->poll, for_room ? UV_READABLE | UV_WRITABLE : UV_READABLE, ready);
}

static void drop_stale(struct udp_shell *s, point_us now_us)
{
    while (s->ring_count > 0 && now_us - s->ring[s->ring_head].since_us > UDP_STALE_US) {
        s->ring_head = (s->ring_head + 1) % UDP_WAITING_MAX;
        s->ring_count--;
        s->counters.stale++;
    }
}

static void send_ring(struct udp_shell *s, point_us now_us)
{
    drop_stale(s, now_us);
    while (s->ring_count > 0) {
        size_t n = s->ring_count < UDP_BATCH ? s->ring_count : UDP_BATCH;
        for (size_t i = 0; i < n; i++) {
            struct waiting *w = &s->ring[(s->ring_head + i) % UDP_WAITING_MAX];
            prepare_out(s, (int)i, &w->to, w->bytes, w->len);
        }
        size_t done = send_batch(s, n);
        s->ring_head = (s->ring_head + done) % UDP_WAITING_MAX;
        s->ring_count -= done;
        if (done < n)
            return;
    }
    watch(s, false);
}

void udp_shell_send(struct udp_shell *s, const struct media_datagram *datagrams, size_t count,
                    point_us now_us)
{
    size_t at = 0;
    while (at < count && s->ring_count == 0) {
        size_t n = count - at < UDP_BATCH ? count - at : UDP_BATCH;
        for (size_t i = 0; i < n; i++)
            prepare_out(s, (int)i, &datagrams[at + i].to, datagrams[at + i].bytes, datagrams[at + i].len);
        size_t done = send_batch(s, n);
        at += done;
        if (done < n)
            break;
    }
    if (at == count)
        return;
    drop_stale(s, now_us);
    for (; at < count; at++)
        keep(s, &datagrams[at], now_us);
    watch(s, s->ring_count > 0);
}

static void ready(uv_poll_t *poll, int status, int events)
{
    struct udp_shell *s = poll->data;
    if (status < 0) {
        /* an error on the socket itself; reading takes it away */
        int error;
        socklen_t len = sizeof error;
        getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &error, &len);
        log_warning("The UDP socket reported an error: %s.", uv_strerror(status));
        watch(s, s->ring_count > 0);
        return;
    }
    if ((events & UV_WRITABLE) != 0)
        send_ring(s, clock_monotonic_us());
    if ((events & UV_READABLE) != 0)
        receive(s);
}

/* --- life --- */

static void free_shell(struct udp_shell *s)
{
    if (s->fd >= 0)
        close(s->fd);
    udp_locals_destroy(s->locals);
    free(s->ring);
    free(s);
}

static void big_buffers(int fd)
{
    int bytes = UDP_BUFFER_BYTES;
    /* FORCE goes over the system's limit where we may; else as much as it gives */
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) != 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof bytes) != 0)
        setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
}

enum err udp_shell_create(uv_loop_t *loop, int fd, const struct address *at,
                          const struct udp_listener *listener, struct udp_shell **ret_shell)
{
    struct udp_shell *s = calloc(1, sizeof *s);
    if (s == NULL) {
        close(fd);
        return ERR_MEMORY;
    }
    s->fd = fd;
    s->family = address_is_v4(at) ? AF_INET : AF_INET6;
    s->listener = *listener;
    s->ring = calloc(UDP_WAITING_MAX, sizeof *s->ring);
    enum err error = s->ring == NULL ? ERR_MEMORY : ERR_NONE;
    if (error == ERR_NONE && address_is_any(at))
        error = udp_locals_create(fd, s->family, UDP_LOCALS_MAX, &s->locals);
    big_buffers(fd);
    if (error == ERR_NONE && uv_poll_init(loop, &s->poll, fd) != 0)
        error = ERR_SYSTEM;
    if (error != ERR_NONE) {
        free_shell(s);
        return error;
    }
    s->poll.data = s;
    watch(s, false);
    *ret_shell = s;
    return ERR_NONE;
}

static void closed(uv_handle_t *handle)
{
    free_shell(handle->data);
}

void udp_shell_destroy(struct udp_shell *s)
{
    if (s == NULL)
        return;
    uv_poll_stop(&s->poll);
    uv_close((uv_handle_t *)&s->poll, closed); /* the descriptor is closed after the handle, never before */
}

const struct udp_counters *udp_shell_counters(const struct udp_shell *s)
{
    return &s->counters;
}
