/* The media plane of one worker: everything between a datagram that came in and the datagrams that go out.
 *
 * A machine of the four verbs. It opens no socket, reads no clock, takes no lock: the worker (io/worker)
 * drives it with real datagrams, tests/sim with simulated ones. The way in is way_in.c, the way out
 * way_out.c, and those files only call. */
#ifndef AULA_RELAY_MEDIA_H
#define AULA_RELAY_MEDIA_H

#include "base/entropy.h"
#include "types.h"

struct media;

/* Datagrams, and of those that came in the ones that were dropped at some stage, by the reason. */
struct media_counters {
    uint64_t datagrams_in, datagrams_out;
    uint64_t dropped[ERR_COUNT];
};

/* The caller owns *ret_media. `entropy` is borrowed. ERR_MEMORY. */
enum err media_create(const struct entropy *entropy, struct media **ret_media) MUST_USE;
void media_destroy(struct media *m);

/* An order from the state plane. ERR_UNKNOWN for a handle that is not here (a fact about it may be on its
 * way), ERR_FULL, ERR_MEMORY. */
enum err media_order(struct media *m, const struct media_order *order, point_us now_us) MUST_USE;

/* A datagram from the network; bytes are changed in place. Whatever is wrong with it is counted and
 * forgotten. */
void media_input(struct media *m, const struct address *from, uint8_t *bytes, size_t len, point_us now_us);

/* Everything that is ready to go: *ret_datagrams points to `count` of them, in order. Their bytes stay until
 * media_sent; the array itself only until the next call of any function of this file. Drain after each input
 * and each expiry: what nobody fetches is dropped and counted once OUTBOX_DATAGRAMS_MAX wait. */
size_t media_output(struct media *m, const struct media_datagram **ret_datagrams);
void media_sent(struct media *m, size_t count);

/* The next fact for the state plane, or false. */
bool media_fact(struct media *m, struct media_fact *ret_fact);

/* The next packet of a recorded session, or false. Drain as media_output is drained: what nobody takes is
 * dropped and counted. */
bool media_record(struct media *m, struct media_record *ret_record);

/* NEVER_US when nothing is due: an idle plane has no timer. */
point_us media_deadline(const struct media *m);
void media_expire(struct media *m, point_us now_us);

const struct media_counters *media_counters(const struct media *m);

#endif
