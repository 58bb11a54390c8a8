/* The routes of /api/v1: from a path to its verb, and on to the request of the operator's door. */
#include "../rows.h"
#include "wire/api.h"
#include "wire/json_in.h"

static void paths(void **state)
{
    static const struct {
        enum api_method method;
        const char *path;
        enum err want;
        const char *verb, *session;
    } rows[] = {
        /* 1 */ {API_GET, "/sessions", ERR_NONE, "list", NULL},
        /* 2 */ {API_POST, "/sessions", ERR_NONE, "session-create", NULL},
        /* 3 */ {API_GET, "/sessions/f7k2", ERR_NONE, "show", "f7k2"},
        /* 4 */ {API_POST, "/sessions/f7k2/open", ERR_NONE, "open", "f7k2"},
        /* 5 */ {API_POST, "/sessions/open/open", ERR_NONE, "open", "open"},
        /* 6 */ {API_DELETE, "/sessions/f7k2/links", ERR_NONE, "link-revoke", "f7k2"},
        /* 7 */ {API_DELETE, "/sessions/f7k2", ERR_UNSUPPORTED, NULL, NULL},
        /* 8 */ {API_GET, "/drain", ERR_UNSUPPORTED, NULL, NULL},
        /* 9 */ {API_GET, "", ERR_UNKNOWN, NULL, NULL},
        /* 10 */ {API_GET, "/", ERR_UNKNOWN, NULL, NULL},
        /* 11 */ {API_GET, "/sessions/", ERR_UNKNOWN, NULL, NULL},
        /* 12 */ {API_GET, "//sessions", ERR_UNKNOWN, NULL, NULL},
        /* 13 */ {API_GET, "/sessions/f7k2/", ERR_UNKNOWN, NULL, NULL},
        /* 14 */ {API_GET, "/sessions/f7k2/open/more", ERR_UNKNOWN, NULL, NULL},
        /* 15 */ {API_GET, "/sessions/a b", ERR_UNKNOWN, NULL, NULL},
        /* 16 */ {API_GET, "/sessions/\"", ERR_UNKNOWN, NULL, NULL},
        /* 17 */ {API_GET, "/sessions/{session}", ERR_UNKNOWN, NULL, NULL},
        /* 18 */ {API_GET, "/session", ERR_UNKNOWN, NULL, NULL},
        /* 19 */
        {API_GET, "/sessions/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
         ERR_UNKNOWN, NULL, NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct api_match m = {.count = 77};
        ROW_EQUAL(i, api_find(rows[i].method, rows[i].path, &m), rows[i].want);
        if (rows[i].want != ERR_NONE) {
            ROW_EQUAL(i, m.count, 77);
            continue;
        }
        ROW_TRUE(i, strcmp(m.route->verb, rows[i].verb) == 0);
        const char *session = api_value(&m, "session");
        ROW_TRUE(i, rows[i].session ? session && strcmp(session, rows[i].session) == 0 : session == NULL);
    }
}

static void requests(void **state)
{
    static const struct {
        enum api_method method;
        const char *path;
        struct api_pair pairs[3];
        size_t count;
        const char *body;
        const char *wanted; /* the request; or, where it is refused, a part of the sentence */
        bool refused;
    } rows[] = {
        /* 1 */ {API_GET, "/sessions", {{0}}, 0, NULL, "{\"verb\":\"list\"}", false},
        /* 2 */ {API_GET, "/sessions", {{"all", "true"}}, 1, NULL, "{\"verb\":\"list\",\"all\":true}", false},
        /* 3 */ {API_GET, "/sessions", {{"all", ""}}, 1, NULL, "true or false", true},
        /* 4 */ {API_GET, "/sessions", {{"all", "true"}, {"all", "true"}}, 2, NULL, "twice", true},
        /* 5 */ {API_GET, "/sessions", {{"verb", "drain"}}, 1, NULL, "means nothing", true},
        /* 6 */
        {API_GET,
         "/sessions/s/log",
         {{"from", "12"}},
         1,
         NULL,
         "{\"verb\":\"log-show\",\"session\":\"s\",\"from\":12}",
         false},
        /* 7 */ {API_GET, "/sessions/s/log", {{"from", "-1"}}, 1, NULL, "whole number", true},
        /* 8 */ {API_GET, "/sessions/s/log", {{"from", "1234567890123456"}}, 1, NULL, "whole number", true},
        /* 9 */
        {API_GET,
         "/attendance",
         {{"sessions", "a"}, {"format", "csv"}, {"sessions", "b\""}},
         3,
         NULL,
         "{\"verb\":\"attendance\",\"sessions\":[\"a\",\"b\\\"\"],\"format\":\"csv\"}",
         false},
        /* 10 */
        {API_POST, "/sessions/s/open", {{0}}, 0, NULL, "{\"verb\":\"open\",\"session\":\"s\"}", false},
        /* 11 */
        {API_POST, "/sessions/s/open", {{0}}, 0, "{}", "{\"verb\":\"open\",\"session\":\"s\"}", false},
        /* 12 */
        {API_POST,
         "/sessions/s/open",
         {{0}},
         0,
         " \r\n{ \t}\n ",
         "{\"verb\":\"open\",\"session\":\"s\"}",
         false},
        /* 13 */
        {API_POST,
         "/sessions/s/mute",
         {{0}},
         0,
         "{\"participant\":3}",
         "{\"verb\":\"mute\",\"session\":\"s\",\"participant\":3}",
         false},
        /* 14 */ {API_POST, "/sessions/s/mute", {{0}}, 0, "[1]", "object", true},
        /* 15 */ {API_POST, "/sessions/s/mute", {{0}}, 0, "{}{}", "JSON", true},
        /* 16 */ {API_POST, "/sessions/s/mute", {{0}}, 0, "", "JSON", true},
        /* 17 */ {API_POST, "/sessions/s/mute", {{0}}, 0, "{\"a\":\"\xff\"}", "JSON", true},
        /* 18: whoever reads it sees a member twice, and refuses */
        {API_POST,
         "/sessions/s/mute",
         {{0}},
         0,
         "{\"session\":\"t\"}",
         "{\"verb\":\"mute\",\"session\":\"s\",\"session\":\"t\"}",
         false},
        /* 19 */
        {API_DELETE, "/tokens/3", {{0}}, 0, NULL, "{\"verb\":\"token-revoke\",\"token\":\"3\"}", false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct api_match m;
        struct json_out o;
        char why[240] = "";
        ROW_EQUAL(i, api_find(rows[i].method, rows[i].path, &m), ERR_NONE);
        enum err e = api_request(&m, rows[i].pairs, rows[i].count, rows[i].body,
                                 rows[i].body ? strlen(rows[i].body) : 0, &o, why);
        ROW_EQUAL(i, e, rows[i].refused ? ERR_MALFORMED : ERR_NONE);
        const char *said = rows[i].refused ? why : o.text;
        bool good =
            rows[i].refused ? strstr(said, rows[i].wanted) != NULL : strcmp(said, rows[i].wanted) == 0;
        if (!good)
            fail_msg("row %zu: %s", i + 1, said);
        json_out_finish(&o);
    }
}

static void a_verb_has_one_route_and_is_found(void **state)
{
    (void)state;
    for (const struct api_route *r = api_routes; r->path != NULL; r++) {
        assert_ptr_equal(api_route_of(r->verb), r);
        assert_string_not_equal(api_right_text(r->right), "");
        assert_true(r->method == API_POST || r->body == API_NOTHING);
        for (const struct api_route *other = r + 1; other->path != NULL; other++)
            assert_false(other->method == r->method && strcmp(other->path, r->path) == 0);
    }
    assert_null(api_route_of("dance"));
}

static void rights(void **state)
{
    (void)state;
    assert_int_equal(api_right_read("read"), API_READ);
    assert_int_equal(api_right_read("admin"), API_ADMIN);
    assert_int_equal(api_right_read("Read"), 0);
    assert_int_equal(api_right_read(""), 0);
    assert_true(api_allows(API_READ | API_PEOPLE, API_PEOPLE));
    assert_false(api_allows(API_READ | API_PEOPLE, API_SESSIONS));
    assert_false(api_allows(API_READ | API_SESSIONS | API_PEOPLE, API_ADMIN));
    assert_true(api_allows(API_ADMIN, API_READ));
    assert_false(api_allows(0, API_READ));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths),
        cmocka_unit_test(requests),
        cmocka_unit_test(a_verb_has_one_route_and_is_found),
        cmocka_unit_test(rights),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
