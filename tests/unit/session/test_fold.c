/* tests/vectors/fold.json: one history, event by event, and what a newcomer would be told after some of them.
 * The page's fold is held to the same file (tests/unit/web). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "session/session.h"
#include "wire/event.h"

#define SENTENCE 65536

static void apply(struct session *s, long long row, const json_t *event)
{
    char *text = json_dumps(event, JSON_COMPACT), why[JSON_WHY_MAX] = "";
    struct json_doc *doc = NULL;
    struct event e;
    if (!text || json_doc_read(text, strlen(text), SENTENCE, &doc, why))
        fail_msg("row %lld: %s", row, why);
    event_read(json_doc_root(doc), &e);
    enum err error = json_doc_error(doc);
    if (error == ERR_NONE)
        error = session_apply(s, &e);
    if (error != ERR_NONE)
        fail_msg("row %lld: %s is not taken: %s", row, text, err_text(error));
    json_doc_destroy(doc);
    free(text);
}

static json_t *told(const struct session *s)
{
    struct session_view view;
    struct json_out o;
    char *text;
    size_t len;
    assert_int_equal(session_view_make(s, &view), ERR_NONE);
    json_out_init(&o);
    session_view_write(&o, NULL, &view);
    session_view_free(&view);
    assert_int_equal(json_out_take(&o, &text, &len), ERR_NONE);
    json_t *parsed = json_loadb(text, len, 0, NULL);
    free(text);
    return parsed;
}

static void every_view(void **state)
{
    (void)state;
    json_t *all = json_load_file(VECTORS "/fold.json", JSON_REJECT_DUPLICATES, NULL), *row;
    struct session *s;
    size_t i, looked = 0;
    assert_non_null(all);
    assert_int_equal(session_create("s1", &s), ERR_NONE);
    json_array_foreach(json_object_get(all, "rows"), i, row)
    {
        long long number = json_integer_value(json_object_get(row, "row"));
        apply(s, number, json_object_get(row, "event"));
        json_t *then = json_object_get(row, "then"), *got = told(s), *want;
        const char *member;
        json_object_foreach(then, member, want)
        {
            looked++;
            if (!json_equal(json_object_get(got, member), want))
                fail_msg("row %lld: %s is %s", number, member, json_dumps(json_object_get(got, member), 0));
        }
        json_decref(got);
    }
    assert_true(looked > 100);
    session_destroy(s);
    json_decref(all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_view)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
