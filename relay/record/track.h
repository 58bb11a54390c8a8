/* One channel's sound, from packets with their session time to the bytes of its two files: reorder window,
 * gap filler, pages, fragments. It touches no file and reads no clock.
 *
 * A page holds what came within the last TRACK_PAGE_US, at most a second of sound; the fragment with the same
 * packets goes with it. Silence costs nothing while it lasts: it is filled when sound comes again. */
#ifndef AULA_RECORD_TRACK_H
#define AULA_RECORD_TRACK_H

#include "record/mp4.h"
#include "record/pages.h"
#include "record/window.h"

/* From a packet's coming to its page's writing, at the most: a kill loses less than a second. */
#define TRACK_PAGE_US      (900 * (span_us)US_PER_MS)
#define TRACK_PAGE_SAMPLES SAMPLES_PER_S
#define TRACK_OUTPUT_BYTES (1 << 20) /* of one step: a night's silence is written in pieces */
/* No recording waits longer for its next sound: a clock has gone wrong. */
#define TRACK_GAP_MAX_SAMPLES (8 * 86400 * (session_samples)SAMPLES_PER_S)

/* Where a track stands; enough to go on with it. */
struct track_place {
    uint32_t serial;       /* of its Ogg stream */
    bool begun;            /* its heads are written */
    session_samples start; /* session time of its first sample */
    session_samples end;   /* and of the one after its last */
    uint32_t page;         /* number of the next Ogg page; the next fragment is page - 1 */
    uint8_t toc;           /* of its last packet */
};

struct track_counters {
    uint64_t packets;        /* that came and are written */
    uint64_t late;           /* that came after their time was written, or twice */
    uint64_t filled_samples; /* of what never came */
    uint64_t opus_bytes;     /* of all packets written, fillers among them */
};

struct track {
    struct track_place place;
    struct window window;
    struct pages pages;
    /* the page and fragment under way */
    struct mp4_sample samples[MP4_SAMPLES_MAX];
    unsigned count, segments;
    session_samples page_start;
    int64_t sound_samples; /* of it, what is no filler */
    point_us since_us;     /* when its first packet came; NEVER_US while it holds none */
    struct buffer data;
    /* finished, not taken yet */
    struct buffer ogg, mp4;
    struct track_counters counters;
};

/* `place` says where to go on, or only the serial of a new one. ERR_MEMORY. */
enum err track_init(struct track *t, const struct track_place *place) MUST_USE;
void track_finish(struct track *t);

/* A packet as the media plane tells it. ERR_STALE, ERR_REPLAY: its time is written already, or it is here:
 * counted. ERR_UNSUPPORTED: no Opus, or far past everything. ERR_FULL, ERR_MEMORY. */
enum err track_packet(struct track *t, session_samples at, const uint8_t *packet, size_t len,
                      point_us now_us) MUST_USE;
/* Makes what is due; true where there are bytes to take (and then: ask again). `all`: also what would wait
 * for more. */
bool track_make(struct track *t, bool all, point_us now_us);
/* The last page of all, where there was any sound; true where there are bytes to take. */
bool track_end(struct track *t, point_us now_us);
point_us track_deadline(const struct track *t);
/* The bytes made have been kept by the caller. False: memory was short, and some are lost. */
bool track_taken(struct track *t);

#endif
