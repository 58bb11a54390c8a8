/* The figures as Prometheus reads them. Names and units are listed in README.md. */
#include <stddef.h>
#include <stdio.h>

#include "io/figures.h"

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
    metrics_one(t, "aula_events", "counter", "Rows for the event log: events and links.", p->events);
    metrics_histogram(t, "aula_loop_turn_seconds", "How long the control loop was busy in one turn.",
                      &p->turn_times);
    metrics_histogram(t, "aula_commit_seconds", "How long a row of the event log took to be on disk.",
                      &p->commit_times);
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

static void seconds(struct metrics_text *t, const char *name, const char *label, const char *value,
                    uint64_t us)
{
    metrics_line(t, "%s_total{%s=\"%s\"} %llu.%06llu\n", name, label, value, (unsigned long long)us / 1000000,
                 (unsigned long long)us % 1000000);
}

static void webhook(const struct shell_figures *f, struct metrics_text *t)
{
    if (!f->has_webhook)
        return;
    metrics_one(t, "aula_webhook_delivered", "counter", "Events that the webhook's receiver has taken.",
                f->webhook_delivered);
    metrics_one(t, "aula_webhook_failed", "counter", "Deliveries that it has not taken.", f->webhook_failed);
    metrics_one(t, "aula_webhook_waiting", "gauge", "Events that it has not been told yet.",
                f->webhook_waiting);
    metrics_one(t, "aula_webhook_position", "gauge", "It has all rows of the log up to this one.",
                f->webhook_position);
    metrics_one(t, "aula_webhook_failing_seconds", "gauge", "How long it has taken nothing; 0 while it does.",
                (unsigned long long)f->webhook_failing_us / 1000000);
}

static void machine(const struct shell_figures *f, struct metrics_text *t)
{
    metrics_one(t, "aula_uptime_seconds", "gauge", "How long the relay runs.",
                (unsigned long long)f->uptime_us / 1000000);
    metrics_one(t, "aula_events_waiting", "gauge", "Rows for the event log that are not on disk yet.",
                f->events_waiting);
    metrics_one(t, "aula_not_saved_seconds", "gauge",
                "How long the disk has refused the event log; 0 while it does not.",
                (unsigned long long)f->not_saved_us / 1000000);
    metrics_one(t, "aula_draining", "gauge", "1 while the relay ends with its last session.", f->draining);
    metrics_one(t, "aula_log_damaged", "gauge", "1 where the event log cannot be read whole.", f->damaged);
    if (f->has_disk) {
        metrics_one(t, "aula_disk_free_bytes", "gauge", "Left where the data folder lies.",
                    f->disk_free_bytes);
        metrics_one(t, "aula_disk_size_bytes", "gauge", "Size of that disk.", f->disk_bytes);
    }
    if (f->has_certificate) {
        metrics_family(t, "aula_certificate_left_seconds", "gauge",
                       "Until the certificate ends, in whole days; below 0 it has.");
        metrics_line(t, "aula_certificate_left_seconds %lld\n", (long long)f->certificate_days * 86400);
    }
    metrics_family(t, "aula_cpu_seconds", "counter", "CPU time of each thread that carries sessions.");
    seconds(t, "aula_cpu_seconds", "thread", "control", f->control_cpu_us);
    for (int i = 0; i < f->workers; i++) {
        char name[24];
        snprintf(name, sizeof name, "worker-%d", i);
        seconds(t, "aula_cpu_seconds", "thread", name, f->worker[i].cpu_us);
    }
}

struct column {
    const char *name, *type, *help;
    size_t offset;
};

