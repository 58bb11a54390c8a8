/* When a page turn is shown: at the moment at which the sound of that instant plays here, and never later
 * than a second after it came. Knows no sound and no deck: session times in, page turns out. */
#ifndef AULA_CLIENT_PAGES_H
#define AULA_CLIENT_PAGES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"

#define PAGES_WAITING_MAX 16                  /* turns not yet shown: leafing fast for a second */
#define PAGES_LATE_US     ((span_us)US_PER_S) /* a turn is shown this long after it came, at the latest */

struct page_turn {
    session_samples media; /* session time of the turn */
    point_us came_us;      /* when it arrived */
    point_us shown_us;     /* set by pages_shown */
    uint64_t n;            /* the event's number; the caller finds its text by it */
    bool at_once;          /* own room, companion, no sound: not timed */
};

struct pages {
    struct page_turn waiting[PAGES_WAITING_MAX]; /* oldest first */
    unsigned count;
};

void pages_init(struct pages *p);
/* A turn came. In its order behind those that wait; where there are too many, the oldest becomes due at
 * once. */
void pages_turn(struct pages *p, const struct page_turn *turn);
/* The next turn that is due when `playing` is the session time heard at now_us, or false. Call until false.
 */
bool pages_shown(struct pages *p, session_samples playing, point_us now_us, struct page_turn *ret_turn);
/* When pages_shown should be called again; NEVER_US when none waits. */
point_us pages_deadline(const struct pages *p, session_samples playing, point_us now_us);

#endif
