#include "egress/limiter.h"

#include <math.h>

void limiter_init(struct limiter *l)
{
    l->gain = 1;
}

static float peak_of(const float *pcm, size_t samples)
{
    float peak = 0;
    for (size_t i = 0; i < samples; i++)
        if (fabsf(pcm[i]) > peak)
            peak = fabsf(pcm[i]);
    return peak;
}

/* What the gain's ramp did not catch is bent, never cut: smooth at the threshold, below the ceiling. */
static float bend(float x)
{
    float over = fabsf(x) - LIMITER_THRESHOLD;
    if (over <= 0)
        return x;
    float room = LIMITER_CEILING - LIMITER_THRESHOLD;
    return copysignf(LIMITER_THRESHOLD + room * over / (over + room), x);
}

void limiter_frame(struct limiter *l, float *pcm, size_t samples)
{
    float peak = peak_of(pcm, samples);
    float fits = peak > LIMITER_THRESHOLD ? LIMITER_THRESHOLD / peak : 1;
    float back = l->gain + (1 - l->gain) * LIMITER_RELEASE;
    if (back > 0.9999f)
        back = 1;
    float to = fits < back ? fits : back;
    if (to >= 1 && l->gain >= 1)
        return;
    /* Down within 5 ms, up over the whole frame. */
    size_t ramp = to < l->gain && samples > LIMITER_ATTACK_SAMPLES ? LIMITER_ATTACK_SAMPLES : samples;
    float step = (to - l->gain) / (float)ramp;
    for (size_t i = 0; i < samples; i++) {
        float gain = i < ramp ? l->gain + step * (float)(i + 1) : to;
        pcm[i] = bend(pcm[i] * gain);
    }
    l->gain = to;
}
