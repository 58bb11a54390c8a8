#include "choose/echo.h"

#include <stdlib.h>
#include <string.h>

#include "plane.h"

#define NEVER_TICK (INT64_MIN / 2)

#define LOUD_DBOV (-45.0) /* from less than this nothing is learned */
/* Evidence (choose/likeness) before an echo is believed: two seconds of talk. Two people who talk at once
 * have 40 in one hour of six, and a tenth as often for each 15 more. */
#define ENOUGH      65.0
#define STILL       20.0 /* of one that is believed, over SHORT_TICKS, to learn from it */
#define STILL_SHARE 0.45 /* likewise of the evidence: else somebody speaks over it */
#define MOVED                                                                                                \
    20.0 /* more than where it was, to believe that it comes so much sooner or later than it did             \
          */
#define SHORT_TICKS 100
#define BOUND_TICKS                                                                                          \
    50                   /* over which what was sent, and a microphone that hears nothing of it, set a bound \
                          */
#define FRESH_MIN    3   /* ticks sent since the comparison before: else it tells nothing new */
#define SLACK_DB     3.0 /* a bound counts where it is so much lower; twice that beside what was found */
#define SLOWLY       0.3 /* share of a difference that one comparison takes up */
#define OFF_DBOV     (-100.0) /* a microphone that is softer is switched off */
#define OFF_DB       0.5      /* what one comparison then takes off, where an echo was found before */
#define NEAR_TICKS   2        /* from the delay: a playout buffer breathes; */
#define JITTER_TICKS 3        /* and where it fits as little as JITTER_SHARE: the line does */
#define JITTER_SHARE 0.55
#define EARLY_DB     2.0
#define LATE_DB      1.0 /* and after it: a hall fades by 1.5 dB a tick */
/* So far above what is expected a packet holds a voice: the less, the better the echo fits. */
#define ABOVE_DB       6.0
#define ABOVE_SHARE    0.6  /* of evidence (choose/likeness) at which it is that */
#define ABOVE_FITS     4.0  /* dB less for a share of 1 more, */
#define ABOVE_FITS_NOT 15.0 /* and more for 1 less: a line that jitters, */
#define ABOVE_MOST_DB  9.0  /* at most */
#define GONE_TICKS     75   /* over which an echo is missed */
#define GONE_MIN       10   /* ticks without it */
#define GONE_DB        10.0 /* so much softer than it ought to be */
#define TOP_DB         20.0 /* softer than the loudest that was sent: not missed */

static unsigned place(int64_t tick)
{
    return (unsigned)((uint64_t)tick % ECHO_HEARD_TICKS);
}

void echo_init(struct echo *e, bool hall)
{
    memset(e, 0, sizeof *e);
    e->expected_db = e->coupling_db = hall ? ECHO_HALL_DB : ECHO_REMOTE_DB;
    e->share = ABOVE_SHARE;
    echo_close(e);
}

void echo_close(struct echo *e)
{
    e->first = e->newest = e->learned = NEVER_TICK;
}

/* Ticks without a packet up to this one; then the packet's own. */
static void keep(struct echo *e, uint8_t level, int ticks, int64_t tick)
{
    int64_t from = e->newest + 1 > tick - ECHO_HEARD_TICKS ? e->newest + 1 : tick - ECHO_HEARD_TICKS + 1;
    for (int64_t at = from; at <= tick; at++)
        e->heard[place(at)] = LEVEL_UNKNOWN;
    for (int64_t at = tick - ticks + 1; at <= tick; at++) {
        uint8_t *heard = &e->heard[place(at)];
        *heard = *heard == LEVEL_UNKNOWN || level < *heard ? level : *heard;
    }
    if (tick > e->newest)
        e->newest = tick;
    if (e->first == NEVER_TICK)
        e->first = tick;
}

