#include "io/attempts.h"

#include <string.h>

/* What one network is likely to have: an IPv4 address, or an IPv6 /64. */
static struct address network(const struct address *from)
{
    struct address a = *from;
    a.port = 0;
    if (!address_is_v4(&a))
        memset(a.ip + 8, 0, 8);
    return a;
}

/* The address's place; else a free one, or that of the address that was longest quiet, which is now his. */
static size_t place_of(struct attempts *a, const struct address *who)
{
    size_t best = 0;
    for (size_t i = 0; i < ATTEMPTS_ADDRESSES; i++) {
        if (a->at[i].used && address_equal(&a->at[i].from, who))
            return i;
        if (a->at[best].used && (!a->at[i].used || a->at[i].free_at_us < a->at[best].free_at_us))
            best = i;
    }
    a->at[best].from = *who;
    a->at[best].free_at_us = 0;
    a->at[best].used = true;
    return best;
}

bool attempts_take(struct attempts *a, const struct address *from, point_us now_us)
{
    const struct address who = network(from);
    size_t i = place_of(a, &who);
    point_us from_us = a->at[i].free_at_us > now_us ? a->at[i].free_at_us : now_us;
    if (from_us + ATTEMPTS_SPACING_US - now_us > ATTEMPTS_BURST * ATTEMPTS_SPACING_US)
        return false;
    a->at[i].free_at_us = from_us + ATTEMPTS_SPACING_US;
    return true;
}
