/* For table-driven tests: failures that name their row, and bytes from hexadecimal in a block of exactly
 * their size, so that ASan sees a read past the end. */
#ifndef AULA_TEST_ROWS_H
#define AULA_TEST_ROWS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(rows) (sizeof(rows) / sizeof *(rows))

/* Rows count from 1. */
#define ROW_TRUE(row, holds)                                                                                 \
    do {                                                                                                     \
        if (!(holds))                                                                                        \
            fail_msg("row %d: %s", (int)(row) + 1, #holds);                                                  \
    } while (0)

#define ROW_EQUAL(row, got, wanted)                                                                          \
    do {                                                                                                     \
        long long got_ = (long long)(got), wanted_ = (long long)(wanted);                                    \
        if (got_ != wanted_)                                                                                 \
            fail_msg("row %d: %s is %lld, not %lld", (int)(row) + 1, #got, got_, wanted_);                   \
    } while (0)

struct bytes {
    uint8_t *at; /* the test frees it */
    size_t len;
};

/* Two digits a byte; spaces are passed over; "x40:00" repeats a byte: forty times 00 (decimal). */
static inline struct bytes bytes_from_hex(const char *hex)
{
    uint8_t room[4096];
    struct bytes b = {NULL, 0};
    while (*hex) {
        unsigned v = 0, times = 1;
        int used = 0;
        if (*hex == ' ') {
            hex++;
            continue;
        }
        if (*hex == 'x')
            assert_int_equal(sscanf(hex, "x%u:%2x%n", &times, &v, &used), 2);
        else
            assert_int_equal(sscanf(hex, "%2x%n", &v, &used), 1);
        assert_true(b.len + times <= sizeof room);
        memset(room + b.len, (int)v, times);
        b.len += times;
        hex += used;
    }
    b.at = malloc(b.len ? b.len : 1);
    assert_non_null(b.at);
    memcpy(b.at, room, b.len);
    return b;
}

#endif
