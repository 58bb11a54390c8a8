#include "../rows.h"
#include "wire/opus_toc.h"

/* RFC 6716 §3.1, table 2, whole. */
static void configurations(void **state)
{
    static const struct {
        enum opus_toc_mode mode;
        enum opus_toc_bandwidth bandwidth;
        unsigned samples;
    } rows[32] = {
        {OPUS_TOC_SILK, OPUS_TOC_NB, 480},    {OPUS_TOC_SILK, OPUS_TOC_NB, 960},
        {OPUS_TOC_SILK, OPUS_TOC_NB, 1920},   {OPUS_TOC_SILK, OPUS_TOC_NB, 2880},
        {OPUS_TOC_SILK, OPUS_TOC_MB, 480},    {OPUS_TOC_SILK, OPUS_TOC_MB, 960},
        {OPUS_TOC_SILK, OPUS_TOC_MB, 1920},   {OPUS_TOC_SILK, OPUS_TOC_MB, 2880},
        {OPUS_TOC_SILK, OPUS_TOC_WB, 480},    {OPUS_TOC_SILK, OPUS_TOC_WB, 960},
        {OPUS_TOC_SILK, OPUS_TOC_WB, 1920},   {OPUS_TOC_SILK, OPUS_TOC_WB, 2880},
        {OPUS_TOC_HYBRID, OPUS_TOC_SWB, 480}, {OPUS_TOC_HYBRID, OPUS_TOC_SWB, 960},
        {OPUS_TOC_HYBRID, OPUS_TOC_FB, 480},  {OPUS_TOC_HYBRID, OPUS_TOC_FB, 960},
        {OPUS_TOC_CELT, OPUS_TOC_NB, 120},    {OPUS_TOC_CELT, OPUS_TOC_NB, 240},
        {OPUS_TOC_CELT, OPUS_TOC_NB, 480},    {OPUS_TOC_CELT, OPUS_TOC_NB, 960},
        {OPUS_TOC_CELT, OPUS_TOC_WB, 120},    {OPUS_TOC_CELT, OPUS_TOC_WB, 240},
        {OPUS_TOC_CELT, OPUS_TOC_WB, 480},    {OPUS_TOC_CELT, OPUS_TOC_WB, 960},
        {OPUS_TOC_CELT, OPUS_TOC_SWB, 120},   {OPUS_TOC_CELT, OPUS_TOC_SWB, 240},
        {OPUS_TOC_CELT, OPUS_TOC_SWB, 480},   {OPUS_TOC_CELT, OPUS_TOC_SWB, 960},
        {OPUS_TOC_CELT, OPUS_TOC_FB, 120},    {OPUS_TOC_CELT, OPUS_TOC_FB, 240},
        {OPUS_TOC_CELT, OPUS_TOC_FB, 480},    {OPUS_TOC_CELT, OPUS_TOC_FB, 960},
    };
    (void)state;
    for (size_t i = 0; i < 32; i++) {
        for (unsigned stereo = 0; stereo < 2; stereo++) {
            uint8_t packet[3] = {(uint8_t)(i << 3 | stereo << 2), 1, 2};
            struct opus_toc t;
            ROW_EQUAL(i, opus_toc_parse(packet, sizeof packet, &t), ERR_NONE);
            ROW_TRUE(i, t.mode == rows[i].mode && t.bandwidth == rows[i].bandwidth && t.config == i);
            ROW_EQUAL(i, t.samples, rows[i].samples);
            ROW_EQUAL(i, t.stereo, stereo);
            ROW_EQUAL(i, t.frames, 1);
        }
    }
}

/* Frames of the packet; 0 = refused. 78 is configuration 15: hybrid, 20 ms; 18 is SILK of 60 ms, 80 CELT
 * of 2.5 ms. */
