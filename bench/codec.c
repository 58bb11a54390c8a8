/* What Opus costs: microseconds for each frame of real speech, encoded, decoded and made up.
 *
 *   build/bench/bench_codec SPEECH.wav [SECONDS]       (tests/speech/make builds the WAV; 30 s)
 *
 * Median and 99th percentile on this machine, one thread. The relay encodes once for each audience and
 * decodes once for each source that is mixed, so these two figures are what a mix costs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "media/level.h"
#include "media/opus_codec.h"
#include "usage.h"

#define WAV_HEADER_BYTES 44 /* as tests/speech/make writes it: no chunks beside fmt and data */
#define FRAMES_MAX       (50 * 3600)

struct speech {
    float *pcm;
    int frames; /* of 20 ms */
};

struct packets {
    uint8_t (*payload)[OPUS_PAYLOAD_MAX];
    size_t *len;
    int count;
};

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * US_PER_S + (double)t.tv_nsec / 1000;
}

static void *must(void *allocated)
{
    if (!allocated) {
        fprintf(stderr, "codec: out of memory\n");
        exit(1);
    }
    return allocated;
}

static void require(enum err e)
{
    if (e != ERR_NONE) {
        fprintf(stderr, "codec: %s\n", err_text(e));
        exit(1);
    }
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void report(const char *what, double *times_us, int count)
{
    qsort(times_us, (size_t)count, sizeof *times_us, ascending);
    printf("%-42s %8.2f %8.2f us\n", what, times_us[count / 2], times_us[(int)((double)count * 0.99)]);
}

static struct speech read_speech(const char *path, int frames_wanted)
{
    FILE *f = fopen(path, "rb");
    if (!f || fseek(f, WAV_HEADER_BYTES, SEEK_SET) != 0) {
        perror(path);
        exit(2);
    }
    struct speech s = {.pcm = must(malloc((size_t)frames_wanted * TICK_SAMPLES * sizeof(float)))};
    int16_t frame[TICK_SAMPLES];
    while (s.frames < frames_wanted && fread(frame, sizeof frame, 1, f) == 1) {
        for (int i = 0; i < TICK_SAMPLES; i++)
            s.pcm[s.frames * TICK_SAMPLES + i] = (float)frame[i] / 32768;
        s.frames++;
    }
    fclose(f);
    return s;
}

static void packets_finish(struct packets *p)
{
    free(p->payload);
    free(p->len);
}

static struct packets bench_encode(const char *what, const struct speech *s,
                                   const struct opus_settings *settings, int ticks)
{
    int count = s->frames / ticks;
    struct packets p = {must(malloc((size_t)count * sizeof *p.payload)),
                        must(malloc((size_t)count * sizeof *p.len)), count};
    double *times_us = must(malloc((size_t)count * sizeof *times_us));
    struct opus_sender *sender;
    size_t bytes = 0;
    require(opus_sender_create(settings, &sender));
    for (int i = 0; i < count; i++) {
        double start_us = now_us();
        require(opus_sender_encode(sender, s->pcm + (size_t)i * (size_t)ticks * TICK_SAMPLES,
                                   ticks * TICK_SAMPLES, p.payload[i], OPUS_PAYLOAD_MAX, &p.len[i]));
        times_us[i] = now_us() - start_us;
        bytes += p.len[i];
    }
    char line[80];
    snprintf(line, sizeof line, "%s (%.1f kbit/s)", what, (double)bytes * 8 / (count * ticks * 20.0));
    report(line, times_us, count);
    opus_sender_destroy(sender);
    free(times_us);
    return p;
}

/* Every `lose_each`-th packet is lost (0 = none) and made up from the next one's FEC. */
static void bench_decode(const char *what, const struct packets *p, int lose_each)
{
    double *times_us = must(malloc((size_t)p->count * sizeof *times_us));
    struct opus_receiver *receiver;
    float pcm[OPUS_PACKET_SAMPLES_MAX];
    int samples, timed = 0;
    require(opus_receiver_create(&receiver));
    for (int i = 0; i + 1 < p->count; i++) {
        bool lost = lose_each && i % lose_each == lose_each - 1;
        double start_us = now_us();
        if (lost)
            require(opus_receiver_decode_fec(receiver, p->payload[i + 1], p->len[i + 1], pcm, TICK_SAMPLES));
        else
            require(opus_receiver_decode(receiver, p->payload[i], p->len[i], pcm, &samples));
        double took_us = now_us() - start_us;
        if (lost || !lose_each)
            times_us[timed++] = took_us;
    }
    report(what, times_us, timed);
    opus_receiver_destroy(receiver);
    free(times_us);
}

static void bench_copy(const struct opus_settings *settings)
{
    enum { COPIES = 1000 };
    double times_us[COPIES];
    struct opus_sender *sender, *copy;
    require(opus_sender_create(settings, &sender));
    for (int i = 0; i < COPIES; i++) {
        double start_us = now_us();
        require(opus_sender_copy(sender, &copy));
        times_us[i] = now_us() - start_us;
        opus_sender_destroy(copy);
    }
    report("copy of an encoder (an audience splits)", times_us, COPIES);
    opus_sender_destroy(sender);
}

static void bench_level(const struct speech *s)
{
    double *times_us = must(malloc((size_t)s->frames * sizeof *times_us));
    unsigned sum = 0;
    for (int i = 0; i < s->frames; i++) {
        double start_us = now_us();
        sum += level_measure(s->pcm + i * TICK_SAMPLES, TICK_SAMPLES);
        times_us[i] = now_us() - start_us;
    }
    char line[80];
    snprintf(line, sizeof line, "level of a frame (mean -%u dBov)", sum / (unsigned)s->frames);
    report(line, times_us, s->frames);
    free(times_us);
}

static void bench_all(const struct speech *s)
{
    static const struct opus_settings full = {.bitrate_bps = 32000, .complexity = 9};
    static const struct opus_settings armed = {.bitrate_bps = 32000, .complexity = 9, .loss_percent = 10};
    static const struct opus_settings quick = {.bitrate_bps = 32000, .complexity = 5, .loss_percent = 10};
    static const struct opus_settings lean = {.bitrate_bps = 8000, .complexity = 9};
    struct packets plain = bench_encode("encode 20 ms, complexity 9", s, &full, 1);
    struct packets fec = bench_encode("encode, FEC armed", s, &armed, 1);
    struct packets fast = bench_encode("encode, FEC armed, complexity 5", s, &quick, 1);
    struct packets slim = bench_encode("encode 60 ms, lean", s, &lean, 3);
    bench_decode("decode 20 ms", &plain, 0);
    bench_decode("decode, FEC armed", &fec, 0);
    bench_decode("decode a lost one from FEC", &fec, 5);
    bench_decode("decode 60 ms, lean", &slim, 0);
    bench_copy(&armed);
    bench_level(s);
    packets_finish(&plain);
    packets_finish(&fec);
    packets_finish(&fast);
    packets_finish(&slim);
}

int main(int argc, char **argv)
{
    int seconds = argc == 3 ? atoi(argv[2]) : 30;
    if (help_wanted(argc, argv) || argc < 2 || argc > 3 || seconds < 1 || seconds > FRAMES_MAX / 50)
        return say_usage(help_wanted(argc, argv),
                         "usage: bench_codec SPEECH.wav [SECONDS]\n"
                         "What an encode and a decode cost, on speech (tests/speech/make builds some).\n"
                         "Example: bench_codec build/speech/speech-en.wav 10\n");
    struct speech s = read_speech(argv[1], seconds * 50);
    if (s.frames < 50) {
        fprintf(stderr, "%s: holds less than a second of sound\n", argv[1]);
        return 2;
    }
    printf("%-42s %8s %8s\n", "", "median", "p99");
    bench_all(&s);
    free(s.pcm);
    return 0;
}
