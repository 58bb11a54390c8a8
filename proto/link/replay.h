/* The replay window (RFC 3711 §3.3.2): which of the last REPLAY_WINDOW packet indices have been seen. Asking
 * and marking are two steps, because the window may move only once the packet is authenticated.
 *
 * Indices are extended: 48 bits for SRTP (roll-over counter and sequence number), 31 for SRTCP. */
#ifndef AULA_LINK_REPLAY_H
#define AULA_LINK_REPLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/errors.h"

#define REPLAY_WINDOW 128 /* packets; RFC 3711 §3.3.2 asks for at least 64. 2.5 s of 20 ms packets */

struct replay {
    bool any;                          /* false until the first index; then top counts */
    uint64_t top;                      /* highest index seen */
    uint64_t seen[REPLAY_WINDOW / 64]; /* bit n: index top - n was seen */
};

/* ERR_REPLAY: seen before. ERR_STALE: too far behind the highest to know. */
enum err replay_check(const struct replay *r, uint64_t index) MUST_USE;
/* Marks an index for which replay_check said ERR_NONE. */
void replay_accept(struct replay *r, uint64_t index);
/* The 48-bit index that a received sequence number most likely has (RFC 3711 §3.3.1, appendix A); before any,
 * the roll-over counter is 0. */
uint64_t replay_guess(const struct replay *r, uint16_t sequence);

#endif
