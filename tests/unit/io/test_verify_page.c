/* What is told of a certificate by its number, and of numbers that nobody has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "io/verify_page.h"

static void numbers(void **state)
{
    (void)state;
    static const struct {
        const char *text, *number; /* NULL: none */
    } rows[] = {
        {"h3kx-9pqr-m2ta", "h3kx-9pqr-m2ta"},
        {"H3KX-9PQR-M2TA", "h3kx-9pqr-m2ta"},
        {"", NULL},
        {"h3kx-9pqr-m2t", NULL},
        {"h3kx-9pqr-m2taa", NULL},
        {"h3kx9pqrm2ta--", NULL},
        {"h3kx_9pqr_m2ta", NULL},
        {"h3kx-9pqr-m2t<", NULL},
        {"h3kx-9pqr-m2t0", NULL},
        {"../x-9pqr-m2ta", NULL},
        {"----\xd8\xa7--------", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char number[16] = "";
        bool is = verify_number(rows[i].text, number);
        if (is != (rows[i].number != NULL) || (is && strcmp(number, rows[i].number) != 0))
            fail_msg("row %zu: %s", i, number);
    }
}

static void languages(void **state)
{
    (void)state;
    static const struct {
        const char *accept;
        enum verify_language want;
    } rows[] = {
        {"", VERIFY_EN},
        {"fa", VERIFY_FA},
        {"FA-IR,fa;q=0.9,en;q=0.8", VERIFY_FA},
        {"en-GB,fa;q=0.9", VERIFY_EN},
        {"de-DE, fa;q=0.5", VERIFY_FA},
        {"fan,fr", VERIFY_EN},
        {",,,", VERIFY_EN},
        {"f", VERIFY_EN},
        {"*", VERIFY_EN},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (verify_language(rows[i].accept) != rows[i].want)
            fail_msg("row %zu", i);
    }
    assert_true(verify_wants_json("application/json"));
    assert_false(verify_wants_json("text/html,application/json"));
    assert_false(verify_wants_json("*/*"));
}

static const struct desk_certificate genuine = {.number = "h3kx-9pqr-m2ta",
                                                .signature = "ab",
                                                .key = "cd",
                                                .name = "<b>Ada</b> & \"co\"",
                                                .title = "P",
                                                .statement = "S.",
                                                .seconds = 18000,
                                                .of = 20000,
                                                .day = "2026-11-24"};

static void pages(void **state)
{
    (void)state;
    struct desk_certificate old = genuine, erased = genuine;
    old.name = old.title = NULL;
    old.day[0] = '\0';
    erased.erased = true;
    const struct {
        int row;
        enum verify_finding finding;
        const struct desk_certificate *c;
        enum verify_language language;
        const char *has, *lacks;
    } rows[] = {
        {1, VERIFY_FOUND, &genuine, VERIFY_EN, "&#60;b&#62;Ada&#60;/b&#62; &#38; &#34;co&#34;", "<b>Ada"},
        {2, VERIFY_FOUND, &genuine, VERIFY_EN, "5:00:00 / 5:33:20", "erased"},
        {3, VERIFY_FOUND, &genuine, VERIFY_FA, "dir=\"rtl\"", "genuine"},
        {4, VERIFY_FOUND, &genuine, VERIFY_EN, "2026-11-24", "<script"},
        {5, VERIFY_FOUND, &old, VERIFY_EN, "S.", "2026"},
        {6, VERIFY_FOUND, &erased, VERIFY_EN, "erased on request", "Ada"},
        {7, VERIFY_FOUND, &erased, VERIFY_FA, "پاک شده", "Ada"},
        {8, VERIFY_NONE, NULL, VERIFY_EN, "No certificate of this number", "genuine"},
        {9, VERIFY_NONE, NULL, VERIFY_FA, "صادر نشده", "dir=\"ltr\"><head"},
        {10, VERIFY_TOO_FAST, NULL, VERIFY_EN, "Wait a minute", "genuine"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char page[VERIFY_PAGE_MAX];
        assert_true(verify_html(rows[i].finding, rows[i].c, "h3kx-9pqr-m2ta", rows[i].language, page));
        if (strstr(page, rows[i].has) == NULL || strstr(page, rows[i].lacks) != NULL ||
            strstr(page, "</html>") == NULL)
            fail_msg("row %d: %s", rows[i].row, page);
    }
}

static void json(void **state)
{
    (void)state;
    struct desk_certificate erased = genuine;
    char text[VERIFY_PAGE_MAX];
    erased.erased = true;
    assert_true(verify_json(VERIFY_FOUND, &genuine, genuine.number, text));
    assert_string_equal(
        text,
        "{\"issued\":true,\"number\":\"h3kx-9pqr-m2ta\",\"name\":\"<b>Ada</b> & \\\"co\\\"\",\"title\":\"P\","
        "\"seconds\":18000,\"of\":20000,\"day\":\"2026-11-24\",\"statement\":\"S.\",\"signature\":\"ab\","
        "\"key\":"
        "\"cd\"}");
    assert_true(verify_json(VERIFY_FOUND, &erased, erased.number, text));
    assert_string_equal(text, "{\"issued\":true,\"number\":\"h3kx-9pqr-m2ta\",\"erased\":true}");
    assert_true(verify_json(VERIFY_NONE, NULL, "", text));
    assert_string_equal(text, "{\"issued\":false,\"number\":\"\"}");
    assert_true(verify_json(VERIFY_TOO_FAST, NULL, "", text));
    assert_non_null(strstr(text, "\"error\":"));
}

/* The longest name and title there can be, of signs that are written longest. */
static void the_longest_fits(void **state)
{
    (void)state;
    char name[65], title[201], statement[2000], page[VERIFY_PAGE_MAX];
    struct desk_certificate c = genuine;
    memset(name, '&', 64);
    name[64] = '\0';
    memset(title, '"', 200);
    title[200] = '\0';
    memset(statement, '<', sizeof statement - 1);
    statement[sizeof statement - 1] = '\0';
    c.name = name;
    c.title = title;
    c.statement = statement;
    assert_true(verify_html(VERIFY_FOUND, &c, c.number, VERIFY_FA, page));
    c.name = NULL;
    assert_false(verify_html(VERIFY_FOUND, &c, c.number, VERIFY_EN, page)); /* more than any statement has */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(numbers), cmocka_unit_test(languages),
                                       cmocka_unit_test(pages), cmocka_unit_test(json),
                                       cmocka_unit_test(the_longest_fits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
