/* Samples that wait, oldest first, in a ring of a second. */
#ifndef AULA_CLIENT_IO_RING_H
#define AULA_CLIENT_IO_RING_H

#include <stddef.h>

#include "aula/aula.h"

struct ring {
    float samples[AULA_BUFFER_MAX];
    size_t first, count;
};

/* Puts at most `count`; returns how many found room. */
size_t ring_put(struct ring *r, const float *samples, size_t count);
/* Takes at most `count`; `samples` may be NULL to throw them away. */
size_t ring_take(struct ring *r, float *samples, size_t count);

#endif
