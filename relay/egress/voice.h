/* One audience's encoder in a mix: sums go in tick by tick, packets come out, encoded once for all listeners.
 *
 * A decoder's sound comes VOICE_LOOKAHEAD samples later than the encoder's input. That is taken out here: the
 * packet stamped T is fed the samples from T + look-ahead on. So it can be made once the next tick is known,
 * and a listener who changes between pass and mix hears nothing twice. */
#ifndef AULA_EGRESS_VOICE_H
#define AULA_EGRESS_VOICE_H

#include "base/errors.h"
#include "plane.h"

#define VOICE_BITRATE_BPS      32000
#define VOICE_LEAN_BITRATE_BPS 7700 /* with 60 ms packets under 16 kbit/s on the wire, IP and UDP counted */
#define VOICE_COMPLEXITY       9
#define VOICE_TICKS_FULL       1
#define VOICE_TICKS_LEAN       3

struct voice; /* heap: an encoder */

struct voice_packet {
    session_samples at;
    int32_t samples;
    size_t len;
    uint8_t payload[SOURCE_PAYLOAD_MAX];
};

/* A cold encoder; the first tick pushed is the first sound it knows. `loss_percent`: as for voice_set_loss.
 * The caller owns *ret_voice. ERR_MEMORY, ERR_SYSTEM. */
enum err voice_create(enum tier tier, int loss_percent, struct voice **ret_voice) MUST_USE;
void voice_destroy(struct voice *v);
/* A copy that will go on as the original would: encoder, limiter and what is held. */
enum err voice_copy(const struct voice *v, struct voice **ret_voice) MUST_USE;
/* What those who hear it lose: more than 0 arms in-band FEC. */
void voice_set_loss(struct voice *v, int loss_percent);
/* Ticks in one of its packets. */
int voice_ticks(const struct voice *v);

/* The sum for the tick that starts at `at`: TICK_SAMPLES, limited in place. Ticks must follow one another;
 * voice_next until false after each. */
void voice_push(struct voice *v, session_samples at, float *pcm);
/* Encodes the next packet, where all of its samples are here. One encode each time it returns true; also
 * where libopus failed, then len is 0. */
bool voice_next(struct voice *v, struct voice_packet *ret_packet);

#endif
