/* The recorder's ear: what a recorded session's default audience is sent also lies here until the shell takes
 * it away. A ring of whole packets, made when the first is put; what nobody takes in time is dropped and
 * counted, and becomes a gap in the recording, never a wait. */
#ifndef AULA_EGRESS_TAP_H
#define AULA_EGRESS_TAP_H

#include "base/errors.h"
#include "plane.h"

/* Waiting at once. The shell empties it after each datagram or batch; a batch of the socket is 64. */
#define TAP_PACKETS_MAX 256

struct tap {
    struct media_record *ring; /* owned; NULL until something is put */
    size_t first, count;
    uint64_t lost; /* for want of room or memory */
};

void tap_init(struct tap *t);
void tap_finish(struct tap *t);
void tap_put(struct tap *t, uint32_t session, session_samples at, int32_t samples, const uint8_t *payload,
             size_t len);
/* The oldest, or false. */
bool tap_take(struct tap *t, struct media_record *ret_record);

#endif
