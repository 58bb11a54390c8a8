/* A microphone and a loudspeaker, through SDL2: PipeWire, PulseAudio or ALSA, whichever is there. A thread of
 * this file's opens them, watches them, and opens them anew when they come back; while they are away the
 * microphone gives silence and what is played is dropped. Nothing here blocks the program or calls it back:
 * it takes and gives sound on its own clock (pace.h takes up the difference) and asks what happened.
 *
 * One at a time in a process (SDL is); all functions from the same thread. Sound is 48 kHz, mono, ±1. */
#ifndef AULA_CLIENT_IO_DEVICES_H
#define AULA_CLIENT_IO_DEVICES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/errors.h"
#include "pace.h"

#define DEVICES_DEFAULT  "default" /* the name of whatever the system takes, and moves along with it */
#define DEVICES_NAME_MAX 128       /* bytes, with the zero */
#define DEVICES_WHY_MAX  512
#define DEVICES_LIST_MAX 32 /* of a side; what is beyond is not listed */

enum device_side { DEVICE_INPUT, DEVICE_OUTPUT, DEVICE_SIDES };

/* ---- what there is ---- */

struct device_list {
    char system[DEVICES_NAME_MAX]; /* "PulseAudio", "ALSA" …; "" where there is no sound system */
    unsigned count[DEVICE_SIDES];
    char names[DEVICE_SIDES][DEVICES_LIST_MAX][DEVICES_NAME_MAX];
    char standard[DEVICE_SIDES][DEVICES_NAME_MAX]; /* which of them "default" is; "" where not known */
};

/* May take a second. Not while devices are open. */
void devices_list(struct device_list *ret_list);

/* ---- in use ---- */

struct devices_config {
    const char *names[DEVICE_SIDES]; /* a name or a part of one; DEVICES_DEFAULT; NULL = not used */
};

enum device_event_kind {
    DEVICE_OPENED,  /* for the first time, or again */
    DEVICE_MISSING, /* it is not there at the beginning; it is waited for */
    DEVICE_LOST     /* it went away; it is waited for */
};

struct device_event {
    enum device_side side;
    enum device_event_kind kind;
    char name[DEVICES_NAME_MAX]; /* as the system calls it, or as it was asked for */
    char why[DEVICES_WHY_MAX];   /* what the system says, or which there are; "" where nothing */
};

struct devices;

/* Returns at once; what became of it is an event. Strings are copied. ERR_MEMORY, ERR_SYSTEM (no thread). */
enum err devices_create(const struct devices_config *config, struct devices **ret_devices) MUST_USE;
/* Closes them. Waits up to a second for a sound system that does not answer, then leaves it. NULL is legal.
 */
void devices_destroy(struct devices *d);
/* What is to be heard next; dropped where there is no loudspeaker. */
void devices_play(struct devices *d, const float *pcm, size_t samples);
/* What the microphone heard next. False where some or all of it is silence because nothing came. */
bool devices_record(struct devices *d, float *pcm, size_t samples);
/* What happened, oldest first; false when there is nothing more. */
bool devices_event(struct devices *d, struct device_event *ret_event);
/* How sound passes between the clocks of a side that is used. */
struct pace_counters devices_counters(struct devices *d, enum device_side side);
/* By how many samples the way from devices_play to devices_record has become shorter here, both sides
 * together (pace_slip). */
double devices_slip(struct devices *d);

#endif
