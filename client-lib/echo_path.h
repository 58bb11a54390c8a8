/* How long the way from loudspeaker to microphone is, and how it changes, to a fraction of a sample.
 *
 * It changes all the time where the cards' clocks differ (100 ppm are five samples a second), and whenever
 * what is held between card and session is steered. A canceller's filter bears 5 ppm of that; at 20 it loses
 * 15 dB, at 100 it is of no use. What is steered is known exactly and is told here. What the clocks do is
 * heard: the peak of the correlation is followed by a second-order loop, whose slope is the drift.
 */
#ifndef AULA_CLIENT_ECHO_PATH_H
#define AULA_CLIENT_ECHO_PATH_H

#include <stdbool.h>

#include "echo_delay.h"

struct echo_path {
    struct echo_delay delay;
    bool known;
    double at;    /* samples, now */
    double mean;  /* the same as the correlation remembers it */
    double drift; /* by which it grows, a tick, without what is told */
    double slip;  /* told last */
    int settling;
    int learned; /* ticks that the loop has seen, and those it is taken to have seen at first */
};

void echo_path_init(struct echo_path *p);
/* One tick of both sides, of the same instant of the session clock. `slip`: samples by which the way was made
 * shorter since the beginning. Gives by how much it has become longer in this tick, as far as that is known.
 */
double echo_path_put(struct echo_path *p, const float *near, const float *far, double slip);
/* Samples now; false while unknown. */
bool echo_path_known(const struct echo_path *p, double *ret_samples);

#endif