static void look_back(const struct echo *e, const struct sent *s, uint32_t key, double noise_dbov,
                      int64_t tick, struct likeness_past *ret)
{
    int64_t since = tick - e->first + 1;
    for (int i = 0; i < LIKENESS_TICKS + SENT_REACH_TICKS; i++)
        ret->sent_dbov[i] = -(double)sent_level(s, key, tick - i);
    for (int i = 0; i < LIKENESS_TICKS; i++) {
        uint8_t heard = tick - i > e->newest ? LEVEL_UNKNOWN : e->heard[place(tick - i)];
        ret->missing[i] = heard == LEVEL_UNKNOWN;
        ret->heard_dbov[i] = ret->missing[i] ? -(double)SILENCE_DBOV : -(double)heard;
    }
    ret->noise_dbov = noise_dbov;
    ret->heard = since < LIKENESS_TICKS ? (int)since : LIKENESS_TICKS;
}

static double loudest(const double *dbov, int from, int ticks)
{
    double loudest = -(double)SILENCE_DBOV;
    for (int i = from; i < from + ticks; i++)
        loudest = dbov[i] > loudest ? dbov[i] : loudest;
    return loudest;
}

static void set_coupling(struct echo *e, double db)
{
    db = db > ECHO_HIGHEST_DB ? ECHO_HIGHEST_DB : db;
    e->coupling_db = db < ECHO_LOWEST_DB ? ECHO_LOWEST_DB : db;
}

/* Whether enough was sent since the comparison before at what is this far back: who stops amid a word proves
 * nothing by it. */
static bool is_fresh(const struct likeness_past *p, int delay)
{
    int fresh = 0;
    for (int i = 0; i < ECHO_LEARN_TICKS; i++)
        fresh += p->sent_dbov[delay + i] >= LOUD_DBOV;
    return fresh >= FRESH_MIN;
}

/* What is believed of an echo that is there. */
static void believe(struct echo *e, const struct likeness *l)
{
    double change = l->coupling_db - e->coupling_db;
    set_coupling(e, e->coupling_db + (e->placed && change < 2 * SLACK_DB ? SLOWLY * change : change));
    e->surprised = change >= 2 * SLACK_DB;
    e->share = e->placed ? e->share + SLOWLY * (l->share - e->share) : l->share;
    e->placed = true;
    e->delay_ticks = l->delay_ticks;
}

/* What the microphone hears at the delay that is believed, a tick to either side: the best of it. */
static void likeness_here(const struct echo *e, const struct likeness_past *p, struct likeness *ret)
{
    *ret = (struct likeness){.evidence = LIKENESS_NONE};
    for (int delay = e->delay_ticks - 1; delay <= e->delay_ticks + 1; delay++) {
        struct likeness l;
        if (delay < 0 || delay >= SENT_REACH_TICKS)
            continue;
        likeness_at(p, delay, SHORT_TICKS, &l);
        if (l.evidence > ret->evidence)
            *ret = l;
    }
}

/* An echo that was believed is not heard where it must be: it is gone, or it never was one. A microphone that
 * is switched off says nothing of it. */
static bool is_gone(const struct echo *e, const struct likeness_past *p)
{
    int d = e->delay_ticks, missed = 0, there = 0;
    double from = loudest(p->sent_dbov, d, GONE_TICKS) - TOP_DB;
    for (int i = 0; i < GONE_TICKS && i < p->heard; i++) {
        double least = p->sent_dbov[d + i];
        for (int k = d + i - 1; k <= d + i + 1; k++)
            if (k >= 0 && k < LIKENESS_TICKS + SENT_REACH_TICKS && p->sent_dbov[k] < least)
                least = p->sent_dbov[k];
        least += e->coupling_db;
        if (p->missing[i] || p->heard_dbov[i] < OFF_DBOV || p->sent_dbov[d + i] < from ||
            least < p->noise_dbov + GONE_DB)
            continue;
        missed += p->heard_dbov[i] < least - GONE_DB;
        there += p->heard_dbov[i] >= least - GONE_DB;
    }
    return missed >= GONE_MIN && 4 * missed > there;
}

/* No echo is to be told from it: it is no louder than the whole of what the microphone heard. `times`: as
 * many comparisons has this one to stand for. */
static void set_bound(struct echo *e, const struct likeness_past *p, int times)
{
    double sent = loudest(p->sent_dbov, SENT_REACH_TICKS, BOUND_TICKS);
    double heard = loudest(p->heard_dbov, 0, BOUND_TICKS + SENT_REACH_TICKS);
    if (sent < LOUD_DBOV || p->heard <= BOUND_TICKS + SENT_REACH_TICKS)
        return;
    if (heard - sent >= e->coupling_db - (e->placed ? 2 * SLACK_DB : SLACK_DB))
        return;
    bool off = heard < OFF_DBOV && e->placed;
    set_coupling(e, off ? e->coupling_db - OFF_DB * times : heard - sent);
}

