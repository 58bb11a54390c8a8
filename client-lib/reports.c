#include "reports.h"

#include <string.h>

void reports_init(struct reports *r, uint32_t own_ssrc, const char *cname)
{
    *r = (struct reports){.own_ssrc = own_ssrc};
    size_t len = strnlen(cname, REPORTS_CNAME_MAX);
    memcpy(r->cname, cname, len);
}

static void read_blocks(struct reports *r, const struct rtcp_packet *p)
{
    for (unsigned i = 0; i < p->count; i++) {
        if (p->blocks[i].ssrc != r->own_ssrc)
            continue;
        r->fraction_lost = p->blocks[i].fraction_lost;
        r->lost_fresh = true;
    }
}

bool reports_input(struct reports *r, uint32_t remote_ssrc, const uint8_t *bytes, size_t len, point_us now_us)
{
    struct reader reader = reader_on(bytes, len);
    struct rtcp_packet p;
    bool gone = false;
    while (rtcp_next(&reader, &p)) {
        if (p.type == RTCP_SR && p.ssrc == remote_ssrc) {
            r->last_sr = (uint32_t)(p.sender.ntp >> 16);
            r->last_sr_us = now_us;
        }
        if (p.type == RTCP_SR || p.type == RTCP_RR)
            read_blocks(r, &p);
        for (unsigned i = 0; p.type == RTCP_BYE && i < p.count; i++)
            gone = gone || p.sources[i] == remote_ssrc;
    }
    return gone;
}

/* The monotonic clock as NTP time: RFC 3550 §6.4.1 leaves a sender without wall time that choice. */
static uint64_t ntp_from_us(point_us us)
{
    uint64_t s = (uint64_t)us / US_PER_S, rest = (uint64_t)us % US_PER_S;
    return s << 32 | ((rest << 32) / US_PER_S);
}

static struct rtcp_block block_of(const struct reports *r, struct line *line, uint32_t ssrc, point_us now_us)
{
    struct line_report figures = line_report(line);
    uint64_t since = r->last_sr == 0 ? 0 : ((uint64_t)(now_us - r->last_sr_us) << 16) / US_PER_S;
    return (struct rtcp_block){.ssrc = ssrc,
                               .fraction_lost = figures.fraction_lost,
                               .lost = figures.cumulative_lost,
                               .highest_seq = figures.highest,
                               .jitter = figures.jitter,
                               .last_sr = r->last_sr,
                               .delay_since_sr = (uint32_t)since};
}

static void write_cname(const struct reports *r, struct writer *w)
{
    struct rtcp_packet sdes = {.type = RTCP_SDES, .count = 1};
    sdes.chunks[0] =
        (struct rtcp_chunk){.ssrc = r->own_ssrc, .cname = r->cname, .cname_len = (uint8_t)strlen(r->cname)};
    rtcp_write(w, &sdes);
}

size_t reports_write(struct reports *r, const struct reports_sent *sent, struct line *line,
                     uint32_t remote_ssrc, bool heard, uint8_t *bytes, point_us now_us)
{
    bool sends = sent->packets != r->told_packets;
    if (!sends && !heard)
        return 0;
    struct rtcp_packet report = {.type = sends ? RTCP_SR : RTCP_RR, .ssrc = r->own_ssrc};
    report.sender = (struct rtcp_sender){.ntp = ntp_from_us(now_us),
                                         .rtp_time = sent->rtp_time,
                                         .packets = sent->packets,
                                         .octets = sent->octets};
    if (heard) {
        report.count = 1;
        report.blocks[0] = block_of(r, line, remote_ssrc, now_us);
    }
    r->told_packets = sent->packets;
    struct writer w = writer_on(bytes, REPORTS_PACKET_MAX);
    rtcp_write(&w, &report);
    write_cname(r, &w);
    return w.error == ERR_NONE ? writer_len(&w) : 0;
}

size_t reports_write_bye(const struct reports *r, uint8_t *bytes)
{
    struct writer w = writer_on(bytes, REPORTS_PACKET_MAX);
    struct rtcp_packet report = {.type = RTCP_RR, .ssrc = r->own_ssrc};
    struct rtcp_packet bye = {.type = RTCP_BYE, .count = 1};
    bye.sources[0] = r->own_ssrc;
    rtcp_write(&w, &report);
    write_cname(r, &w);
    rtcp_write(&w, &bye);
    return w.error == ERR_NONE ? writer_len(&w) : 0;
}
