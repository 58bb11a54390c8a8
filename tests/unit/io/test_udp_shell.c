#include <errno.h>
#include <unistd.h>

#include "../rows.h"
#include "io/clock.h"
#include "io/socket_address.h"
#include "io/udp_shell.h"

#define DATAGRAMS 200

struct end {
    struct udp_shell *shell;
    struct address at;
    int received, batches, wrong;
    bool echo;
    struct address last_from;
};

static uv_loop_t loop;

/* The kernel that has no room: the linker puts this in place of sendmmsg. */
static int room = -1; /* datagrams it still takes; -1 = any number */
int __real_sendmmsg(int fd, struct mmsghdr *headers, unsigned count, int flags);
int __wrap_sendmmsg(int fd, struct mmsghdr *headers, unsigned count, int flags);
int __wrap_sendmmsg(int fd, struct mmsghdr *headers, unsigned count, int flags)
{
    if (room == 0) {
        errno = EAGAIN;
        return -1;
    }
    if (room > 0 && (unsigned)room < count)
        count = (unsigned)room;
    int n = __real_sendmmsg(fd, headers, count, flags);
    if (room > 0 && n > 0)
        room -= n;
    return n;
}

static void received(void *self, const struct address *from, uint8_t *bytes, size_t len, point_us now_us)
{
    struct end *e = self;
    if (len < 4 || bytes[0] != (uint8_t)e->received)
        e->wrong++;
    e->received++;
    e->last_from = *from;
    if (e->echo) {
        const struct media_datagram back = {*from, bytes, len};
        udp_shell_send(e->shell, &back, 1, now_us);
    }
}

static void batch_ended(void *self, point_us now_us)
{
    struct end *e = self;
    (void)now_us;
    e->batches++;
}

static void open_end(struct end *e, const char *where)
{
    char why[200];
    int fd;
    struct address at;
    memset(e, 0, sizeof *e);
    assert_int_equal(address_parse(where, &at), ERR_NONE);
    if (socket_open(SOCK_DGRAM, &at, &fd, &e->at, why, sizeof why) != ERR_NONE)
        fail_msg("%s", why);
    const struct udp_listener listener = {received, batch_ended, e};
    assert_int_equal(udp_shell_create(&loop, fd, &e->at, &listener, &e->shell), ERR_NONE);
}

#define PATIENCE_US (20 * (span_us)US_PER_S) /* for what must come, on a machine that is busy */

/* Turns the loop until `what` reaches `wanted`. */
static void turn_until(const int *what, int wanted)
{
    point_us until_us = clock_monotonic_us() + PATIENCE_US;
    while (*what < wanted && clock_monotonic_us() < until_us)
        uv_run(&loop, UV_RUN_NOWAIT);
    assert_int_equal(*what, wanted);
}

static void send_numbered(struct end *from, const struct address *to, int count)
{
    static uint8_t bytes[DATAGRAMS][100];
    static struct media_datagram datagrams[DATAGRAMS];
    for (int i = 0; i < count; i++) {
        memset(bytes[i], i, sizeof bytes[i]);
        datagrams[i] = (struct media_datagram){*to, bytes[i], sizeof bytes[i]};
    }
    udp_shell_send(from->shell, datagrams, (size_t)count, clock_monotonic_us());
}

static void close_ends(struct end *a, struct end *b)
{
    udp_shell_destroy(a->shell);
    udp_shell_destroy(b->shell);
    uv_run(&loop, UV_RUN_DEFAULT);
}

static void there_and_back_in_order(void **state)
{
    (void)state;
    static const char *const rows[][2] = {{"127.0.0.1:0", "127.0.0.1:0"},
                                          {"0.0.0.0:0", "127.0.0.1:0"},
                                          {"[::1]:0", "[::1]:0"},
                                          {"[::]:0", "[::1]:0"},
                                          {"[::]:0", "127.0.0.1:0"}}; /* IPv4 by way of a dual-stack socket */
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct end relay, client;
        open_end(&relay, rows[i][0]);
        open_end(&client, rows[i][1]);
        relay.echo = true;
        struct address to = client.at; /* the relay's port on the client's address */
        to.port = relay.at.port;
        send_numbered(&client, &to, DATAGRAMS);
        turn_until(&client.received, DATAGRAMS);
        assert_int_equal(relay.wrong + client.wrong, 0);
        assert_true(relay.batches < DATAGRAMS);
        assert_true(address_equal(&client.last_from, &to));
        assert_int_equal(udp_shell_counters(relay.shell)->out, DATAGRAMS);
        close_ends(&relay, &client);
    }
}

/* 127.0.0.2 is this machine too: the answer must come from there, not from 127.0.0.1. */
static void answers_from_the_address_that_was_asked(void **state)
{
    (void)state;
    static const char *const rows[] = {"0.0.0.0:0", "[::]:0"};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct end relay, client;
        open_end(&relay, rows[i]);
        open_end(&client, "127.0.0.1:0");
        relay.echo = true;
        struct address to = address_v4((const uint8_t[]){127, 0, 0, 2}, relay.at.port);
        send_numbered(&client, &to, 1);
        turn_until(&client.received, 1);
        assert_true(address_equal(&client.last_from, &to));
        close_ends(&relay, &client);
    }
}

