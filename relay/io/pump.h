/* The pump: what the shells hear goes into the desk, what the desk says goes to the shells. It runs after
 * each turn of the loop, when no library is on the stack, until the desk has no more to say. The control
 * loop's thread only. */
#ifndef AULA_RELAY_IO_PUMP_H
#define AULA_RELAY_IO_PUMP_H

#include <stdbool.h>

#include <uv.h>

#include "io/certificate_care.h"
#include "io/control_door.h"
#include "io/metrics.h"
#include "io/recorder.h"
#include "io/web.h"
#include "io/webhook.h"
#include "io/worker.h"
#include "signal/desk.h"
#include "store/store.h"

#define PUMP_RETRY_MS        1    /* when a worker's mailbox is full */
#define PUMP_RETAIN_FIRST_MS 2000 /* after the start, what has been kept for long enough goes; and then … */
#define PUMP_RETAIN_MS       (6 * 3600 * 1000)

struct pump {
    uv_loop_t *loop;
    struct desk *desk; /* these are borrowed, and set before pump_start */
    struct store *store;
    struct web *web;
    struct control_door *door;
    struct recorder *recorder;
    struct webhook *webhook; /* NULL: none */
    const char *url;         /* "https://HOST:PORT" */
    struct {
        const char *recordings, *decks, *web;
    } places; /* folders */
    struct worker *workers[DESK_WORKERS_MAX];
    const struct certificate_care *certificate;
    const char *data; /* the data folder */
    point_us started_us;
    void (*drained)(void *self); /* a draining relay's last session is over */
    void *self;

    uint64_t events;              /* rows handed to the store since the start */
    uint64_t appended, committed; /* newest rows: handed to the store, on disk */
    bool draining;
    bool not_saved;
    point_us refused_us; /* since when, while not_saved */
    bool damaged;        /* the event log is, somewhere */
    bool ended;
    uint64_t turns;     /* of the loop: a descriptor that spins shows here */
    point_us turned_us; /* when the last one began, */
    uint64_t idle_ns;   /* and how long the loop had waited until then */
    struct metrics_times turn_times, commit_times;
    uint64_t timed_row; /* one row at a time is timed on its way to the disk; 0 = none is on it */
    point_us timed_us;  /* when it was handed over */
    uv_timer_t deadline;
    uv_timer_t retention;
    int retention_days;  /* of sessions that are over; 0 = for ever */
    point_us armed_us;   /* what it was last started for */
    uv_prepare_t before; /* timers of the loop have run */
    uv_check_t after;    /* everything else of the loop has run */
    bool holding;        /* `held` is an order for which its worker had no room */
    struct desk_output held;
    struct message *last; /* the newest sentence: the same goes to many connections */
    const char *last_text;
};

/* pump_request.c: a request of either door, the control socket's or the HTTP interface's, and the answer on
 * its way back. */
void pump_request(void *self, uint32_t request, const char *text, size_t len);
void pump_reply(struct pump *p, uint32_t request, const char *text, size_t len);

struct web_listener pump_web_listener(struct pump *p);
struct store_listener pump_store_listener(struct pump *p);
struct worker_listener pump_worker_listener(struct pump *p);
struct recorder_listener pump_recorder_listener(struct pump *p);
struct control_listener pump_control_listener(struct pump *p);

void pump_start(struct pump *p, uv_loop_t *loop);
/* Moves everything there is to move. Not from within a library's callback. */
void pump_turn(struct pump *p);
/* Moves nothing any more and closes its handles through the loop. */
void pump_end(struct pump *p);

#endif
