#include "io/figures.h"

#include <stddef.h>
#include <string.h>
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

/* Before the first commit `committed` says nothing. */
static uint64_t rows_waiting(const struct pump *p)
{
    uint64_t waiting = p->appended - p->committed;
    return waiting < p->events ? waiting : p->events;
}

static struct shell_figures gather(const struct pump *p)
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
                              .damaged = p->damaged,
                              .draining = p->draining,
                              .not_saved = p->not_saved,
                              .recordings = recorder.recordings,
                              .recordings_stopped = recorder.stopped,
                              .record_lost = recorder.lost};
    gather_workers(p, &f);
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
    const struct shell_figures f = gather(p);
    desk_shell_told(p->desk, &f);
}

static void state_plane(const struct pump *p, struct metrics_text *t)
{
    struct desk_figures desk = desk_figures(p->desk);
    metrics_family(t, "aula_build", "info", "The relay's version.");
    metrics_line(t, "aula_build_info{version=\"%s\"} 1\n", AULA_VERSION);
    metrics_one(t, "aula_sessions", "gauge", "Sessions that are not over.", desk.sessions);
    metrics_one(t, "aula_members", "gauge", "Connections that speak the protocol.", desk.members);
    metrics_one(t, "aula_peers", "gauge", "Media links.", desk.peers);
    metrics_one(t, "aula_not_saved", "gauge", "1 while the disk refuses the event log.", p->not_saved);
    const struct recorder_figures recorder = recorder_figures(p->recorder);
    metrics_one(t, "aula_recordings", "gauge", "Sessions that the recorder holds.", recorder.recordings);
    metrics_one(t, "aula_recordings_stopped", "gauge", "Of these, refused by the disk.", recorder.stopped);
    metrics_one(t, "aula_recorded_packets", "counter", "Packets of sound that came to the recorder.",
                recorder.packets);
    metrics_one(t, "aula_record_lost", "counter", "Packets and lines that found no room on their way to it.",
                recorder.lost);
    metrics_one(t, "aula_loop_turns", "counter", "Turns of the control loop.", p->turns);
}

static void web_side(const struct pump *p, struct metrics_text *t)
{
    struct web_counters web = web_counters(p->web);
    const struct accept_counters *tcp = web_accept_counters(p->web);
    metrics_one(t, "aula_connections", "gauge", "TCP connections open.", (unsigned long long)tcp->open);
    metrics_one(t, "aula_connections_accepted", "counter", "TCP connections taken in.", tcp->accepted);
    metrics_one(t, "aula_connections_refused", "counter", "TCP connections over a limit.",
                tcp->refused_full + tcp->refused_address);
    metrics_one(t, "aula_http_requests", "counter", "HTTP requests.", web.requests);
    metrics_one(t, "aula_websockets", "gauge", "WebSockets open.", (unsigned long long)web.sockets);
    metrics_one(t, "aula_sentences_in", "counter", "Sentences from members.", web.sentences_in);
    metrics_one(t, "aula_sentences_out", "counter", "Sentences to members.", web.sentences_out);
    metrics_one(t, "aula_sentences_skipped", "counter",
                "Signals that slow readers missed, told when they leave.", web.skipped);
    metrics_one(t, "aula_slow_readers", "counter", "Connections cut because they read too slowly.", web.slow);
}

/* One family with a sample for each worker. `offset` finds the figure. */
static void per_worker(const struct pump *p, struct metrics_text *t, const char *name, const char *help,
                       size_t offset)
{
    metrics_family(t, name, "counter", help);
    for (int i = 0; i < DESK_WORKERS_MAX && p->workers[i] != NULL; i++) {
        struct worker_figures figures = worker_figures(p->workers[i]);
        const uint64_t *value = (const void *)((const char *)&figures + offset);
        metrics_line(t, "%s_total{worker=\"%d\"} %llu\n", name, i, (unsigned long long)*value);
    }
}

void figures_write(const struct pump *p, struct metrics_text *t)
{
    state_plane(p, t);
    web_side(p, t);
    per_worker(p, t, "aula_datagrams_in", "Datagrams received.",
               offsetof(struct worker_figures, datagrams_in));
    per_worker(p, t, "aula_datagrams_out", "Datagrams sent.", offsetof(struct worker_figures, datagrams_out));
    per_worker(p, t, "aula_datagrams_dropped", "Datagrams received that were no good.",
               offsetof(struct worker_figures, dropped));
    per_worker(p, t, "aula_datagrams_refused", "Datagrams the kernel would not send.",
               offsetof(struct worker_figures, refused));
    per_worker(p, t, "aula_datagrams_stale", "Datagrams that waited too long for the kernel.",
               offsetof(struct worker_figures, stale));
}
