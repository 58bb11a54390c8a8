#include "air.h"

#include <math.h>
#include <stdint.h>

#include "sim/random.h"

#define SAMPLES_PER_MS 48

void air_init(struct air *r, double coupling_db, int delay_ms, int fade_ms)
{
    struct sim_random dice;
    double power = 0;
    sim_random_seed(&dice, 1);
    r->paths[0].delay_samples = (size_t)(delay_ms * SAMPLES_PER_MS);
    for (int i = 1; i < AIR_PATHS; i++) {
        double ms = 3 + (fade_ms / 2.0 - 3) * i / AIR_PATHS + sim_random_unit(&dice);
        double gain = fade_ms ? pow(10, -3 * ms / fade_ms) * (sim_random_unit(&dice) < 0.5 ? -1 : 1) : 0;
        r->paths[i].delay_samples = (size_t)((delay_ms + ms) * SAMPLES_PER_MS);
        r->paths[i].gain = (float)gain;
        power += gain * gain;
    }
    double straight = power > 0 ? sqrt(power) : 1, all = sqrt(power + straight * straight);
    r->paths[0].gain = (float)straight;
    for (int i = 0; i < AIR_PATHS; i++)
        r->paths[i].gain *= (float)(pow(10, coupling_db / 20) / all);
}

void air_echo(const struct air *r, const float *played, size_t played_samples, float *pcm, size_t samples)
{
    for (int i = 0; i < AIR_PATHS; i++) {
        const struct air_path *p = &r->paths[i];
        for (size_t k = 0; k < samples && p->gain != 0; k++)
            if (played_samples + k >= p->delay_samples &&
                played_samples + k - p->delay_samples < played_samples)
                pcm[k] += p->gain * played[played_samples + k - p->delay_samples];
    }
}
