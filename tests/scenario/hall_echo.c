/* A hall in virtual time: a loudspeaker and a microphone with clocks of their own, the air between them, and
 * aula's path from end to end: pace, echo, pace.
 *
 *     hall_echo FAR.wav NEAR.wav NEAR-BEGINS-S DELAY-MS GAIN-DB ROOM-S OUT-PPM IN-PPM LATE-MS SHIFT-MS
 * SERVER-PPM RESULT.raw
 *
 * FAR is what comes from the session, NEAR what is said in the hall. ROOM-S is 0 for one clean path, else the
 * time in which its reverberation falls by 60 dB. RESULT gets 16-bit samples in three channels, of the
 * session's clock: what came, what the microphone heard, what goes out. Clocks are those of the true time but
 * for the cards', which are so many ppm faster.
 *
 * The machine gives and takes sound up to LATE-MS late. And from when somebody speaks in the hall on it is as
 * with PulseAudio's null sinks when somebody plays into one: its bursts come SHIFT-MS earlier, and it counts
 * its time by whole microseconds a burst, so that it runs SERVER-PPM fast and carries all sound along, sample
 * for sample: by their clocks the cards differ, and yet the echo's way stands still. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "between.h"
#include "echo.h"
#include "pace.h"
#include "sound.h"

#define PERIOD      480 /* samples that go at once into or out of either card */
#define ROOM_PATHS  200
#define ROOM_DIRECT 8.0 /* the direct sound over one of the first reflections */

struct path {
    size_t late;
    float gain;
};

/* Sounds from the beginning on, each on its clock. */
struct hall {
    struct sound far, near;
    size_t near_begins, samples; /* of true time */
    struct path paths[ROOM_PATHS];
    size_t path_count;
    double out_rate, in_rate; /* of the cards, over 48 kHz */
    double late, shift;       /* samples */
    double server_rate;
    unsigned seed;
    double out_late, in_late; /* of the next burst */
    float *played;            /* by the loudspeaker's card */
    float *air, *heard;       /* at the loudspeaker, at the microphone */
    size_t played_count, air_count, heard_by_card;
    struct between between;
    struct pace *out, *in;
    struct echo *echo;
};

static void make_room(struct hall *h, double delay_ms, double gain_db, double room_s)
{
    unsigned seed = 7;
    double energy = 0;
    h->path_count = room_s > 0 ? ROOM_PATHS : 1;
    for (size_t i = 0; i < h->path_count; i++) {
        seed = seed * 1664525u + 1013904223u;
        double late_s = 0.6 * room_s * (double)i / ROOM_PATHS, white = (seed >> 8) / 8388608.0 - 1;
        double size = i > 0 ? pow(10, -3 * late_s / room_s) * white : room_s > 0 ? ROOM_DIRECT : 1;
        h->paths[i].late = (size_t)((delay_ms / 1000 + late_s) * SAMPLES_PER_S);
        h->paths[i].gain = (float)(size * pow(10, gain_db / 20));
        energy += size * size;
    }
    for (size_t i = 0; i < h->path_count; i++)
        h->paths[i].gain /= (float)sqrt(energy);
}

/* What a sound is at a moment of its own clock; nothing before it began. */
static float at(const struct hall *h, const float *sound, double moment)
{
    double before = floor(moment);
    if (before < BETWEEN_TAPS)
        return 0;
    return between_sample(&h->between, sound + (size_t)before - (BETWEEN_TAPS / 2 - 1), moment - before);
}

static point_us us(double samples)
{
    return (point_us)(samples / SAMPLES_PER_S * US_PER_S);
}

static double lateness(struct hall *h)
{
    h->seed = h->seed * 1664525u + 1013904223u;
    return h->late * (h->seed >> 8) / (1 << 24);
}

static void play(struct hall *h, size_t until)
{
    double now;
    while ((now = (double)h->played_count / h->out_rate + h->out_late) < (double)until) {
        pace_take(h->out, h->played + h->played_count, PERIOD, us(now));
        h->played_count += PERIOD;
        h->out_late = lateness(h);
    }
}

/* When the microphone's next burst is there; its server holds two. */
static double burst_due(const struct hall *h)
{
    double due = (double)(h->heard_by_card + PERIOD) / h->in_rate + 2 * PERIOD,
           over = due - (double)h->near_begins;
    return over < 0 ? due : due - h->shift - over * (1 - 1 / h->server_rate);
}

