#include "path.h"

#include <string.h>

/* One datagram's dice. */
struct dice {
    double loss, burst_turn, burst_loss, jitter, reorder, duplicate, copy_jitter;
};

static struct dice throw_dice(struct sim_random *r)
{
    struct dice d;
    d.loss = sim_random_unit(r);
    d.burst_turn = sim_random_unit(r);
    d.burst_loss = sim_random_unit(r);
    d.jitter = sim_random_unit(r);
    d.reorder = sim_random_unit(r);
    d.duplicate = sim_random_unit(r);
    d.copy_jitter = sim_random_unit(r);
    return d;
}

void sim_path_init(struct sim_path *p, const struct sim_path_config *config, uint64_t seed)
{
    memset(p, 0, sizeof *p);
    p->config = *config;
    sim_random_seed(&p->random, seed);
    p->busy_until_us = p->last_us = INT64_MIN;
}

void sim_path_change(struct sim_path *p, const struct sim_path_config *config)
{
    p->config = *config;
}

static bool in_blackout(const struct sim_path_config *c, point_us now_us)
{
    for (int i = 0; i < SIM_BLACKOUTS_MAX; i++)
        if (now_us >= c->blackouts[i].from_us && now_us < c->blackouts[i].until_us)
            return true;
    return false;
}

static bool lost_in_burst(struct sim_path *p, const struct dice *d)
{
    if (d->burst_turn < (p->burst ? p->config.burst_leave : p->config.burst_enter))
        p->burst = !p->burst;
    return p->burst && d->burst_loss < p->config.burst_loss;
}

/* Through the bottleneck: false where its queue has no room; else when the last bit has left it. */
static bool squeeze(struct sim_path *p, size_t len, point_us now_us, point_us *ret_out_us)
{
    int64_t rate_bps = p->config.rate_bps;
    if (rate_bps <= 0) {
        *ret_out_us = now_us;
        return true;
    }
    int64_t bytes = (int64_t)len + SIM_HEADER_BYTES;
    point_us start_us = p->busy_until_us > now_us ? p->busy_until_us : now_us;
    int64_t waiting_bytes = (start_us - now_us) * rate_bps / 8 / US_PER_S;
    if (waiting_bytes > 0 && waiting_bytes + bytes > p->config.queue_bytes)
        return false;
    p->busy_until_us = start_us + bytes * 8 * US_PER_S / rate_bps;
    *ret_out_us = p->busy_until_us;
    return true;
}

static bool lost(struct sim_path *p, const struct dice *d, size_t len, point_us now_us, point_us *ret_out_us)
{
    struct sim_path_counters *c = &p->counters;
    bool burst = lost_in_burst(p, d); /* the state turns with every datagram, lost otherwise or not */
    if (in_blackout(&p->config, now_us))
        c->lost_blackout++;
    else if (d->loss < p->config.loss)
        c->lost_random++;
    else if (burst)
        c->lost_burst++;
    else if (!squeeze(p, len, now_us, ret_out_us))
        c->lost_queue++;
    else
        return false;
    return true;
}

/* Arrival in order: jitter never lets one datagram overtake another. */
static point_us arrive(struct sim_path *p, point_us out_us, double jitter)
{
    point_us at_us = out_us + p->config.delay_us + (span_us)(jitter * (double)(p->config.jitter_us + 1));
    if (at_us < p->last_us)
        at_us = p->last_us;
    p->last_us = at_us;
    return at_us;
}

int sim_path_send(struct sim_path *p, size_t len, point_us now_us, point_us ret_arrivals_us[SIM_COPIES_MAX])
{
    struct dice d = throw_dice(&p->random);
    point_us out_us;
    p->counters.sent++;
    if (lost(p, &d, len, now_us, &out_us))
        return 0;
    int copies = 1;
    if (d.reorder < p->config.reorder) {
        p->counters.reordered++;
        ret_arrivals_us[0] = out_us + p->config.delay_us + p->config.reorder_us;
    } else {
        ret_arrivals_us[0] = arrive(p, out_us, d.jitter);
    }
    if (d.duplicate < p->config.duplicate) {
        p->counters.duplicated++;
        ret_arrivals_us[copies++] = arrive(p, out_us, d.copy_jitter);
    }
    p->counters.delivered += (uint64_t)copies;
    return copies;
}
