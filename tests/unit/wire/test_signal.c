/* Every sentence of tests/vectors/sentences.json: read, written again, or refused by the name of its member.
 * The browser's client passes the same file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "wire/signal.h"

/* Reads a text and writes what was read; returns the sentence that refused it, or NULL. */
typedef const char *(*again)(const char *text, size_t len, struct json_out *o);

static char refusal_text[WHY_MAX];

static const char *client_again(const char *text, size_t len, struct json_out *o)
{
    struct client_sentence s;
    struct sentence_refusal refusal;
    if (client_sentence_read(text, len, &s, &refusal)) {
        strcpy(refusal_text, refusal.why);
        return refusal_text;
    }
    client_sentence_write(o, &s);
    client_sentence_finish(&s);
    return NULL;
}

static const char *relay_again(const char *text, size_t len, struct json_out *o)
{
    struct relay_sentence s;
    if (relay_sentence_read(text, len, &s, refusal_text))
        return refusal_text;
    relay_sentence_write(o, &s);
    relay_sentence_finish(&s);
    return NULL;
}

static const char *event_again(const char *text, size_t len, struct json_out *o)
{
    struct json_doc *doc;
    struct event e;
    if (json_doc_read(text, len, SENTENCE_MAX, &doc, refusal_text))
        return refusal_text;
    event_read(json_doc_root(doc), &e);
    const char *why = NULL;
    if (json_doc_error(doc))
        why = strcpy(refusal_text, json_doc_why(doc));
    else
        event_write(o, NULL, &e);
    json_doc_destroy(doc);
    return why;
}

static void check_valid(const char *list, json_t *row, const char *why, struct json_out *o)
{
    int number = (int)json_integer_value(json_object_get(row, "row"));
    if (why)
        fail_msg("%s row %d refused: %s", list, number, why);
    json_t *want = json_object_get(row, "written");
    json_t *got = json_loadb(o->text, o->len, JSON_REJECT_DUPLICATES, NULL);
    if (!json_equal(got, want ? want : json_object_get(row, "sentence")))
        fail_msg("%s row %d written as %s", list, number, o->text);
    json_decref(got);
}

static void check_invalid(const char *list, json_t *row, const char *why)
{
    int number = (int)json_integer_value(json_object_get(row, "row"));
    char quoted[64];
    snprintf(quoted, sizeof quoted, "\"%s\"", json_string_value(json_object_get(row, "names")));
    if (!why)
        fail_msg("%s row %d was taken", list, number);
    if (!strstr(why, quoted))
        fail_msg("%s row %d: '%s' does not name %s", list, number, why, quoted);
}

static void check_list(json_t *all, const char *list, again write_again)
{
    json_t *rows = json_object_get(all, list);
    assert_true(json_array_size(rows) > 20);
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row)
    {
        char *text = json_dumps(json_object_get(row, "sentence"), JSON_COMPACT);
        struct json_out o;
        json_out_init(&o);
        const char *why = write_again(text, strlen(text), &o);
        if (json_is_true(json_object_get(row, "valid")))
            check_valid(list, row, why, &o);
        else
            check_invalid(list, row, why);
        json_out_finish(&o);
        free(text);
    }
}

