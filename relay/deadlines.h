/* When who wants to be called next: a heap of deadlines that are embedded in their owners. What has none is
 * not in it, and costs nothing. */
#ifndef AULA_RELAY_DEADLINES_H
#define AULA_RELAY_DEADLINES_H

#include <stddef.h>

#include "base/errors.h"
#include "base/time.h"

#define NOT_IN_HEAP SIZE_MAX

enum deadline_owner { DEADLINE_PEER, DEADLINE_SESSION };

struct deadline {
    point_us at_us;
    size_t place; /* in the heap, or NOT_IN_HEAP */
    enum deadline_owner kind;
    void *owner;
};

struct deadlines {
    struct deadline **heap; /* owned array; deadlines are borrowed */
    size_t count, capacity;
};

/* Room for `capacity` at once. ERR_MEMORY. */
enum err deadlines_init(struct deadlines *d, size_t capacity) MUST_USE;
void deadlines_finish(struct deadlines *d);

void deadline_init(struct deadline *deadline, enum deadline_owner kind, void *owner);
/* Sets, moves, or with NEVER_US takes out. At most `capacity` may be in. */
void deadlines_set(struct deadlines *d, struct deadline *deadline, point_us at_us);
/* The earliest, or NULL. It stays in. */
struct deadline *deadlines_first(const struct deadlines *d);

#endif
