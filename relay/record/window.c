#include "record/window.h"

#include <stdlib.h>
#include <string.h>

enum err window_init(struct window *w)
{
    *w = (struct window){.packets = malloc(WINDOW_PACKETS * sizeof *w->packets)};
    for (unsigned i = 0; i < WINDOW_PACKETS; i++)
        w->order[i] = (uint8_t)i;
    return w->packets ? ERR_NONE : ERR_MEMORY;
}

void window_finish(struct window *w)
{
    free(w->packets);
    *w = (struct window){0};
}

enum err window_put(struct window *w, session_samples at, int32_t samples, const uint8_t *bytes, size_t len,
                    point_us now_us)
{
    unsigned place = w->count;
    if (len > WINDOW_PACKET_MAX)
        return ERR_LONG;
    if (w->count == WINDOW_PACKETS)
        return ERR_FULL;
    while (place > 0 && w->packets[w->order[place - 1]].at > at)
        place--;
    if (place > 0 && w->packets[w->order[place - 1]].at == at)
        return ERR_REPLAY;
    uint8_t slot = w->order[w->count];
    memmove(w->order + place + 1, w->order + place, (w->count - place) * sizeof w->order[0]);
    w->order[place] = slot;
    w->count++;
    struct window_packet *p = &w->packets[slot];
    p->at = at;
    p->samples = samples;
    p->len = (uint16_t)len;
    p->came_us = now_us;
    memcpy(p->bytes, bytes, len);
    return ERR_NONE;
}

const struct window_packet *window_first(const struct window *w)
{
    return w->count > 0 ? &w->packets[w->order[0]] : NULL;
}

void window_drop(struct window *w)
{
    if (w->count == 0)
        return;
    uint8_t slot = w->order[0];
    memmove(w->order, w->order + 1, --w->count * sizeof w->order[0]);
    w->order[w->count] = slot;
}

const struct window_packet *window_ready(const struct window *w, session_samples next, point_us now_us)
{
    const struct window_packet *first = window_first(w);
    if (!first)
        return NULL;
    bool goes = first->at <= next || w->count == WINDOW_PACKETS || window_deadline(w) <= now_us;
    return goes ? first : NULL;
}

/* Whoever has waited longest lets all before him go: what they wait for is not coming. */
point_us window_deadline(const struct window *w)
{
    point_us at = NEVER_US;
    for (unsigned i = 0; i < w->count; i++)
        at = earlier_us(at, w->packets[w->order[i]].came_us + WINDOW_WAIT_US);
    return at;
}