/* One bad datagram does not take its batch with it. */
static void a_refused_one_is_skipped(void **state)
{
    (void)state;
    struct end a, b;
    open_end(&a, "127.0.0.1:0");
    open_end(&b, "127.0.0.1:0");
    static uint8_t bytes[3][100] = {{0}, {9}, {1}};
    struct address nowhere = address_v4((const uint8_t[]){255, 255, 255, 255}, 9); /* broadcast: EACCES */
    const struct media_datagram datagrams[] = {
        {nowhere, bytes[1], 100}, {b.at, bytes[0], 100}, {nowhere, bytes[1], 100}, {b.at, bytes[2], 100}};
    udp_shell_send(a.shell, datagrams, 4, clock_monotonic_us());
    turn_until(&b.received, 2);
    assert_int_equal(b.wrong, 0);
    assert_int_equal(udp_shell_counters(a.shell)->refused, 2);
    assert_int_equal(udp_shell_counters(a.shell)->out, 2);
    close_ends(&a, &b);
}

static void waits_for_room_and_keeps_the_order(void **state)
{
    (void)state;
    struct end a, b;
    open_end(&a, "127.0.0.1:0");
    open_end(&b, "127.0.0.1:0");
    room = 5;
    send_numbered(&a, &b.at, 100);
    uv_run(&loop, UV_RUN_NOWAIT); /* the socket is ready, the kernel is not */
    assert_int_equal(udp_shell_counters(a.shell)->waited, 95);
    room = -1;
    turn_until(&b.received, 100);
    assert_int_equal(b.wrong, 0);
    assert_int_equal(udp_shell_counters(a.shell)->out, 100);
    assert_int_equal(udp_shell_counters(a.shell)->stale, 0);
    close_ends(&a, &b);
}

static void what_waits_too_long_is_dropped(void **state)
{
    (void)state;
    struct end a, b;
    open_end(&a, "127.0.0.1:0");
    open_end(&b, "127.0.0.1:0");
    room = 0;
    static uint8_t bytes[100];
    const struct media_datagram datagram = {b.at, bytes, sizeof bytes};
    point_us long_ago_us = clock_monotonic_us() - UDP_STALE_US - 1;
    for (int i = 0; i < 30; i++)
        udp_shell_send(a.shell, &datagram, 1, long_ago_us);
    udp_shell_send(a.shell, &datagram, 1, clock_monotonic_us()); /* this one alone is fresh */
    assert_int_equal(udp_shell_counters(a.shell)->stale, 30);
    for (int i = 0; i < UDP_WAITING_MAX + 10; i++)
        udp_shell_send(a.shell, &datagram, 1, clock_monotonic_us());
    assert_true(udp_shell_counters(a.shell)->stale >= 41); /* a full ring takes no more */
    room = -1;
    point_us until_us = clock_monotonic_us() + PATIENCE_US;
    while (b.received < 1 && clock_monotonic_us() < until_us)
        uv_run(&loop, UV_RUN_NOWAIT);
    assert_true(b.received >= 1 && b.received <= UDP_WAITING_MAX);
    close_ends(&a, &b);
}

static void too_long_ones_are_dropped(void **state)
{
    (void)state;
    struct end a, b;
    open_end(&a, "127.0.0.1:0");
    open_end(&b, "127.0.0.1:0");
    static uint8_t bytes[LINK_DATAGRAM_MAX + 1];
    const struct media_datagram datagrams[] = {{b.at, bytes, LINK_DATAGRAM_MAX + 1},
                                               {b.at, bytes, LINK_DATAGRAM_MAX}};
    udp_shell_send(a.shell, datagrams, 2, clock_monotonic_us());
    turn_until(&b.received, 1);
    assert_int_equal(udp_shell_counters(b.shell)->too_long, 1);
    close_ends(&a, &b);
}

static void a_busy_port_is_told(void **state)
{
    (void)state;
    struct end a;
    struct address bound;
    char why[200];
    int fd = -1;
    open_end(&a, "127.0.0.1:0");
    assert_int_equal(socket_open(SOCK_DGRAM, &a.at, &fd, &bound, why, sizeof why), ERR_SYSTEM);
    assert_non_null(strstr(why, "the port is busy"));
    assert_int_equal(fd, -1);
    struct address elsewhere = address_v4((const uint8_t[]){192, 0, 2, 1}, 0);
    assert_int_equal(socket_open(SOCK_DGRAM, &elsewhere, &fd, &bound, why, sizeof why), ERR_SYSTEM);
    assert_non_null(strstr(why, "no such address"));
    udp_shell_destroy(a.shell);
    uv_run(&loop, UV_RUN_DEFAULT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back_in_order),
        cmocka_unit_test(answers_from_the_address_that_was_asked),
        cmocka_unit_test(a_refused_one_is_skipped),
        cmocka_unit_test(too_long_ones_are_dropped),
        cmocka_unit_test(a_busy_port_is_told),
        cmocka_unit_test(waits_for_room_and_keeps_the_order),
        cmocka_unit_test(what_waits_too_long_is_dropped),
    };
    uv_loop_init(&loop);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    return uv_loop_close(&loop) == 0 ? failed : 1;
}
