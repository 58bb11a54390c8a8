#include "notices.h"

#include <stdlib.h>
#include <string.h>

void notices_init(struct notices *n)
{
    *n = (struct notices){0};
}

/* They were allocated here, and are const only for those who read them. */
static void forget(struct aula_event *e)
{
    free((void *)(uintptr_t)e->text);
    free((void *)(uintptr_t)e->why);
    free((void *)(uintptr_t)e->payload.opus);
    *e = (struct aula_event){0};
}

void notices_finish(struct notices *n)
{
    for (size_t i = 0; i < n->count; i++)
        forget(&n->ring[(n->first + i) % n->capacity]);
    forget(&n->taken);
    free(n->ring);
    notices_init(n);
}

static bool grow(struct notices *n)
{
    size_t capacity = n->capacity == 0 ? NOTICES_FIRST : n->capacity * 2;
    struct aula_event *ring = calloc(capacity, sizeof *ring);
    if (ring == NULL)
        return false;
    for (size_t i = 0; i < n->count; i++)
        ring[i] = n->ring[(n->first + i) % n->capacity];
    free(n->ring);
    n->ring = ring;
    n->first = 0;
    n->capacity = capacity;
    return true;
}

static void lose_oldest(struct notices *n)
{
    forget(&n->ring[n->first]);
    n->first = (n->first + 1) % n->capacity;
    n->count--;
    n->lost++;
}

static bool make_room(struct notices *n, bool droppable)
{
    if (droppable && n->count >= NOTICES_DROPPABLE_MAX) {
        n->lost++;
        return false;
    }
    if (n->count < n->capacity || (n->capacity < NOTICES_MAX && grow(n)))
        return true;
    if (n->count == 0) { /* no memory for even the first */
        n->lost++;
        return false;
    }
    lose_oldest(n);
    return true;
}

static bool copy(struct aula_event *to, const struct aula_event *from)
{
    *to = *from;
    to->text = strdup(from->text != NULL ? from->text : "{}");
    to->why = strdup(from->why != NULL ? from->why : "");
    to->payload.opus = NULL;
    if (from->payload.opus != NULL) {
        uint8_t *opus = malloc(from->payload.length > 0 ? from->payload.length : 1);
        if (opus != NULL)
            memcpy(opus, from->payload.opus, from->payload.length);
        to->payload.opus = opus;
        if (opus == NULL)
            return false;
    }
    return to->text != NULL && to->why != NULL;
}

void notices_add(struct notices *n, const struct aula_event *event, bool droppable)
{
    if (!make_room(n, droppable))
        return;
    struct aula_event *slot = &n->ring[(n->first + n->count) % n->capacity];
    if (!copy(slot, event)) {
        forget(slot);
        n->lost++;
        return;
    }
    n->count++;
}

bool notices_take(struct notices *n, struct aula_event *ret_event)
{
    forget(&n->taken);
    if (n->count == 0)
        return false;
    n->taken = n->ring[n->first];
    n->ring[n->first] = (struct aula_event){0};
    n->first = (n->first + 1) % n->capacity;
    n->count--;
    *ret_event = n->taken;
    return true;
}
