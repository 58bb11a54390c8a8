/* What the shells around the desk have counted, as they tell it to the desk before the operator looks. */
#ifndef AULA_RELAY_SIGNAL_SHELL_FIGURES_H
#define AULA_RELAY_SIGNAL_SHELL_FIGURES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"

#define SHELL_WORKERS_MAX 16

struct shell_worker {
    uint64_t cpu_us; /* of its thread */
    uint64_t datagrams_in, datagrams_out, dropped, refused, stale;
    uint64_t orders_waiting, facts_waiting; /* in the mailboxes, now */
};

struct shell_figures {
    point_us at_us;
    span_us uptime_us;
    uint64_t control_cpu_us;
    uint64_t loop_turns;
    int workers;
    struct shell_worker worker[SHELL_WORKERS_MAX];
    uint64_t events, events_waiting; /* rows of the log: ever, and not yet on disk */
    uint64_t commits,
        commits_us; /* rows that were timed on their way to the disk, and what all of them took */
    bool has_disk;
    uint64_t disk_free_bytes, disk_bytes; /* where the data folder lies */
    bool has_certificate;
    int64_t certificate_days; /* until it ends; below 0 it has */
    bool damaged, draining, not_saved;
    span_us not_saved_us; /* so long */
    uint64_t recordings, recordings_stopped, record_lost;
    bool has_webhook;
    uint64_t webhook_delivered, webhook_waiting; /* events: told since the start, and not yet told */
    uint64_t webhook_failed;                     /* deliveries */
    uint64_t webhook_position;                   /* the receiver has the log's rows up to this one */
    span_us webhook_failing_us;                  /* 0: it takes them */
};

#endif
