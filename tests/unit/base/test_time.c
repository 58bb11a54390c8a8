#include "../rows.h"
#include "base/time.h"

static void samples_and_microseconds(void **state)
{
    static const struct {
        int64_t us, samples;
    } rows[] = {{0, 0},
                {1, 0},
                {20, 0},
                {21, 1},
                {20000, 960},
                {1000000, 48000},
                {-1, -1},
                {-20, -1},
                {-21, -2},
                {-20000, -960},
                {(int64_t)366 * 86400 * 1000000, (int64_t)366 * 86400 * 48000}};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        ROW_EQUAL(i, samples_from_us(rows[i].us), rows[i].samples);
}

static void microseconds_of_samples(void **state)
{
    static const struct {
        int64_t samples, us;
    } rows[] = {{0, 0},           {1, 20},   {6, 125},   {960, 20000},
                {48000, 1000000}, {-1, -21}, {-6, -125}, {-960, -20000}};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        ROW_EQUAL(i, us_from_samples(rows[i].samples), rows[i].us);
}

static void the_grid(void **state)
{
    static const struct {
        int64_t at, floor;
    } rows[] = {{0, 0}, {1, 0}, {959, 0}, {960, 960}, {1919, 960}, {-1, -960}, {-960, -960}, {-961, -1920}};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        ROW_EQUAL(i, grid_floor(rows[i].at), rows[i].floor);
}

static void deadlines(void **state)
{
    (void)state;
    assert_true(earlier_us(5, NEVER_US) == 5);
    assert_true(earlier_us(NEVER_US, -5) == -5);
    assert_true(earlier_us(NEVER_US, NEVER_US) == NEVER_US);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_and_microseconds),
        cmocka_unit_test(microseconds_of_samples),
        cmocka_unit_test(the_grid),
        cmocka_unit_test(deadlines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
