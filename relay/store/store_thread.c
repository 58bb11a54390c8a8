#include "store/store_thread.h"

static void on_wake(uv_async_t *async)
{
    struct store_thread *t = async->data;
    t->owner.woken(t->owner.self);
}

static void on_closed(uv_handle_t *handle)
{
    struct store_thread *t = handle->data;
    uv_cond_destroy(&t->wake);
    uv_mutex_destroy(&t->lock);
    t->owner.gone(t->owner.self);
}

enum err store_thread_start(struct store_thread *t, uv_loop_t *loop, const struct store_thread_owner *owner)
{
    t->owner = *owner;
    if (uv_mutex_init(&t->lock) != 0)
        goto no_lock;
    if (uv_cond_init(&t->wake) != 0)
        goto no_cond;
    if (uv_async_init(loop, &t->wake_loop, on_wake) != 0)
        goto no_async;
    t->wake_loop.data = t;
    if (uv_thread_create(&t->thread, owner->run, owner->self) == 0)
        return ERR_NONE;
    uv_close((uv_handle_t *)&t->wake_loop, on_closed);
    return ERR_SYSTEM;

no_async:
    uv_cond_destroy(&t->wake);
no_cond:
    uv_mutex_destroy(&t->lock);
no_lock:
    owner->gone(owner->self);
    return ERR_SYSTEM;
}

void store_thread_wake_loop(struct store_thread *t)
{
    uv_async_send(&t->wake_loop);
}

void store_thread_stop(struct store_thread *t)
{
    uv_mutex_lock(&t->lock);
    uv_cond_signal(&t->wake);
    uv_mutex_unlock(&t->lock);
    uv_thread_join(&t->thread);
    uv_close((uv_handle_t *)&t->wake_loop, on_closed);
}
