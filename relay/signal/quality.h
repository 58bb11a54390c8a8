/* How a line sounds, estimated by the E-model of ITU-T G.107: R = 93.2 - Id - Ie,eff. 93 is as good as it
 * gets, below 60 people complain. A number for the operator's eye: no decision about sound rests on it. */
#ifndef AULA_RELAY_SIGNAL_QUALITY_H
#define AULA_RELAY_SIGNAL_QUALITY_H

#include <stdint.h>

#define QUALITY_R_BEST 93.2 /* G.107 with all its defaults */

/* Opus at 32 kbit/s with in-band FEC. Our ESTOI table (0.990 clean; 0.973, 0.946, 0.910 at 10, 20, 30 % loss)
 * is put on the scale of Ie by what both scales know: loss that is only concealed, 10 % of it. That is 27 by
 * G.113 (Bpl 25.1) and costs 0.078 here, so 0.01 of ESTOI is 3.5 of Ie. Ie,eff = Ie + (95 - Ie) P / (P + Bpl)
 * then fits best with these, to within 4.2. */
#define QUALITY_IE  0.0
#define QUALITY_BPL 88.0

/* Id after Cole and Rosenbluth's line through G.107: 0.024 a ms, and 0.11 more beyond 177.3 ms, one way. */
#define QUALITY_DELAY_SLOPE    0.024
#define QUALITY_TALK_OVER_MS   177.3
#define QUALITY_TALK_OVER      0.11
#define QUALITY_FIXED_MS       46.5 /* a frame of 20 ms, the encoder's look-ahead, the least a receiver keeps */
#define QUALITY_JITTER_BUFFERS 2.0 /* a receiver keeps about twice the jitter */

struct quality_line {
    uint32_t lost; /* of 65536 */
    uint32_t jitter_us;
    uint32_t round_trip_us;
};

/* R, 0 .. 93. */
int quality_r(const struct quality_line *l);

#endif
