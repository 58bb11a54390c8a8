/* Tells another system what happens in sessions and who was there: events of the log, posted in order and
 * signed, each at least once, from where the receiver last said yes. A thread of its own: a receiver that is
 * slow, hangs or is away harms nothing but itself; what it has not taken waits in the log. */
#ifndef AULA_RELAY_IO_WEBHOOK_H
#define AULA_RELAY_IO_WEBHOOK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/errors.h"
#include "base/time.h"
#include "io/secret_file.h"

#define WEBHOOK_CONNECT_MS     5000
#define WEBHOOK_ANSWER_MS      15000 /* for all of one delivery */
#define WEBHOOK_GATHER_MS      200   /* what happens together goes together */
#define WEBHOOK_COUNT_MS       1000  /* between two counts of what waits, while the receiver takes nothing */
#define WEBHOOK_RETRY_FIRST_MS 1000  /* then twice as long each time … */
#define WEBHOOK_RETRY_MOST_MS  (300 * 1000) /* … up to this */

struct webhook;

struct webhook_target {
    const char *url, *ca; /* `ca` "": what the system trusts */
    const struct secret *secret;
};

struct webhook_figures {
    uint64_t delivered; /* events that the receiver has taken since the relay's start */
    uint64_t failed;    /* deliveries that it has not, each of up to FEED_EVENTS events */
    uint64_t waiting;   /* events that it has not been told yet */
    uint64_t position;  /* it has all rows of the log up to this one */
    bool failing;       /* the last delivery failed; */
    span_us failing_us; /* so long has none been taken */
};

/* `to` is copied; its url "": there is none, and *ret_webhook is NULL. Begins at the newest row the first
 * time; where it stands lies in DATA_DIR/webhook.position. ERR_SYSTEM or ERR_MEMORY with a sentence. */
enum err webhook_create(const char *data_dir, const struct webhook_target *to, char *why, size_t why_size,
                        struct webhook **ret_webhook) MUST_USE;
/* There is more on disk. NULL is legal, here and below. The loop's thread. */
void webhook_wake(struct webhook *w);
/* Later deliveries are signed with this one. Any thread. */
void webhook_use_secret(struct webhook *w, const struct secret *secret);
/* Any thread. `w` is not NULL. */
struct webhook_figures webhook_figures(struct webhook *w);
/* Breaks off what is under way, ends the thread. */
void webhook_destroy(struct webhook *w);

#endif
