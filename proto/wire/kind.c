#include "wire/kind.h"

/* Packet types of RTCP with the marker bit masked off: 192 .. 223 (RFC 5761 §4). */
#define RTCP_FIRST 64
#define RTCP_LAST  95

enum wire_kind wire_kind(const uint8_t *bytes, size_t len)
{
    if (len == 0)
        return WIRE_OTHER;
    uint8_t first = bytes[0];
    if (first <= 3)
        return WIRE_STUN;
    if (first >= 20 && first <= 63)
        return WIRE_DTLS;
    if (first < 128 || first > 191 || len < 2)
        return WIRE_OTHER;
    uint8_t type = bytes[1] & 0x7f;
    return type >= RTCP_FIRST && type <= RTCP_LAST ? WIRE_RTCP : WIRE_RTP;
}
