/* A soft limiter for a sum of voices: turns the level down where three at -3 dBFS meet, and leaves a sum that
 * fits alone (levels stay as they are, or a change from pass to mix would be heard). The output is always
 * below LIMITER_CEILING, so that a decoder's overshoot does not clip either. */
#ifndef AULA_EGRESS_LIMITER_H
#define AULA_EGRESS_LIMITER_H

#include <stddef.h>

/* Measured: sums of two and three voices at -3 dBFS, 80 times 40 s, through the limiter and Opus at 32
 * kbit/s. With 0.71 and 0.80 the decoder reached full scale, with these 0.92; a narrower room bends harder,
 * and Opus overshoots more. */
#define LIMITER_THRESHOLD      0.63f /* what passes untouched: -4 dBFS */
#define LIMITER_CEILING        0.71f /* -3 dBFS: Opus overshoots by up to 2.3 dB */
#define LIMITER_ATTACK_SAMPLES 240   /* 5 ms */
#define LIMITER_RELEASE        0.05f /* of the way back to 1, each tick: about 400 ms */

struct limiter {
    float gain; /* at the end of the frame before */
};

void limiter_init(struct limiter *l);
/* One frame, in place. */
void limiter_frame(struct limiter *l, float *pcm, size_t samples);

#endif
