#include "echo_delay.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CUT_HZ       1800.0  /* below half of 4 kHz */
#define WHITENING    0.9f    /* speech falls by some 6 dB an octave */
#define FLOOR        0.001f  /* -60 dBFS: what is softer is not brought up */
#define CLEARLY      6.0f    /* a peak over the root mean square of all lags */
#define STEADY_TICKS 8       /* so long the same lag: 160 ms */
#define SAME_LAGS    2       /* that is the same: half a millisecond */
#define HEARD        0.0316f /* -30 dB of a tick's energy: enough of the far side to learn from */
#define PI           3.14159265358979323846

void echo_delay_init(struct echo_delay *d)
{
    double sum = 0;
    memset(d, 0, sizeof *d);
    d->candidate = d->found = -1;
    between_init(&d->between);
    for (int i = 0; i < ECHO_DELAY_TAPS; i++) {
        double t = i - (ECHO_DELAY_TAPS - 1) / 2.0, w = 2 * PI * CUT_HZ / SAMPLES_PER_S;
        double hann = 0.5 - 0.5 * cos(2 * PI * (i + 0.5) / ECHO_DELAY_TAPS);
        d->low_pass[i] = (float)(hann * sin(w * t) / t); /* t is never 0: the number of taps is even */
        sum += d->low_pass[i];
    }
    for (int i = 0; i < ECHO_DELAY_TAPS; i++)
        d->low_pass[i] /= (float)sum;
}

static void thin(const struct echo_delay *d, struct echo_delay_side *s, const float *pcm, float *ret)
{
    float line[ECHO_DELAY_TAPS + TICK_SAMPLES];
    memcpy(line, s->before, sizeof s->before);
    memcpy(line + ECHO_DELAY_TAPS, pcm, TICK_SAMPLES * sizeof *pcm);
    memcpy(s->before, line + TICK_SAMPLES, sizeof s->before);
    for (int i = 0; i < ECHO_DELAY_TICK; i++) {
        const float *x = line + (i + 1) * ECHO_DELAY_THINNING;
        float sum = 0;
        for (int k = 0; k < ECHO_DELAY_TAPS; k++)
            sum += d->low_pass[k] * x[k];
        ret[i] = sum;
    }
}

static float loudness(const float *x)
{
    float sum = 0;
    for (int i = 0; i < ECHO_DELAY_TICK; i++)
        sum += x[i] * x[i];
    return sqrtf(sum / ECHO_DELAY_TICK);
}

/* In place. Gives how loud it was afterwards, 1 for anything above the floor. */
static float whiten(struct echo_delay_side *s, float *x)
{
    for (int i = 0; i < ECHO_DELAY_TICK; i++) {
        float here = x[i];
        x[i] = here - WHITENING * s->last;
        s->last = here;
    }
    float loud = loudness(x), gain = 1 / fmaxf(loud, FLOOR);
    for (int i = 0; i < ECHO_DELAY_TICK; i++)
        x[i] *= gain;
    return loud * gain;
}

static void correlate(struct echo_delay *d, const float *near)
{
    for (int lag = 0; lag < ECHO_DELAY_LAGS; lag++) {
        const float *far = d->history + ECHO_DELAY_LAGS - lag;
        float sum = 0;
        for (int i = 0; i < ECHO_DELAY_TICK; i++)
            sum += near[i] * far[i];
        d->correlation[lag] = ECHO_DELAY_FADING * d->correlation[lag] + sum;
    }
}

/* The root mean square of all lags. */
static float unrest(const struct echo_delay *d)
{
    float sum = 0;
    for (int lag = 0; lag < ECHO_DELAY_LAGS; lag++)
        sum += d->correlation[lag] * d->correlation[lag];
    return sqrtf(sum / ECHO_DELAY_LAGS);
}

