/* What a datagram on the media port is, told from its first bytes (RFC 7983 §7; RTCP from RTP by RFC 5761
 * §4). */
#ifndef AULA_WIRE_KIND_H
#define AULA_WIRE_KIND_H

#include <stddef.h>
#include <stdint.h>

enum wire_kind {
    WIRE_OTHER, /* nothing of ours: drop */
    WIRE_STUN,
    WIRE_DTLS,
    WIRE_RTP, /* plain or sealed: the first bytes look the same */
    WIRE_RTCP
};

/* Looks at two bytes at the most; promises nothing about the rest. An RTP datagram of one byte is WIRE_OTHER.
 */
enum wire_kind wire_kind(const uint8_t *bytes, size_t len);

#endif
