/* sd_notify(3) and the watchdog (sd_watchdog_enabled(3)) without libsystemd: tells the service manager how we
 * are, where there is one. */
#ifndef AULA_RELAY_IO_NOTIFY_H
#define AULA_RELAY_IO_NOTIFY_H

#include <stdbool.h>

#include <uv.h>

/* "READY=1", "STOPPING=1", "STATUS=...". Says nothing where $NOTIFY_SOCKET is not set. */
void notify_service_manager(const char *state);

/* Says twice in each WatchdogSec of the unit that the loop turns, and nothing where the unit has none: an
 * idle relay that nobody watches does not wake. */
struct watchdog {
    uv_timer_t timer;
    bool runs;
};

void watchdog_start(struct watchdog *w, uv_loop_t *loop);
/* Closes the timer through the loop. */
void watchdog_end(struct watchdog *w);

#endif
