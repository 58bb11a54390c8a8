/* RTCP on the client's leg (RFC 3550 §6): sender and receiver reports with CNAME each second while sound goes
 * or comes, BYE at the end, and what the relay's sender reports say. */
#ifndef AULA_CLIENT_REPORTS_H
#define AULA_CLIENT_REPORTS_H

#include "line.h"
#include "wire/rtcp.h"

#define REPORTS_PACKET_MAX 256 /* bytes of one compound of ours: SR with one block, SDES, BYE */
#define REPORTS_CNAME_MAX  32

struct reports {
    uint32_t own_ssrc;
    char cname[REPORTS_CNAME_MAX + 1];
    uint32_t told_packets; /* sent, at the last report */
    uint32_t last_sr;      /* middle 32 bits of the relay's last SR; 0 = none yet */
    point_us last_sr_us;   /* when it came */
    bool lost_fresh;       /* the relay has reported on our stream since it was last looked at */
    uint8_t fraction_lost; /* of 256, by that report */
};

/* What a sender report says of our own stream. */
struct reports_sent {
    uint32_t packets, octets;
    uint32_t rtp_time; /* at now_us */
};

void reports_init(struct reports *r, uint32_t own_ssrc, const char *cname);
/* Reads a plain compound. True where it says that `remote_ssrc` is gone (BYE). Broken ones are ignored. */
bool reports_input(struct reports *r, uint32_t remote_ssrc, const uint8_t *bytes, size_t len,
                   point_us now_us);
/* Writes what is due into `bytes` (REPORTS_PACKET_MAX): SR where packets were sent since the last report, RR
 * where packets came from remote_ssrc (`heard`). Returns its length, 0 where there is nothing to say. */
size_t reports_write(struct reports *r, const struct reports_sent *sent, struct line *line,
                     uint32_t remote_ssrc, bool heard, uint8_t *bytes, point_us now_us);
/* RR, SDES and BYE. Returns the length. */
size_t reports_write_bye(const struct reports *r, uint8_t *bytes);

#endif
