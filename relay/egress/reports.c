#include "egress/reports.h"

#include <string.h>

uint64_t reports_ntp(session_samples clock)
{
    uint64_t t = clock > 0 ? (uint64_t)clock : 0;
    uint64_t seconds = t / SAMPLES_PER_S, rest = t % SAMPLES_PER_S;
    return seconds << 32 | (rest << 32) / SAMPLES_PER_S;
}

static void write_report(struct writer *w, const struct report_out *report)
{
    struct rtcp_packet p = {.type = report->sends ? RTCP_SR : RTCP_RR, .ssrc = report->ssrc};
    p.sender.ntp = reports_ntp(report->clock);
    p.sender.rtp_time = (uint32_t)report->clock + report->offset;
    p.sender.packets = report->packets;
    p.sender.octets = report->octets;
    if (report->has_block)
        p.blocks[p.count++] = report->block;
    rtcp_write(w, &p);
}

static void write_cname(struct writer *w, uint32_t ssrc)
{
    struct rtcp_packet p = {.type = RTCP_SDES, .count = 1};
    p.chunks[0] =
        (struct rtcp_chunk){.ssrc = ssrc, .cname = REPORTS_CNAME, .cname_len = sizeof REPORTS_CNAME - 1};
    rtcp_write(w, &p);
}

static void write_bye(struct writer *w, uint32_t ssrc)
{
    struct rtcp_packet p = {.type = RTCP_BYE, .count = 1};
    p.sources[0] = ssrc;
    rtcp_write(w, &p);
}

enum err report_write(const struct report_out *report, uint8_t *bytes, size_t capacity, size_t *ret_len)
{
    struct writer w = writer_on(bytes, capacity);
    write_report(&w, report);
    write_cname(&w, report->ssrc);
    if (report->bye)
        write_bye(&w, report->ssrc);
    if (w.error)
        return w.error;
    *ret_len = writer_len(&w);
    return ERR_NONE;
}
