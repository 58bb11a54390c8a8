/* RTP packets (RFC 3550 §5.1), both directions. */
#ifndef AULA_WIRE_RTP_H
#define AULA_WIRE_RTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errors.h"

#define RTP_VERSION      2
#define RTP_HEADER_BYTES 12 /* without CSRCs and extension */
#define RTP_CSRC_MAX     15
#define RTP_SEQ_OFFSET   2 /* bytes from the start, for rewriting in place */
#define RTP_TIME_OFFSET  4
#define RTP_SSRC_OFFSET  8

/* Pointers borrow the packet. */
struct rtp_packet {
    bool marker;
    uint8_t payload_type; /* 0 .. 127 */
    uint16_t seq;
    uint32_t time; /* RTP time: samples at 48 kHz for Opus */
    uint32_t ssrc;
    uint8_t csrc_count; /* 0 .. RTP_CSRC_MAX */
    uint32_t csrc[RTP_CSRC_MAX];
    bool has_extension;
    uint16_t extension_profile; /* 0xBEDE and 0x1000 .. 0x100F: RFC 8285, see rtp_ext.h */
    const uint8_t *extension;   /* the block's content, after its own four bytes */
    size_t extension_bytes;     /* a multiple of 4 */
    size_t header_bytes;        /* where the payload starts: what SRTP leaves in the clear. Set by parsing */
    const uint8_t *payload;
    size_t payload_bytes;
    uint8_t padding_bytes; /* behind the payload, the count byte included; 0 = none */
};

/* The header alone: for a packet that is still sealed, whose padding cannot be seen. payload is all that
 * follows the header, padding_bytes 0. ERR_SHORT, ERR_MALFORMED (version). */
enum err rtp_parse_header(const uint8_t *bytes, size_t len, struct rtp_packet *ret_packet) MUST_USE;
/* A whole plain packet: payload without padding. ERR_SHORT, ERR_MALFORMED (version, padding). */
enum err rtp_parse(const uint8_t *bytes, size_t len, struct rtp_packet *ret_packet) MUST_USE;
/* Writes all of it but header_bytes, which is not looked at. Nothing may lie in the buffer written to.
 * ERR_SPACE; ERR_LONG for too many CSRCs, a payload type over 127 or an extension that is no multiple of 4
 * or over 65535 words. */
enum err rtp_write(const struct rtp_packet *packet, uint8_t *bytes, size_t capacity,
                   size_t *ret_len) MUST_USE;

#endif
