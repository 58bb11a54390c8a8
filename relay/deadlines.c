#include "deadlines.h"

#include <stdint.h>
#include <stdlib.h>

enum err deadlines_init(struct deadlines *d, size_t capacity)
{
    *d = (struct deadlines){.heap = calloc(capacity, sizeof(struct deadline *)), .capacity = capacity};
    return d->heap ? ERR_NONE : ERR_MEMORY;
}

void deadlines_finish(struct deadlines *d)
{
    free(d->heap);
    *d = (struct deadlines){0};
}

void deadline_init(struct deadline *deadline, enum deadline_owner kind, void *owner)
{
    *deadline = (struct deadline){.at_us = NEVER_US, .place = NOT_IN_HEAP, .kind = kind, .owner = owner};
}

static void put(struct deadlines *d, struct deadline *deadline, size_t place)
{
    d->heap[place] = deadline;
    deadline->place = place;
}

static void rise(struct deadlines *d, struct deadline *deadline, size_t place)
{
    while (place > 0 && d->heap[(place - 1) / 2]->at_us > deadline->at_us) {
        put(d, d->heap[(place - 1) / 2], place);
        place = (place - 1) / 2;
    }
    put(d, deadline, place);
}

static void sink(struct deadlines *d, struct deadline *deadline, size_t place)
{
    for (size_t child = 2 * place + 1; child < d->count; child = 2 * place + 1) {
        if (child + 1 < d->count && d->heap[child + 1]->at_us < d->heap[child]->at_us)
            child++;
        if (d->heap[child]->at_us >= deadline->at_us)
            break;
        put(d, d->heap[child], place);
        place = child;
    }
    put(d, deadline, place);
}

static void take_out(struct deadlines *d, struct deadline *deadline)
{
    size_t hole = deadline->place;
    struct deadline *last = d->heap[--d->count];
    deadline->place = NOT_IN_HEAP;
    if (last == deadline)
        return;
    sink(d, last, hole);
    rise(d, last, last->place);
}

void deadlines_set(struct deadlines *d, struct deadline *deadline, point_us at_us)
{
    if (deadline->place != NOT_IN_HEAP && deadline->at_us == at_us)
        return;
    if (deadline->place != NOT_IN_HEAP)
        take_out(d, deadline);
    deadline->at_us = at_us;
    if (at_us != NEVER_US && d->count < d->capacity)
        rise(d, deadline, d->count++);
}

struct deadline *deadlines_first(const struct deadlines *d)
{
    return d->count > 0 ? d->heap[0] : NULL;
}
