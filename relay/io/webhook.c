#include "io/webhook.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <uv.h>

#include "io/clock.h"
#include "io/log.h"
#include "io/webhook_post.h"
#include "store/feed.h"

#define PATH_BYTES 600
#define URL_BYTES  512

struct webhook {
    char url[URL_BYTES], ca[PATH_BYTES], position_file[PATH_BYTES];
    struct feed *feed;
    struct webhook_post *post;
    uint64_t position; /* the receiver has all rows up to this */
    bool failing;
    uv_thread_t thread;
    uv_mutex_t lock; /* of what follows */
    uv_cond_t changed;
    bool more, stop;
    struct secret secret;
    struct webhook_figures figures;
    uint64_t failing_since_ns; /* while figures.failing */
};

/* --- where it stands --- */

/* ERR_UNKNOWN: it has never stood anywhere. */
static enum err read_position(struct webhook *w, char *why, size_t why_size)
{
    FILE *f = fopen(w->position_file, "r");
    if (f == NULL && errno == ENOENT)
        return ERR_UNKNOWN;
    bool good = f != NULL && fscanf(f, "%" SCNu64, &w->position) == 1;
    if (f != NULL)
        fclose(f);
    if (!good)
        snprintf(why, why_size,
                 "%s: cannot be read, or holds no number. Write into it the number of the last row that the "
                 "webhook's receiver has, or remove it to begin with what happens from now on",
                 w->position_file);
    return good ? ERR_NONE : ERR_SYSTEM;
}

/* On disk before the next delivery, so that at most one comes twice. */
static bool write_position(const struct webhook *w)
{
    char fresh[PATH_BYTES + 8], text[32];
    snprintf(fresh, sizeof fresh, "%s.new", w->position_file);
    int len = snprintf(text, sizeof text, "%" PRIu64 "\n", w->position);
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool good = fd >= 0 && write(fd, text, (size_t)len) == len && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return good && rename(fresh, w->position_file) == 0;
}

/* The first time it begins with what happens from now on; where the log was put back, with its end. */
static enum err find_position(struct webhook *w, char *why, size_t why_size)
{
    uint64_t newest = 0;
    enum err e = read_position(w, why, why_size);
    if (e == ERR_SYSTEM)
        return e;
    if (feed_newest(w->feed, &newest) != ERR_NONE) {
        snprintf(why, why_size, "the event log cannot be read for the webhook");
        return ERR_SYSTEM;
    }
    if (e == ERR_NONE && w->position <= newest)
        return e;
    if (e == ERR_NONE)
        log_warning(
            "The event log ends before what the webhook's receiver has: it goes on from the log's end.");
    w->position = newest;
    if (write_position(w))
        return ERR_NONE;
    snprintf(why, why_size, "%s: cannot be written: %s", w->position_file, strerror(errno));
    return ERR_SYSTEM;
}

/* --- figures --- */

static void count_waiting(struct webhook *w)
{
    uint64_t waiting = 0;
    if (feed_waiting(w->feed, w->position, &waiting) != ERR_NONE)
        return;
    uv_mutex_lock(&w->lock);
    w->figures.waiting = waiting;
    uv_mutex_unlock(&w->lock);
}

/* What became of one delivery of `count` events. */
static void count_delivery(struct webhook *w, bool good, size_t count)
{
    struct webhook_figures *f = &w->figures;
    uv_mutex_lock(&w->lock);
    if (good) {
        f->delivered += count;
        f->waiting -= count < f->waiting ? count : f->waiting;
    } else {
        f->failed++;
    }
    if (!good && !f->failing)
        w->failing_since_ns = uv_hrtime();
    f->failing = !good;
    uv_mutex_unlock(&w->lock);
}

/* Nothing that is told lies behind row `position`, or not yet, where !`all_told`. */
static void stand_at(struct webhook *w, uint64_t position, bool all_told)
{
    uv_mutex_lock(&w->lock);
    w->position = w->figures.position = position;
    if (all_told)
        w->figures.waiting = 0;
    uv_mutex_unlock(&w->lock);
}

