#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/heap.h"
#include "sim/random.h"

static void soonest_first(void **state)
{
    (void)state;
    struct sim_heap h;
    struct sim_random r;
    static int things[1000];
    sim_heap_init(&h, 1000);
    sim_random_seed(&r, 5);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(sim_heap_put(&h, (point_us)(sim_random_u64(&r) % 50), &things[i]), ERR_NONE);
    point_us last_us = -1;
    int *last = NULL;
    for (int i = 0; i < 1000; i++) {
        point_us at_us = sim_heap_first(&h)->at_us;
        int *thing = sim_heap_take(&h);
        assert_true(at_us >= last_us);
        assert_true(at_us > last_us || thing > last); /* of one moment: as they were put */
        last_us = at_us;
        last = thing;
    }
    assert_null(sim_heap_first(&h));
    assert_null(sim_heap_take(&h));
    sim_heap_finish(&h);
}

static void full_refuses(void **state)
{
    (void)state;
    struct sim_heap h;
    int thing;
    sim_heap_init(&h, 3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(sim_heap_put(&h, i, &thing), ERR_NONE);
    assert_int_equal(sim_heap_put(&h, 0, &thing), ERR_FULL);
    sim_heap_take(&h);
    assert_int_equal(sim_heap_put(&h, 0, &thing), ERR_NONE);
    sim_heap_finish(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(soonest_first),
        cmocka_unit_test(full_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
