/* One source's sound, frame by frame on the session's grid, whatever is missing: the packet itself, else
 * in-band FEC of the next, else concealment that fades to silence, or comfort noise where the sender pauses.
 * Owns the decoder; reads the jitter buffer. Frames of 40 and 60 ms are decoded once and handed out in ticks.
 * Counts its decodes: on pass there must be none. */
#ifndef AULA_MEDIA_REPAIR_H
#define AULA_MEDIA_REPAIR_H

#include "media/jitter.h"

#define REPAIR_CONCEAL_TICKS_MAX 5  /* 100 ms: then silence, until a packet comes */
#define REPAIR_PAUSE_TICKS_MAX   50 /* 1 s of comfort noise: a sender in DTX says something each 400 ms */

/* From best to worst: a tick made of several pieces is named by its worst. */
enum repair_how {
    REPAIR_PACKET,
    REPAIR_FEC,
    REPAIR_PAUSE, /* the last packet said that the sender falls silent (DTX): comfort noise, nothing is
                     missing */
    REPAIR_CONCEALED,
    REPAIR_SILENCE
};

struct repair_counters {
    uint64_t decodes;                                 /* calls of the decoder, of any kind */
    uint64_t packets, fec, pauses, concealed, silent; /* ticks by how they were made */
    uint64_t bad; /* packets that did not decode, or not to their length */
};

struct repair;

enum err repair_create(struct repair **ret_repair) MUST_USE;
void repair_destroy(struct repair *r);
/* A fresh decoder, as at the start of a run. */
void repair_reset(struct repair *r);
/* The tick that starts at `at` (on the grid; consecutive calls are consecutive ticks, else the decoder is as
 * after a loss). Writes TICK_SAMPLES to pcm. Never fails: what cannot be repaired is silence. Before the
 * first packet of all there is silence without a decode. The packet that covers `at` must still be in the
 * jitter buffer, and so should the one after it, for FEC; what was handed out can be dropped from it. */
enum repair_how repair_tick(struct repair *r, const struct jitter *j, session_samples at, float *pcm);
const struct repair_counters *repair_counters(const struct repair *r);

#endif
