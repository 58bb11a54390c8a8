#include "line.h"

#include "base/serial.h"

void line_init(struct line *l)
{
    *l = (struct line){0};
}

static void begin(struct line *l, uint16_t seq)
{
    l->first = l->highest = seq;
    l->window = 1;
    l->seen = true;
    l->counters.received++;
}

/* The distance from the highest number is behind or at it: late or repeated. */
static bool behind(struct line *l, int64_t back)
{
    if (back >= 64) { /* cannot be told from a repetition: counted as late, its loss stands */
        l->counters.reordered++;
        return true;
    }
    if (l->window >> back & 1) {
        l->counters.duplicate++;
        return false;
    }
    l->window |= (uint64_t)1 << back;
    l->counters.received++;
    l->counters.reordered++;
    if (l->counters.lost > 0)
        l->counters.lost--;
    return true;
}

static void ahead(struct line *l, int64_t step)
{
    l->counters.lost += (uint64_t)(step - 1);
    l->counters.received++;
    l->window = step < 64 ? l->window << step | 1 : 1;
    l->highest += step;
}

static void measure_jitter(struct line *l, uint32_t rtp_time, point_us now_us, bool first)
{
    int64_t transit = (int64_t)(int32_t)((uint32_t)samples_from_us(now_us) - rtp_time);
    if (!first) {
        int64_t d = (int64_t)(int32_t)((uint32_t)transit - (uint32_t)l->transit);
        if (d < 0)
            d = -d;
        if (d < 2 * SAMPLES_PER_S) /* beyond that RTP time leapt */
            l->jitter_x16 += (uint32_t)d - ((l->jitter_x16 + 8) >> 4);
    }
    l->transit = transit;
}

bool line_packet(struct line *l, uint16_t seq, uint32_t rtp_time, point_us now_us)
{
    bool first = !l->seen, fresh = true;
    if (first) {
        begin(l, seq);
    } else {
        int64_t step = serial16_distance(seq, (uint16_t)l->highest);
        if (step > LINE_LEAP || step < -LINE_LEAP) {
            begin(l, seq);
            first = true;
        } else if (step > 0) {
            ahead(l, step);
        } else {
            fresh = behind(l, -step);
        }
    }
    if (fresh)
        measure_jitter(l, rtp_time, now_us, first);
    return fresh;
}

/* A late packet takes a loss back, perhaps one of an interval already told: never below zero. */
static uint64_t since(uint64_t now, uint64_t before)
{
    return now > before ? now - before : 0;
}

bool line_second(struct line *l, struct line_second *ret_second)
{
    uint64_t received = since(l->counters.received, l->told.received);
    uint64_t lost = since(l->counters.lost, l->told.lost);
    l->told = l->counters;
    if (received == 0)
        return false;
    ret_second->received = (uint32_t)received;
    ret_second->lost = (uint32_t)lost;
    ret_second->jitter_ms = l->jitter_x16 / 16 / SAMPLES_PER_MS;
    return true;
}

struct line_report line_report(struct line *l)
{
    uint64_t lost = since(l->counters.lost, l->reported.lost);
    uint64_t expected = since(l->counters.received, l->reported.received) + lost;
    l->reported = l->counters;
    return (struct line_report){
        .fraction_lost = (uint8_t)(expected == 0      ? 0
                                   : lost >= expected ? 255
                                                      : lost * 256 / expected),
        .cumulative_lost = (int32_t)(l->counters.lost < 0x7fffff ? l->counters.lost : 0x7fffff),
        .highest = (uint32_t)l->highest,
        .jitter = l->jitter_x16 / 16,
    };
}
