/* Loudness of a frame as RFC 6464 says it: -dBov, 0 loudest .. 127 silence. */
#ifndef AULA_MEDIA_LEVEL_H
#define AULA_MEDIA_LEVEL_H

#include <stddef.h>
#include <stdint.h>

#define LEVEL_SILENCE_DBOV 127

/* Level of `samples` floats (full scale ±1) as -dBov, clamped to 0..127. 0 dBov is a square wave at full
 * scale (RFC 6464 §3, appendix A). */
uint8_t level_measure(const float *pcm, size_t samples);

#endif
