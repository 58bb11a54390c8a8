/* A jitter buffer without a clock and without a decoder: packets go in with their session time, frames are
 * asked for by session time. It only orders, removes duplicates, counts, and estimates how late packets come;
 * repair says what to do with a hole. */
#ifndef AULA_MEDIA_JITTER_H
#define AULA_MEDIA_JITTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errors.h"
#include "base/time.h"
#include "media/opus_codec.h"

#define JITTER_SLOTS              64                     /* packets held: over a second of 20 ms */
#define JITTER_TARGET_MAX_SAMPLES (200 * SAMPLES_PER_MS) /* we never wait longer than this for a packet */
#define JITTER_PAYLOAD_MAX        1400                   /* bytes: an RTP payload in one datagram */

struct jitter_packet {
    session_samples at; /* session time of its first sample */
    int32_t samples;    /* its length */
    uint16_t len;       /* bytes of payload */
    uint8_t payload[JITTER_PAYLOAD_MAX];
};

struct jitter_counters {
    uint64_t taken, duplicate, late, full;
    uint64_t bad; /* lengths that no Opus packet has */
};

struct jitter; /* heap: 90 KB */

enum err jitter_create(struct jitter **ret_jitter) MUST_USE;
void jitter_destroy(struct jitter *j);
/* Forgets all packets and what it learned; counters stay. */
void jitter_reset(struct jitter *j);

/* Puts a packet in. `late_samples`: how long after the earliest expected moment it arrived (0 = as early as
 * any). The payload is copied. ERR_REPLAY: a packet of that time, or of a part of it, is already here;
 * ERR_STALE: all of its time was already taken (both counted, and lateness of a late packet still teaches the
 * target); ERR_LONG, ERR_SHORT, ERR_MALFORMED: no payload, or `samples` is not a multiple of 2.5 ms up to
 * 120; ERR_FULL: all slots are taken. */
enum err jitter_put(struct jitter *j, session_samples at, int32_t samples, const uint8_t *payload, size_t len,
                    int64_t late_samples) MUST_USE;

/* The packet that starts at or covers session time `at`, or NULL. Borrowed until the next jitter_put,
 * jitter_drop_before or reset. */
const struct jitter_packet *jitter_find(const struct jitter *j, session_samples at);
/* The earliest packet held that starts after `at` (for FEC and for knowing that a hole is a hole), or NULL.
 */
const struct jitter_packet *jitter_after(const struct jitter *j, session_samples at);
/* Everything that ends at or before `at` has been played: frees it, and later arrivals of it are late. */
void jitter_drop_before(struct jitter *j, session_samples at);

/* How long after the earliest expected moment it is worth waiting for a packet, in samples: about the 97th
 * percentile of lateness over the last 250 packets, in steps of 2 ms, rising at once, falling by 5 ms a
 * second at the most; 0 where none is ever late, at most JITTER_TARGET_MAX_SAMPLES. */
int64_t jitter_target(const struct jitter *j);
const struct jitter_counters *jitter_counters(const struct jitter *j);
/* Packets held now. */
unsigned jitter_depth(const struct jitter *j);

#endif
