/* What counts for an echo and what against it. Speech here is syllables of chance loudness, a level a tick.
 */
#include "choose/likeness.h"

#include <math.h>
#include <stdlib.h>

#include "../rows.h"

#define BELIEVED 65.0 /* as choose/echo does */
#define SEEDS    40
#define ALL      (LIKENESS_TICKS + SENT_REACH_TICKS)

static uint32_t dice;

static double chance(void)
{
    dice = dice * 1664525u + 1013904223u;
    return (double)(dice >> 8) / (1 << 24);
}

/* Newest first or last, it is the same to it. */
static void speak(double *dbov, int ticks, double loudest_dbov)
{
    for (int at = 0; at < ticks;) {
        double syllable = loudest_dbov - 16 * chance();
        int end = at + 3 + (int)(chance() * 8), pause = chance() < 0.1 ? 15 : (int)(chance() * 4);
        for (; at < end && at < ticks; at++)
            dbov[at] = syllable - 5 * chance();
        for (end = at + pause; at < end && at < ticks; at++)
            dbov[at] = -75;
    }
}

static double sum_db(double a, double b)
{
    return 10 * log10(pow(10, a / 10) + pow(10, b / 10));
}

static const struct row {
    const char *what;
    double coupling_db; /* -200: no echo */
    int delay;
    double differs_db;      /* of the echo from tick to tick, at most */
    double noise_dbov;      /* of the microphone */
    double talk_dbov;       /* in the room; -200: nobody */
    int talk_from, talk_to; /* in ticks before now */
    int sent_from, sent_to; /* what was sent, in the same: nothing before it nor after it */
    int lost;               /* one packet in so many is missing; 0: none */
    int heard;              /* ticks for which the microphone has been listened to */
    bool hum;               /* what was sent is one steady sound */
    double least, most;     /* evidence */
} rows[] = {
    {"an echo", -20, 7, 2, -70, -200, 0, 0, 0, ALL, 0, ALL, false, BELIEVED, 300},
    {"a loud one at once", 6, 0, 2, -70, -200, 0, 0, 0, ALL, 0, ALL, false, BELIEVED, 300},
    {"a late one", -10, 35, 2, -70, -200, 0, 0, 0, ALL, 0, ALL, false, BELIEVED, 300},
    {"walls make it differ", -20, 7, 7, -70, -200, 0, 0, 0, ALL, 0, ALL, false, 10, 300},
    {"in noise", -20, 7, 2, -58, -200, 0, 0, 0, ALL, 0, ALL, false, 20, 300},
    {"with packets lost", -20, 7, 2, -70, -200, 0, 0, 0, ALL, 10, ALL, false, BELIEVED, 300},
    {"of two seconds", -20, 7, 2, -70, -200, 0, 0, 0, 110, 0, 110, false, 40, 300},
    {"half a second proves nothing", -20, 7, 2, -70, -200, 0, 0, 0, ALL, 0, 25, false, LIKENESS_NONE, 30},
    {"two who talk at once", -200, 0, 0, -70, -18, 0, ALL, 0, ALL, 0, ALL, false, LIKENESS_NONE, 40},
    {"one of them stops amid a word", -200, 0, 0, -70, -18, 20, ALL, 0, ALL, 0, ALL, false, LIKENESS_NONE,
     40},
    {"he who was sent does", -200, 0, 0, -70, -18, 0, ALL, 20, ALL, 0, ALL, false, LIKENESS_NONE, 40},
    {"he spoke before anything was sent", -200, 0, 0, -70, -18, 0, ALL, 0, 60, 0, ALL, false, LIKENESS_NONE,
     0},
    {"somebody speaks over an echo all the time", -20, 7, 2, -70, -12, 0, ALL, 0, ALL, 0, ALL, false,
     LIKENESS_NONE, 40},
    {"he spoke over it, two seconds ago", -20, 7, 2, -70, -12, 102, ALL, 0, ALL, 0, ALL, false, 40, 300},
    {"silence with a noise", -200, 0, 0, -60, -200, 0, 0, 0, ALL, 0, ALL, false, LIKENESS_NONE,
     LIKENESS_NONE},
    {"nothing was sent", -200, 0, 0, -70, -18, 0, ALL, 0, 0, 0, ALL, false, LIKENESS_NONE, LIKENESS_NONE},
    {"a hum is like any other", -20, 7, 0, -70, -200, 0, 0, 0, ALL, 0, ALL, true, LIKENESS_NONE,
     LIKENESS_NONE},
    {"no packet came", -20, 7, 2, -70, -200, 0, 0, 0, ALL, 1, ALL, false, LIKENESS_NONE, LIKENESS_NONE},
    {"it has only just been opened", -20, 7, 2, -70, -200, 0, 0, 0, ALL, 0, 1, false, LIKENESS_NONE,
     LIKENESS_NONE},
};

static void furnish(const struct row *r, struct likeness_past *p)
{
    double talk[LIKENESS_TICKS];
    *p = (struct likeness_past){.noise_dbov = r->noise_dbov,
                                .heard = r->heard < LIKENESS_TICKS ? r->heard : LIKENESS_TICKS};
    speak(p->sent_dbov, ALL, -16);
    speak(talk, LIKENESS_TICKS, r->talk_dbov);
    for (int i = 0; i < ALL; i++)
        p->sent_dbov[i] = i < r->sent_from || i >= r->sent_to ? -127 : r->hum ? -20 : p->sent_dbov[i];
    for (int i = 0; i < LIKENESS_TICKS; i++) {
        bool talks = i >= r->talk_from && i < r->talk_to;
        double echo = p->sent_dbov[i + r->delay] + r->coupling_db + r->differs_db * (2 * chance() - 1);
        p->heard_dbov[i] = sum_db(sum_db(echo, r->noise_dbov), talks ? talk[i] : -200);
        p->missing[i] = r->lost > 0 && i % r->lost == 0;
    }
}

static void weighs_the_evidence(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        for (dice = 1; dice <= SEEDS; dice++) {
            struct likeness_past p;
            struct likeness best;
            uint32_t seed = dice;
            furnish(&rows[i], &p);
            likeness_best(&p, &best);
            if (best.evidence < rows[i].least || best.evidence > rows[i].most)
                fail_msg("row %zu (%s), seed %u: evidence %.1f at %d ticks", i + 1, rows[i].what, seed,
                         best.evidence, best.delay_ticks);
            if (best.evidence >= BELIEVED) {
                ROW_TRUE(i, abs(best.delay_ticks - rows[i].delay) <= 1);
                ROW_TRUE(i, fabs(best.coupling_db - rows[i].coupling_db) < 3);
            }
            dice = seed;
        }
}

/* Whatever the levels are. */
static void takes_anything(void **state)
{
    (void)state;
    dice = 7;
    for (int n = 0; n < 300; n++) {
        struct likeness_past p = {.noise_dbov = -65 * chance(),
                                  .heard = (int)(chance() * (LIKENESS_TICKS + 1))};
        struct likeness best;
        for (int i = 0; i < ALL; i++)
            p.sent_dbov[i] = chance() < 0.3 ? 0 : -127 * chance();
        for (int i = 0; i < LIKENESS_TICKS; i++) {
            p.heard_dbov[i] = chance() < 0.3 ? -127 : -127 * chance();
            p.missing[i] = chance() < 0.2;
        }
        likeness_best(&p, &best);
        assert_true(best.evidence < BELIEVED);
        assert_in_range(best.delay_ticks, 0, SENT_REACH_TICKS - 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weighs_the_evidence),
        cmocka_unit_test(takes_anything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
