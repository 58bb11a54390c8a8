/* A WAV file that grows: 48 kHz, mono, 16 bit. Its header is right up to the last second at any moment, so
 * that the file can be played after a kill. */
#ifndef AULA_TOOL_WAV_H
#define AULA_TOOL_WAV_H

#include <stdbool.h>
#include <stddef.h>

struct wav;

/* NULL where the file cannot be made (errno says why). */
struct wav *wav_open(const char *path);
/* False where the disk refuses; the file is then as it was. */
bool wav_write(struct wav *w, const float *pcm, size_t samples);
/* Brings the header up to date and closes. False where the disk refuses. NULL is legal. */
bool wav_close(struct wav *w);

#endif
