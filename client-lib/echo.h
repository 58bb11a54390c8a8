/* The sound of a hall's microphone, made fit for the others: without what its own loudspeaker plays, without
 * steady noise, at one level. speexdsp is behind this file; it does the work on 16-bit frames of one tick.
 *
 *     near ► canceller 300 ms ► canceller 200 ms ► echo suppressor, noise, gain ► out
 *     far ► delayed by what lies between loudspeaker and microphone ┘    (echo_path: it may change steadily)
 *
 * Two cancellers, one behind the other: what the first leaves where its filter is just wrong (a new sound, a
 * moved chair) the second takes, and knows how much of it is left, which is what the suppressor goes by.
 * Measured with speech: one canceller leaves the echo 27 to 52 dB down after three seconds, two 41 to 57; at
 * that the suppressor may be so mild while somebody speaks here (3 dB) that he keeps ESTOI 0.95. */
#ifndef AULA_CLIENT_ECHO_H
#define AULA_CLIENT_ECHO_H

#include <stdbool.h>

#include "base/errors.h"
#include "base/time.h"

#define ECHO_LATE_SAMPLES TICK_SAMPLES /* by which the outcome is later than the microphone */

struct echo;

/* The caller owns *ret_echo. ERR_MEMORY. */
enum err echo_create(struct echo **ret_echo) MUST_USE;
void echo_destroy(struct echo *e);
/* One tick of TICK_SAMPLES: what the microphone heard, what was given to the loudspeaker in the same instant
 * of the session clock (how much later it is heard is found out), by how many samples the way between them
 * was made shorter since the beginning, and what comes out. `out` may be `near`. */
void echo_tick(struct echo *e, const float *near, const float *far, double slip, float *out);
/* Samples from loudspeaker to microphone; -1 while unknown (no echo, or none yet). */
int echo_path_samples(const struct echo *e);

#endif
