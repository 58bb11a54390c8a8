#include "envelope.h"

void envelope_init(struct envelope *e)
{
    *e = (struct envelope){0};
    for (unsigned i = 0; i < ENVELOPE_BUCKETS; i++)
        e->lowest[i] = ENVELOPE_NONE;
}

static int64_t lowest_of_all(const struct envelope *e)
{
    int64_t lowest = ENVELOPE_NONE;
    for (unsigned i = 0; i < ENVELOPE_BUCKETS; i++)
        if (e->lowest[i] < lowest)
            lowest = e->lowest[i];
    return lowest;
}

static void move_window(struct envelope *e, point_us now_us)
{
    if (!e->seen || now_us - e->bucket_start_us >= ENVELOPE_BUCKETS * ENVELOPE_BUCKET_US) {
        for (unsigned i = 0; i < ENVELOPE_BUCKETS; i++)
            e->lowest[i] = ENVELOPE_NONE;
        e->bucket_start_us = now_us;
        return;
    }
    while (now_us - e->bucket_start_us >= ENVELOPE_BUCKET_US) {
        e->bucket = (e->bucket + 1) % ENVELOPE_BUCKETS;
        e->lowest[e->bucket] = ENVELOPE_NONE;
        e->bucket_start_us += ENVELOPE_BUCKET_US;
    }
}

bool envelope_arrival(struct envelope *e, int64_t offset, point_us now_us)
{
    move_window(e, now_us);
    bool dry = lowest_of_all(e) == ENVELOPE_NONE;
    if (offset < e->lowest[e->bucket])
        e->lowest[e->bucket] = offset;
    e->seen = true;
    e->value = lowest_of_all(e);
    return dry;
}

int64_t envelope_value(const struct envelope *e)
{
    return e->value;
}
