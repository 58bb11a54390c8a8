/* A voice for tests of the codec: harmonics of a wandering pitch through two formants, without a pause, so
 * that every frame is voiced. Deterministic. */
#ifndef AULA_TEST_VOICE_H
#define AULA_TEST_VOICE_H

#include <math.h>

#include "base/time.h"

/* `samples` of the voice from sample `from` on, of rms about -20 dBFS. */
static inline void voice(int64_t from, float *pcm, int samples)
{
    for (int i = 0; i < samples; i++) {
        double t = (double)(from + i) / SAMPLES_PER_S, sum = 0;
        double phase = 2 * 3.14159265358979 * (120 * t + 6 * sin(2.1 * t) + 1.3 * sin(9.7 * t));
        for (int h = 1; h <= 30; h++) {
            double hz = 120.0 * h;
            double formants =
                exp(-fabs(hz - 500 - 200 * sin(5 * t)) / 300) + 0.4 * exp(-fabs(hz - 1800) / 400);
            sum += formants * sin(h * phase);
        }
        pcm[i] = (float)(sum * 0.06 * (1 + 0.95 * sin(25 * t)));
    }
}

/* Energy of the difference relative to that of a, in dB. */
static inline double error_db(const float *a, const float *b, int samples)
{
    double e = 1e-20, s = 1e-20;
    for (int i = 0; i < samples; i++) {
        e += (double)(a[i] - b[i]) * (double)(a[i] - b[i]);
        s += (double)a[i] * (double)a[i];
    }
    return 10 * log10(e / s);
}

#endif
