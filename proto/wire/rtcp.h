/* RTCP: SR, RR, SDES with CNAME, BYE (RFC 3550 §6), both directions. A compound is read packet by packet. */
#ifndef AULA_WIRE_RTCP_H
#define AULA_WIRE_RTCP_H

#include "base/cursor.h"

#define RTCP_COUNT_MAX    31  /* report blocks, chunks or sources in one packet: five bits */
#define RTCP_CNAME_MAX    255 /* bytes of an SDES item (§6.5) */
#define RTCP_HEADER_BYTES 4
#define RTCP_LOST_MAX     0x7fffff /* cumulative loss is a signed 24-bit number (§6.4.1) */

enum rtcp_type { RTCP_SR = 200, RTCP_RR = 201, RTCP_SDES = 202, RTCP_BYE = 203 };

struct rtcp_block {
    uint32_t ssrc;           /* whose packets are reported on */
    uint8_t fraction_lost;   /* of 256, since the last report */
    int32_t lost;            /* cumulative; negative with duplicates; writing clamps to 24 bits */
    uint32_t highest_seq;    /* extended: cycles * 2^16 + sequence number */
    uint32_t jitter;         /* RTP time units */
    uint32_t last_sr;        /* middle 32 bits of the NTP time of the last SR; 0 = none */
    uint32_t delay_since_sr; /* 1/65536 s */
};

struct rtcp_sender {
    uint64_t ntp;      /* 32.32 fixed point, seconds since 1900 */
    uint32_t rtp_time; /* the same moment in RTP time */
    uint32_t packets, octets;
};

struct rtcp_chunk {
    uint32_t ssrc;
    const char *cname; /* borrowed, no closing zero; NULL = the chunk has none */
    uint8_t cname_len;
};

/* One packet of a compound. */
struct rtcp_packet {
    enum rtcp_type type;
    uint32_t ssrc;             /* SR, RR: the sender */
    struct rtcp_sender sender; /* SR */
    uint8_t count;             /* of what follows */
    union {
        struct rtcp_block blocks[RTCP_COUNT_MAX]; /* SR, RR */
        struct rtcp_chunk chunks[RTCP_COUNT_MAX]; /* SDES */
        uint32_t sources[RTCP_COUNT_MAX];         /* BYE */
    };
};

/* Steps to the next SR, RR, SDES or BYE, over packets of other types, and reads it. False at the end and
 * where the rest is not RTCP: r->error then says which (ERR_NONE, ERR_SHORT, ERR_MALFORMED). What was handed
 * out before stays good. Reduced-size packets (RFC 5506) are read like compounds. */
bool rtcp_next(struct reader *r, struct rtcp_packet *ret_packet);
/* Reads a whole compound once without keeping anything: ERR_NONE where every packet of it is sound. */
enum err rtcp_check(const uint8_t *bytes, size_t len) MUST_USE;
/* Appends one packet; the writer's error is ERR_SPACE where it does not fit, ERR_LONG where count is over
 * RTCP_COUNT_MAX. A chunk without cname is written empty. */
void rtcp_write(struct writer *w, const struct rtcp_packet *packet);

#endif
