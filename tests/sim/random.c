#include "random.h"

#include <string.h>

static uint64_t splitmix64(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static uint64_t rotate(uint64_t v, int by)
{
    return v << by | v >> (64 - by);
}

void sim_random_seed(struct sim_random *r, uint64_t seed)
{
    for (int i = 0; i < 4; i++)
        r->state[i] = splitmix64(&seed);
}

uint64_t sim_random_u64(struct sim_random *r)
{
    uint64_t *s = r->state;
    uint64_t result = rotate(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

double sim_random_unit(struct sim_random *r)
{
    return (double)(sim_random_u64(r) >> 11) * 0x1p-53;
}

/* Eight bytes a number, low byte first on every machine. */
static void fill(void *state, uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i += 8) {
        uint64_t v = sim_random_u64(state);
        for (size_t k = i; k < len && k < i + 8; k++, v >>= 8)
            bytes[k] = (uint8_t)v;
    }
}

struct entropy sim_entropy(struct sim_random *r)
{
    return (struct entropy){.fill = fill, .state = r};
}
