#include "io/accept.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/table.h"
#include "base/time.h"
#include "io/clock.h"
#include "io/log.h"
#include "io/socket_address.h"

#define CALLERS_MAX    16384 /* IP addresses at once: never fewer than connections may be */
#define BURST          50    /* handshakes that may begin at once after a quiet while */
#define TURN_MAX       8     /* connections before other handles get a turn: each costs under 1 ms */
#define BREATH_MS      20    /* while the pace is used up */
#define NO_MORE_FDS_MS 200   /* while the process has no descriptors left */

struct caller {
    uint8_t ip[16];
    int count;
};

struct accept {
    int fd;
    uv_poll_t poll;
    uv_timer_t breath;
    struct accept_limits limits;
    accept_adopt *adopt;
    void *self;
    struct table *callers; /* by IP */
    struct accept_counters counters;
    int64_t credit_us; /* time saved up for handshakes: each costs 1/handshakes_per_s */
    point_us credited_us;
};

static void ready(uv_poll_t *poll, int status, int events);

static int64_t cost_us(const struct accept *a)
{
    return US_PER_S / a->limits.handshakes_per_s;
}

static void earn(struct accept *a)
{
    point_us now_us = clock_monotonic_us();
    a->credit_us += now_us - a->credited_us;
    a->credited_us = now_us;
    if (a->credit_us > BURST * cost_us(a))
        a->credit_us = BURST * cost_us(a);
}

static void breath_taken(uv_timer_t *timer)
{
    struct accept *a = timer->data;
    uv_poll_start(&a->poll, UV_READABLE, ready);
}

static void take_breath(struct accept *a, uint64_t ms)
{
    uv_poll_stop(&a->poll);
    uv_update_time(a->breath.loop);
    uv_timer_start(&a->breath, breath_taken, ms, 0);
}

/* The caller's entry with one more connection, or NULL where he has too many. */
static struct caller *count_in(struct accept *a, const struct address *from)
{
    struct caller *caller = table_get(a->callers, from->ip, sizeof from->ip);
    if (caller == NULL) {
        caller = calloc(1, sizeof *caller);
        if (caller == NULL)
            return NULL;
        memcpy(caller->ip, from->ip, sizeof caller->ip);
        if (table_put(a->callers, caller->ip, sizeof caller->ip, caller) != ERR_NONE) {
            free(caller);
            return NULL;
        }
    }
    if (caller->count >= a->limits.per_address)
        return NULL;
    caller->count++;
    a->counters.open++;
    return caller;
}

void accept_release(struct accept *a, struct caller *caller)
{
    a->counters.open--;
    if (--caller->count == 0) {
        table_take(a->callers, caller->ip, sizeof caller->ip);
        free(caller);
    }
}

static void take_in(struct accept *a, int fd, const struct address *from)
{
    char ip[ADDRESS_TEXT_MAX];
    struct caller *caller = NULL;
    address_print_ip(from, ip);
    if (a->counters.open >= a->limits.connections) {
        a->counters.refused_full++;
        log_warning("A connection from %s was refused: %d are open, which is the most.", ip,
                    a->counters.open);
    } else if ((caller = count_in(a, from)) == NULL) {
        a->counters.refused_address++;
        log_warning("A connection from %s was refused: it has %d already.", ip, a->limits.per_address);
    }
    if (caller == NULL) {
        close(fd);
        return;
    }
    /* A sentence goes at once: Nagle (RFC 896) would hold it 40 ms, until the one before is acknowledged. */
    if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int)) != 0)
        log_warning("TCP_NODELAY was refused for a connection from %s: %s.", ip, strerror(errno));
    a->counters.accepted++;
    a->credit_us -= cost_us(a);
    a->adopt(a->self, fd, caller);
}

static void ready(uv_poll_t *poll, int status, int events)
{
    struct accept *a = poll->data;
    (void)status;
    (void)events;
    earn(a);
    for (int i = 0; i < TURN_MAX; i++) {
        if (a->credit_us < cost_us(a)) {
            a->counters.paced++;
            take_breath(a, BREATH_MS);
            return;
        }
        struct sockaddr_storage name;
        socklen_t len = sizeof name;
        int fd = accept4(a->fd, (struct sockaddr *)&name, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EMFILE || errno == ENFILE) {
                log_error("No descriptor is left for a new connection: %s.", strerror(errno));
                take_breath(a, NO_MORE_FDS_MS);
            }
            return;
        }
        struct address from = socket_address_get(&name);
        take_in(a, fd, &from);
    }
}

enum err accept_create(uv_loop_t *loop, int fd, const struct accept_limits *limits, uint64_t seed,
                       accept_adopt *adopt, void *self, struct accept **ret_accept)
{
    struct accept *a = calloc(1, sizeof *a);
    struct table *callers = NULL;
    enum err error = a == NULL ? ERR_MEMORY : table_create(CALLERS_MAX, seed, &callers);
    if (error == ERR_NONE && uv_poll_init(loop, &a->poll, fd) != 0)
        error = ERR_SYSTEM;
    if (error != ERR_NONE) {
        table_destroy(callers);
        close(fd);
        free(a);
        return error;
    }
    uv_timer_init(loop, &a->breath);
    a->fd = fd; /* field by field: the handles are in the loop's lists already */
    a->limits = *limits;
    a->adopt = adopt;
    a->self = self;
    a->callers = callers;
    a->credit_us = BURST * cost_us(a);
    a->credited_us = clock_monotonic_us();
    a->poll.data = a;
    a->breath.data = a;
    uv_poll_start(&a->poll, UV_READABLE, ready);
    *ret_accept = a;
    return ERR_NONE;
}

void accept_set_limits(struct accept *a, const struct accept_limits *limits)
{
    a->limits = *limits;
}

static void poll_closed(uv_handle_t *handle)
{
    struct accept *a = handle->data;
    close(a->fd);
    a->fd = -1;
}

void accept_stop(struct accept *a)
{
    if (uv_is_closing((uv_handle_t *)&a->poll))
        return;
    uv_poll_stop(&a->poll);
    uv_close((uv_handle_t *)&a->poll, poll_closed);
    uv_close((uv_handle_t *)&a->breath, NULL);
}

void accept_destroy(struct accept *a)
{
    if (a == NULL)
        return;
    size_t at = 0;
    for (struct caller *c = table_next(a->callers, &at); c != NULL; c = table_next(a->callers, &at))
        free(c);
    table_destroy(a->callers);
    free(a);
}

const struct accept_counters *accept_counters(const struct accept *a)
{
    return &a->counters;
}
