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
    {false, 1, 508, 17280, ERR_NONE, 8, false},
    {false, 2, 901, 18240, ERR_NONE, 9, true},
    {false, 2, 902, 19200, ERR_NONE, 10, false},
};

static void numbers_runs_and_late_packets(void **state)
{
    (void)state;
    struct audience *a;
    assert_int_equal(audience_create(0, TIER_FULL, &a), ERR_NONE);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct timed_packet p = {.at = rows[i].at, .samples = 960, .seq = rows[i].seq, .run = rows[i].run};
        struct passed_place place = {.at = rows[i].at};
        if (rows[i].made) {
            place.number = audience_number_made(a, rows[i].at, 960);
            audience_leave_mix(a, 1, 0);
        } else {
            ROW_EQUAL(i, audience_place_passed(a, 3, &p, &place), rows[i].expected);
        }
        if (rows[i].expected != ERR_NONE)
            continue;
        ROW_EQUAL(i, place.number, rows[i].number);
        ROW_EQUAL(i, place.marker, rows[i].marker);
        ROW_EQUAL(i, place.at, rows[i].at);
    }
    audience_destroy(a);
    audience_destroy(NULL);
}

/* A run that begins before the end of what was sent is put later; a packet left out takes that back. */
static const struct {
    bool skip;
    int64_t seq;
    session_samples at;
    enum err expected; /* skip: ERR_NONE = left out */
    uint64_t number;
    session_samples placed;
} shifts[] = {
    {false, 50, 9000, ERR_NONE, 1, 10920}, /* 9600 to 10560 has been sent: two ticks */
    {false, 51, 9960, ERR_NONE, 2, 11880},
    {false, 53, 11880, ERR_NONE, 4, 13800},
    {true, 52, 10920, ERR_STALE, 0, 0}, /* not the newest */
    {false, 52, 10920, ERR_NONE, 3, 12840},
    {true, 55, 13800, ERR_NONE, 0, 0}, /* 54 was lost: its gap stays */
    {false, 54, 12840, ERR_STALE, 0, 0},
    {false, 56, 14760, ERR_NONE, 6, 15720},
    {true, 57, 15720, ERR_NONE, 0, 0},
    {true, 58, 16680, ERR_STALE, 0, 0}, /* nothing is left to take back */
    {false, 58, 16680, ERR_NONE, 7, 16680},
};

static void a_run_is_put_later_and_that_is_taken_back(void **state)
{
    (void)state;
    struct audience *a;
    struct timed_packet p = {.at = 9600, .samples = 960, .seq = 10, .run = 1};
    struct passed_place place;
    assert_int_equal(audience_create(0, TIER_FULL, &a), ERR_NONE);
    assert_int_equal(audience_place_passed(a, 0, &p, &place), ERR_NONE);
    for (size_t i = 0; i < COUNT(shifts); i++) {
        p = (struct timed_packet){.at = shifts[i].at, .samples = 960, .seq = shifts[i].seq, .run = 2};
        if (shifts[i].skip) {
            ROW_EQUAL(i, audience_skip_passed(a, 1, &p), shifts[i].expected == ERR_NONE);
            continue;
        }
        ROW_EQUAL(i, audience_place_passed(a, 1, &p, &place), shifts[i].expected);
        if (shifts[i].expected != ERR_NONE)
            continue;
        ROW_EQUAL(i, place.number, shifts[i].number);
        ROW_EQUAL(i, place.at, shifts[i].placed);
    }
    audience_destroy(a);
}

static void another_source_begins_a_run(void **state)
{
    (void)state;
    struct audience *a;
    struct timed_packet p = {.at = 0, .samples = 960, .seq = 10, .run = 1};
    struct passed_place place;
    assert_int_equal(audience_create(0, TIER_FULL, &a), ERR_NONE);
    assert_int_equal(audience_place_passed(a, 0, &p, &place), ERR_NONE);
    assert_true(audience_is_passing(a, 0, 1));
    p.at = 960; /* the same run's number, but of another slot */
    assert_int_equal(audience_place_passed(a, 1, &p, &place), ERR_NONE);
    assert_int_equal(place.number, 1);
    assert_true(place.marker && audience_is_passing(a, 1, 1) && !audience_is_passing(a, 0, 1));
    audience_destroy(a);
}

static void a_split_goes_on_where_it_was(void **state)
{
    (void)state;
    struct audience *a, *b;
    struct timed_packet p = {.at = 0, .samples = 960, .seq = 10, .run = 1};
    struct passed_place place;
    assert_int_equal(audience_create(0, TIER_FULL, &a), ERR_NONE);
    assert_int_equal(audience_place_passed(a, 0, &p, &place), ERR_NONE);
    assert_int_equal(audience_split(a, 5, &b), ERR_NONE);
    assert_int_equal(b->key, 5);
    assert_int_equal(b->fanout.count, 0);
    p.at = 960;
    p.seq = 11;
    assert_int_equal(audience_place_passed(b, 0, &p, &place), ERR_NONE);
    assert_int_equal(place.number, 1);
    assert_false(place.marker);
    audience_destroy(a);
    audience_destroy(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_runs_and_late_packets),
        cmocka_unit_test(a_run_is_put_later_and_that_is_taken_back),
        cmocka_unit_test(another_source_begins_a_run),
        cmocka_unit_test(a_split_goes_on_where_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
