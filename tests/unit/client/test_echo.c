/* Rooms in virtual time: what the microphone hears of its own loudspeaker does not come out, what is said
 * here does. The voices are noise with the gait of speech; tests/scenario/hall_echo has recorded ones. */
#include <math.h>

#include "../rows.h"
#include "echo.h"
#include "echo_delay.h"

#define SECONDS   12
#define TICKS     (SECONDS * 50)
#define SAMPLES   (TICKS * TICK_SAMPLES)
#define PATHS_MAX 4

struct path {
    double ms, db; /* 0 dB and 0 ms: no path */
    int sign;
};

static uint32_t dice(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* Syllables of five a second and a breath every two seconds, falling towards high frequencies. */
static float *voice(uint32_t seed, double peak)
{
    float *pcm = malloc(SAMPLES * sizeof *pcm), low = 0;
    assert_non_null(pcm);
    double gait = 0;
    for (int i = 0; i < SAMPLES; i++) {
        if (i % 4800 == 0)
            gait = i / 96000 * 96000 + 72000 < i ? 0 : (dice(&seed) % 100) / 100.0;
        double white = (double)dice(&seed) / (1 << 23) - 1;
        low = (float)(0.8 * low + 0.2 * white);
        pcm[i] = (float)(peak * gait * gait * low * 3);
    }
    return pcm;
}

static double level_db(const float *pcm, double from_s, double to_s)
{
    double sum = 1e-12;
    for (int i = (int)(from_s * SAMPLES_PER_S); i < (int)(to_s * SAMPLES_PER_S); i++)
        sum += pcm[i] * pcm[i];
    return 10 * log10(sum / ((to_s - from_s) * SAMPLES_PER_S));
}

static void add_path(float *near, const float *far, const struct path *path, double from_s, double to_s)
{
    double gain = path->sign * pow(10, path->db / 20);
    int late = (int)(path->ms * SAMPLES_PER_MS), from = (int)(from_s * SAMPLES_PER_S);
    for (int i = from > late ? from : late; i < (int)(to_s * SAMPLES_PER_S); i++)
        near[i] += (float)(gain * far[i - late]);
}

static void process(struct echo *e, const float *near, const float *far, float *out)
{
    for (int i = 0; i < TICKS; i++)
        echo_tick(e, near + i * TICK_SAMPLES, far + i * TICK_SAMPLES, 0, out + i * TICK_SAMPLES);
}

static const struct {
    const char *what;
    struct path paths[PATHS_MAX];
    double down_db; /* at least so much is taken off the echo after three seconds */
} rows[] = {
    {"1: one clean path, far behind", {{120, -10, 1}}, 35},
    {"2: and upside down", {{160, -10, -1}}, 35},
    {"3: next to the loudspeaker, louder than it", {{12, 3, 1}}, 35},
    {"4: a room", {{40, -10, 1}, {51, -16, -1}, {77, -18, 1}, {160, -30, 1}}, 35},
    {"5: a Bluetooth loudspeaker in it", {{340, -10, 1}, {352, -14, 1}, {390, -20, -1}, {480, -30, 1}}, 35},
    {"6: at the far end of what is looked for", {{960, -10, 1}}, 35},
};

static void takes_the_echo_off(void **state)
{
    (void)state;
    float *far = voice(1, 0.5), *out = malloc(SAMPLES * sizeof *out);
    assert_non_null(out);
    for (size_t i = 0; i < COUNT(rows); i++) {
        float *near = calloc(SAMPLES, sizeof *near);
        struct echo *e;
        assert_non_null(near);
        for (size_t k = 0; k < PATHS_MAX && rows[i].paths[k].sign != 0; k++)
            add_path(near, far, &rows[i].paths[k], 0, SECONDS);
        assert_int_equal(echo_create(&e), ERR_NONE);
        process(e, near, far, out);
        double down = level_db(near, 3, SECONDS) - level_db(out, 3, SECONDS);
        if (getenv("AULA_SHOW") != NULL)
            print_message("# %s: %.0f dB, path %d\n", rows[i].what, down, echo_path_samples(e));
        ROW_TRUE(i, down >= rows[i].down_db);
        ROW_TRUE(i, abs(echo_path_samples(e) - (int)(rows[i].paths[0].ms * SAMPLES_PER_MS)) <=
                        ECHO_DELAY_THINNING);
        echo_destroy(e);
        free(near);
    }
    free(far);
    free(out);
}

static void a_path_that_moves_is_found_again(void **state)
{
    (void)state;
    const struct path before = {60, -10, 1}, after = {260, -10, 1};
    float *far = voice(2, 0.5), *near = calloc(SAMPLES, sizeof *near), *out = malloc(SAMPLES * sizeof *out);
    struct echo *e;
    assert_true(near != NULL && out != NULL);
    add_path(near, far, &before, 0, 5);
    add_path(near, far, &after, 5, SECONDS);
    assert_int_equal(echo_create(&e), ERR_NONE);
    process(e, near, far, out);
    assert_true(abs(echo_path_samples(e) - 260 * SAMPLES_PER_MS) <= ECHO_DELAY_THINNING);
    double down = level_db(near, 9.5, SECONDS) - level_db(out, 9.5, SECONDS);
    if (down < 30)
        fail_msg("%.1f dB", down);
    echo_destroy(e);
    free(far);
    free(near);
    free(out);
}

/* Who speaks here is heard at one level, however loud he is and whatever another says elsewhere. */
static void lets_the_near_voice_through(void **state)
{
    (void)state;
    static const struct {
        double near, far, least_db, most_db;
    } levels[] = {{0.5, 0, -40, -20}, {0.05, 0, -45, -25}, {0.5, 0.5, -40, -20}};
    float *out = malloc(SAMPLES * sizeof *out);
    assert_non_null(out);
    for (size_t i = 0; i < COUNT(levels); i++) {
        float *near = voice(3, levels[i].near), *far = voice(4, levels[i].far);
        struct echo *e;
        assert_int_equal(echo_create(&e), ERR_NONE);
        process(e, near, far, out);
        double db = level_db(out, 6, SECONDS);
        if (getenv("AULA_SHOW") != NULL)
            print_message("# near %.1f dB comes out at %.1f dB, path %d\n", level_db(near, 6, SECONDS), db,
                          echo_path_samples(e));
        ROW_TRUE(i, db > levels[i].least_db && db < levels[i].most_db);
        ROW_EQUAL(i, echo_path_samples(e), -1); /* there is no echo in it */
        echo_destroy(e);
        free(near);
        free(far);
    }
    free(out);
}

static void bears_anything(void **state)
{
    (void)state;
    static const float wild[] = {0, 1, -1, 1e30f, -1e30f, (float)INFINITY, (float)NAN};
    float near[TICK_SAMPLES], far[TICK_SAMPLES], out[TICK_SAMPLES];
    struct echo *e;
    assert_int_equal(echo_create(&e), ERR_NONE);
    for (size_t k = 0; k < COUNT(wild) * COUNT(wild); k++) {
        for (int i = 0; i < TICK_SAMPLES; i++) {
            near[i] = i % 7 == 0 ? wild[k % COUNT(wild)] : 0.1f;
            far[i] = i % 5 == 0 ? wild[k / COUNT(wild)] : -0.1f;
        }
        echo_tick(e, near, far, 0, out);
        for (int i = 0; i < TICK_SAMPLES; i++)
            assert_true(fabsf(out[i]) <= 1.0f);
    }
    /* And is well afterwards. */
    const struct path path = {120, -10, 1};
    float *voiced = voice(5, 0.5), *heard = calloc(SAMPLES, sizeof *heard),
          *whole = malloc(SAMPLES * sizeof *whole);
    assert_true(heard != NULL && whole != NULL);
    add_path(heard, voiced, &path, 0, SECONDS);
    process(e, heard, voiced, whole);
    assert_true(level_db(heard, 6, SECONDS) - level_db(whole, 6, SECONDS) > 30);
    free(voiced);
    free(heard);
    free(whole);
    echo_destroy(e);
    echo_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_the_echo_off), cmocka_unit_test(a_path_that_moves_is_found_again),
        cmocka_unit_test(lets_the_near_voice_through), cmocka_unit_test(bears_anything)};
    return cmocka_run_group_tests_name("echo", tests, NULL, NULL);
}
