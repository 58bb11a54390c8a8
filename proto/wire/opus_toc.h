/* What an Opus packet says about itself without being decoded (RFC 6716 §3). */
#ifndef AULA_WIRE_OPUS_TOC_H
#define AULA_WIRE_OPUS_TOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errors.h"

#define OPUS_TOC_FRAME_MAX   1275 /* bytes of one frame (R2) */
#define OPUS_TOC_FRAMES_MAX  48   /* of 2.5 ms in 120 ms (R5) */
#define OPUS_TOC_SAMPLES_MAX 5760 /* 120 ms at 48 kHz (R5) */
#define OPUS_TOC_DTX_BYTES   2    /* a packet this short carries no sound: the encoder's DTX */

enum opus_toc_mode { OPUS_TOC_SILK, OPUS_TOC_HYBRID, OPUS_TOC_CELT };
enum opus_toc_bandwidth { OPUS_TOC_NB, OPUS_TOC_MB, OPUS_TOC_WB, OPUS_TOC_SWB, OPUS_TOC_FB };

struct opus_toc {
    enum opus_toc_mode mode;
    enum opus_toc_bandwidth bandwidth;
    bool stereo;
    uint8_t config;         /* 0 .. 31 */
    uint8_t frames;         /* 1 .. OPUS_TOC_FRAMES_MAX */
    uint16_t frame_samples; /* of one frame at 48 kHz: 120 .. 2880 */
    uint16_t samples;       /* of the packet: frames * frame_samples */
    uint16_t padding_bytes; /* code 3's padding, its length bytes not counted */
};

/* Reads a whole packet and checks its framing by the rules R1 to R7 (§3.4). ERR_SHORT (empty),
 * ERR_MALFORMED. */
enum err opus_toc_parse(const uint8_t *packet, size_t len, struct opus_toc *ret_toc) MUST_USE;
/* True where the packet carries no sound (DTX: TOC alone or with one byte). */
bool opus_toc_is_dtx(size_t len);

#endif