static json_t *vectors(void)
{
    json_t *all = json_load_file(VECTORS "/sentences.json", JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(all);
    return all;
}

static void client_rows(void **state)
{
    (void)state;
    json_t *all = vectors();
    check_list(all, "client", client_again);
    json_decref(all);
}

static void relay_rows(void **state)
{
    (void)state;
    json_t *all = vectors();
    check_list(all, "relay", relay_again);
    json_decref(all);
}

static void event_rows(void **state)
{
    (void)state;
    json_t *all = vectors();
    check_list(all, "events", event_again);
    json_decref(all);
}

/* What cannot stand in a JSON file. */
static void no_sentences(void **state)
{
    (void)state;
    static const struct {
        int row;
        const char *text;
        size_t len; /* 0 = strlen */
    } rows[] = {
        {1, ""},
        {2, " "},
        {3, "null"},
        {4, "[]"},
        {5, "\"hello\""},
        {6, "{"},
        {7, "{\"kind\":\"do\",\"id\":1,\"verb\":\"leave\"} x"},
        {8, "{\"kind\":\"do\",\"id\":1,\"id\":2,\"verb\":\"leave\"}"},
        {9, "{\"kind\":\"do\",\"id\":01,\"verb\":\"leave\"}"},
        {10, "{\"kind\":\"do\",\"id\":1e400,\"verb\":\"leave\"}"},
        {11, "{\"kind\":\"do\",\"id\":99999999999999999999,\"verb\":\"leave\"}"},
        {12, "{\"kind\":\"do\",\"id\":1,\"verb\":\"chat\",\"text\":\"\xff\"}"},
        {13, "{\"kind\":\"do\",\"id\":1,\"verb\":\"chat\",\"text\":\"\xc0\x80\"}"},
        {14, "{\"kind\":\"do\",\"id\":1,\"verb\":\"chat\",\"text\":\"\xed\xa0\x80\"}"},
        {15, "{\"kind\":\"do\",\"id\":1,\"verb\":\"chat\",\"text\":\"a\\u0000b\"}"},
        {16, "{\"kind\":\"do\",\"id\":1,\"verb\":\"chat\",\"text\":\"\\ud800\"}"},
        {17, "{\"kind\":\"do\",\"id\":1,\"verb\":\"leave\"}\0", 37},
        {18, "{'kind':'do'}"},
        {19, "{\"kind\":\"do\",\"id\":NaN,\"verb\":\"leave\"}"},
        {20, "{\"kind\":\"do\",}"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct client_sentence s;
        struct sentence_refusal refusal = {0};
        size_t len = rows[i].len ? rows[i].len : strlen(rows[i].text);
        if (client_sentence_read(rows[i].text, len, &s, &refusal) != ERR_MALFORMED)
            fail_msg("row %d was taken", rows[i].row);
        assert_true(refusal.why[0] != '\0');
        assert_false(refusal.has_id);
    }
}

static void too_long(void **state)
{
    (void)state;
    static const char head[] = "{\"kind\":\"do\",\"id\":1,\"verb\":\"leave\"}";
    char *text = malloc(SENTENCE_MAX + 1);
    assert_non_null(text);
    memset(text, ' ', SENTENCE_MAX + 1);
    memcpy(text, head, sizeof head - 1);
    struct client_sentence s;
    struct sentence_refusal refusal;
    assert_int_equal(client_sentence_read(text, SENTENCE_MAX + 1, &s, &refusal), ERR_LONG);
    assert_int_equal(client_sentence_read(text, SENTENCE_MAX, &s, &refusal), ERR_NONE);
    client_sentence_finish(&s);
    free(text);
}

/* Ten thousand open brackets: refused, not followed down. */
static void too_deep(void **state)
{
    (void)state;
    char text[10000];
    memset(text, '[', sizeof text);
    memcpy(text, "{\"kind\":", 8);
    struct client_sentence s;
    struct sentence_refusal refusal;
    assert_int_equal(client_sentence_read(text, sizeof text, &s, &refusal), ERR_MALFORMED);
}

/* A refusal carries the id whenever it could be read. */
static void refusals_keep_the_id(void **state)
{
    (void)state;
    static const struct {
        int row;
        const char *text;
        bool has_id;
        int64_t id;
    } rows[] = {
        {1, "{\"kind\":\"do\",\"id\":5,\"verb\":\"fly\"}", true, 5},
        {2, "{\"kind\":\"do\",\"id\":6,\"verb\":\"grant\"}", true, 6},
        {3, "{\"kind\":\"do\",\"id\":0}", true, 0},
        {4, "{\"kind\":\"do\",\"verb\":\"fly\"}", false, 0},
        {5, "{\"kind\":\"fly\",\"id\":5}", false, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct client_sentence s;
        struct sentence_refusal r;
        assert_int_equal(client_sentence_read(rows[i].text, strlen(rows[i].text), &s, &r), ERR_UNSUPPORTED);
        if (r.has_id != rows[i].has_id || r.id != rows[i].id)
            fail_msg("row %d: id %d %lld", rows[i].row, r.has_id, (long long)r.id);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(client_rows),          cmocka_unit_test(relay_rows), cmocka_unit_test(event_rows),
        cmocka_unit_test(no_sentences),         cmocka_unit_test(too_long),   cmocka_unit_test(too_deep),
        cmocka_unit_test(refusals_keep_the_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
