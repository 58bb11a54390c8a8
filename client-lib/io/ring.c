#include "ring.h"

size_t ring_put(struct ring *r, const float *samples, size_t count)
{
    if (count > AULA_BUFFER_MAX - r->count)
        count = AULA_BUFFER_MAX - r->count;
    for (size_t i = 0; i < count; i++)
        r->samples[(r->first + r->count + i) % AULA_BUFFER_MAX] = samples[i];
    r->count += count;
    return count;
}

size_t ring_take(struct ring *r, float *samples, size_t count)
{
    if (count > r->count)
        count = r->count;
    for (size_t i = 0; samples != NULL && i < count; i++)
        samples[i] = r->samples[(r->first + i) % AULA_BUFFER_MAX];
    r->first = (r->first + count) % AULA_BUFFER_MAX;
    r->count -= count;
    return count;
}
