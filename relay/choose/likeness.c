#include "choose/likeness.h"

#include <math.h>

#define LOUD_DBOV    (-45.0) /* from less than this nothing is learned */
#define TOP_DB       20.0    /* ticks so far below the loudest tell nothing: noise and walls fill them */
#define COMPARED_MIN 25      /* ticks */
#define SOUNDED_PART 0.6     /* of the loud ones sent the microphone must have heard anything */
#define SOUNDED_DB   6.0     /* above its noise */
#define VARIES_DB    2.5     /* by so much what it hears must differ from tick to tick, at least */
#define ALIKE_DB     3.0     /* an echo differs from what was sent by so much from tick to tick, */
#define OTHER_DB     10.0    /* and other speech by so much */
#define LEAST        (-3.0)  /* evidence of one tick */
#define MOST         1.204   /* evidence of one tick: log(OTHER_DB / ALIKE_DB) */
#define SHORT_TICKS  100
#define TAIL_TICKS   12  /* in which walls give back what has ended, */
#define FADES_DB     1.5 /* softer by so much in each, at least: 60 dB in 800 ms */

/* The loudest that was sent, of what lies so far back. */
static double top_sent(const struct likeness_past *p, int delay, int ticks)
{
    double top = -127;
    for (int i = delay; i < delay + ticks; i++)
        top = p->sent_dbov[i] > top ? p->sent_dbov[i] : top;
    return top;
}

static double top_heard(const struct likeness_past *p, int ticks)
{
    double top = -127;
    for (int i = 0; i < ticks; i++)
        top = !p->missing[i] && p->heard_dbov[i] > top ? p->heard_dbov[i] : top;
    return top;
}

/* How the microphone lies above what was sent in its loud ticks, on average; false: nothing to go by. */
static bool measure(const struct likeness_past *p, int delay, int ticks, double sent_from_dbov,
                    double *ret_db)
{
    double sum = 0;
    int n = 0, sounded = 0;
    for (int i = 0; i < ticks; i++) {
        if (p->missing[i] || p->sent_dbov[delay + i] < sent_from_dbov)
            continue;
        sum += p->heard_dbov[i] - p->sent_dbov[delay + i];
        sounded += p->heard_dbov[i] > p->noise_dbov + SOUNDED_DB;
        n++;
    }
    if (n < COMPARED_MIN || sounded < SOUNDED_PART * n)
        return false;
    *ret_db = sum / n;
    return true;
}

/* Whether the microphone hears what may be left of what was sent a little before, or half of it: where a tick
 * begins is another matter in it than in what was sent, and walls give back what has ended. */
static bool is_edge(const struct likeness_past *p, int at, double heard_dbov)
{
    double least = p->sent_dbov[at], most = least;
    for (int i = at > 0 ? at - 1 : at; i <= at + TAIL_TICKS && i < LIKENESS_TICKS + SENT_REACH_TICKS; i++) {
        double left = p->sent_dbov[i] - (i > at + 1 ? FADES_DB * (i - at - 1) : 0);
        most = left > most ? left : most;
        least = i <= at + 1 && p->sent_dbov[i] < least ? p->sent_dbov[i] : least;
    }
    return heard_dbov >= least && heard_dbov <= most;
}

/* One tick's: a normal distribution of ALIKE_DB beside one of OTHER_DB. */
static double evidence_of(double off_db)
{
    static const double bend = (1 / (ALIKE_DB * ALIKE_DB) - 1 / (OTHER_DB * OTHER_DB)) / 2;
    double evidence = MOST - bend * off_db * off_db;
    return evidence > LEAST ? evidence : LEAST;
}

/* Ticks in which the microphone is as it should be. */
struct alike {
    double evidence, sum, squares, off; /* off: from the coupling, dB */
    int n, all;                         /* ticks; with those in which it is not */
};

static void add_alike(struct alike *a, double evidence, double off_db, double heard_dbov)
{
    a->off += off_db;
    a->evidence += evidence;
    a->sum += heard_dbov;
    a->squares += heard_dbov * heard_dbov;
    a->n++;
}

/* A hum is like any other. */
static bool varies(const struct alike *a)
{
    double mean = a->n > 0 ? a->sum / a->n : 0;
    return a->n > 0 && a->squares / a->n - mean * mean >= VARIES_DB * VARIES_DB;
}

void likeness_at(const struct likeness_past *p, int delay, int ticks, struct likeness *ret)
{
    double top = top_sent(p, delay, ticks), from = top - TOP_DB;
    ticks = ticks < p->heard ? ticks : p->heard;
    *ret = (struct likeness){.delay_ticks = delay, .evidence = LIKENESS_NONE};
    if (top < LOUD_DBOV || !measure(p, delay, ticks, from, &ret->coupling_db))
        return;
    double heard_from = fmax(top_heard(p, ticks) - TOP_DB, p->noise_dbov + SOUNDED_DB);
    struct alike alike = {0};
    for (int i = 0; i < ticks && alike.evidence + MOST * (ticks - i) > 0; i++) {
        double sent = p->sent_dbov[delay + i], heard = p->heard_dbov[i];
        if (p->missing[i] || (sent < from && heard < heard_from))
            continue;
        double off = heard - fmax(sent + ret->coupling_db, p->noise_dbov), evidence = evidence_of(off);
        alike.all++;
        if (evidence >= 0)
            add_alike(&alike, evidence, off, heard);
        else if (!is_edge(p, delay + i, heard - ret->coupling_db))
            alike.evidence += evidence;
    }
    if (!varies(&alike))
        return;
    ret->evidence = alike.evidence;
    ret->coupling_db += alike.off / alike.n; /* a voice over it is none of it */
    ret->share = fmax(0, alike.evidence) / (MOST * alike.all);
}

void likeness_best(const struct likeness_past *p, struct likeness *ret)
{
    static const int windows[] = {SHORT_TICKS, LIKENESS_TICKS};
    *ret = (struct likeness){.evidence = LIKENESS_NONE};
    for (int w = 0; w < 2; w++)
        for (int delay = 0; delay < SENT_REACH_TICKS; delay++) {
            struct likeness l;
            likeness_at(p, delay, windows[w], &l);
            if (l.evidence > ret->evidence)
                *ret = l;
        }
}
