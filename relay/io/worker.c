#include "io/worker.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "io/clock.h"
#include "io/entropy.h"
#include "io/log.h"
#include "io/mailbox.h"
#include "io/udp_shell.h"

#define WORKER_NICE    (-10)
#define FACTS_RETRY_US (2 * (span_us)US_PER_MS) /* when the control loop's mailbox was full */

struct worker {
    int number;
    uv_thread_t thread;
    struct mailbox orders; /* control → worker */
    struct mailbox facts;  /* worker → control */
    struct worker_listener listener;
    atomic_bool stop;
    _Atomic uint64_t figures[5]; /* as worker_figures */
    /* the worker's thread alone */
    uv_loop_t loop;
    struct media *media;
    struct udp_shell *udp;
    struct media_record record; /* on its way to the recorder */
    int timer_fd;
    uv_poll_t timer;
    point_us armed_us; /* what the timer is set to */
};

static void give_facts(struct worker *w)
{
    struct media_fact fact;
    while (mailbox_has_room(&w->facts) && media_fact(w->media, &fact))
        if (mailbox_put(&w->facts, &fact) != ERR_NONE)
            return;
}

/* What the recorder has no room for is lost to the recording, and nothing waits. */
static void give_records(struct worker *w)
{
    if (w->listener.recorder == NULL)
        return;
    struct mailbox *inbox = recorder_inbox(w->listener.recorder, w->number);
    while (media_record(w->media, &w->record))
        if (mailbox_put(inbox, &w->record) != ERR_NONE)
            recorder_lost(w->listener.recorder);
}

static void arm(struct worker *w, point_us now_us)
{
    point_us deadline_us = media_deadline(w->media);
    if (!mailbox_has_room(&w->facts))
        deadline_us = earlier_us(deadline_us, now_us + FACTS_RETRY_US);
    if (deadline_us == w->armed_us)
        return;
    w->armed_us = deadline_us;
    struct itimerspec spec = {0}; /* all zero: off */
    if (deadline_us != NEVER_US) {
        point_us at_us = deadline_us > 1 ? deadline_us : 1;
        spec.it_value = (struct timespec){at_us / US_PER_S, at_us % US_PER_S * 1000};
    }
    timerfd_settime(w->timer_fd, TFD_TIMER_ABSTIME, &spec, NULL);
}

static void count(struct worker *w)
{
    const struct media_counters *media = media_counters(w->media);
    const struct udp_counters *udp = udp_shell_counters(w->udp);
    uint64_t dropped = udp->too_long;
    for (int e = 0; e < ERR_COUNT; e++)
        dropped += media->dropped[e];
    const uint64_t now[] = {udp->in, udp->out, dropped, udp->refused, udp->stale};
    for (int i = 0; i < 5; i++)
        atomic_store_explicit(&w->figures[i], now[i], memory_order_relaxed);
}

/* After every input: what is ready goes out, facts go up, the timer follows. */
static void flush(struct worker *w, point_us now_us)
{
    const struct media_datagram *datagrams;
    size_t n;
    while ((n = media_output(w->media, &datagrams)) > 0) {
        udp_shell_send(w->udp, datagrams, n, now_us);
        media_sent(w->media, n);
    }
    give_facts(w);
    give_records(w);
    arm(w, now_us);
    count(w);
}

static void received(void *self, const struct address *from, uint8_t *bytes, size_t len, point_us now_us)
{
    struct worker *w = self;
    media_input(w->media, from, bytes, len, now_us);
}

static void batch_ended(void *self, point_us now_us)
{
    struct worker *w = self;
    point_us deadline_us = media_deadline(w->media);
    if (deadline_us <= now_us) /* a loop full of datagrams must not starve the mix */
        media_expire(w->media, now_us);
    flush(w, now_us);
}

static void timer_rang(uv_poll_t *handle, int status, int events)
{
    struct worker *w = handle->data;
    uint64_t times;
    (void)events;
    if (status < 0 || read(w->timer_fd, &times, sizeof times) < 0)
        return;
    w->armed_us = NEVER_US;
    point_us now_us = clock_monotonic_us();
    if (media_deadline(w->media) <= now_us)
        media_expire(w->media, now_us);
    flush(w, now_us);
}

static void close_all(struct worker *w)
{
    uv_close((uv_handle_t *)&w->timer, NULL);
    udp_shell_destroy(w->udp);
    w->udp = NULL;
    mailbox_close(&w->orders);
}

static void orders_arrived(void *self)
{
    struct worker *w = self;
    struct media_order order;
    if (w->udp == NULL)
        return; /* closing */
    point_us now_us = clock_monotonic_us();
    while (mailbox_take(&w->orders, &order)) {
        enum err error = media_order(w->media, &order, now_us);
        if (error == ERR_FULL || error == ERR_MEMORY)
            log_error("Worker %d could not follow an order of kind %d: %s.", w->number, (int)order.kind,
                      err_text(error));
    }
    flush(w, now_us);
    if (atomic_load(&w->stop))
        close_all(w);
}