struct webhook_figures webhook_figures(struct webhook *w)
{
    uv_mutex_lock(&w->lock);
    struct webhook_figures f = w->figures;
    f.failing_us = f.failing ? (span_us)((uv_hrtime() - w->failing_since_ns) / 1000) : 0;
    uv_mutex_unlock(&w->lock);
    return f;
}

/* --- the thread --- */

/* Waits to be woken, `ms` at the most (0: for ever). True: it must end. */
static bool wait(struct webhook *w, uint64_t ms, bool for_more)
{
    uv_mutex_lock(&w->lock);
    uint64_t end = uv_hrtime() + ms * 1000000;
    while (!w->stop && !(for_more && w->more)) {
        uint64_t now = uv_hrtime();
        if (ms == 0)
            uv_cond_wait(&w->changed, &w->lock);
        else if (now >= end || uv_cond_timedwait(&w->changed, &w->lock, end - now) == UV_ETIMEDOUT)
            break;
    }
    bool stop = w->stop;
    if (for_more)
        w->more = false;
    uv_mutex_unlock(&w->lock);
    return stop;
}

static void tell(struct webhook *w, enum err e, const char *why)
{
    if (e != ERR_NONE && !w->failing)
        log_warning(
            "The webhook's receiver %.200s does not take events (%.200s). They wait in the log, from row "
            "%llu on.",
            w->url, why, (unsigned long long)w->position + 1);
    if (e == ERR_NONE && w->failing)
        log_info("The webhook's receiver takes events again.");
    w->failing = e != ERR_NONE;
}

static enum err post(struct webhook *w, const struct json_out *o, size_t count, char *why, size_t why_size)
{
    uv_mutex_lock(&w->lock);
    const struct secret secret = w->secret; /* it may be changed meanwhile */
    uv_mutex_unlock(&w->lock);
    enum err e = webhook_post(w->post, &secret, clock_wall_us() / US_PER_S, o->text, o->len, why, why_size);
    count_delivery(w, e == ERR_NONE, count);
    tell(w, e, why);
    return e;
}

/* What is next, if there is anything. ERR_UNKNOWN: nothing is. */
static enum err deliver(struct webhook *w)
{
    struct json_out o;
    char why[300] = "the event log cannot be read";
    uint64_t last = 0;
    size_t count = 0;
    json_out_init(&o);
    json_open_object(&o, NULL);
    json_open_array(&o, "events");
    enum err e = feed_next(w->feed, w->position, &o, &last, &count);
    json_close_array(&o);
    json_close_object(&o);
    if (e == ERR_NONE && o.failed)
        e = ERR_MEMORY;
    if (e == ERR_NONE && last == w->position)
        e = ERR_UNKNOWN;
    if (e == ERR_NONE && count > 0) {
        e = post(w, &o, count, why, sizeof why);
    } else if (e != ERR_NONE && e != ERR_UNKNOWN) {
        count_delivery(w, false, 0);
        tell(w, e, why);
    }
    json_out_finish(&o);
    if (e == ERR_NONE || e == ERR_UNKNOWN)
        stand_at(w, last, e == ERR_UNKNOWN);
    if (e != ERR_NONE)
        return e;
    if (count > 0 && !write_position(w))
        log_error("%s cannot be written: the receiver may be told things again.", w->position_file);
    return ERR_NONE;
}

/* What happens meanwhile is counted, each second at the most. True: it must end. */
static bool wait_to_retry(struct webhook *w, uint64_t ms)
{
    uint64_t end = uv_hrtime() + ms * 1000000, now;
    bool stop = false;
    while (!stop && (now = uv_hrtime()) < end) {
        count_waiting(w);
        uint64_t left_ms = (end - now) / 1000000 + 1;
        stop = wait(w, left_ms < WEBHOOK_COUNT_MS ? left_ms : WEBHOOK_COUNT_MS, false);
        if (!stop && (now = uv_hrtime()) < end)
            stop = wait(w, (end - now) / 1000000 + 1, true);
    }
    return stop;
}

