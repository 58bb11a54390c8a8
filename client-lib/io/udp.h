/* A participant's UDP socket on the uv loop. Packets come with the kernel's time of arrival, so that a busy
 * process does not mistake its own slowness for the network's. */
#ifndef AULA_CLIENT_IO_UDP_H
#define AULA_CLIENT_IO_UDP_H

#include <uv.h>

#include "base/address.h"
#include "base/time.h"

#define UDP_BATCH        8    /* datagrams taken with one call */
#define UDP_DATAGRAM_MAX 1500 /* bytes */

struct udp;

struct udp_listener {
    /* One datagram; bytes may be changed. came_us is on the monotonic clock. */
    void (*datagram)(void *self, const struct address *from, uint8_t *bytes, size_t len, point_us came_us);
    /* Everything that was ready has been given. */
    void (*drained)(void *self);
    void *self;
};

/* A socket on a free port, for IPv4 and IPv6 where the system has both. The caller owns *ret_udp. ERR_MEMORY,
 * ERR_SYSTEM. */
enum err udp_open(uv_loop_t *loop, const struct udp_listener *listener, struct udp **ret_udp) MUST_USE;
/* Closes it; memory is freed once the loop has run. NULL is legal. */
void udp_close(struct udp *u);
/* Sends one datagram; what the system does not take is lost, as on the wire. */
void udp_send(struct udp *u, const struct address *to, const uint8_t *bytes, size_t len);

#endif
