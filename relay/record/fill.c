#include "record/fill.h"

#include "wire/opus_toc.h"

#define STEREO_BIT      0x04
#define CODE_ONE        0 /* one frame */
#define CODE_TWO_EQUAL  1 /* two frames of one size: none */
#define CODE_MANY_EQUAL 3 /* a byte with their number follows */

/* RFC 6716 §3.1, table 2: the first configuration of each bandwidth in CELT (2.5 ms); medium band is not
 * there, wide band is next (RFC 7845 §4.1). */
static uint8_t celt_config(enum opus_toc_bandwidth bandwidth)
{
    static const uint8_t first[] = {
        [OPUS_TOC_NB] = 16, [OPUS_TOC_MB] = 20, [OPUS_TOC_WB] = 20, [OPUS_TOC_SWB] = 24, [OPUS_TOC_FB] = 28};
    return first[bandwidth];
}

/* A configuration whose frame goes into the gap: the one before while it does, else its mode's 10 ms, else
 * the longest in CELT. */
static uint8_t choose_config(const struct opus_toc *toc, int64_t gap, int32_t *ret_frame)
{
    int32_t ten_ms = 10 * 48, frame = FILL_STEP_SAMPLES;
    uint8_t step = 0;
    *ret_frame = toc->frame_samples;
    if (gap >= toc->frame_samples)
        return toc->config;
    if (toc->mode != OPUS_TOC_CELT && gap >= ten_ms) {
        *ret_frame = ten_ms;
        return (uint8_t)(toc->config - toc->config % (toc->mode == OPUS_TOC_SILK ? 4 : 2));
    }
    while (step < 3 && 2 * frame <= gap) {
        frame *= 2;
        step++;
    }
    *ret_frame = frame;
    return (uint8_t)(celt_config(toc->bandwidth) + step);
}

size_t fill_packet(uint8_t toc_before, int64_t gap_samples, uint8_t ret_packet[FILL_BYTES_MAX],
                   int32_t *ret_samples)
{
    struct opus_toc toc;
    const uint8_t one = (uint8_t)(toc_before & ~3);
    int32_t frame;
    *ret_samples = 0;
    if (gap_samples < FILL_STEP_SAMPLES || opus_toc_parse(&one, 1, &toc) != ERR_NONE)
        return 0;
    uint8_t config = choose_config(&toc, gap_samples, &frame);
    int64_t most = gap_samples < OPUS_TOC_SAMPLES_MAX ? gap_samples : OPUS_TOC_SAMPLES_MAX;
    int32_t frames = (int32_t)(most / frame);
    int code = frames == 1 ? CODE_ONE : frames == 2 ? CODE_TWO_EQUAL : CODE_MANY_EQUAL;
    ret_packet[0] = (uint8_t)(config << 3 | (toc.stereo ? STEREO_BIT : 0) | code);
    ret_packet[1] = (uint8_t)frames;
    *ret_samples = frames * frame;
    return code == CODE_MANY_EQUAL ? 2 : 1;
}
