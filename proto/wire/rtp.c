#include "wire/rtp.h"

#include "base/cursor.h"

#define PADDING_BIT   0x20
#define EXTENSION_BIT 0x10
#define MARKER_BIT    0x80

static void read_extension(struct reader *r, struct rtp_packet *p)
{
    p->has_extension = true;
    p->extension_profile = read_u16(r);
    p->extension_bytes = (size_t)read_u16(r) * 4;
    p->extension = read_bytes(r, p->extension_bytes);
}

enum err rtp_parse_header(const uint8_t *bytes, size_t len, struct rtp_packet *ret_packet)
{
    struct rtp_packet p = {0};
    struct reader r = reader_on(bytes, len);
    uint8_t first = read_u8(&r);
    uint8_t second = read_u8(&r);
    p.seq = read_u16(&r);
    p.time = read_u32(&r);
    p.ssrc = read_u32(&r);
    if (r.error)
        return r.error;
    if (first >> 6 != RTP_VERSION)
        return ERR_MALFORMED;
    p.marker = second & MARKER_BIT;
    p.payload_type = second & 0x7f;
    p.csrc_count = first & 0x0f;
    for (unsigned i = 0; i < p.csrc_count; i++)
        p.csrc[i] = read_u32(&r);
    if (first & EXTENSION_BIT)
        read_extension(&r, &p);
    if (r.error)
        return r.error;
    p.header_bytes = (size_t)(r.at - bytes);
    p.payload_bytes = reader_left(&r);
    p.payload = r.at;
    *ret_packet = p;
    return ERR_NONE;
}

enum err rtp_parse(const uint8_t *bytes, size_t len, struct rtp_packet *ret_packet)
{
    struct rtp_packet p;
    enum err e = rtp_parse_header(bytes, len, &p);
    if (e)
        return e;
    if (bytes[0] & PADDING_BIT) {
        uint8_t padding = bytes[len - 1];
        if (padding == 0 || padding > p.payload_bytes)
            return ERR_MALFORMED;
        p.padding_bytes = padding;
        p.payload_bytes -= padding;
    }
    *ret_packet = p;
    return ERR_NONE;
}

static void write_first_bytes(struct writer *w, const struct rtp_packet *p)
{
    unsigned first = RTP_VERSION << 6 | p->csrc_count;
    if (p->padding_bytes)
        first |= PADDING_BIT;
    if (p->has_extension)
        first |= EXTENSION_BIT;
    write_u8(w, (uint8_t)first);
    write_u8(w, (uint8_t)(p->payload_type | (p->marker ? MARKER_BIT : 0)));
}

enum err rtp_write(const struct rtp_packet *p, uint8_t *bytes, size_t capacity, size_t *ret_len)
{
    if (p->csrc_count > RTP_CSRC_MAX || p->payload_type > 0x7f)
        return ERR_LONG;
    if (p->has_extension && (p->extension_bytes % 4 != 0 || p->extension_bytes / 4 > UINT16_MAX))
        return ERR_LONG;
    struct writer w = writer_on(bytes, capacity);
    write_first_bytes(&w, p);
    write_u16(&w, p->seq);
    write_u32(&w, p->time);
    write_u32(&w, p->ssrc);
    for (unsigned i = 0; i < p->csrc_count; i++)
        write_u32(&w, p->csrc[i]);
    if (p->has_extension) {
        write_u16(&w, p->extension_profile);
        write_u16(&w, (uint16_t)(p->extension_bytes / 4));
        write_bytes(&w, p->extension, p->extension_bytes);
    }
    write_bytes(&w, p->payload, p->payload_bytes);
    if (p->padding_bytes) {
        write_zeros(&w, p->padding_bytes - 1u);
        write_u8(&w, p->padding_bytes);
    }
    if (!w.error)
        *ret_len = writer_len(&w);
    return w.error;
}
