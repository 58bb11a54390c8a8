/* Samples between samples: what a sound is at any moment between two of them, by a windowed sinc of 32 taps
 * for 128 moments, and a straight line between these. Errors are 70 dB down up to 16 kHz. It is here, and not
 * a resampler of fixed ratios, because its rate may change at any sample without a click, and at a rate of 1
 * nothing moves at all. */
#ifndef AULA_CLIENT_BETWEEN_H
#define AULA_CLIENT_BETWEEN_H

#define BETWEEN_TAPS   32
#define BETWEEN_PHASES 128

struct between {
    float table[BETWEEN_PHASES + 1][BETWEEN_TAPS];
};

void between_init(struct between *b);
/* The sound at `at` (0 <= at < 1) between samples[BETWEEN_TAPS / 2 - 1] and the next; BETWEEN_TAPS of them.
 */
float between_sample(const struct between *b, const float *samples, double at);

#endif
