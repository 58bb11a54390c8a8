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

void sound_write(const char *path, const float *pcm, size_t samples)
{
    uint32_t bytes = (uint32_t)(2 * samples), chunks[] = {36 + bytes, 16, 48000, 96000, bytes};
    const uint16_t kind[] = {1, 1}, shape[] = {2, 16}; /* PCM, mono; 2 bytes a frame */
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    fwrite("RIFF", 1, 4, f);
    fwrite(&chunks[0], 4, 1, f);
    fwrite("WAVEfmt ", 1, 8, f);
    fwrite(&chunks[1], 4, 1, f);
    fwrite(kind, 2, 2, f);
    fwrite(&chunks[2], 4, 2, f);
    fwrite(shape, 2, 2, f);
    fwrite("data", 1, 4, f);
    fwrite(&chunks[4], 4, 1, f);
    for (size_t i = 0; i < samples; i++) {
        int16_t v = (int16_t)(fmaxf(-1, fminf(1, pcm[i])) * 32767);
        fwrite(&v, 2, 1, f);
    }
    assert_int_equal(fclose(f), 0);
}

void sound_free(struct sound *s)
{
    free(s->pcm);
    *s = (struct sound){0};
}
