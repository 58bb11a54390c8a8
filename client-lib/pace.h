/* Sound between two clocks: a sound card's and the session's. Both are 48 kHz by name; a card may be 200 ppm
 * off, which is 0.7 s an hour. A pace holds a little sound and gives it out at the other side's rate
 * (between.h); the ratio is what the clocks differ by (drift.h), so that an echo's path stands still, and
 * bounded, so that nobody hears it.
 *
 * Both come in bursts, and of two that come equally often only the time between them tells how the clocks
 * move: so both say when.
 *
 * Whoever takes always gets what he asks for. Where nothing is there he gets silence, and then a little more
 * is held than before: as much as this machine's stalls need, no more. */
#ifndef AULA_CLIENT_PACE_H
#define AULA_CLIENT_PACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errors.h"
#include "base/time.h"

#define PACE_MOST_PPM    1000                   /* cards are within 200; a hundredth of what the ear hears */
#define PACE_FIRST       (20 * SAMPLES_PER_MS)  /* spare at first: what either side may be late */
#define PACE_MOST        (150 * SAMPLES_PER_MS) /* and at most, however the machine stalls */
#define PACE_SPARE       (160 * SAMPLES_PER_MS) /* held above that: the longest bursts; more is left out */
#define PACE_SAMPLES_MAX (PACE_MOST + PACE_SPARE)

struct pace_counters {
    uint64_t starved; /* times that a taker got silence */
    uint64_t leaps;   /* times that sound was left out to be on time again */
};

struct pace;

/* The caller owns *ret_pace. ERR_MEMORY. */
enum err pace_create(struct pace **ret_pace) MUST_USE;
void pace_destroy(struct pace *p);
/* Sound at the giver's rate. */
void pace_put(struct pace *p, const float *pcm, size_t samples, point_us now_us);
/* Exactly so much, at the taker's rate. False where some or all of it is silence. */
bool pace_take(struct pace *p, float *pcm, size_t samples, point_us now_us);
/* Forgets what is held, as when a device was opened anew; the ratio stays learned. */
void pace_clear(struct pace *p);
/* Samples held now; the spare aimed at, which is what is left just before a burst comes; and by how much the
 * giver is faster than the taker. */
size_t pace_held(const struct pace *p);
size_t pace_target(const struct pace *p);
double pace_ppm(const struct pace *p);
struct pace_counters pace_counters(const struct pace *p);
/* Samples by which the giver's sound has come out sooner since it began: what was left out, less what was
 * put in, at once or by the ratio. It says by how much this pace has moved what passes it, to a fraction. */
double pace_slip(const struct pace *p);

#endif
