/* From packets that come when they come to sound that plays on: a jitter buffer keyed on session time, an
 * adaptive delay, repair of holes, and the answer to "which session time is being played now?".
 *
 * The listener's clock runs on while nothing is heard, so that page turns have a time in pauses too. Reads no
 * clock: the welcome's session time is the anchor, `now_us` the rest.
 *
 * Without decoding (a load generator's listener, or a participant without loudspeaker) no tick is asked for,
 * and playout_now is what a player of least delay would play. */
#ifndef AULA_CLIENT_PLAYOUT_H
#define AULA_CLIENT_PLAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errors.h"
#include "base/time.h"

#define PLAYOUT_MARGIN_SAMPLES                                                                               \
    (10 * SAMPLES_PER_MS) /* least wait behind the envelope: a busy machine's timers */
#define PLAYOUT_MIX_SAMPLES                                                                                  \
    (40 * SAMPLES_PER_MS) /* least wait for a mix, which leaves the relay that much after what is passed: 20 \
                             ms for the encoder's look-ahead, up to 20 for the other talker's packet. Waited \
                             for always, so that nothing runs dry when a second one begins to talk */
#define PLAYOUT_LEAST_SAMPLES (PLAYOUT_MARGIN_SAMPLES + PLAYOUT_MIX_SAMPLES)
#define PLAYOUT_WILD_SAMPLES                                                                                 \
    (30 * SAMPLES_PER_S) /* a packet further than this from now is no sound of ours */
#define PLAYOUT_REBASE_SAMPLES                                                                               \
    (SAMPLES_PER_S / 2)            /* a welcome's clock that is further off than a delayed answer            \
                                      explains: the relay was restarted */
#define PLAYOUT_LOSS_TICKS       3 /* a hole of so many ticks within talk was a loss, not a pause */
#define PLAYOUT_LOSSY_SAMPLES    (10 * SAMPLES_PER_S) /* how long a loss makes us wait for the packet after */
#define PLAYOUT_BEHIND_TICKS_MAX 25 /* 500 ms later than needed: jump, whatever is being said */
#define PLAYOUT_QUIET_DBOV       55 /* a tick this quiet may be left out without being missed */

struct playout_counters {
    uint64_t packets, wild, refused; /* taken; far from now; no Opus or no room */
    uint64_t ticks;                  /* asked for */
    uint64_t held;                   /* ticks put in to wait for late packets */
    uint64_t skipped;                /* ticks left out to play closer to now */
    uint64_t packet_ticks, fec_ticks, concealed_ticks, silent_ticks; /* how ticks were made */
};

struct playout;

/* The caller owns *ret_playout. ERR_MEMORY, ERR_SYSTEM. */
enum err playout_create(bool decode, struct playout **ret_playout) MUST_USE;
void playout_destroy(struct playout *p);

/* The relay said that its session clock is at `clock`. The first one, and one that is far from what we
 * thought, begins anew; others change nothing (the envelope follows drift). */
void playout_clock(struct playout *p, session_samples clock, point_us now_us);
/* The relay's session time now, late by the way of the sentence that told it. 0 before the first clock. */
session_samples playout_session_now(const struct playout *p, point_us now_us);
/* The session time near now whose low 32 bits these are. */
session_samples playout_extend(const struct playout *p, uint32_t time, point_us now_us);

/* A packet with this session time (low 32 bits) came. The payload is copied. Class drop: counted, forgotten.
 */
enum err playout_packet(struct playout *p, uint32_t time, const uint8_t *payload, size_t len,
                        point_us now_us) MUST_USE;

/* The next TICK_SAMPLES to be heard, from now_us on: to be called each 20 ms. False where it is all silence.
 * Needs `decode`. */
bool playout_tick(struct playout *p, float *pcm, point_us now_us);
/* The session time of the sample that is being played at now_us. */
session_samples playout_now(const struct playout *p, point_us now_us);
/* What is waited behind the earliest arrivals, in samples. */
int64_t playout_wait(const struct playout *p);
const struct playout_counters *playout_counters(const struct playout *p);

#endif
