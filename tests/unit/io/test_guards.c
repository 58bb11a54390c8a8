#include "../rows.h"
#include "io/guards.h"

#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void content_length(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool good;
        uint64_t length;
    } rows[] = {
        {"0", true, 0},    {"5", true, 5},   {"00005", true, 5}, {"999999999999999", true, 999999999999999},
        {"", false, 0},    {"-1", false, 0}, {"+1", false, 0},   {"9999999999999999", false, 0},
        {" 5", false, 0},  {"5 ", false, 0}, {"5,5", false, 0},  {"0x5", false, 0},
        {"5.0", false, 0}, {"1e3", false, 0}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint64_t length = 77;
        ROW_EQUAL(i, guard_content_length(rows[i].text, &length), rows[i].good);
        ROW_EQUAL(i, length, rows[i].good ? rows[i].length : 77);
    }
}

static void origin(void **state)
{
    (void)state;
    static const struct {
        const char *origin, *host;
        bool good;
    } rows[] = {{"", "a:1", true},
                {"https://a:1", "a:1", true},
                {"https://A:1", "a:1", true},
                {"HTTPS://a:1", "a:1", true},
                {"http://a:1", "a:1", false},
                {"https://a", "a:1", false},
                {"https://a:1/", "a:1", false},
                {"https://a:1.evil", "a:1", false},
                {"https://evil", "a:1", false},
                {"null", "a:1", false},
                {"https://", "", false},
                {"https://a:1 https://evil", "a:1", false}};
    for (size_t i = 0; i < COUNT(rows); i++)
        ROW_EQUAL(i, guard_origin(rows[i].origin, rows[i].host), rows[i].good);
}

static void names_and_paths(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool deck, path, hashed;
    } rows[] = {{HASH ".webp", true, false, false}, /* a path begins with a slash */
                {HASH ".json", true, false, false},
                {HASH ".png", false, false, false},
                {HASH, false, false, false},
                {"0" HASH ".webp", false, false, false},
                {"/" HASH ".webp", false, true, false},
                {"/app.js", false, true, false},
                {"/app.0123abcd.js", false, true, true},
                {"/app-0123abcd.js", false, true, true},
                {"/app.0123abc.js", false, true, false},
                {"/app.0123ABCD.js", false, true, false},
                {"/app-OOQWUO27.js", false, true, true},
                {"/app-OOQWUO27.js.map", false, true, true},
                {"/app-OOQWUO2.js", false, true, false},
                {"/app-OOQWUO277.js", false, true, false},
                {"/app-OOQWUO21.js", false, true, false},
                {"/app-OOQWUO27/a.js", false, true, false},
                {"/dead.beefbeef/app.js", false, true, false},
                {"/a/b/c.css", false, true, false},
                {"/", false, false, false},
                {"", false, false, false},
                {"/..", false, false, false},
                {"/../a", false, false, false},
                {"/a/../b", false, false, false},
                {"/.git", false, false, false},
                {"/a/.b", false, false, false},
                {"/a//b", false, false, false},
                {"/a/", false, false, false},
                {"/a b", false, false, false},
                {"/a\\b", false, false, false},
                {"/a%2e", false, false, false},
                {"/\xc3\xa4", false, false, false}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        ROW_EQUAL(i, guard_deck_name(rows[i].text), rows[i].deck);
        ROW_EQUAL(i, guard_path(rows[i].text), rows[i].path);
        ROW_EQUAL(i, guard_name_is_hashed(rows[i].text), rows[i].hashed);
    }
}

static void lists(void **state)
{
    (void)state;
    static const struct {
        const char *list;
        bool holds;
    } rows[] = {{"aula.v1", true},     {"x, aula.v1", true}, {"x,aula.v1,y", true},  {"AULA.V1", true},
                {"aula.v1;q=1", true}, {"aula.v10", false},  {"xaula.v1", false},    {"", false},
                {",,, ,", false},      {"aula.v1x,", false}, {"a b aula.v1", false}, {" \taula.v1 ", true}};
    for (size_t i = 0; i < COUNT(rows); i++)
        ROW_EQUAL(i, guard_list_holds(rows[i].list, "aula.v1"), rows[i].holds);
}

