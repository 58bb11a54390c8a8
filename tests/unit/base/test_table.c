#include "../rows.h"
#include "base/table.h"

#define MAXIMUM 100
#define SEED    0x1234567890abcdefu

static int values[MAXIMUM + 1];

static struct table *table_of(size_t maximum)
{
    struct table *t = NULL;
    assert_int_equal(table_create(maximum, SEED, &t), ERR_NONE);
    return t;
}

static void puts_gets_and_takes(void **state)
{
    (void)state;
    struct table *t = table_of(MAXIMUM);
    assert_null(table_get(t, "a", 1));
    assert_int_equal(table_put(t, "a", 1, &values[1]), ERR_NONE);
    assert_int_equal(table_put(t, "a\0", 2, &values[2]), ERR_NONE);
    assert_int_equal(table_put(t, "", 0, &values[3]), ERR_NONE);
    assert_ptr_equal(table_get(t, "a", 1), &values[1]);
    assert_ptr_equal(table_get(t, "a\0", 2), &values[2]);
    assert_ptr_equal(table_get(t, "", 0), &values[3]);
    assert_int_equal(table_put(t, "a", 1, &values[4]), ERR_NONE);
    assert_int_equal(table_count(t), 3);
    assert_ptr_equal(table_take(t, "a", 1), &values[4]);
    assert_null(table_take(t, "a", 1));
    assert_ptr_equal(table_get(t, "a\0", 2), &values[2]);
    assert_int_equal(table_count(t), 2);
    table_destroy(t);
}

static void keys_and_values_have_limits(void **state)
{
    static const uint8_t key[TABLE_KEY_MAX + 1];
    (void)state;
    struct table *t = table_of(MAXIMUM);
    assert_int_equal(table_put(t, key, TABLE_KEY_MAX, values), ERR_NONE);
    assert_int_equal(table_put(t, key, TABLE_KEY_MAX + 1, values), ERR_LONG);
    assert_null(table_get(t, key, TABLE_KEY_MAX + 1));
    assert_null(table_take(t, key, TABLE_KEY_MAX + 1));
    assert_int_equal(table_put(t, key, 1, NULL), ERR_STATE);
    assert_int_equal(table_count(t), 1);
    table_destroy(t);
}

static void a_full_table_refuses_but_replaces(void **state)
{
    (void)state;
    struct table *t = table_of(MAXIMUM);
    for (int i = 0; i < MAXIMUM; i++)
        ROW_EQUAL(i, table_put(t, &i, sizeof i, &values[i]), ERR_NONE);
    int more = MAXIMUM, old = 7;
    assert_int_equal(table_put(t, &more, sizeof more, &values[0]), ERR_FULL);
    assert_null(table_get(t, &more, sizeof more));
    assert_int_equal(table_put(t, &old, sizeof old, &values[MAXIMUM]), ERR_NONE);
    assert_ptr_equal(table_get(t, &old, sizeof old), &values[MAXIMUM]);
    assert_ptr_equal(table_take(t, &old, sizeof old), &values[MAXIMUM]);
    assert_int_equal(table_put(t, &more, sizeof more, &values[0]), ERR_NONE);
    table_destroy(t);
}

/* Against a plain array, seeded: entries come and go, and deletion never loses a neighbour. */
static void agrees_with_an_array(void **state)
{
    bool there[MAXIMUM] = {false};
    uint32_t random = 1;
    size_t count = 0;
    (void)state;
    struct table *t = table_of(MAXIMUM);
    for (int step = 0; step < 20000; step++) {
        random = random * 1664525 + 1013904223;
        uint32_t k = (random >> 16) % MAXIMUM;
        if (random >> 31 && !there[k]) {
            assert_int_equal(table_put(t, &k, sizeof k, &values[k]), ERR_NONE);
            there[k] = true;
            count++;
        } else {
            assert_ptr_equal(table_take(t, &k, sizeof k), there[k] ? &values[k] : NULL);
            count -= there[k] ? 1 : 0;
            there[k] = false;
        }
        assert_int_equal(table_count(t), count);
        for (uint32_t i = 0; step % 100 == 0 && i < MAXIMUM; i++)
            assert_ptr_equal(table_get(t, &i, sizeof i), there[i] ? &values[i] : NULL);
    }
    table_destroy(t);
}

static void walks_every_entry_once(void **state)
{
    bool seen[MAXIMUM] = {false};
    size_t at = 0;
    (void)state;
    struct table *t = table_of(MAXIMUM);
    assert_null(table_next(t, &at));
    for (int i = 0; i < MAXIMUM; i++)
        assert_int_equal(table_put(t, &i, sizeof i, &values[i]), ERR_NONE);
    at = 0;
    for (int *v = table_next(t, &at); v; v = table_next(t, &at)) {
        assert_false(seen[v - values]);
        seen[v - values] = true;
    }
    for (int i = 0; i < MAXIMUM; i++)
        ROW_TRUE(i, seen[i]);
    assert_null(table_next(t, &at));
    table_destroy(t);
}

static void destroying_nothing_is_legal(void **state)
{
    (void)state;
    table_destroy(NULL);
    struct table *t = table_of(0);
    assert_int_equal(table_put(t, "a", 1, values), ERR_FULL);
    assert_null(table_get(t, "a", 1));
    table_destroy(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(puts_gets_and_takes),
        cmocka_unit_test(keys_and_values_have_limits),
        cmocka_unit_test(a_full_table_refuses_but_replaces),
        cmocka_unit_test(agrees_with_an_array),
        cmocka_unit_test(walks_every_entry_once),
        cmocka_unit_test(destroying_nothing_is_legal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
