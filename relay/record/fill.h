/* Packets that stand for sound that never came (RFC 7845 §4.1): a TOC byte whose frames have no bytes, which
 * a decoder conceals. So positions in the file stay true, and nothing is invented. */
#ifndef AULA_RECORD_FILL_H
#define AULA_RECORD_FILL_H

#include <stddef.h>
#include <stdint.h>

#define FILL_STEP_SAMPLES 120 /* 2.5 ms: no gap that is shorter can be filled (RFC 6716 §2.1.4) */
#define FILL_BYTES_MAX    2
#define FILL_TOC_DEFAULT  0xfc /* where no packet came before: CELT, full band, 20 ms, one frame */

/* The next packet for a gap of this length after a packet with this TOC: as many of that packet's frames as
 * go in (at most 120 ms), then shorter ones, in CELT where the mode knows none so short. Returns its bytes
 * and how many samples it stands for; 0 where the gap is under FILL_STEP_SAMPLES. */
size_t fill_packet(uint8_t toc_before, int64_t gap_samples, uint8_t ret_packet[FILL_BYTES_MAX],
                   int32_t *ret_samples);

#endif
