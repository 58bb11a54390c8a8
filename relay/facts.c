#include "facts.h"

#include <stdlib.h>

#define FACTS_START 64

void facts_init(struct facts *f)
{
    *f = (struct facts){0};
}

void facts_finish(struct facts *f)
{
    free(f->queue);
    facts_init(f);
}

static bool grow(struct facts *f)
{
    size_t capacity = f->capacity ? 2 * f->capacity : FACTS_START;
    struct media_fact *queue = capacity <= FACTS_MAX ? malloc(capacity * sizeof *queue) : NULL;
    if (!queue)
        return false;
    for (size_t i = 0; i < f->count; i++)
        queue[i] = f->queue[(f->first + i) % f->capacity];
    free(f->queue);
    f->queue = queue;
    f->first = 0;
    f->capacity = capacity;
    return true;
}

void facts_put(struct facts *f, const struct media_fact *fact)
{
    if (f->count == f->capacity && !grow(f)) {
        f->lost++;
        return;
    }
    f->queue[(f->first + f->count++) % f->capacity] = *fact;
}

bool facts_take(struct facts *f, struct media_fact *ret_fact)
{
    if (f->count == 0)
        return false;
    *ret_fact = f->queue[f->first];
    f->first = (f->first + 1) % f->capacity;
    f->count--;
    return true;
}
