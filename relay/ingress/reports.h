/* RTCP from a peer: what it says about the sound we send to it, and about its own; and our report about what
 * we got from it. RTCP ends here, nothing of it is forwarded. */
#ifndef AULA_INGRESS_REPORTS_H
#define AULA_INGRESS_REPORTS_H

#include "base/errors.h"
#include "ingress/source.h"
#include "wire/rtcp.h"

struct reports_in {
    uint32_t our_ssrc;                         /* of what we send to the peer */
    bool told;                                 /* it has reported on that at least once */
    uint8_t fraction_lost;                     /* of 256, its newest word */
    int32_t lost;                              /* cumulative */
    uint32_t jitter;                           /* in RTP time units, likewise */
    uint32_t their_last_sr, their_delay;       /* of its newest block, for the round trip; 0 = none */
    point_us told_us;                          /* when that came */
    uint32_t round_trip_us;                    /* 0 = not known */
    uint32_t lost_out, lost_in;                /* of 65536, averaged over some reports: what it loses of ours,
                                                  and we of its own */
    point_us lost_in_us;                       /* of the last report in lost_in */
    bool bye;                                  /* it said goodbye to its own SSRC */
    uint32_t last_sr;                          /* middle 32 bits of its last SR's NTP time; 0 = none */
    point_us last_sr_us;                       /* when that came */
    uint64_t received_before, expected_before; /* at our last report: for the fraction */
    uint64_t packets_before;                   /* of the source at our last report */
};

void reports_in_init(struct reports_in *r, uint32_t our_ssrc);

#define REPORTS_OLD_US                                                                                       \
    (20 * (span_us)US_PER_S) /* browsers report every 5 s or less; older words say nothing */

/* The round trip by a block's last_sr and delay_since_sr, and the middle 32 bits of our NTP time at its
 * arrival (RFC 3550 §6.4.1), in us; 0 where the block names none of our reports, or makes no sense. */
uint32_t reports_round_trip(uint32_t last_sr, uint32_t delay_since_sr, uint32_t ntp_now);

/* A plain compound. ERR_SHORT, ERR_MALFORMED: what stood before the bad part counts. */
enum err reports_receive(struct reports_in *r, const uint8_t *bytes, size_t len, uint32_t source_ssrc,
                         point_us now_us) MUST_USE;

/* Our report block about the source; false where nothing came since the last (then none is due). */
bool reports_block(struct reports_in *r, const struct source *s, point_us now_us,
                   struct rtcp_block *ret_block);

#endif
