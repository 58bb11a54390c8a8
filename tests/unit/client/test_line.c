#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "line.h"

struct step {
    int number;
    uint16_t seq;
    bool fresh;
    uint64_t received, lost, duplicate, reordered; /* after it */
};

/* One line lives through all of them. */
static const struct step steps[] = {
    {1, 65533, true, 1, 0, 0, 0},     {2, 65534, true, 2, 0, 0, 0},
    {3, 65534, false, 2, 0, 1, 0}, /* again */
    {4, 1, true, 3, 2, 1, 0},      /* over the wrap, two missing */
    {5, 0, true, 4, 1, 1, 1},      /* one of them, late */
    {6, 0, false, 4, 1, 2, 1},     /* and again */
    {7, 65535, true, 5, 0, 2, 2},     {8, 11, true, 6, 9, 2, 2},
    {9, 300, true, 7, 297, 2, 2},  /* a long hole */
    {10, 100, true, 7, 297, 2, 3}, /* too old to tell: late, its loss stands */
    {11, 301, true, 8, 297, 2, 3},    {12, 20000, true, 9, 297, 2, 3}, /* another stream, not 19,698 lost */
    {13, 20001, true, 10, 297, 2, 3},
};

static void numbers_are_counted(void **state)
{
    (void)state;
    struct line l;
    line_init(&l);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        const struct step *s = &steps[i];
        bool fresh = line_packet(&l, s->seq, (uint32_t)i * 960, (point_us)i * 20000);
        const struct line_counters *c = &l.counters;
        if (fresh != s->fresh || c->received != s->received || c->lost != s->lost ||
            c->duplicate != s->duplicate || c->reordered != s->reordered)
            fail_msg("step %d: fresh %d received %llu lost %llu duplicate %llu reordered %llu", s->number,
                     fresh, (unsigned long long)c->received, (unsigned long long)c->lost,
                     (unsigned long long)c->duplicate, (unsigned long long)c->reordered);
    }
}

static void a_second_is_told_once(void **state)
{
    (void)state;
    struct line l;
    struct line_second s;
    line_init(&l);
    assert_false(line_second(&l, &s));
    for (unsigned i = 0; i < 50; i++)
        if (i != 10)
            line_packet(&l, (uint16_t)i, i * 960, (point_us)i * 20000);
    assert_true(line_second(&l, &s));
    assert_int_equal(s.received, 49);
    assert_int_equal(s.lost, 1);
    assert_int_equal(s.jitter_ms, 0);
    assert_false(line_second(&l, &s));
    /* the lost one comes after all: this second has one packet and no loss, not minus one */
    line_packet(&l, 10, 10 * 960, 1000000);
    assert_true(line_second(&l, &s));
    assert_int_equal(s.received, 1);
    assert_int_equal(s.lost, 0);
}

static void jitter_follows_rfc_3550(void **state)
{
    (void)state;
    struct line l;
    line_init(&l);
    for (unsigned i = 0; i < 400; i++) /* every second packet 10 ms late */
        line_packet(&l, (uint16_t)i, i * 960, (point_us)i * 20000 + (i % 2 ? 10000 : 0));
    struct line_report r = line_report(&l);
    assert_in_range(r.jitter, 460, 480);
    assert_int_equal(r.highest, 399);
    assert_int_equal(r.fraction_lost, 0);
}

static void a_report_says_the_fraction(void **state)
{
    (void)state;
    struct line l;
    line_init(&l);
    for (unsigned i = 0; i < 100; i++)
        if (i % 4 != 3 || i == 99)
            line_packet(&l, (uint16_t)i, i * 960, (point_us)i * 20000);
    struct line_report r = line_report(&l);
    assert_int_equal(r.cumulative_lost, 24);
    assert_int_equal(r.fraction_lost, 24 * 256 / 100);
    r = line_report(&l);
    assert_int_equal(r.fraction_lost, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_counted), cmocka_unit_test(a_second_is_told_once),
        cmocka_unit_test(jitter_follows_rfc_3550), cmocka_unit_test(a_report_says_the_fraction)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
