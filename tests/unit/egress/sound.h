/* Sound for tests: a wavering tone, and packets of it. */
#ifndef AULA_TEST_SOUND_H
#define AULA_TEST_SOUND_H

#include <math.h>

#include "../rows.h"
#include "base/time.h"
#include "media/opus_codec.h"

static inline void tone(session_samples at, double hz, double peak, float *pcm)
{
    for (int i = 0; i < TICK_SAMPLES; i++) {
        double t = (double)(at + i) / SAMPLES_PER_S;
        double x = sin(6.2831853 * hz * t) + 0.5 * sin(12.566371 * hz * t + 1);
        pcm[i] = (float)(peak / 1.5 * x * (0.6 + 0.4 * sin(18 * t)));
    }
}

/* Energy of a - b against that of a, in dB. */
static inline double error_db(const float *a, const float *b, int n)
{
    double signal = 1e-12, error = 1e-12;
    for (int i = 0; i < n; i++) {
        signal += (double)a[i] * a[i];
        error += (double)(a[i] - b[i]) * (a[i] - b[i]);
    }
    return 10 * log10(error / signal);
}

#endif
