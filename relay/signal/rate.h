/* How fast something may come: so many a second, and so many at once. */
#ifndef AULA_RELAY_SIGNAL_RATE_H
#define AULA_RELAY_SIGNAL_RATE_H

#include <stdbool.h>

#include "base/time.h"

struct rate {
    point_us full_at; /* when the whole burst is free again */
};

/* Takes one, or says no. `spacing_us` is the time one costs, `burst` how many may come at once. */
static inline bool rate_take(struct rate *r, span_us spacing_us, int burst, point_us now_us)
{
    point_us from = r->full_at > now_us ? r->full_at : now_us;
    if (from + spacing_us - now_us > spacing_us * burst)
        return false;
    r->full_at = from + spacing_us;
    return true;
}

#endif
