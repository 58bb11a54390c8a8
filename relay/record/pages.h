/* Ogg Opus (RFC 3533, 7845): the head, and pages of whole packets. libogg frames and checks them; what is
 * ours is which packets share a page, and that a stream goes on where a killed relay left it. */
#ifndef AULA_RECORD_PAGES_H
#define AULA_RECORD_PAGES_H

#include <ogg/ogg.h>

#include "base/errors.h"
#include "base/time.h"
#include "record/buffer.h"

/* An Opus encoder's look-ahead (SOUND.md: 312 samples): so much of the first packet comes before the session
 * time that it bears. Players leave it out, and sound and pages share one clock. */
#define PAGES_PRE_SKIP     312
#define PAGES_CHANNELS     2   /* so that mono and stereo packets play (RFC 7845 §5.1.1) */
#define PAGES_SEGMENTS_MAX 255 /* of one page (RFC 3533 §6) */
#define PAGES_BYTES_MAX    60000
#define PAGES_HEAD         2             /* pages before the first with sound */
#define PAGES_START_TAG    "AULA_START=" /* session time of granule 0, in samples */

struct pages {
    ogg_stream_state stream;
    bool is; /* the stream is initialised */
};

/* Begins a stream, and writes its head. ERR_MEMORY. */
enum err pages_begin(struct pages *p, uint32_t serial, session_samples start, struct buffer *out) MUST_USE;
/* Goes on with one: `page` is the number of the next. ERR_MEMORY. */
enum err pages_resume(struct pages *p, uint32_t serial, uint32_t page) MUST_USE;
void pages_finish(struct pages *p);
/* How many of a page's segments a packet takes. */
unsigned pages_segments(size_t packet_len);
/* A packet into the page under way; `granule` is where it ends. The caller keeps to PAGES_SEGMENTS_MAX and
 * PAGES_BYTES_MAX. ERR_MEMORY. */
enum err pages_put(struct pages *p, const uint8_t *packet, size_t len, int64_t granule, bool last) MUST_USE;
/* Appends the page under way, if it holds anything. */
void pages_flush(struct pages *p, struct buffer *out);

#endif
