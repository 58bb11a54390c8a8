/* RTP header extension elements (RFC 8285) and the audio level (RFC 6464). */
#ifndef AULA_WIRE_RTP_EXT_H
#define AULA_WIRE_RTP_EXT_H

#include "wire/rtp.h"

#define RTP_EXT_ONE_BYTE      0xBEDE /* profile of one-byte elements */
#define RTP_EXT_TWO_BYTE      0x1000 /* of two-byte elements; the low four bits are anything */
#define RTP_EXT_TWO_BYTE_MASK 0xFFF0
#define RTP_EXT_ID_MAX        14 /* of a one-byte element; 15 ends the block (§4.2) */
#define RTP_EXT_DATA_MAX      16 /* bytes in a one-byte element */

struct rtp_ext {
    uint8_t id; /* 1 .. RTP_EXT_ID_MAX (two-byte: 1 .. 255) */
    const uint8_t *data;
    uint8_t len; /* bytes; one-byte elements 1 .. RTP_EXT_DATA_MAX */
};

struct audio_level {
    bool voice;            /* the sender believes that there is speech in it */
    uint8_t loudness_dbov; /* -dBov: 0 loudest .. 127 silence */
};

/* The first element of that id in the packet's extension, of either form; false where there is none or the
 * block breaks off before it. id 0 is never found. */
bool rtp_ext_find(const struct rtp_packet *packet, uint8_t id, struct rtp_ext *ret_ext);
/* Writes the content of a one-byte block (profile RTP_EXT_ONE_BYTE), padded with zeros to a multiple of 4.
 * ERR_LONG for an id or length that one-byte elements cannot say; ERR_SPACE. */
enum err rtp_ext_write(const struct rtp_ext *elements, size_t count, uint8_t *bytes, size_t capacity,
                       size_t *ret_len) MUST_USE;

/* The packet's audio level under the negotiated id (0 = not negotiated); false where it carries none. */
bool audio_level_get(const struct rtp_packet *packet, uint8_t id, struct audio_level *ret_level);
/* The one byte of an audio level element (RFC 6464 §3); louder than 127 counts as silence. */
uint8_t audio_level_put(struct audio_level level);

#endif
