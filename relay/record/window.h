/* The recorder's reorder window: it can wait, so a packet that overtook others waits for them, 500 ms at the
 * most. What goes on where the last one ended does not wait. */
#ifndef AULA_RECORD_WINDOW_H
#define AULA_RECORD_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errors.h"
#include "base/time.h"

#define WINDOW_WAIT_US    (500 * (span_us)US_PER_MS)
#define WINDOW_PACKETS    64   /* 500 ms of 20 ms packets, and as many again where they come in a heap */
#define WINDOW_PACKET_MAX 1400 /* bytes of one (MEDIA_RECORD_MAX) */

struct window_packet {
    session_samples at;
    int32_t samples;
    uint16_t len;
    point_us came_us;
    uint8_t bytes[WINDOW_PACKET_MAX];
};

struct window {
    struct window_packet *packets; /* owned */
    uint8_t order[WINDOW_PACKETS]; /* places in `packets`, by time; those past `count` are free */
    unsigned count;
};

/* ERR_MEMORY. window_finish ends it; on a zeroed one it does nothing. */
enum err window_init(struct window *w) MUST_USE;
void window_finish(struct window *w);
/* Copies a packet in. ERR_REPLAY: one of its time is here. ERR_FULL: take first. ERR_LONG. */
enum err window_put(struct window *w, session_samples at, int32_t samples, const uint8_t *bytes, size_t len,
                    point_us now_us) MUST_USE;
/* The oldest by session time where it need not wait: it begins at `next` or before, or one has waited long
 * enough, or the window is full. NULL: none yet. It stays until window_drop. */
const struct window_packet *window_ready(const struct window *w, session_samples next, point_us now_us);
/* The oldest, whatever it waits for; NULL: empty. */
const struct window_packet *window_first(const struct window *w);
/* Forgets the oldest. */
void window_drop(struct window *w);
/* When window_ready gives something if nothing comes any more; NEVER_US. */
point_us window_deadline(const struct window *w);

#endif
