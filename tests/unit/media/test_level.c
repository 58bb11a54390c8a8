#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/time.h"
#include "media/level.h"

enum shape { SQUARE, SINE, CONSTANT };

struct level_row {
    int number;
    const char *what;
    enum shape shape;
    float amplitude;
    uint8_t expected;
};

/* RFC 6464: 0 dBov is the rms of a square wave at full scale; a sine at full scale is 3.01 dB less. */
static const struct level_row rows[] = {
    {1, "square at full scale", SQUARE, 1, 0},
    {2, "sine at full scale", SINE, 1, 3},
    {3, "square at a half", SQUARE, 0.5f, 6},
    {4, "sine at a tenth", SINE, 0.1f, 23},
    {5, "sine, one step of 16 bits", SINE, 1 / 32768.0f, 93},
    {6, "square 126.4 dB down", SQUARE, 4.786e-7f, 126},
    {7, "square 130 dB down is silence", SQUARE, 3.16e-7f, 127},
    {8, "silence", CONSTANT, 0, 127},
    {9, "too loud is as loud as can be said", SQUARE, 4, 0},
    {10, "not a number is silence", CONSTANT, NAN, 127},
    {11, "infinite is as loud as can be said", CONSTANT, INFINITY, 0},
    {12, "smallest float", CONSTANT, 1e-45f, 127},
};

static void measures_rfc_6464(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        float pcm[TICK_SAMPLES];
        for (int k = 0; k < TICK_SAMPLES; k++) {
            float wave = (float)sin(2 * 3.14159265358979 * 1000 * k / SAMPLES_PER_S);
            wave = rows[i].shape == SINE ? wave : rows[i].shape == CONSTANT ? 1 : k % 48 < 24 ? 1 : -1;
            pcm[k] = rows[i].amplitude * wave;
        }
        uint8_t got = level_measure(pcm, TICK_SAMPLES);
        if (got != rows[i].expected)
            fail_msg("row %d (%s): %d", rows[i].number, rows[i].what, got);
    }
}

static void no_samples_are_silence(void **state)
{
    (void)state;
    float pcm[1] = {1};
    assert_int_equal(level_measure(pcm, 0), LEVEL_SILENCE_DBOV);
    assert_int_equal(level_measure(pcm, 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measures_rfc_6464),
        cmocka_unit_test(no_samples_are_silence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
