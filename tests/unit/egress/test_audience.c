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
            ROW_EQUAL(i, audience_give_back(a, 1, &p), shifts[i].expected == ERR_NONE);
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

/* A run that the mix had a tick earlier than its map says goes on there; in a pause between two words it is
 * put where the map has it, after a gap of a tick, and stays there. */
static const struct {
    bool pause;
    int64_t seq;
    session_samples at;
    enum err expected;
    uint64_t number;
    session_samples placed;
} earlier[] = {
    {false, 49, 9600, ERR_STALE, 0, 0}, /* the mix has sent that */
    {false, 50, 10560, ERR_NONE, 1, 9600}, {false, 52, 12480, ERR_NONE, 3, 11520},
    {true, 51, 11520, ERR_NONE, 2, 10560}, /* not the newest: nothing moves */
    {true, 53, 13440, ERR_NONE, 4, 13440}, {false, 54, 14400, ERR_NONE, 5, 14400},
    {true, 55, 15360, ERR_NONE, 6, 15360}, /* nothing is left to give back */
};

static void what_the_mix_had_earlier_is_given_back_in_a_pause(void **state)
{
    (void)state;
    struct audience *a;
    struct passed_place place;
    assert_int_equal(audience_create(0, TIER_FULL, &a), ERR_NONE);
    assert_int_equal(audience_number_made(a, 8640, 960), 0);
    audience_leave_mix(a, 2, -960);
    for (size_t i = 0; i < COUNT(earlier); i++) {
        struct timed_packet p = {.at = earlier[i].at, .samples = 960, .seq = earlier[i].seq, .run = 2};
        if (earlier[i].pause)
            ROW_TRUE(i, !audience_give_back(a, 1, &p));
        ROW_EQUAL(i, audience_place_passed(a, 1, &p, &place), earlier[i].expected);
        if (earlier[i].expected != ERR_NONE)
            continue;
        ROW_EQUAL(i, place.number, earlier[i].number);
        ROW_EQUAL(i, place.at, earlier[i].placed);
    }
    audience_destroy(a);
}

/* What is refused: the line held the source back until its stream was closed in that very time; or its time
 * goes back while its numbers go on. Another source is put after the closing silence. */
static const struct {
    int slot;
    uint32_t run;
    int64_t seq;
    session_samples at;
    enum err expected;
    uint64_t number;
    session_samples placed;
} refusals[] = {
    {1, 2, 60, 960, ERR_STALE, 0, 0},     /* the silence lies at 960 to 3840 */
    {1, 2, 61, 3839, ERR_STALE, 0, 0},    /* the last sample of it is enough */
    {1, 2, 62, 3840, ERR_NONE, 4, 3840},  /* after it all goes on */
    {1, 2, 63, 3840, ERR_STALE, 0, 0},    /* a new number at a time that was sent */
    {1, 2, 64, 0, ERR_STALE, 0, 0},       /* or long before */
    {1, 2, 65, 6720, ERR_NONE, 7, 6720},  /* those two are missing now */
    {1, 2, 61, 2880, ERR_STALE, 0, 0},    /* before the run was heard here */
    {0, 3, 900, 6000, ERR_NONE, 8, 7920}, /* another source is put whole ticks later */
    {0, 3, 899, 5040, ERR_STALE, 0, 0},
};

static void refusals_of_what_comes_too_late(void **state)
{
    (void)state;
    struct audience *a;
    struct timed_packet first = {.at = 0, .samples = 960, .seq = 50, .run = 1};
    struct passed_place place;
    assert_int_equal(audience_create(0, TIER_FULL, &a), ERR_NONE);
    assert_int_equal(audience_place_passed(a, 1, &first, &place), ERR_NONE);
    for (uint64_t n = 1; n <= 3; n++)
        assert_int_equal(audience_number_silence(a, 960), n);
    for (size_t i = 0; i < COUNT(refusals); i++) {
        struct timed_packet p = {
            .at = refusals[i].at, .samples = 960, .seq = refusals[i].seq, .run = refusals[i].run};
        session_samples end = a->sent_end;
        ROW_EQUAL(i, audience_place_passed(a, refusals[i].slot, &p, &place), refusals[i].expected);
        if (refusals[i].expected != ERR_NONE) {
            ROW_EQUAL(i, a->sent_end, end); /* nothing has changed */
            continue;
        }
        ROW_EQUAL(i, place.number, refusals[i].number);
        ROW_EQUAL(i, place.at, refusals[i].placed);
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
        cmocka_unit_test(what_the_mix_had_earlier_is_given_back_in_a_pause),
        cmocka_unit_test(refusals_of_what_comes_too_late),
        cmocka_unit_test(another_source_begins_a_run),
        cmocka_unit_test(a_split_goes_on_where_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
