/* Whether what a microphone hears is an echo of what its room was sent: by levels alone, a level a tick.
 *
 * An echo follows what was sent, some ticks later and by the same number of decibels all the time: that is
 * the coupling. Speech that is none differs from other speech by some 10 dB from tick to tick, an echo by 3.
 * So each tick in which either is loud is evidence: for an echo where they differ as they always do, against
 * it where not. Loud in the microphone with nothing sent before counts against it as much as sent and not
 * heard: so two who talk at the same time are soon known for two, and a moment in which they happen to rise
 * and fall together is outweighed by those before it. */
#ifndef AULA_CHOOSE_LIKENESS_H
#define AULA_CHOOSE_LIKENESS_H

#include <stdbool.h>
#include <stdint.h>

#include "choose/sent.h"

#define LIKENESS_TICKS 200 /* that are looked at: 4 s */

#define LIKENESS_NONE (-1000.0)

/* Newest first. */
struct likeness_past {
    double sent_dbov[LIKENESS_TICKS + SENT_REACH_TICKS]; /* to the room; silence where nothing was */
    double heard_dbov[LIKENESS_TICKS];                   /* by the microphone */
    bool missing[LIKENESS_TICKS];                        /* no packet of it came */
    double noise_dbov;                                   /* of the microphone */
    int heard;                                           /* ticks since it has been listened to */
};

struct likeness {
    int delay_ticks;
    double coupling_db;
    double evidence; /* that there is an echo: logarithm of how much likelier than none. Below 0 it is not all
                        counted; LIKENESS_NONE: there is nothing to compare */
    double share;    /* of the evidence that there would be if it always differed by the same: 0 to 1 */
};

/* At one delay, over the newest `ticks`. */
void likeness_at(const struct likeness_past *p, int delay_ticks, int ticks, struct likeness *ret);
/* The delay that has most evidence, over the last two seconds or four. */
void likeness_best(const struct likeness_past *p, struct likeness *ret);

#endif
