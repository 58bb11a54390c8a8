#include "wire/red.h"

#include "base/cursor.h"

#define MORE_BIT 0x80

#define PAYLOAD_TYPES 0x7f

/* Headers up to and including the primary's; lengths into blocks[].len. */
static void read_headers(struct reader *r, struct red_packet *p)
{
    for (;;) {
        uint8_t first = read_u8(r);
        if (p->count == RED_BLOCKS_MAX)
            reader_fail(r, ERR_LONG);
        if (r->error)
            return;
        struct red_block *b = &p->blocks[p->count++];
        b->payload_type = first & PAYLOAD_TYPES;
        if (!(first & MORE_BIT))
            return;
        uint32_t rest = read_u24(r);
        b->offset = (uint16_t)(rest >> 10);
        b->len = rest & RED_BLOCK_MAX;
    }
}

enum err red_parse(const uint8_t *payload, size_t len, struct red_packet *ret_packet)
{
    struct red_packet p = {0};
    struct reader r = reader_on(payload, len);
    read_headers(&r, &p);
    for (size_t i = 0; !r.error && i < p.count; i++) {
        struct red_block *b = &p.blocks[i];
        if (i == p.count - 1)
            b->len = reader_left(&r);
        b->data = read_bytes(&r, b->len);
    }
    if (!r.error)
        *ret_packet = p;
    return r.error;
}

static bool can_be_said(const struct red_packet *p)
{
    if (p->count < 1 || p->count > RED_BLOCKS_MAX || p->blocks[p->count - 1].offset != 0)
        return false;
    for (size_t i = 0; i < p->count; i++) {
        const struct red_block *b = &p->blocks[i];
        bool primary = i == p->count - 1;
        if (b->payload_type > PAYLOAD_TYPES || b->offset > RED_OFFSET_MAX ||
            (!primary && b->len > RED_BLOCK_MAX))
            return false;
    }
    return true;
}

enum err red_write(const struct red_packet *packet, uint8_t *payload, size_t capacity, size_t *ret_len)
{
    if (!can_be_said(packet))
        return ERR_LONG;
    struct writer w = writer_on(payload, capacity);
    for (size_t i = 0; i + 1 < packet->count; i++) {
        const struct red_block *b = &packet->blocks[i];
        write_u8(&w, MORE_BIT | b->payload_type);
        write_u24(&w, (uint32_t)b->offset << 10 | (uint32_t)b->len);
    }
    write_u8(&w, packet->blocks[packet->count - 1].payload_type);
    for (size_t i = 0; i < packet->count; i++)
        write_bytes(&w, packet->blocks[i].data, packet->blocks[i].len);
    if (!w.error)
        *ret_len = writer_len(&w);
    return w.error;
}
