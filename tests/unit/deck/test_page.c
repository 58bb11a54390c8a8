#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "deck/page.h"

/* A WebP's first 30 bytes, lossy or lossless, of these pixels. */
static void put_webp(uint8_t w[30], bool lossy, unsigned width, unsigned height)
{
    memset(w, 0, 30);
    memcpy(w, "RIFF", 4);
    w[4] = 22;
    memcpy(w + 8, lossy ? "WEBPVP8 " : "WEBPVP8L", 8);
    if (lossy) {
        memcpy(w + 23, "\x9d\x01\x2a", 3);
        w[26] = (uint8_t)width;
        w[27] = (uint8_t)(width >> 8);
        w[28] = (uint8_t)height;
        w[29] = (uint8_t)(height >> 8);
        return;
    }
    unsigned bits = (width - 1) | (height - 1) << 14;
    w[20] = 0x2f;
    for (int i = 0; i < 4; i++)
        w[21 + i] = (uint8_t)(bits >> 8 * i);
}

static void sizes_are_read(void **state)
{
    (void)state;
    static const struct {
        bool lossy;
        unsigned width, height;
        int spoil; /* this byte is turned over; -1 = none */
        size_t len;
        enum err want;
    } rows[] = {
        /* 0 */ {true, 1920, 1080, -1, 30, ERR_NONE},
        /* 1 */ {false, 1920, 1080, -1, 30, ERR_NONE},
        /* 2 */ {false, 640, 2560, -1, 30, ERR_NONE},
        /* 3 */ {true, 16383, 1, -1, 30, ERR_NONE},
        /* hostile */
        /* 4 */ {true, 0, 1080, -1, 30, ERR_MALFORMED},
        /* 5 */ {true, 1920, 1080, 0, 30, ERR_MALFORMED},
        /* 6 */ {true, 1920, 1080, 4, 30, ERR_MALFORMED},
        /* 7 */ {true, 1920, 1080, 9, 30, ERR_MALFORMED},
        /* 8 */ {true, 1920, 1080, 15, 30, ERR_MALFORMED},
        /* 9 */ {true, 1920, 1080, 24, 30, ERR_MALFORMED},
        /* 10 */ {false, 1920, 1080, 20, 30, ERR_MALFORMED},
        /* 11 */ {true, 1920, 1080, -1, 29, ERR_MALFORMED},
        /* 12 */ {true, 1920, 1080, -1, 0, ERR_MALFORMED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t w[30];
        put_webp(w, rows[i].lossy, rows[i].width, rows[i].height);
        if (rows[i].spoil >= 0)
            w[rows[i].spoil] ^= 0x55;
        uint8_t *exact = malloc(rows[i].len + 1);
        memcpy(exact, w, rows[i].len);
        int width = -1, height = -1;
        enum err e = webp_size(exact, rows[i].len, &width, &height);
        free(exact);
        if (e != rows[i].want)
            fail_msg("row %zu: %s", i, err_text(e));
        assert_int_equal(width, e == ERR_NONE ? (int)rows[i].width : -1);
        assert_int_equal(height, e == ERR_NONE ? (int)rows[i].height : -1);
    }
}

static void streams_are_taken_apart(void **state)
{
    (void)state;
    /* @ and $ stand for a good full and small image, # for a full one that is too high, % for one too wide.
     */
    static const struct {
        const char *stream;
        enum err want;
    } rows[] = {
        /* 0 */ {"full 30\n@small 30\n$text 5\nhello", ERR_NONE},
        /* 1 */ {"full 30\n@small 30\n$text 0\n", ERR_NONE},
        /* hostile */
        /* 2 */ {"", ERR_MALFORMED},
        /* 3 */ {"full 30\n@", ERR_MALFORMED},
        /* 4 */ {"full 30\n@small 30\n$", ERR_MALFORMED},
        /* 5 */ {"full 30\n@small 30\n$text 5\nhell", ERR_MALFORMED},
        /* 6 */ {"full 30\n@small 30\n$text 5\nhello!", ERR_MALFORMED},
        /* 7 */ {"small 30\n$full 30\n@text 5\nhello", ERR_MALFORMED},
        /* 8 */ {"full 30\n$small 30\n@text 5\nhello", ERR_MALFORMED},
        /* 9 */ {"full 30\n#small 30\n$text 5\nhello", ERR_MALFORMED},
        /* 10 */ {"full 30\n%small 30\n$text 5\nhello", ERR_MALFORMED},
        /* 11 */ {"full 99999999\n@small 30\n$text 5\nhello", ERR_MALFORMED},
        /* 12 */ {"full 99999999999999999999\n@", ERR_MALFORMED},
        /* 13 */ {"full -1\n@", ERR_MALFORMED},
        /* 14 */ {"full \n@", ERR_MALFORMED},
        /* 15 */ {"full", ERR_MALFORMED},
        /* 16 */ {"full 30", ERR_MALFORMED},
        /* 17 */ {"full 30\n@small 30\n$text 70000\n", ERR_MALFORMED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t bytes[512];
        size_t len = 0;
        for (const char *c = rows[i].stream; *c != '\0'; c++) {
            if (*c == '@' || *c == '#' || *c == '%' || *c == '$') {
                unsigned width = *c == '$' ? 640 : *c == '%' ? 1921 : 1920;
                put_webp(bytes + len, *c != '$', width, *c == '#' ? 7682 : width * 9 / 16);
                len += 30;
            } else
                bytes[len++] = (uint8_t)*c;
        }
        uint8_t *exact = malloc(len + 1);
        memcpy(exact, bytes, len);
        struct page_parts parts = {.text_len = 777};
        enum err e = page_read(exact, len, &parts);
        if (e != rows[i].want)
            fail_msg("row %zu: %s", i, err_text(e));
        if (e == ERR_NONE) {
            assert_int_equal(parts.full.width, 1920);
            assert_int_equal(parts.full.height, 1080);
            assert_int_equal(parts.small.width, 640);
            assert_int_equal(parts.small.len, 30);
            assert_true(parts.text_len == 0 || memcmp(parts.text, "hello", 5) == 0);
        } else {
            assert_int_equal(parts.text_len, 777);
        }
        free(exact);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(sizes_are_read),
                                       cmocka_unit_test(streams_are_taken_apart)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
