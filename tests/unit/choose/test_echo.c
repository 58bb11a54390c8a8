/* Microphones that hear a loudspeaker, a voice, both or nothing: what is taken for a voice, and what is
 * learned. Speech here is syllables of chance loudness, a level a tick. */
#include "choose/echo.h"

#include <math.h>

#include "../rows.h"
#include "plane.h"

#define HALL   1u
#define REMOTE (0x80000000u | 7u)
#define TICKS  1500 /* 30 s */
#define SOON   150  /* ticks after which what there is to learn is learned */

struct voice {
    uint32_t dice;
    int left, rest; /* ticks of the syllable, of the pause after it */
    double dbov;
};

static double chance(struct voice *v)
{
    v->dice = v->dice * 1664525u + 1013904223u;
    return (double)(v->dice >> 8) / (1 << 24);
}

/* The voice's next tick, dBov. */
static double speak(struct voice *v, double loudest_dbov)
{
    if (v->left == 0 && v->rest-- <= 0) {
        v->left = 3 + (int)(chance(v) * 8);
        v->rest = chance(v) < 0.1 ? 10 + (int)(chance(v) * 20) : (int)(chance(v) * 4);
        v->dbov = loudest_dbov - 16 * chance(v);
    }
    if (v->left == 0)
        return -75;
    v->left--;
    return v->dbov - 5 * chance(v) - (v->left < 2 ? 6 : 0);
}

static double sum_db(double a, double b)
{
    return 10 * log10(pow(10, a / 10) + pow(10, b / 10));
}

static uint8_t level(double dbov)
{
    return dbov <= -127 ? 127 : dbov >= 0 ? 0 : (uint8_t)lround(-dbov);
}

static const struct row {
    const char *what;
    bool hall;
    double coupling_db; /* of loudspeaker and microphone; -200 = none */
    int delay;          /* ticks */
    double room_dbov;   /* its noise */
    double talk_dbov;   /* of someone in the room; -200 = nobody */
    int talks_from, talks_to;
    int packet_ticks;
    double lowest_db, highest_db; /* what was learned in the end */
    int wrong;                    /* ticks in which echo or noise alone may be taken for a voice */
    double missed;                /* share of the talk's loud ticks that may be taken for echo */
} rows[] = {
    {"an echo alone is no voice", true, -20, 7, -70, -200, 0, 0, 1, -23, -17, 0, 0},
    {"nor a loud one", true, -10, 5, -70, -200, 0, 0, 1, -13, -7, 0, 0},
    {"nor a soft one that comes late", true, -30, 30, -75, -200, 0, 0, 1, -33, -26, 0, 0},
    {"a remote participant's, once it is known", false, -15, 12, -70, -200, 0, 0, 1, -18, -12, SOON, 0},
    {"louder than it was sent", true, 6, 8, -70, -200, 0, 0, 1, 3, 9, SOON, 0},
    {"in packets of 60 ms", true, -20, 9, -70, -200, 0, 0, 3, -25, -12, 6, 0},
    {"someone speaks over it", true, -20, 7, -70, -20, 500, 900, 1, -23, -17, 3, 0.05},
    {"softly", true, -20, 7, -70, -30, 500, 900, 1, -23, -17, 3, 0.7},
    {"over a loud one", true, -10, 7, -70, -15, 500, 900, 1, -14, -6, 3, 0.7},
    {"someone with a headset speaks all the time", false, -200, 0, -70, -20, 0, TICKS, 1, -60, -60, 0, 0},
    {"a hall without an echo", true, -200, 0, -70, -20, 500, TICKS, 1, -60, -45, 0, 0},
    {"whose microphone sends digital silence", true, -200, 0, -127, -20, 500, TICKS, 1, -60, -60, 0, 0},
    {"a noisy hall hides its echo", true, -50, 7, -55, -20, 500, 900, 1, -60, -30, 0, 0},
};

struct outcome {
    int wrong, loud, missed;
};

static void play(const struct row *r, uint32_t seed, struct sent *s, struct echo *e, struct outcome *o)
{
    struct voice far = {.dice = seed}, near = {.dice = seed + 99};
    double said[TICKS], power = 0;
    uint32_t key = r->hall ? HALL : REMOTE;
    sent_init(s);
    echo_init(e, r->hall);
    *o = (struct outcome){0};
    for (int t = 0; t < TICKS; t++) {
        bool talks = t >= r->talks_from && t < r->talks_to;
        said[t] = speak(&far, -16);
        double talk = talks ? speak(&near, r->talk_dbov) : -200;
        double heard = sum_db(t >= r->delay ? said[t - r->delay] + r->coupling_db : -200, r->room_dbov);
        power += pow(10, sum_db(heard, talk) / 10);
        sent_put(s, 3, level(said[t]), 1, t);
        if (t % r->packet_ticks != r->packet_ticks - 1)
            continue;
        uint8_t l = level(10 * log10(power / r->packet_ticks));
        power = 0;
        bool sounds = -(double)l > fmax(-60, fmax(r->room_dbov, -65) + 9);
        enum echo_verdict v = echo_packet(e, s, key, l, fmax(r->room_dbov, -65), r->packet_ticks, t);
        o->wrong += !talks && sounds && v != ECHO_BELOW && v != ECHO_HIDDEN;
        bool loud = talks && talk > r->talk_dbov - 12;
        o->loud += loud;
        o->missed += loud && v == ECHO_BELOW;
    }
}

