/* Facts that wait for the state plane, in order. */
#ifndef AULA_RELAY_FACTS_H
#define AULA_RELAY_FACTS_H

#include "types.h"

#define FACTS_MAX                                                                                            \
    65536 /* waiting at once: counters of every peer, many times over; beyond, they are lost                 \
           */

struct facts {
    struct media_fact *queue; /* owned, a ring */
    size_t first, count, capacity;
    uint64_t lost;
};

void facts_init(struct facts *f);
void facts_finish(struct facts *f);
void facts_put(struct facts *f, const struct media_fact *fact);
bool facts_take(struct facts *f, struct media_fact *ret_fact);

#endif