static void media_types(void **state)
{
    (void)state;
    assert_string_equal(guard_media_type("/a.mjs"), "text/javascript; charset=utf-8");
    assert_string_equal(guard_media_type("/a.b.webp"), "image/webp");
    assert_null(guard_media_type("/a"));
    assert_null(guard_media_type("/a.php"));
    assert_null(guard_media_type("/a.html.gz"));
    assert_null(guard_media_type("/a.html.br"));
    assert_string_equal(guard_media_type("/a.js.map"), "application/json");
}

static void percent(void **state)
{
    (void)state;
    static const struct {
        const char *text, *decoded; /* NULL: refused */
    } rows[] = {{"", ""},      {"a%20b", "a b"}, {"%e2%82%AC", "\xe2\x82\xac"},
                {"%", NULL},   {"%4", NULL},     {"%4g", NULL},
                {"%00", NULL}, {"a%2", NULL},    {"%25", "%"},
                {"100%", NULL}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[32];
        strcpy(text, rows[i].text);
        ROW_EQUAL(i, guard_percent_decode(text), rows[i].decoded != NULL);
        if (rows[i].decoded != NULL)
            assert_string_equal(text, rows[i].decoded);
    }
}

static void text_lines(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool good;
    } rows[] = {{"", true},
                {"Vor\xc3\xa4uni", true},
                {"\xf0\x9f\x8e\x93", true},
                {"a\nb", false},
                {"a\x7f", false},
                {"\xc2\x85", false},         /* C1 control */
                {"\xc0\xaf", false},         /* overlong */
                {"\xe0\x80\xaf", false},     /* overlong */
                {"\xed\xa0\x80", false},     /* surrogate */
                {"\xf4\x90\x80\x80", false}, /* beyond U+10FFFF */
                {"\xe2\x82", false},         /* cut off */
                {"\xf0\x9f\x8e", false},
                {"\xff", false}};
    for (size_t i = 0; i < COUNT(rows); i++)
        ROW_EQUAL(i, guard_text_line(rows[i].text), rows[i].good);
}

static void tokens(void **state)
{
    (void)state;
    char long_token[2100];
    memset(long_token, 'a', sizeof long_token - 1);
    long_token[sizeof long_token - 1] = 0;
    assert_true(guard_token("abc-_.XYZ09"));
    assert_false(guard_token(""));
    assert_false(guard_token("a b"));
    assert_false(guard_token("a/b"));
    assert_false(guard_token(long_token));
}

static void ranges(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t size;
        enum guard_range what;
        uint64_t first, last;
    } rows[] = {
        {"bytes=0-", 100, RANGE_PART, 0, 99},      {"bytes=0-0", 100, RANGE_PART, 0, 0},
        {"bytes=10-19", 100, RANGE_PART, 10, 19},  {"bytes=99-99", 100, RANGE_PART, 99, 99},
        {"bytes=90-200", 100, RANGE_PART, 90, 99}, {"bytes=-5", 100, RANGE_PART, 95, 99},
        {"bytes=-500", 100, RANGE_PART, 0, 99},    {"bytes=100-", 100, RANGE_OUTSIDE, 0, 0},
        {"bytes=-0", 100, RANGE_OUTSIDE, 0, 0},    {"bytes=0-", 0, RANGE_OUTSIDE, 0, 0},
        {"bytes=-5", 0, RANGE_OUTSIDE, 0, 0},      {"bytes=0-9,20-29", 100, RANGE_ALL, 0, 0},
        {"bytes=9-5", 100, RANGE_ALL, 0, 0},       {"bytes=--5", 100, RANGE_ALL, 0, 0},
        {"bytes=-5-", 100, RANGE_ALL, 0, 0},       {"bytes=+5-", 100, RANGE_ALL, 0, 0},
        {"bytes=5", 100, RANGE_ALL, 0, 0},         {"bytes=", 100, RANGE_ALL, 0, 0},
        {"bytes=-", 100, RANGE_ALL, 0, 0},         {"bytes=9999999999999999999-", 100, RANGE_ALL, 0, 0},
        {"items=0-5", 100, RANGE_ALL, 0, 0},       {"", 100, RANGE_ALL, 0, 0}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint64_t first = 0, last = 0;
        ROW_EQUAL(i, guard_range(rows[i].text, rows[i].size, &first, &last), rows[i].what);
        ROW_EQUAL(i, first, rows[i].first);
        ROW_EQUAL(i, last, rows[i].last);
    }
}

