/* Two clocks in virtual time: what is held stays bounded whatever they differ by, and nothing is heard of it.
 */
#include <math.h>

#include "../rows.h"
#include "pace.h"

#define PI       3.14159265358979323846
#define TONE_HZ  440.0
#define MINUTE_S 60

static struct pace *make(void)
{
    struct pace *p;
    assert_int_equal(pace_create(&p), ERR_NONE);
    return p;
}

/* Giver and taker, each with a rate and a size of burst. The giver's sound is a tone. */
struct pair {
    struct pace *pace;
    double giver_hz, taker_hz;
    size_t giver_burst, taker_burst;
    double giver_s, taker_s; /* when each is due next ... */
    double giver_late_s, taker_late_s;
    double phase;
    size_t most, least; /* held after a take, since last asked */
    double before, before_that, step;
    uint32_t random;
};

/* A machine that is up to 4 ms late. */
static double late_s(struct pair *t)
{
    t->random = t->random * 1664525u + 1013904223u;
    return 0.004 * (t->random >> 8) / (1 << 24);
}

static void give(struct pair *t, point_us now_us)
{
    float pcm[4800];
    for (size_t i = 0; i < t->giver_burst; i++) {
        pcm[i] = (float)(0.5 * sin(t->phase));
        t->phase += 2 * PI * TONE_HZ / SAMPLES_PER_S;
    }
    t->phase = fmod(t->phase, 2 * PI);
    pace_put(t->pace, pcm, t->giver_burst, now_us);
}

static void take(struct pair *t, float *pcm, point_us now_us)
{
    pace_take(t->pace, pcm, t->taker_burst, now_us);
    size_t held = pace_held(t->pace);
    t->most = held > t->most ? held : t->most;
    t->least = held < t->least ? held : t->least;
}

/* Samples that follow each other: of a smooth tone the second difference is at most
 * 0.5 (2 pi 440 / 48000)^2 = 0.0017; one left out or put in makes 0.03. */
static void measure(struct pair *t, const float *pcm)
{
    for (size_t i = 0; i < t->taker_burst; i++) {
        t->step = fmax(t->step, fabs(pcm[i] - 2 * t->before + t->before_that));
        t->before_that = t->before;
        t->before = pcm[i];
    }
}

static void run(struct pair *t, double until_s)
{
    float pcm[4800];
    while (t->giver_s < until_s || t->taker_s < until_s) {
        if (t->giver_s + t->giver_late_s <= t->taker_s + t->taker_late_s) {
            give(t, (point_us)((t->giver_s + t->giver_late_s) * 1e6));
            t->giver_s += (double)t->giver_burst / t->giver_hz;
            t->giver_late_s = late_s(t);
        } else {
            take(t, pcm, (point_us)((t->taker_s + t->taker_late_s) * 1e6));
            measure(t, pcm);
            t->taker_s += (double)t->taker_burst / t->taker_hz;
            t->taker_late_s = late_s(t);
        }
    }
}

static void ask_anew(struct pair *t)
{
    t->most = 0;
    t->least = SIZE_MAX;
    t->step = 0;
}

static const struct {
    const char *what;
    double giver_ppm, taker_ppm;
    size_t giver_burst, taker_burst;
} rows[] = {
    {"1: the same clock", 0, 0, 960, 480},
    {"2: a loudspeaker 200 ppm fast", 0, 200, 960, 960},
    {"3: and slow", 0, -200, 960, 960},
    {"4: a microphone 200 ppm fast", 200, 0, 480, 960},
    {"5: and slow, in odd bursts", -200, 0, 1024, 960},
    {"6: both clocks off, apart by 200 ppm", 100, -100, 512, 960},
    {"7: a card with bursts of 60 ms", 100, 0, 2880, 960},
};

