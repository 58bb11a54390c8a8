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
    char url[URL_BYTES], position_file[PATH_BYTES];
    struct secret secret;
    struct feed *feed;
    struct webhook_post *post;
    uint64_t position; /* the receiver has all rows up to this */
    bool failing;
    uv_thread_t thread;
    uv_mutex_t lock;
    uv_cond_t changed;
    bool more, stop; /* guarded by `lock` */
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
        e = webhook_post(w->post, &w->secret, clock_wall_us() / US_PER_S, o.text, o.len, why, sizeof why);
        tell(w, e, why);
    } else if (e != ERR_NONE && e != ERR_UNKNOWN) {
        tell(w, e, why);
    }
    json_out_finish(&o);
    if (e != ERR_NONE)
        return e;
    w->position = last;
    if (count > 0 && !write_position(w))
        log_error("%s cannot be written: the receiver may be told things again.", w->position_file);
    return ERR_NONE;
}

static void work(void *self)
{
    struct webhook *w = self;
    uint64_t retry_ms = WEBHOOK_RETRY_FIRST_MS;
    bool stop = false;
    while (!stop) {
        enum err e = deliver(w);
        if (e == ERR_NONE) {
            retry_ms = WEBHOOK_RETRY_FIRST_MS;
            stop = wait(w, 1, false);
        } else if (e == ERR_UNKNOWN) {
            stop = wait(w, 0, true) || wait(w, WEBHOOK_GATHER_MS, false);
        } else {
            stop = wait(w, retry_ms, false);
            retry_ms = 2 * retry_ms < WEBHOOK_RETRY_MOST_MS ? 2 * retry_ms : WEBHOOK_RETRY_MOST_MS;
        }
    }
}

/* --- life --- */

static enum err open_parts(struct webhook *w, const char *data_dir, const char *secret_file, char *why,
                           size_t why_size)
{
    snprintf(w->position_file, sizeof w->position_file, "%s/webhook.position", data_dir);
    enum err e = secret_file_read("webhook-secret-file", secret_file, &w->secret, why, why_size);
    if (e == ERR_NONE)
        e = feed_open(data_dir, &w->feed, why, why_size);
    if (e == ERR_NONE)
        e = find_position(w, why, why_size);
    if (e != ERR_NONE)
        return e;
    snprintf(why, why_size, "there is not enough memory for the webhook");
    w->post = webhook_post_create(w->url);
    return w->post != NULL ? ERR_NONE : ERR_MEMORY;
}

static void free_parts(struct webhook *w)
{
    webhook_post_destroy(w->post);
    feed_close(w->feed);
    free(w);
}

enum err webhook_create(const char *data_dir, const char *url, const char *secret_file, char *why,
                        size_t why_size, struct webhook **ret_webhook)
{
    *ret_webhook = NULL;
    struct webhook *w = url[0] != '\0' ? calloc(1, sizeof *w) : NULL;
    if (url[0] == '\0')
        return ERR_NONE;
    if (w == NULL)
        return ERR_MEMORY;
    snprintf(w->url, sizeof w->url, "%s", url);
    enum err e = open_parts(w, data_dir, secret_file, why, why_size);
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
