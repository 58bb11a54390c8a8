/* Sound for those who talk in a scenario: 48 kHz, mono, full scale 1. */
#ifndef AULA_SCENARIO_SOUND_H
#define AULA_SCENARIO_SOUND_H

#include <stddef.h>

struct sound {
    float *pcm; /* owned */
    size_t samples;
};

/* A WAV file of 48 kHz, mono, 16 bits. The test fails where it cannot be read. */
struct sound sound_read(const char *path);
/* A recorded voice of tests/speech, "speech-en" or the like. */
struct sound sound_speech(const char *name);
/* Brings the peak to `peak` (1 = full scale). */
void sound_level(struct sound *s, double peak);
/* A WAV file of the same kind, to be measured by tests/speech/quality.py. */
void sound_write(const char *path, const float *pcm, size_t samples);
void sound_free(struct sound *s);

#endif
