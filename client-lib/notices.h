/* What happened, in order, until the program takes it. Bounded: when nobody takes them, signals and payloads
 * go first, then the oldest; what is lost is counted. */
#ifndef AULA_CLIENT_NOTICES_H
#define AULA_CLIENT_NOTICES_H

#include "aula/aula.h"
#include "base/errors.h"

#define NOTICES_MAX           8192 /* a lecture's worth of hands and joins */
#define NOTICES_FIRST         32   /* room at first; doubled as it is needed */
#define NOTICES_DROPPABLE_MAX 4096 /* signals and payloads only up to here: under a second of 100 packets */

struct notices {
    struct aula_event *ring; /* text, why and opus are owned */
    size_t first, count, capacity;
    struct aula_event taken; /* what notices_take gave last: still owned */
    uint64_t lost;
};

void notices_init(struct notices *n);
void notices_finish(struct notices *n);
/* Copies everything that `event` points to but its name, which must be static; NULL text is "{}", NULL why
 * "". `droppable`: a signal or payload. A notice for which there is no room or memory is lost and counted. */
void notices_add(struct notices *n, const struct aula_event *event, bool droppable);
/* The oldest, good until the next call. */
bool notices_take(struct notices *n, struct aula_event *ret_event);

#endif
