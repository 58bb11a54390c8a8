/* What a talker of the load generator says: a sound file, again and again, or a hum that rises and falls like
 * a voice. */
#ifndef AULA_BENCH_LOAD_VOICE_H
#define AULA_BENCH_LOAD_VOICE_H

#include <stdbool.h>
#include <stdint.h>

struct load_voice {
    const char *path; /* borrowed; NULL hums */
    struct audio_file *file;
    int64_t tick;
    uint32_t seed;
};

/* False, with a sentence on standard error, where the file cannot be played. */
bool load_voice_open(struct load_voice *v, const char *path, uint32_t seed);
void load_voice_close(struct load_voice *v);
/* The next 20 ms. */
void load_voice_tick(struct load_voice *v, float *pcm);

#endif
