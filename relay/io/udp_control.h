/* Which of our own addresses a peer talks to (IP_PKTINFO, RFC 3542), on a socket that is bound to all of
 * them.
 *
 * A table of fixed size, one place for each hash: a newcomer takes the place of whoever was there, who then
 * leaves by the kernel's choice until he is heard again. */
#ifndef AULA_RELAY_IO_UDP_CONTROL_H
#define AULA_RELAY_IO_UDP_CONTROL_H

#include <netinet/in.h>
#include <stdalign.h>
#include <stddef.h>
#include <sys/socket.h>

#include "base/address.h"

union udp_control {
    struct cmsghdr align;
    uint8_t v4[CMSG_SPACE(sizeof(struct in_pktinfo))];
    uint8_t v6[CMSG_SPACE(sizeof(struct in6_pktinfo))];
};

struct udp_locals;

/* Asks the kernel for the addresses on `fd`. `places` is a power of two. The caller owns *ret_locals.
 * ERR_MEMORY, ERR_SYSTEM. */
enum err udp_locals_create(int fd, int family, size_t places, struct udp_locals **ret_locals) MUST_USE;
/* NULL is legal. */
void udp_locals_destroy(struct udp_locals *l);
/* From a received header. */
void udp_locals_learn(struct udp_locals *l, const struct address *from, const struct msghdr *received);
/* Into a header to be sent, whose control is `control` then; nothing where nothing is known. */
void udp_locals_apply(const struct udp_locals *l, const struct address *to, int family, struct msghdr *header,
                      union udp_control *control);

#endif
