#include "../rows.h"
#include "wire/sdp_text.h"

static struct sdp_text text(const char *s)
{
    return (struct sdp_text){s, strlen(s)};
}

static void lines(void **state)
{
    static const struct {
        const char *whole, *first, *rest; /* first NULL = no line */
    } rows[] = {{"a\r\nb\r\n", "a", "b\r\n"}, {"a\nb", "a", "b"}, {"b", "b", ""},
                {"\r\nx", "", "x"},           {"\nx", "", "x"},   {"a\r", "a", ""},
                {"a\rb\n", "a\rb", ""},       {"", NULL, ""}};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sdp_text rest = text(rows[i].whole), line;
        ROW_EQUAL(i, sdp_take_line(&rest, &line), rows[i].first != NULL);
        if (rows[i].first)
            ROW_TRUE(i, sdp_same(line, text(rows[i].first)) && sdp_same(rest, text(rows[i].rest)));
    }
}

static void words(void **state)
{
    (void)state;
    struct sdp_text rest = text("audio 9  x");
    assert_true(sdp_same(sdp_take_until(&rest, ' '), text("audio")));
    assert_true(sdp_same(sdp_take_until(&rest, ' '), text("9")));
    assert_true(sdp_same(sdp_take_until(&rest, ' '), text("")));
    assert_true(sdp_same(sdp_take_until(&rest, ' '), text("x")));
    assert_int_equal(rest.len, 0);
    assert_int_equal(sdp_take_until(&rest, ' ').len, 0);
    assert_true(sdp_has_word(text("0 video1 2"), text("video1")));
    assert_false(sdp_has_word(text("0 video1 2"), text("video")));
    assert_false(sdp_has_word(text(""), text("0")));
}

static void comparisons(void **state)
{
    (void)state;
    struct sdp_text rest = text("a=mid:0");
    assert_false(sdp_take_prefix(&rest, "A="));
    assert_false(sdp_take_prefix(&rest, "a=mid:0 and more"));
    assert_true(sdp_take_prefix(&rest, "a=mid:") && sdp_same(rest, text("0")));
    assert_true(sdp_is(text("OpUs"), "opus") && sdp_is(text("sha-256"), "SHA-256"));
    assert_false(sdp_is(text("opu"), "opus") || sdp_is(text("opuz"), "opus") || sdp_is(text("["), "{"));
    assert_false(sdp_same(text("a"), text("A")) || sdp_same(text("a"), text("ab")));
}

static void numbers(void **state)
{
    static const struct {
        const char *text;
        uint32_t maximum;
        int64_t wanted; /* -1 = refused */
    } rows[] = {{"0", 9, 0},
                {"007", 9, 7},
                {"65535", 65535, 65535},
                {"4294967295", UINT32_MAX, UINT32_MAX},
                {"10", 9, -1},
                {"4294967296", UINT32_MAX, -1},
                {"00000000001", UINT32_MAX, -1},
                {"", 9, -1},
                {"-1", 9, -1},
                {"+1", 9, -1},
                {"1 ", 9, -1},
                {"0x1", 9, -1},
                {"99999999999999999999", UINT32_MAX, -1}};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint32_t n = 77;
        bool good = sdp_number(text(rows[i].text), rows[i].maximum, &n);
        ROW_EQUAL(i, good, rows[i].wanted >= 0);
        ROW_EQUAL(i, n, good ? rows[i].wanted : 77);
    }
}

static void characters_and_copies(void **state)
{
    char to[4] = "xyz";
    (void)state;
    assert_true(sdp_is_made_of(text("aZ09+/"), "+/"));
    assert_false(sdp_is_made_of(text("a b"), "+/") || sdp_is_made_of(text(""), "+/"));
    assert_false(sdp_is_made_of((struct sdp_text){"a\0b", 3}, "+/"));
    assert_false(sdp_copy(text("four"), to, 3));
    assert_string_equal(to, "xyz");
    assert_true(sdp_copy(text("abc"), to, 3));
    assert_string_equal(to, "abc");
    assert_true(sdp_copy(text(""), to, 3));
    assert_string_equal(to, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines),
        cmocka_unit_test(words),
        cmocka_unit_test(comparisons),
        cmocka_unit_test(numbers),
        cmocka_unit_test(characters_and_copies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
