#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "wire/json_in.h"
#include "wire/json_out.h"

static void writes_the_same_bytes(void **state)
{
    (void)state;
    struct json_out o;
    json_out_init(&o);
    json_open_object(&o, NULL);
    json_put_string(&o, "s", "a\"b\\c\nd\x01\x7f é");
    json_put_string(&o, "null", NULL);
    json_put_integer(&o, "i", INT64_MIN);
    json_put_fraction(&o, "f", 0.1234567);
    json_put_fraction(&o, "g", -0.5);
    json_put_fraction(&o, "h", 0.0 / 0.0);
    json_open_array(&o, "a");
    json_put_boolean(&o, NULL, true);
    json_open_object(&o, NULL);
    json_close_object(&o);
    json_put_raw(&o, NULL, "[1]x", 3);
    json_close_array(&o);
    json_close_object(&o);
    char *text;
    size_t len;
    assert_int_equal(json_out_take(&o, &text, &len), ERR_NONE);
    assert_string_equal(text,
                        "{\"s\":\"a\\\"b\\\\c\\nd\\u0001\\u007f é\",\"null\":null,\"i\":-9223372036854775808,"
                        "\"f\":0.123457,\"g\":-0.500000,\"h\":0.000000,\"a\":[true,{},[1]]}");
    assert_int_equal(len, strlen(text));
    free(text);
    assert_int_equal(json_out_take(&o, &text, &len), ERR_MEMORY); /* nothing was written */
}

static void grows(void **state)
{
    (void)state;
    struct json_out o;
    json_out_init(&o);
    json_open_array(&o, NULL);
    for (int i = 0; i < 10000; i++)
        json_put_integer(&o, NULL, i % 10);
    json_close_array(&o);
    assert_false(o.failed);
    assert_int_equal(o.len, 2 * 10000 + 1);
    json_out_finish(&o);
}

static void text_rows(void **state)
{
    (void)state;
    static const struct {
        int row;
        const char *utf8;
        bool id, line, block, bytes;
    } rows[] = {
        {1, "", false, false, false, false},
        {2, "abc-_.9", true, true, true, true},
        {3, "a b", false, true, true, true},
        {4, "a\nb\t", false, false, true, true},
        {5, "a\rb", false, false, false, true},
        {6, " ", false, false, false, false},
        {7, "\u00a0\u200b\u3000", false, false, false, false},
        {8, "a\u202a", false, false, false, true},
        {9, "a\u202e", false, false, false, true},
        {10, "a\u2069", false, false, false, true},
        {11, "a\u2028", false, false, false, true},
        {12, "a\xc2\x9f", false, false, false, true},
        {13, "a\x7f", false, false, false, true},
        {14, "\u200fאב", false, true, true, true},
        {15, "🎓", false, true, true, true},
        {16, "李", false, true, true, true},
        {17, "\xc3", false, false, false, true}, /* cut short: not valid, but it must not run past the end */
        {18, "\xf0\x9f", false, false, false, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (json_text_is(rows[i].utf8, JSON_TEXT_ID) != rows[i].id ||
            json_text_is(rows[i].utf8, JSON_TEXT_LINE) != rows[i].line ||
            json_text_is(rows[i].utf8, JSON_TEXT_BLOCK) != rows[i].block ||
            json_text_is(rows[i].utf8, JSON_TEXT_BYTES) != rows[i].bytes)
            fail_msg("row %d", rows[i].row);
    }
    assert_int_equal(json_text_characters("é🎓a"), 3);
}

static struct json_doc *doc_of(const char *text)
{
    struct json_doc *doc;
    char why[JSON_WHY_MAX];
    assert_int_equal(json_doc_read(text, strlen(text), 1000, &doc, why), ERR_NONE);
    return doc;
}

static void the_first_failure_sticks(void **state)
{
    (void)state;
    struct json_doc *doc = doc_of("{\"a\":1,\"b\":\"x\",\"c\":true,\"d\":[],\"e\":{}}");
    struct json_in in = json_doc_root(doc);
    assert_int_equal(json_in_integer(in, "a", 0, 5), 1);
    assert_int_equal(json_doc_error(doc), ERR_NONE);
    assert_int_equal(json_in_integer(in, "b", 2, 5), 2);
    assert_string_equal(json_doc_why(doc), "\"b\" must be a whole number from 2 to 5.");
    assert_int_equal(json_in_integer(in, "a", 0, 5), 0);
    assert_string_equal(json_in_string(in, "b", JSON_TEXT_LINE, 5), "");
    assert_false(json_in_boolean(in, "x"));
    assert_int_equal(json_in_array(in, "x", 5), 0);
    assert_true(json_in_number(in, "x", 0, 1) == 0);
    assert_string_equal(json_doc_why(doc), "\"b\" must be a whole number from 2 to 5.");
    json_doc_fail(doc, ERR_AUTH, "later");
    assert_int_equal(json_doc_error(doc), ERR_UNSUPPORTED);
    json_doc_destroy(doc);
    json_doc_destroy(NULL);
}

static void wrong_types(void **state)
{
    (void)state;
    static const char *const members[] = {"n", "s", "b", "a", "o", "missing"};
    for (size_t i = 0; i < 6; i++) {
        for (int type = 0; type < 6; type++) {
            struct json_doc *doc = doc_of("{\"n\":1,\"s\":\"x\",\"b\":false,\"a\":[1],\"o\":{}}");
            struct json_in in = json_doc_root(doc);
            switch (type) {
            case 0:
                json_in_integer(in, members[i], 0, 9);
                break;
            case 1:
                json_in_string(in, members[i], JSON_TEXT_LINE, 9);
                break;
            case 2:
                json_in_boolean(in, members[i]);
                break;
            case 3:
                json_in_array(in, members[i], 9);
                break;
            case 4:
                json_in_object(in, members[i]);
                break;
            default:
                json_in_number(in, members[i], 0, 9);
                break;
            }
            bool right = ((size_t)type == i && i < 5) || (type == 5 && i == 0);
            if ((json_doc_error(doc) == ERR_NONE) != right)
                fail_msg("member %zu as type %d", i, type);
            json_doc_destroy(doc);
        }
    }
}

static void elements(void **state)
{
    (void)state;
    struct json_doc *doc = doc_of("{\"a\":[1,\"x\",{\"k\":2}]}");
    struct json_in in = json_doc_root(doc);
    assert_int_equal(json_in_array_integer(in, "a", 0, 0, 9), 1);
    assert_string_equal(json_in_array_string(in, "a", 1, JSON_TEXT_ID, 1), "x");
    assert_int_equal(json_in_integer(json_in_array_object(in, "a", 2), "k", 0, 9), 2);
    assert_int_equal(json_doc_error(doc), ERR_NONE);
    json_in_array_object(in, "a", 3);
    assert_int_equal(json_doc_error(doc), ERR_UNSUPPORTED);
    json_doc_destroy(doc);
    doc = doc_of("{\"a\":[1,2]}");
    assert_int_equal(json_in_array(json_doc_root(doc), "a", 1), 0);
    assert_string_equal(json_doc_why(doc), "\"a\" must be a list of at most 1.");
    assert_null(json_doc_alloc(doc, SIZE_MAX / 4, 16));
    json_doc_destroy(doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_the_same_bytes),
        cmocka_unit_test(grows),
        cmocka_unit_test(text_rows),
        cmocka_unit_test(the_first_failure_sticks),
        cmocka_unit_test(wrong_types),
        cmocka_unit_test(elements),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
