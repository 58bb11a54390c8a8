/* A room with a loudspeaker and a microphone: how its sound comes back. */
#ifndef AULA_SCENARIO_AIR_H
#define AULA_SCENARIO_AIR_H

#include <stddef.h>

#define AIR_PATHS 200 /* by which sound comes: straight, and from the walls */

struct air {
    struct air_path {
        size_t delay_samples;
        float gain;
    } paths[AIR_PATHS];
};

/* Speech comes back `coupling_db` softer (below 0), the first of it after `delay_ms`; it fades by 60 dB in
 * `fade_ms` (0: no walls). Half of it comes straight. */
void air_init(struct air *r, double coupling_db, int delay_ms, int fade_ms);
/* Adds to pcm what the microphone hears in `samples` samples after the newest of what was played. */
void air_echo(const struct air *r, const float *played, size_t played_samples, float *pcm, size_t samples);

#endif
