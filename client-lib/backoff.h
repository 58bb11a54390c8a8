/* How long to wait before connecting again: doubling from a quarter of a second to five, with jitter, so that
 * a hundred clients of a relay that came back do not knock in the same instant. */
#ifndef AULA_CLIENT_BACKOFF_H
#define AULA_CLIENT_BACKOFF_H

#include "base/time.h"

#define BACKOFF_FIRST_US ((span_us)US_PER_S / 4)
#define BACKOFF_LAST_US  (5 * (span_us)US_PER_S)

struct backoff {
    span_us next_us; /* what the next failure costs, before jitter */
};

void backoff_init(struct backoff *b);
/* Something worked: the next failure starts from the beginning. */
void backoff_reset(struct backoff *b);
/* Something failed: the time to wait, between half and all of what is due; `random` is any number. */
span_us backoff_failed(struct backoff *b, uint32_t random);

#endif
