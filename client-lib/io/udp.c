#define _GNU_SOURCE /* recvmmsg */
#include "udp.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"

struct udp {
    uv_poll_t poll;
    int fd;
    bool v6; /* the socket takes both families */
    struct udp_listener listener;
};

static int open_socket(bool *ret_v6)
{
    const int off = 0, on = 1;
    int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_in6 any6 = {.sin6_family = AF_INET6};
    *ret_v6 = fd >= 0 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) == 0 &&
              bind(fd, (struct sockaddr *)&any6, sizeof any6) == 0;
    if (!*ret_v6) {
        struct sockaddr_in any4 = {.sin_family = AF_INET};
        if (fd >= 0)
            close(fd);
        fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (fd >= 0 && bind(fd, (struct sockaddr *)&any4, sizeof any4) != 0) {
            close(fd);
            return -1;
        }
    }
    if (fd >= 0) /* without it, arrival is when we read: less exact, not wrong */
        (void)setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    return fd;
}

static struct address address_of(const struct sockaddr_storage *s)
{
    if (s->ss_family == AF_INET) {
        const struct sockaddr_in *v4 = (const void *)s;
        return address_v4((const uint8_t *)&v4->sin_addr, ntohs(v4->sin_port));
    }
    const struct sockaddr_in6 *v6 = (const void *)s;
    return address_v6(v6->sin6_addr.s6_addr, ntohs(v6->sin6_port));
}

static int64_t real_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* The kernel stamps with wall time: its age is what is taken over. */
static point_us came(struct msghdr *m, point_us now_us, int64_t now_real_ns)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c != NULL; c = CMSG_NXTHDR(m, c)) {
        struct timespec t;
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS)
            continue;
        memcpy(&t, CMSG_DATA(c), sizeof t);
        int64_t age_us = (now_real_ns - ((int64_t)t.tv_sec * 1000000000 + t.tv_nsec)) / 1000;
        if (age_us >= 0 && age_us < US_PER_S) /* else the wall clock was set meanwhile */
            return now_us - age_us;
    }
    return now_us;
}

struct batch {
    uint8_t bytes[UDP_BATCH][UDP_DATAGRAM_MAX];
    struct sockaddr_storage from[UDP_BATCH];
    union {
        char bytes[CMSG_SPACE(sizeof(struct timespec))];
        struct cmsghdr align;
    } control[UDP_BATCH];
    struct iovec iov[UDP_BATCH];
    struct mmsghdr messages[UDP_BATCH];
};

static int take(struct udp *u, struct batch *b)
{
    for (unsigned i = 0; i < UDP_BATCH; i++) {
        b->iov[i] = (struct iovec){.iov_base = b->bytes[i], .iov_len = UDP_DATAGRAM_MAX};
        b->messages[i].msg_hdr = (struct msghdr){.msg_name = &b->from[i],
                                                 .msg_namelen = sizeof b->from[i],
                                                 .msg_iov = &b->iov[i],
                                                 .msg_iovlen = 1,
                                                 .msg_control = &b->control[i],
                                                 .msg_controllen = sizeof b->control[i]};
    }
    return recvmmsg(u->fd, b->messages, UDP_BATCH, 0, NULL);
}

static void readable(uv_poll_t *poll, int status, int events)
{
    struct udp *u = poll->data;
    struct batch b;
    int n;
    (void)events;
    if (status < 0) /* an ICMP error: reading below clears it */
        status = 0;
    do {
        n = take(u, &b);
        point_us now_us = clock_us();
        int64_t now_real_ns = real_ns();
        for (int i = 0; i < n; i++) {
            struct address from = address_of(&b.from[i]);
            if ((b.messages[i].msg_hdr.msg_flags & MSG_TRUNC) == 0)
                u->listener.datagram(u->listener.self, &from, b.bytes[i], b.messages[i].msg_len,
                                     came(&b.messages[i].msg_hdr, now_us, now_real_ns));
        }
    } while (n == UDP_BATCH);
    u->listener.drained(u->listener.self);
}

enum err udp_open(uv_loop_t *loop, const struct udp_listener *listener, struct udp **ret_udp)
{
    struct udp *u = calloc(1, sizeof *u);
    if (u == NULL)
        return ERR_MEMORY;
    u->fd = open_socket(&u->v6);
    if (u->fd < 0 || uv_poll_init(loop, &u->poll, u->fd) != 0) {
        if (u->fd >= 0)
            close(u->fd);
        free(u);
        return ERR_SYSTEM;
    }
    u->listener = *listener;
    u->poll.data = u;
    uv_poll_start(&u->poll, UV_READABLE, readable);
    *ret_udp = u;
    return ERR_NONE;
}

static void closed(uv_handle_t *handle)
{
    struct udp *u = handle->data;
    close(u->fd); /* after the poll handle: libuv would watch a number that is another file by then */
    free(u);
}

void udp_close(struct udp *u)
{
    if (u == NULL)
        return;
    uv_poll_stop(&u->poll);
    uv_close((uv_handle_t *)&u->poll, closed);
}

void udp_send(struct udp *u, const struct address *to, const uint8_t *bytes, size_t len)
{
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(to->port)};
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(to->port)};
    if (u->v6) {
        memcpy(&v6.sin6_addr, to->ip, sizeof to->ip);
        (void)!sendto(u->fd, bytes, len, 0, (struct sockaddr *)&v6, sizeof v6);
    } else if (address_is_v4(to)) {
        memcpy(&v4.sin_addr, to->ip + 12, 4);
        (void)!sendto(u->fd, bytes, len, 0, (struct sockaddr *)&v4, sizeof v4);
    }
}
