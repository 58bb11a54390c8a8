/* How far behind its loudspeaker a microphone hears it: buffers, converters and the air between, found by
 * correlation. Both sides are thinned to 4 kHz, whitened and brought to one loudness, so that sharp edges and
 * not loud vowels decide; a near talker is only noise to it. The strongest path counts, whichever its sign.
 */
#ifndef AULA_CLIENT_ECHO_DELAY_H
#define AULA_CLIENT_ECHO_DELAY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/time.h"
#include "between.h"

#define ECHO_DELAY_MAX_MS   1000 /* looked for up to here; Bluetooth loudspeakers are 200 to 300 ms late */
#define ECHO_DELAY_THINNING 12   /* samples of 48 kHz that become one */
#define ECHO_DELAY_TICK     (TICK_SAMPLES / ECHO_DELAY_THINNING)
#define ECHO_DELAY_LAGS     (ECHO_DELAY_MAX_MS * SAMPLES_PER_MS / ECHO_DELAY_THINNING)
#define ECHO_DELAY_TAPS     72    /* of the low-pass before thinning */
#define ECHO_DELAY_FADING   0.98f /* of what was learned, each tick that counts: a second is remembered */

/* One side, thinned. */
struct echo_delay_side {
    float before[ECHO_DELAY_TAPS]; /* the end of the tick before */
    float last;                    /* thinned sample before */
};

struct echo_delay {
    float low_pass[ECHO_DELAY_TAPS];
    struct between between;
    struct echo_delay_side near, far;
    float history[ECHO_DELAY_LAGS + ECHO_DELAY_TICK]; /* of the far side, newest last */
    float correlation[ECHO_DELAY_LAGS];               /* of each lag, fading */
    int candidate, steady;                            /* a lag, and for how many ticks it has been the peak */
    int found;                                        /* lag; -1 = none yet */
};

void echo_delay_init(struct echo_delay *d);
/* One tick of both sides, of the same instant of the session clock. False where nothing could be learned from
 * it: one of them is silent. */
bool echo_delay_put(struct echo_delay *d, const float *near, const float *far);
/* True where it is known: samples of 48 kHz in *ret_samples, within 12. It stays until another is as sure. */
bool echo_delay_known(const struct echo_delay *d, int *ret_samples);
/* Where exactly the peak lies that is within half a millisecond of a place; false where none stands out. */
bool echo_delay_near(const struct echo_delay *d, double at_samples, double *ret_samples);
/* The way became so much longer at once, by what was put in or left out: what was learned moves along. */
void echo_delay_move(struct echo_delay *d, int lags);

#endif
