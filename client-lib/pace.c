#include "pace.h"

#include <math.h>
#include <speex/speex_resampler.h>
#include <stdlib.h>
#include <string.h>

#define QUALITY      4 /* of 10: speech up to 16 kHz, 64 samples of filter */
#define MILLION      1000000
#define STEP_SAMPLES (2 * SAMPLES_PER_S) /* taken between two looks at the average */
/* A controller of two parts: ppm for each sample held too much, and for each such look. Its time constant is
 * 20 s, and a drift of 200 ppm moves what is held by 2 ms before it is caught. */
#define PROPORTIONAL 1.0
#define INTEGRAL     0.025
#define MORE         (10 * SAMPLES_PER_MS) /* held after a taker went without */
#define CALM_STEPS   150                   /* looks, five minutes: then as much less again */
#define FADE         0.98f                 /* a sample, of the last one heard, where sound ends */

struct pace {
    SpeexResamplerState *resampler;
    float samples[PACE_SAMPLES_MAX];
    size_t first, count, target;
    bool filling; /* nothing is given out until the target is held */
    float last;   /* the last sample given out */
    double held_sum, integral;
    size_t takes, taken; /* since the last look */
    unsigned calm;
    int ppm;
    struct pace_counters counters;
};

enum err pace_create(struct pace **ret_pace)
{
    int error = 0;
    struct pace *p = calloc(1, sizeof *p);
    if (p == NULL)
        return ERR_MEMORY;
    p->resampler = speex_resampler_init(1, SAMPLES_PER_S, SAMPLES_PER_S, QUALITY, &error);
    if (p->resampler == NULL || error != 0) {
        pace_destroy(p);
        return ERR_MEMORY;
    }
    p->target = PACE_FIRST;
    p->filling = true;
    *ret_pace = p;
    return ERR_NONE;
}

void pace_destroy(struct pace *p)
{
    if (p == NULL)
        return;
    if (p->resampler != NULL)
        speex_resampler_destroy(p->resampler);
    free(p);
}

static void begin_average(struct pace *p)
{
    p->held_sum = 0;
    p->takes = p->taken = 0;
}

void pace_clear(struct pace *p)
{
    p->first = p->count = 0;
    p->filling = true;
    begin_average(p);
}

static void leave_out(struct pace *p, size_t samples)
{
    p->first = (p->first + samples) % PACE_SAMPLES_MAX;
    p->count -= samples;
}

/* ---- in ---- */

void pace_put(struct pace *p, const float *pcm, size_t samples)
{
    if (samples > PACE_SPARE) { /* of a burst the end is what is in time */
        pcm += samples - PACE_SPARE;
        samples = PACE_SPARE;
    }
    if (p->count + samples > p->target + PACE_SPARE) {
        size_t keep = p->target > samples ? p->target - samples : 0;
        leave_out(p, p->count > keep ? p->count - keep : 0);
        p->counters.leaps += p->filling ? 0 : 1;
        begin_average(p);
    }
    for (size_t i = 0; i < samples; i++)
        p->samples[(p->first + p->count + i) % PACE_SAMPLES_MAX] = pcm[i];
    p->count += samples;
}

/* ---- out ---- */

static void set_ppm(struct pace *p, double ppm)
{
    int rounded = (int)lrint(fmax(-PACE_MOST_PPM, fmin(PACE_MOST_PPM, ppm)));
    if (rounded == p->ppm)
        return;
    p->ppm = rounded;
    speex_resampler_set_rate_frac(p->resampler, (spx_uint32_t)(MILLION + rounded), MILLION, SAMPLES_PER_S,
                                  SAMPLES_PER_S);
}

static void look(struct pace *p)
{
    double over = p->held_sum / (double)p->takes - (double)p->target;
    p->integral = fmax(-PACE_MOST_PPM, fmin(PACE_MOST_PPM, p->integral + INTEGRAL * over));
    set_ppm(p, p->integral + PROPORTIONAL * over);
    begin_average(p);
    if (++p->calm >= CALM_STEPS && p->target > PACE_FIRST) {
        p->target -= MORE;
        p->calm = 0;
    }
}

static size_t resample(struct pace *p, float *pcm, size_t samples)
{
    size_t done = 0;
    while (done < samples && p->count > 0) {
        size_t straight = PACE_SAMPLES_MAX - p->first < p->count ? PACE_SAMPLES_MAX - p->first : p->count;
        spx_uint32_t in = (spx_uint32_t)straight, out = (spx_uint32_t)(samples - done);
        speex_resampler_process_float(p->resampler, 0, p->samples + p->first, &in, pcm + done, &out);
        leave_out(p, in);
        done += out;
        if (in == 0 && out == 0)
            break;
    }
    return done;
}

static void starve(struct pace *p)
{
    p->filling = true;
    p->counters.starved++;
    p->calm = 0;
    p->target = p->target + MORE < PACE_MOST ? p->target + MORE : PACE_MOST;
    begin_average(p);
}

bool pace_take(struct pace *p, float *pcm, size_t samples)
{
    if (p->filling && p->count >= p->target + samples / 2)
        p->filling = false;
    size_t done = p->filling ? 0 : resample(p, pcm, samples);
    if (done > 0)
        p->last = pcm[done - 1];
    for (size_t i = done; i < samples; i++)
        pcm[i] = p->last *= FADE; /* no click where it ends */
    if (p->filling)
        return false;
    if (done < samples) {
        starve(p);
        return false;
    }
    p->held_sum += (double)p->count + (double)samples / 2;
    p->takes++;
    p->taken += samples;
    if (p->taken >= STEP_SAMPLES)
        look(p);
    return true;
}

/* ---- what is known ---- */

size_t pace_held(const struct pace *p)
{
    return p->count;
}

size_t pace_target(const struct pace *p)
{
    return p->target;
}

double pace_ppm(const struct pace *p)
{
    return p->ppm;
}

struct pace_counters pace_counters(const struct pace *p)
{
    return p->counters;
}
