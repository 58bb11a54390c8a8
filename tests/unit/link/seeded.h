/* Entropy that gives the same in each run. */
#ifndef AULA_TEST_LINK_SEEDED_H
#define AULA_TEST_LINK_SEEDED_H

#include "base/entropy.h"

static inline void seeded_fill(void *state, uint8_t *bytes, size_t len)
{
    uint64_t *x = state;
    for (size_t i = 0; i < len; i++) {
        *x = *x * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        bytes[i] = (uint8_t)(*x >> 40);
    }
}

static inline struct entropy seeded(uint64_t *state)
{
    return (struct entropy){.fill = seeded_fill, .state = state};
}

static inline uint32_t seeded_below(uint64_t *state, uint32_t limit)
{
    uint32_t v;
    seeded_fill(state, (uint8_t *)&v, sizeof v);
    return v % limit;
}

#endif
