#include "../rows.h"
#include "egress/outbox.h"

static const struct address to = {.port = 9};

static void put(struct outbox *o, uint8_t mark, size_t len)
{
    uint8_t *bytes = outbox_claim(o, len);
    assert_non_null(bytes);
    memset(bytes, mark, len);
    outbox_put(o, &to, bytes, len);
}

static void gives_in_order_what_was_put(void **state)
{
    (void)state;
    struct outbox o;
    const struct media_datagram *d;
    outbox_init(&o);
    assert_int_equal(outbox_waiting(&o, &d), 0);
    for (unsigned i = 0; i < 1000; i++)
        put(&o, (uint8_t)i, 1 + i);
    assert_int_equal(outbox_waiting(&o, &d), 1000);
    for (unsigned i = 0; i < 1000; i++) {
        assert_int_equal(d[i].len, 1 + i);
        assert_int_equal(d[i].bytes[i], (uint8_t)i);
    }
    outbox_sent(&o, 999);
    put(&o, 77, 5); /* while one still waits */
    assert_int_equal(outbox_waiting(&o, &d), 2);
    assert_int_equal(d[0].len, 1000);
    assert_int_equal(d[1].bytes[4], 77);
    outbox_sent(&o, 50); /* more than there are */
    assert_int_equal(outbox_waiting(&o, &d), 0);
    outbox_finish(&o);
}

static void memory_is_used_again(void **state)
{
    (void)state;
    struct outbox o;
    const struct media_datagram *d;
    outbox_init(&o);
    put(&o, 1, 100);
    outbox_waiting(&o, &d);
    const uint8_t *first = d->bytes;
    outbox_sent(&o, 1);
    for (int i = 0; i < 10000; i++) {
        put(&o, 1, 100);
        outbox_waiting(&o, &d);
        assert_ptr_equal(d->bytes, first);
        outbox_sent(&o, 1);
    }
    outbox_finish(&o);
}

static void a_stuck_network_fills_it_and_no_more(void **state)
{
    (void)state;
    struct outbox o;
    const struct media_datagram *d;
    outbox_init(&o);
    for (unsigned i = 0; i < OUTBOX_DATAGRAMS_MAX; i++)
        put(&o, 1, 100);
    assert_null(outbox_claim(&o, 100));
    assert_int_equal(o.dropped, 1);
    outbox_sent(&o, outbox_waiting(&o, &d));
    put(&o, 1, 100);
    assert_null(outbox_claim(&o, LINK_DATAGRAM_MAX + LINK_SEAL_OVERHEAD + 1));
    outbox_finish(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_in_order_what_was_put),
        cmocka_unit_test(memory_is_used_again),
        cmocka_unit_test(a_stuck_network_fills_it_and_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
