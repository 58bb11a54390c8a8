#include "wire/opus_toc.h"

#include "base/cursor.h"

#define STEREO_BIT    0x04
#define VBR_BIT       0x80 /* code 3's frame count byte (§3.2.5) */
#define PADDING_BIT   0x40
#define FRAMES_MASK   0x3f
#define LONG_FROM     252 /* a length byte from here on has a second one (§3.2.1) */
#define PADDING_CHAIN 255 /* 254 bytes of padding and another count byte follows */

/* Mode, bandwidth and frame length of configurations 0 .. 31 (§3.1, table 2). */
static void read_config(uint8_t config, struct opus_toc *t)
{
    static const uint16_t silk[4] = {480, 960, 1920, 2880}, celt[4] = {120, 240, 480, 960};
    static const enum opus_toc_bandwidth celt_bands[4] = {OPUS_TOC_NB, OPUS_TOC_WB, OPUS_TOC_SWB,
                                                          OPUS_TOC_FB};
    t->config = config;
    if (config < 12) {
        t->mode = OPUS_TOC_SILK;
        t->bandwidth = (enum opus_toc_bandwidth)(OPUS_TOC_NB + config / 4);
        t->frame_samples = silk[config % 4];
    } else if (config < 16) {
        t->mode = OPUS_TOC_HYBRID;
        t->bandwidth = config < 14 ? OPUS_TOC_SWB : OPUS_TOC_FB;
        t->frame_samples = silk[config % 2];
    } else {
        t->mode = OPUS_TOC_CELT;
        t->bandwidth = celt_bands[(config - 16) / 4];
        t->frame_samples = celt[config % 4];
    }
}

/* A frame's length in one or two bytes (§3.2.1). */
static size_t read_length(struct reader *r)
{
    size_t first = read_u8(r);
    return first < LONG_FROM ? first : first + 4 * (size_t)read_u8(r);
}

/* Frames of one length fill what is left (R2, R3, R6). */
static void check_equal(struct reader *r, size_t frames)
{
    size_t left = reader_left(r);
    if (left % frames != 0 || left / frames > OPUS_TOC_FRAME_MAX)
        reader_fail(r, ERR_MALFORMED);
}

/* All frames but the last give their length; the last has the rest (R4, R7). */
static void check_lengths(struct reader *r, size_t frames)
{
    size_t sum = 0;
    for (size_t i = 0; i + 1 < frames; i++)
        sum += read_length(r);
    size_t left = reader_left(r);
    if (sum > left || left - sum > OPUS_TOC_FRAME_MAX)
        reader_fail(r, ERR_MALFORMED);
}

/* The padding's length bytes; takes the padding off the end (R6, R7). */
static void read_padding(struct reader *r, struct opus_toc *t)
{
    size_t padding = 0;
    uint8_t more;
    do {
        more = read_u8(r);
        padding += more == PADDING_CHAIN ? PADDING_CHAIN - 1u : more;
    } while (more == PADDING_CHAIN);
    if (padding > reader_left(r) || padding > UINT16_MAX) {
        reader_fail(r, ERR_MALFORMED);
        return;
    }
    r->end -= padding;
    t->padding_bytes = (uint16_t)padding;
}

static void read_code_3(struct reader *r, struct opus_toc *t)
{
    uint8_t head = read_u8(r);
    t->frames = head & FRAMES_MASK;
    if (t->frames == 0 || (unsigned)t->frames * t->frame_samples > OPUS_TOC_SAMPLES_MAX) {
        reader_fail(r, ERR_MALFORMED);
        return;
    }
    if (head & PADDING_BIT)
        read_padding(r, t);
    if (head & VBR_BIT)
        check_lengths(r, t->frames);
    else
        check_equal(r, t->frames);
}

enum err opus_toc_parse(const uint8_t *packet, size_t len, struct opus_toc *ret_toc)
{
    if (len == 0)
        return ERR_SHORT;
    struct opus_toc t = {.stereo = packet[0] & STEREO_BIT};
    struct reader r = reader_on(packet + 1, len - 1);
    unsigned code = packet[0] & 3;
    read_config(packet[0] >> 3, &t);
    t.frames = code == 0 ? 1 : 2;
    if (code == 3)
        read_code_3(&r, &t);
    else if (code == 2)
        check_lengths(&r, 2);
    else
        check_equal(&r, t.frames);
    if (r.error)
        return ERR_MALFORMED;
    t.samples = (uint16_t)(t.frames * t.frame_samples);
    *ret_toc = t;
    return ERR_NONE;
}

bool opus_toc_is_dtx(size_t len)
{
    return len <= OPUS_TOC_DTX_BYTES;
}
