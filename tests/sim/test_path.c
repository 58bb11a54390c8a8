/* Each impairment alone, on 10,000 datagrams of 100 bytes, one each 20 ms, seed 1. The exact counts are what
 * the seed gives; the range beside each is what the definition allows (4 sigma), so that a changed generator
 * is told from a wrong impairment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sim/path.h"

#define DATAGRAMS 10000
#define LEN       100

struct tally {
    uint64_t arrived, overtaken, longest_gap; /* longest_gap: datagrams lost in a row */
    span_us least_us, most_us;                /* way of the first copies */
    double mean_us;
};

static struct tally run(const struct sim_path_config *config, struct sim_path *p)
{
    struct tally t = {.least_us = INT64_MAX};
    uint64_t gap = 0;
    point_us latest_us = -1;
    sim_path_init(p, config, 1);
    for (int64_t i = 0; i < DATAGRAMS; i++) {
        point_us at_us[SIM_COPIES_MAX], sent_us = i * TICK_US;
        int copies = sim_path_send(p, LEN, sent_us, at_us);
        gap = copies ? 0 : gap + 1;
        t.longest_gap = gap > t.longest_gap ? gap : t.longest_gap;
        t.arrived += (uint64_t)copies;
        if (copies == 0)
            continue;
        span_us way_us = at_us[0] - sent_us;
        t.least_us = way_us < t.least_us ? way_us : t.least_us;
        t.most_us = way_us > t.most_us ? way_us : t.most_us;
        t.mean_us += (double)way_us;
        t.overtaken += at_us[0] < latest_us;
        latest_us = at_us[0] > latest_us ? at_us[0] : latest_us;
    }
    t.mean_us /= (double)t.arrived;
    return t;
}

struct count_row {
    int number;
    const char *what;
    struct sim_path_config config;
    size_t counter; /* offset in sim_path_counters of what is counted */
    uint64_t exact, least, most;
};

#define COUNTER(NAME) offsetof(struct sim_path_counters, NAME)

static const struct count_row count_rows[] = {
    {1, "a perfect wire", {0}, COUNTER(delivered), 10000, 10000, 10000},
    {2, "a tenth lost", {.loss = 0.1}, COUNTER(lost_random), 1030, 880, 1120},
    {3, "all lost", {.loss = 1}, COUNTER(lost_random), 10000, 10000, 10000},
    /* bad for 10 datagrams in the mean, in 1 of 20: 500 of 10,000, sigma about 95 */
    {4,
     "bursts",
     {.burst_enter = 0.1 / 19, .burst_leave = 0.1, .burst_loss = 1},
     COUNTER(lost_burst),
     542,
     120,
     880},
    {5,
     "bursts that lose half",
     {.burst_enter = 0.1 / 19, .burst_leave = 0.1, .burst_loss = 0.5},
     COUNTER(lost_burst),
     269,
     60,
     440},
    {6, "reordering", {.reorder = 0.05, .reorder_us = 30000}, COUNTER(reordered), 488, 412, 588},
    {7, "duplication", {.duplicate = 0.05}, COUNTER(duplicated), 497, 412, 588},
    {8, "duplication arrives twice", {.duplicate = 1}, COUNTER(delivered), 20000, 20000, 20000},
    /* 128 bytes each 20 ms are 51,200 bit/s; half of that passes half */
    {9,
     "a bottleneck of half the rate",
     {.rate_bps = 25600, .queue_bytes = 1280},
     COUNTER(lost_queue),
     4991,
     4980,
     5000},
    {10,
     "a bottleneck as wide as the flow",
     {.rate_bps = 51200, .queue_bytes = 128},
     COUNTER(lost_queue),
     0,
     0,
     0},
    {11,
     "a bottleneck without a queue still serves",
     {.rate_bps = 51200, .queue_bytes = 0},
     COUNTER(lost_queue),
     0,
     0,
     0},
    /* sent at 1,000,000 .. 1,980,000 and 3,000,000 alone */
    {12,
     "blackouts",
     {.blackouts = {{1000000, 2000000}, {3000000, 3000001}}},
     COUNTER(lost_blackout),
     51,
     51,
     51},
    {13,
     "a blackout that ends before it begins",
     {.blackouts = {{2000000, 1000000}}},
     COUNTER(lost_blackout),
     0,
     0,
     0},
};

static void impairments_count(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof count_rows / sizeof count_rows[0]; i++) {
        const struct count_row *row = &count_rows[i];
        struct sim_path p;
        struct tally t = run(&row->config, &p);
        uint64_t got;
        memcpy(&got, (const char *)&p.counters + row->counter, sizeof got);
        if (got != row->exact || got < row->least || got > row->most)
            fail_msg("row %d (%s): %llu", row->number, row->what, (unsigned long long)got);
        const struct sim_path_counters *c = &p.counters;
        assert_int_equal(c->sent, DATAGRAMS);
        assert_int_equal(c->delivered, t.arrived);
        assert_int_equal(c->sent + c->duplicated,
                         c->delivered + c->lost_random + c->lost_burst + c->lost_queue + c->lost_blackout);
    }
}

