/* One peer's incoming sound, packet by packet: parsed, numbered, counted, and dropped where it may not enter.
 *
 * One SSRC at a time: another takes over when the one before has been silent for SOURCE_QUIET_US, or after
 * SOURCE_PROBATION packets in a row (a browser that replaced its track). Numbers are extended to 64 bits and
 * only grow, whatever the sender does (RFC 3550 appendix A.1). */
#ifndef AULA_INGRESS_SOURCE_H
#define AULA_INGRESS_SOURCE_H

#include "base/errors.h"
#include "plane.h"

#define SOURCE_QUIET_US           (200 * (span_us)US_PER_MS)
#define SOURCE_PROBATION          3
#define SOURCE_DROPOUT_MAX        3000 /* a jump further ahead is a restart (RFC 3550 A.1: MAX_DROPOUT) */
#define SOURCE_WINDOW             64   /* packets back that a late one is told from a duplicate */
#define SOURCE_PASS_BPS           64000
#define SOURCE_PASS_BPS_MAX       70400 /* averaged; the encoder of a 64 kbit/s stream may wander 10 % above it */
#define SOURCE_RATE_SAMPLES       (2 * SAMPLES_PER_S) /* the average's time constant */
#define SOURCE_RATE_FIRST_SAMPLES (SAMPLES_PER_S / 5) /* of sound, before a rate is believed */
#define SOURCE_UNPASSABLE_US      ((span_us)US_PER_S) /* how long one packet of a wrong shape counts */

struct source_counters {
    uint64_t packets;   /* accepted */
    uint64_t refused;   /* had no right to enter */
    uint64_t lost;      /* never came, by gaps in the numbers */
    uint64_t duplicate; /* came twice, or too late to tell */
    uint64_t bad;       /* no RTP, another payload type, no Opus */
};

struct source {
    uint8_t opus_pt, level_ext; /* as answered; level_ext 0 = no levels */
    bool may_send;              /* the floor */
    bool known;                 /* an SSRC has been taken */
    uint32_t ssrc;
    uint32_t next_ssrc;    /* on probation */
    unsigned probation;    /* packets of it so far */
    int64_t highest;       /* extended number of the newest packet */
    int64_t first;         /* extended number of the first since the restart */
    uint64_t window;       /* bit i: number highest - i has come */
    int32_t jump_seq;      /* next number of a sender that may have restarted; -1 = none */
    bool restarted;        /* tell with the next packet that enters */
    point_us heard_us;     /* arrival of the newest packet of this SSRC */
    int64_t transit;       /* for the jitter of RFC 3550 A.8 */
    uint32_t jitter_x16;   /* in RTP time units, times 16 */
    uint64_t received;     /* since the restart, duplicates not counted: for reports */
    double rate_bps;       /* averaged payload rate, */
    int32_t rated_samples; /* over so much sound */
    bool fat;              /* rate is over the limit of pass */
    point_us odd_until_us; /* shape unfit for pass until then */
    struct source_counters counters;
};

void source_init(struct source *s, uint8_t opus_pt, uint8_t level_ext, bool may_send);

/* A plain RTP packet from the peer. On ERR_NONE it may enter, and *ret_packet borrows it. Else it is counted
 * and to be forgotten: ERR_SHORT, ERR_MALFORMED, ERR_LONG, ERR_UNSUPPORTED (payload type, SSRC on
 * probation), ERR_REPLAY, ERR_STALE, ERR_FORBIDDEN (no floor). */
enum err source_receive(struct source *s, const uint8_t *packet, size_t len, point_us now_us,
                        struct source_packet *ret_packet) MUST_USE;

/* The sender said goodbye to its SSRC: the next one is taken at once. */
void source_goodbye(struct source *s);

/* Whether its packets may be forwarded as they are: mono, 20 to 60 ms each, at most 64 kbit/s averaged. */
bool source_is_passable(const struct source *s, point_us now_us);

#endif
