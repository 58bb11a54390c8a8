#include "../rows.h"
#include "base/serial.h"

static void distances_of_16_bits(void **state)
{
    static const struct {
        uint16_t a, b;
        int distance;
    } rows[] = {{0, 0, 0},          {1, 0, 1},         {0, 1, -1},        {0, 65535, 1},
                {65535, 0, -1},     {100, 65436, 200}, {32767, 0, 32767}, {32768, 0, -32768},
                {0, 32768, -32768}, {5, 32770, -32765}};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        ROW_EQUAL(i, serial16_distance(rows[i].a, rows[i].b), rows[i].distance);
}

static void distances_of_32_bits(void **state)
{
    static const struct {
        uint32_t a, b;
        int64_t distance;
    } rows[] = {{0, 0, 0},
                {960, 0, 960},
                {0, UINT32_MAX, 1},
                {UINT32_MAX, 0, -1},
                {0x7fffffff, 0, INT32_MAX},
                {0x80000000, 0, INT32_MIN}};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        ROW_EQUAL(i, serial32_distance(rows[i].a, rows[i].b), rows[i].distance);
}

static void extends_16_bits(void **state)
{
    static const struct {
        int64_t near;
        uint16_t low;
        int64_t wanted;
    } rows[] = {{0, 0, 0},
                {65535, 0, 65536},
                {65536, 65535, 65535},
                {0, 65535, -1}, /* before the first: negative, and the caller's to judge */
                {-1, 0, 0},
                {-65537, 65535, -65537},
                {(int64_t)5 << 16 | 40000, 100, (int64_t)6 << 16 | 100},
                {(int64_t)5 << 16 | 100, 40000, (int64_t)4 << 16 | 40000}};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        ROW_EQUAL(i, serial16_extend(rows[i].near, rows[i].low), rows[i].wanted);
}

static void extends_32_bits(void **state)
{
    static const struct {
        int64_t near;
        uint32_t low;
        int64_t wanted;
    } rows[] = {{0, 960, 960},
                {UINT32_MAX, 959, (int64_t)1 << 32 | 959},
                {(int64_t)1 << 32, UINT32_MAX, UINT32_MAX},
                {(int64_t)7 << 32 | 5, 0, (int64_t)7 << 32}};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        ROW_EQUAL(i, serial32_extend(rows[i].near, rows[i].low), rows[i].wanted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distances_of_16_bits),
        cmocka_unit_test(distances_of_32_bits),
        cmocka_unit_test(extends_16_bits),
        cmocka_unit_test(extends_32_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
