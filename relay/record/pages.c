#include "record/pages.h"

#include <stdio.h>
#include <string.h>

#define VENDOR "aula " AULA_VERSION

static void little_u32(struct buffer *b, uint32_t v)
{
    uint8_t bytes[4] = {(uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24)};
    buffer_put(b, bytes, sizeof bytes);
}

/* RFC 7845 §5.1. */
static void identification(struct buffer *b)
{
    static const uint8_t head[] = {'O', 'p', 'u', 's', 'H', 'e', 'a', 'd', 1, PAGES_CHANNELS};
    static const uint8_t gain_and_mapping[] = {0, 0, 0};
    uint8_t pre_skip[2] = {PAGES_PRE_SKIP & 0xff, PAGES_PRE_SKIP >> 8};
    buffer_put(b, head, sizeof head);
    buffer_put(b, pre_skip, sizeof pre_skip);
    little_u32(b, SAMPLES_PER_S);
    buffer_put(b, gain_and_mapping, sizeof gain_and_mapping);
}

/* RFC 7845 §5.2. */
static void comments(struct buffer *b, session_samples start)
{
    char tag[64];
    int len = snprintf(tag, sizeof tag, PAGES_START_TAG "%lld", (long long)start);
    buffer_put(b, "OpusTags", 8);
    little_u32(b, sizeof VENDOR - 1);
    buffer_put(b, VENDOR, sizeof VENDOR - 1);
    little_u32(b, 1);
    little_u32(b, (uint32_t)len);
    buffer_put(b, tag, (size_t)len);
}

static enum err head_page(struct pages *p, struct buffer *packet, struct buffer *out)
{
    enum err e = packet->failed ? ERR_MEMORY : pages_put(p, packet->bytes, packet->len, 0, false);
    pages_flush(p, out);
    buffer_clear(packet);
    return e;
}

enum err pages_begin(struct pages *p, uint32_t serial, session_samples start, struct buffer *out)
{
    struct buffer packet = {0};
    if (ogg_stream_init(&p->stream, (int)serial) != 0)
        return ERR_MEMORY;
    p->is = true;
    identification(&packet);
    enum err e = head_page(p, &packet, out);
    comments(&packet, start);
    if (e == ERR_NONE)
        e = head_page(p, &packet, out);
    buffer_finish(&packet);
    return out->failed ? ERR_MEMORY : e;
}

enum err pages_resume(struct pages *p, uint32_t serial, uint32_t page)
{
    if (ogg_stream_init(&p->stream, (int)serial) != 0)
        return ERR_MEMORY;
    p->is = true;
    p->stream.pageno = page;
    p->stream.b_o_s = 1; /* its first page has been written */
    return ERR_NONE;
}

void pages_finish(struct pages *p)
{
    if (p->is)
        ogg_stream_clear(&p->stream);
    p->is = false;
}

unsigned pages_segments(size_t packet_len)
{
    return (unsigned)(packet_len / 255) + 1;
}

enum err pages_put(struct pages *p, const uint8_t *packet, size_t len, int64_t granule, bool last)
{
    ogg_packet op = {.packet = (unsigned char *)(uintptr_t)packet, /* read only */
                     .bytes = (long)len,
                     .e_o_s = last,
                     .granulepos = granule};
    return ogg_stream_packetin(&p->stream, &op) == 0 ? ERR_NONE : ERR_MEMORY;
}

void pages_flush(struct pages *p, struct buffer *out)
{
    ogg_page page;
    while (ogg_stream_flush_fill(&p->stream, &page, PAGES_BYTES_MAX + PAGES_SEGMENTS_MAX)) {
        buffer_put(out, page.header, (size_t)page.header_len);
        buffer_put(out, page.body, (size_t)page.body_len);
    }
}
