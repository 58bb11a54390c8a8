#include "network.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

struct network {
    uv_poll_t poll;
    uv_timer_t settle;
    int fd;
    unsigned open; /* handles */
    void (*changed)(void *self);
    void *self;
};

static int open_socket(void)
{
    const struct sockaddr_nl groups = {.nl_family = AF_NETLINK,
                                       .nl_groups = RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR |
                                                    RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE};
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (fd >= 0 && bind(fd, (const struct sockaddr *)&groups, sizeof groups) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static void settled(uv_timer_t *timer)
{
    struct network *n = timer->data;
    n->changed(n->self);
}

/* What has changed is not asked: whoever is told looks for himself. A full buffer is a change too. */
static void ready(uv_poll_t *poll, int status, int events)
{
    struct network *n = poll->data;
    char message[4096];
    (void)status;
    (void)events;
    while (recv(n->fd, message, sizeof message, 0) > 0)
        ;
    uv_timer_start(&n->settle, settled, NETWORK_SETTLE_MS, 0);
    uv_unref((uv_handle_t *)&n->settle);
}

enum err network_watch(uv_loop_t *loop, void (*changed)(void *self), void *self, struct network **ret_network)
{
    struct network *n = calloc(1, sizeof *n);
    if (n == NULL)
        return ERR_MEMORY;
    n->changed = changed;
    n->self = self;
    n->fd = open_socket();
    if (n->fd < 0 || uv_poll_init(loop, &n->poll, n->fd) != 0) {
        if (n->fd >= 0)
            close(n->fd);
        free(n);
        return ERR_SYSTEM;
    }
    uv_timer_init(loop, &n->settle);
    n->poll.data = n->settle.data = n;
    n->open = 2;
    uv_poll_start(&n->poll, UV_READABLE, ready);
    uv_unref((uv_handle_t *)&n->poll);
    *ret_network = n;
    return ERR_NONE;
}

static void closed(uv_handle_t *handle)
{
    struct network *n = handle->data;
    if (--n->open > 0)
        return;
    close(n->fd);
    free(n);
}

void network_close(struct network *n)
{
    if (n == NULL)
        return;
    uv_close((uv_handle_t *)&n->settle, closed);
    uv_close((uv_handle_t *)&n->poll, closed);
}
