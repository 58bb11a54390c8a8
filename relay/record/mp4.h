/* The same packets as fragmented MP4 (ISO/IEC 14496-12; Opus in ISOBMFF): a head, then a moof and an mdat for
 * each Ogg page. Everything of it is written once, so that a file that was cut is whole up to its last
 * fragment. Fragments are numbered from 1, in step with the pages that hold sound. */
#ifndef AULA_RECORD_MP4_H
#define AULA_RECORD_MP4_H

#include "base/errors.h"
#include "record/buffer.h"

#define MP4_SAMPLES_MAX 255 /* of one fragment: as many packets as a page holds */

struct mp4_sample {
    uint32_t samples; /* at 48 kHz */
    uint32_t bytes;
};

/* Always the same bytes. The film's length (8 bytes at *ret_duration_at, at 48 kHz) is 0, not known, until it
 * is written over. */
void mp4_head(struct buffer *out, size_t *ret_duration_at);
/* One fragment; `time` is where it begins. */
void mp4_fragment(struct buffer *out, uint32_t sequence, uint64_t time, const struct mp4_sample *samples,
                  unsigned count, const uint8_t *data, size_t len);

struct mp4_piece {
    uint32_t sequence;
    uint64_t time, end;
    size_t len; /* of moof and mdat */
};

/* Reads a fragment as mp4_fragment writes it, and nothing else. ERR_SHORT (it is cut), ERR_MALFORMED. */
enum err mp4_read(const uint8_t *bytes, size_t len, struct mp4_piece *ret_piece) MUST_USE;

#endif
