#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pages.h"

#define S  US_PER_S
#define MS US_PER_MS

struct row {
    int number;
    const char *what;
    session_samples media;
    bool at_once;
    point_us came_us;
    session_samples playing; /* at came_us; it runs on with the clock */
    point_us shown_us;       /* when it must be shown */
};

static const struct row rows[] = {
    {1, "200 ms ahead of the ear", 9600, false, 5 * S, 0, 5 * S + 200 * MS + 1},
    {2, "just now", 4800, false, 5 * S, 4800, 5 * S},
    {3, "its sound has been played", 0, false, 5 * S, 48000, 5 * S},
    {4, "a media time that comes after the limit", 480000, false, 5 * S, 0, 6 * S},
    {5, "one that never comes", INT64_MAX / 4, false, 5 * S, 0, 6 * S},
    {6, "own room", 9600, true, 5 * S, 0, 5 * S},
    {7, "exactly at the limit", 48000, false, 5 * S, 0, 6 * S},
    {8, "negative session time", -48000, false, 5 * S, -57600, 5 * S + 200 * MS + 1},
};

static session_samples playing_at(const struct row *r, point_us now_us)
{
    return r->playing + samples_from_us(now_us - r->came_us);
}

static void each_is_shown_at_its_moment(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *r = &rows[i];
        struct pages p;
        struct page_turn turn = {.media = r->media, .came_us = r->came_us, .n = 7, .at_once = r->at_once},
                         shown;
        pages_init(&p);
        pages_turn(&p, &turn);
        point_us due = pages_deadline(&p, r->playing, r->came_us);
        if (due != r->shown_us)
            fail_msg("row %d, %s: due %lld", r->number, r->what, (long long)(due - r->came_us));
        if (r->shown_us > r->came_us)
            assert_false(pages_shown(&p, playing_at(r, r->shown_us - 30), r->shown_us - 30, &shown));
        if (!pages_shown(&p, playing_at(r, r->shown_us), r->shown_us, &shown))
            fail_msg("row %d, %s: not shown", r->number, r->what);
        assert_int_equal(shown.shown_us, r->shown_us);
        assert_int_equal(pages_deadline(&p, 0, 0), NEVER_US);
    }
}

static void when_the_ear_stands_still_the_limit_holds(void **state)
{
    (void)state;
    struct pages p;
    struct page_turn turn = {.media = 48000, .came_us = 1000, .n = 1}, shown;
    pages_init(&p);
    pages_turn(&p, &turn);
    assert_false(pages_shown(&p, 0, 1000 + PAGES_LATE_US - 1, &shown));
    assert_true(pages_shown(&p, 0, 1000 + PAGES_LATE_US, &shown));
}

static void they_come_in_their_order(void **state)
{
    (void)state;
    struct pages p;
    struct page_turn shown;
    pages_init(&p);
    for (uint64_t n = 1; n <= 3; n++) {
        struct page_turn turn = {.media = (session_samples)(4 - n) * 960, .n = n};
        pages_turn(&p, &turn);
    }
    for (uint64_t n = 1; n <= 3; n++) {
        assert_true(pages_shown(&p, 4 * 960, 10, &shown));
        assert_int_equal(shown.n, n);
    }
    assert_false(pages_shown(&p, 4 * 960, 10, &shown));
}

static void leafing_fast_loses_the_oldest_and_shows_the_newest(void **state)
{
    (void)state;
    struct pages p;
    struct page_turn shown;
    uint64_t last = 0;
    pages_init(&p);
    for (uint64_t n = 1; n <= 100; n++) {
        struct page_turn turn = {.media = INT64_MAX / 4, .n = n};
        pages_turn(&p, &turn);
    }
    assert_int_equal(p.count, PAGES_WAITING_MAX);
    while (pages_shown(&p, 0, PAGES_LATE_US, &shown)) {
        assert_true(shown.n > last);
        last = shown.n;
    }
    assert_int_equal(last, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_is_shown_at_its_moment),
                                       cmocka_unit_test(when_the_ear_stands_still_the_limit_holds),
                                       cmocka_unit_test(they_come_in_their_order),
                                       cmocka_unit_test(leafing_fast_loses_the_oldest_and_shows_the_newest)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