static void listen(struct hall *h, size_t until)
{
    double now;
    while ((now = burst_due(h) + h->in_late) < (double)until &&
           (double)(h->heard_by_card + PERIOD) / h->in_rate + BETWEEN_TAPS < (double)h->air_count) {
        float period[PERIOD];
        for (int i = 0; i < PERIOD; i++)
            period[i] = at(h, h->heard, (double)h->heard_by_card++ / h->in_rate);
        pace_put(h->in, period, PERIOD, us(now));
        h->in_late = lateness(h);
    }
}

/* Everything in the hall up to a moment of true time. */
static void live(struct hall *h, size_t until)
{
    play(h, until);
    size_t sure = (size_t)((double)h->played_count / h->out_rate);
    sure = sure < until ? sure : until;
    sure = sure > BETWEEN_TAPS ? sure - BETWEEN_TAPS : 0;
    for (; h->air_count < sure; h->air_count++) {
        size_t n = h->air_count;
        float sum =
            n >= h->near_begins && n - h->near_begins < h->near.samples ? h->near.pcm[n - h->near_begins] : 0;
        h->air[n] = at(h, h->played, (double)n * h->out_rate);
        for (size_t i = 0; i < h->path_count; i++)
            if (n >= h->paths[i].late)
                sum += h->paths[i].gain * h->air[n - h->paths[i].late];
        h->heard[n] = sum;
    }
    listen(h, until);
}

static void put(FILE *file, const float *came, const float *near, const float *goes)
{
    short frames[3 * TICK_SAMPLES];
    for (int i = 0; i < TICK_SAMPLES; i++) {
        frames[3 * i] = (short)lrintf(came[i] * 32767);
        frames[3 * i + 1] = (short)lrintf(fmaxf(-1, fminf(1, near[i])) * 32767);
        frames[3 * i + 2] = (short)lrintf(goes[i] * 32767);
    }
    fwrite(frames, sizeof frames, 1, file);
}

static bool run(struct hall *h, const char *path)
{
    float near[TICK_SAMPLES], goes[TICK_SAMPLES];
    FILE *file = fopen(path, "wb");
    if (file == NULL)
        return false;
    for (size_t t = 0; t + TICK_SAMPLES <= h->samples; t += TICK_SAMPLES) {
        live(h, t);
        pace_put(h->out, h->far.pcm + t, TICK_SAMPLES, us((double)t));
        pace_take(h->in, near, TICK_SAMPLES, us((double)t));
        echo_tick(h->echo, near, h->far.pcm + t, pace_slip(h->out) + pace_slip(h->in), goes);
        put(file, h->far.pcm + t, near, goes);
    }
    return fclose(file) == 0;
}

static bool furnish(struct hall *h, char **argv)
{
    h->far = sound_read(argv[1]);
    h->near = sound_read(argv[2]);
    h->near_begins = (size_t)(atof(argv[3]) * SAMPLES_PER_S);
    h->samples = h->far.samples;
    make_room(h, atof(argv[4]), atof(argv[5]), atof(argv[6]));
    h->out_rate = 1 + atof(argv[7]) / 1e6;
    h->in_rate = 1 + atof(argv[8]) / 1e6;
    h->late = atof(argv[9]) * SAMPLES_PER_MS;
    h->shift = atof(argv[10]) * SAMPLES_PER_MS;
    h->server_rate = 1 + atof(argv[11]) / 1e6;
    between_init(&h->between);
    size_t room = h->samples + h->samples / 100 + SAMPLES_PER_S;
    h->played = calloc(room, sizeof *h->played);
    h->air = calloc(room, sizeof *h->air);
    h->heard = calloc(room, sizeof *h->heard);
    return h->played != NULL && h->air != NULL && h->heard != NULL && pace_create(&h->out) == ERR_NONE &&
           pace_create(&h->in) == ERR_NONE && echo_create(&h->echo) == ERR_NONE;
}

int main(int argc, char **argv)
{
    static struct hall h;
    if (argc != 13) {
        fprintf(stderr, "usage: hall_echo FAR.wav NEAR.wav NEAR-BEGINS-S DELAY-MS GAIN-DB ROOM-S OUT-PPM "
                        "IN-PPM LATE-MS SHIFT-MS SERVER-PPM RESULT.raw\n");
        return 2;
    }
    bool good = furnish(&h, argv) && run(&h, argv[12]);
    pace_destroy(h.out);
    pace_destroy(h.in);
    echo_destroy(h.echo);
    free(h.played);
    free(h.air);
    free(h.heard);
    sound_free(&h.far);
    sound_free(&h.near);
    return good ? 0 : 1;
}