static void work(void *self)
{
    struct webhook *w = self;
    uint64_t retry_ms = WEBHOOK_RETRY_FIRST_MS;
    bool stop = false;
    count_waiting(w);
    while (!stop) {
        enum err e = deliver(w);
        if (e == ERR_NONE) {
            retry_ms = WEBHOOK_RETRY_FIRST_MS;
            stop = wait(w, 1, false);
        } else if (e == ERR_UNKNOWN) {
            stop = wait(w, 0, true) || wait(w, WEBHOOK_GATHER_MS, false);
        } else {
            stop = wait_to_retry(w, retry_ms);
            retry_ms = 2 * retry_ms < WEBHOOK_RETRY_MOST_MS ? 2 * retry_ms : WEBHOOK_RETRY_MOST_MS;
        }
    }
}

/* --- life --- */

static enum err open_parts(struct webhook *w, const char *data_dir, char *why, size_t why_size)
{
    snprintf(w->position_file, sizeof w->position_file, "%s/webhook.position", data_dir);
    enum err e = feed_open(data_dir, &w->feed, why, why_size);
    if (e == ERR_NONE)
        e = find_position(w, why, why_size);
    if (e != ERR_NONE)
        return e;
    w->figures.position = w->position;
    snprintf(why, why_size, "there is not enough memory for the webhook");
    w->post = webhook_post_create(w->url, w->ca);
    return w->post != NULL ? ERR_NONE : ERR_MEMORY;
}

static void free_parts(struct webhook *w)
{
    webhook_post_destroy(w->post);
    feed_close(w->feed);
    free(w);
}

enum err webhook_create(const char *data_dir, const struct webhook_target *to, char *why, size_t why_size,
                        struct webhook **ret_webhook)
{
    *ret_webhook = NULL;
    struct webhook *w = to->url[0] != '\0' ? calloc(1, sizeof *w) : NULL;
    if (to->url[0] == '\0')
        return ERR_NONE;
    if (w == NULL)
        return ERR_MEMORY;
    snprintf(w->url, sizeof w->url, "%s", to->url);
    snprintf(w->ca, sizeof w->ca, "%s", to->ca);
    w->secret = *to->secret;
    enum err e = open_parts(w, data_dir, why, why_size);
    if (e != ERR_NONE) {
        free_parts(w);
        return e;
    }
    uv_mutex_init(&w->lock);
    uv_cond_init(&w->changed);
    if (uv_thread_create(&w->thread, work, w) == 0) {
        *ret_webhook = w;
        return ERR_NONE;
    }
    snprintf(why, why_size, "no thread can be started for the webhook");
    uv_cond_destroy(&w->changed);
    uv_mutex_destroy(&w->lock);
    free_parts(w);
    return ERR_SYSTEM;
}

void webhook_wake(struct webhook *w)
{
    if (w == NULL)
        return;
    uv_mutex_lock(&w->lock);
    w->more = true;
    uv_cond_signal(&w->changed);
    uv_mutex_unlock(&w->lock);
}

void webhook_use_secret(struct webhook *w, const struct secret *secret)
{
    if (w == NULL)
        return;
    uv_mutex_lock(&w->lock);
    w->secret = *secret;
    uv_mutex_unlock(&w->lock);
}

void webhook_destroy(struct webhook *w)
{
    if (w == NULL)
        return;
    uv_mutex_lock(&w->lock);
    w->stop = true;
    uv_cond_signal(&w->changed);
    uv_mutex_unlock(&w->lock);
    webhook_post_break(w->post);
    uv_thread_join(&w->thread);
    uv_cond_destroy(&w->changed);
    uv_mutex_destroy(&w->lock);
    free_parts(w);
}
