/* Gaps: what stands for them is Opus, is all of the gap that can be filled, and keeps the stream's manner. */
#include "../rows.h"
#include "record/fill.h"
#include "wire/opus_toc.h"

static const struct {
    uint8_t toc;
    int64_t gap;
    const char *packets; /* one after the other */
    int64_t left;
} rows[] = {
    {0x78, 960, "78", 0},          /* hybrid FB 20 ms: one frame */
    {0x78, 1920, "79", 0},         /* two */
    {0x78, 2880, "7b03", 0},       /* three */
    {0x7b, 5760, "7b06", 0},       /* the code before does not matter */
    {0x78, 6720, "7b06 78", 0},    /* 140 ms: 120 and 20 */
    {0x7c, 960, "7c", 0},          /* stereo stays */
    {0x78, 4560, "7b04 70 e8", 0}, /* 95 ms: RFC 7845's example, in hybrid: 4x20, 10, CELT FB 5 */
    {0x48, 4560, "4b04 40 a8", 0}, /* in SILK WB: 4x20, 10, CELT WB 5 */
    {0x28, 240, "a8", 0},          /* medium band becomes wide band in CELT */
    {0x08, 120, "80", 0},          /* SILK NB: CELT NB 2.5 */
    {0xfc, 600, "f4 e4", 0},       /* CELT FB stereo: 10 ms and 2.5 ms */
    {0x58, 2880, "58", 0},         /* SILK WB 60 ms */
    {0x58, 2400, "4305", 0},       /* 50 ms: five of 10 ms */
    {0xe0, 960, "e3 08", 0},       /* frames of 2.5 ms: eight in one packet */
    {0x78, 119, "", 119},          /* nothing is so short */
    {0x78, 0, "", 0},
    {0x78, -960, "", -960},
    {0x78, 1000, "78", 40}, /* less than 2.5 ms stays */
};

static void each_gap_is_filled_as_far_as_it_can_be(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct bytes want = bytes_from_hex(rows[i].packets);
        uint8_t toc = rows[i].toc, packet[FILL_BYTES_MAX];
        int64_t gap = rows[i].gap;
        int32_t samples;
        size_t len, at = 0;
        while ((len = fill_packet(toc, gap, packet, &samples)) > 0) {
            struct opus_toc parsed;
            ROW_EQUAL(i, opus_toc_parse(packet, len, &parsed), ERR_NONE);
            ROW_EQUAL(i, parsed.samples, samples);
            ROW_TRUE(i, at + len <= want.len && memcmp(want.at + at, packet, len) == 0);
            at += len;
            gap -= samples;
            toc = packet[0];
        }
        ROW_EQUAL(i, at, want.len);
        ROW_EQUAL(i, gap, rows[i].left);
        free(want.at);
    }
}

static void every_configuration_fills_every_gap(void **state)
{
    (void)state;
    for (int toc = 0; toc < 256; toc++)
        for (int64_t gap = 120; gap < 12000; gap += 120) {
            uint8_t packet[FILL_BYTES_MAX], before = (uint8_t)toc;
            int64_t left = gap;
            int32_t samples;
            struct opus_toc parsed;
            size_t len;
            while ((len = fill_packet(before, left, packet, &samples)) > 0) {
                assert_int_equal(opus_toc_parse(packet, len, &parsed), ERR_NONE);
                assert_int_equal(parsed.samples, samples);
                assert_int_equal(parsed.stereo, (toc & 4) != 0);
                left -= samples;
                before = packet[0];
            }
            assert_int_equal(left, 0);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_gap_is_filled_as_far_as_it_can_be),
                                       cmocka_unit_test(every_configuration_fills_every_gap)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
