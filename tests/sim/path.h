/* One direction between two hosts: what happens to a datagram on the way. */
#ifndef AULA_SIM_PATH_H
#define AULA_SIM_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/time.h"
#include "random.h"

#define SIM_BLACKOUTS_MAX 8
#define SIM_HEADER_BYTES  28 /* IPv4 and UDP headers, which a bottleneck carries too */
#define SIM_COPIES_MAX    2

struct sim_blackout {
    point_us from_us, until_us; /* what is sent from .. before until is lost; 0, 0 = none */
};

/* All zero: a perfect wire without delay. A chance is 0 .. 1, for each datagram on its own. */
struct sim_path_config {
    span_us delay_us;  /* every datagram */
    span_us jitter_us; /* and up to so much more, evenly; datagrams keep their order */
    double loss;       /* chance to be lost, without memory */
    /* Gilbert-Elliott: in the bad state a datagram is lost with burst_loss. */
    double burst_enter, burst_leave, burst_loss;
    double reorder;      /* chance to be held back, so that others overtake it */
    span_us reorder_us;  /* for so long */
    double duplicate;    /* chance to come twice; the copy has a jitter of its own */
    int64_t rate_bps;    /* bottleneck, headers counted; 0 = none */
    int64_t queue_bytes; /* what waits before it, headers counted; what does not fit is lost */
    struct sim_blackout blackouts[SIM_BLACKOUTS_MAX];
};

struct sim_path_counters {
    uint64_t sent, delivered; /* delivered: arrivals that were planned, copies counted */
    uint64_t lost_random, lost_burst, lost_queue, lost_blackout;
    uint64_t reordered, duplicated;
};

struct sim_path {
    struct sim_path_config config;
    struct sim_random random; /* the path's own: other paths' traffic does not change its fate */
    struct sim_path_counters counters;
    bool burst;             /* in the bad state */
    point_us busy_until_us; /* the bottleneck has sent everything by then */
    point_us last_us;       /* latest arrival of those that keep their order */
};

void sim_path_init(struct sim_path *p, const struct sim_path_config *config, uint64_t seed);
/* From now on another line; queue, state and counters stay. */
void sim_path_change(struct sim_path *p, const struct sim_path_config *config);
/* Sends a datagram of `len` bytes. Returns how many copies arrive, 0 .. SIM_COPIES_MAX, and when. Every
 * datagram draws the same count of random numbers, so one impairment does not shift the dice of another. */
int sim_path_send(struct sim_path *p, size_t len, point_us now_us, point_us ret_arrivals_us[SIM_COPIES_MAX]);

#endif
