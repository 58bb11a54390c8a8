#include "../rows.h"
#include "door/admit.h"

static void lengths(void **state)
{
    (void)state;
    static const struct {
        size_t len;
        enum err expected;
    } rows[] = {{0, ERR_SHORT},   {1, ERR_SHORT},   {2, ERR_NONE},
                {1500, ERR_NONE}, {1501, ERR_LONG}, {65535, ERR_LONG}};
    for (size_t i = 0; i < COUNT(rows); i++)
        ROW_EQUAL(i, admit_shape(rows[i].len), rows[i].expected);
}

static unsigned admitted(struct admit *a, const struct address *from, unsigned tries, point_us now_us)
{
    unsigned n = 0;
    for (unsigned i = 0; i < tries; i++)
        n += admit_unproven(a, from, now_us) == ERR_NONE;
    return n;
}

static void one_address_has_a_budget_a_second(void **state)
{
    (void)state;
    struct admit *a = malloc(sizeof *a);
    assert_non_null(a);
    admit_init(a, 1234567);
    struct address from = address_v4((const uint8_t[4]){198, 51, 100, 7}, 4000);
    assert_int_equal(admitted(a, &from, 10000, US_PER_S), ADMIT_UNPROVEN_PER_S);
    assert_int_equal(admit_unproven(a, &from, US_PER_S), ERR_RATE);
    from.port = 4001; /* another port is the same sender */
    assert_int_equal(admit_unproven(a, &from, US_PER_S + 999999), ERR_RATE);
    assert_int_equal(admitted(a, &from, 10000, 2 * US_PER_S), ADMIT_UNPROVEN_PER_S);
    struct address other = address_v4((const uint8_t[4]){198, 51, 100, 8}, 4000);
    assert_int_equal(admitted(a, &other, 10, 2 * US_PER_S), 10);
    free(a);
}

static void of_ipv6_the_network_counts(void **state)
{
    (void)state;
    struct admit *a = malloc(sizeof *a);
    assert_non_null(a);
    admit_init(a, 99);
    unsigned n = 0;
    for (unsigned i = 0; i < 10000; i++) {
        uint8_t ip[16] = {0x20, 1, 0xd, 0xb8, 0, 1, 0, 2, [14] = (uint8_t)(i >> 8), [15] = (uint8_t)i};
        struct address from = address_v6(ip, 5000);
        n += admit_unproven(a, &from, US_PER_S) == ERR_NONE;
    }
    assert_int_equal(n, ADMIT_UNPROVEN_PER_S);
    free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths),
        cmocka_unit_test(one_address_has_a_budget_a_second),
        cmocka_unit_test(of_ipv6_the_network_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
