/* The one way in which threads talk: a bounded ring of fixed-size messages, one sender and one receiver, and
 * a uv_async that wakes the receiver's loop.
 *
 * Wake-ups merge, so the receiver takes until the ring is empty. No lock: the sender owns `head`, the
 * receiver `tail` (C11 release and acquire). */
#ifndef AULA_RELAY_IO_MAILBOX_H
#define AULA_RELAY_IO_MAILBOX_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uv.h>

#include "base/errors.h"

struct mailbox {
    uint8_t *slots; /* owned */
    size_t message_bytes;
    size_t count;       /* slots, a power of two */
    atomic_size_t head; /* messages ever put; the sender's */
    atomic_size_t tail; /* messages ever taken; the receiver's */
    uv_async_t wake;
    void (*arrived)(void *self); /* on the receiver's loop: take until empty */
    void *self;
};

/* On the receiver's loop, before there is a second thread (or before the sender knows of it). `count` is a
 * power of two. ERR_MEMORY, ERR_SYSTEM. mailbox_close ends it. */
enum err mailbox_open(struct mailbox *m, uv_loop_t *loop, size_t message_bytes, size_t count,
                      void (*arrived)(void *self), void *self) MUST_USE;
/* Receiver's thread, after the sender has ended. The async closes through the loop: run it once more, then
 * mailbox_finish. */
void mailbox_close(struct mailbox *m);
void mailbox_finish(struct mailbox *m);

/* Sender's thread: copies the message in and wakes the receiver. ERR_FULL: nothing happened, try again. */
enum err mailbox_put(struct mailbox *m, const void *message) MUST_USE;
/* Sender's thread: whether mailbox_put would take a message. */
bool mailbox_has_room(struct mailbox *m);
/* How many messages wait, about; any thread. */
size_t mailbox_waiting(const struct mailbox *m);
/* Receiver's thread: copies the oldest message out, or false. */
bool mailbox_take(struct mailbox *m, void *ret_message);
/* Wakes the receiver without a message. Any thread, while the mailbox is open. */
void mailbox_wake(struct mailbox *m);

#endif
