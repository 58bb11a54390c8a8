#include "egress/outbox.h"

#include <stdlib.h>
#include <string.h>

struct outbox_block {
    struct outbox_block *next;
    uint8_t bytes[OUTBOX_BLOCK_BYTES];
};

void outbox_init(struct outbox *o)
{
    memset(o, 0, sizeof *o);
}

void outbox_finish(struct outbox *o)
{
    while (o->blocks) {
        struct outbox_block *next = o->blocks->next;
        free(o->blocks);
        o->blocks = next;
    }
    free(o->queue);
    outbox_init(o);
}

static bool grow_queue(struct outbox *o)
{
    if (o->tail < o->capacity)
        return true;
    size_t capacity = o->capacity ? 2 * o->capacity : 256;
    if (capacity > OUTBOX_DATAGRAMS_MAX)
        capacity = OUTBOX_DATAGRAMS_MAX;
    if (o->tail >= capacity)
        return false;
    struct media_datagram *queue = realloc(o->queue, capacity * sizeof *queue);
    if (!queue)
        return false;
    o->queue = queue;
    o->capacity = capacity;
    return true;
}

/* Steps to the next block where this one has no room; makes one where there is no next. */
static bool room_in_block(struct outbox *o, size_t len)
{
    if (o->block && o->used + len <= OUTBOX_BLOCK_BYTES)
        return true;
    struct outbox_block *next = o->block ? o->block->next : o->blocks;
    if (!next) {
        next = malloc(sizeof *next);
        if (!next)
            return false;
        next->next = NULL;
        if (o->block)
            o->block->next = next;
        else
            o->blocks = next;
    }
    o->block = next;
    o->used = 0;
    return true;
}

uint8_t *outbox_claim(struct outbox *o, size_t len)
{
    if (len > LINK_DATAGRAM_MAX + LINK_SEAL_OVERHEAD || !grow_queue(o) || !room_in_block(o, len)) {
        o->dropped++;
        return NULL;
    }
    return o->block->bytes + o->used;
}

void outbox_put(struct outbox *o, const struct address *to, uint8_t *claimed, size_t len)
{
    o->queue[o->tail++] = (struct media_datagram){.to = *to, .bytes = claimed, .len = len};
    o->used += len;
}

size_t outbox_waiting(const struct outbox *o, const struct media_datagram **ret_first)
{
    *ret_first = o->queue ? o->queue + o->head : NULL;
    return o->tail - o->head;
}

void outbox_sent(struct outbox *o, size_t count)
{
    o->head += count < o->tail - o->head ? count : o->tail - o->head;
    if (o->head < o->tail)
        return;
    o->head = o->tail = 0;
    o->block = o->blocks;
    o->used = 0;
}
