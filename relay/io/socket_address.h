/* struct address to and from the kernel's forms, and opening sockets with a sentence for what goes wrong. */
#ifndef AULA_RELAY_IO_SOCKET_ADDRESS_H
#define AULA_RELAY_IO_SOCKET_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "base/address.h"

/* For a socket of `family` (an IPv6 socket takes IPv4 in its mapped form). Returns the length. */
socklen_t socket_address_put(const struct address *a, int family, struct sockaddr_storage *ret_sockaddr);
/* An address of another family becomes all zero. */
struct address socket_address_get(const struct sockaddr_storage *sockaddr);

/* 0.0.0.0 or ::, which stand for every address of the machine. */
bool address_is_any(const struct address *a);

/* A bound non-blocking socket of `type` (SOCK_STREAM or SOCK_DGRAM). A socket on [::] takes IPv4 too. Writes
 * the address it got (port 0 = any) and the descriptor, which the caller closes. ERR_SYSTEM with a sentence.
 */
enum err socket_open(int type, const struct address *at, int *ret_fd, struct address *ret_bound, char *why,
                     size_t why_size) MUST_USE;

/* The addresses under which others may reach this machine: at most one IPv4 and one IPv6, loopback only where
 * there is nothing else. Returns how many. */
size_t socket_own_addresses(struct address ret_addresses[2]);

#endif
