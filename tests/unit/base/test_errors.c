#include "../rows.h"
#include "base/errors.h"

static void classes(void **state)
{
    static const struct {
        enum err error;
        enum err_class wanted;
    } rows[] = {{ERR_NONE, ERR_CLASS_NONE},        {ERR_SHORT, ERR_CLASS_DROP},
                {ERR_RATE, ERR_CLASS_DROP},        {ERR_HANDSHAKE, ERR_CLASS_LINK_DEAD},
                {ERR_CLOSED, ERR_CLASS_LINK_DEAD}, {ERR_FULL, ERR_CLASS_BUG},
                {ERR_SYSTEM, ERR_CLASS_BUG}};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        ROW_EQUAL(i, err_class(rows[i].error), rows[i].wanted);
}

static void every_error_has_its_own_text(void **state)
{
    (void)state;
    for (int i = 0; i < ERR_COUNT; i++) {
        const char *text = err_text((enum err)i);
        ROW_TRUE(i, text && text[0]);
        for (int j = 0; j < i; j++)
            ROW_TRUE(i, strcmp(text, err_text((enum err)j)) != 0);
    }
}

static void what_is_no_error_has_a_text_too(void **state)
{
    (void)state;
    assert_string_equal(err_text(ERR_COUNT), "unknown error");
    assert_string_equal(err_text((enum err)1000), "unknown error");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classes),
        cmocka_unit_test(every_error_has_its_own_text),
        cmocka_unit_test(what_is_no_error_has_a_text_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
