/* What each group was sent, tick by tick. */
#include "choose/sent.h"

#include "../rows.h"
#include "plane.h"

static void a_group_is_not_sent_its_own(void **state)
{
    (void)state;
    static struct sent s;
    static const struct {
        uint32_t key;
        uint8_t level;
        int ticks;
        int64_t tick;
        uint8_t one, two, three; /* what the groups were sent in tick 10 afterwards */
    } puts[] = {
        {1, 30, 1, 10, 127, 30, 30},
        {1, 40, 1, 10, 127, 30, 30},
        {2, 50, 1, 10, 50, 30, 30},
        {2, 20, 1, 10, 20, 30, 20},
        {3, 25, 3, 11, 20, 25, 20},
        {3, 10, 3, 12, 10, 10, 20},
        {4, 5, 1, 9, 10, 10, 20},
        {4, LEVEL_UNKNOWN, 1, 10, 10, 10, 20},
        {4, 0, 1, 10 + SENT_TICKS, 5, 5, 5},
        {1, 0, 1, 10, 5, 5, 5},
    };
    sent_init(&s);
    assert_false(sent_any(&s, 1, 10));
    for (size_t i = 0; i < COUNT(puts); i++) {
        sent_put(&s, puts[i].key, puts[i].level, puts[i].ticks, puts[i].tick);
        ROW_EQUAL(i, sent_level(&s, 1, 10), puts[i].one);
        ROW_EQUAL(i, sent_level(&s, 2, 10), puts[i].two);
        ROW_EQUAL(i, sent_level(&s, 3, 10), puts[i].three);
    }
    assert_true(sent_any(&s, 1, 10 + SENT_TICKS + SENT_REACH_TICKS - 1));
    assert_false(sent_any(&s, 1, 10 + SENT_TICKS + SENT_REACH_TICKS));
    assert_false(sent_any(&s, 4, 10 + SENT_TICKS));
}

static void a_tick_without_a_packet_is_like_its_neighbours(void **state)
{
    (void)state;
    static struct sent s;
    sent_init(&s);
    sent_put(&s, 1, 30, 1, 10);
    sent_put(&s, 1, 25, 1, 12);
    assert_int_equal(sent_level(&s, 2, 11), 25);
    assert_int_equal(sent_level(&s, 2, 9), 127);
    assert_int_equal(sent_level(&s, 2, 13), 127);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_group_is_not_sent_its_own),
        cmocka_unit_test(a_tick_without_a_packet_is_like_its_neighbours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
