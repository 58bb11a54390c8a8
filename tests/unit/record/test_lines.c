/* Events are written all, signals thinned; the newest signal is never lost. */
#include "../rows.h"
#include "record/lines.h"

#define MS 1000

static void put(struct lines *l, uint64_t key, const char *text, point_us now_us)
{
    assert_int_equal(lines_put(l, key, text, strlen(text), now_us), ERR_NONE);
}

static void check(struct lines *l, const char *want)
{
    assert_int_equal(l->out.len, strlen(want));
    assert_memory_equal(l->out.bytes, want, l->out.len);
    lines_taken(l);
}

static void events_wait_half_a_second_at_the_most(void **state)
{
    struct lines l;
    (void)state;
    lines_init(&l);
    assert_int_equal(lines_deadline(&l), NEVER_US);
    put(&l, 0, "a", 100 * MS);
    put(&l, 0, "b", 300 * MS);
    assert_false(lines_make(&l, false, 599 * MS));
    assert_int_equal(lines_deadline(&l), 600 * MS);
    assert_true(lines_make(&l, false, 600 * MS));
    check(&l, "a\nb\n");
    assert_int_equal(lines_deadline(&l), NEVER_US);
    assert_false(lines_make(&l, true, 700 * MS));
    lines_finish(&l);
}

static void signals_are_thinned_by_sender(void **state)
{
    struct lines l;
    (void)state;
    lines_init(&l);
    put(&l, 7, "p1", 0);
    put(&l, 7, "p2", 16 * MS);
    put(&l, 8, "q1", 20 * MS);
    put(&l, 7, "p3", 33 * MS);
    assert_false(lines_make(&l, false, 50 * MS));
    assert_int_equal(lines_deadline(&l), 100 * MS);
    assert_false(lines_make(&l, false, 100 * MS)); /* p3 is appended now */
    put(&l, 7, "p4", 250 * MS);
    assert_true(lines_make(&l, true, 260 * MS));
    check(&l, "p1\nq1\np3\np4\n");
    assert_int_equal(lines_deadline(&l), NEVER_US);
    lines_finish(&l);
}

static void many_senders_stay_within_bounds(void **state)
{
    struct lines l;
    char text[32];
    (void)state;
    lines_init(&l);
    for (uint64_t key = 1; key <= 4 * LINES_SENDERS_MAX; key++)
        for (int n = 0; n < 3; n++) {
            snprintf(text, sizeof text, "%d-%d", (int)key, n);
            put(&l, key, text, 0);
        }
    assert_true(lines_make(&l, true, 0));
    /* The first and the newest of each. */
    assert_int_equal(l.count, LINES_SENDERS_MAX);
    size_t lines = 0;
    for (size_t i = 0; i < l.out.len; i++)
        lines += l.out.bytes[i] == '\n';
    assert_int_equal(lines, 2 * 4 * LINES_SENDERS_MAX);
    lines_finish(&l);
}

static void much_is_written_at_once(void **state)
{
    struct lines l;
    char text[1000];
    (void)state;
    memset(text, 'x', sizeof text);
    lines_init(&l);
    for (int i = 0; i < LINES_BYTES_MAX / 1001 + 1; i++) {
        assert_false(lines_make(&l, false, 0));
        assert_int_equal(lines_put(&l, 0, text, sizeof text, 0), ERR_NONE);
    }
    assert_true(lines_make(&l, false, 0));
    lines_finish(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(events_wait_half_a_second_at_the_most),
                                       cmocka_unit_test(signals_are_thinned_by_sender),
                                       cmocka_unit_test(many_senders_stay_within_bounds),
                                       cmocka_unit_test(much_is_written_at_once)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
