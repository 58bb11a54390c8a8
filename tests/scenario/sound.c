#include "sound.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/rows.h"

#define WAV_HEADER 44 /* bytes; tests/speech/make writes no other */

static int32_t sample(const uint8_t *bytes)
{
    int32_t v = bytes[0] | bytes[1] << 8;
    return v < 32768 ? v : v - 65536;
}

struct sound sound_read(const char *path)
{
    FILE *f = fopen(path, "rb");
    struct sound s = {0};
    if (!f) {
        fprintf(stderr, "%s cannot be read; tests/speech/make makes it\n", path);
        exit(1);
    }
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    long size = ftell(f);
    assert_true(size > WAV_HEADER);
    s.samples = (size_t)(size - WAV_HEADER) / 2;
    uint8_t *bytes = malloc((size_t)size);
    s.pcm = malloc(s.samples * sizeof *s.pcm);
    assert_true(bytes && s.pcm);
    rewind(f);
    assert_int_equal(fread(bytes, 1, (size_t)size, f), size);
    fclose(f);
    for (size_t i = 0; i < s.samples; i++)
        s.pcm[i] = (float)sample(bytes + WAV_HEADER + 2 * i) / 32768;
    free(bytes);
    return s;
}

struct sound sound_speech(const char *name)
{
    const char *folder = getenv("AULA_SPEECH");
    char path[1024];
    snprintf(path, sizeof path, "%s/%s.wav", folder ? folder : "build/tests/speech", name);
    return sound_read(path);
}

void sound_level(struct sound *s, double peak)
{
    float highest = 0;
    for (size_t i = 0; i < s->samples; i++)
        highest = fmaxf(highest, fabsf(s->pcm[i]));
    for (size_t i = 0; i < s->samples && highest > 0; i++)
        s->pcm[i] *= (float)peak / highest;
}

void sound_free(struct sound *s)
{
    free(s->pcm);
    *s = (struct sound){0};
}
