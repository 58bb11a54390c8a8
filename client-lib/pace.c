#include "pace.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "between.h"
#include "drift.h"

#define STEP_SAMPLES  (2 * SAMPLES_PER_S) /* taken between two looks at the average */
#define FIRST_SAMPLES (SAMPLES_PER_S / 2) /* and before the first */
/* The ratio is what the clocks differ by. How much is spare does not matter within bounds: to move it would
 * move an echo's path. What is beyond is brought back, so many ppm for each sample. */
#define PROPORTIONAL 0.5
#define CATCH_UP_PPM 20                    /* and at most: 10 ms in eight minutes */
#define MORE         (10 * SAMPLES_PER_MS) /* spare after a taker went without */
#define STEP_MOST    (2 * SAMPLES_PER_MS)  /* between two looks a clock moves less: the bursts have changed */
#define EXCESS       (10 * SAMPLES_PER_MS) /* spare above the target that is not worth its delay */
#define CALM_STEPS   150                   /* looks, five minutes: then as much less again */
#define FADE         0.98f                 /* a sample, of the last one heard, where sound ends */

struct pace {
    struct between between;
    float samples[2 * PACE_SAMPLES_MAX]; /* a ring, and the same again behind it */
    size_t first, count, target;
    size_t burst;     /* of the giver, the last */
    point_us put_us;  /* and when */
    double at, ratio; /* place between two samples, and how far the next one is */
    double found;     /* spare, at the last look */
    bool settled;     /* it is known */
    bool filling;     /* nothing is given out until the target is held */
    bool began;       /* something has been given out */
    float last;       /* the last sample given out */
    double spare_sum;
    struct drift drift;
    size_t takes, taken; /* since the last look */
    unsigned calm;
    double slip;
    struct pace_counters counters;
};

enum err pace_create(struct pace **ret_pace)
{
    struct pace *p = calloc(1, sizeof *p);
    if (p == NULL)
        return ERR_MEMORY;
    between_init(&p->between);
    drift_init(&p->drift);
    p->ratio = 1;
    p->target = PACE_FIRST;
    p->filling = true;
    *ret_pace = p;
    return ERR_NONE;
}

void pace_destroy(struct pace *p)
{
    free(p);
}

static void begin_average(struct pace *p)
{
    p->spare_sum = 0;
    p->takes = p->taken = 0;
}

void pace_clear(struct pace *p)
{
    p->first = p->count = 0;
    p->filling = true;
    p->settled = p->began = false;
    drift_anew(&p->drift);
    begin_average(p);
}

static void drop(struct pace *p, size_t samples)
{
    p->first = (p->first + samples) % PACE_SAMPLES_MAX;
    p->count -= samples;
}

static void leave_out(struct pace *p, size_t samples)
{
    drop(p, samples);
    p->slip += p->began ? (double)samples : 0;
}

/* ---- in ---- */

/* Twice, so that any stretch lies in one piece. */
static void keep(struct pace *p, size_t at, float sample)
{
    p->samples[at] = p->samples[at + PACE_SAMPLES_MAX] = sample;
}

void pace_put(struct pace *p, const float *pcm, size_t samples, point_us now_us)
{
    drift_gave(&p->drift, samples, now_us);
    if (samples > PACE_SPARE) { /* of a burst the end is what is in time */
        pcm += samples - PACE_SPARE;
        samples = PACE_SPARE;
    }
    p->burst = samples;
    p->put_us = now_us;
    if (p->count + samples > p->target + PACE_SPARE) {
        size_t stays = p->target > samples ? p->target - samples : 0;
        leave_out(p, p->count > stays ? p->count - stays : 0);
        p->counters.leaps += p->filling ? 0 : 1;
        begin_average(p);
    }
    for (size_t i = 0; i < samples; i++)
        keep(p, (p->first + p->count + i) % PACE_SAMPLES_MAX, pcm[i]);
    p->count += samples;
}

/* ---- out ---- */

static double bounded(double value, double most)
{
    return fmax(-most, fmin(most, value));
}

/* The first look, and one after the bursts have changed, takes things as they lie, where they do not lie far
 * off. What is far too much is left out at once; hours at the fastest ratio would be worse. */
static void settle(struct pace *p, double found)
{
    double excess = found - (double)p->target;
    if (excess > EXCESS) {
        leave_out(p, (size_t)excess);
        p->counters.leaps++;
        found -= floor(excess);
    }
    p->found = found;
    p->settled = true;
}

static void steer(struct pace *p)
{
    double target = (double)p->target, most = target + EXCESS, least = target / 2;
    double over = p->found > most ? p->found - most : fmin(0, p->found - least);
    double ppm = bounded(PROPORTIONAL * over, CATCH_UP_PPM) + drift_believed(&p->drift) * 1e6;
    p->ratio = 1 + bounded(ppm, PACE_MOST_PPM) * 1e-6;
}

static void calm_down(struct pace *p)
{
    if (++p->calm < CALM_STEPS || p->target == PACE_FIRST)
        return;
    p->target -= MORE;
    p->calm = 0;
}

static void look(struct pace *p)
{
    double found = p->spare_sum / (double)p->takes;
    bool moved = fabs(found - p->found) > STEP_MOST, far_off = found > (double)p->target + 3 * EXCESS;
    p->found = found;
    if (!p->settled || far_off || moved)
        settle(p, found);
    steer(p);
    begin_average(p);
    calm_down(p);
}

static size_t resample(struct pace *p, float *pcm, size_t samples)
{
    size_t done = 0;
    for (; done < samples && p->count >= BETWEEN_TAPS; done++) {
        pcm[done] = between_sample(&p->between, p->samples + p->first, p->at);
        p->at += p->ratio;
        size_t past = (size_t)p->at;
        p->at -= (double)past;
        drop(p, past);
    }
    p->slip += (p->ratio - 1) * (double)done;
    return done;
}

static void starve(struct pace *p)
{
    p->filling = true;
    p->settled = false;
    p->counters.starved++;
    p->calm = 0;
    p->target = p->target + MORE < PACE_MOST ? p->target + MORE : PACE_MOST;
    begin_average(p);
}

/* What would be left just before the giver's next burst, if nothing more were taken until then. */
static double spare(const struct pace *p, point_us now_us)
{
    double since = (double)samples_from_us(now_us - p->put_us);
    return (double)p->count - (double)p->burst + fmax(0, fmin((double)p->burst, since));
}

bool pace_take(struct pace *p, float *pcm, size_t samples, point_us now_us)
{
    drift_took(&p->drift, samples, now_us);
    if (p->filling && p->count >= BETWEEN_TAPS && spare(p, now_us) >= (double)(p->target + samples))
        p->filling = false;
    size_t done = p->filling ? 0 : resample(p, pcm, samples);
    if (done > 0) {
        p->last = pcm[done - 1];
        p->began = true;
    }
    if (p->began)
        p->slip -= (double)(samples - done);
    for (size_t i = done; i < samples; i++)
        pcm[i] = p->last *= FADE; /* no click where it ends */
    if (p->filling)
        return false;
    if (done < samples) {
        starve(p);
        return false;
    }
    p->spare_sum += spare(p, now_us);
    p->takes++;
    p->taken += samples;
    if (p->taken >= (p->settled ? STEP_SAMPLES : FIRST_SAMPLES))
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
    return (p->ratio - 1) * 1e6;
}

struct pace_counters pace_counters(const struct pace *p)
{
    return p->counters;
}

double pace_slip(const struct pace *p)
{
    return p->slip;
}
