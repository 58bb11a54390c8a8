/* A thread beside the loop, as writer and archive have one: a lock for what both touch, a signal to the
 * thread, a wake-up to the loop, and the order in which all of it begins and ends. */
#ifndef AULA_RELAY_STORE_STORE_THREAD_H
#define AULA_RELAY_STORE_STORE_THREAD_H

#include <uv.h>

#include "base/errors.h"

/* What an owner gives: `run` is the thread's; `woken` is called on the loop after store_thread_wake_loop
 * (once for several); `gone` on the loop when nothing of the thread is left: it frees the owner. */
struct store_thread_owner {
    void (*run)(void *self);
    void (*woken)(void *self);
    void (*gone)(void *self);
    void *self;
};

struct store_thread {
    uv_mutex_t lock;
    uv_cond_t wake; /* the thread waits for it */
    uv_async_t wake_loop;
    uv_thread_t thread;
    struct store_thread_owner owner;
};

/* `t` is a part of the owner. On failure `gone` is called all the same, now or by the loop. ERR_SYSTEM. */
enum err store_thread_start(struct store_thread *t, uv_loop_t *loop,
                            const struct store_thread_owner *owner) MUST_USE;
/* Of the thread: `woken` is called soon. */
void store_thread_wake_loop(struct store_thread *t);
/* Wakes the thread, which has been told (under the lock) to end, and waits for it. `gone` comes when the loop
 * has closed the handle; `woken` comes no more. */
void store_thread_stop(struct store_thread *t);

#endif
