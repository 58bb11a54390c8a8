#include "ingress/reports.h"

#include <string.h>

void reports_in_init(struct reports_in *r, uint32_t our_ssrc)
{
    memset(r, 0, sizeof *r);
    r->our_ssrc = our_ssrc;
}

#define AVERAGE_OF 3 /* reports, about: one burst is no bad line, and ten seconds are soon over */

/* A fraction of 256 goes into an average of 65536; the first is taken as it is. */
static uint32_t averaged(uint32_t average, uint8_t fraction, bool first)
{
    uint32_t now = (uint32_t)fraction << 8;
    return first ? now : (average * (AVERAGE_OF - 1) + now) / AVERAGE_OF;
}

uint32_t reports_round_trip(uint32_t last_sr, uint32_t delay_since_sr, uint32_t ntp_now)
{
    uint32_t trip = ntp_now - last_sr - delay_since_sr; /* of 1/65536 s */
    if (last_sr == 0 || trip > 60u << 16)
        return 0;
    return (uint32_t)((uint64_t)trip * US_PER_S >> 16);
}

static void read_blocks(struct reports_in *r, const struct rtcp_packet *p, point_us now_us)
{
    for (unsigned i = 0; i < p->count; i++) {
        if (p->blocks[i].ssrc != r->our_ssrc)
            continue;
        r->lost_out = averaged(r->lost_out, p->blocks[i].fraction_lost, !r->told);
        r->told = true;
        r->told_us = now_us;
        r->fraction_lost = p->blocks[i].fraction_lost;
        r->lost = p->blocks[i].lost;
        r->jitter = p->blocks[i].jitter;
        r->their_last_sr = p->blocks[i].last_sr;
        r->their_delay = p->blocks[i].delay_since_sr;
    }
}

static void read_packet(struct reports_in *r, const struct rtcp_packet *p, uint32_t source_ssrc,
                        point_us now_us)
{
    switch (p->type) {
    case RTCP_SR:
        if (p->ssrc == source_ssrc) {
            r->last_sr = (uint32_t)(p->sender.ntp >> 16);
            r->last_sr_us = now_us;
        }
        read_blocks(r, p, now_us);
        break;
    case RTCP_RR:
        read_blocks(r, p, now_us);
        break;
    case RTCP_BYE:
        for (unsigned i = 0; i < p->count; i++)
            r->bye |= p->sources[i] == source_ssrc;
        break;
    case RTCP_SDES:
        break;
    }
}

enum err reports_receive(struct reports_in *r, const uint8_t *bytes, size_t len, uint32_t source_ssrc,
                         point_us now_us)
{
    struct reader reader = reader_on(bytes, len);
    struct rtcp_packet p;
    while (rtcp_next(&reader, &p))
        read_packet(r, &p, source_ssrc, now_us);
    return reader.error;
}

/* Loss since the last report, of 256 (RFC 3550 A.3). */
static uint8_t fraction(uint64_t expected, uint64_t received)
{
    if (expected == 0 || received >= expected)
        return 0;
    uint64_t lost = (expected - received) * 256 / expected;
    return (uint8_t)(lost > 255 ? 255 : lost);
}

bool reports_block(struct reports_in *r, const struct source *s, point_us now_us,
                   struct rtcp_block *ret_block)
{
    uint64_t seen = s->counters.packets + s->counters.refused;
    if (!s->known || seen == r->packets_before)
        return false;
    r->packets_before = seen;
    uint64_t expected = (uint64_t)(s->highest - s->first + 1);
    bool afresh = expected < r->expected_before || s->received < r->received_before;
    uint64_t expected_before = afresh ? 0 : r->expected_before;
    uint64_t received_before = afresh ? 0 : r->received_before;
    span_us since = now_us - r->last_sr_us;
    *ret_block = (struct rtcp_block){
        .ssrc = s->ssrc,
        .fraction_lost = fraction(expected - expected_before, s->received - received_before),
        .lost = (int32_t)((int64_t)expected - (int64_t)s->received),
        .highest_seq = (uint32_t)s->highest,
        .jitter = s->jitter_x16 >> 4,
        .last_sr = r->last_sr,
        .delay_since_sr = r->last_sr ? (uint32_t)(since * 65536 / US_PER_S) : 0,
    };
    r->expected_before = expected;
    r->received_before = s->received;
    r->lost_in = averaged(r->lost_in, ret_block->fraction_lost, r->lost_in_us == 0);
    r->lost_in_us = now_us;
    return true;
}
