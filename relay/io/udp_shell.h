/* One UDP socket on a uv loop: datagrams in by recvmmsg, out by sendmmsg.
 *
 * A datagram the kernel refuses is skipped and counted, the others of its batch go. Where the kernel has no
 * room, datagrams wait in a ring until it has; what has waited for UDP_STALE_US is dropped: late sound is
 * worth nothing, and all else is sent again by its own timers. On 0.0.0.0 and [::] an answer leaves from the
 * address to which the question came. One thread: the loop's. */
#ifndef AULA_RELAY_IO_UDP_SHELL_H
#define AULA_RELAY_IO_UDP_SHELL_H

#include <stddef.h>
#include <stdint.h>

#include <uv.h>

#include "base/address.h"
#include "base/time.h"
#include "media.h"

#define UDP_BATCH        32                /* datagrams a system call */
#define UDP_ROUNDS       8                 /* batches before other handles of the loop get a turn */
#define UDP_BUFFER_BYTES (4 * 1024 * 1024) /* the kernel's, each way: a second of 300 listeners */
#define UDP_WAITING_MAX  1024              /* datagrams in the ring */
#define UDP_STALE_US     (60 * (span_us)US_PER_MS)
#define UDP_LOCALS_MAX   8192 /* remembered own addresses, on 0.0.0.0 and [::] alone */

struct udp_listener {
    /* A datagram; `bytes` may be changed until it returns. */
    void (*received)(void *self, const struct address *from, uint8_t *bytes, size_t len, point_us now_us);
    /* After the last of a batch. */
    void (*batch_ended)(void *self, point_us now_us);
    void *self;
};

struct udp_counters {
    uint64_t in, out;
    uint64_t too_long; /* in: longer than LINK_DATAGRAM_MAX */
    uint64_t refused;  /* out: by the kernel, for good */
    uint64_t waited;   /* out: through the ring */
    uint64_t stale;    /* out: waited too long, or found the ring full */
};

struct udp_shell;

/* Takes over the bound non-blocking socket `fd` (it is closed on failure too); `at` is where it is bound.
 * `listener` is copied. The caller owns *ret_shell. ERR_MEMORY, ERR_SYSTEM. */
enum err udp_shell_create(uv_loop_t *loop, int fd, const struct address *at,
                          const struct udp_listener *listener, struct udp_shell **ret_shell) MUST_USE;
/* Stops, and frees itself through the loop, which must run once more. NULL is legal. */
void udp_shell_destroy(struct udp_shell *s);

/* Sends, keeps or drops all of them; nothing is left to the caller. */
void udp_shell_send(struct udp_shell *s, const struct media_datagram *datagrams, size_t count,
                    point_us now_us);

const struct udp_counters *udp_shell_counters(const struct udp_shell *s);

#endif
