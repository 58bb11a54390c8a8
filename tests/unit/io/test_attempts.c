#include "../rows.h"
#include "io/attempts.h"

static struct address from(const char *ip)
{
    struct address a = {{0}, 0};
    assert_int_equal(address_parse_ip(ip, 5000, &a), ERR_NONE);
    return a;
}

static int burst(struct attempts *a, const char *ip, point_us now_us)
{
    struct address who = from(ip);
    int taken = 0;
    while (taken < 1000 && attempts_take(a, &who, now_us)) {
        taken++;
        who.port++;
    }
    return taken;
}

static void a_few_at_once_then_one_in_a_while(void **state)
{
    static struct attempts a;
    (void)state;
    assert_int_equal(burst(&a, "192.0.2.1", 0), ATTEMPTS_BURST);
    assert_int_equal(burst(&a, "192.0.2.1", ATTEMPTS_SPACING_US - 1), 0);
    assert_int_equal(burst(&a, "192.0.2.1", ATTEMPTS_SPACING_US), 1);
    assert_int_equal(burst(&a, "192.0.2.2", 0), ATTEMPTS_BURST); /* another is another */
    assert_int_equal(burst(&a, "2001:db8::1", 0), ATTEMPTS_BURST);
    assert_int_equal(burst(&a, "2001:db8::ffff:2", 0), 0); /* the same network of IPv6 */
    assert_int_equal(burst(&a, "2001:db8:0:1::1", 0), ATTEMPTS_BURST);
    assert_int_equal(burst(&a, "192.0.2.1", 1000 * ATTEMPTS_SPACING_US), ATTEMPTS_BURST);
}

static void many_addresses_take_no_more_room(void **state)
{
    static struct attempts a;
    char ip[40];
    (void)state;
    assert_int_equal(burst(&a, "203.0.113.9", 60 * ATTEMPTS_SPACING_US), ATTEMPTS_BURST);
    for (int i = 0; i < 5 * ATTEMPTS_ADDRESSES; i++) {
        snprintf(ip, sizeof ip, "10.0.%d.%d", i / 200, i % 200);
        struct address who = from(ip);
        assert_true(attempts_take(&a, &who, 60 * ATTEMPTS_SPACING_US));
    }
    /* Whoever tried much is remembered before those who tried once. */
    assert_int_equal(burst(&a, "203.0.113.9", 60 * ATTEMPTS_SPACING_US), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_few_at_once_then_one_in_a_while),
        cmocka_unit_test(many_addresses_take_no_more_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
