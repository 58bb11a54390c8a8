#include "drift.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LOOK   (2 * SAMPLES_PER_S) /* taken from one look to the next */
#define MOST   96.0                /* samples from look to look: 1000 ppm; beyond, some were lost */
#define AGREE  4.0                 /* samples from the median: steps that lie together, ... */
#define SPREAD 3.0                 /* ... or so many times the median deviation from it */
#define LEAST  5                   /* steps before anything is believed: ten seconds */
#define CLEAR  5.0 /* samples in all by which it must be something else than what is believed, ... */
#define UNREST 4.0 /* ... and so many times what steps deviate, which are taken to be independent */
#define FINER  0.1 /* of the rest, each look, once something is believed */

void drift_init(struct drift *d)
{
    memset(d, 0, sizeof *d);
}

static void count(struct drift_side *s, size_t samples, point_us now_us)
{
    s->samples += (int64_t)samples;
    double ahead = (double)s->samples - (double)now_us * SAMPLES_PER_S / US_PER_S;
    s->most = s->any ? fmax(s->most, ahead) : ahead;
    s->any = true;
}

void drift_gave(struct drift *d, size_t samples, point_us now_us)
{
    count(&d->giver, samples, now_us);
}

static int in_order(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, size_t n)
{
    qsort(values, n, sizeof *values, in_order);
    return (values[n / 2] + values[(n - 1) / 2]) / 2;
}

static void judge(struct drift *d)
{
    double sorted[DRIFT_LOOKS], off[DRIFT_LOOKS], sum = 0, squares = 0;
    size_t n = 0;
    memcpy(sorted, d->steps, d->count * sizeof *sorted);
    double middle = median(sorted, d->count);
    for (size_t i = 0; i < d->count; i++)
        off[i] = fabs(d->steps[i] - middle);
    double reach = fmax(AGREE, SPREAD * median(off, d->count));
    for (size_t i = 0; i < d->count; i++) {
        double step = d->steps[i] - middle;
        if (fabs(step) > reach)
            continue;
        sum += step;
        squares += step * step;
        n++;
    }
    double mean = sum / (double)n, deviation = sqrt(fmax(0, squares / (double)n - mean * mean));
    double more = middle + mean - d->believed;
    if (fabs(more) * (double)n > CLEAR + UNREST * deviation * sqrt((double)n))
        d->believed += more;
    else if (d->believed != 0 && n >= DRIFT_LOOKS / 2)
        d->believed += more * FINER;
}

static void look(struct drift *d)
{
    bool both = d->giver.any && d->taker.any;
    double now = d->giver.most - d->taker.most;
    if (both && d->looked && fabs(now - d->last) < MOST) {
        d->steps[d->next] = now - d->last;
        d->next = (d->next + 1) % DRIFT_LOOKS;
        d->count += d->count < DRIFT_LOOKS ? 1 : 0;
        if (d->count >= LEAST)
            judge(d);
    }
    d->last = now;
    d->looked = both;
    d->giver.any = d->taker.any = false;
}

void drift_took(struct drift *d, size_t samples, point_us now_us)
{
    count(&d->taker, samples, now_us);
    d->taken += samples;
    if (d->taken < LOOK)
        return;
    d->taken = 0;
    look(d);
}

void drift_anew(struct drift *d)
{
    d->count = d->next = d->taken = 0;
    d->looked = d->giver.any = d->taker.any = false;
}

double drift_believed(const struct drift *d)
{
    return d->believed / LOOK;
}
