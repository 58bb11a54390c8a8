#include "io/send_queue.h"

#include <stdlib.h>
#include <string.h>

struct message *message_create(const char *text, size_t len)
{
    struct message *m = malloc(sizeof *m + SEND_HEAD_BYTES + len);
    if (m == NULL)
        return NULL;
    m->references = 1;
    m->len = len;
    memcpy(message_text(m), text, len);
    return m;
}

void message_release(struct message *m)
{
    if (m != NULL && --m->references == 0)
        free(m);
}

unsigned char *message_text(struct message *m)
{
    return m->bytes + SEND_HEAD_BYTES;
}

void send_queue_init(struct send_queue *q)
{
    *q = (struct send_queue){0};
}

void send_queue_finish(struct send_queue *q)
{
    while (q->count > 0)
        send_queue_pop(q);
}

static bool fits(const struct send_queue *q, size_t len)
{
    return q->count < SEND_SLOTS_MAX && (q->count == 0 || q->bytes + len <= SEND_BYTES_MAX);
}

/* Takes out everything droppable but the oldest message, which may be on its way. */
static void skip_droppable(struct send_queue *q)
{
    size_t kept = q->count > 0 ? 1 : 0;
    for (size_t i = kept; i < q->count; i++) {
        size_t from = (q->head + i) % SEND_SLOTS_MAX;
        if (q->slots[from].droppable) {
            q->bytes -= q->slots[from].message->len;
            message_release(q->slots[from].message);
            q->skipped++;
        } else {
            q->slots[(q->head + kept++) % SEND_SLOTS_MAX] = q->slots[from];
        }
    }
    q->count = kept;
}

enum send_result send_queue_push(struct send_queue *q, struct message *m, bool droppable)
{
    if (droppable && (q->count >= SEND_DROPPABLE_SLOTS || !fits(q, m->len))) {
        q->skipped++;
        return SEND_SKIPPED;
    }
    if (!fits(q, m->len))
        skip_droppable(q);
    if (!fits(q, m->len))
        return SEND_SLOW;
    size_t at = (q->head + q->count++) % SEND_SLOTS_MAX;
    m->references++;
    q->slots[at].message = m;
    q->slots[at].droppable = droppable;
    q->bytes += m->len;
    return SEND_QUEUED;
}

struct message *send_queue_first(const struct send_queue *q)
{
    return q->count > 0 ? q->slots[q->head].message : NULL;
}

void send_queue_pop(struct send_queue *q)
{
    struct message *m = q->slots[q->head].message;
    q->head = (q->head + 1) % SEND_SLOTS_MAX;
    q->count--;
    q->bytes -= m->len;
    message_release(m);
}
