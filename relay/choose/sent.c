#include "choose/sent.h"

#include "plane.h"

#define NEVER_TICK (INT64_MIN / 2)

void sent_init(struct sent *s)
{
    for (int i = 0; i < SENT_TICKS; i++)
        s->ticks[i] = (struct sent_tick){.tick = NEVER_TICK};
}

static unsigned place(int64_t tick, unsigned size)
{
    return (unsigned)((uint64_t)tick % size);
}

static void put(struct sent_tick *t, uint32_t key, uint8_t level)
{
    if (key == t->key) {
        t->level = level < t->level ? level : t->level;
    } else if (level < t->level) {
        t->other = t->level;
        t->level = level;
        t->key = key;
    } else if (level < t->other) {
        t->other = level;
    }
}

void sent_put(struct sent *s, uint32_t key, uint8_t level, int ticks, int64_t tick)
{
    if (level > SILENCE_DBOV)
        level = SENT_UNKNOWN_LEVEL;
    for (int64_t at = tick - ticks + 1; at <= tick; at++) {
        struct sent_tick *t = &s->ticks[place(at, SENT_TICKS)];
        if (t->tick > at)
            continue;
        if (t->tick < at)
            *t = (struct sent_tick){.tick = at, .key = key, .level = SILENCE_DBOV, .other = SILENCE_DBOV};
        put(t, key, level);
    }
}

static bool was_sent(const struct sent *s, uint32_t key, int64_t tick, uint8_t *ret_level)
{
    const struct sent_tick *t = &s->ticks[place(tick, SENT_TICKS)];
    if (t->tick != tick)
        return false;
    *ret_level = t->key == key ? t->other : t->level;
    return true;
}

/* Packets that come each 20 ms do not fall into each tick: one without is like the louder of its neighbours.
 */
uint8_t sent_level(const struct sent *s, uint32_t key, int64_t tick)
{
    uint8_t level = SILENCE_DBOV, before = SILENCE_DBOV, after = SILENCE_DBOV;
    if (was_sent(s, key, tick, &level))
        return level;
    if (was_sent(s, key, tick - 1, &before) && was_sent(s, key, tick + 1, &after))
        return before < after ? before : after;
    return SILENCE_DBOV;
}

bool sent_any(const struct sent *s, uint32_t key, int64_t tick)
{
    for (int i = 0; i < SENT_REACH_TICKS; i++)
        if (sent_level(s, key, tick - i) < SILENCE_DBOV)
            return true;
    return false;
}
