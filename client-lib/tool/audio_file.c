#include "audio_file.h"

#include <sndfile.h>
#include <speex/speex_resampler.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aula/aula.h"

#define CHUNK_FRAMES     1024
#define CHANNELS_MAX     32
#define RATE_MAX         768000
#define RESAMPLE_QUALITY 8 /* of 10: inaudible, a tenth of the cost of the encoder */

struct audio_file {
    SNDFILE *file;
    int channels;
    SpeexResamplerState *resampler; /* NULL: 48 kHz already */
    bool ended;                     /* the file; the resampler's tail follows */
    float mono[CHUNK_FRAMES];       /* of the file's rate, not yet resampled */
    size_t first, count;
    float frames[CHUNK_FRAMES * CHANNELS_MAX];
};

static struct audio_file *refuse(struct audio_file *f, char *why, const char *path, const char *sentence)
{
    snprintf(why, AUDIO_FILE_WHY_MAX, "%.200s cannot be played: %.200s", path, sentence);
    audio_file_close(f);
    return NULL;
}

struct audio_file *audio_file_open(const char *path, char *why)
{
    SF_INFO info = {0};
    int error = 0;
    struct audio_file *f = calloc(1, sizeof *f);
    if (f == NULL)
        return refuse(f, why, path, "out of memory");
    f->file = sf_open(path, SFM_READ, &info);
    if (f->file == NULL)
        return refuse(f, why, path, sf_strerror(NULL));
    if (info.channels < 1 || info.channels > CHANNELS_MAX || info.samplerate < 1000 ||
        info.samplerate > RATE_MAX)
        return refuse(f, why, path, "its rate or number of channels is out of range");
    f->channels = info.channels;
    if (info.samplerate != AULA_RATE)
        f->resampler =
            speex_resampler_init(1, (spx_uint32_t)info.samplerate, AULA_RATE, RESAMPLE_QUALITY, &error);
    if (error != 0)
        return refuse(f, why, path, speex_resampler_strerror(error));
    if (f->resampler != NULL)
        speex_resampler_skip_zeros(f->resampler); /* so that its delay does not shift the file */
    return f;
}

void audio_file_close(struct audio_file *f)
{
    if (f == NULL)
        return;
    if (f->file != NULL)
        sf_close(f->file);
    if (f->resampler != NULL)
        speex_resampler_destroy(f->resampler);
    free(f);
}

/* What the resampler still holds comes out when as many zeros go in. */
static void refill_tail(struct audio_file *f)
{
    if (f->ended || f->resampler == NULL)
        return;
    f->ended = true;
    f->count = (size_t)speex_resampler_get_input_latency(f->resampler);
    f->count = f->count < CHUNK_FRAMES ? f->count : CHUNK_FRAMES;
    memset(f->mono, 0, f->count * sizeof f->mono[0]);
}

static void refill(struct audio_file *f)
{
    sf_count_t n = sf_readf_float(f->file, f->frames, CHUNK_FRAMES);
    f->first = 0;
    f->count = n > 0 ? (size_t)n : 0;
    if (f->count == 0) {
        refill_tail(f);
        return;
    }
    for (size_t i = 0; i < f->count; i++) {
        float sum = 0;
        for (int c = 0; c < f->channels; c++)
            sum += f->frames[i * (size_t)f->channels + (size_t)c];
        f->mono[i] = sum / (float)f->channels;
    }
}

static size_t convert(struct audio_file *f, float *pcm, size_t count)
{
    spx_uint32_t in = (spx_uint32_t)f->count, out = (spx_uint32_t)count;
    if (f->resampler == NULL) {
        in = out = in < out ? in : out;
        memcpy(pcm, f->mono + f->first, in * sizeof *pcm);
    } else {
        speex_resampler_process_float(f->resampler, 0, f->mono + f->first, &in, pcm, &out);
    }
    f->first += in;
    f->count -= in;
    return out;
}

size_t audio_file_read(struct audio_file *f, float *pcm, size_t count)
{
    size_t done = 0;
    while (done < count) {
        if (f->count == 0)
            refill(f);
        if (f->count == 0)
            break;
        done += convert(f, pcm + done, count - done);
    }
    return done;
}
