#include "ingress/timeline.h"

#include <string.h>

void timeline_init(struct timeline *t)
{
    memset(t, 0, sizeof *t);
    clock_map_init(&t->map);
    t->end = SESSION_NEVER;
}

/* Leaves the newest packet out, so that the source's sound lies earlier by it from the next one on. All up to
 * it are late now; later ones move up a number, so that nobody takes it for lost. */
static void skip(struct timeline *t, const struct source_packet *packet)
{
    int ticks = packet->samples / TICK_SAMPLES;
    clock_map_slip(&t->map, ticks > 1 ? -ticks : -1);
    t->skipped++;
    t->first_seq = packet->seq + 1;
}

enum err timeline_take_up(struct timeline *t, const struct source_packet *packet, bool quiet)
{
    int64_t drift = clock_map_drift(&t->map);
    int wants = quiet ? clock_map_wants(&t->map) : 0;
    if (!t->in_run || packet->seq < t->first_seq)
        return ERR_NONE;
    if (drift >= CLOCK_MAP_DRIFT_SAMPLES || wants > 0)
        clock_map_slip(&t->map, 1);
    else if (drift <= -CLOCK_MAP_DRIFT_SAMPLES || wants < 0) {
        skip(t, packet);
        return ERR_STALE;
    }
    return ERR_NONE;
}

void timeline_arrival(struct timeline *t, const struct source_packet *packet, session_samples arrival,
                      point_us now_us)
{
    bool leapt = clock_map_arrival(&t->map, packet->rtp_time, arrival, now_us);
    t->before = t->arrival;
    t->arrival = arrival;
    if (leapt || packet->restarted)
        timeline_end(t);
}

enum err timeline_begin(struct timeline *t, const struct source_packet *packet, uint32_t run)
{
    clock_map_begin_run(&t->map, packet->rtp_time, t->end);
    t->in_run = true;
    t->run = run;
    t->first_seq = packet->seq;
    t->skipped = 0;
    t->start = clock_map_session_time(&t->map, packet->rtp_time);
    if (t->start - t->arrival <= TIMELINE_AHEAD_SAMPLES)
        return ERR_NONE;
    timeline_end(t);
    return ERR_STALE;
}

void timeline_end(struct timeline *t)
{
    clock_map_end_run(&t->map);
    t->in_run = false;
}

enum err timeline_place(struct timeline *t, const struct source_packet *packet,
                        struct timed_packet *ret_packet)
{
    if (!t->in_run)
        return ERR_STATE;
    if (packet->seq < t->first_seq) {
        t->late++;
        return ERR_STALE;
    }
    *ret_packet = (struct timed_packet){
        .at = clock_map_session_time(&t->map, packet->rtp_time),
        .samples = packet->samples,
        .seq = packet->seq - t->skipped,
        .run = t->run,
        .payload = packet->payload,
        .len = packet->len,
    };
    if (ret_packet->at + packet->samples > t->end)
        t->end = ret_packet->at + packet->samples;
    return ERR_NONE;
}

int64_t timeline_lateness(const struct timeline *t, session_samples at)
{
    int64_t late = t->arrival - clock_map_expected_arrival(&t->map, at);
    return late > 0 ? late : 0;
}

bool timeline_moved(struct timeline *t)
{
    bool moved = t->map.offset != t->offset_told;
    t->offset_told = t->map.offset;
    return moved;
}

session_samples timeline_phase(const struct timeline *t)
{
    return clock_map_expected_arrival(&t->map, 0);
}
