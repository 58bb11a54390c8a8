#include "io/metrics.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct asker {
    uv_tcp_t tcp;
    uv_timer_t limit;
    uv_write_t write;
    struct metrics *metrics;
    struct asker *next;
    int handles; /* not yet closed */
    bool closing, answered;
    size_t len;
    char request[METRICS_REQUEST_BYTES];
    char answer[METRICS_TEXT_BYTES + 256];
};

struct metrics {
    uv_tcp_t tcp;
    uv_loop_t *loop;
    void (*write)(void *self, struct metrics_text *t);
    void *self;
    struct asker *askers; /* list */
    int count;
    int handles; /* not yet closed, the askers' among them */
    bool closing;
};

/* --- the text --- */

void metrics_line(struct metrics_text *t, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(t->bytes + t->len, t->capacity - t->len, format, arguments);
    va_end(arguments);
    if (n < 0 || t->len + (size_t)n >= t->capacity) {
        t->bytes[t->len] = 0;
        t->full = true;
        return;
    }
    t->len += (size_t)n;
}

const char *metrics_suffix(const char *type)
{
    return strcmp(type, "counter") == 0 ? "_total" : "";
}

static const char *const units[] = {"seconds", "bytes"};

void metrics_family(struct metrics_text *t, const char *name, const char *type, const char *help)
{
    size_t len = strlen(name);
    const char *suffix = t->plain ? metrics_suffix(type) : "";
    bool info =
        strcmp(type, "info") == 0; /* the older form has no such type, and its name is the whole one */
    metrics_line(t, "# HELP %s%s %s\n# TYPE %s%s %s\n", name, t->plain && info ? "_info" : suffix, help, name,
                 t->plain && info ? "_info" : suffix, t->plain && info ? "gauge" : type);
    for (size_t i = 0; i < sizeof units / sizeof units[0] && !t->plain; i++) {
        size_t unit = strlen(units[i]);
        if (len > unit && name[len - unit - 1] == '_' && strcmp(name + len - unit, units[i]) == 0)
            metrics_line(t, "# UNIT %s %s\n", name, units[i]);
    }
}

void metrics_one(struct metrics_text *t, const char *name, const char *type, const char *help,
                 unsigned long long value)
{
    metrics_family(t, name, type, help);
    metrics_line(t, "%s%s %llu\n", name, metrics_suffix(type), value);
}

const uint32_t metrics_bounds_us[METRICS_BUCKETS] = {100,   500,   1000,  2000,   5000,
                                                     10000, 20000, 50000, 100000, 1000000};

void metrics_times_add(struct metrics_times *h, span_us took_us)
{
    int i = 0;
    while (i < METRICS_BUCKETS && took_us > (span_us)metrics_bounds_us[i])
        i++;
    h->buckets[i]++;
    h->sum_us += took_us > 0 ? (uint64_t)took_us : 0;
}

uint64_t metrics_times_count(const struct metrics_times *h)
{
    uint64_t count = 0;
    for (int i = 0; i <= METRICS_BUCKETS; i++)
        count += h->buckets[i];
    return count;
}

void metrics_histogram(struct metrics_text *t, const char *name, const char *help,
                       const struct metrics_times *h)
{
    unsigned long long count = 0;
    metrics_family(t, name, "histogram", help);
    for (int i = 0; i < METRICS_BUCKETS; i++) {
        count += h->buckets[i];
        metrics_line(t, "%s_bucket{le=\"%g\"} %llu\n", name, metrics_bounds_us[i] / 1e6, count);
    }
    count += h->buckets[METRICS_BUCKETS];
    metrics_line(t, "%s_bucket{le=\"+Inf\"} %llu\n%s_count %llu\n%s_sum %llu.%06llu\n", name, count, name,
                 count, name, (unsigned long long)h->sum_us / 1000000,
                 (unsigned long long)h->sum_us % 1000000);
}

/* --- askers --- */

static void count_handle(struct metrics *m)
{
    if (--m->handles == 0)
        free(m);
}

static void asker_closed(uv_handle_t *handle)
{
    struct asker *a = handle->data;
    struct metrics *m = a->metrics;
    if (--a->handles == 0)
        free(a);
    count_handle(m);
}

static void close_asker(struct asker *a)
{
    struct metrics *m = a->metrics;
    if (a->closing)
        return;
    a->closing = true;
    for (struct asker **at = &m->askers; *at != NULL; at = &(*at)->next)
        if (*at == a) {
            *at = a->next;
            break;
        }
    m->count--;
    uv_close((uv_handle_t *)&a->limit, asker_closed);
    uv_close((uv_handle_t *)&a->tcp, asker_closed);
}

