#include "between.h"

#include <math.h>

#define PI  3.14159265358979323846
#define CUT 0.92 /* of half the rate; above it nobody hears and much would be folded */

static double tap(double t)
{
    double window = fabs(t) < BETWEEN_TAPS / 2 ? 0.5 + 0.5 * cos(2 * PI * t / BETWEEN_TAPS) : 0;
    return window * (fabs(t) < 1e-9 ? CUT : sin(PI * CUT * t) / (PI * t));
}

void between_init(struct between *b)
{
    for (int phase = 0; phase <= BETWEEN_PHASES; phase++) {
        double at = (double)phase / BETWEEN_PHASES, sum = 0;
        for (int k = 0; k < BETWEEN_TAPS; k++)
            sum += tap(k - (BETWEEN_TAPS / 2 - 1) - at);
        for (int k = 0; k < BETWEEN_TAPS; k++)
            b->table[phase][k] = (float)(tap(k - (BETWEEN_TAPS / 2 - 1) - at) / sum);
    }
}

float between_sample(const struct between *b, const float *samples, double at)
{
    double place = at * BETWEEN_PHASES;
    int phase = (int)place;
    float after = (float)(place - phase), sum = 0;
    const float *here = b->table[phase], *next = b->table[phase + 1];
    for (int k = 0; k < BETWEEN_TAPS; k++)
        sum += samples[k] * (here[k] + after * (next[k] - here[k]));
    return sum;
}
