#include "load_voice.h"

#include <stdio.h>
#include <string.h>

#include "audio_file.h"
#include "aula/aula.h"

bool load_voice_open(struct load_voice *v, const char *path, uint32_t seed)
{
    char why[AUDIO_FILE_WHY_MAX];
    *v = (struct load_voice){.path = path, .seed = seed};
    if (path == NULL)
        return true;
    v->file = audio_file_open(path, why);
    if (v->file == NULL)
        fprintf(stderr, "load: %s\n", why);
    return v->file != NULL;
}

void load_voice_close(struct load_voice *v)
{
    audio_file_close(v->file);
    v->file = NULL;
}

static void hum(struct load_voice *v, float *pcm)
{
    float loud = 0.1f + 0.3f * (float)(v->tick % 25) / 25;
    for (int64_t i = 0; i < AULA_TICK; i++) {
        v->seed = v->seed * 1664525 + 1013904223;
        pcm[i] = loud * ((float)((v->tick * AULA_TICK + i) % 320) / 160 - 1) +
                 0.02f * (float)(int32_t)v->seed / 2147483648.0f;
    }
}

void load_voice_tick(struct load_voice *v, float *pcm)
{
    size_t n = 0;
    if (v->path == NULL) {
        hum(v, pcm);
    } else if (v->file != NULL) {
        n = audio_file_read(v->file, pcm, AULA_TICK);
        memset(pcm + n, 0, (AULA_TICK - n) * sizeof *pcm);
    } else {
        memset(pcm, 0, AULA_TICK * sizeof *pcm); /* it could be opened once, and not again */
    }
    if (v->file != NULL && n < AULA_TICK) {
        char why[AUDIO_FILE_WHY_MAX];
        audio_file_close(v->file);
        v->file = audio_file_open(v->path, why);
    }
    v->tick++;
}
