#include "echo_path.h"

#include <math.h>
#include <string.h>

/* The loop is a straight line through what was seen so far, then through about the last ten seconds of
 * speech. At first it is taken to have seen three seconds of a way that stands still. */
#define FIRST_TICKS    150
#define MOST_TICKS     500
#define SETTLING_TICKS 75
#define MOST           (TICK_SAMPLES * 1000e-6)  /* drift: 1000 ppm; two cards and what steers them */
#define ELSEWHERE      (3 * ECHO_DELAY_THINNING) /* from here on a peak is not the one that is followed */
#define LEAP           ECHO_DELAY_THINNING       /* told at once, what was learned is moved along */
#define REACH          (ECHO_DELAY_MAX_MS * SAMPLES_PER_MS) /* no way is longer */

void echo_path_init(struct echo_path *p)
{
    memset(p, 0, sizeof *p);
    echo_delay_init(&p->delay);
    p->learned = FIRST_TICKS;
}

static double bounded(double value, double most)
{
    return fmax(-most, fmin(most, value));
}

static void follow(struct echo_path *p)
{
    double peak, n = p->learned;
    p->mean += (1 - (double)ECHO_DELAY_FADING) * (p->at - p->mean);
    if (!echo_delay_near(&p->delay, p->mean, &peak))
        return;
    if (p->settling > 0) {
        p->settling--;
        p->at = p->mean = peak;
        return;
    }
    double off = bounded(peak - p->mean, ECHO_DELAY_THINNING), step = 2 * (2 * n - 1) / (n * (n + 1)) * off;
    p->at += step;
    p->mean += step;
    p->drift = bounded(p->drift + 6 / (n * (n + 1)) * off, MOST);
    p->learned += p->learned < MOST_TICKS ? 1 : 0;
}

static void begin(struct echo_path *p, double found)
{
    double peak;
    p->at = p->mean = echo_delay_near(&p->delay, found, &peak) ? peak : found;
    p->settling = SETTLING_TICKS;
    p->known = true;
}

static void leap(struct echo_path *p, double longer)
{
    int lags = (int)lrint(longer / ECHO_DELAY_THINNING);
    echo_delay_move(&p->delay, lags);
    p->mean += lags * ECHO_DELAY_THINNING;
}

double echo_path_put(struct echo_path *p, const float *near, const float *far, double slip)
{
    int found;
    double told = p->slip - slip, longer = told + p->drift;
    p->slip = slip;
    p->at += longer;
    if (fabs(told) >= LEAP)
        leap(p, told);
    bool learned = echo_delay_put(&p->delay, near, far);
    if (p->at < 0 || p->at > REACH)
        p->known = false;
    if (echo_delay_known(&p->delay, &found) && (!p->known || fabs(found - p->mean) > ELSEWHERE))
        begin(p, found);
    if (p->known && learned)
        follow(p);
    return p->known ? longer : 0;
}

bool echo_path_known(const struct echo_path *p, double *ret_samples)
{
    if (p->known)
        *ret_samples = p->at;
    return p->known;
}