static void follows_the_clock(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct pair t = {.pace = make(),
                         .giver_hz = SAMPLES_PER_S * (1 + rows[i].giver_ppm / 1e6),
                         .taker_hz = SAMPLES_PER_S * (1 + rows[i].taker_ppm / 1e6),
                         .giver_burst = rows[i].giver_burst,
                         .taker_burst = rows[i].taker_burst,
                         .taker_s = 0.001};
        run(&t, 2 * MINUTE_S); /* it has learned */
        struct pace_counters before = pace_counters(t.pace);
        ask_anew(&t);
        run(&t, 6 * MINUTE_S);
        struct pace_counters after = pace_counters(t.pace);
        if (getenv("AULA_SHOW") != NULL)
            print_message(
                "# %s: %.0f ppm, held %zu to %zu ms, target %zu, step %.4f, starved %d leaps %d, before %d\n",
                rows[i].what, pace_ppm(t.pace), t.least / 48, t.most / 48, pace_target(t.pace) / 48, t.step,
                (int)(after.starved - before.starved), (int)(after.leaps - before.leaps),
                (int)before.starved);
        double apart = (t.giver_hz / t.taker_hz - 1) * 1e6;
        ROW_TRUE(i, fabs(pace_ppm(t.pace) - apart) < 40);
        ROW_TRUE(i, t.step < 0.004);
        ROW_EQUAL(i, after.starved - before.starved, 0);
        ROW_EQUAL(i, after.leaps - before.leaps, 0);
        ROW_TRUE(i, t.most < pace_target(t.pace) + rows[i].giver_burst + (size_t)rows[i].taker_burst);
        pace_destroy(t.pace);
    }
}

/* What comes out is all silence or all sound. */
static bool silent(const float *pcm, size_t samples)
{
    for (size_t i = 0; i < samples; i++)
        if (fabsf(pcm[i]) > 1e-3f)
            return false;
    return true;
}

static void goes_on_after_a_stall(void **state)
{
    (void)state;
    float one[TICK_SAMPLES], heard[TICK_SAMPLES];
    struct pace *p = make();
    point_us now_us = 5 * (point_us)US_PER_S;
    for (size_t i = 0; i < TICK_SAMPLES; i++)
        one[i] = 0.5f;
    assert_false(pace_take(p, heard, TICK_SAMPLES, now_us));
    assert_true(silent(heard, TICK_SAMPLES)); /* nothing has come yet */
    for (int tick = 0; tick < 400; tick++, now_us += TICK_US) {
        bool stalls = tick >= 100 && tick < 150;
        if (!stalls)
            pace_put(p, one, TICK_SAMPLES, now_us);
        bool whole = pace_take(p, heard, TICK_SAMPLES, now_us + 3000);
        if (tick >= 103 && tick < 150)
            assert_true(!whole && silent(heard + 600, TICK_SAMPLES - 600));
        if (tick >= 160)
            assert_true(whole && heard[0] > 0.49f && heard[TICK_SAMPLES - 1] > 0.49f);
    }
    assert_int_equal(pace_counters(p).starved, 1);
    assert_true(pace_target(p) > PACE_FIRST); /* and more is spare from now on */
    pace_destroy(p);
}

static void forgets_what_is_late(void **state)
{
    (void)state;
    static float second[SAMPLES_PER_S];
    float heard[TICK_SAMPLES];
    struct pace *p = make();
    point_us now_us = 5 * (point_us)US_PER_S;
    for (int tick = 0; tick < 50; tick++, now_us += TICK_US) {
        pace_put(p, second, TICK_SAMPLES, now_us);
        pace_take(p, heard, TICK_SAMPLES, now_us);
    }
    pace_put(p, second, SAMPLES_PER_S, now_us); /* the process stood still, all comes at once */
    assert_true(pace_held(p) <= PACE_SAMPLES_MAX);
    for (int i = 0; i < 1000; i++) /* nobody takes */
        pace_put(p, second, TICK_SAMPLES + 7, now_us);
    assert_true(pace_held(p) <= PACE_SAMPLES_MAX);
    assert_true(pace_counters(p).leaps > 1);
    pace_clear(p);
    assert_int_equal(pace_held(p), 0);
    assert_false(pace_take(p, heard, TICK_SAMPLES, now_us));
    pace_put(p, second, 0, now_us);
    pace_destroy(p);
    pace_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(follows_the_clock),
                                       cmocka_unit_test(goes_on_after_a_stall),
                                       cmocka_unit_test(forgets_what_is_late)};
    return cmocka_run_group_tests_name("pace", tests, NULL, NULL);
}
