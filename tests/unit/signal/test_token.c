#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "house.h"
#include "wire/api.h"

#define DAY_US (24 * 3600 * (span_us)US_PER_S)

static void make(struct house *h, const char *members, char token[64])
{
    json_t *reply = house_ask(h, "{\"verb\":\"token-create\",%s}", members);
    strcpy(token, house_text(reply, "token"));
    assert_int_equal(strlen(token), 43);
    json_decref(reply);
}

static unsigned may(struct house *h, const char *token)
{
    unsigned rights = 0;
    uint32_t number = 0;
    enum err e = desk_token_rights(h->desk, token, h->now_us, &rights, &number);
    assert_true(e == ERR_NONE ? number > 0 : e == ERR_UNKNOWN && rights == 0);
    return rights;
}

static void tokens_have_rights_until_they_end(void **state)
{
    char a[64], b[64], c[64];
    (void)state;
    struct house *h = house_open();
    make(h, "\"rights\":[\"read\",\"people\"],\"name\":\"portal\"", a);
    make(h, "\"rights\":[\"admin\"],\"expires_s\":60", b);
    make(h, "\"rights\":[\"sessions\",\"sessions\"]", c);
    assert_int_equal(may(h, a), API_READ | API_PEOPLE);
    assert_int_equal(may(h, b), API_ADMIN);
    assert_int_equal(may(h, c), API_SESSIONS);
    for (size_t i = 0; i < h->row_count; i++)
        assert_null(strstr(h->rows[i].text, a)); /* it is kept nowhere */
    house_wait(h, 61 * (span_us)US_PER_S);
    assert_int_equal(may(h, b), 0);
    json_decref(house_ask(h, "{\"verb\":\"token-revoke\",\"token\":\"3\"}"));
    assert_int_equal(may(h, c), 0);
    assert_int_equal(may(h, a), API_READ | API_PEOPLE);
    house_kill(h, SIZE_MAX, 0);
    assert_int_equal(may(h, a), API_READ | API_PEOPLE);
    assert_int_equal(may(h, b), 0);
    assert_int_equal(may(h, c), 0);
    json_t *reply = house_ask(h, "{\"verb\":\"token-list\"}"), *list = json_object_get(reply, "tokens");
    assert_int_equal(json_array_size(list), 3);
    assert_string_equal(house_text(json_array_get(list, 0), "name"), "portal");
    assert_true(json_is_true(json_object_get(json_array_get(list, 2), "revoked")));
    json_decref(reply);
    make(h, "\"rights\":[\"read\"]", c);
    house_wait(h, 91 * DAY_US);
    assert_int_equal(may(h, c), 0);
    house_close(h);
}

static void what_is_no_token_has_no_rights(void **state)
{
    (void)state;
    static const char *const rows[] = {"", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                                       "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
    struct house *h = house_open();
    char id[SESSION_ID_MAX + 1], link[64];
    house_session(h, id);
    house_link(h, id, "operator", "Ada", NULL, link);
    assert_int_equal(may(h, link), 0); /* a join link is none */
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(may(h, rows[i]), 0);
    house_close(h);
}

static void wrong_requests(void **state)
{
    (void)state;
    static const struct {
        const char *text, *why;
        bool usage;
    } rows[] = {
        /* 1 */ {"{\"verb\":\"token-create\"}", "rights", true},
        /* 2 */ {"{\"verb\":\"token-create\",\"rights\":[]}", "names none", true},
        /* 3 */ {"{\"verb\":\"token-create\",\"rights\":[\"all\"]}", "read, sessions, people", true},
        /* 4 */ {"{\"verb\":\"token-create\",\"rights\":\"read\"}", "rights", true},
        /* 5 */ {"{\"verb\":\"token-create\",\"rights\":[\"read\"],\"expires_s\":0}", "expires_s", true},
        /* 6 */ {"{\"verb\":\"token-create\",\"rights\":[\"read\"],\"name\":\"a\\nb\"}", "name", true},
        /* 7 */ {"{\"verb\":\"token-revoke\",\"token\":7}", "no such token", false},
        /* 8 */ {"{\"verb\":\"token-revoke\",\"token\":\"x\"}", "no such token", false},
        /* 9 */ {"{\"verb\":\"token-revoke\",\"token\":\"99999999999\"}", "token", true},
        /* 10 */ {"{\"verb\":\"token-revoke\"}", "token", true},
    };
    struct house *h = house_open();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        json_t *reply = house_ask(h, "%s", rows[i].text);
        bool usage = json_is_true(json_object_get(reply, "usage"));
        if (!json_is_false(json_object_get(reply, "ok")) || usage != rows[i].usage ||
            strstr(house_text(reply, "why"), rows[i].why) == NULL)
            fail_msg("row %zu: %s", i + 1, json_dumps(reply, 0));
        json_decref(reply);
    }
    house_close(h);
}

static void rows_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    static const char good[] = "{\"number\":1,\"rights\":[\"read\"],\"created\":1,\"expires\":2,"
                               "\"revoked\":false}";
    static const struct {
        int key;
        const char *text;
    } rows[] = {
        /* 1: the number is another's */ {2, good},
        /* 2: its number has changed */
        {1, "{\"number\":2,\"rights\":[\"read\"],\"created\":1,\"expires\":2,\"revoked\":true}"},
        /* 3 */
        {3, "{\"number\":3,\"rights\":[],\"created\":1,\"expires\":2,\"revoked\":true}"},
        /* 4 */
        {3, "{\"number\":0,\"rights\":[\"read\"],\"created\":1,\"expires\":2,\"revoked\":true}"},
        /* 5 */ {3, "{\"number\":3,\"rights\":[\"fly\"],\"created\":1,\"expires\":2,\"revoked\":true}"},
        /* 6 */ {3, "{\"number\":3}"},
        /* 7 */ {3, "nonsense"},
    };
    struct house *h = house_open();
    struct desk_row row = {
        .row = 1, .kind = ROW_TOKEN, .token_sha256 = {1}, .text = good, .len = strlen(good)};
    assert_int_equal(desk_restore(h->desk, &row), ERR_NONE);
    assert_int_equal(desk_restore(h->desk, &row), ERR_NONE); /* a later row of the same key */
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        row.token_sha256[0] = (uint8_t)rows[i].key;
        row.text = rows[i].text;
        row.len = strlen(rows[i].text);
        if (desk_restore(h->desk, &row) != ERR_MALFORMED)
            fail_msg("row %zu was taken", i + 1);
    }
    house_close(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_have_rights_until_they_end),
        cmocka_unit_test(what_is_no_token_has_no_rights),
        cmocka_unit_test(wrong_requests),
        cmocka_unit_test(rows_that_make_no_sense_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
