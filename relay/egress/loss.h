/* What the listeners of a stream lose, and so how much in-band FEC its encoder is to carry. On a clean line
 * none: FEC takes its bits from the voice (0.008 ESTOI in a mix). It rises at once to the worst
 * listener's loss and falls slowly; what one bad line can ask of all is limited. */
#ifndef AULA_EGRESS_LOSS_H
#define AULA_EGRESS_LOSS_H

#include <stdint.h>

#define LOSS_PERCENT_MAX 10 /* more costs those who lose nothing more than it gives the one who does */

struct loss {
    uint8_t percent;        /* what encoders are told */
    uint8_t worst_fraction; /* of 256, since the last step */
};

/* One listener's newest word: fraction lost, of 256 (RFC 3550 §6.4.1). */
void loss_reported(struct loss *l, uint8_t fraction_lost);
/* Once in a report interval, after all have been heard: gives the percentage from now on. */
uint8_t loss_step(struct loss *l);
/* The same as a fraction of 256, for a report to the source. */
uint8_t loss_fraction(const struct loss *l);

#endif
