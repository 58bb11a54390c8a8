/* RTCP to a peer: SR about what we send it, on the session clock; our report about what it sends; SDES; BYE.
 */
#ifndef AULA_EGRESS_REPORTS_H
#define AULA_EGRESS_REPORTS_H

#include "base/errors.h"
#include "plane.h"
#include "wire/rtcp.h"

#define REPORTS_EVERY_US ((span_us)US_PER_S) /* while sound flows */
#define REPORTS_CNAME    "aula"              /* one for all we send: it is one clock */

struct report_out {
    uint32_t ssrc;         /* ours towards the peer */
    bool sends;            /* an SR, else an RR */
    session_samples clock; /* now: becomes the NTP time of the SR */
    uint32_t offset;       /* RTP time = session time + this */
    uint32_t packets, octets;
    bool has_block;
    struct rtcp_block block;
    bool bye;
};

/* Writes a compound: SR or RR, SDES, and BYE where the report says so. ERR_SPACE. */
enum err report_write(const struct report_out *report, uint8_t *bytes, size_t capacity,
                      size_t *ret_len) MUST_USE;

/* The session clock as NTP time: 32.32 fixed point seconds since session time 0. */
uint64_t reports_ntp(session_samples clock);

#endif
