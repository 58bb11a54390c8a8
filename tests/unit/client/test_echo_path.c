/* The way from loudspeaker to microphone is followed while clocks and paces stretch it, somebody speaks over
 * it, or it leaps. The voices are noise with the gait of speech. */
#include <math.h>

#include "../rows.h"
#include "between.h"
#include "echo_path.h"

#define SECONDS 30
#define TICKS   (SECONDS * 50)
#define SAMPLES (TICKS * TICK_SAMPLES)
#define FIRST   (100 * SAMPLES_PER_MS)

static uint32_t dice(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static float *voice(uint32_t seed, double peak)
{
    float *pcm = malloc(SAMPLES * sizeof *pcm), low = 0, lower = 0;
    assert_non_null(pcm);
    double gait = 0;
    for (int i = 0; i < SAMPLES; i++) {
        if (i % 4800 == 0)
            gait = i / 96000 * 96000 + 72000 < i ? 0 : (dice(&seed) % 100) / 100.0;
        low = (float)(0.8 * low + 0.2 * ((double)dice(&seed) / (1 << 23) - 1));
        lower = (float)(0.5 * lower + 0.5 * low);
        pcm[i] = (float)(peak * gait * gait * lower * 4);
    }
    return pcm;
}

static const struct row {
    const char *what;
    double ppm;      /* by which the way grows from the beginning on */
    double told_ppm; /* and from the tenth second on, which is told */
    double leap_ms;  /* at the twelfth, told */
    double talk;     /* of a voice over it from the tenth second on; the echo's is 0.16 */
    double within;   /* samples, in the last five seconds */
    double drift_ppm;
} rows[] = {
    {"1: nothing moves", 0, 0, 0, 0, 0.2, 1},
    {"2: and somebody talks over it", 0, 0, 0, 0.5, 3, 8},
    {"3: two cards 150 ppm apart", 150, 0, 0, 0, 12, 15},
    {"4: the other way", -150, 0, 0, 0, 12, 15},
    {"5: what is told is followed at once", 0, -20, 0, 0, 3, 4},
    {"6: also over a voice", 0, -20, 0, 0.5, 3, 10},
    {"7: what takes up the drift", 100, -100, 0, 0, 3, 6},
    {"8: sound was left out", 0, 0, -12.3, 0, 1, 2},
    {"9: or put in, over a voice", 0, 0, 31.1, 0.5, 3, 8},
};

/* What the way is at a moment. */
static double length(const struct row *row, double at)
{
    double s = at / SAMPLES_PER_S, told = fmax(0, s - 10) * row->told_ppm;
    return FIRST + (row->ppm * s + told) * SAMPLES_PER_S * 1e-6 +
           (s >= 12 ? row->leap_ms * SAMPLES_PER_MS : 0);
}

static double slip(const struct row *row, double at)
{
    struct row steady = *row;
    steady.ppm = 0;
    return FIRST - length(&steady, at);
}

static void the_way_is_followed(void **state)
{
    (void)state;
    static struct between between;
    between_init(&between);
    float *far = voice(1, 0.5), *talk = voice(3, 1);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct echo_path p;
        double off = 0, drift = 0, at = 0;
        echo_path_init(&p);
        for (int tick = 0; tick < TICKS; tick++) {
            float near[TICK_SAMPLES];
            for (int k = 0; k < TICK_SAMPLES; k++) {
                int n = tick * TICK_SAMPLES + k;
                double place = n - length(&rows[i], n), whole = floor(place);
                near[k] = whole < BETWEEN_TAPS
                              ? 0
                              : 0.316f * between_sample(&between, far + (int)whole - (BETWEEN_TAPS / 2 - 1),
                                                        place - whole);
                if (n >= 10 * SAMPLES_PER_S)
                    near[k] += (float)rows[i].talk * talk[n];
            }
            echo_path_put(&p, near, far + tick * TICK_SAMPLES, slip(&rows[i], tick * TICK_SAMPLES));
            if (tick < (SECONDS - 5) * 50)
                continue;
            if (!echo_path_known(&p, &at))
                fail_msg("row %zu: it is not known", i + 1);
            off = fmax(off, fabs(at - length(&rows[i], tick * TICK_SAMPLES)));
            drift = fmax(drift, fabs(p.drift / TICK_SAMPLES * 1e6 - rows[i].ppm));
        }
        if (getenv("AULA_SHOW") != NULL)
            print_message("# %s: off by %.2f samples, the drift by %.2f ppm\n", rows[i].what, off, drift);
        ROW_TRUE(i, off <= rows[i].within && drift <= rows[i].drift_ppm);
    }
    free(far);
    free(talk);
}

static void bears_anything(void **state)
{
    (void)state;
    static const double slips[] = {0, 1e9, -1e9, 5, 48000, -3};
    float *far = voice(1, 0.5), *talk = voice(2, 0.5);
    struct echo_path p;
    double at;
    echo_path_init(&p);
    assert_false(echo_path_known(&p, &at));
    for (int tick = 0; tick < 500; tick++) {
        echo_path_put(&p, far + (tick > 10 ? tick - 3 : 0) * TICK_SAMPLES, far + tick * TICK_SAMPLES, 0);
        if (tick > 300)
            echo_path_put(&p, talk, far, slips[tick % 6]);
        if (echo_path_known(&p, &at))
            assert_true(at >= 0 && at <= ECHO_DELAY_MAX_MS * SAMPLES_PER_MS);
    }
    free(far);
    free(talk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_way_is_followed),
                                       cmocka_unit_test(bears_anything)};
    return cmocka_run_group_tests_name("echo_path", tests, NULL, NULL);
}
