#include "../rows.h"
#include "base/cursor.h"

static void reads_big_endian(void **state)
{
    (void)state;
    struct bytes b = bytes_from_hex("01 0203 040506 0708090a 0b0c0d0e0f101112");
    struct reader r = reader_on(b.at, b.len);
    assert_int_equal(read_u8(&r), 0x01);
    assert_int_equal(read_u16(&r), 0x0203);
    assert_int_equal(read_u24(&r), 0x040506);
    assert_int_equal(read_u32(&r), 0x0708090a);
    assert_true(read_u64(&r) == 0x0b0c0d0e0f101112u);
    assert_int_equal(reader_left(&r), 0);
    assert_int_equal(r.error, ERR_NONE);
    free(b.at);
}

/* A read of `want` bytes with `have` there. */
static void fails_once_and_stays(void **state)
{
    static const struct {
        size_t have, want;
        bool good;
    } rows[] = {{0, 0, true}, {0, 1, false}, {1, 1, true},        {1, 2, false},
                {4, 4, true}, {4, 5, false}, {4, SIZE_MAX, false}};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint8_t *block = malloc(rows[i].have + 1);
        struct reader r = reader_on(block, rows[i].have);
        ROW_EQUAL(i, read_bytes(&r, rows[i].want) != NULL, rows[i].good);
        ROW_EQUAL(i, r.error, rows[i].good ? ERR_NONE : ERR_SHORT);
        if (!rows[i].good) {
            ROW_EQUAL(i, reader_left(&r), 0);
            ROW_EQUAL(i, read_u32(&r), 0);
            ROW_TRUE(i, read_bytes(&r, 0) == NULL);
        }
        free(block);
    }
}

static void nothing_is_an_empty_input(void **state)
{
    (void)state;
    struct reader r = reader_on(NULL, 9);
    assert_int_equal(reader_left(&r), 0);
    assert_int_equal(read_u8(&r), 0);
    assert_int_equal(r.error, ERR_SHORT);
}

static void parts_stay_in_their_bounds(void **state)
{
    static const uint8_t bytes[6] = {1, 2, 3, 4, 5, 6};
    (void)state;
    struct reader r = reader_on(bytes, sizeof bytes);
    struct reader part = read_part(&r, 4);
    assert_int_equal(read_u32(&part), 0x01020304);
    assert_int_equal(read_u8(&part), 0);
    assert_int_equal(part.error, ERR_SHORT);
    assert_int_equal(read_u16(&r), 0x0506);
    assert_int_equal(r.error, ERR_NONE);
    part = read_part(&r, 1);
    assert_int_equal(part.error, ERR_SHORT);
    assert_int_equal(reader_left(&part), 0);
}

static void the_first_error_stays(void **state)
{
    static const uint8_t bytes[2] = {1, 2};
    (void)state;
    struct reader r = reader_on(bytes, sizeof bytes);
    reader_fail(&r, ERR_MALFORMED);
    reader_fail(&r, ERR_LONG);
    assert_int_equal(read_u24(&r), 0);
    assert_int_equal(r.error, ERR_MALFORMED);
}

static void writes_what_is_read(void **state)
{
    static const uint8_t wanted[] = {1,  2,  3,  4,  5,  6,  7,  8,    9, 10, 11,
                                     12, 13, 14, 15, 16, 17, 18, 0xab, 0, 0};
    uint8_t out[sizeof wanted];
    (void)state;
    struct writer w = writer_on(out, sizeof out);
    write_u8(&w, 1);
    write_u16(&w, 0);
    write_u24(&w, 0x040506);
    write_u32(&w, 0x0708090a);
    write_u64(&w, 0x0b0c0d0e0f101112u);
    write_bytes(&w, "\xab", 1);
    write_bytes(&w, NULL, 0);
    write_zeros(&w, 2);
    patch_u16(&w, 1, 0x0203);
    assert_int_equal(w.error, ERR_NONE);
    assert_int_equal(writer_len(&w), sizeof wanted);
    assert_memory_equal(out, wanted, sizeof wanted);
}

static void a_full_writer_refuses_and_stays(void **state)
{
    uint8_t out[5] = {9, 9, 9, 9, 9};
    (void)state;
    struct writer w = writer_on(out, 3);
    write_u16(&w, 0x0102);
    write_u16(&w, 0x0304);
    assert_int_equal(w.error, ERR_SPACE);
    write_u8(&w, 5);
    patch_u16(&w, 0, 0x0a0b);
    assert_int_equal(writer_len(&w), 2);
    assert_memory_equal(out, "\1\2\x09\x09\x09", 5);
}

static void patches_only_what_is_written(void **state)
{
    uint8_t out[4] = {0};
    (void)state;
    struct writer w = writer_on(out, sizeof out);
    write_u16(&w, 0x0102);
    patch_u16(&w, 1, 0xffff);
    assert_int_equal(w.error, ERR_SPACE);
    assert_memory_equal(out, "\1\2\0\0", 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_big_endian),
        cmocka_unit_test(fails_once_and_stays),
        cmocka_unit_test(nothing_is_an_empty_input),
        cmocka_unit_test(parts_stay_in_their_bounds),
        cmocka_unit_test(the_first_error_stays),
        cmocka_unit_test(writes_what_is_read),
        cmocka_unit_test(a_full_writer_refuses_and_stays),
        cmocka_unit_test(patches_only_what_is_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
