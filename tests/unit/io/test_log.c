#include "../rows.h"
#include "io/log.h"

static void escapes(void **state)
{
    (void)state;
    static const struct {
        const char *message, *text, *json;
    } rows[] = {
        {"plain", "plain", "plain"},
        {"a\nb", "a\\x0ab", "a\\u000ab"},
        {"\x1b[2J", "\\x1b[2J", "\\u001b[2J"},
        {"\"\\", "\"\\", "\\u0022\\u005c"},
        {"\xc3\xa4", "\xc3\xa4", "\xc3\xa4"},
        {"\xc2\x9b", "\\xc2\\x9b", "\\u00c2\\u009b"}, /* C1: a terminal would obey */
        {"\xff\xc3", "\\xff\\xc3", "\\u00ff\\u00c3"},
        {"\xe2\x82", "\\xe2\\x82", "\\u00e2\\u0082"},
        {"\x7f", "\\x7f", "\\u007f"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[64];
        ROW_EQUAL(i, log_escape(rows[i].message, false, text, sizeof text), strlen(rows[i].text));
        assert_string_equal(text, rows[i].text);
        log_escape(rows[i].message, true, text, sizeof text);
        assert_string_equal(text, rows[i].json);
    }
}

static void is_cut_between_pieces(void **state)
{
    (void)state;
    char text[6];
    assert_int_equal(log_escape("ab\xc3\xa4\n", false, text, sizeof text), 4);
    assert_string_equal(text, "ab\xc3\xa4");
    assert_int_equal(log_escape("\n\n", false, text, sizeof text), 4);
    assert_string_equal(text, "\\x0a");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(escapes), cmocka_unit_test(is_cut_between_pieces)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
