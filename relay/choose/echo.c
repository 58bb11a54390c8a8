#include "choose/echo.h"

#include <stdlib.h>
#include <string.h>

#include "plane.h"

#define NEVER_TICK (INT64_MIN / 2)

#define LOUD_DBOV    (-45.0) /* from less than this nothing is learned */
#define TOP_DB       20.0 /* ticks so far below the loudest are not compared: noise and reverberation fill them */
#define COMPARED_MIN 20  /* ticks */
#define ALIKE_DB     4.0 /* an echo differs from what was sent by so much from tick to tick, at most */
#define VARIES_DB    2.0 /* by so much what it hears must differ from tick to tick, at least */
#define ALIKE_TIMES  3   /* comparisons in a row, before it is believed */
#define FRESH_MIN    3 /* ticks of it that are newer than the comparison before: else it tells nothing new */
#define MOVED_TIMES  6 /* before it is believed that it comes so much sooner or later than it did */
#define ALIKE_TICKS  1 /* its delay is the same to so much */
#define SLACK_DB     3.0      /* a bound counts where it is so much lower; twice that beside what was found */
#define SLOWLY       0.3      /* share of a difference that one comparison takes up */
#define OFF_DBOV     (-100.0) /* a microphone that is softer is switched off */
#define OFF_DB       0.5      /* what one comparison then takes off, where an echo was found before */
#define NEAR_TICKS   2        /* from the delay: a playout buffer breathes */
#define EARLY_DB     2.0      /* for each tick before that: hardly anything comes early */
#define LATE_DB      1.0      /* and after it: a hall fades by 1.5 dB a tick */

/* ---- what was sent ---- */

void sent_init(struct sent *s)
{
    for (int i = 0; i < ECHO_SENT_TICKS; i++)
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
        level = ECHO_UNKNOWN_LEVEL;
    for (int64_t at = tick - ticks + 1; at <= tick; at++) {
        struct sent_tick *t = &s->ticks[place(at, ECHO_SENT_TICKS)];
        if (t->tick > at)
            continue;
        if (t->tick < at)
            *t = (struct sent_tick){.tick = at, .key = key, .level = SILENCE_DBOV, .other = SILENCE_DBOV};
        put(t, key, level);
    }
}

static bool was_sent(const struct sent *s, uint32_t key, int64_t tick, uint8_t *ret_level)
{
    const struct sent_tick *t = &s->ticks[place(tick, ECHO_SENT_TICKS)];
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
    for (int i = 0; i < ECHO_REACH_TICKS; i++)
        if (sent_level(s, key, tick - i) < SILENCE_DBOV)
            return true;
    return false;
}

/* ---- a microphone ---- */

void echo_init(struct echo *e, bool hall)
{
    memset(e, 0, sizeof *e);
    e->coupling_db = hall ? ECHO_HALL_DB : ECHO_REMOTE_DB;
    echo_close(e);
}

void echo_close(struct echo *e)
{
    e->first = e->newest = e->learned = NEVER_TICK;
    e->alike = 0;
}

/* Ticks without a packet up to this one; then the packet's own. */
static void keep(struct echo *e, uint8_t level, bool sounds, int ticks, int64_t tick)
{
    int64_t from = e->newest + 1 > tick - ECHO_HEARD_TICKS ? e->newest + 1 : tick - ECHO_HEARD_TICKS + 1;
    for (int64_t at = from; at <= tick; at++)
        e->heard[place(at, ECHO_HEARD_TICKS)] = LEVEL_UNKNOWN;
    for (int64_t at = tick - ticks + 1; at <= tick; at++) {
        uint8_t *heard = &e->heard[place(at, ECHO_HEARD_TICKS)];
        if (*heard != LEVEL_UNKNOWN && *heard <= level)
            continue;
        *heard = level;
        e->sounded[place(at, ECHO_HEARD_TICKS)] = sounds;
    }
    if (tick > e->newest)
        e->newest = tick;
    if (e->first == NEVER_TICK)
        e->first = tick;
}

