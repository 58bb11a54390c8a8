#include "io/relay.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "io/clock.h"
#include "io/log.h"
#include "io/relay_parts.h"
#include "link/link.h"

#define GOODBYE_TURN_MS 20
#define GOODBYE_MOST_US (1200 * (span_us)US_PER_MS) /* for last words, of the 2 s that an end may take */

/* --- the end --- */

static void close_everything(struct relay *r)
{
    uv_close((uv_handle_t *)&r->goodbye, NULL);
    watchdog_end(&r->watchdog);
    certificate_care_end(&r->certificate);
    uv_close((uv_handle_t *)&r->on_term, NULL);
    uv_close((uv_handle_t *)&r->on_int, NULL);
    uv_close((uv_handle_t *)&r->on_hup, NULL);
    signal(SIGTERM, SIG_IGN); /* who is already ending is not asked twice */
    signal(SIGINT, SIG_IGN);
    pump_end(&r->pump);
    metrics_destroy(r->metrics);
    control_door_destroy(r->pump.door);
    decks_destroy(r->decks);
    for (int i = 0; i < r->options.workers; i++)
        worker_destroy(r->pump.workers[i]);
    recorder_destroy(r->pump.recorder);
    webhook_destroy(r->pump.webhook);
    store_close(r->pump.store);
    web_end(r->pump.web);
}

static void goodbye_turn(uv_timer_t *timer)
{
    struct relay *r = timer->data;
    bool over = web_sockets(r->pump.web) == 0 || clock_monotonic_us() - r->stopped_us > GOODBYE_MOST_US;
    if (over)
        close_everything(r);
}

static void stop(void *self)
{
    struct relay *r = self;
    if (r->stopping)
        return;
    r->stopping = true;
    r->stopped_us = clock_monotonic_us();
    notify_service_manager("STOPPING=1");
    web_leave(r->pump.web);
    desk_shutdown(r->pump.desk, r->stopped_us);
    pump_turn(&r->pump);
    web_stop(r->pump.web);
    uv_timer_start(&r->goodbye, goodbye_turn, GOODBYE_TURN_MS, GOODBYE_TURN_MS);
}

static void stop_signal(uv_signal_t *handle, int signal_number)
{
    log_info("Signal %d: the relay says goodbye and ends.", signal_number);
    stop(handle->data);
}

/* Files of the same names hold other secrets after a rotation. A bad one is said, and the old one stays. */
static void reload_secrets(struct relay *r)
{
    secrets_reload(&r->secrets, &r->options);
    desk_use_jwt_secret(r->pump.desk, r->secrets.jwt.bytes, r->secrets.jwt.len);
    webhook_use_secret(r->pump.webhook, &r->secrets.webhook);
}

/* What can change while running: certificate, secrets, limits, the log's form. */
static void reload(uv_signal_t *handle, int signal_number)
{
    struct relay *r = handle->data;
    struct options options;
    (void)signal_number;
    if (options_read(r->argc, r->argv, stderr, stderr, &options) == OPTIONS_RUN) {
        const struct accept_limits limits = relay_limits(&options);
        web_set_limits(r->pump.web, &limits);
        log_use_json(options.log_json);
        r->pump.retention_days = options.retention_days;
        memcpy(r->options.jwt_secret_file, options.jwt_secret_file, sizeof options.jwt_secret_file);
        memcpy(r->options.webhook_secret_file, options.webhook_secret_file,
               sizeof options.webhook_secret_file);
    } else {
        log_error("The configuration stays as it was: it has mistakes.");
    }
    reload_secrets(r);
    certificate_care_reload(&r->certificate);
}

void relay_watch_signals(struct relay *r)
{
    uv_signal_init(&r->loop, &r->on_term);
    uv_signal_init(&r->loop, &r->on_int);
    uv_signal_init(&r->loop, &r->on_hup);
    uv_timer_init(&r->loop, &r->goodbye);
    r->on_term.data = r->on_int.data = r->on_hup.data = r->goodbye.data = r;
    watchdog_start(&r->watchdog, &r->loop);
    certificate_care_start(&r->certificate, &r->loop, r->pump.web);
    uv_signal_start(&r->on_term, stop_signal, SIGTERM);
    uv_signal_start(&r->on_int, stop_signal, SIGINT);
    uv_signal_start(&r->on_hup, reload, SIGHUP);
    r->pump.drained = stop;
    r->pump.self = r;
}

const char *relay_ready_line(const struct relay *r)
{
    return r->ready_line;
}

void relay_run(struct relay *r)
{
    notify_service_manager("READY=1");
    uv_run(&r->loop, UV_RUN_DEFAULT);
    web_destroy(r->pump.web); /* now that the loop has drained */
    desk_destroy(r->pump.desk);
    link_identity_destroy(r->identity);
    uv_loop_close(&r->loop);
    free(r);
}