/* The lag of the peak, or -1 where none stands out. */
static int peak(const struct echo_delay *d)
{
    int at = 0;
    for (int lag = 1; lag < ECHO_DELAY_LAGS; lag++)
        if (fabsf(d->correlation[lag]) > fabsf(d->correlation[at]))
            at = lag;
    return fabsf(d->correlation[at]) > CLEARLY * unrest(d) ? at : -1;
}

static void judge(struct echo_delay *d)
{
    int at = peak(d);
    if (at < 0) {
        d->steady = 0;
        return;
    }
    bool same = d->steady > 0 && at - d->candidate <= SAME_LAGS && d->candidate - at <= SAME_LAGS;
    d->steady = same ? d->steady + 1 : 1;
    d->candidate = at;
    if (d->steady >= STEADY_TICKS)
        d->found = at;
}

bool echo_delay_put(struct echo_delay *d, const float *near, const float *far)
{
    float thinned[ECHO_DELAY_TICK];
    memmove(d->history, d->history + ECHO_DELAY_TICK, ECHO_DELAY_LAGS * sizeof d->history[0]);
    thin(d, &d->far, far, d->history + ECHO_DELAY_LAGS);
    whiten(&d->far, d->history + ECHO_DELAY_LAGS);
    thin(d, &d->near, near, thinned);
    /* In silence nothing is learned and nothing forgotten. */
    if (whiten(&d->near, thinned) < HEARD || loudness(d->history) < HEARD)
        return false;
    correlate(d, thinned);
    judge(d);
    return true;
}

bool echo_delay_known(const struct echo_delay *d, int *ret_samples)
{
    if (d->found < 0)
        return false;
    *ret_samples = d->found * ECHO_DELAY_THINNING;
    return true;
}

/* The lag of the highest correlation around a place. */
static int highest(const struct echo_delay *d, double at_samples)
{
    int middle = (int)lrint(at_samples / ECHO_DELAY_THINNING), at = -1;
    for (int lag = middle - SAME_LAGS; lag <= middle + SAME_LAGS; lag++)
        if (lag >= 0 && lag < ECHO_DELAY_LAGS &&
            (at < 0 || fabsf(d->correlation[lag]) > fabsf(d->correlation[at])))
            at = lag;
    return at;
}

/* Of a parabola through three heights. */
static double summit(double before, double top, double after)
{
    double bend = before - 2 * top + after;
    return bend < 0 ? (before - after) / (2 * bend) : 0;
}

static double height(const struct echo_delay *d, double lag)
{
    double whole = floor(lag);
    const float *from = d->correlation + (int)whole - (BETWEEN_TAPS / 2 - 1);
    return fabs((double)between_sample(&d->between, from, lag - whole));
}

/* Between the lags: nothing is above half their rate, so that they say all. */
static double finer(const struct echo_delay *d, int at)
{
    double lag = at, step = 1;
    if (at < BETWEEN_TAPS || at >= ECHO_DELAY_LAGS - BETWEEN_TAPS)
        return lag;
    for (int round = 0; round < 3; round++, step /= 3)
        lag += step * summit(height(d, lag - step), height(d, lag), height(d, lag + step));
    return lag;
}

bool echo_delay_near(const struct echo_delay *d, double at_samples, double *ret_samples)
{
    int at = highest(d, at_samples);
    if (at < 0 || fabsf(d->correlation[at]) < CLEARLY * unrest(d))
        return false;
    *ret_samples = ECHO_DELAY_THINNING * finer(d, at);
    return true;
}

void echo_delay_move(struct echo_delay *d, int lags)
{
    float moved[ECHO_DELAY_LAGS] = {0};
    for (int lag = 0; lag < ECHO_DELAY_LAGS; lag++)
        if (lag + lags >= 0 && lag + lags < ECHO_DELAY_LAGS)
            moved[lag + lags] = d->correlation[lag];
    memcpy(d->correlation, moved, sizeof moved);
    d->found =
        d->found + lags >= 0 && d->found + lags < ECHO_DELAY_LAGS && d->found >= 0 ? d->found + lags : -1;
    d->steady = 0;
}
