/* Packets that the relay makes itself: an audience's encoded sum, and the silence that closes its stream. */
#ifndef AULA_EGRESS_MADE_H
#define AULA_EGRESS_MADE_H

#include "egress/audience.h"
#include "egress/mix.h"

/* Who is in a sum, for the CSRCs. */
struct made_csrcs {
    unsigned count;
    uint32_t numbers[RTP_CSRC_MAX];
};

/* Gives the audience an encoder that knows the ticks of `mix` before mix->next (at most BRANCH_TICKS - 1), as
 * the sources in `set` make them; its stamps lie a->mix_shift later than the mix's time. What of them the
 * audience has not been sent yet is sent. Adds to *encodes.
 * ERR_MEMORY, ERR_SYSTEM: it has none, and hears nothing. */
enum err made_begin(struct audience *a, const struct mix *mix, source_set set, const struct made_csrcs *csrcs,
                    struct outbox *outbox, point_us now_us, uint64_t *encodes) MUST_USE;
/* The mix's newest tick to the audience. */
void made_tick(struct audience *a, const struct mix *mix, source_set set, const struct made_csrcs *csrcs,
               struct outbox *outbox, point_us now_us, uint64_t *encodes);
/* One frame of closing silence, where one is due. */
void made_silence(struct audience *a, struct outbox *outbox, point_us now_us);

#endif
