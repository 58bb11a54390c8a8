/* How many wrong tokens one IP address may try: a few at once, then one in some seconds. Who has the right
 * one is never held up. A fixed number of addresses; the one that was longest quiet makes room. */
#ifndef AULA_RELAY_IO_ATTEMPTS_H
#define AULA_RELAY_IO_ATTEMPTS_H

#include <stdbool.h>

#include "base/address.h"
#include "base/time.h"

#define ATTEMPTS_ADDRESSES  256                     /* remembered */
#define ATTEMPTS_BURST      10                      /* mistyped, or a script with an old token */
#define ATTEMPTS_SPACING_US (6 * (span_us)US_PER_S) /* then ten in a minute */

struct attempts {
    struct {
        struct address from; /* without its port; IPv6 as its /64 */
        point_us free_at_us; /* when the whole burst is there again */
        bool used;
    } at[ATTEMPTS_ADDRESSES];
};

/* Counts a wrong try. False: too many. */
bool attempts_take(struct attempts *a, const struct address *from, point_us now_us);

#endif
