#include "pages.h"

#include <string.h>

void pages_init(struct pages *p)
{
    *p = (struct pages){0};
}

void pages_turn(struct pages *p, const struct page_turn *turn)
{
    if (p->count == PAGES_WAITING_MAX) {
        /* Leafed over: only the newer ones matter to the eye. The oldest is still told, but not timed. */
        p->waiting[0].at_once = true;
        memmove(&p->waiting[1], &p->waiting[2], (PAGES_WAITING_MAX - 2) * sizeof p->waiting[0]);
        p->count--;
    }
    p->waiting[p->count++] = *turn;
}

/* The moment at which this turn is due: its media time, its limit, or now. */
static point_us due_us(const struct page_turn *t, session_samples playing, point_us now_us)
{
    if (t->at_once)
        return t->came_us;
    point_us limit = t->came_us + PAGES_LATE_US;
    session_samples ahead = t->media - playing;
    if (ahead <= 0)
        return now_us < limit ? now_us : limit;
    if (ahead > 10 * SAMPLES_PER_S) /* also keeps the sum below from overflowing on a forged time */
        return limit;
    /* +1: rounded down, the moment would lie before the sample */
    return earlier_us(now_us + us_from_samples(ahead) + 1, limit);
}

bool pages_shown(struct pages *p, session_samples playing, point_us now_us, struct page_turn *ret_turn)
{
    if (p->count == 0 || due_us(&p->waiting[0], playing, now_us) > now_us)
        return false;
    *ret_turn = p->waiting[0];
    ret_turn->shown_us = now_us;
    p->count--;
    memmove(&p->waiting[0], &p->waiting[1], p->count * sizeof p->waiting[0]);
    return true;
}

point_us pages_deadline(const struct pages *p, session_samples playing, point_us now_us)
{
    return p->count == 0 ? NEVER_US : due_us(&p->waiting[0], playing, now_us);
}
