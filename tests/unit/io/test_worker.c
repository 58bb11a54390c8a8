#include "../rows.h"
#include "io/clock.h"
#include "io/socket_address.h"
#include "io/worker.h"

struct control {
    uv_loop_t loop;
    struct worker *worker;
    int facts;
    struct media_fact last;
    int number;
};

static void fact(void *self, int worker, const struct media_fact *fact)
{
    struct control *c = self;
    c->facts++;
    c->last = *fact;
    c->number = worker;
}

static void open_worker(struct control *c)
{
    char why[200];
    struct address at = address_v4((const uint8_t[]){127, 0, 0, 1}, 0), bound;
    int fd;
    memset(c, 0, sizeof *c);
    uv_loop_init(&c->loop);
    assert_int_equal(socket_open(SOCK_DGRAM, &at, &fd, &bound, why, sizeof why), ERR_NONE);
    const struct worker_listener listener = {fact, NULL, c};
    assert_int_equal(worker_create(&c->loop, 3, fd, &bound, &listener, &c->worker), ERR_NONE);
}

static void close_worker(struct control *c)
{
    worker_destroy(c->worker);
    uv_run(&c->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&c->loop), 0);
}

static void orders_go_in_and_facts_come_out(void **state)
{
    (void)state;
    struct control c;
    open_worker(&c);
    for (uint32_t session = 1; session <= 50; session++) {
        const struct media_order open = {
            .kind = ORDER_SESSION_OPEN, .session = session, .open = {clock_monotonic_us(), AUDIBLE_DEFAULT}};
        const struct media_order counters = {.kind = ORDER_COUNTERS, .session = session};
        assert_int_equal(worker_order(c.worker, &open), ERR_NONE);
        assert_int_equal(worker_order(c.worker, &counters), ERR_NONE);
    }
    point_us until_us = clock_monotonic_us() + 60 * (span_us)US_PER_S;
    while (c.facts < 50 && clock_monotonic_us() < until_us)
        uv_run(&c.loop, UV_RUN_ONCE);
    assert_int_equal(c.facts, 50);
    assert_int_equal(c.last.kind, FACT_SESSION_COUNTERS);
    assert_int_equal(c.last.session, 50);
    assert_int_equal(c.number, 3);
    close_worker(&c);
}

static void ends_at_once_with_nothing_to_do(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        struct control c;
        open_worker(&c);
        close_worker(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(orders_go_in_and_facts_come_out),
                                       cmocka_unit_test(ends_at_once_with_nothing_to_do)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
