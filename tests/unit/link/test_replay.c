#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "link/replay.h"

struct step {
    int row;
    uint64_t index;
    enum err want; /* of the check; ERR_NONE is accepted too */
};

/* One window, in order. */
static const struct step steps[] = {
    {1, 1000, ERR_NONE},
    {2, 1000, ERR_REPLAY},
    {3, 999, ERR_NONE},
    {4, 999, ERR_REPLAY},
    {5, 873, ERR_NONE},
    {6, 872, ERR_STALE},
    {7, 0, ERR_STALE},
    {8, 1001, ERR_NONE},
    {9, 873, ERR_STALE},
    {10, 874, ERR_NONE},
    {11, 1065, ERR_NONE},
    {12, 1001, ERR_REPLAY},
    {13, 1000, ERR_REPLAY},
    {14, 999, ERR_REPLAY},
    {15, 1002, ERR_NONE},
    {16, 1064, ERR_NONE},
    {17, 1192, ERR_NONE},
    {18, 1065, ERR_REPLAY},
    {19, 1064, ERR_STALE},
    {20, 1066, ERR_NONE},
    {21, 1321, ERR_NONE},
    {22, 1194, ERR_NONE},
    {23, 1193, ERR_STALE},
    {24, UINT64_C(1) << 47, ERR_NONE},
    {25, 1321, ERR_STALE},
    {26, (UINT64_C(1) << 47) - 127, ERR_NONE},
    {27, (UINT64_C(1) << 47) - 128, ERR_STALE},
};

static void window_follows_the_rows(void **state)
{
    (void)state;
    struct replay r = {0};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        enum err got = replay_check(&r, steps[i].index);
        if (got != steps[i].want)
            fail_msg("row %d: %s", steps[i].row, err_text(got));
        if (!got)
            replay_accept(&r, steps[i].index);
    }
}

static void index_zero_is_an_index(void **state)
{
    (void)state;
    struct replay r = {0};
    assert_int_equal(replay_check(&r, 0), ERR_NONE);
    replay_accept(&r, 0);
    assert_int_equal(replay_check(&r, 0), ERR_REPLAY);
}

/* Against a window that remembers everything. */
static void window_agrees_with_a_full_memory(void **state)
{
    (void)state;
    static bool seen[20000];
    struct replay r = {0};
    uint64_t top = 0, x = 42;
    memset(seen, 0, sizeof seen);
    for (int i = 0; i < 50000; i++) {
        x = x * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        uint64_t index = (uint64_t)i / 3 + (x >> 33) % 300;
        enum err want = i == 0 || index > top          ? ERR_NONE
                        : top - index >= REPLAY_WINDOW ? ERR_STALE
                        : seen[index]                  ? ERR_REPLAY
                                                       : ERR_NONE;
        assert_int_equal(replay_check(&r, index), want);
        if (want)
            continue;
        replay_accept(&r, index);
        seen[index] = true;
        top = i == 0 || index > top ? index : top;
    }
}

static const struct {
    int row;
    bool any;
    uint64_t top;
    uint16_t sequence;
    uint64_t want;
} guesses[] = {
    {1, false, 0, 65535, 65535},
    {2, true, 65535, 0, 65536},
    {3, true, 65536, 65535, 65535},
    {4, true, 65536 + 5, 65535, 65535},
    {5, true, 5, 65535, 65535}, /* nothing before roll-over counter 0 */
    {6, true, 30000, 62767, 62767},
    {7, true, 30000, 62768, 62768},
    {8, true, 131072, 32767, 163839},
    {9, true, 131072, 32769, 98305},
    {10, true, 0xFFFFFFFFFFFF, 0, UINT64_C(0x1000000000000)},
};

static void guess_follows_the_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof guesses / sizeof guesses[0]; i++) {
        struct replay r = {.any = guesses[i].any, .top = guesses[i].top};
        uint64_t got = replay_guess(&r, guesses[i].sequence);
        if (got != guesses[i].want)
            fail_msg("row %d: %llu", guesses[i].row, (unsigned long long)got);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(window_follows_the_rows),
        cmocka_unit_test(index_zero_is_an_index),
        cmocka_unit_test(window_agrees_with_a_full_memory),
        cmocka_unit_test(guess_follows_the_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
