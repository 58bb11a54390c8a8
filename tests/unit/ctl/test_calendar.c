/* iCalendar: folded, escaped, in UTC, and for one person. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ctl/calendar.h"

static const char plan[] =
    "{\"id\":\"p1\",\"title\":\"One; two, three\",\"sessions\":["
    "{\"key\":\"a\",\"title\":\"\u06a9\u0644\u0627\u0633 \u06a9\u0644\u0627\u0633 \u06a9\u0644\u0627\u0633 "
    "\u06a9\u0644\u0627\u0633 \u06a9\u0644\u0627\u0633 \u06a9\u0644\u0627\u0633 \u06a9\u0644\u0627\u0633 "
    "\u06a9\u0644\u0627\u0633\","
    "\"zone\":\"Europe/"
    "Rome\",\"starts\":1796025600000,\"ends\":1796029200000,\"rooms\":[\"A\",\"B\"],\"chairs\":[\"ada\"],"
    "\"slots\":[{\"starts\":1796025600000,\"seconds\":60,\"who\":\"ada\",\"title\":\"x\\\\y\"}]},"
    "{\"key\":\"b\",\"title\":\"Evil\\r\\nATTENDEE:x\",\"zone\":\"UTC\",\"starts\":1796025600000,\"ends\":"
    "1796029200000}],"
    "\"people\":[{\"key\":\"ada\",\"name\":\"Ada\",\"place\":\"B\",\"url\":\"https://h/j/"
    "t\",\"seats\":[{\"session\":\"a\",\"role\":\"chair\"}]},"
    "{\"key\":\"bo\",\"name\":\"Bo\",\"seats\":[]}]}";

static char *write(const char *person)
{
    json_t *p = json_loads(plan, 0, NULL);
    char *text = NULL;
    assert_non_null(p);
    assert_int_equal(calendar_write(p, person, 1796000000000, &text), ERR_NONE);
    json_decref(p);
    return text;
}

static size_t count(const char *text, const char *what)
{
    size_t n = 0;
    for (; (text = strstr(text, what)) != NULL; text++)
        n++;
    return n;
}

/* Every line ends with CR LF, has at most 75 octets, and is valid by itself. */
static void lines_are_folded(void **state)
{
    (void)state;
    char *text = write(NULL);
    for (const char *at = text; *at != '\0';) {
        const char *end = strstr(at, "\r\n");
        assert_non_null(end);
        assert_true(end - at <= 75);
        assert_null(memchr(at, '\n', (size_t)(end - at)));
        json_t *whole = json_stringn(at, (size_t)(end - at));
        assert_non_null(whole);
        json_decref(whole);
        at = end + 2;
    }
    free(text);
}

static void what_is_said(void **state)
{
    (void)state;
    static const struct {
        int row;
        const char *person, *line;
        size_t times;
    } rows[] = {
        {1, NULL, "BEGIN:VEVENT\r\n", 2},
        {2, NULL, "\r\nDTSTART:20261130T080000Z\r\nDTEND:20261130T090000Z\r\n", 2},
        {3, NULL, "\r\nDTSTAMP:20261130T005320Z\r\n", 2},
        {4, NULL, "\r\nX-WR-CALNAME:One\\; two\\, three\r\n", 1},
        {5, NULL, "\r\nLOCATION:A\\, B\r\n", 1},
        {6, NULL, "\r\nATTENDEE", 0},
        {7, NULL, "09:00 Ada: x\\\\y", 1},
        {8, NULL, "https://h/j/t", 0},
        {9, "ada", "BEGIN:VEVENT\r\n", 1},
        {10, "ada", "\r\nURL:https://h/j/t\r\n", 1},
        {11, "ada", "\r\nLOCATION:B\r\n", 1},
        {12, "bo", "BEGIN:VEVENT\r\n", 0},
        {13, NULL, "\r\nUID:a@p1.aula\r\n", 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *text = write(rows[i].person);
        if (count(text, rows[i].line) != rows[i].times)
            fail_msg("row %d: %s", rows[i].row, text);
        free(text);
    }
}

static void nobody_of_that_name(void **state)
{
    (void)state;
    json_t *p = json_loads(plan, 0, NULL);
    char *text = NULL;
    assert_int_equal(calendar_write(p, "zoe", 0, &text), ERR_UNKNOWN);
    assert_null(text);
    json_decref(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lines_are_folded), cmocka_unit_test(what_is_said),
                                       cmocka_unit_test(nobody_of_that_name)};
    return cmocka_run_group_tests_name("ctl/calendar", tests, NULL, NULL);
}
