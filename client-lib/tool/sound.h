/* The participant's microphone and loudspeaker: what is heard goes out, what the microphone hears goes in,
 * for a hall through the echo canceller, tick by tick on the session's clock. */
#ifndef AULA_TOOL_SOUND_H
#define AULA_TOOL_SOUND_H

#include "devices.h"
#include "echo.h"
#include "lines.h"
#include "meter.h"
#include "options.h"

struct sound {
    struct devices *devices; /* NULL: neither is used */
    struct echo *echo;       /* NULL: the microphone as it is */
    bool input, output;
    bool opened[DEVICE_SIDES]; /* once */
    bool there[DEVICE_SIDES];  /* now */
    struct meter meter;
};

/* Opens what the options name. False: out of memory or threads. */
bool sound_init(struct sound *s, const struct options *o);
void sound_finish(struct sound *s);
/* One tick was heard (AULA_TICK samples): plays it, and sends a tick of the microphone. Where
 * there is no microphone nothing is sent: a hall without one is no open source. */
void sound_tick(struct sound *s, struct aula_participant *p, const float *pcm);
/* Says what became of the devices, on standard error and among the events; draws the meter. */
void sound_tell(struct sound *s, struct aula_participant *p, struct lines *events, int64_t now_us);
/* Prints the devices there are, for `aula devices`. */
void sound_list(void);

#endif
