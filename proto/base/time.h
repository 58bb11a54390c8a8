/* Time in the core: told, never read.
 *
 * Two clocks, both signed 64-bit:
 *   monotonic  microseconds, names end in _us; a point is what `now_us` says, a span is a difference of
 * points; session    samples at 48 kHz, names end in _samples or start with session_; it never wraps in
 * practice (2^63 samples are six million years), its low 32 bits plus an offset are RTP time (RFC 3550 §5.1).
 * Audio moves in ticks of 20 ms: TICK_SAMPLES. */
#ifndef AULA_BASE_TIME_H
#define AULA_BASE_TIME_H

#include <stdint.h>

#define SAMPLES_PER_MS 48
#define SAMPLES_PER_S  48000
#define TICK_SAMPLES   960 /* one Opus frame of 20 ms */
#define TICK_US        20000
#define US_PER_MS      1000
#define US_PER_S       1000000
#define NEVER_US       INT64_MAX /* the deadline of something that has none */

typedef int64_t point_us;        /* a moment on the monotonic clock */
typedef int64_t span_us;         /* a length of time */
typedef int64_t session_samples; /* a moment on the session clock */

/* Samples in a span, rounded towards minus infinity. */
static inline int64_t samples_from_us(span_us span)
{
    int64_t scaled = span * 6;
    return scaled >= 0 ? scaled / 125 : -((-scaled + 124) / 125);
}

/* Span of a number of samples, rounded towards minus infinity. */
static inline span_us us_from_samples(int64_t samples)
{
    int64_t scaled = samples * 125;
    return scaled >= 0 ? scaled / 6 : -((-scaled + 5) / 6);
}

/* The earlier of two deadlines. */
static inline point_us earlier_us(point_us a, point_us b)
{
    return a < b ? a : b;
}

/* The last border of the 20 ms grid at or before a session time; right for negative times too. */
static inline session_samples grid_floor(session_samples t)
{
    int64_t r = t % TICK_SAMPLES;
    return r < 0 ? t - r - TICK_SAMPLES : t - r;
}

#endif
