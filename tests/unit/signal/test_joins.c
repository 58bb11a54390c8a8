/* Joining, coming back, taking over, going. */
#include "class.h"

static void joining(void **state)
{
    (void)state;
    struct house *h = class_opens();
    json_t *w = house_heard(h, 3, "welcome");
    assert_non_null(w);
    assert_int_equal(house_number(w, "you"), 3);
    assert_int_equal(house_number(w, "resumed"), 0);
    json_t *session = json_object_get(w, "session");
    assert_string_equal(house_text(session, "id"), id);
    assert_int_equal(json_array_size(json_object_get(session, "participants")), 3);
    assert_int_equal(house_number(w, "clock"), 0); /* no time has passed since the session was made */
    json_decref(w);
    check_last_event(h, 1, "\"name\":\"Eva\"");
    assert_int_equal(desk_deadline(h->desk), NEVER_US); /* nothing is due */
    house_close(h);
}

static void tokens_that_do_not_work(void **state)
{
    (void)state;
    struct house *h = class_opens();
    char expired[64];
    json_t *reply = house_ask(h,
                              "{\"verb\":\"link\",\"session\":\"%s\",\"role\":\"trainee\",\"name\":\"F\","
                              "\"expires_s\":1}",
                              id);
    snprintf(expired, sizeof expired, "%s", strrchr(house_text(reply, "url"), '/') + 1);
    json_decref(reply);
    house_wait(h, 2 * US_PER_S);
    json_decref(house_ask(h, "{\"verb\":\"link-revoke\",\"session\":\"%s\",\"participant\":5}", id));
    char wrong[64];
    snprintf(wrong, sizeof wrong, "%s", token[3]);
    wrong[5] = wrong[5] == 'x' ? 'y' : 'x';
    const char *const tokens[] = {wrong, expired, token[5], "short", "..."};
    char *first = NULL;
    for (size_t i = 0; i < 5; i++) {
        house_hello(h, 20, tokens[i], 0);
        assert_int_equal(h->heard[20].count, 1);
        assert_true(h->heard[20].closed);
        check_heard(h, 20, "bye", "why", "token");
        /* The same words, whatever is wrong with it. */
        if (first)
            assert_string_equal(first, h->heard[20].texts[0]);
        else
            first = strdup(h->heard[20].texts[0]);
    }
    free(first);
    house_close(h);
}

static void takeover(void **state)
{
    (void)state;
    struct house *h = class_opens();
    house_say(h, 3, "{\"kind\":\"do\",\"id\":7,\"verb\":\"hand-up\"}");
    size_t rows = h->row_count;
    house_hello(h, 9, token[3], 0);
    check_heard(h, 3, "bye", "why", "replaced");
    assert_true(h->heard[3].closed);
    check_heard(h, 9, "welcome", "you", "3");
    house_hang_up(h, 3); /* the shell says so later: nobody is away by it */
    house_wait(h, US_PER_S);
    assert_int_equal(h->row_count, rows);
    house_say(h, 9, "{\"kind\":\"do\",\"id\":1,\"verb\":\"hand-up\"}");
    check_heard(h, 9, "done", "n", "0"); /* the hand was kept */
    house_close(h);
}

static void resuming(void **state)
{
    (void)state;
    struct house *h = class_opens();
    json_t *w = house_heard(h, 5, "welcome");
    uint64_t last = (uint64_t)house_number(w, "n");
    json_decref(w);
    house_hang_up(h, 5);
    house_say(h, 3, "{\"kind\":\"do\",\"id\":1,\"verb\":\"chat\",\"text\":\"while you were out\"}");
    house_hello(h, 6, token[5], last);
    w = house_heard(h, 6, "welcome");
    assert_int_equal(house_number(w, "resumed"), 1);
    json_t *events = json_object_get(w, "events");
    assert_int_equal(json_array_size(events), 3); /* away, chat, joined */
    assert_int_equal(house_number(json_array_get(events, 0), "n"), (int64_t)last + 1);
    json_decref(w);
    /* A number from the future, or none: the whole state. */
    house_hello(h, 7, token[5], 100000);
    w = house_heard(h, 7, "welcome");
    assert_int_equal(house_number(w, "resumed"), 0);
    json_decref(w);
    house_close(h);
}

/* Too far behind: the whole state. */
static void too_far_behind(void **state)
{
    (void)state;
    struct house *h = class_opens();
    for (int i = 0; i < 5000; i++) {
        house_say(h, 1, "{\"kind\":\"do\",\"id\":1,\"verb\":\"%s\"}", i % 2 ? "unlock" : "lock");
        house_wait(h, 100 * US_PER_MS);
        house_forget(h, 1);
    }
    json_t *w;
    house_hello(h, 20, token[5], 10);
    w = house_heard(h, 20, "welcome");
    assert_int_equal(house_number(w, "resumed"), 0);
    uint64_t n = (uint64_t)house_number(w, "n");
    json_decref(w);
    house_hello(h, 21, token[5], n - 1999);
    w = house_heard(h, 21, "welcome");
    assert_int_equal(house_number(w, "resumed"), 1);
    assert_int_equal(json_array_size(json_object_get(w, "events")), 1999);
    json_decref(w);
    house_hello(h, 22, token[5], n - 2001);
    w = house_heard(h, 22, "welcome");
    assert_int_equal(house_number(w, "resumed"), 0);
    json_decref(w);
    house_close(h);
}

static void leaving_and_removing(void **state)
{
    (void)state;
    struct house *h = class_opens();
    house_say(h, 3, "{\"kind\":\"do\",\"id\":4,\"verb\":\"leave\"}");
    check_heard(h, 3, "done", "id", "4");
    assert_true(h->heard[3].closed);
    house_hang_up(h, 3);
    house_say(h, 1, "{\"kind\":\"do\",\"id\":5,\"verb\":\"remove\",\"who\":4}");
    check_heard(h, 4, "bye", "why", "removed");
    check_last_event(h, 4, "\"kind\":\"removed\",\"who\":4,\"by\":1");
    assert_true(h->heard[4].closed);
    house_hello(h, 10, token[4], 0);
    check_heard(h, 10, "bye", "why", "token");
    house_hello(h, 11, token[3], 0); /* whoever left may come back */
    check_heard(h, 11, "welcome", "you", "3");
    house_close(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joining),        cmocka_unit_test(tokens_that_do_not_work),
        cmocka_unit_test(takeover),       cmocka_unit_test(resuming),
        cmocka_unit_test(too_far_behind), cmocka_unit_test(leaving_and_removing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