/* One family with a sample for each worker. */
static void workers(const struct shell_figures *f, struct metrics_text *t)
{
    static const struct column columns[] = {
        {"aula_datagrams_in", "counter", "Datagrams received.", offsetof(struct shell_worker, datagrams_in)},
        {"aula_datagrams_out", "counter", "Datagrams sent.", offsetof(struct shell_worker, datagrams_out)},
        {"aula_datagrams_dropped", "counter", "Datagrams received that were no good.",
         offsetof(struct shell_worker, dropped)},
        {"aula_datagrams_refused", "counter", "Datagrams the kernel would not send.",
         offsetof(struct shell_worker, refused)},
        {"aula_datagrams_stale", "counter", "Datagrams that waited too long for the kernel.",
         offsetof(struct shell_worker, stale)},
        {"aula_orders_waiting", "gauge", "Messages on their way to a worker.",
         offsetof(struct shell_worker, orders_waiting)},
        {"aula_facts_waiting", "gauge", "Messages on their way from a worker.",
         offsetof(struct shell_worker, facts_waiting)}};
    for (size_t k = 0; k < sizeof columns / sizeof columns[0]; k++) {
        metrics_family(t, columns[k].name, columns[k].type, columns[k].help);
        for (int i = 0; i < f->workers; i++)
            metrics_line(t, "%s%s{worker=\"%d\"} %llu\n", columns[k].name, metrics_suffix(columns[k].type), i,
                         (unsigned long long)*(const uint64_t *)(const void *)((const char *)&f->worker[i] +
                                                                               columns[k].offset));
    }
}

#define OF(field) offsetof(struct session_counters, field)
static const struct column counted[] = {
    {"packets_in", "counter", "RTP packets taken from participants.", OF(packets_in)},
    {"packets_out", "counter", "RTP packets sent to participants.", OF(packets_out)},
    {"packets_dropped", "counter", "RTP packets that did not enter, or came too late.", OF(dropped)},
    {"received_bytes", "counter", "UDP payload from participants.", OF(bytes_in)},
    {"sent_bytes", "counter", "UDP payload to participants.", OF(bytes_out)},
    {"encodes", "counter", "Frames of Opus encoded.", OF(encodes)},
    {"decodes", "counter", "Frames of Opus decoded.", OF(decodes)},
    {"mixes", "counter", "Frames mixed.", OF(mixes)},
    {"late_mixes", "counter", "Frames mixed that waited for a speaker's packet till the last.",
     OF(late_mixes)}};
#undef OF
#define COUNTED (sizeof counted / sizeof counted[0])

static unsigned long long count_at(const struct session_counters *c, size_t offset)
{
    return *(const uint64_t *)(const void *)((const char *)c + offset);
}

static void totals(const struct pump *p, struct metrics_text *t)
{
    const struct session_counters sum = desk_totals(p->desk);
    char name[64];
    for (size_t k = 0; k < COUNTED; k++) {
        snprintf(name, sizeof name, "aula_media_%s", counted[k].name);
        metrics_one(t, name, counted[k].type, counted[k].help, count_at(&sum, counted[k].offset));
    }
}

static void per_session_gauge(const struct pump *p, struct metrics_text *t, const char *name,
                              const char *help, int which)
{
    size_t at = 0;
    struct session_figures s;
    metrics_family(t, name, "gauge", help);
    while (desk_next_session(p->desk, &at, &s))
        metrics_line(t, "%s{session=\"%s\"} %zu\n", name, s.id ? s.id : METRICS_OTHER,
                     which == 0   ? s.present
                     : which == 1 ? s.peers
                                  : s.speaking);
}

static void per_session(const struct pump *p, struct metrics_text *t)
{
    struct session_figures s;
    char name[64];
    per_session_gauge(p, t, "aula_session_people", "People who are there.", 0);
    per_session_gauge(p, t, "aula_session_peers", "Media links.", 1);
    per_session_gauge(p, t, "aula_session_speakers", "People who are heard now.", 2);
    for (size_t k = 0; k < COUNTED; k++) {
        size_t at = 0;
        snprintf(name, sizeof name, "aula_session_%s", counted[k].name);
        metrics_family(t, name, counted[k].type, counted[k].help);
        while (desk_next_session(p->desk, &at, &s))
            metrics_line(t, "%s_total{session=\"%s\"} %llu\n", name, s.id ? s.id : METRICS_OTHER,
                         count_at(&s.counters, counted[k].offset));
    }
}

void figures_write(const struct pump *p, struct metrics_text *t)
{
    const struct shell_figures f = figures_gather(p);
    desk_watch(p->desk, f.at_us);
    state_plane(p, t);
    web_side(p, t);
    machine(&f, t);
    webhook(&f, t);
    workers(&f, t);
    totals(p, t);
    per_session(p, t);
}
