#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "notices.h"

static struct aula_event told(uint64_t n, const char *text)
{
    return (struct aula_event){.kind = AULA_TOLD, .n = n, .name = "chat", .text = text};
}

static void they_come_out_in_order_and_are_copies(void **state)
{
    (void)state;
    struct notices n;
    struct aula_event e;
    char text[] = "{\"a\":1}";
    uint8_t opus[] = {1, 2, 3};
    notices_init(&n);
    struct aula_event first = told(1, text);
    notices_add(&n, &first, false);
    struct aula_event second = {
        .kind = AULA_PAYLOAD, .name = "payload", .payload = {.opus = opus, .length = 3}};
    notices_add(&n, &second, true);
    memset(text, 'x', sizeof text - 1);
    opus[0] = 9;
    assert_true(notices_take(&n, &e));
    assert_string_equal(e.text, "{\"a\":1}");
    assert_string_equal(e.why, "");
    assert_true(notices_take(&n, &e));
    assert_string_equal(e.text, "{}");
    assert_int_equal(e.payload.opus[0], 1);
    assert_false(notices_take(&n, &e));
    notices_finish(&n);
}

static void when_nobody_takes_them_signals_go_first(void **state)
{
    (void)state;
    struct notices n;
    struct aula_event e, signal = {.kind = AULA_SIGNAL, .name = "speaking"};
    notices_init(&n);
    for (int i = 0; i < NOTICES_DROPPABLE_MAX + 10; i++)
        notices_add(&n, &signal, true);
    assert_int_equal(n.count, NOTICES_DROPPABLE_MAX);
    assert_int_equal(n.lost, 10);
    for (uint64_t i = 1; i <= NOTICES_MAX; i++) {
        struct aula_event event = told(i, NULL);
        notices_add(&n, &event, false);
    }
    assert_int_equal(n.count, NOTICES_MAX);
    assert_int_equal(n.lost, 10 + NOTICES_DROPPABLE_MAX);
    for (uint64_t i = 1; i <= NOTICES_MAX; i++) {
        assert_true(notices_take(&n, &e));
        assert_int_equal(e.n, i);
    }
    notices_finish(&n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(they_come_out_in_order_and_are_copies),
                                       cmocka_unit_test(when_nobody_takes_them_signals_go_first)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
