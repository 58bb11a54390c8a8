/* A soft limiter for a sum of voices: turns the level down where three at -3 dBFS meet, and leaves a sum that
 * fits alone (levels stay as they are, or a change from pass to mix would be heard). The output is always
 * below LIMITER_CEILING, so that a decoder's overshoot does not clip either. */
#ifndef AULA_EGRESS_LIMITER_H
#define AULA_EGRESS_LIMITER_H

#include <stddef.h>

#define LIMITER_THRESHOLD      0.71f /* what passes untouched: -3 dBFS */
#define LIMITER_CEILING        0.80f /* -1.9 dBFS: Opus was seen to overshoot by 1.5 dB */
#define LIMITER_ATTACK_SAMPLES 240   /* 5 ms */
#define LIMITER_RELEASE        0.05f /* of the way back to 1, each tick: about 400 ms */

struct limiter {
    float gain; /* at the end of the frame before */
};

void limiter_init(struct limiter *l);
/* One frame, in place. */
void limiter_frame(struct limiter *l, float *pcm, size_t samples);

#endif
