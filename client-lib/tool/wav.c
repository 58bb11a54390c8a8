#include "wav.h"

#include <fcntl.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "aula/aula.h"

#define HEADER_BYTES 44
#define BUFFER_BYTES (2 * AULA_TICK)
#define DATA_MAX     (UINT32_MAX - HEADER_BYTES) /* RIFF counts in 32 bits: 12 hours */
#define HEADER_EVERY (2 * AULA_RATE)             /* bytes of a second between two headers */

struct wav {
    int fd;
    uint64_t bytes; /* of sound, written */
    uint64_t told;  /* of them, in the header */
};

static void put(uint8_t *at, uint32_t v, int bytes)
{
    for (int i = 0; i < bytes; i++)
        at[i] = (uint8_t)(v >> 8 * i);
}

static bool write_header(struct wav *w)
{
    uint8_t h[HEADER_BYTES] = "RIFF....WAVEfmt ";
    uint32_t data = w->bytes < DATA_MAX ? (uint32_t)w->bytes : (uint32_t)DATA_MAX;
    put(h + 4, data + HEADER_BYTES - 8, 4);
    put(h + 16, 16, 4);            /* bytes of the format */
    put(h + 20, 1, 2);             /* PCM */
    put(h + 22, 1, 2);             /* channels */
    put(h + 24, AULA_RATE, 4);     /* samples a second */
    put(h + 28, 2 * AULA_RATE, 4); /* bytes a second */
    put(h + 32, 2, 2);             /* bytes of a frame */
    put(h + 34, 16, 2);            /* bits of a sample */
    memcpy(h + 36, "data", 4);
    put(h + 40, data, 4);
    w->told = w->bytes;
    return pwrite(w->fd, h, sizeof h, 0) == (ssize_t)sizeof h;
}

struct wav *wav_open(const char *path)
{
    struct wav *w = calloc(1, sizeof *w);
    if (w == NULL)
        return NULL;
    w->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (w->fd < 0 || !write_header(w)) {
        if (w->fd >= 0)
            close(w->fd);
        free(w);
        return NULL;
    }
    return w;
}

static int16_t sample(float v)
{
    float scaled = v * 32768.0f;
    if (scaled >= 32767.0f)
        return INT16_MAX;
    return scaled <= -32768.0f ? INT16_MIN : (int16_t)lrintf(scaled);
}

static bool write_some(struct wav *w, const float *pcm, size_t samples)
{
    uint8_t bytes[BUFFER_BYTES];
    for (size_t i = 0; i < samples; i++)
        put(bytes + 2 * i, (uint16_t)sample(pcm[i]), 2);
    size_t len = 2 * samples;
    if (pwrite(w->fd, bytes, len, (off_t)(HEADER_BYTES + w->bytes)) != (ssize_t)len)
        return false;
    w->bytes += len;
    return w->bytes - w->told < HEADER_EVERY || write_header(w);
}

bool wav_write(struct wav *w, const float *pcm, size_t samples)
{
    while (samples > 0) {
        size_t n = samples < BUFFER_BYTES / 2 ? samples : BUFFER_BYTES / 2;
        if (!write_some(w, pcm, n))
            return false;
        pcm += n;
        samples -= n;
    }
    return true;
}

bool wav_close(struct wav *w)
{
    if (w == NULL)
        return true;
    bool done = write_header(w);
    done = close(w->fd) == 0 && done;
    free(w);
    return done;
}
