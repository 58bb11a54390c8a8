/* Serial numbers (RFC 1982) and their extension to 64 bits: RTP sequence numbers wrap at 2^16, RTP time at
 * 2^32. */
#ifndef AULA_BASE_SERIAL_H
#define AULA_BASE_SERIAL_H

#include <stdint.h>

/* Signed distance from b to a: positive when a comes after b. */
static inline int16_t serial16_distance(uint16_t a, uint16_t b)
{
    return (int16_t)(uint16_t)(a - b);
}

static inline int32_t serial32_distance(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b);
}

/* The extended number nearest to `near` whose low 16 bits are `low`. */
static inline int64_t serial16_extend(int64_t near, uint16_t low)
{
    return near + serial16_distance(low, (uint16_t)near);
}

/* The extended number nearest to `near` whose low 32 bits are `low`. */
static inline int64_t serial32_extend(int64_t near, uint32_t low)
{
    return near + serial32_distance(low, (uint32_t)near);
}

#endif
