/* A worker: a thread with a loop of its own that owns one media plane and one UDP socket. Orders come in and
 * facts go out through mailboxes; nothing else is shared. Its timer follows media_deadline to the microsecond
 * and is off while nothing is due. */
#ifndef AULA_RELAY_IO_WORKER_H
#define AULA_RELAY_IO_WORKER_H

#include <uv.h>

#include "base/address.h"
#include "io/recorder.h"
#include "media.h"

#define WORKER_ORDERS 4096 /* orders on their way: a hall that joins at once gives three for each person */
#define WORKER_FACTS  8192 /* facts on their way: the counters of all peers at once */

struct worker;

/* Called on the control loop. */
struct worker_listener {
    void (*fact)(void *self, int worker, const struct media_fact *fact);
    struct recorder *recorder; /* borrowed: takes what is recorded; NULL: nobody */
    void *self;
};

/* What a worker has counted; read by any thread, each figure by itself. */
struct worker_figures {
    uint64_t datagrams_in, datagrams_out, dropped, refused, stale;
    uint64_t cpu_us;                        /* of its thread */
    uint64_t orders_waiting, facts_waiting; /* on their way now */
};

/* Takes over the bound socket `fd` and starts the thread. `loop` is the control loop. The caller owns
 * *ret_worker. ERR_MEMORY, ERR_SYSTEM. */
enum err worker_create(uv_loop_t *loop, int number, int fd, const struct address *at,
                       const struct worker_listener *listener, struct worker **ret_worker) MUST_USE;
/* Ends the thread, waits for it, and frees the worker through the control loop, which must run once more.
 * NULL is legal. */
void worker_destroy(struct worker *w);

/* Control loop's thread. ERR_FULL: not taken, try again soon. */
enum err worker_order(struct worker *w, const struct media_order *order) MUST_USE;
struct worker_figures worker_figures(const struct worker *w);

#endif
