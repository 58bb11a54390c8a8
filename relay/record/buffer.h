/* Bytes that grow, with a sticky error, in network order. */
#ifndef AULA_RECORD_BUFFER_H
#define AULA_RECORD_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buffer {
    uint8_t *bytes; /* owned */
    size_t len, capacity;
    bool failed; /* an allocation failed: everything since is lost */
};

void buffer_finish(struct buffer *b);
/* Empty again, room kept; the error is forgotten. */
void buffer_clear(struct buffer *b);
void buffer_put(struct buffer *b, const void *bytes, size_t len);
/* The lowest `count` bytes of v, the highest of them first. */
void buffer_number(struct buffer *b, uint64_t v, unsigned count);
void buffer_zeros(struct buffer *b, size_t count);
/* Writes over four bytes written before. */
void buffer_patch_u32(struct buffer *b, size_t offset, uint32_t v);

#endif
