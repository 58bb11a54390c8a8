/* A position in bytes with a sticky error: read or write freely, check once at the end.
 * After the first failure every further call does nothing; readers return 0. All integers are big endian
 * (network order). */
#ifndef AULA_BASE_CURSOR_H
#define AULA_BASE_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errors.h"

struct reader {
    const uint8_t *at;  /* next byte to read */
    const uint8_t *end; /* one past the last */
    enum err error;     /* ERR_NONE until a read went wrong; then it stays */
};

struct writer {
    uint8_t *start;
    uint8_t *at;  /* next byte to write */
    uint8_t *end; /* one past the last that may be written */
    enum err error;
};

/* Borrows the bytes for the reader's life. */
struct reader reader_on(const uint8_t *bytes, size_t len);
size_t reader_left(const struct reader *r);
uint8_t read_u8(struct reader *r);
uint16_t read_u16(struct reader *r);
uint32_t read_u24(struct reader *r);
uint32_t read_u32(struct reader *r);
uint64_t read_u64(struct reader *r);
/* Steps over n bytes and returns a pointer to the first, or NULL (ERR_SHORT) where fewer are left. */
const uint8_t *read_bytes(struct reader *r, size_t n);
/* A reader on the next n bytes, which this one steps over; empty and failed where fewer are left. */
struct reader read_part(struct reader *r, size_t n);
/* Marks the input as bad unless it already is. */
void reader_fail(struct reader *r, enum err error);

struct writer writer_on(uint8_t *bytes, size_t capacity);
size_t writer_len(const struct writer *w);
void write_u8(struct writer *w, uint8_t v);
void write_u16(struct writer *w, uint16_t v);
void write_u24(struct writer *w, uint32_t v);
void write_u32(struct writer *w, uint32_t v);
void write_u64(struct writer *w, uint64_t v);
void write_bytes(struct writer *w, const void *bytes, size_t n);
void write_zeros(struct writer *w, size_t n);
/* Writes over two bytes already written at `offset` from the start (a length known only later). */
void patch_u16(struct writer *w, size_t offset, uint16_t v);

#endif
