/* The figures for Prometheus: OpenMetrics text (or, for who asks for it, Prometheus' older form) over plain
 * HTTP on a listener of its own (`--metrics`), which is meant for this machine or a closed network. One
 * answer a connection. The loop's thread only. */
#ifndef AULA_RELAY_IO_METRICS_H
#define AULA_RELAY_IO_METRICS_H

#include <stdbool.h>
#include <stddef.h>

#include <uv.h>

#include "base/errors.h"
#include "base/time.h"

#define METRICS_CLIENTS_MAX   8
#define METRICS_REQUEST_BYTES 4096         /* of one request's head */
#define METRICS_TEXT_BYTES    (128 * 1024) /* 50 sessions of 12 figures and 16 workers are half of it */
#define METRICS_CLIENT_MS     5000         /* for a whole request and its answer */

/* Where a text grows; what does not fit is left out and `full` set. */
struct metrics_text {
    char *bytes;
    size_t len, capacity;
    bool full;
    bool plain; /* text/plain; version=0.0.4: what promtool and older scrapers read */
};

/* Adds a formatted line. */
void metrics_line(struct metrics_text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Adds a family's head and, where `value` is all there is to it, its one sample. `type` is "gauge" or
 * "counter" (whose sample gets "_total"). */
void metrics_family(struct metrics_text *t, const char *name, const char *type, const char *help);
void metrics_one(struct metrics_text *t, const char *name, const char *type, const char *help,
                 unsigned long long value);

#define METRICS_BUCKETS 10
/* How long things took. */
struct metrics_times {
    uint64_t buckets[METRICS_BUCKETS +
                     1]; /* not longer than metrics_bounds_us[i] and longer than the one before */
    uint64_t sum_us;
};
extern const uint32_t metrics_bounds_us[METRICS_BUCKETS];
void metrics_times_add(struct metrics_times *h, span_us took_us);
uint64_t metrics_times_count(const struct metrics_times *h);
/* A histogram; `name` ends in "_seconds". */
void metrics_histogram(struct metrics_text *t, const char *name, const char *help,
                       const struct metrics_times *h);
/* What samples of a counter end in. */
const char *metrics_suffix(const char *type);

struct metrics;

/* Takes over the listening socket `fd`. `write` fills in the figures at each question. The caller owns
 * *ret_metrics. ERR_MEMORY, ERR_SYSTEM. */
enum err metrics_create(uv_loop_t *loop, int fd, void (*write)(void *self, struct metrics_text *t),
                        void *self, struct metrics **ret_metrics) MUST_USE;
/* Closes and frees itself through the loop. NULL is legal. */
void metrics_destroy(struct metrics *m);

#endif
