#include "io/pump.h"

#include <stdlib.h>
#include <string.h>

#include "io/clock.h"
#include "io/figures.h"
#include "io/log.h"
#include "io/log_door.h"

/* --- out --- */

/* The shared message of a sentence. The same text is the same pointer, but a pointer may come again with
 * another text, so the bytes are compared too. */
static struct message *shared(struct pump *p, const char *text, size_t len)
{
    bool same = p->last != NULL && p->last_text == text && p->last->len == len &&
                memcmp(message_text(p->last), text, len) == 0;
    if (!same) {
        message_release(p->last);
        p->last = message_create(text, len);
        p->last_text = text;
    }
    return p->last;
}

static void say(struct pump *p, const struct desk_output *out)
{
    struct message *m = shared(p, out->text, out->len);
    if (m != NULL)
        web_send(p->web, out->connection, m, out->droppable);
    else /* he misses an event: he must come back and ask for it */
        web_close(p->web, out->connection);
}

static void append(struct pump *p, const struct desk_row *row)
{
    enum err error = store_append(p->store, row);
    p->events++;
    if (error != ERR_NONE)
        log_error("Row %llu of the event log is lost: %s.", (unsigned long long)row->row, err_text(error));
    else
        p->appended = row->row;
    if (error == ERR_NONE && p->timed_row == 0) {
        p->timed_row = row->row;
        p->timed_us = clock_monotonic_us();
    }
    desk_full(p->desk, store_is_full(p->store));
}

/* False: the worker has no room now. */
static bool order(struct pump *p, const struct desk_output *out)
{
    if (out->worker < 0 || out->worker >= DESK_WORKERS_MAX || p->workers[out->worker] == NULL)
        return true;
    return worker_order(p->workers[out->worker], &out->order) == ERR_NONE;
}

static void give(struct pump *p, const struct desk_output *out)
{
    switch (out->kind) {
    case DESK_SENTENCE:
        say(p, out);
        break;
    case DESK_CLOSE:
        web_close(p->web, out->connection);
        break;
    case DESK_ORDER:
        p->holding = !order(p, out);
        if (p->holding)
            p->held = *out;
        break;
    case DESK_ROW:
        append(p, &out->row);
        break;
    case DESK_RECORD:
        recorder_note(p->recorder, &out->record, out->text, out->len);
        break;
    case DESK_REPLY:
        pump_reply(p, out->request, out->text, out->len);
        break;
    case DESK_PAST:
        store_past(p->store, out->row.session);
        break;
    }
}

static void rang(uv_timer_t *timer)
{
    struct pump *p = timer->data;
    point_us now_us = clock_monotonic_us();
    if (desk_deadline(p->desk) <= now_us)
        desk_expire(p->desk, now_us);
    pump_turn(p);
}

/* Started anew only where the deadline has moved: the loop turns before and after each poll, and a timer that
 * is put off at every turn never rings. */
static void arm(struct pump *p)
{
    point_us now_us = clock_monotonic_us();
    point_us at_us = p->holding ? now_us + PUMP_RETRY_MS * US_PER_MS : desk_deadline(p->desk);
    bool runs = uv_is_active((uv_handle_t *)&p->deadline);
    if (at_us == NEVER_US) {
        uv_timer_stop(&p->deadline);
        return;
    }
    if (runs && p->armed_us <= at_us && (p->holding || p->armed_us == at_us))
        return;
    span_us left_us = at_us > now_us ? at_us - now_us : 0;
    p->armed_us = at_us;
    uv_update_time(p->loop);
    uv_timer_start(&p->deadline, rang, (uint64_t)((left_us + US_PER_MS - 1) / US_PER_MS), 0);
}

/* True when anything moved. */
static bool drain(struct pump *p)
{
    bool moved = false;
    struct desk_output out;
    if (p->holding) {
        p->holding = !order(p, &p->held);
        moved = !p->holding;
    }
    while (!p->holding && desk_output(p->desk, &out)) {
        give(p, &out);
        moved = true;
    }
    return moved;
}

