#include "media/clock_map.h"

#include <string.h>

#include "base/serial.h"

#define NO_ARRIVAL INT64_MAX
#define BUCKET_US  (CLOCK_MAP_WINDOW_US / CLOCK_MAP_BUCKETS)

static void envelope_clear(struct clock_map *m, point_us now_us)
{
    for (unsigned i = 0; i < CLOCK_MAP_BUCKETS; i++)
        m->envelope[i] = NO_ARRIVAL;
    m->bucket = 0;
    m->bucket_start_us = now_us;
}

/* Opens the bucket that now_us lies in, and forgets those that have left the window. */
static void envelope_advance(struct clock_map *m, point_us now_us)
{
    if (now_us - m->bucket_start_us >= CLOCK_MAP_WINDOW_US + BUCKET_US) {
        envelope_clear(m, now_us);
        return;
    }
    while (now_us - m->bucket_start_us >= BUCKET_US) {
        m->bucket = (m->bucket + 1) % CLOCK_MAP_BUCKETS;
        m->envelope[m->bucket] = NO_ARRIVAL;
        m->bucket_start_us += BUCKET_US;
    }
}

static int64_t envelope_min(const struct clock_map *m)
{
    int64_t min = NO_ARRIVAL;
    for (unsigned i = 0; i < CLOCK_MAP_BUCKETS; i++)
        if (m->envelope[i] < min)
            min = m->envelope[i];
    return min;
}

void clock_map_init(struct clock_map *m)
{
    memset(m, 0, sizeof *m);
    envelope_clear(m, 0);
    m->behind_us = NEVER_US;
}

/* The envelope with this packet alone in it. */
static void start_afresh(struct clock_map *m, int64_t transit, point_us now_us)
{
    envelope_clear(m, now_us);
    m->envelope[0] = transit;
    m->transit = transit;
    m->behind_us = NEVER_US;
}

/* RTP time has moved against arrival as no line does it. `moved`: later than the earliest arrivals. */
static bool has_leapt(struct clock_map *m, int64_t moved, point_us now_us)
{
    if (moved <= CLOCK_MAP_BEHIND_SAMPLES)
        m->behind_us = NEVER_US;
    else if (m->behind_us == NEVER_US)
        m->behind_us = now_us;
    bool stays_behind = m->behind_us != NEVER_US && now_us - m->behind_us >= CLOCK_MAP_BEHIND_US;
    return moved > CLOCK_MAP_LEAP_SAMPLES || moved < -CLOCK_MAP_AHEAD_SAMPLES || (m->in_run && stays_behind);
}

bool clock_map_arrival(struct clock_map *m, uint32_t rtp_time, session_samples arrival, point_us now_us)
{
    if (!m->seen) {
        m->seen = true;
        m->rtp = rtp_time;
        start_afresh(m, arrival - m->rtp, now_us);
        return false;
    }
    /* Near where RTP time would be by now, not near the last packet: a pause may be longer than half a wrap.
     */
    int64_t rtp = serial32_extend(arrival - m->transit, rtp_time);
    int64_t transit = arrival - rtp;
    int64_t before = envelope_min(m);
    envelope_advance(m, now_us);
    if (has_leapt(m, transit - before, now_us)) {
        m->in_run = false;
        m->rtp = rtp;
        start_afresh(m, transit, now_us);
        return true;
    }
    if (rtp > m->rtp)
        m->rtp = rtp;
    m->transit = transit;
    if (transit < m->envelope[m->bucket])
        m->envelope[m->bucket] = transit;
    return false;
}

void clock_map_begin_run(struct clock_map *m, uint32_t rtp_time, session_samples frontier)
{
    int64_t rtp = serial32_extend(m->rtp, rtp_time);
    int64_t envelope = envelope_min(m);
    if (m->transit - envelope > CLOCK_MAP_BEHIND_SAMPLES) {
        start_afresh(m, m->transit, m->bucket_start_us);
        envelope = m->transit;
    }
    session_samples time = grid_floor(rtp + envelope);
    session_samples earliest = grid_floor(frontier + TICK_SAMPLES - 1);
    m->offset = (time > earliest ? time : earliest) - rtp;
    m->run_envelope = envelope;
    m->in_run = true;
}

void clock_map_end_run(struct clock_map *m)
{
    m->in_run = false;
}

session_samples clock_map_session_time(const struct clock_map *m, uint32_t rtp_time)
{
    return serial32_extend(m->rtp, rtp_time) + m->offset;
}

int64_t clock_map_drift(const struct clock_map *m)
{
    return m->in_run ? envelope_min(m) - m->run_envelope : 0;
}

int clock_map_wants(const struct clock_map *m)
{
    int64_t late = m->offset - envelope_min(m); /* of its place: over -TICK_SAMPLES, up to 0 */
    if (!m->in_run)
        return 0;
    if (late >= CLOCK_MAP_NEARER_SAMPLES)
        return -1;
    return late <= -TICK_SAMPLES - CLOCK_MAP_NEARER_SAMPLES ? 1 : 0;
}

void clock_map_slip(struct clock_map *m, int ticks)
{
    m->offset += (int64_t)ticks * TICK_SAMPLES;
    m->run_envelope += (int64_t)ticks * TICK_SAMPLES;
}

session_samples clock_map_expected_arrival(const struct clock_map *m, session_samples t)
{
    return t - m->offset + envelope_min(m);
}
