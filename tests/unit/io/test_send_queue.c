#include "../rows.h"
#include "io/send_queue.h"

static struct message *message_of(size_t len)
{
    char *text = calloc(1, len + 1);
    assert_non_null(text);
    memset(text, 'a', len);
    struct message *m = message_create(text, len);
    free(text);
    assert_non_null(m);
    return m;
}

/* Pushes a message of its own. */
static enum send_result push(struct send_queue *q, size_t len, bool droppable)
{
    struct message *m = message_of(len);
    enum send_result result = send_queue_push(q, m, droppable);
    message_release(m);
    return result;
}

static void keeps_the_order_and_shares(void **state)
{
    (void)state;
    struct send_queue a, b;
    struct message *one = message_create("one", 3), *two = message_create("two", 3);
    send_queue_init(&a);
    send_queue_init(&b);
    assert_null(send_queue_first(&a));
    assert_int_equal(send_queue_push(&a, one, false), SEND_QUEUED);
    assert_int_equal(send_queue_push(&b, one, true), SEND_QUEUED);
    assert_int_equal(send_queue_push(&a, two, false), SEND_QUEUED);
    assert_int_equal(one->references, 3);
    message_release(one);
    message_release(two);
    assert_ptr_equal(send_queue_first(&a), one);
    assert_memory_equal(message_text(one), "one", 3);
    send_queue_pop(&a);
    assert_ptr_equal(send_queue_first(&a), two);
    assert_int_equal(one->references, 1);
    assert_int_equal(a.bytes, 3);
    send_queue_finish(&a);
    send_queue_finish(&b);
    assert_int_equal(a.bytes + b.bytes, 0);
}

static void droppable_is_skipped_first(void **state)
{
    (void)state;
    struct send_queue q;
    send_queue_init(&q);
    for (int i = 0; i < SEND_DROPPABLE_SLOTS; i++)
        assert_int_equal(push(&q, 10, true), SEND_QUEUED);
    assert_int_equal(push(&q, 10, true), SEND_SKIPPED);
    assert_int_equal(q.skipped, 1);
    /* what must arrive still fits, and pushes the droppable ones out when it does not */
    for (int i = 0; i < SEND_SLOTS_MAX - 1; i++)
        assert_int_equal(push(&q, 10, false), SEND_QUEUED);
    assert_int_equal(q.count, SEND_SLOTS_MAX); /* the oldest stays: it may be half written */
    assert_int_equal(q.skipped, SEND_DROPPABLE_SLOTS);
    assert_int_equal(push(&q, 10, false), SEND_SLOW);
    assert_int_equal(push(&q, 10, true), SEND_SKIPPED);
    assert_int_equal(q.count, SEND_SLOTS_MAX);
    send_queue_finish(&q);
    assert_int_equal(q.bytes, 0);
}

static void the_limit_in_bytes(void **state)
{
    (void)state;
    static const struct {
        size_t waiting, len;
        bool droppable;
        enum send_result result;
    } rows[] = {
        {0, 10 * SEND_BYTES_MAX, false, SEND_QUEUED}, /* 0: a whole state alone may be longer */
        {1, SEND_BYTES_MAX - 1, false, SEND_QUEUED},  /* 1 */
        {1, SEND_BYTES_MAX, false, SEND_SLOW},        /* 2 */
        {1, SEND_BYTES_MAX, true, SEND_SKIPPED},      /* 3 */
        {SEND_BYTES_MAX, 1, false, SEND_SLOW},        /* 4 */
        {SEND_BYTES_MAX, 0, false, SEND_QUEUED},      /* 5: nothing fits always */
        {10 * SEND_BYTES_MAX, 1, true, SEND_SKIPPED}, /* 6 */
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct send_queue q;
        send_queue_init(&q);
        if (rows[i].waiting > 0)
            ROW_EQUAL(i, push(&q, rows[i].waiting, false), SEND_QUEUED);
        ROW_EQUAL(i, push(&q, rows[i].len, rows[i].droppable), rows[i].result);
        send_queue_finish(&q);
    }
}

static void rings_round_many_times(void **state)
{
    (void)state;
    struct send_queue q;
    send_queue_init(&q);
    for (size_t i = 0; i < 10 * SEND_SLOTS_MAX; i++) {
        assert_int_equal(push(&q, i % 7, i % 3 == 0), SEND_QUEUED);
        if (q.count > 5) {
            assert_int_equal(send_queue_first(&q)->len, (i - 5) % 7);
            send_queue_pop(&q);
        }
    }
    send_queue_finish(&q);
    assert_int_equal(q.bytes, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_the_order_and_shares),
        cmocka_unit_test(droppable_is_skipped_first),
        cmocka_unit_test(the_limit_in_bytes),
        cmocka_unit_test(rings_round_many_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
