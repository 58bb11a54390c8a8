/* The lower envelope of arrivals: how late, at the best, packets have come over the last seconds. It is the
 * ground on which playout stands: delay of the path and difference of the clocks in one figure. */
#ifndef AULA_CLIENT_ENVELOPE_H
#define AULA_CLIENT_ENVELOPE_H

#include <stdbool.h>

#include "base/time.h"

#define ENVELOPE_BUCKETS 5 /* the window moves in steps of a fifth */
#define ENVELOPE_BUCKET_US                                                                                   \
    (2 * (span_us)US_PER_S) /* together 10 s: long enough to see a free moment of a busy                     \
                               line, short enough to follow a drift of 100 ppm */
#define ENVELOPE_NONE INT64_MAX

struct envelope {
    int64_t lowest[ENVELOPE_BUCKETS]; /* samples; ENVELOPE_NONE = nothing came in that step */
    point_us bucket_start_us;         /* start of the newest step */
    unsigned bucket;
    int64_t value; /* samples: what holds now; stands while nothing comes */
    bool seen;
};

void envelope_init(struct envelope *e);
/* A packet came `offset` samples (may be negative) after its own time. Returns true where the envelope had
 * run dry (a pause longer than the window) and begins anew with this packet. */
bool envelope_arrival(struct envelope *e, int64_t offset, point_us now_us);
/* The envelope in samples; 0 before the first arrival. */
int64_t envelope_value(const struct envelope *e);

#endif