/* The loudest it heard in the ticks up to this one, dBov; no packet is silence. */
static double loudest_heard(const struct echo *e, int64_t tick, int ticks)
{
    uint8_t loudest = SILENCE_DBOV;
    for (int i = 0; i < ticks && tick - i >= e->first; i++) {
        uint8_t heard = tick - i > e->newest ? LEVEL_UNKNOWN : e->heard[place(tick - i, ECHO_HEARD_TICKS)];
        loudest = heard < loudest ? heard : loudest;
    }
    return -(double)loudest;
}

/* What a room was sent in the ticks that an echo can come from, newest first. */
struct past {
    double sent_dbov[ECHO_WINDOW_TICKS + ECHO_REACH_TICKS];
};

static void look_back(const struct sent *s, uint32_t key, int64_t tick, struct past *ret_past)
{
    for (int i = 0; i < ECHO_WINDOW_TICKS + ECHO_REACH_TICKS; i++)
        ret_past->sent_dbov[i] = -(double)sent_level(s, key, tick - i);
}

static double loudest_sent(const struct past *p, int from, int ticks)
{
    double loudest = -(double)SILENCE_DBOV;
    for (int i = from; i < from + ticks; i++)
        loudest = p->sent_dbov[i] > loudest ? p->sent_dbov[i] : loudest;
    return loudest;
}

/* How a microphone lies beside what was sent so many ticks before. */
struct likeness {
    int ticks, compared, fresh;
    double difference_db, spread_db2; /* of it from tick to tick: variance */
};

static bool compare(const struct echo *e, const struct past *p, int64_t tick, int delay, struct likeness *ret)
{
    double top = loudest_sent(p, delay, ECHO_WINDOW_TICKS);
    double sum = 0, squares = 0, heard_sum = 0, heard_squares = 0;
    int n = 0, fresh = 0, sounded = 0;
    for (int i = 0; i < ECHO_WINDOW_TICKS; i++) {
        unsigned at = place(tick - i, ECHO_HEARD_TICKS);
        if (p->sent_dbov[delay + i] < top - TOP_DB || e->heard[at] == LEVEL_UNKNOWN)
            continue;
        double heard = -(double)e->heard[at], difference = heard - p->sent_dbov[delay + i];
        sum += difference;
        squares += difference * difference;
        heard_sum += heard;
        heard_squares += heard * heard;
        sounded += e->sounded[at];
        fresh += i < ECHO_LEARN_TICKS;
        n++;
    }
    if (top < LOUD_DBOV || n < COMPARED_MIN || 2 * sounded < n)
        return false;
    double spread = squares / n - sum / n * (sum / n);
    double heard_spread = heard_squares / n - heard_sum / n * (heard_sum / n);
    *ret = (struct likeness){
        .ticks = delay, .compared = n, .fresh = fresh, .difference_db = sum / n, .spread_db2 = spread};
    bool varies = heard_spread >= VARIES_DB * VARIES_DB && spread <= 2 * heard_spread;
    return spread <= ALIKE_DB * ALIKE_DB && varies; /* steady sound is like any other */
}

/* The delay at which the microphone follows best what was sent; false where it does not at all. */
static bool find_echo(const struct echo *e, const struct past *p, int64_t tick, struct likeness *ret_best)
{
    bool found = false;
    *ret_best = (struct likeness){0};
    for (int delay = 0; delay < ECHO_REACH_TICKS; delay++) {
        struct likeness l;
        if (!compare(e, p, tick, delay, &l) || (found && l.spread_db2 >= ret_best->spread_db2))
            continue;
        *ret_best = l;
        found = true;
    }
    return found;
}

static void set_coupling(struct echo *e, double db)
{
    db = db > ECHO_HIGHEST_DB ? ECHO_HIGHEST_DB : db;
    e->coupling_db = db < ECHO_LOWEST_DB ? ECHO_LOWEST_DB : db;
}

