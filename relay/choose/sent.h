/* What was sent lately, a level a tick, in one history for the session: a room is sent all but its own. */
#ifndef AULA_CHOOSE_SENT_H
#define AULA_CHOOSE_SENT_H

#include <stdbool.h>
#include <stdint.h>

#define SENT_TICKS         256 /* kept: what an echo is looked for in (`likeness`), and some */
#define SENT_REACH_TICKS   36  /* 720 ms: network both ways, playout buffer, loudspeaker, air, microphone */
#define SENT_UNKNOWN_LEVEL 20  /* taken for the level of what was sent unmeasured: a loud voice */

/* One tick of what was sent: the loudest, of which group, and the loudest of all other groups. */
struct sent_tick {
    int64_t tick;
    uint32_t key;
    uint8_t level, other;
};

struct sent {
    struct sent_tick ticks[SENT_TICKS];
};

void sent_init(struct sent *s);
/* A packet of `ticks` with this level (RFC 6464, or LEVEL_UNKNOWN), of a source of group `key`, was sent to
 * all others in the time up to `tick`. */
void sent_put(struct sent *s, uint32_t key, uint8_t level, int ticks, int64_t tick);
/* The loudest that a room was sent in a tick. */
uint8_t sent_level(const struct sent *s, uint32_t key, int64_t tick);
/* Whether a room was sent anything that can be in its microphones now. */
bool sent_any(const struct sent *s, uint32_t key, int64_t tick);

#endif
