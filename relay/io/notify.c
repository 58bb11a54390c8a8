#include "io/notify.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "io/log.h"

void notify_service_manager(const char *state)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    if (path == NULL || (path[0] != '/' && path[0] != '@') || strlen(path) >= sizeof to.sun_path)
        return;
    memcpy(to.sun_path, path, strlen(path));
    if (path[0] == '@')
        to.sun_path[0] = 0; /* the abstract namespace */
    socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || sendto(fd, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&to, len) < 0)
        log_warning("The service manager could not be told %s.", state);
    if (fd >= 0)
        close(fd);
}

/* Half of $WATCHDOG_USEC in ms, where it is meant for us; else 0. */
static uint64_t half_period_ms(void)
{
    const char *period = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
    if (period == NULL || (pid != NULL && strtol(pid, NULL, 10) != (long)getpid()))
        return 0;
    long long us = strtoll(period, NULL, 10);
    return us > 0 ? (uint64_t)us / 2000 + 1 : 0;
}

static void still_here(uv_timer_t *timer)
{
    (void)timer;
    notify_service_manager("WATCHDOG=1");
}

void watchdog_start(struct watchdog *w, uv_loop_t *loop)
{
    uint64_t every_ms = half_period_ms();
    w->runs = every_ms > 0;
    if (!w->runs)
        return;
    uv_timer_init(loop, &w->timer);
    uv_timer_start(&w->timer, still_here, every_ms, every_ms);
}

void watchdog_end(struct watchdog *w)
{
    if (w->runs)
        uv_close((uv_handle_t *)&w->timer, NULL);
    w->runs = false;
}
