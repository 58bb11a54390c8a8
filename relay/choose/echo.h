/* The echo guard, by levels alone: a microphone counts only above what its room was just sent, less the
 * coupling of loudspeaker and microphone.
 *
 * `sent` is what was sent lately, a level a tick, in one history for the session: a room is sent all but its
 * own. `echo` is one microphone's: what it heard, and what of that goes back to what its room was sent.
 *
 * The coupling is learned in two ways. Where the room is silent a microphone is no louder than the echo: its
 * loudest of late, less the loudest that was sent, is a bound from above. And where for a while it follows
 * what was sent, some ticks later and by the same number of decibels all the time, it is that number, and
 * those ticks are the delay: speech that is not an echo differs from other speech by some 10 dB from tick to
 * tick, an echo by
 * 3. Nothing is learned from a voice in the room.
 *
 * Until it is known, a hall's microphone is taken to stand near a loudspeaker, and a remote participant to
 * wear a headset or to have an echo canceller. */
#ifndef AULA_CHOOSE_ECHO_H
#define AULA_CHOOSE_ECHO_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"

#define ECHO_REACH_TICKS  36  /* 720 ms: network both ways, playout buffer, loudspeaker, air, microphone */
#define ECHO_WINDOW_TICKS 50  /* over which a microphone is compared with what was sent: a second */
#define ECHO_HEARD_TICKS  96  /* kept of a microphone: both of the above */
#define ECHO_SENT_TICKS   128 /* kept of what was sent: the same and some */
#define ECHO_LEARN_TICKS  8   /* from one comparison to the next */

#define ECHO_HALL_DB    (-10.0) /* until more is known: a loud loudspeaker near the microphone */
#define ECHO_REMOTE_DB  (-60.0) /* likewise: none that anyone would hear */
#define ECHO_LOWEST_DB  (-60.0)
#define ECHO_HIGHEST_DB 12.0 /* a microphone next to a loudspeaker, its gain turned up */

#define ECHO_ABOVE_DB      6.0     /* so far above what is expected a packet holds a voice */
#define ECHO_SILENT_DBOV   (-60.0) /* an echo below this is none */
#define ECHO_NOISE_DB      6.0 /* and one that is no further than this above the microphone\'s own noise */
#define ECHO_UNKNOWN_LEVEL 20  /* taken for the level of what was sent unmeasured: a loud voice */

/* One tick of what was sent: the loudest, of which group, and the loudest of all other groups. */
struct sent_tick {
    int64_t tick;
    uint32_t key;
    uint8_t level, other;
};

struct sent {
    struct sent_tick ticks[ECHO_SENT_TICKS];
};

struct echo {
    double coupling_db;
    bool placed;     /* an echo was found, */
    int delay_ticks; /* so late */
    bool surprised;  /* told once: it is much louder than was believed, so what was heard of late was echo */
    int alike;       /* comparisons in a row that found one at `alike_ticks` */
    int alike_ticks;
    int alike_compared;              /* ticks, in the last of them */
    int64_t first;                   /* tick since when it is listened to; ECHO_NEVER: not */
    int64_t newest;                  /* tick of the newest packet */
    int64_t learned;                 /* tick of the newest comparison */
    uint8_t heard[ECHO_HEARD_TICKS]; /* level by tick; LEVEL_UNKNOWN = no packet */
    bool sounded[ECHO_HEARD_TICKS];  /* it was above the microphone's own noise */
};

enum echo_verdict {
    ECHO_NONE,   /* no echo of what its room was sent is heard in it */
    ECHO_HIDDEN, /* nor in this packet; but this is no louder than that echo may be */
    ECHO_BELOW,  /* it may all be echo */
    ECHO_ABOVE   /* somebody speaks over an echo */
};

void sent_init(struct sent *s);
/* A packet of `ticks` with this level (RFC 6464, or LEVEL_UNKNOWN), of a source of group `key`, was sent to
 * all others in the time up to `tick`. */
void sent_put(struct sent *s, uint32_t key, uint8_t level, int ticks, int64_t tick);
/* The loudest that a room was sent in a tick. */
uint8_t sent_level(const struct sent *s, uint32_t key, int64_t tick);
/* Whether a room was sent anything that can be in its microphones now. */
bool sent_any(const struct sent *s, uint32_t key, int64_t tick);

void echo_init(struct echo *e, bool hall);
/* The microphone is closed: it was not listened to. What was learned stays. */
void echo_close(struct echo *e);
/* A packet of the microphone, of group `key`; `sounds`: it is above the microphone's own noise, which lies at
 * `noise_dbov`. `level` is known. */
enum echo_verdict echo_packet(struct echo *e, const struct sent *s, uint32_t key, uint8_t level, bool sounds,
                              double noise_dbov, int ticks, int64_t tick);

#endif
