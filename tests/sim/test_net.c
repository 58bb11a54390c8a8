#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sim/net.h"

static struct address host(int i)
{
    uint8_t ip[4] = {192, 0, 2, (uint8_t)i}; /* RFC 5737: for examples */
    return address_v4(ip, (uint16_t)(4000 + i));
}

static struct sim_net *net_of(uint64_t seed, const struct sim_path_config *line, int hosts)
{
    struct sim_net *n = NULL;
    assert_int_equal(sim_net_create(seed, line, &n), ERR_NONE);
    for (int i = 0; i < hosts; i++) {
        struct address a = host(i);
        assert_int_equal(sim_net_add_host(n, &a), ERR_NONE);
    }
    return n;
}

static void send(struct sim_net *n, int from, int to, const char *text, point_us now_us)
{
    struct address a = host(from), b = host(to);
    sim_send(n, &a, &b, (const uint8_t *)text, strlen(text), now_us);
}

/* Takes what has arrived by then and compares it: from, to, bytes. */
static void expect(struct sim_net *n, point_us now_us, int from, int to, const char *text)
{
    struct sim_datagram d;
    struct address a = host(from), b = host(to);
    assert_true(sim_receive(n, now_us, &d));
    assert_true(address_equal(&d.from, &a));
    assert_true(address_equal(&d.to, &b));
    assert_int_equal(d.len, strlen(text));
    assert_memory_equal(d.bytes, text, d.len);
}

static void arrives_after_the_delay(void **state)
{
    (void)state;
    struct sim_datagram d;
    struct sim_net *n = net_of(1, &(struct sim_path_config){.delay_us = 5000}, 2);
    assert_int_equal(sim_next_us(n), NEVER_US);
    send(n, 0, 1, "", 90);
    send(n, 0, 1, "one", 100);
    send(n, 1, 0, "two", 100);
    assert_int_equal(sim_next_us(n), 5090);
    assert_false(sim_receive(n, 5089, &d));
    expect(n, 5090, 0, 1, "");
    assert_false(sim_receive(n, 5099, &d));
    expect(n, 9000, 0, 1, "one");
    expect(n, 9000, 1, 0, "two");
    assert_false(sim_receive(n, INT64_MAX, &d));
    sim_net_destroy(n);
}

static void each_direction_has_its_line(void **state)
{
    (void)state;
    struct sim_net *n = net_of(1, &(struct sim_path_config){.delay_us = 1000}, 2);
    struct address a = host(0), b = host(1), nobody = host(9);
    struct sim_path_config slow = {.delay_us = 70000};
    assert_int_equal(sim_net_path(n, &a, &b, &slow), ERR_NONE);
    assert_int_equal(sim_net_path(n, &a, &nobody, &slow), ERR_UNKNOWN);
    send(n, 0, 1, "slow", 0);
    send(n, 1, 0, "fast", 0);
    expect(n, 1000, 1, 0, "fast");
    assert_int_equal(sim_next_us(n), 70000);
    assert_int_equal(sim_path_counted(n, &a, &b)->delivered, 1);
    assert_null(sim_path_counted(n, &a, &nobody));
    sim_net_destroy(n); /* with a datagram under way */
}

static void hostile_sends_are_counted(void **state)
{
    (void)state;
    static const uint8_t bytes[SIM_DATAGRAM_MAX + 1];
    struct sim_datagram d;
    struct sim_net *n = net_of(1, &(struct sim_path_config){0}, 2);
    struct address a = host(0), b = host(1);
    send(n, 0, 5, "nobody there", 0);
    send(n, 5, 0, "from nobody", 0);
    sim_send(n, &a, &b, bytes, sizeof bytes, 0);
    assert_int_equal(sim_net_counted(n)->unknown_host, 2);
    assert_int_equal(sim_net_counted(n)->too_long, 1);
    assert_false(sim_receive(n, 1, &d));
    sim_send(n, &a, &b, bytes, SIM_DATAGRAM_MAX, 0);
    assert_true(sim_receive(n, 1, &d));
    assert_int_equal(d.len, SIM_DATAGRAM_MAX);
    assert_int_equal(sim_net_add_host(n, &a), ERR_REPLAY);
    sim_net_destroy(n);
}