void pump_turn(struct pump *p)
{
    if (p->ended)
        return;
    p->turns++;
    recorder_turn(p->recorder);
    do
        web_sweep(p->web); /* closing a connection may give the desk something to say */
    while (drain(p));
    arm(p);
    /* Not before the last session's end is on disk: only then is it told. */
    bool told = p->committed >= p->appended || p->not_saved;
    if (p->draining && told && !desk_busy(p->desk))
        p->drained(p->self);
}

/* --- in: each listener's function tells the desk; the turn comes when the library has returned --- */

static void connected(void *self, uint32_t connection, const struct address *from)
{
    struct pump *p = self;
    desk_connected(p->desk, connection, from, clock_monotonic_us());
}

static void sentence(void *self, uint32_t connection, const char *text, size_t len)
{
    struct pump *p = self;
    desk_sentence(p->desk, connection, text, len, clock_monotonic_us());
}

static void disconnected(void *self, uint32_t connection)
{
    struct pump *p = self;
    if (!p->ended)
        desk_disconnected(p->desk, connection, clock_monotonic_us());
}

static enum err may_upload(void *self, const char *token, char ret_session[SESSION_ID_MAX + 1],
                           uint32_t *ret_number)
{
    struct pump *p = self;
    return desk_may_upload(p->desk, token, clock_monotonic_us(), ret_session, ret_number);
}

static enum err deck_added(void *self, const char *session, uint32_t by, const struct deck_result *deck)
{
    struct pump *p = self;
    return desk_deck_added(p->desk, session, deck->deck, deck->title, deck->pages, deck->manifest_url, by,
                           clock_monotonic_us());
}

static enum err deck_added_by_operator(void *self, const char *session, const struct deck_result *deck)
{
    return deck_added(self, session, 0, deck);
}

static const char *unwell(void *self)
{
    struct pump *p = self;
    if (p->damaged)
        return "damaged\n";
    return p->draining ? "draining\n" : p->not_saved ? "not saved\n" : NULL;
}

static const char *unready(void *self)
{
    struct pump *p = self;
    const char *ill = unwell(p);
    return ill != NULL ? ill : desk_takes_sessions(p->desk) ? NULL : "full\n";
}

static void committed(void *self, uint64_t row)
{
    struct pump *p = self;
    p->committed = row;
    webhook_wake(p->webhook);
    point_us now_us = clock_monotonic_us();
    if (p->timed_row != 0 && row >= p->timed_row) {
        metrics_times_add(&p->commit_times, now_us - p->timed_us);
        p->timed_row = 0;
    }
    if (!p->ended)
        desk_committed(p->desk, row, now_us);
    desk_full(p->desk, store_is_full(p->store));
}

static void refused(void *self, const char *why)
{
    struct pump *p = self;
    if (why != NULL)
        log_error("The event log cannot be written: %s", why);
    else
        log_info("The event log is written again.");
    if (why != NULL && !p->not_saved)
        p->refused_us = clock_monotonic_us();
    p->not_saved = why != NULL;
    if (!p->ended)
        desk_not_saved(p->desk, p->not_saved, clock_monotonic_us());
}

static void answered(void *self, uint32_t request, const char *text, size_t len)
{
    struct pump *p = self;
    if (p->ended)
        return;
    log_door_answered(p->desk, text, len);
    pump_reply(p, request, text, len);
}

static void damaged(void *self, const char *what)
{
    struct pump *p = self;
    log_error("The event log is damaged (%s). Sessions go on; \"aulactl log verify\" tells how much of it "
              "can be read. Put "
              "a copy of it back as soon as you can.",
              what);
    p->damaged = true;
}

static void forgot(void *self, const char *session)
{
    struct pump *p = self;
    log_info("Session %s has been kept for long enough: it is gone from the log and the recordings.",
             session);
    if (!p->ended)
        desk_forget(p->desk, session);
}

