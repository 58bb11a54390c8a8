#include "../rows.h"
#include "egress/audience.h"

/* One audience through passed runs, made packets and late ones. */
static const struct {
    bool made; /* else passed: run, seq */
    uint32_t run;
    int64_t seq;
    session_samples at;
    enum err expected;
    uint64_t number;
    bool marker;
} rows[] = {
    {false, 1, 500, 9600, ERR_NONE, 0, true},
    {false, 1, 501, 10560, ERR_NONE, 1, false},
    {false, 1, 504, 13440, ERR_NONE, 4, false}, /* a gap stays a gap */
    {false, 1, 502, 11520, ERR_NONE, 2, false}, /* late within the run: its own number */
    {false, 1, 499, 8640, ERR_STALE, 0, false}, /* before the run was heard here */
    {true, 0, 0, 14400, ERR_NONE, 5, false},    /* into the mix */
    {true, 0, 0, 15360, ERR_NONE, 6, false},
    {false, 1, 505, 14400, ERR_STALE, 0, false}, /* late: the mix has sent that time */
    {false, 1, 507, 16320, ERR_NONE, 7, true},   /* back to pass */
    {false, 1, 506, 15360, ERR_STALE, 0, false},
    {false, 2, 900, 16320, ERR_STALE, 0, false}, /* a new run may not overlap */
    {false, 2, 901, 17280, ERR_NONE, 8, true},
    {false, 2, 902, 18240, ERR_NONE, 9, false},
};

static void numbers_runs_and_late_packets(void **state)
{
    (void)state;
    struct audience *a;
    assert_int_equal(audience_create(0, TIER_FULL, &a), ERR_NONE);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct timed_packet p = {.at = rows[i].at, .samples = 960, .seq = rows[i].seq, .run = rows[i].run};
        uint64_t number = 0;
        bool marker = false;
        if (rows[i].made)
            number = audience_number_made(a, rows[i].at, 960);
        else
            ROW_EQUAL(i, audience_number_passed(a, 3, &p, &number, &marker), rows[i].expected);
        if (rows[i].expected != ERR_NONE)
            continue;
        ROW_EQUAL(i, number, rows[i].number);
        ROW_EQUAL(i, marker, rows[i].marker);
    }
    audience_destroy(a);
    audience_destroy(NULL);
}

static void another_source_begins_a_run(void **state)
{
    (void)state;
    struct audience *a;
    struct timed_packet p = {.at = 0, .samples = 960, .seq = 10, .run = 1};
    uint64_t number;
    bool marker;
    assert_int_equal(audience_create(0, TIER_FULL, &a), ERR_NONE);
    assert_int_equal(audience_number_passed(a, 0, &p, &number, &marker), ERR_NONE);
    assert_true(audience_is_passing(a, 0, 1));
    p.at = 960; /* the same run's number, but of another slot */
    assert_int_equal(audience_number_passed(a, 1, &p, &number, &marker), ERR_NONE);
    assert_int_equal(number, 1);
    assert_true(marker && audience_is_passing(a, 1, 1) && !audience_is_passing(a, 0, 1));
    audience_destroy(a);
}

static void a_split_goes_on_where_it_was(void **state)
{
    (void)state;
    struct audience *a, *b;
    struct timed_packet p = {.at = 0, .samples = 960, .seq = 10, .run = 1};
    uint64_t number;
    bool marker;
    assert_int_equal(audience_create(0, TIER_FULL, &a), ERR_NONE);
    assert_int_equal(audience_number_passed(a, 0, &p, &number, &marker), ERR_NONE);
    assert_int_equal(audience_split(a, 5, &b), ERR_NONE);
    assert_int_equal(b->key, 5);
    assert_int_equal(b->fanout.count, 0);
    p.at = 960;
    p.seq = 11;
    assert_int_equal(audience_number_passed(b, 0, &p, &number, &marker), ERR_NONE);
    assert_int_equal(number, 1);
    assert_false(marker);
    audience_destroy(a);
    audience_destroy(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_runs_and_late_packets),
        cmocka_unit_test(another_source_begins_a_run),
        cmocka_unit_test(a_split_goes_on_where_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