static void compare(struct echo *e, const struct likeness_past *p, int times)
{
    struct likeness best, here = {.evidence = LIKENESS_NONE};
    likeness_best(p, &best);
    if (e->placed)
        likeness_here(e, p, &here);
    bool elsewhere = e->placed && abs(best.delay_ticks - e->delay_ticks) > NEAR_TICKS;
    double needed = elsewhere && here.evidence > ENOUGH - MOVED ? here.evidence + MOVED : ENOUGH;
    if (best.evidence >= needed && is_fresh(p, best.delay_ticks) && (!e->placed || best.share >= STILL_SHARE))
        believe(e, &best);
    else if (here.evidence >= STILL && is_fresh(p, here.delay_ticks) && here.share >= STILL_SHARE)
        believe(e, &here);
    else if (e->placed && is_gone(e, p)) {
        e->placed = false;
        set_coupling(e, e->coupling_db < e->expected_db ? e->coupling_db : e->expected_db);
    } else
        set_bound(e, p, times);
}

static void learn(struct echo *e, const struct sent *s, uint32_t key, double noise_dbov, int64_t tick)
{
    struct likeness_past past;
    if (e->first == NEVER_TICK || tick - e->learned < ECHO_LEARN_TICKS)
        return;
    int64_t since = e->learned == NEVER_TICK ? 0 : tick - e->learned;
    e->learned = tick;
    look_back(e, s, key, noise_dbov, tick, &past);
    if (loudest(past.sent_dbov, 0, BOUND_TICKS + SENT_REACH_TICKS) < LOUD_DBOV)
        return;
    compare(e, &past, (int)(since < ECHO_HEARD_TICKS ? since : ECHO_HEARD_TICKS) / ECHO_LEARN_TICKS);
}

/* What of the sound of some ticks ago the microphone hears now, beside that of the delay. */
static double faded(const struct echo *e, int ticks)
{
    int near = e->share < JITTER_SHARE ? JITTER_TICKS : NEAR_TICKS;
    int early = e->delay_ticks - near - ticks, late = ticks - e->delay_ticks - near;
    if (!e->placed)
        return 0;
    return early > 0 ? early * EARLY_DB : late > 0 ? late * LATE_DB : 0;
}

static double expected(const struct echo *e, const struct sent *s, uint32_t key, int64_t tick)
{
    double loudest = -(double)SILENCE_DBOV;
    for (int i = 0; i < SENT_REACH_TICKS; i++) {
        double level = -(double)sent_level(s, key, tick - i) - faded(e, i);
        loudest = level > loudest ? level : loudest;
    }
    return loudest + e->coupling_db;
}

static double margin_db(const struct echo *e)
{
    double better = e->share - ABOVE_SHARE;
    double margin = ABOVE_DB - better * (better > 0 ? ABOVE_FITS : ABOVE_FITS_NOT);
    return margin < ABOVE_MOST_DB ? margin : ABOVE_MOST_DB;
}

static enum echo_verdict judge(const struct echo *e, double dbov, double expected_dbov, double noise_dbov)
{
    if (expected_dbov < ECHO_SILENT_DBOV)
        return ECHO_NONE;
    bool hidden = expected_dbov < noise_dbov + ECHO_NOISE_DB;
    if (dbov >= expected_dbov + margin_db(e))
        return hidden ? ECHO_NONE : ECHO_ABOVE;
    return hidden ? ECHO_HIDDEN : ECHO_BELOW;
}

enum echo_verdict echo_packet(struct echo *e, const struct sent *s, uint32_t key, uint8_t level,
                              double noise_dbov, int ticks, int64_t tick)
{
    if (tick - e->newest > 1)
        learn(e, s, key, noise_dbov, tick - 1); /* the silence before it */
    keep(e, level, ticks, tick);
    enum echo_verdict verdict = judge(e, -(double)level, expected(e, s, key, tick), noise_dbov);
    learn(e, s, key, noise_dbov, tick);
    return verdict;
}
