/* Seeded randomness for virtual time: the same seed gives the same numbers on every machine. xoshiro256**
 * (Blackman and Vigna 2018), its state filled by splitmix64. Not for keys. */
#ifndef AULA_SIM_RANDOM_H
#define AULA_SIM_RANDOM_H

#include <stdint.h>

#include "base/entropy.h"

struct sim_random {
    uint64_t state[4];
};

void sim_random_seed(struct sim_random *r, uint64_t seed);
uint64_t sim_random_u64(struct sim_random *r);
/* Evenly in [0, 1). */
double sim_random_unit(struct sim_random *r);
/* The core's entropy, drawn from r, which is borrowed for the entropy's life. Two machines that shall not
 * disturb each other's numbers get a sim_random each. */
struct entropy sim_entropy(struct sim_random *r);

#endif
