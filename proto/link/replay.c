#include "link/replay.h"

#include "base/serial.h"

enum err replay_check(const struct replay *r, uint64_t index)
{
    if (!r->any || index > r->top)
        return ERR_NONE;
    uint64_t behind = r->top - index;
    if (behind >= REPLAY_WINDOW)
        return ERR_STALE;
    return (r->seen[behind / 64] >> (behind % 64)) & 1 ? ERR_REPLAY : ERR_NONE;
}

/* Makes room for the indices up to `by` above the highest. */
static void shift(struct replay *r, uint64_t by)
{
    if (by >= REPLAY_WINDOW) {
        r->seen[0] = r->seen[1] = 0;
    } else if (by >= 64) {
        r->seen[1] = r->seen[0] << (by - 64);
        r->seen[0] = 0;
    } else if (by) {
        r->seen[1] = (r->seen[1] << by) | (r->seen[0] >> (64 - by));
        r->seen[0] <<= by;
    }
}

void replay_accept(struct replay *r, uint64_t index)
{
    if (!r->any) {
        *r = (struct replay){.any = true, .top = index};
    } else if (index > r->top) {
        shift(r, index - r->top);
        r->top = index;
    }
    uint64_t behind = r->top - index;
    if (behind < REPLAY_WINDOW)
        r->seen[behind / 64] |= (uint64_t)1 << (behind % 64);
}

uint64_t replay_guess(const struct replay *r, uint16_t sequence)
{
    if (!r->any)
        return sequence;
    int64_t nearest = serial16_extend((int64_t)r->top, sequence);
    /* There is nothing before roll-over counter 0. */
    return nearest < 0 ? sequence : (uint64_t)nearest;
}
