#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "join_url.h"

struct row {
    int number;
    const char *text;
    enum err e;
    const char *host;
    int port;
    const char *token;
};

static const struct row rows[] = {
    {1, "https://aula.example/j/abc", ERR_NONE, "aula.example", 443, "abc"},
    {2, "https://127.0.0.1:8443/j/a-b_c.d", ERR_NONE, "127.0.0.1", 8443, "a-b_c.d"},
    {3, "https://[::1]:1/j/x", ERR_NONE, "::1", 1, "x"},
    {4, "https://[2001:db8::7]/j/x", ERR_NONE, "2001:db8::7", 443, "x"},
    {5, "https://h/j/tok?lang=it#top", ERR_NONE, "h", 443, "tok"},
    {6, "https://h/j/tok/", ERR_NONE, "h", 443, "tok"},
    {7, "http://h/j/x", ERR_UNSUPPORTED, NULL, 0, NULL},
    {8, "", ERR_UNSUPPORTED, NULL, 0, NULL},
    {9, "https://", ERR_MALFORMED, NULL, 0, NULL},
    {10, "https:///j/x", ERR_MALFORMED, NULL, 0, NULL},
    {11, "https://h", ERR_MALFORMED, NULL, 0, NULL},
    {12, "https://h/", ERR_MALFORMED, NULL, 0, NULL},
    {13, "https://h/j/", ERR_MALFORMED, NULL, 0, NULL},
    {14, "https://h/k/x", ERR_MALFORMED, NULL, 0, NULL},
    {15, "https://h:0/j/x", ERR_MALFORMED, NULL, 0, NULL},
    {16, "https://h:65536/j/x", ERR_MALFORMED, NULL, 0, NULL},
    {17, "https://h:99999999999999999999/j/x", ERR_MALFORMED, NULL, 0, NULL},
    {18, "https://h:-1/j/x", ERR_MALFORMED, NULL, 0, NULL},
    {19, "https://h:/j/x", ERR_MALFORMED, NULL, 0, NULL},
    {20, "https://[::1/j/x", ERR_MALFORMED, NULL, 0, NULL},
    {21, "https://[]/j/x", ERR_MALFORMED, NULL, 0, NULL},
    {22, "https://user@h/j/x", ERR_MALFORMED, NULL, 0, NULL},
    {23, "https://h h/j/x", ERR_MALFORMED, NULL, 0, NULL},
    {24, "https://h/j/a b", ERR_MALFORMED, NULL, 0, NULL},
    {25, "https://h/j/a\nb", ERR_MALFORMED, NULL, 0, NULL},
    {26, "https://h/j/\xc3\xa4", ERR_MALFORMED, NULL, 0, NULL},
};

static void rows_parse_or_say_why(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct join_url url = {.port = 77};
        const char *why = NULL;
        enum err e = join_url_parse(rows[i].text, &url, &why);
        if (e != rows[i].e)
            fail_msg("row %d: %s", rows[i].number, err_text(e));
        if (e != ERR_NONE) {
            assert_non_null(why);
            assert_int_equal(url.port, 77);
            continue;
        }
        assert_string_equal(url.host, rows[i].host);
        assert_int_equal(url.port, rows[i].port);
        assert_string_equal(url.token, rows[i].token);
    }
}

static void what_is_too_long_is_refused(void **state)
{
    (void)state;
    char text[3000] = "https://";
    struct join_url url;
    const char *why = NULL;
    memset(text + 8, 'h', JOIN_URL_HOST_MAX + 1);
    strcpy(text + 8 + JOIN_URL_HOST_MAX + 1, "/j/x");
    assert_int_equal(join_url_parse(text, &url, &why), ERR_LONG);
    strcpy(text, "https://h/j/");
    memset(text + 12, 'x', JOIN_URL_TOKEN_MAX);
    text[12 + JOIN_URL_TOKEN_MAX] = 0;
    assert_int_equal(join_url_parse(text, &url, &why), ERR_NONE);
    strcat(text, "x");
    assert_int_equal(join_url_parse(text, &url, &why), ERR_LONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rows_parse_or_say_why),
                                       cmocka_unit_test(what_is_too_long_is_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
