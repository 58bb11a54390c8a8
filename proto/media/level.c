#include "media/level.h"

#include <math.h>

uint8_t level_measure(const float *pcm, size_t samples)
{
    double sum = 0;
    for (size_t i = 0; i < samples; i++)
        sum += (double)pcm[i] * pcm[i];
    if (samples == 0 || !(sum > 0)) /* silence, or not a number */
        return LEVEL_SILENCE_DBOV;
    double dbov = -10 * log10(sum / (double)samples);
    if (dbov <= 0)
        return 0;
    return dbov >= LEVEL_SILENCE_DBOV ? LEVEL_SILENCE_DBOV : (uint8_t)lrint(dbov);
}
