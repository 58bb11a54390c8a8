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
    bool bye;                                  /* it said goodbye to its own SSRC */
    uint32_t last_sr;                          /* middle 32 bits of its last SR's NTP time; 0 = none */
    point_us last_sr_us;                       /* when that came */
    uint64_t received_before, expected_before; /* at our last report: for the fraction */
    uint64_t packets_before;                   /* of the source at our last report */
};

void reports_in_init(struct reports_in *r, uint32_t our_ssrc);

/* A plain compound. ERR_SHORT, ERR_MALFORMED: what stood before the bad part counts. */
enum err reports_receive(struct reports_in *r, const uint8_t *bytes, size_t len, uint32_t source_ssrc,
                         point_us now_us) MUST_USE;

/* Our report block about the source; false where nothing came since the last (then none is due). */
bool reports_block(struct reports_in *r, const struct source *s, point_us now_us,
                   struct rtcp_block *ret_block);

#endif