static void answered(uv_write_t *write, int status)
{
    (void)status;
    close_asker(write->data);
}

/* Prometheus asks for OpenMetrics first; who names only the older form gets that. */
static bool wants_plain(const char *request)
{
    return strstr(request, "version=0.0.4") != NULL && strstr(request, "openmetrics") == NULL;
}

static void answer(struct asker *a)
{
    char *body = a->answer + 256;
    struct metrics_text text = {
        .bytes = body, .capacity = METRICS_TEXT_BYTES, .plain = wants_plain(a->request)};
    bool ours = strncmp(a->request, "GET /metrics", 12) == 0 && strchr(" ?\r", a->request[12]) != NULL;
    if (ours) {
        a->metrics->write(a->metrics->self, &text);
        if (!text.plain)
            metrics_line(&text, "# EOF\n");
    } else {
        metrics_line(&text, "The figures are at /metrics.\n");
    }
    char head[256];
    int len = snprintf(head, sizeof head,
                       "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n",
                       ours ? "200 OK" : "404 Not Found",
                       !ours        ? "text/plain"
                       : text.plain ? "text/plain; version=0.0.4; charset=utf-8"
                                    : "application/openmetrics-text; version=1.0.0; charset=utf-8",
                       text.len);
    char *start = body - len; /* the head stands right before the body */
    memcpy(start, head, (size_t)len);
    uv_buf_t buffer = uv_buf_init(start, (unsigned)((size_t)len + text.len));
    a->answered = true;
    a->write.data = a;
    if (uv_write(&a->write, (uv_stream_t *)&a->tcp, &buffer, 1, answered) != 0)
        close_asker(a);
}

static void room(uv_handle_t *handle, size_t suggested, uv_buf_t *ret_buffer)
{
    struct asker *a = handle->data;
    (void)suggested;
    *ret_buffer = uv_buf_init(a->request + a->len, (unsigned)(sizeof a->request - 1 - a->len));
}

static void read_some(uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer)
{
    struct asker *a = stream->data;
    (void)buffer;
    if (n < 0) { /* closed, or a head that is too long */
        close_asker(a);
        return;
    }
    a->len += (size_t)n;
    a->request[a->len] = 0;
    if (!a->answered && strstr(a->request, "\r\n\r\n") != NULL) {
        uv_read_stop(stream);
        answer(a);
    }
}

static void too_slow(uv_timer_t *timer)
{
    close_asker(timer->data);
}

static void came(uv_stream_t *server, int status)
{
    struct metrics *m = server->data;
    struct asker *a = status == 0 ? calloc(1, sizeof *a) : NULL;
    if (a == NULL)
        return;
    a->metrics = m;
    a->handles = 2;
    m->handles += 2;
    m->count++;
    a->next = m->askers;
    m->askers = a;
    uv_tcp_init(m->loop, &a->tcp);
    uv_timer_init(m->loop, &a->limit);
    a->tcp.data = a->limit.data = a;
    uv_timer_start(&a->limit, too_slow, METRICS_CLIENT_MS, 0);
    if (uv_accept(server, (uv_stream_t *)&a->tcp) != 0 || m->count > METRICS_CLIENTS_MAX ||
        uv_read_start((uv_stream_t *)&a->tcp, room, read_some) != 0)
        close_asker(a);
}

/* --- life --- */

static void closed(uv_handle_t *handle)
{
    count_handle(handle->data);
}

enum err metrics_create(uv_loop_t *loop, int fd, void (*write)(void *self, struct metrics_text *t),
                        void *self, struct metrics **ret_metrics)
{
    struct metrics *m = calloc(1, sizeof *m);
    if (m == NULL) {
        close(fd);
        return ERR_MEMORY;
    }
    m->loop = loop;
    m->write = write;
    m->self = self;
    m->handles = 1;
    uv_tcp_init(loop, &m->tcp);
    m->tcp.data = m;
    int result = uv_tcp_open(&m->tcp, fd);
    if (result != 0)
        close(fd);
    else
        result = uv_listen((uv_stream_t *)&m->tcp, METRICS_CLIENTS_MAX, came);
    if (result != 0) {
        metrics_destroy(m);
        return ERR_SYSTEM;
    }
    *ret_metrics = m;
    return ERR_NONE;
}

void metrics_destroy(struct metrics *m)
{
    if (m == NULL || m->closing)
        return;
    m->closing = true;
    while (m->askers != NULL)
        close_asker(m->askers);
    uv_close((uv_handle_t *)&m->tcp, closed);
}
