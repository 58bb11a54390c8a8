/* Bytes that grow: numbers in network order, patches within what is there. */
#include "../rows.h"
#include "record/buffer.h"

static void numbers_are_in_network_order(void **state)
{
    static const uint8_t want[] = {0x7f, 0x12, 0x34, 0xde, 0xad, 0xbe, 0xef, 0,   0,  0,
                                   1,    2,    3,    4,    5,    0,    0,    'a', 'b'};
    struct buffer b = {0};
    (void)state;
    buffer_number(&b, 0x7f, 1);
    buffer_number(&b, 0xff1234, 2); /* the higher bytes are not asked for */
    buffer_number(&b, 0xdeadbeef, 4);
    buffer_number(&b, 0x0102030405, 8);
    buffer_zeros(&b, 2);
    buffer_put(&b, "ab", 2);
    buffer_put(&b, NULL, 0);
    assert_int_equal(b.len, sizeof want);
    assert_memory_equal(b.bytes, want, sizeof want);
    buffer_finish(&b);
}

static void patches_stay_within(void **state)
{
    struct buffer b = {0};
    (void)state;
    buffer_zeros(&b, 6);
    buffer_patch_u32(&b, 1, 0x01020304);
    buffer_patch_u32(&b, 3, 0xffffffff); /* would reach past the end */
    assert_memory_equal(b.bytes, "\0\1\2\3\4\0", 6);
    assert_int_equal(b.len, 6);
    buffer_finish(&b);
}

static void it_grows_and_is_used_again(void **state)
{
    struct buffer b = {0};
    (void)state;
    for (int i = 0; i < 100000; i++)
        buffer_number(&b, (uint64_t)i, 4);
    assert_int_equal(b.len, 400000);
    assert_memory_equal(b.bytes + 399996, "\0\1\x86\x9f", 4);
    const uint8_t *bytes = b.bytes;
    buffer_clear(&b);
    buffer_put(&b, "x", 1);
    assert_ptr_equal(b.bytes, bytes);
    assert_int_equal(b.len, 1);
    buffer_finish(&b);
    assert_null(b.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(numbers_are_in_network_order),
                                       cmocka_unit_test(patches_stay_within),
                                       cmocka_unit_test(it_grows_and_is_used_again)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
