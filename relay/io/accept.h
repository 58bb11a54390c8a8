/* Accepting TCP connections ourselves: a cap in all, a cap for each IP address, and TLS handshakes begun at a
 * steady pace, so that a rush of joins (or an attack) never holds up those who are in. */
#ifndef AULA_RELAY_IO_ACCEPT_H
#define AULA_RELAY_IO_ACCEPT_H

#include <stdint.h>

#include <uv.h>

#include "base/address.h"

struct accept;
struct caller; /* one IP address with connections */

struct accept_limits {
    int connections;
    int per_address;
    int handshakes_per_s;
};

struct accept_counters {
    uint64_t accepted, refused_full, refused_address, paced;
    int open;
};

/* Takes over the connection `fd`; gives `caller` back by accept_release when it is closed, once. */
typedef void accept_adopt(void *self, int fd, struct caller *caller);

/* Takes over the listening socket `fd` (it is closed on failure too). The caller owns *ret_accept.
 * ERR_MEMORY, ERR_SYSTEM. */
enum err accept_create(uv_loop_t *loop, int fd, const struct accept_limits *limits, uint64_t seed,
                       accept_adopt *adopt, void *self, struct accept **ret_accept) MUST_USE;
void accept_set_limits(struct accept *a, const struct accept_limits *limits);
void accept_release(struct accept *a, struct caller *caller);
/* Closes the listening socket, for good. */
void accept_stop(struct accept *a);
/* After accept_stop, when the loop has run until it was empty and all callers are back. NULL is legal. */
void accept_destroy(struct accept *a);
const struct accept_counters *accept_counters(const struct accept *a);

#endif
