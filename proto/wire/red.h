/* RED: redundant audio blocks in one RTP payload (RFC 2198), both directions. */
#ifndef AULA_WIRE_RED_H
#define AULA_WIRE_RED_H

#include <stddef.h>
#include <stdint.h>

#include "base/errors.h"

#define RED_BLOCKS_MAX 8      /* the primary included; Chromium sends at most 1 + 9, by default 1 + 1 */
#define RED_OFFSET_MAX 0x3fff /* RTP time units back from the packet's time: 14 bits */
#define RED_BLOCK_MAX  0x3ff  /* bytes of a redundant block: 10 bits */

struct red_block {
    uint8_t payload_type; /* 0 .. 127 */
    uint16_t offset;      /* how far before the packet's RTP time it starts; 0 for the primary */
    const uint8_t *data;  /* borrowed; may be empty */
    size_t len;
};

/* Blocks in the order of the wire: oldest redundancy first as a rule, the primary always last. */
struct red_packet {
    struct red_block blocks[RED_BLOCKS_MAX];
    size_t count; /* 1 .. RED_BLOCKS_MAX */
};

/* Reads an RTP payload. Bytes left over belong to the primary. ERR_SHORT, ERR_LONG (more blocks than
 * RED_BLOCKS_MAX). */
enum err red_parse(const uint8_t *payload, size_t len, struct red_packet *ret_packet) MUST_USE;
/* ERR_LONG where a block cannot be said in RED or count is out of range; ERR_SPACE. */
enum err red_write(const struct red_packet *packet, uint8_t *payload, size_t capacity,
                   size_t *ret_len) MUST_USE;

#endif
