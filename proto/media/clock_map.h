/* A source's RTP time on the session clock.
 *
 * The map is fixed for a run: from one pause, restart or leap to the next. It is set by the lower envelope of
 * arrivals (the earliest a packet has ever come relative to its RTP time, over the last seconds), rounded
 * down so that the source's packet borders fall on the session's 20 ms grid, and never before `frontier`,
 * where its own last run ended. Nothing of any other source enters: what a listener is sent of one does not
 * depend on who else speaks. Within a run drift is only watched; it is taken up at the next run, or by one
 * frame once it reaches 40 ms. */
#ifndef AULA_MEDIA_CLOCK_MAP_H
#define AULA_MEDIA_CLOCK_MAP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"

#define CLOCK_MAP_DRIFT_SAMPLES (2 * TICK_SAMPLES) /* a run is re-based once it is this far off */
#define CLOCK_MAP_LEAP_SAMPLES                                                                               \
    (2 * SAMPLES_PER_S) /* RTP time that falls further than this behind arrival is a leap */
/* And so is RTP time that runs ahead of all arrivals by this at once: no line becomes so much faster. */
#define CLOCK_MAP_AHEAD_SAMPLES (100 * SAMPLES_PER_MS)
#define CLOCK_MAP_WINDOW_US     (10 * (span_us)US_PER_S) /* how long an early arrival counts in the envelope */
#define CLOCK_MAP_BUCKETS       5                        /* the window moves in steps of a fifth */
/* A run that begins with a packet this far behind the envelope begins a fresh envelope: a sender that stops
 * its RTP clock in a pause would else be mapped into the past until the window has passed. Nobody waits
 * longer for a packet (JITTER_TARGET_MAX_SAMPLES). Within a run it is a leap once it has been so for
 * CLOCK_MAP_BEHIND_US: what a line has held back comes at once. */
#define CLOCK_MAP_BEHIND_SAMPLES (200 * SAMPLES_PER_MS)
#define CLOCK_MAP_BEHIND_US      (200 * (span_us)US_PER_MS)
/* In a pause the map is moved by a tick once that brings it nearer by this: less would be moved back again.
 */
#define CLOCK_MAP_NEARER_SAMPLES (TICK_SAMPLES / 2)

struct clock_map {
    bool seen;                           /* at least one arrival */
    bool in_run;                         /* offset is valid */
    int64_t rtp;                         /* extended RTP time of the newest packet */
    int64_t transit;                     /* arrival session time - rtp of the packet that came last */
    int64_t offset;                      /* session time = rtp + offset, within the run */
    int64_t run_envelope;                /* the envelope the run's map was set by */
    int64_t envelope[CLOCK_MAP_BUCKETS]; /* min(arrival session time - rtp) in each step of the window;
                                            INT64_MAX = none */
    point_us bucket_start_us;            /* start of the newest step */
    point_us behind_us;                  /* since when all packets have come far behind; NEVER_US = not */
    unsigned bucket;
};

void clock_map_init(struct clock_map *m);

/* A packet with this RTP time arrived at session time `arrival` (both clocks read at the same moment).
 * Updates the envelope. Returns true where RTP time leapt: the run is over and the envelope begins anew with
 * this packet. The first packet is no leap. However long a pause, RTP time that went on with it is extended
 * rightly over the wraps of its 32 bits. */
bool clock_map_arrival(struct clock_map *m, uint32_t rtp_time, session_samples arrival, point_us now_us);

/* Begins a run with the packet of this RTP time, which has been told to clock_map_arrival last: the map is
 * set from the envelope, on the grid, not before frontier. The packet's session time is the last border of
 * the grid at or before the envelope's arrival, unless frontier pushes it later. */
void clock_map_begin_run(struct clock_map *m, uint32_t rtp_time, session_samples frontier);
void clock_map_end_run(struct clock_map *m);

/* Session time of an RTP time near the newest. Only valid in a run. */
session_samples clock_map_session_time(const struct clock_map *m, uint32_t rtp_time);

/* How far the envelope has moved since it set the run's map, in samples: positive = packets come later than
 * mapped. 0 outside a run, and at its begin: neither rounding nor a push by frontier counts. */
int64_t clock_map_drift(const struct clock_map *m);
/* By how many ticks the map should be moved in a pause (+1, -1, or 0) to lie where a run that begins now
 * would be put: drift is taken up there before it is heard, and what a frontier has pushed is taken back. */
int clock_map_wants(const struct clock_map *m);
/* Moves the run's map by whole ticks (+1: session times from now on are one tick later) and takes that much
 * out of the drift. For +1 the caller leaves a tick's gap, for -1 he drops a tick's packet. */
void clock_map_slip(struct clock_map *m, int ticks);

/* Earliest arrival (session time) to be expected of the packet that starts at session time t, by the
 * envelope. Only valid in a run. */
session_samples clock_map_expected_arrival(const struct clock_map *m, session_samples t);

#endif