struct way_row {
    int number;
    const char *what;
    struct sim_path_config config;
    span_us least_us, most_us;    /* of all datagrams */
    double mean_least, mean_most; /* us */
    uint64_t overtaken, longest_gap;
};

static const struct way_row way_rows[] = {
    {1, "delay", {.delay_us = 50000}, 50000, 50000, 50000, 50000, 0, 0},
    {2, "small jitter", {.delay_us = 50000, .jitter_us = 10000}, 50000, 60000, 54880, 55120, 0, 0},
    {3,
     "jitter over many datagrams keeps the order",
     {.delay_us = 50000, .jitter_us = 100000},
     50000,
     150000,
     100000,
     120000,
     0,
     0},
    {4,
     "held back, one overtakes",
     {.delay_us = 50000, .reorder = 0.05, .reorder_us = 30000},
     50000,
     80000,
     51200,
     51800,
     1,
     0},
    {5,
     "held back less than a packet's spacing",
     {.delay_us = 50000, .reorder = 0.05, .reorder_us = 19000},
     50000,
     69000,
     50700,
     51200,
     0,
     0},
    /* first datagram: 128 bytes at 25,600 bit/s; a queue of 10 is full: 9 and a bit before it, then itself */
    {6, "a full queue", {.rate_bps = 25600, .queue_bytes = 1280}, 40000, 400000, 380000, 400000, 0, 1},
    {7, "a wide bottleneck", {.rate_bps = 1024000, .queue_bytes = 1280}, 1000, 1000, 1000, 1000, 0, 0},
};

static void impairments_delay(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof way_rows / sizeof way_rows[0]; i++) {
        const struct way_row *row = &way_rows[i];
        struct sim_path p;
        struct tally t = run(&row->config, &p);
        bool overtaken = row->overtaken ? t.overtaken > 400 : t.overtaken == 0;
        if (t.least_us < row->least_us || t.most_us > row->most_us || !overtaken ||
            t.mean_us < row->mean_least || t.mean_us > row->mean_most || t.longest_gap != row->longest_gap)
            fail_msg("row %d (%s): %lld..%lld us, mean %.0f, %llu overtaken, gap %llu", row->number,
                     row->what, (long long)t.least_us, (long long)t.most_us, t.mean_us,
                     (unsigned long long)t.overtaken, (unsigned long long)t.longest_gap);
    }
}

/* Bursts have a memory: as many lost as by chance, but in a row. */
static void bursts_come_in_rows(void **state)
{
    (void)state;
    struct sim_path p;
    struct sim_path_config bursts = {.burst_enter = 0.1 / 19, .burst_leave = 0.1, .burst_loss = 1};
    struct sim_path_config chance = {.loss = 0.05};
    assert_true(run(&bursts, &p).longest_gap > 20);
    assert_true(run(&chance, &p).longest_gap < 6);
}

/* The same dice whatever else is wrong with the line: a datagram that chance loses is lost on both. */
static void impairments_do_not_shift_each_other(void **state)
{
    (void)state;
    struct sim_path plain, rich;
    struct sim_path_config loss = {.loss = 0.1};
    struct sim_path_config all = {
        .loss = 0.1, .jitter_us = 5000, .duplicate = 0.3, .reorder = 0.3, .reorder_us = 1000};
    sim_path_init(&plain, &loss, 9);
    sim_path_init(&rich, &all, 9);
    for (int64_t i = 0; i < 1000; i++) {
        point_us at_us[SIM_COPIES_MAX];
        int copies = sim_path_send(&plain, LEN, i * TICK_US, at_us);
        assert_int_equal(copies > 0, sim_path_send(&rich, LEN, i * TICK_US, at_us) > 0);
    }
}

static void a_changed_line_keeps_its_queue(void **state)
{
    (void)state;
    struct sim_path p;
    struct sim_path_config narrow = {.rate_bps = 1024, .queue_bytes = 10000}, wide = narrow;
    wide.rate_bps = 1024000;
    point_us at_us[SIM_COPIES_MAX];
    sim_path_init(&p, &narrow, 1);
    assert_int_equal(sim_path_send(&p, LEN, 0, at_us), 1);
    assert_int_equal(at_us[0], US_PER_S); /* 1024 bits at 1024 bit/s */
    sim_path_change(&p, &wide);
    assert_int_equal(sim_path_send(&p, LEN, 990000, at_us), 1);
    assert_int_equal(at_us[0], US_PER_S + 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(impairments_count),
        cmocka_unit_test(impairments_delay),
        cmocka_unit_test(bursts_come_in_rows),
        cmocka_unit_test(impairments_do_not_shift_each_other),
        cmocka_unit_test(a_changed_line_keeps_its_queue),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
