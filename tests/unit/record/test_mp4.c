/* Boxes: their sizes add up, what stands in them, and that a fragment is read back only as it was written. */
#include "../rows.h"
#include "record/mp4.h"

static uint32_t u32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static bool holds_boxes(const uint8_t *type)
{
    static const char *const known[] = {"moov", "trak", "edts", "mdia", "minf",
                                        "dinf", "stbl", "mvex", "moof", "traf"};
    for (size_t i = 0; i < COUNT(known); i++)
        if (memcmp(type, known[i], 4) == 0)
            return true;
    return false;
}

/* Every box lies whole within its own; *ret_types names them in their order. */
static void walk(const uint8_t *bytes, size_t len, char *types, size_t room)
{
    for (size_t at = 0; at < len;) {
        assert_true(len - at >= 8);
        uint32_t size = u32(bytes + at);
        assert_in_range(size, 8, len - at);
        size_t used = strlen(types);
        assert_true(used + 6 < room);
        memcpy(types + used, bytes + at + 4, 4);
        strcpy(types + used + 4, " ");
        if (holds_boxes(bytes + at + 4))
            walk(bytes + at + 8, size - 8, types, room);
        at += size;
    }
}

static void the_head_has_its_boxes(void **state)
{
    struct buffer out = {0}, again = {0};
    size_t at, at_again;
    char types[512] = "";
    (void)state;
    mp4_head(&out, &at);
    walk(out.bytes, out.len, types, sizeof types);
    assert_string_equal(
        types,
        "ftyp moov mvhd trak tkhd edts elst mdia mdhd hdlr minf smhd dinf dref stbl stsd stts stsc stsz "
        "stco mvex mehd trex ");
    assert_memory_equal(out.bytes + at - 8, "mehd\1\0\0\0", 8);
    mp4_head(&again, &at_again);
    assert_int_equal(again.len, out.len);
    assert_memory_equal(again.bytes, out.bytes, out.len);
    buffer_finish(&out);
    buffer_finish(&again);
}

static void make(struct buffer *out)
{
    static const struct mp4_sample samples[] = {{960, 3}, {960, 1}, {5760, 2}};
    mp4_fragment(out, 9, 0x123456789, samples, 3, (const uint8_t *)"abcdef", 6);
}

static void a_fragment_is_read_back(void **state)
{
    struct buffer out = {0};
    struct mp4_piece piece;
    char types[512] = "";
    (void)state;
    make(&out);
    walk(out.bytes, out.len, types, sizeof types);
    assert_string_equal(types, "moof mfhd traf tfhd tfdt trun mdat ");
    assert_int_equal(mp4_read(out.bytes, out.len, &piece), ERR_NONE);
    assert_int_equal(piece.sequence, 9);
    assert_int_equal(piece.time, 0x123456789);
    assert_int_equal(piece.end, 0x123456789 + 7680);
    assert_int_equal(piece.len, out.len);
    buffer_finish(&out);
}

static void what_is_cut_or_changed_is_no_fragment(void **state)
{
    struct buffer out = {0};
    struct mp4_piece piece;
    unsigned taken = 0;
    (void)state;
    make(&out);
    for (size_t len = 0; len < out.len; len++) {
        uint8_t *cut = malloc(len ? len : 1);
        memcpy(cut, out.bytes, len);
        assert_int_not_equal(mp4_read(cut, len, &piece), ERR_NONE);
        free(cut);
    }
    for (size_t i = 0; i < out.len; i++) {
        out.bytes[i] ^= 0x80;
        taken += mp4_read(out.bytes, out.len, &piece) == ERR_NONE;
        out.bytes[i] ^= 0x80;
    }
    assert_int_equal(taken, 4 + 8 + 3 * 4 + 6); /* the number, the time, the lengths, the sound itself */
    buffer_finish(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_head_has_its_boxes),
                                       cmocka_unit_test(a_fragment_is_read_back),
                                       cmocka_unit_test(what_is_cut_or_changed_is_no_fragment)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
