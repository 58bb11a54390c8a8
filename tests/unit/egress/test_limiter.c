#include <math.h>

#include "../rows.h"
#include "base/time.h"
#include "egress/limiter.h"

static void fill(float *pcm, int frame, double peak, double hz)
{
    for (int i = 0; i < TICK_SAMPLES; i++)
        pcm[i] = (float)(peak * sin(6.2831853 * hz * (frame * TICK_SAMPLES + i) / SAMPLES_PER_S));
}

static void what_fits_is_left_alone(void **state)
{
    (void)state;
    struct limiter l;
    float pcm[TICK_SAMPLES], before[TICK_SAMPLES];
    limiter_init(&l);
    for (int frame = 0; frame < 50; frame++) {
        fill(pcm, frame, LIMITER_THRESHOLD - 0.01, 440);
        memcpy(before, pcm, sizeof pcm);
        limiter_frame(&l, pcm, TICK_SAMPLES);
        assert_memory_equal(pcm, before, sizeof pcm);
    }
}

/* Three at -3 dBFS is 2.12; also far more than can be, and not a number's neighbours. */
static void nothing_reaches_the_ceiling(void **state)
{
    (void)state;
    static const double peaks[] = {0.72, 0.9, 1, 2.12, 16, 64};
    for (size_t i = 0; i < COUNT(peaks); i++) {
        struct limiter l;
        limiter_init(&l);
        for (int frame = 0; frame < 100; frame++) {
            float pcm[TICK_SAMPLES];
            fill(pcm, frame, frame % 10 ? peaks[i] : 0.1, 300);
            limiter_frame(&l, pcm, TICK_SAMPLES);
            for (int k = 0; k < TICK_SAMPLES; k++)
                ROW_TRUE(i, fabsf(pcm[k]) < LIMITER_CEILING);
        }
    }
}

/* A steady sum is only turned down: what comes out is the same wave. */
static void a_loud_sum_keeps_its_shape(void **state)
{
    (void)state;
    struct limiter l;
    float pcm[TICK_SAMPLES], clean[TICK_SAMPLES];
    limiter_init(&l);
    for (int frame = 0; frame < 50; frame++) {
        fill(pcm, frame, 2.12, 300);
        limiter_frame(&l, pcm, TICK_SAMPLES);
    }
    fill(clean, 49, LIMITER_THRESHOLD, 300);
    for (int k = 0; k < TICK_SAMPLES; k++)
        assert_true(fabsf(pcm[k] - clean[k]) < 0.005f);
}

static void it_comes_back(void **state)
{
    (void)state;
    struct limiter l;
    float pcm[TICK_SAMPLES];
    limiter_init(&l);
    fill(pcm, 0, 2.12, 300);
    limiter_frame(&l, pcm, TICK_SAMPLES);
    assert_true(l.gain < 0.4f);
    for (int frame = 0; frame < 300; frame++) {
        fill(pcm, frame, 0.1, 300);
        limiter_frame(&l, pcm, TICK_SAMPLES);
    }
    assert_true(l.gain == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_fits_is_left_alone),
        cmocka_unit_test(nothing_reaches_the_ceiling),
        cmocka_unit_test(a_loud_sum_keeps_its_shape),
        cmocka_unit_test(it_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
