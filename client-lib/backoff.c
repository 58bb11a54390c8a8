#include "backoff.h"

void backoff_init(struct backoff *b)
{
    b->next_us = BACKOFF_FIRST_US;
}

void backoff_reset(struct backoff *b)
{
    backoff_init(b);
}

span_us backoff_failed(struct backoff *b, uint32_t random)
{
    span_us half = b->next_us / 2;
    span_us wait = half + (span_us)(((uint64_t)half * random) >> 32);
    b->next_us = b->next_us * 2 < BACKOFF_LAST_US ? b->next_us * 2 : BACKOFF_LAST_US;
    return wait;
}
