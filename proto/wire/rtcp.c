#include "wire/rtcp.h"

#include <string.h>

#include "wire/rtp.h"

#define PADDING_BIT 0x20
#define ITEM_END    0
#define ITEM_CNAME  1
#define ALL_COUNTS  0x1f

static int32_t signed24(uint32_t v)
{
    return v & 0x800000 ? (int32_t)v - 0x1000000 : (int32_t)v;
}

static void read_sender(struct reader *r, struct rtcp_sender *s)
{
    s->ntp = read_u64(r);
    s->rtp_time = read_u32(r);
    s->packets = read_u32(r);
    s->octets = read_u32(r);
}

static void read_blocks(struct reader *r, struct rtcp_packet *p)
{
    for (unsigned i = 0; i < p->count; i++) {
        struct rtcp_block *b = &p->blocks[i];
        b->ssrc = read_u32(r);
        b->fraction_lost = read_u8(r);
        b->lost = signed24(read_u24(r));
        b->highest_seq = read_u32(r);
        b->jitter = read_u32(r);
        b->last_sr = read_u32(r);
        b->delay_since_sr = read_u32(r);
    }
}

/* Items up to the zero that ends the chunk, and on to its border of 32 bits (§6.5). */
static void read_chunk(struct reader *r, const uint8_t *start, struct rtcp_chunk *c)
{
    c->ssrc = read_u32(r);
    for (uint8_t item = read_u8(r); item != ITEM_END; item = read_u8(r)) {
        uint8_t len = read_u8(r);
        const uint8_t *text = read_bytes(r, len);
        if (item == ITEM_CNAME && text && !c->cname) {
            c->cname = (const char *)text;
            c->cname_len = len;
        }
    }
    if (!r->error)
        read_bytes(r, (size_t)(start - r->at) & 3);
}

static void read_chunks(struct reader *r, struct rtcp_packet *p)
{
    const uint8_t *start = r->at;
    for (unsigned i = 0; i < p->count; i++)
        read_chunk(r, start, &p->chunks[i]);
}

static void read_sources(struct reader *r, struct rtcp_packet *p)
{
    for (unsigned i = 0; i < p->count; i++)
        p->sources[i] = read_u32(r);
}

/* The content of one packet, by its type; false for types that are stepped over. What follows the known
 * fields (profile extensions, the reason of a BYE) is not looked at. */
static bool read_content(struct reader *body, struct rtcp_packet *p)
{
    switch (p->type) {
    case RTCP_SR:
        p->ssrc = read_u32(body);
        read_sender(body, &p->sender);
        read_blocks(body, p);
        return true;
    case RTCP_RR:
        p->ssrc = read_u32(body);
        read_blocks(body, p);
        return true;
    case RTCP_SDES:
        read_chunks(body, p);
        return true;
    case RTCP_BYE:
        read_sources(body, p);
        return true;
    }
    return false;
}

/* The header and a reader on what follows it, padding cut off (§6.4.1: on the last packet only). */
static struct reader read_header(struct reader *r, struct rtcp_packet *p)
{
    uint8_t first = read_u8(r);
    p->type = read_u8(r);
    p->count = first & ALL_COUNTS;
    struct reader body = read_part(r, (size_t)read_u16(r) * 4);
    if (r->error)
        return body;
    if (first >> 6 != RTP_VERSION)
        reader_fail(r, ERR_MALFORMED);
    if (first & PADDING_BIT) {
        size_t padding = reader_left(&body) ? body.end[-1] : 0;
        if (padding == 0 || padding % 4 != 0 || padding > reader_left(&body) || reader_left(r))
            reader_fail(r, ERR_MALFORMED);
        else
            body.end -= padding;
    }
    return body;
}

bool rtcp_next(struct reader *r, struct rtcp_packet *ret_packet)
{
    while (reader_left(r) > 0) {
        struct rtcp_packet p;
        memset(&p, 0, sizeof p);
        struct reader body = read_header(r, &p);
        if (r->error)
            return false;
        bool ours = read_content(&body, &p);
        if (body.error) {
            reader_fail(r, ERR_MALFORMED);
            return false;
        }
        if (ours) {
            *ret_packet = p;
            return true;
        }
    }
    return false;
}

enum err rtcp_check(const uint8_t *bytes, size_t len)
{
    struct reader r = reader_on(bytes, len);
    struct rtcp_packet p;
    if (len == 0)
        return ERR_SHORT;
    while (rtcp_next(&r, &p))
        ;
    return r.error;
}

/* ---- writing ---- */

static void write_sender(struct writer *w, const struct rtcp_sender *s)
{
    write_u64(w, s->ntp);
    write_u32(w, s->rtp_time);
    write_u32(w, s->packets);
    write_u32(w, s->octets);
}

static void write_block(struct writer *w, const struct rtcp_block *b)
{
    int32_t lost = b->lost > RTCP_LOST_MAX ? RTCP_LOST_MAX : b->lost;
    lost = lost < -RTCP_LOST_MAX - 1 ? -RTCP_LOST_MAX - 1 : lost;
    write_u32(w, b->ssrc);
    write_u8(w, b->fraction_lost);
    write_u24(w, (uint32_t)lost & 0xffffff);
    write_u32(w, b->highest_seq);
    write_u32(w, b->jitter);
    write_u32(w, b->last_sr);
    write_u32(w, b->delay_since_sr);
}

static void write_chunk(struct writer *w, const struct rtcp_chunk *c)
{
    size_t len = 4;
    write_u32(w, c->ssrc);
    if (c->cname) {
        write_u8(w, ITEM_CNAME);
        write_u8(w, c->cname_len);
        write_bytes(w, c->cname, c->cname_len);
        len += 2u + c->cname_len;
    }
    write_zeros(w, 4 - len % 4); /* at least the one zero that ends the chunk */
}

static void write_content(struct writer *w, const struct rtcp_packet *p)
{
    if (p->type == RTCP_SR || p->type == RTCP_RR)
        write_u32(w, p->ssrc);
    if (p->type == RTCP_SR)
        write_sender(w, &p->sender);
    for (unsigned i = 0; i < p->count; i++) {
        if (p->type == RTCP_SDES)
            write_chunk(w, &p->chunks[i]);
        else if (p->type == RTCP_BYE)
            write_u32(w, p->sources[i]);
        else
            write_block(w, &p->blocks[i]);
    }
}

void rtcp_write(struct writer *w, const struct rtcp_packet *packet)
{
    if (packet->count > RTCP_COUNT_MAX) {
        w->error = w->error ? w->error : ERR_LONG;
        return;
    }
    size_t start = writer_len(w);
    write_u8(w, (uint8_t)(RTP_VERSION << 6 | packet->count));
    write_u8(w, (uint8_t)packet->type);
    write_u16(w, 0);
    write_content(w, packet);
    patch_u16(w, start + 2, (uint16_t)((writer_len(w) - start) / 4 - 1));
}