static void found_echo(struct echo *e, const struct likeness *l)
{
    if (l->fresh < FRESH_MIN)
        return; /* who was sent has stopped: what is alike is what was alike before */
    bool again = e->alike > 0 && abs(l->ticks - e->alike_ticks) <= ALIKE_TICKS;
    if (again && !e->placed && l->compared < e->alike_compared)
        return; /* likewise: what is left of it proves less and less */
    e->alike_compared = l->compared;
    e->alike = again ? e->alike + 1 : 1;
    e->alike_ticks = l->ticks;
    bool elsewhere = e->placed && abs(l->ticks - e->delay_ticks) > NEAR_TICKS + ALIKE_TICKS;
    if (e->alike < (elsewhere ? MOVED_TIMES : ALIKE_TIMES))
        return;
    double change = l->difference_db - e->coupling_db;
    set_coupling(e, e->coupling_db + (e->placed && change < 2 * SLACK_DB ? SLOWLY * change : change));
    e->surprised = change >= 2 * SLACK_DB;
    e->placed = true;
    e->delay_ticks = l->ticks;
}

/* No echo is to be told from it: it is no louder than the whole of what the microphone heard. `times`: as
 * many comparisons has this one to stand for. */
static void found_bound(struct echo *e, const struct past *p, int64_t tick, int times)
{
    double sent = loudest_sent(p, ECHO_REACH_TICKS, ECHO_WINDOW_TICKS);
    double heard = loudest_heard(e, tick, ECHO_WINDOW_TICKS + ECHO_REACH_TICKS);
    e->alike = 0;
    if (sent < LOUD_DBOV || tick - e->first < ECHO_WINDOW_TICKS + ECHO_REACH_TICKS)
        return;
    if (heard - sent >= e->coupling_db - (e->placed ? 2 * SLACK_DB : SLACK_DB))
        return;
    bool off = heard < OFF_DBOV && e->placed;
    set_coupling(e, off ? e->coupling_db - OFF_DB * times : heard - sent);
}

static void learn(struct echo *e, const struct sent *s, uint32_t key, int64_t tick)
{
    struct past past;
    struct likeness best;
    if (e->first == NEVER_TICK || tick - e->learned < ECHO_LEARN_TICKS)
        return;
    int64_t since = e->learned == NEVER_TICK ? 0 : tick - e->learned;
    int times = (int)(since < ECHO_HEARD_TICKS ? since : ECHO_HEARD_TICKS) / ECHO_LEARN_TICKS;
    e->learned = tick;
    look_back(s, key, tick, &past);
    if (loudest_sent(&past, 0, ECHO_WINDOW_TICKS + ECHO_REACH_TICKS) < LOUD_DBOV)
        return;
    if (tick <= e->newest && find_echo(e, &past, tick, &best))
        found_echo(e, &best);
    else
        found_bound(e, &past, tick, times);
}

/* What of the sound of some ticks ago the microphone hears now, beside that of the delay. */
static double faded(const struct echo *e, int ticks)
{
    int early = e->delay_ticks - NEAR_TICKS - ticks, late = ticks - e->delay_ticks - NEAR_TICKS;
    if (!e->placed)
        return 0;
    return early > 0 ? early * EARLY_DB : late > 0 ? late * LATE_DB : 0;
}

static double expected(const struct echo *e, const struct sent *s, uint32_t key, int64_t tick)
{
    double loudest = -(double)SILENCE_DBOV;
    for (int i = 0; i < ECHO_REACH_TICKS; i++) {
        double level = -(double)sent_level(s, key, tick - i) - faded(e, i);
        loudest = level > loudest ? level : loudest;
    }
    return loudest + e->coupling_db;
}

static enum echo_verdict judge(double dbov, double expected_dbov, double noise_dbov)
{
    if (expected_dbov < ECHO_SILENT_DBOV)
        return ECHO_NONE;
    bool hidden = expected_dbov < noise_dbov + ECHO_NOISE_DB;
    if (dbov >= expected_dbov + ECHO_ABOVE_DB)
        return hidden ? ECHO_NONE : ECHO_ABOVE;
    return hidden ? ECHO_HIDDEN : ECHO_BELOW;
}

enum echo_verdict echo_packet(struct echo *e, const struct sent *s, uint32_t key, uint8_t level, bool sounds,
                              double noise_dbov, int ticks, int64_t tick)
{
    if (tick - e->newest > 1)
        learn(e, s, key, tick - 1); /* the silence before it */
    keep(e, level, sounds, ticks, tick);
    enum echo_verdict verdict = judge(-(double)level, expected(e, s, key, tick), noise_dbov);
    learn(e, s, key, tick);
    return verdict;
}