static void tells_echoes_from_voices(void **state)
{
    (void)state;
    static struct sent s;
    for (size_t i = 0; i < COUNT(rows); i++)
        for (uint32_t seed = 1; seed <= 5; seed++) {
            struct echo e;
            struct outcome o;
            play(&rows[i], seed, &s, &e, &o);
            if (o.wrong > rows[i].wrong || o.missed > o.loud * rows[i].missed ||
                e.coupling_db < rows[i].lowest_db || e.coupling_db > rows[i].highest_db)
                fail_msg(
                    "row %zu (%s), seed %u: %d ticks of echo taken for a voice, %d of %d of the voice for "
                    "an echo, coupling %.1f dB",
                    i + 1, rows[i].what, seed, o.wrong, o.missed, o.loud, e.coupling_db);
            if (e.placed)
                ROW_TRUE(i, e.delay_ticks >= rows[i].delay - 1 && e.delay_ticks <= rows[i].delay + 2);
        }
}

/* Where an echo was heard, a microphone that is switched off forgets it slowly; closed, not at all. */
static void what_is_switched_off_is_not_forgotten(void **state)
{
    (void)state;
    static struct sent s;
    struct echo e;
    struct outcome o;
    struct voice far = {.dice = 5};
    play(&rows[0], 4, &s, &e, &o);
    double coupling_db = e.coupling_db;
    echo_close(&e);
    assert_true(fabs(e.coupling_db - coupling_db) < 1e-9);
    for (int t = TICKS; t < TICKS + 50 * 5; t++) {
        sent_put(&s, 3, level(speak(&far, -16)), 1, t);
        echo_packet(&e, &s, HALL, SILENCE_DBOV, -65, 1, t);
    }
    assert_true(e.coupling_db < coupling_db - 5 && e.coupling_db > coupling_db - 16);
}

/* Whom the echo of a remote participant's loudspeaker was found in: he puts on a headset, or it never was
 * one. It is forgotten while he is silent and while he talks, and a hall is not believed to be louder than
 * any. */
static void an_echo_that_is_gone_is_forgotten(void **state)
{
    (void)state;
    static struct sent s;
    static const struct {
        bool hall;
        double talk_dbov; /* of the microphone's own voice; -200: nobody talks */
        double highest_db;
    } ends[] = {
        {false, -200, -40}, {false, -20, ECHO_REMOTE_DB}, {true, -200, -40}, {true, -20, ECHO_HALL_DB}};
    for (size_t i = 0; i < COUNT(ends); i++) {
        struct echo e;
        struct outcome o;
        struct voice far = {.dice = 5}, near = {.dice = 77};
        struct row r = {
            .hall = ends[i].hall, .coupling_db = -6, .delay = 8, .room_dbov = -70, .packet_ticks = 1};
        play(&r, 4, &s, &e, &o);
        ROW_TRUE(i, e.placed && e.coupling_db > -10);
        for (int t = TICKS; t < TICKS + 50 * 4; t++) {
            double talk = ends[i].talk_dbov > -200 ? speak(&near, ends[i].talk_dbov) : -200;
            sent_put(&s, 3, level(speak(&far, -16)), 1, t);
            echo_packet(&e, &s, ends[i].hall ? HALL : REMOTE, level(sum_db(talk, -70)), -65, 1, t);
        }
        ROW_TRUE(i, !e.placed);
        ROW_TRUE(i, e.coupling_db <= ends[i].highest_db);
    }
}

/* Ticks that go back, leap, and levels of any value do not matter. */
static void takes_anything(void **state)
{
    (void)state;
    static struct sent s;
    struct echo e;
    struct voice v = {.dice = 9};
    int64_t tick = 0;
    sent_init(&s);
    echo_init(&e, true);
    for (int i = 0; i < 20000; i++) {
        double x = chance(&v);
        tick += x < 0.01 ? 1000000 : x < 0.02 ? -50 : x < 0.1 ? 30 : 1;
        sent_put(&s, (uint32_t)(chance(&v) * 3), (uint8_t)(chance(&v) * 256), 1 + (int)(chance(&v) * 6),
                 tick);
        uint8_t l = (uint8_t)(chance(&v) * 128);
        (void)echo_packet(&e, &s, 1, l, -60, 1 + (int)(chance(&v) * 6), tick);
        assert_true(e.coupling_db >= ECHO_LOWEST_DB && e.coupling_db <= ECHO_HIGHEST_DB);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_echoes_from_voices),
        cmocka_unit_test(what_is_switched_off_is_not_forgotten),
        cmocka_unit_test(an_echo_that_is_gone_is_forgotten),
        cmocka_unit_test(takes_anything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
