#include "base/cursor.h"

#include <string.h>

struct reader reader_on(const uint8_t *bytes, size_t len)
{
    static const uint8_t nothing[1];
    const uint8_t *at = bytes ? bytes : nothing;
    return (struct reader){.at = at, .end = at + (bytes ? len : 0), .error = ERR_NONE};
}

size_t reader_left(const struct reader *r)
{
    return r->error ? 0 : (size_t)(r->end - r->at);
}

void reader_fail(struct reader *r, enum err error)
{
    if (!r->error)
        r->error = error;
}

const uint8_t *read_bytes(struct reader *r, size_t n)
{
    if (r->error)
        return NULL;
    if (n > (size_t)(r->end - r->at)) {
        r->error = ERR_SHORT;
        return NULL;
    }
    const uint8_t *p = r->at;
    r->at += n;
    return p;
}

/* The next n bytes (at most 8) as one number. */
static uint64_t read_number(struct reader *r, size_t n)
{
    const uint8_t *p = read_bytes(r, n);
    uint64_t v = 0;
    for (size_t i = 0; p && i < n; i++)
        v = v << 8 | p[i];
    return v;
}

uint8_t read_u8(struct reader *r)
{
    return (uint8_t)read_number(r, 1);
}

uint16_t read_u16(struct reader *r)
{
    return (uint16_t)read_number(r, 2);
}

uint32_t read_u24(struct reader *r)
{
    return (uint32_t)read_number(r, 3);
}

uint32_t read_u32(struct reader *r)
{
    return (uint32_t)read_number(r, 4);
}

uint64_t read_u64(struct reader *r)
{
    return read_number(r, 8);
}

struct reader read_part(struct reader *r, size_t n)
{
    const uint8_t *p = read_bytes(r, n);
    struct reader part = reader_on(p, p ? n : 0);
    if (!p)
        part.error = r->error;
    return part;
}

struct writer writer_on(uint8_t *bytes, size_t capacity)
{
    return (struct writer){.start = bytes, .at = bytes, .end = bytes + capacity, .error = ERR_NONE};
}

size_t writer_len(const struct writer *w)
{
    return (size_t)(w->at - w->start);
}

/* Room for n bytes, or NULL and ERR_SPACE. */
static uint8_t *claim(struct writer *w, size_t n)
{
    if (w->error)
        return NULL;
    if (n > (size_t)(w->end - w->at)) {
        w->error = ERR_SPACE;
        return NULL;
    }
    uint8_t *p = w->at;
    w->at += n;
    return p;
}

static void write_number(struct writer *w, uint64_t v, size_t n)
{
    uint8_t *p = claim(w, n);
    for (size_t i = 0; p && i < n; i++)
        p[i] = (uint8_t)(v >> (8 * (n - 1 - i)));
}

void write_u8(struct writer *w, uint8_t v)
{
    write_number(w, v, 1);
}

void write_u16(struct writer *w, uint16_t v)
{
    write_number(w, v, 2);
}

void write_u24(struct writer *w, uint32_t v)
{
    write_number(w, v, 3);
}

void write_u32(struct writer *w, uint32_t v)
{
    write_number(w, v, 4);
}

void write_u64(struct writer *w, uint64_t v)
{
    write_number(w, v, 8);
}

void write_bytes(struct writer *w, const void *bytes, size_t n)
{
    uint8_t *p = claim(w, n);
    if (p && n)
        memcpy(p, bytes, n);
}

void write_zeros(struct writer *w, size_t n)
{
    uint8_t *p = claim(w, n);
    if (p && n)
        memset(p, 0, n);
}

void patch_u16(struct writer *w, size_t offset, uint16_t v)
{
    if (w->error)
        return;
    if (offset + 2 > writer_len(w)) {
        w->error = ERR_SPACE;
        return;
    }
    w->start[offset] = (uint8_t)(v >> 8);
    w->start[offset + 1] = (uint8_t)v;
}
