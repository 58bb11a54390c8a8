/* One source in a mix: its packets wait in a jitter buffer, are repaired and decoded once, tick by tick, for
 * all audiences. The last ticks are kept: an encoder that joins in starts warm from them. Sound is held as
 * whole numbers, so that a sum minus one's own is exactly the sum of the others. */
#ifndef AULA_EGRESS_BRANCH_H
#define AULA_EGRESS_BRANCH_H

#include "base/errors.h"
#include "media/jitter.h"
#include "media/repair.h"
#include "plane.h"

#define BRANCH_TICKS 9        /* the newest and 8 before it */
#define BRANCH_SCALE 16777216 /* full scale: 24 bits, which leaves room for a sum of 32 such sources */
#define BRANCH_SLACK                                                                                         \
    (20 * SAMPLES_PER_MS) /* given to every packet beside what the line has taught: a talker's machine that  \
                             is busy for a moment; it delays nothing but a tick whose packet is lost */
#define BRANCH_FADE_SAMPLES 240  /* 5 ms: who comes in amid a word begins without a click */
#define BRANCH_LOUD         0.01 /* rms, -40 dBFS: then a word is under way */
#define BRANCH_LOSSY        0.01 /* share of ticks without their packet from which FEC is waited for */
#define BRANCH_LOSS_SAMPLES (50 * TICK_SAMPLES) /* over about a second */

struct branch {
    struct jitter *jitter;
    struct repair *repair;
    bool present;          /* its run goes on: its packets are waited for */
    session_samples start; /* of the run: before it there is nothing to wait for */
    bool amid_word;        /* its first tick fades in */
    bool leaving, left;    /* the mix's: its next tick is its last; that has been made */
    int64_t early;         /* earliest expected arrival of a packet minus its session time */
    double missing;        /* share of ticks without their packet, of late */
    int32_t ticks[BRANCH_TICKS][TICK_SAMPLES];
};

/* The caller owns *ret_branch. ERR_MEMORY, ERR_SYSTEM. */
enum err branch_create(struct branch **ret_branch) MUST_USE;
void branch_destroy(struct branch *b);

/* A run begins at `start`: what is left of an earlier one is forgotten. */
void branch_begin_run(struct branch *b, session_samples start);
/* What the source said directly before the run, and nobody heard, warms the decoder. Put before the run's
 * first packet, one after the other. */
void branch_warm(struct branch *b, const struct timed_packet *packet);
/* Nobody waits for it any more; its ticks are silence. */
void branch_end_run(struct branch *b);
/* A packet of the run. `early`, `late_samples`: see above and jitter_put. Duplicates, late and too early ones
 * are counted by the jitter buffer. */
void branch_put(struct branch *b, const struct timed_packet *packet, int64_t early, int64_t late_samples);

/* The packets to come will be so early: one was left out. */
void branch_expect(struct branch *b, int64_t early);

/* Whether the tick at `at` can be made now: its packets are here, or there is none to wait for. */
bool branch_ready(const struct branch *b, session_samples at);
/* Session-clock moment up to which it is worth waiting for that. */
session_samples branch_deadline(const struct branch *b, session_samples at);
/* Makes the tick. One call for each tick, in order. */
void branch_make(struct branch *b, session_samples at);
/* A tick made: TICK_SAMPLES, for the last BRANCH_TICKS of them. */
const int32_t *branch_tick(const struct branch *b, session_samples at);

#endif
