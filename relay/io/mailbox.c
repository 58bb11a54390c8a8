#include "io/mailbox.h"

#include <stdlib.h>
#include <string.h>

static void woken(uv_async_t *async)
{
    struct mailbox *m = async->data;
    m->arrived(m->self);
}

enum err mailbox_open(struct mailbox *m, uv_loop_t *loop, size_t message_bytes, size_t count,
                      void (*arrived)(void *self), void *self)
{
    if (count == 0 || (count & (count - 1)) != 0)
        return ERR_STATE;
    uint8_t *slots = calloc(count, message_bytes);
    if (slots == NULL)
        return ERR_MEMORY;
    *m = (struct mailbox){
        .slots = slots, .message_bytes = message_bytes, .count = count, .arrived = arrived, .self = self};
    atomic_init(&m->head, 0);
    atomic_init(&m->tail, 0);
    if (uv_async_init(loop, &m->wake, woken) != 0) {
        free(slots);
        m->slots = NULL;
        return ERR_SYSTEM;
    }
    m->wake.data = m;
    return ERR_NONE;
}

void mailbox_close(struct mailbox *m)
{
    uv_close((uv_handle_t *)&m->wake, NULL);
}

void mailbox_finish(struct mailbox *m)
{
    free(m->slots);
    m->slots = NULL;
}

static uint8_t *slot(struct mailbox *m, size_t n)
{
    return m->slots + (n & (m->count - 1)) * m->message_bytes;
}

bool mailbox_has_room(struct mailbox *m)
{
    size_t head = atomic_load_explicit(&m->head, memory_order_relaxed);
    return head - atomic_load_explicit(&m->tail, memory_order_acquire) < m->count;
}

enum err mailbox_put(struct mailbox *m, const void *message)
{
    if (!mailbox_has_room(m))
        return ERR_FULL;
    size_t head = atomic_load_explicit(&m->head, memory_order_relaxed);
    memcpy(slot(m, head), message, m->message_bytes);
    atomic_store_explicit(&m->head, head + 1, memory_order_release);
    uv_async_send(&m->wake);
    return ERR_NONE;
}

bool mailbox_take(struct mailbox *m, void *ret_message)
{
    size_t tail = atomic_load_explicit(&m->tail, memory_order_relaxed);
    if (tail == atomic_load_explicit(&m->head, memory_order_acquire))
        return false;
    memcpy(ret_message, slot(m, tail), m->message_bytes);
    atomic_store_explicit(&m->tail, tail + 1, memory_order_release);
    return true;
}

void mailbox_wake(struct mailbox *m)
{
    uv_async_send(&m->wake);
}

size_t mailbox_waiting(const struct mailbox *m)
{
    /* The tail first: it follows the head, so that the difference is never below zero. */
    size_t tail = atomic_load_explicit(&m->tail, memory_order_acquire);
    return atomic_load_explicit(&m->head, memory_order_acquire) - tail;
}
