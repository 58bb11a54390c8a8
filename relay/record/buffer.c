#include "record/buffer.h"

#include <stdlib.h>
#include <string.h>

#define BUFFER_START 4096

void buffer_finish(struct buffer *b)
{
    free(b->bytes);
    *b = (struct buffer){0};
}

void buffer_clear(struct buffer *b)
{
    b->len = 0;
    b->failed = false;
}

static bool room(struct buffer *b, size_t len)
{
    size_t capacity = b->capacity ? b->capacity : BUFFER_START;
    while (capacity < b->len + len)
        capacity *= 2;
    if (capacity == b->capacity)
        return !b->failed;
    uint8_t *bytes = b->failed ? NULL : realloc(b->bytes, capacity);
    if (!bytes) {
        b->failed = true;
        return false;
    }
    b->bytes = bytes;
    b->capacity = capacity;
    return true;
}

void buffer_put(struct buffer *b, const void *bytes, size_t len)
{
    if (len == 0 || !room(b, len))
        return;
    memcpy(b->bytes + b->len, bytes, len);
    b->len += len;
}

void buffer_number(struct buffer *b, uint64_t v, unsigned count)
{
    uint8_t bytes[8];
    for (unsigned i = 0; i < count; i++)
        bytes[i] = (uint8_t)(v >> 8 * (count - 1 - i));
    buffer_put(b, bytes, count);
}

void buffer_zeros(struct buffer *b, size_t count)
{
    if (!room(b, count))
        return;
    memset(b->bytes + b->len, 0, count);
    b->len += count;
}

void buffer_patch_u32(struct buffer *b, size_t offset, uint32_t v)
{
    for (unsigned i = 0; i < 4 && offset + 4 <= b->len; i++)
        b->bytes[offset + i] = (uint8_t)(v >> 8 * (3 - i));
}