static void framing(void **state)
{
    static const struct {
        const char *hex;
        unsigned frames, samples, padding;
    } rows[] = {
        {"78", 1, 960, 0}, /* code 0: TOC alone */
        {"78 x1275:00", 1, 960, 0},
        {"78 x1276:00", 0, 0, 0}, /* R2 */
        {"f8fffe", 1, 960, 0},    /* silence */
        {"79", 2, 1920, 0},       /* code 1 */
        {"79 0102", 2, 1920, 0},
        {"79 01", 0, 0, 0}, /* R3: odd */
        {"79 x2550:00", 2, 1920, 0},
        {"79 x2552:00", 0, 0, 0}, /* R2 */
        {"7a", 0, 0, 0},          /* code 2: no length (R4) */
        {"7a 00", 2, 1920, 0},
        {"7a 02 0101", 2, 1920, 0},
        {"7a 03 0101", 0, 0, 0}, /* R4: longer than the packet */
        {"7a fc", 0, 0, 0},      /* second length byte missing */
        {"7a fc01 x256:01", 2, 1920, 0},
        {"7a fc01 x255:01", 0, 0, 0},
        {"7a ffff x1275:01", 2, 1920, 0}, /* the longest frame there is */
        {"7a 00 x1275:01", 2, 1920, 0},
        {"7a 00 x1276:01", 0, 0, 0}, /* R2: the rest too long */
        {"7b", 0, 0, 0},             /* code 3: no count (R6) */
        {"7b 00", 0, 0, 0},          /* R5: no frame */
        {"7b 01", 1, 960, 0},
        {"7b 03 010101", 3, 2880, 0},
        {"7b 03 0101", 0, 0, 0}, /* R6: not divisible */
        {"7b 06", 6, 5760, 0},
        {"7b 07", 0, 0, 0},     /* R5: 140 ms */
        {"83 30", 48, 5760, 0}, /* 48 frames of 2.5 ms */
        {"83 31", 0, 0, 0},
        {"1b 02", 2, 5760, 0}, /* two of 60 ms */
        {"1b 03", 0, 0, 0},
        {"7b 82 01 0102", 2, 1920, 0}, /* VBR */
        {"7b 82 02 01", 0, 0, 0},      /* R7 */
        {"7b 82", 0, 0, 0},
        {"7b 83 01 01 0102 x1275:03", 3, 2880, 0},
        {"7b 83 01 01 0102 x1276:03", 0, 0, 0},
        {"7b 81 x5:00", 1, 960, 0},      /* VBR of one frame: no length */
        {"7b 41 02 01 0000", 1, 960, 2}, /* padding */
        {"7b 41 00 01", 1, 960, 0},
        {"7b 41 02 0000", 1, 960, 2}, /* nothing but padding */
        {"7b 41", 0, 0, 0},           /* padding length missing */
        {"7b 41 ff", 0, 0, 0},        /* its second byte missing */
        {"7b 41 ff00 x254:00", 1, 960, 254},
        {"7b 41 ff01 x255:00", 1, 960, 255},
        {"7b 41 ff01 x254:00", 0, 0, 0}, /* longer than the packet */
        {"7b 41 02 00", 0, 0, 0},
        {"7b c2 01 01 05 00", 2, 1920, 1}, /* VBR and padding */
        {"7b c2 01 01 00", 0, 0, 0},       /* the frame lies in the padding */
        {"7b 42 01 0505 00", 2, 1920, 1},
        {"", 0, 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct bytes b = bytes_from_hex(rows[i].hex);
        struct opus_toc t = {.frames = 99};
        enum err e = opus_toc_parse(b.at, b.len, &t);
        ROW_EQUAL(i, e, rows[i].frames ? ERR_NONE : b.len ? ERR_MALFORMED : ERR_SHORT);
        ROW_EQUAL(i, t.frames, rows[i].frames ? rows[i].frames : 99);
        if (!e) {
            ROW_EQUAL(i, t.samples, rows[i].samples);
            ROW_EQUAL(i, t.padding_bytes, rows[i].padding);
        }
        free(b.at);
    }
}

static void padding_has_an_end(void **state)
{
    (void)state;
    size_t len = 70000;
    uint8_t *packet = calloc(1, len);
    struct opus_toc t;
    packet[0] = 0x7b;
    packet[1] = 0x41;
    memset(packet + 2, 0xff, 260); /* 260 * 254 bytes: more than a count of ours holds */
    assert_int_equal(opus_toc_parse(packet, len, &t), ERR_MALFORMED);
    free(packet);
}

static void dtx(void **state)
{
    (void)state;
    assert_true(opus_toc_is_dtx(0) && opus_toc_is_dtx(1) && opus_toc_is_dtx(2));
    assert_false(opus_toc_is_dtx(3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(configurations),
        cmocka_unit_test(framing),
        cmocka_unit_test(padding_has_an_end),
        cmocka_unit_test(dtx),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
