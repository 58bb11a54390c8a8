/* Datagrams under way, soonest arrival first; those of one moment in the order put. */
#ifndef AULA_SIM_HEAP_H
#define AULA_SIM_HEAP_H

#include <stddef.h>
#include <stdint.h>

#include "base/errors.h"
#include "base/time.h"

struct sim_heap_entry {
    point_us at_us;
    uint64_t order; /* of putting */
    void *what;
};

struct sim_heap {
    struct sim_heap_entry *entries;
    size_t count, room, maximum;
    uint64_t puts;
};

void sim_heap_init(struct sim_heap *h, size_t maximum);
/* Frees the heap, not what it holds. */
void sim_heap_finish(struct sim_heap *h);
/* ERR_FULL at the maximum, ERR_MEMORY. */
enum err sim_heap_put(struct sim_heap *h, point_us at_us, void *what) MUST_USE;
/* The soonest, or NULL; stays in the heap. */
const struct sim_heap_entry *sim_heap_first(const struct sim_heap *h);
/* Takes the soonest out; NULL from an empty heap. */
void *sim_heap_take(struct sim_heap *h);

#endif
