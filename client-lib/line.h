/* The quality of the line as the listener's end sees it (RFC 3550 §6.4.1, appendix A): numbers received, lost
 * and repeated, and jitter. Feeds receiver reports and the `line` sentence. */
#ifndef AULA_CLIENT_LINE_H
#define AULA_CLIENT_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"

#define LINE_LEAP 3000 /* numbers: a step further than this is another stream, not a loss (RFC 3550 A.1) */

struct line_counters {
    uint64_t received;  /* packets, repeated ones not counted */
    uint64_t lost;      /* numbers that never came (late ones are taken back out) */
    uint64_t duplicate; /* packets of a number that was here among the last 64 */
    uint64_t reordered; /* came after a higher number */
};

struct line {
    bool seen;
    int64_t first, highest; /* extended sequence numbers */
    uint64_t window;        /* bit i: highest - i came */
    uint32_t jitter_x16;    /* samples, times 16 (RFC 3550 A.8) */
    int64_t transit;        /* of the last packet, samples */
    struct line_counters counters;
    struct line_counters told;     /* at the last line_second */
    struct line_counters reported; /* at the last line_report */
};

/* One report's figures (RFC 3550 §6.4.1). */
struct line_report {
    uint8_t fraction_lost;
    int32_t cumulative_lost;
    uint32_t highest; /* extended: cycles and number */
    uint32_t jitter;
};

struct line_second {
    uint32_t received, lost, jitter_ms;
};

void line_init(struct line *l);
/* A packet came. False where it is a repetition. */
bool line_packet(struct line *l, uint16_t seq, uint32_t rtp_time, point_us now_us);
/* What happened since the last call; true where anything came at all. */
bool line_second(struct line *l, struct line_second *ret_second);
/* For a receiver report; moves the interval on. */
struct line_report line_report(struct line *l);

#endif
