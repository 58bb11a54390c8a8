#include "load.h"

/* FNV-1a, 64 bits: enough to tell some ten thousand payloads apart. */
uint64_t load_hash(const uint8_t *bytes, size_t len)
{
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < len; i++)
        h = (h ^ bytes[i]) * 1099511628211u;
    return h;
}

static size_t slot_of(uint64_t hash)
{
    return (hash ^ hash >> 32) & (LOAD_SENT_SLOTS - 1);
}

void load_sent_put(struct load_sent *s, uint64_t hash, int64_t sent_us)
{
    size_t at = slot_of(hash);
    s->slots[at].hash = hash;
    s->slots[at].sent_us = sent_us;
}

bool load_sent_find(const struct load_sent *s, uint64_t hash, int64_t *ret_sent_us)
{
    size_t at = slot_of(hash);
    if (s->slots[at].hash != hash || s->slots[at].sent_us == 0)
        return false;
    *ret_sent_us = s->slots[at].sent_us;
    return true;
}

void load_delays_add(struct load_delays *d, int64_t us)
{
    uint64_t v = us > 0 ? (uint64_t)us : 0;
    d->count++;
    d->sum_us += v;
    d->most_us = v > d->most_us ? v : d->most_us;
    d->steps[v < LOAD_DELAY_US_MAX ? v / 10 : LOAD_DELAY_US_MAX / 10]++;
}

uint64_t load_delays_percentile(const struct load_delays *d, double share)
{
    uint64_t wanted = (uint64_t)((double)d->count * share), seen = 0;
    if (d->count == 0)
        return 0;
    for (size_t i = 0; i <= LOAD_DELAY_US_MAX / 10; i++) {
        seen += d->steps[i];
        if (seen > wanted)
            return i * 10;
    }
    return d->most_us;
}
