#include "io/figures.h"

#include <sys/resource.h>
#include <sys/statvfs.h>

#include "io/clock.h"

_Static_assert(SHELL_WORKERS_MAX == DESK_WORKERS_MAX, "one figure for each worker");

static uint64_t own_cpu_us(void)
{
    struct rusage u;
    if (getrusage(RUSAGE_THREAD, &u) != 0)
        return 0;
    return (uint64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * US_PER_S +
           (uint64_t)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static void gather_workers(const struct pump *p, struct shell_figures *f)
{
    for (; f->workers < SHELL_WORKERS_MAX && p->workers[f->workers] != NULL; f->workers++) {
        const struct worker_figures w = worker_figures(p->workers[f->workers]);
        f->worker[f->workers] = (struct shell_worker){.cpu_us = w.cpu_us,
                                                      .datagrams_in = w.datagrams_in,
                                                      .datagrams_out = w.datagrams_out,
                                                      .dropped = w.dropped,
                                                      .refused = w.refused,
                                                      .stale = w.stale,
                                                      .orders_waiting = w.orders_waiting,
                                                      .facts_waiting = w.facts_waiting};
    }
}

static void gather_webhook(const struct pump *p, struct shell_figures *f)
{
    if (p->webhook == NULL)
        return;
    const struct webhook_figures w = webhook_figures(p->webhook);
    f->has_webhook = true;
    f->webhook_delivered = w.delivered;
    f->webhook_failed = w.failed;
    f->webhook_waiting = w.waiting;
    f->webhook_position = w.position;
    f->webhook_failing_us = w.failing_us;
}

/* Before the first commit `committed` says nothing. */
static uint64_t rows_waiting(const struct pump *p)
{
    uint64_t waiting = p->appended - p->committed;
    return waiting < p->events ? waiting : p->events;
}

struct shell_figures figures_gather(const struct pump *p)
{
    point_us now_us = clock_monotonic_us();
    const struct recorder_figures recorder = recorder_figures(p->recorder);
    struct statvfs disk;
    struct shell_figures f = {.at_us = now_us,
                              .uptime_us = now_us - p->started_us,
                              .control_cpu_us = own_cpu_us(),
                              .loop_turns = p->turns,
                              .events = p->events,
                              .events_waiting = rows_waiting(p),
                              .commits = metrics_times_count(&p->commit_times),
                              .commits_us = p->commit_times.sum_us,
                              .damaged = p->damaged,
                              .draining = p->draining,
                              .not_saved = p->not_saved,
                              .not_saved_us = p->not_saved ? now_us - p->refused_us : 0,
                              .recordings = recorder.recordings,
                              .recordings_stopped = recorder.stopped,
                              .record_lost = recorder.lost};
    gather_workers(p, &f);
    gather_webhook(p, &f);
    f.has_certificate = p->certificate != NULL && p->certificate->ends_s != 0;
    if (f.has_certificate)
        f.certificate_days = certificate_care_days(p->certificate);
    f.has_disk = p->data != NULL && statvfs(p->data, &disk) == 0;
    if (f.has_disk) {
        f.disk_free_bytes = (uint64_t)disk.f_bavail * disk.f_frsize;
        f.disk_bytes = (uint64_t)disk.f_blocks * disk.f_frsize;
    }
    return f;
}

void figures_tell(const struct pump *p)
{
    const struct shell_figures f = figures_gather(p);
    desk_shell_told(p->desk, &f);
}
