#include "door/admit.h"

#include <string.h>

void admit_init(struct admit *a, uint64_t seed)
{
    memset(a, 0, sizeof *a);
    a->seed = seed;
}

enum err admit_shape(size_t len)
{
    if (len < ADMIT_BYTES_MIN)
        return ERR_SHORT;
    return len > ADMIT_BYTES_MAX ? ERR_LONG : ERR_NONE;
}

static struct admit_bucket *bucket_of(struct admit *a, const struct address *from)
{
    struct address key = *from;
    key.port = 0;
    if (!address_is_v4(&key))
        memset(key.ip + 8, 0, 8);
    uint64_t h = (address_hash(&key) ^ a->seed) * 0x9e3779b97f4a7c15u;
    return &a->buckets[(h >> 32) % ADMIT_BUCKETS];
}

enum err admit_unproven(struct admit *a, const struct address *from, point_us now_us)
{
    struct admit_bucket *b = bucket_of(a, from);
    int64_t second = now_us / US_PER_S;
    if (b->second != second) {
        b->second = second;
        b->count = 0;
    }
    if (b->count >= ADMIT_UNPROVEN_PER_S)
        return ERR_RATE;
    b->count++;
    return ERR_NONE;
}
