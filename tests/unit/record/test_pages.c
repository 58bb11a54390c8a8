#define _GNU_SOURCE /* memmem */
/* The head, and a stream that goes on where another left it. */
#include "record/pages.h"
#include "take.h"

static void the_head_is_two_pages(void **state)
{
    struct buffer out = {0};
    struct pages p;
    struct take_page page;
    size_t offset = 0;
    (void)state;
    assert_int_equal(pages_begin(&p, 0xdeadbeef, -48000, &out), ERR_NONE);
    assert_true(take_page(out.bytes, out.len, &offset, &page));
    assert_int_equal(page.flags, 2);
    assert_int_equal(page.body_len, 19);
    /* RFC 7845 §5.1: magic, version 1, two channels, pre-skip 312, 48 kHz, no gain, family 0 */
    assert_memory_equal(page.first_packet, "OpusHead\1\2\x38\1\x80\xbb\0\0\0\0\0", 19);
    assert_true(take_page(out.bytes, out.len, &offset, &page));
    assert_int_equal(page.flags, 0);
    assert_memory_equal(page.first_packet, "OpusTags", 8);
    assert_non_null(memmem(out.bytes, out.len, "AULA_START=-48000", 17));
    assert_false(take_page(out.bytes, out.len, &offset, &page));
    pages_finish(&p);
    buffer_finish(&out);
}

static void a_stream_goes_on(void **state)
{
    struct buffer out = {0};
    struct pages p;
    uint8_t packet[TAKE_PACKET_BYTES];
    (void)state;
    assert_int_equal(pages_begin(&p, 7, 0, &out), ERR_NONE);
    for (uint32_t i = 0; i < 6; i++) {
        take_packet(i, packet);
        assert_int_equal(pages_put(&p, packet, sizeof packet, (i + 1) * 960, i == 5), ERR_NONE);
        pages_flush(&p, &out);
        if (i % 2) {
            pages_finish(&p);
            assert_int_equal(pages_resume(&p, 7, PAGES_HEAD + i + 1), ERR_NONE);
        }
    }
    pages_finish(&p);
    assert_int_equal(take_check(out.bytes, out.len, 7), 6 * 960);
    buffer_finish(&out);
}

static void a_page_holds_as_much_as_it_may(void **state)
{
    static const struct {
        size_t len;
        unsigned segments;
    } rows[] = {{0, 1}, {1, 1}, {254, 1}, {255, 2}, {509, 2}, {510, 3}, {1400, 6}};
    struct buffer out = {0};
    struct pages p;
    struct take_page page;
    uint8_t packet[TAKE_PACKET_BYTES];
    size_t offset = 0;
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        ROW_EQUAL(i, pages_segments(rows[i].len), rows[i].segments);
    assert_int_equal(pages_begin(&p, 1, 0, &out), ERR_NONE);
    for (uint32_t i = 0; i < PAGES_SEGMENTS_MAX; i++) {
        take_packet(i, packet);
        assert_int_equal(pages_put(&p, packet, sizeof packet, (i + 1) * 960, false), ERR_NONE);
    }
    pages_flush(&p, &out);
    for (int i = 0; i < 3; i++)
        assert_true(take_page(out.bytes, out.len, &offset, &page));
    assert_int_equal(page.packets, PAGES_SEGMENTS_MAX);
    assert_int_equal(offset, out.len);
    pages_finish(&p);
    buffer_finish(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_head_is_two_pages),
                                       cmocka_unit_test(a_stream_goes_on),
                                       cmocka_unit_test(a_page_holds_as_much_as_it_may)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
