/* Randomness as the core sees it: something it is given. The shells give the operating system's; tests give a
 * seeded one. */
#ifndef AULA_BASE_ENTROPY_H
#define AULA_BASE_ENTROPY_H

#include <stddef.h>
#include <stdint.h>

struct entropy {
    /* Fills len bytes. Must not fail: the operating system's source aborts the process where it cannot
     * deliver. */
    void (*fill)(void *state, uint8_t *bytes, size_t len);
    void *state;
};

static inline void entropy_fill(const struct entropy *e, void *bytes, size_t len)
{
    e->fill(e->state, bytes, len);
}

static inline uint32_t entropy_u32(const struct entropy *e)
{
    uint32_t v;
    entropy_fill(e, &v, sizeof v);
    return v;
}

static inline uint64_t entropy_u64(const struct entropy *e)
{
    uint64_t v;
    entropy_fill(e, &v, sizeof v);
    return v;
}

#endif
