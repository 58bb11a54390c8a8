/* What waits for the recorder: in order, whole, and never more than fits. */
#include "../rows.h"
#include "egress/tap.h"

static void packets_come_out_as_they_went_in(void **state)
{
    struct tap t;
    struct media_record r;
    uint8_t payload[MEDIA_RECORD_MAX + 1];
    (void)state;
    tap_init(&t);
    assert_false(tap_take(&t, &r));
    for (int round = 0; round < 3 * TAP_PACKETS_MAX; round++) {
        size_t len = (size_t)round % (MEDIA_RECORD_MAX + 1);
        memset(payload, round, sizeof payload);
        tap_put(&t, 7, round * TICK_SAMPLES, TICK_SAMPLES, payload, len);
        assert_true(tap_take(&t, &r));
        assert_int_equal(r.session, 7);
        assert_int_equal(r.at, round * TICK_SAMPLES);
        assert_int_equal(r.samples, TICK_SAMPLES);
        assert_int_equal(r.len, len);
        assert_memory_equal(r.payload, payload, len);
    }
    tap_put(&t, 7, 0, TICK_SAMPLES, payload, sizeof payload); /* longer than any that is passed */
    assert_false(tap_take(&t, &r));
    assert_int_equal(t.lost, 1);
    tap_finish(&t);
}

static void the_oldest_stay_where_nobody_takes(void **state)
{
    struct tap t;
    struct media_record r;
    (void)state;
    tap_init(&t);
    for (int i = 0; i < TAP_PACKETS_MAX + 10; i++)
        tap_put(&t, 1, i, TICK_SAMPLES, (const uint8_t *)"x", 1);
    assert_int_equal(t.lost, 10);
    for (int i = 0; i < TAP_PACKETS_MAX; i++) {
        assert_true(tap_take(&t, &r));
        assert_int_equal(r.at, i);
    }
    assert_false(tap_take(&t, &r));
    tap_finish(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(packets_come_out_as_they_went_in),
                                       cmocka_unit_test(the_oldest_stay_where_nobody_takes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
