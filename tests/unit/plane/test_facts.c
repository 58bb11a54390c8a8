#include "../rows.h"
#include "facts.h"

static void facts_come_out_in_order(void **state)
{
    (void)state;
    struct facts f;
    struct media_fact fact;
    uint32_t put = 0, taken = 0;
    facts_init(&f);
    assert_false(facts_take(&f, &fact));
    for (int round = 0; round < 300; round++) {
        for (int i = 0; i < 7; i++) {
            fact = (struct media_fact){.kind = FACT_PEER_UP, .peer = ++put};
            facts_put(&f, &fact);
        }
        for (int i = 0; i < 5; i++) {
            assert_true(facts_take(&f, &fact));
            assert_int_equal(fact.peer, ++taken);
        }
    }
    while (facts_take(&f, &fact))
        assert_int_equal(fact.peer, ++taken);
    assert_int_equal(taken, put);
    facts_finish(&f);
}

static void nobody_fetches_them(void **state)
{
    (void)state;
    struct facts f;
    struct media_fact fact = {.kind = FACT_SPEAKING};
    facts_init(&f);
    for (int i = 0; i < FACTS_MAX + 10; i++)
        facts_put(&f, &fact);
    assert_int_equal(f.count, FACTS_MAX);
    assert_int_equal(f.lost, 10);
    facts_finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(facts_come_out_in_order),
        cmocka_unit_test(nobody_fetches_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
