/* The end of talk. A stream that just stops makes listeners' decoders conceal; so after 200 ms of nothing it
 * is closed with three Opus silence frames, 20 ms apart, then nothing is sent. A lone packet now and then (a
 * sender's DTX) does not open it again. */
#ifndef AULA_EGRESS_CLOSING_H
#define AULA_EGRESS_CLOSING_H

#include "plane.h"

#define CLOSING_AFTER_US (200 * (span_us)US_PER_MS)
#define CLOSING_FRAMES   3

struct closing {
    unsigned frames;   /* still to send once due */
    point_us due_us;   /* of the next; NEVER_US = closed */
    point_us sound_us; /* when something was sent last */
    unsigned in_a_row; /* packets sent since the last silence, up to 2 */
};

void closing_init(struct closing *c);
/* A packet of sound was sent. */
void closing_sound(struct closing *c, point_us now_us);
/* When closing_step wants to be called; NEVER_US where nothing is open. */
point_us closing_deadline(const struct closing *c);
/* True: send one silence frame now, and ask again. */
bool closing_step(struct closing *c, point_us now_us);

#endif
