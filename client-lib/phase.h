/* When in its 20 ms a microphone's tick begins: so that its packets reach the relay in the middle of the
 * session's ticks. A mix waits for the latest talker's packet (20 ms at the worst); talkers whose packets
 * come together wait for nobody. */
#ifndef AULA_CLIENT_PHASE_H
#define AULA_CLIENT_PHASE_H

#include "base/time.h"

#define PHASE_ARRIVAL_SAMPLES (TICK_SAMPLES / 2) /* as far as can be from either border: packets jitter */

/* How long to wait until a packet that leaves then arrives in phase, 0 <= span < TICK_US. `clock`: the
 * relay's session time as told, so late by one way; `round_trip_us`: there and back, negative while unknown.
 * A packet that leaves now arrives at clock + round trip. */
span_us phase_wait(session_samples clock, span_us round_trip_us);

#endif