static void a_storm_is_bounded(void **state)
{
    (void)state;
    struct sim_net *n = net_of(1, &(struct sim_path_config){0}, 2);
    for (int i = 0; i < SIM_UNDER_WAY_MAX + 10; i++)
        send(n, 0, 1, "x", 0);
    assert_int_equal(sim_net_counted(n)->storm, 10);
    sim_net_destroy(n);
}

/* A host that has gone gets nothing that was sent to it, not even when another comes with its address. */
static void a_removed_host_gets_nothing(void **state)
{
    (void)state;
    struct sim_datagram d;
    struct sim_net *n = net_of(1, &(struct sim_path_config){.delay_us = 1000}, 2);
    struct address b = host(1), nobody = host(9);
    send(n, 0, 1, "lost", 0);
    assert_int_equal(sim_net_remove_host(n, &b), ERR_NONE);
    assert_int_equal(sim_net_remove_host(n, &b), ERR_UNKNOWN);
    assert_int_equal(sim_net_remove_host(n, &nobody), ERR_UNKNOWN);
    assert_int_equal(sim_net_add_host(n, &b), ERR_NONE);
    send(n, 0, 1, "found", 10);
    expect(n, 5000, 0, 1, "found");
    assert_false(sim_receive(n, 5000, &d));
    assert_int_equal(sim_net_counted(n)->unknown_host, 1);
    sim_net_destroy(n);
}

static const struct sim_path_config bad_line = {.delay_us = 40000,
                                                .jitter_us = 30000,
                                                .loss = 0.05,
                                                .burst_enter = 0.01,
                                                .burst_leave = 0.2,
                                                .burst_loss = 1,
                                                .reorder = 0.02,
                                                .reorder_us = 50000,
                                                .duplicate = 0.02,
                                                .rate_bps = 60000,
                                                .queue_bytes = 3000,
                                                .blackouts = {{3000000, 3500000}}};

/* Two hosts talk to a third; `third_talks` says whether it answers. Returns the trace of what went to host 0
 * alone where `only` is 0, else of all. */
static uint64_t session(uint64_t seed, bool second_talks, bool only_first)
{
    struct sim_net *n = net_of(seed, &bad_line, 3);
    struct sim_datagram d;
    struct address first = host(0);
    uint64_t hash = 0xcbf29ce484222325u;
    for (point_us now_us = 0; now_us < 10 * US_PER_S; now_us += TICK_US) {
        char text[] = "tick ....";
        memcpy(text + 5, &(uint32_t){0x01010101u + (uint32_t)(now_us / TICK_US)}, 4);
        send(n, 2, 0, text, now_us);
        if (second_talks)
            send(n, 1, 2, text, now_us);
        while (sim_receive(n, now_us, &d)) {
            hash =
                address_equal(&d.to, &first) ? (hash ^ (uint64_t)now_us ^ d.bytes[5]) * 0x100000001b3u : hash;
        }
    }
    uint64_t all = sim_net_trace(n);
    sim_net_destroy(n);
    return only_first ? hash : all;
}

static void same_seed_same_trace(void **state)
{
    (void)state;
    assert_int_equal(session(1, true, false), session(1, true, false));
    assert_int_not_equal(session(1, true, false), session(2, true, false));
    assert_int_not_equal(session(1, true, false), session(1, false, false));
}

/* Twin runs: whether another host speaks does not change what a path does to its own datagrams. */
static void paths_have_dice_of_their_own(void **state)
{
    (void)state;
    assert_int_equal(session(1, true, true), session(1, false, true));
    assert_int_not_equal(session(1, true, true), session(2, true, true));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arrives_after_the_delay),      cmocka_unit_test(each_direction_has_its_line),
        cmocka_unit_test(hostile_sends_are_counted),    cmocka_unit_test(a_storm_is_bounded),
        cmocka_unit_test(a_removed_host_gets_nothing),  cmocka_unit_test(same_seed_same_trace),
        cmocka_unit_test(paths_have_dice_of_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
