/* By how much one clock that gives or takes sound is faster than another, from when so many samples were
 * given and taken. Whoever is late is late by something else than his clock, and nobody is early: so of each
 * two seconds the earliest of both sides count, and a busy machine is not heard in them.
 *
 * What they differ by moves a little from look to look by the clocks, and now and then by a lot by something
 * else: a sound server that makes other bursts because somebody else plays too, samples that got lost. So the
 * steps from look to look count, of these the ones that lie together, and they are believed once they clearly
 * say more than their own unrest. */
#ifndef AULA_CLIENT_DRIFT_H
#define AULA_CLIENT_DRIFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/time.h"

#define DRIFT_LOOKS 60 /* steps that are remembered: two minutes */

/* One side: how far its samples are ahead of the time, at most since the last look. */
struct drift_side {
    int64_t samples;
    double most;
    bool any;
};

struct drift {
    struct drift_side giver, taker;
    size_t taken; /* since the last look */
    double last;  /* giver's less taker's, at the last look */
    bool looked;
    double steps[DRIFT_LOOKS]; /* samples from look to look, a ring */
    size_t count, next;
    double believed; /* samples from look to look */
};

void drift_init(struct drift *d);
void drift_gave(struct drift *d, size_t samples, point_us now_us);
void drift_took(struct drift *d, size_t samples, point_us now_us);
/* Another device, or the same one anew: what was believed is believed until there is better. */
void drift_anew(struct drift *d);
/* By which part of the taker's rate the giver's is higher. */
double drift_believed(const struct drift *d);

#endif