#define KEY "0123456789abcdef0123456789abcdef"

static void replays(void **state)
{
    (void)state;
    static const struct {
        const char *path, *session, *name; /* session NULL: refused */
    } rows[] = {{"ab12/" KEY "/", "ab12", ""},
                {"ab12/" KEY "/floor.opus", "ab12", "floor.opus"},
                {"ab12/" KEY "/floor.mp4", "ab12", "floor.mp4"},
                {"0123456789abcdef/" KEY "/x-y.js", "0123456789abcdef", "x-y.js"},
                {"0123456789abcdefg/" KEY "/", NULL, NULL},
                {"ab12/" KEY, NULL, NULL},
                {"ab12/" KEY "0/", NULL, NULL},
                {"ab12//", NULL, NULL},
                {"/" KEY "/", NULL, NULL},
                {"../" KEY "/", NULL, NULL},
                {"AB12/" KEY "/", NULL, NULL},
                {"ab12/" KEY "/../key", NULL, NULL},
                {"ab12/" KEY "/a/b", NULL, NULL},
                {"ab12/" KEY "/.key", NULL, NULL},
                {"ab12/" KEY "/a..b", NULL, NULL},
                {"", NULL, NULL}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        char session[17], key[33];
        const char *name;
        bool good = guard_replay(rows[i].path, session, key, &name);
        ROW_EQUAL(i, good, rows[i].session != NULL);
        ROW_TRUE(i, !good || (strcmp(session, rows[i].session) == 0 && strcmp(name, rows[i].name) == 0 &&
                              guard_same_secret(key, KEY, 32)));
    }
    assert_false(guard_same_secret(KEY, "1123456789abcdef0123456789abcdef", 32));
    assert_false(guard_same_secret(KEY, "0123456789abcdef0123456789abcdee", 32));
}

static void webhook_addresses(void **state)
{
    static char longer[700] = "https://example.org/";
    static const struct {
        const char *url;
        bool good;
    } rows[] = {
        /* 1 */ {"https://example.org", true},
        /* 2 */ {"https://example.org:8443/a/b?c=d", true},
        /* 3 */ {"http://127.0.0.1/", true},
        /* 4 */ {"http://127.0.0.1:8080/x", true},
        /* 5 */ {"http://localhost:1", true},
        /* 6 */ {"http://[::1]:1/", true},
        /* 7 */ {"", false},
        /* 8 */ {"https://", false},
        /* 9 */ {"https:///path", false},
        /* 10 */ {"http://example.org/", false},
        /* 11 */ {"http://127.0.0.1.example.org/", false},
        /* 12 */ {"http://127.0.0.10/", false},
        /* 13 */ {"http://localhost.example.org/", false},
        /* 14 */ {"http://localhost", false},
        /* 15 */ {"http://127.0.0.1@example.org/", false},
        /* 16 */ {"http://127.0.0.1:80@example.org/", false},
        /* 17 */ {"https://user:word@example.org/", false},
        /* 18 */ {"https://example.org/a b", false},
        /* 19 */ {"https://example.org/\n", false},
        /* 20 */ {"https://ex\xc3\xa4mple.org/", false},
        /* 21 */ {"file:///etc/passwd", false},
        /* 22 */ {"HTTPS://example.org", false},
        /* 23 */ {longer, false},
    };
    (void)state;
    memset(longer + strlen(longer), 'a', 600);
    for (size_t i = 0; i < COUNT(rows); i++)
        ROW_EQUAL(i, guard_webhook_url(rows[i].url), rows[i].good);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(webhook_addresses),
        cmocka_unit_test(content_length),
        cmocka_unit_test(origin),
        cmocka_unit_test(ranges),
        cmocka_unit_test(replays),
        cmocka_unit_test(names_and_paths),
        cmocka_unit_test(lists),
        cmocka_unit_test(media_types),
        cmocka_unit_test(percent),
        cmocka_unit_test(text_lines),
        cmocka_unit_test(tokens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
