/* Pass: one source's packet to every listener of an audience, payload untouched, at once. */
#ifndef AULA_EGRESS_PASS_H
#define AULA_EGRESS_PASS_H

#include "egress/audience.h"

/* `number` is the participant's, for the CSRC. ERR_STALE: late for this audience, dropped. */
enum err pass_packet(struct audience *a, int slot, uint32_t number, const struct timed_packet *packet,
                     struct outbox *outbox, point_us now_us) MUST_USE;

#endif
