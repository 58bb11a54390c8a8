#include "heap.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

void sim_heap_init(struct sim_heap *h, size_t maximum)
{
    memset(h, 0, sizeof *h);
    h->maximum = maximum;
}

void sim_heap_finish(struct sim_heap *h)
{
    free(h->entries);
    memset(h, 0, sizeof *h);
}

static bool sooner(const struct sim_heap_entry *a, const struct sim_heap_entry *b)
{
    return a->at_us != b->at_us ? a->at_us < b->at_us : a->order < b->order;
}

static enum err make_room(struct sim_heap *h)
{
    if (h->count == h->maximum)
        return ERR_FULL;
    if (h->count < h->room)
        return ERR_NONE;
    size_t room = h->room ? h->room * 2 : 64;
    struct sim_heap_entry *entries = realloc(h->entries, room * sizeof *entries);
    if (!entries)
        return ERR_MEMORY;
    h->entries = entries;
    h->room = room;
    return ERR_NONE;
}

enum err sim_heap_put(struct sim_heap *h, point_us at_us, void *what)
{
    enum err e = make_room(h);
    if (e != ERR_NONE)
        return e;
    struct sim_heap_entry put = {.at_us = at_us, .order = h->puts++, .what = what};
    size_t i = h->count++;
    while (i > 0 && sooner(&put, &h->entries[(i - 1) / 2])) {
        h->entries[i] = h->entries[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    h->entries[i] = put;
    return ERR_NONE;
}

const struct sim_heap_entry *sim_heap_first(const struct sim_heap *h)
{
    return h->count > 0 ? &h->entries[0] : NULL;
}

void *sim_heap_take(struct sim_heap *h)
{
    if (h->count == 0)
        return NULL;
    void *what = h->entries[0].what;
    struct sim_heap_entry last = h->entries[--h->count];
    size_t i = 0;
    for (size_t child = 1; child < h->count; child = 2 * i + 1) {
        if (child + 1 < h->count && sooner(&h->entries[child + 1], &h->entries[child]))
            child++;
        if (!sooner(&h->entries[child], &last))
            break;
        h->entries[i] = h->entries[child];
        i = child;
    }
    h->entries[i] = last;
    return what;
}