static void retain(uv_timer_t *timer)
{
    struct pump *p = timer->data;
    const int64_t day_ms = 86400 * (int64_t)1000;
    const struct store_ask ask = {.question = STORE_RETAIN,
                                  .now_ms = clock_wall_us() / 1000 - p->retention_days * day_ms};
    if (p->retention_days > 0 && store_ask(p->store, &ask) != ERR_NONE)
        log_warning("What is to be forgotten could not be looked for now; it is in some hours.");
}

static void fact(void *self, int worker, const struct media_fact *fact)
{
    struct pump *p = self;
    if (!p->ended)
        desk_fact(p->desk, worker, fact, clock_monotonic_us());
}

static void recording(void *self, const char *session, const char *stopped, const char *key)
{
    struct pump *p = self;
    char url[URL_MAX + 1];
    snprintf(url, sizeof url, "%s/r/%s/%s/", p->url, session, key);
    if (!p->ended)
        desk_recording(p->desk, session, stopped, key[0] != 0 ? url : NULL, clock_monotonic_us());
}

static bool session_exists(void *self, const char *session)
{
    struct pump *p = self;
    return desk_session_exists(p->desk, session);
}

static uint64_t session_version(void *self, const char *session)
{
    struct pump *p = self;
    return desk_session_n(p->desk, session);
}

static enum err token_rights(void *self, const char *token, unsigned *ret_rights, uint32_t *ret_number)
{
    struct pump *p = self;
    return desk_token_rights(p->desk, token, clock_monotonic_us(), ret_rights, ret_number);
}

static enum err certificate(void *self, const char *number, struct desk_certificate *ret_certificate)
{
    struct pump *p = self;
    return desk_certificate(p->desk, number, ret_certificate);
}

struct web_listener pump_web_listener(struct pump *p)
{
    return (struct web_listener){connected, sentence,     disconnected, may_upload,      deck_added,  unwell,
                                 unready,   pump_request, token_rights, session_version, certificate, p};
}

struct store_listener pump_store_listener(struct pump *p)
{
    return (struct store_listener){committed, refused, answered, damaged, forgot, p};
}

struct worker_listener pump_worker_listener(struct pump *p)
{
    return (struct worker_listener){fact, p->recorder, p};
}

struct recorder_listener pump_recorder_listener(struct pump *p)
{
    return (struct recorder_listener){recording, p};
}

struct control_listener pump_control_listener(struct pump *p)
{
    return (struct control_listener){pump_request, session_exists, deck_added_by_operator, p};
}

/* --- life --- */

/* How long the loop was busy since the last turn began: what makes everyone on it wait. */
static void time_turn(struct pump *p)
{
    point_us now_us = clock_monotonic_us();
    uint64_t idle_ns = uv_metrics_idle_time(p->loop);
    if (p->turned_us != 0)
        metrics_times_add(&p->turn_times, now_us - p->turned_us - (span_us)((idle_ns - p->idle_ns) / 1000));
    p->turned_us = now_us;
    p->idle_ns = idle_ns;
}

static void before_poll(uv_prepare_t *handle)
{
    time_turn(handle->data);
    pump_turn(handle->data);
}

static void after_poll(uv_check_t *handle)
{
    pump_turn(handle->data);
}

void pump_start(struct pump *p, uv_loop_t *loop)
{
    p->loop = loop;
    uv_timer_init(loop, &p->deadline);
    uv_timer_init(loop, &p->retention);
    p->retention.data = p;
    uv_timer_start(&p->retention, retain, PUMP_RETAIN_FIRST_MS, PUMP_RETAIN_MS);
    uv_prepare_init(loop, &p->before);
    uv_check_init(loop, &p->after);
    p->deadline.data = p->before.data = p->after.data = p;
    uv_prepare_start(&p->before, before_poll);
    uv_check_start(&p->after, after_poll);
}

void pump_end(struct pump *p)
{
    p->ended = true;
    message_release(p->last);
    p->last = NULL;
    uv_close((uv_handle_t *)&p->deadline, NULL);
    uv_close((uv_handle_t *)&p->retention, NULL);
    uv_close((uv_handle_t *)&p->before, NULL);
    uv_close((uv_handle_t *)&p->after, NULL);
}
