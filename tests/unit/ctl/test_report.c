/* What a report makes of events, and of nothing; text that would be markup. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ctl/report_parts.h"

static json_t *folded(const char *events)
{
    json_t *e = json_loads(events, 0, NULL), *facts;
    assert_non_null(e);
    facts = report_fold(e);
    json_decref(e);
    assert_non_null(facts);
    return facts;
}

static void events_become_facts(void **state)
{
    (void)state;
    static const struct {
        int row;
        const char *events, *member, *want;
    } rows[] = {
        {1, "[]", "questions", "[]"},
        {2,
         "[{\"n\":4,\"kind\":\"question\",\"question\":4,\"who\":7,\"text\":\"a\"},{\"kind\":\"voted\","
         "\"question\":4,\"votes\":3}]",
         "questions", "[{\"id\":4,\"text\":\"a\",\"votes\":3,\"who\":7}]"},
        {3,
         "[{\"n\":4,\"kind\":\"question\",\"question\":4,\"who\":7,\"text\":\"a\"},{\"kind\":\"dismissed\","
         "\"question\":4}]",
         "questions", "[]"},
        {4, "[{\"n\":4,\"kind\":\"asked\",\"who\":7,\"text\":\"never seen\"}]", "questions", "[]"},
        {5, "[{\"kind\":\"voted\",\"question\":9,\"votes\":3},{\"kind\":\"answered\",\"question\":9}]",
         "questions", "[]"},
        {6,
         "[{\"kind\":\"poll-made\",\"n\":3},{\"kind\":\"poll\",\"poll\":3,\"text\":\"p\",\"options\":[\"a\"]}"
         ","
         "{\"kind\":\"poll-results\",\"poll\":3,\"counts\":[2],\"people\":2}]",
         "polls", "[{\"counts\":[2],\"id\":3,\"options\":[\"a\"],\"people\":2,\"text\":\"p\"}]"},
        {7,
         "[{\"kind\":\"state\",\"state\":\"open\",\"at\":5},{\"kind\":\"state\",\"state\":\"open\",\"at\":6}"
         "]",
         "opened", "5"},
        {8,
         "[{\"kind\":\"created\",\"state\":\"open\",\"at\":5},{\"kind\":\"state\",\"state\":\"ended\",\"at\":"
         "9}]",
         "ended", "9"},
        {9,
         "[{\"kind\":\"joined\",\"who\":2,\"name\":\"A\",\"role\":\"chair\"},{\"kind\":\"joined\",\"who\":2,"
         "\"name\":\"B\",\"role\":\"chair\"}]",
         "names", "{\"2\":\"B\"}"},
        {11,
         "[{\"kind\":\"agenda\",\"items\":[{\"title\":\"A\",\"name\":\"Ada\",\"seconds\":9},{\"seconds\":9}]}"
         ",{\"kind\":"
         "\"item\",\"at\":5,\"item\":2},{\"kind\":\"item\",\"at\":6,\"item\":1},{\"kind\":\"item\",\"at\":7}"
         "]",
         "items", "[{\"at\":5,\"item\":2},{\"at\":6,\"item\":1,\"name\":\"Ada\",\"title\":\"A\"}]"},
        {12,
         "[{\"kind\":\"agenda\",\"items\":7},{\"kind\":\"item\",\"item\":1},{\"kind\":\"item\",\"item\":"
         "\"x\"}]",
         "items", "[]"},
        {10, "[7,null,{\"kind\":3},{}]", "chat", "[]"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        json_t *facts = folded(rows[i].events);
        char *text = json_dumps(json_object_get(facts, rows[i].member),
                                JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
        if (text == NULL || strcmp(text, rows[i].want) != 0)
            fail_msg("row %d: %s", rows[i].row, text != NULL ? text : "nothing");
        free(text);
        json_decref(facts);
    }
}

static char *text_of(const char *text)
{
    char *out = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&out, &len);
    html_text(f, text);
    fclose(f);
    return out;
}

static void markup_is_text(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"a<b>&\"c\"", "a&lt;b&gt;&amp;&quot;c&quot;"}, {"\x1b[1mx\x01", "[1mx"}, {"", ""}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *out = text_of(rows[i][0]);
        assert_string_equal(out, rows[i][1]);
        free(out);
    }
}

/* With no facts at all the page is whole. */
static void a_page_of_nothing(void **state)
{
    (void)state;
    const struct report r = {.threshold = 80};
    char *out = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&out, &len);
    report_page(f, &r);
    fclose(f);
    assert_non_null(strstr(out, "0 people came"));
    assert_non_null(strstr(out, "</html>"));
    free(out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(events_become_facts),
                                       cmocka_unit_test(markup_is_text), cmocka_unit_test(a_page_of_nothing)};
    return cmocka_run_group_tests_name("ctl/report", tests, NULL, NULL);
}
