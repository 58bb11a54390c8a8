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

/* The lag of the peak, or -1 where none stands out. */
static int peak(const struct echo_delay *d)
{
    float most = 0, sum = 0;
    int at = 0;
    for (int lag = 0; lag < ECHO_DELAY_LAGS; lag++) {
        float c = fabsf(d->correlation[lag]);
        sum += c * c;
        if (c > most) {
            most = c;
            at = lag;
        }
    }
    return most > CLEARLY * sqrtf(sum / ECHO_DELAY_LAGS) ? at : -1;
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

/* Of a parabola through the peak and the lags beside it. */
static double summit(float before, float top, float after)
{
    double bend = (double)before - 2 * (double)top + (double)after;
    return bend < 0 ? ((double)before - (double)after) / (2 * bend) : 0;
}

bool echo_delay_near(const struct echo_delay *d, double at_samples, double *ret_samples)
{
    int middle = (int)lrint(at_samples / ECHO_DELAY_THINNING), at = -1;
    float sum = 0, most = 0;
    for (int lag = 0; lag < ECHO_DELAY_LAGS; lag++) {
        float c = fabsf(d->correlation[lag]);
        sum += c * c;
        if (abs(lag - middle) <= SAME_LAGS && c > most) {
            most = c;
            at = lag;
        }
    }
    if (at < 1 || at > ECHO_DELAY_LAGS - 2 || most < CLEARLY * sqrtf(sum / ECHO_DELAY_LAGS))
        return false;
    const float *c = d->correlation + at;
    *ret_samples = ECHO_DELAY_THINNING * (at + summit(fabsf(c[-1]), most, fabsf(c[1])));
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