/* Sound goes before everything else that wants the core, the control loop among it: a listener hears a packet
 * that waited, nobody sees a sentence that did. Linux gives each thread its own niceness. Where it is not
 * allowed (RLIMIT_NICE) all stays as it is. */
static void go_first(void)
{
    (void)setpriority(PRIO_PROCESS, 0, WORKER_NICE);
}

static void run(void *argument)
{
    struct worker *w = argument;
    go_first();
    uv_run(&w->loop, UV_RUN_DEFAULT);
    media_destroy(w->media);
    uv_loop_close(&w->loop);
}

static void facts_arrived(void *self)
{
    struct worker *w = self;
    struct media_fact fact;
    while (mailbox_take(&w->facts, &fact))
        w->listener.fact(w->listener.self, w->number, &fact);
}

/* The parts that live on the worker's loop; on failure whatever was made is closed again. */
static enum err open_parts(struct worker *w, int fd, const struct address *at)
{
    const struct udp_listener listener = {received, batch_ended, w};
    enum err error = media_create(entropy_of_system(), &w->media);
    if (error == ERR_NONE)
        error = udp_shell_create(&w->loop, fd, at, &listener, &w->udp);
    else
        close(fd);
    if (error != ERR_NONE)
        return error;
    w->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (w->timer_fd < 0 || uv_poll_init(&w->loop, &w->timer, w->timer_fd) != 0)
        return ERR_SYSTEM;
    w->timer.data = w;
    uv_poll_start(&w->timer, UV_READABLE, timer_rang);
    return mailbox_open(&w->orders, &w->loop, sizeof(struct media_order), WORKER_ORDERS, orders_arrived, w);
}

static void free_worker(struct worker *w)
{
    if (w->timer_fd >= 0)
        close(w->timer_fd);
    mailbox_finish(&w->orders);
    mailbox_finish(&w->facts);
    free(w);
}

enum err worker_create(uv_loop_t *loop, int number, int fd, const struct address *at,
                       const struct worker_listener *listener, struct worker **ret_worker)
{
    struct worker *w = calloc(1, sizeof *w);
    if (w == NULL || uv_loop_init(&w->loop) != 0) {
        close(fd);
        free(w);
        return ERR_MEMORY;
    }
    w->number = number;
    w->listener = *listener;
    w->timer_fd = -1;
    w->armed_us = NEVER_US;
    /* A relay that cannot start its workers ends at once; what is half made ends with it. */
    enum err error = open_parts(w, fd, at);
    if (error == ERR_NONE)
        error = mailbox_open(&w->facts, loop, sizeof(struct media_fact), WORKER_FACTS, facts_arrived, w);
    if (error == ERR_NONE && uv_thread_create(&w->thread, run, w) != 0)
        error = ERR_SYSTEM;
    if (error != ERR_NONE)
        return error;
    *ret_worker = w;
    return ERR_NONE;
}

static void facts_closed(uv_handle_t *handle)
{
    struct mailbox *facts = handle->data;
    free_worker(facts->self);
}

void worker_destroy(struct worker *w)
{
    if (w == NULL)
        return;
    atomic_store(&w->stop, true);
    mailbox_wake(&w->orders);
    uv_thread_join(&w->thread);
    uv_close((uv_handle_t *)&w->facts.wake, facts_closed);
}

enum err worker_order(struct worker *w, const struct media_order *order)
{
    return mailbox_put(&w->orders, order);
}

/* Read from outside: the worker need not stop for it. */
static uint64_t thread_cpu_us(uv_thread_t thread)
{
    clockid_t clock;
    struct timespec t;
    if (pthread_getcpuclockid(thread, &clock) != 0 || clock_gettime(clock, &t) != 0)
        return 0;
    return (uint64_t)t.tv_sec * US_PER_S + (uint64_t)t.tv_nsec / 1000;
}

struct worker_figures worker_figures(const struct worker *w)
{
    uint64_t f[5];
    for (int i = 0; i < 5; i++)
        f[i] = atomic_load_explicit(&w->figures[i], memory_order_relaxed);
    return (struct worker_figures){.datagrams_in = f[0],
                                   .datagrams_out = f[1],
                                   .dropped = f[2],
                                   .refused = f[3],
                                   .stale = f[4],
                                   .cpu_us = thread_cpu_us(w->thread),
                                   .orders_waiting = mailbox_waiting(&w->orders),
                                   .facts_waiting = mailbox_waiting(&w->facts)};
}
