#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "deck/facts.h"

static void facts_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum err want;
        int pages, odd_page;
        const char *title;
    } rows[] = {
        /* 0 */ {"Title:           A talk\nPages:           20\n", ERR_NONE, 20, 0, "A talk"},
        /* 1 */ {"Pages: 1\nPage    1 size:  612 x 792 pts (letter)\n", ERR_NONE, 1, 0, ""},
        /* 2 */
        {"Pages: 2\nPage    1 size:  612 x 792 pts\nPage    2 size:  100 x 401 pts\n", ERR_NONE, 2, 2, ""},
        /* 3 */ {"Pages: 1\nPage    1 size:  400 x 100 pts\n", ERR_NONE, 1, 0, ""},
        /* 4 */ {"Pages: 1\nPage    1 size:  9e+08 x 9e+08 pts\n", ERR_NONE, 1, 0, ""},
        /* hostile */
        /* 5 */ {"", ERR_MALFORMED, 0, 0, ""},
        /* 6 */ {"Pages: 0\n", ERR_MALFORMED, 0, 0, ""},
        /* 7 */ {"Pages: -5\n", ERR_MALFORMED, 0, 0, ""},
        /* 8 */ {"Pages: 99999999999999999999\n", ERR_MALFORMED, 0, 0, ""},
        /* 9 */ {"Pages: 3", ERR_NONE, 3, 0, ""},
        /* 10 */ {"Pages: 1\nPage 1 size: nan x 7 pts\n", ERR_NONE, 1, 1, ""},
        /* 11 */ {"Pages: 1\nPage 1 size: 0 x 0 pts\n", ERR_NONE, 1, 1, ""},
        /* 12 */ {"Pages: 1\nPage 1 size: -5 x -5 pts\n", ERR_NONE, 1, 1, ""},
        /* 13 */ {"Pages: 1\nPage 1 size: inf x 5 pts\n", ERR_NONE, 1, 1, ""},
        /* 14 */ {"Title: \xe2\x80\xaegnp.exe\x01\x7f\xff!\nPages: 1\n", ERR_NONE, 1, 0, "gnp.exe!"},
        /* 15 */ {"Title:\nPages: 1\n", ERR_NONE, 1, 0, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct pdf_facts facts = {.pages = 77};
        size_t len = strlen(rows[i].text);
        uint8_t *exact = malloc(len + (len == 0));
        memcpy(exact, rows[i].text, len);
        enum err e = facts_read(exact, len, &facts);
        free(exact);
        if (e != rows[i].want)
            fail_msg("row %zu: %s", i, err_text(e));
        if (e != ERR_NONE) {
            assert_int_equal(facts.pages, 77);
            continue;
        }
        if (facts.pages != rows[i].pages || facts.odd_page != rows[i].odd_page ||
            strcmp(facts.title, rows[i].title) != 0)
            fail_msg("row %zu: %d pages, odd %d, title \"%s\"", i, facts.pages, facts.odd_page, facts.title);
    }
}

static void text_is_cleaned(void **state)
{
    (void)state;
    static const struct {
        const char *in;
        bool one_line;
        size_t max;
        const char *want;
    } rows[] = {
        /* 0 */ {"plain", true, 100, "plain"},
        /* 1 */ {"two\nlines\n\n", false, 100, "two\nlines"},
        /* 2 */ {"two\nlines", true, 100, "twolines"},
        /* 3 */ {"gr\xc3\xbc\xc3\x9f", true, 100, "gr\xc3\xbc\xc3\x9f"},
        /* 4: never half a character */ {"gr\xc3\xbc\xc3\x9f", true, 3, "gr"},
        /* 5 */ {"gr\xc3\xbc\xc3\x9f", true, 4, "gr\xc3\xbc"},
        /* 6: over-long form of a slash */
        {"a\xc0\xaf"
         "b",
         true, 100, "ab"},
        /* 7: surrogate */
        {"a\xed\xa0\x80"
         "b",
         true, 100, "ab"},
        /* 8: cut off */ {"a\xf0\x9f\x98", true, 100, "a"},
        /* 9 */ {"\xf0\x9f\x98\x80", true, 100, "\xf0\x9f\x98\x80"},
        /* 10: over U+10FFFF */ {"a\xf4\x90\x80\x80", true, 100, "a"},
        /* 11: form feed, C1 control */
        {"a\x0c\xc2\x85"
         "b",
         false, 100, "ab"},
        /* 12: isolates */
        {"a\xe2\x81\xa6"
         "b\xe2\x81\xa9",
         true, 100, "ab"},
        /* 13: Arabic stays */ {"\xd8\xb5\xd9\x88\xd8\xaa", true, 100, "\xd8\xb5\xd9\x88\xd8\xaa"},
        /* 14 */ {"", true, 100, ""},
        /* 15 */ {"abc", true, 0, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *out = malloc(rows[i].max + 1);
        text_clean((const uint8_t *)rows[i].in, strlen(rows[i].in), rows[i].one_line, rows[i].max, out);
        if (strcmp(out, rows[i].want) != 0)
            fail_msg("row %zu: \"%s\"", i, out);
        free(out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(facts_are_read), cmocka_unit_test(text_is_cleaned)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
