/* The echo guard, by levels alone: a microphone counts only above what its room was just sent (`sent`), less
 * the coupling of loudspeaker and microphone.
 *
 * The coupling is learned in two ways. Where the room is silent a microphone is no louder than the echo: its
 * loudest of late, less the loudest that was sent, is a bound from above. And where there is evidence enough
 * that it follows what was sent (`likeness`), the coupling and the delay are what that says. Nothing is
 * learned from a voice in the room. An echo that is not heard for a while where it must be is forgotten.
 *
 * Until it is known, a hall's microphone is taken to stand near a loudspeaker, and a remote participant to
 * wear a headset or to have an echo canceller. */
#ifndef AULA_CHOOSE_ECHO_H
#define AULA_CHOOSE_ECHO_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"
#include "choose/likeness.h"
#include "choose/sent.h"

#define ECHO_HEARD_TICKS 256 /* kept of a microphone: what `likeness` looks at, and some */
#define ECHO_LEARN_TICKS 8   /* from one comparison to the next */

#define ECHO_HALL_DB    (-10.0) /* until more is known: a loud loudspeaker near the microphone */
#define ECHO_REMOTE_DB  (-60.0) /* likewise: none that anyone would hear */
#define ECHO_LOWEST_DB  (-60.0)
#define ECHO_HIGHEST_DB 12.0 /* a microphone next to a loudspeaker, its gain turned up */

#define ECHO_SILENT_DBOV (-60.0) /* an echo below this is none */
#define ECHO_NOISE_DB    6.0     /* and one that is no further than this above the microphone\'s own noise */

struct echo {
    double expected_db; /* the coupling that is taken for granted until more is known, */
    double coupling_db; /* and what is known */
    double share;       /* how well it fits (choose/likeness) */
    bool placed;        /* an echo was found, */
    int delay_ticks;    /* so late */
    bool surprised;  /* told once: it is much louder than was believed, so what was heard of late was echo */
    int64_t first;   /* tick since when it is listened to; far in the past: not */
    int64_t newest;  /* tick of the newest packet */
    int64_t learned; /* tick of the newest comparison */
    uint8_t heard[ECHO_HEARD_TICKS]; /* level by tick; LEVEL_UNKNOWN = no packet */
};

enum echo_verdict {
    ECHO_NONE,   /* no echo of what its room was sent is heard in it */
    ECHO_HIDDEN, /* nor in this packet; but this is no louder than that echo may be */
    ECHO_BELOW,  /* it may all be echo */
    ECHO_ABOVE   /* somebody speaks over an echo */
};

void echo_init(struct echo *e, bool hall);
/* The microphone is closed: it was not listened to. What was learned stays. */
void echo_close(struct echo *e);
/* A packet of the microphone, of group `key`, whose own noise lies at `noise_dbov`. `level` is known. */
enum echo_verdict echo_packet(struct echo *e, const struct sent *s, uint32_t key, uint8_t level,
                              double noise_dbov, int ticks, int64_t tick);

#endif
