/* A transport address without sockets: IPv4 is held as IPv4-mapped IPv6 (::ffff:a.b.c.d), so that one form
 * compares and hashes. */
#ifndef AULA_BASE_ADDRESS_H
#define AULA_BASE_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errors.h"

#define ADDRESS_TEXT_MAX 56 /* "[ipv6]:65535" and the closing zero */

struct address {
    uint8_t ip[16];
    uint16_t port; /* host order; 0 = none */
};

bool address_is_v4(const struct address *a);
bool address_equal(const struct address *a, const struct address *b);
uint64_t address_hash(const struct address *a);
/* IPv4 from its four bytes in network order. */
struct address address_v4(const uint8_t ip[4], uint16_t port);
struct address address_v6(const uint8_t ip[16], uint16_t port);
/* "1.2.3.4:5" or "[::1]:5" into text; always ends with a zero. */
void address_print(const struct address *a, char text[ADDRESS_TEXT_MAX]);
/* The IP part alone, no brackets. */
void address_print_ip(const struct address *a, char text[ADDRESS_TEXT_MAX]);
/* Reads an IP literal (no names, no port). ERR_MALFORMED leaves *ret_address untouched. */
enum err address_parse_ip(const char *text, uint16_t port, struct address *ret_address) MUST_USE;
/* Reads "IP:PORT" or "[IPV6]:PORT". */
enum err address_parse(const char *text, struct address *ret_address) MUST_USE;

#endif
