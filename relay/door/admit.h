/* The first look at a datagram: the cheap checks that come before anything is known about it, and a budget
 * for what costs a HMAC or a handshake before it can be believed, so that a flood costs little. */
#ifndef AULA_DOOR_ADMIT_H
#define AULA_DOOR_ADMIT_H

#include "base/address.h"
#include "base/errors.h"
#include "base/time.h"

#define ADMIT_BYTES_MIN 2 /* the shortest thing that RFC 7983 can tell apart */
#define ADMIT_BYTES_MAX 1500
/* STUN and DTLS datagrams that one address may send in a second. A hundred people behind one address who join
 * together send some 1,600 checks a second and 500 handshake datagrams; one check costs 0.5 µs. */
#define ADMIT_UNPROVEN_PER_S 4000
#define ADMIT_BUCKETS        4096 /* addresses share them by a hash nobody outside can guess */

struct admit_bucket {
    int64_t second;
    uint32_t count;
};

struct admit {
    uint64_t seed;
    struct admit_bucket buckets[ADMIT_BUCKETS];
};

void admit_init(struct admit *a, uint64_t seed);

/* Length only. ERR_SHORT, ERR_LONG. */
enum err admit_shape(size_t len) MUST_USE;

/* Takes one from the sender's budget for what is not proven yet (STUN, DTLS). ERR_RATE where it is spent. The
 * port does not count; of IPv6 the first 64 bits do: that much one sender owns. */
enum err admit_unproven(struct admit *a, const struct address *from, point_us now_us) MUST_USE;

#endif
