/* A sound file as 48 kHz mono, whatever it is: libsndfile (WAV, Ogg Opus, FLAC …) and speexdsp's resampler
 * are behind this file alone. */
#ifndef AULA_TOOL_AUDIO_FILE_H
#define AULA_TOOL_AUDIO_FILE_H

#include <stddef.h>

#define AUDIO_FILE_WHY_MAX 512

struct audio_file;

/* NULL where it cannot be played; a sentence is in `why` (AUDIO_FILE_WHY_MAX bytes). */
struct audio_file *audio_file_open(const char *path, char *why);
void audio_file_close(struct audio_file *f);
/* At most `count` samples, full scale ±1; 0 at the end. */
size_t audio_file_read(struct audio_file *f, float *pcm, size_t count);

#endif
