/* Whole control flows in virtual time: joining, hands, the floor, chat, batches, the disk. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "house.h"

/* A session with a chair (1), a lecturer (2) in room A and three trainees (3, 4, 5); connections likewise. */
static char token[8][64];
static char id[SESSION_ID_MAX + 1];

static struct house *class_opens(void)
{
    struct house *h = house_open();
    house_session(h, id);
    house_link(h, id, "chair", "Ada", NULL, token[1]);
    house_link(h, id, "lecturer", "Bruno", "A", token[2]);
    house_link(h, id, "trainee", "Carla", NULL, token[3]);
    house_link(h, id, "trainee", "Dan", "B", token[4]);
    house_link(h, id, "trainee", "Eva", NULL, token[5]);
    for (uint32_t i = 1; i <= 5; i++)
        house_hello(h, i, token[i], 0);
    house_wait(h, US_PER_S);
    return h;
}

static void check_heard(const struct house *h, uint32_t connection, const char *kind, const char *member,
                        const char *want)
{
    json_t *s = house_heard(h, connection, kind);
    if (!s)
        fail_msg("%u heard no %s", connection, kind);
    json_t *v = json_object_get(s, member);
    char got[400];
    if (json_is_string(v))
        snprintf(got, sizeof got, "%s", json_string_value(v));
    else
        snprintf(got, sizeof got, "%lld", (long long)house_number(s, member));
    if (strcmp(got, want) != 0)
        fail_msg("%u heard %s with %s %s, not %s", connection, kind, member, got, want);
    json_decref(s);
}

static void free_texts(char **texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(texts[i]);
    free(texts);
}

static void check_last_event(const struct house *h, uint32_t connection, const char *part)
{
    uint64_t first;
    char **texts;
    size_t count = house_events(h, connection, &first, &texts);
    assert_true(count > 0);
    if (!strstr(texts[count - 1], part))
        fail_msg("%u: last event is %s", connection, texts[count - 1]);
    free_texts(texts, count);
}

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

static void nothing_is_told_before_it_is_on_disk(void **state)
{
    (void)state;
    struct house *h = class_opens();
    h->slow_disk = true;
    size_t before[8];
    for (uint32_t i = 1; i <= 5; i++)
        before[i] = h->heard[i].count;
    house_say(h, 3, "{\"kind\":\"do\",\"id\":1,\"verb\":\"chat\",\"text\":\"hello\"}");
    house_say(h, 1, "{\"kind\":\"do\",\"id\":1,\"verb\":\"grant\",\"who\":3}");
    house_hang_up(h, 5);
    house_hello(h, 6, token[5], 0);
    house_wait(h, US_PER_S);
    for (uint32_t i = 1; i <= 4; i++)
        assert_int_equal(h->heard[i].count, before[i]);
    assert_int_equal(h->heard[6].count, 0);
    /* Half of it. */
    desk_committed(h->desk, h->row_count - 2, h->now_us);
    struct desk_output o;
    bool granted = false;
    while (desk_output(h->desk, &o)) {
        assert_int_equal(o.kind, DESK_SENTENCE);
        assert_null(strstr(o.text, "welcome"));
        assert_null(strstr(o.text, "away"));
        granted = granted || strstr(o.text, "granted");
    }
    assert_true(granted);
    house_commit(h);
    check_heard(h, 6, "welcome", "you", "5");
    house_close(h);
}

static void commands_are_answered(void **state)
{
    (void)state;
    struct house *h = class_opens();
    house_say(h, 3, "{\"kind\":\"do\",\"id\":7,\"verb\":\"hand-up\"}");
    check_heard(h, 3, "done", "id", "7");
    house_say(h, 3, "{\"kind\":\"do\",\"id\":8,\"verb\":\"hand-up\"}");
    check_heard(h, 3, "done", "n", "0");
    house_say(h, 3, "{\"kind\":\"do\",\"id\":9,\"verb\":\"grant\",\"who\":3}");
    check_heard(h, 3, "refused", "id", "9");
    check_heard(h, 3, "refused", "why", "Only a chair or an operator can grant the floor.");
    house_say(h, 1, "{\"kind\":\"do\",\"id\":1,\"verb\":\"grant\",\"who\":3}");
    for (uint32_t i = 1; i <= 5; i++)
        check_last_event(h, i, "\"kind\":\"granted\",\"who\":3,\"by\":1");
    house_say(h, 4, "{\"kind\":\"do\",\"id\":2,\"verb\":\"chat\",\"text\":\"Ciao\"}");
    check_last_event(h, 1, "\"kind\":\"chat\",\"who\":4,\"text\":\"Ciao\"");
    house_close(h);
}

/* Hands of a hundred within 100 ms: one order everywhere, and few messages. */
static void a_hundred_hands(void **state)
{
    (void)state;
    struct house *h = house_open();
    static char tokens[101][64];
    house_session(h, id);
    for (uint32_t i = 1; i <= 100; i++) {
        char name[16];
        snprintf(name, sizeof name, "P%u", i);
        house_link(h, id, i == 1 ? "chair" : "trainee", name, i % 3 ? NULL : "A", tokens[i]);
        house_hello(h, i, tokens[i], 0);
        house_wait(h, 20 * US_PER_MS);
    }
    house_wait(h, US_PER_S);
    size_t before = h->heard[1].count, rows = h->row_count;
    for (uint32_t k = 0; k < 100; k++) {
        uint32_t i = k * 37 % 100 + 1;
        house_say(h, i, "{\"kind\":\"do\",\"id\":1,\"verb\":\"hand-up\"}");
        house_wait(h, US_PER_MS);
    }
    house_wait(h, US_PER_S);
    assert_int_equal(h->row_count, rows + 100);
    assert_true(h->heard[1].count - before <= 1 + 2); /* done, and at most two batches */
    uint64_t first;
    char **want, **got;
    size_t count = house_events(h, 1, &first, &want);
    for (size_t k = 0; k < 100; k++) {
        assert_string_equal(want[count - 100 + k], h->rows[rows + k].text);
        char who[16];
        snprintf(who, sizeof who, "\"who\":%zu}", k * 37 % 100 + 1);
        assert_non_null(strstr(want[count - 100 + k], who));
    }
    for (uint32_t i = 2; i <= 100; i++) {
        size_t n = house_events(h, i, &first, &got);
        assert_true(n >= 100);
        for (size_t k = 0; k < 100; k++)
            assert_string_equal(got[n - 100 + k], want[count - 100 + k]);
        free_texts(got, n);
    }
    free_texts(want, count);
    assert_true(h->shared > 90); /* one text for all */
    house_close(h);
}

/* While many join and leave, nobody gets more than five messages a second, and none is lost. */
static void batches(void **state)
{
    (void)state;
    struct house *h = class_opens();
    size_t before = h->heard[1].count;
    for (int i = 0; i < 100; i++) {
        if (i % 2 == 0)
            house_hang_up(h, 5);
        else
            house_hello(h, 5, token[5], 0);
        house_wait(h, 20 * US_PER_MS);
    }
    size_t told = h->heard[1].count - before;
    assert_in_range(told, 9, 11);
    /* What is urgent takes along what waits. */
    house_hang_up(h, 4);
    size_t waiting = h->heard[1].count;
    house_say(h, 1, "{\"kind\":\"do\",\"id\":1,\"verb\":\"mute\",\"who\":3}");
    assert_int_equal(h->heard[1].count, waiting + 2);
    check_last_event(h, 1, "\"kind\":\"muted\"");
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

static void ending(void **state)
{
    (void)state;
    struct house *h = class_opens();
    assert_true(desk_busy(h->desk));
    house_say(h, 3, "{\"kind\":\"do\",\"id\":5,\"verb\":\"end\"}");
    check_heard(h, 3, "refused", "id", "5");
    house_say(h, 1, "{\"kind\":\"do\",\"id\":5,\"verb\":\"end\"}");
    check_heard(h, 1, "done", "id", "5");
    for (uint32_t i = 1; i <= 5; i++) {
        check_heard(h, i, "bye", "why", "ended");
        check_heard(h, i, "bye", "again", "0");
        check_last_event(h, i, "\"state\":\"ended\"");
        assert_true(h->heard[i].closed);
    }
    assert_false(desk_busy(h->desk));
    house_hello(h, 9, token[3], 0);
    check_heard(h, 9, "bye", "why", "ended");
    assert_int_equal(desk_deadline(h->desk), NEVER_US);
    house_close(h);
}

static void hostile_sentences(void **state)
{
    (void)state;
    static const struct {
        int row;
        const char *text;
        const char *bye; /* NULL: refused, and the member stays */
    } rows[] = {
        {1, "", "protocol"},
        {2, "{", "protocol"},
        {3, "[]", "protocol"},
        {4, "{\"kind\":\"do\",\"id\":1,\"id\":2,\"verb\":\"end\"}", "protocol"},
        {5, "{\"kind\":\"dance\"}", NULL},
        {6, "{\"kind\":\"do\",\"id\":1,\"verb\":\"fly\"}", NULL},
        {7, "{\"kind\":\"do\",\"id\":1,\"verb\":\"grant\",\"who\":\"3\"}", NULL},
        {8, "{\"kind\":\"do\",\"id\":1,\"verb\":\"grant\",\"who\":99}", NULL},
        {9, "{\"kind\":\"do\",\"id\":1,\"verb\":\"grant\",\"who\":4294967295}", NULL},
        {10, "{\"kind\":\"do\",\"id\":1,\"verb\":\"page\",\"deck\":\"none\",\"page\":1}", NULL},
        {11, "{\"kind\":\"do\",\"id\":1,\"verb\":\"open\"}", NULL},
        {12, "{\"kind\":\"do\",\"id\":1,\"verb\":\"remove\",\"who\":3}", NULL},
        {13, "{\"kind\":\"do\",\"id\":1,\"verb\":\"chat\",\"text\":\"\\u202e\"}", NULL},
        {14, "{\"kind\":\"pointer\",\"deck\":\"d\",\"page\":1,\"x\":0,\"y\":0}", NULL},
        {15, "{\"kind\":\"offer\",\"sdp\":\"hello\"}", NULL},
        {16, "{\"kind\":\"hello\",\"v\":1,\"token\":\"x\"}", NULL},
        {17, "{\"kind\":\"line\",\"received\":-1,\"lost\":0}", NULL},
        {18, "{\"kind\":\"welcome\",\"v\":1,\"you\":1}", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct house *h = class_opens();
        size_t rows_before = h->row_count;
        house_say(h, 3, "%s", rows[i].text);
        json_t *bye = house_heard(h, 3, "bye"), *refused = house_heard(h, 3, "refused");
        if ((bye != NULL) != (rows[i].bye != NULL) || (refused != NULL) == (bye != NULL))
            fail_msg("row %d", rows[i].row);
        if (!bye && h->row_count != rows_before)
            fail_msg("row %d left something on disk", rows[i].row);
        json_decref(bye);
        json_decref(refused);
        house_say(h, 1, "{\"kind\":\"do\",\"id\":1,\"verb\":\"lock\"}"); /* the others do not notice */
        check_last_event(h, 2, "\"kind\":\"locked\"");
        house_close(h);
    }
}

static void strangers(void **state)
{
    (void)state;
    struct house *h = class_opens();
    for (uint32_t i = 100; i < 200; i++)
        house_connect(h, i);
    house_say(h, 100, "{\"kind\":\"do\",\"id\":1,\"verb\":\"leave\"}");
    check_heard(h, 100, "bye", "why", "protocol");
    house_hang_up(h, 101);
    assert_int_equal(desk_deadline(h->desk), h->now_us + DESK_HELLO_US);
    house_wait(h, DESK_HELLO_US);
    for (uint32_t i = 102; i < 200; i++)
        assert_true(h->heard[i].closed);
    assert_int_equal(desk_deadline(h->desk), NEVER_US);
    assert_false(h->heard[1].closed);
    house_close(h);
}

static void too_fast(void **state)
{
    (void)state;
    struct house *h = class_opens();
    size_t rows = h->row_count;
    for (int i = 0; i < 60; i++)
        house_say(h, 3, "{\"kind\":\"do\",\"id\":%d,\"verb\":\"hand-%s\"}", i, i % 2 ? "down" : "up");
    assert_in_range(h->row_count - rows, 35, 45); /* the rest was refused */
    check_heard(h, 3, "refused", "id", "59");
    assert_false(h->heard[3].closed);
    for (int i = 0; i < 300 && !h->heard[3].closed; i++)
        house_say(h, 3, "{\"kind\":\"line\",\"received\":1,\"lost\":0}");
    assert_true(h->heard[3].closed);
    check_heard(h, 3, "bye", "why", "protocol");
    house_wait(h, US_PER_S);
    check_last_event(h, 1, "\"kind\":\"away\",\"who\":3");
    house_close(h);
}

static void not_saved(void **state)
{
    (void)state;
    struct house *h = class_opens();
    h->slow_disk = true;
    house_say(h, 3, "{\"kind\":\"do\",\"id\":1,\"verb\":\"chat\",\"text\":\"before\"}");
    desk_not_saved(h->desk, true, h->now_us);
    house_drain(h);
    check_last_event(h, 4, "before");
    assert_int_equal(house_heard_count(h, 1, "not-saved"), 1);
    assert_int_equal(house_heard_count(h, 2, "not-saved"), 0);
    house_say(h, 3, "{\"kind\":\"do\",\"id\":2,\"verb\":\"chat\",\"text\":\"meanwhile\"}");
    check_last_event(h, 4, "meanwhile");
    house_hello(h, 9, token[1], 0); /* a chair who comes now is told too */
    assert_int_equal(house_heard_count(h, 9, "not-saved"), 1);
    desk_not_saved(h->desk, false, h->now_us);
    house_drain(h);
    assert_int_equal(house_heard_count(h, 9, "saved"), 1);
    house_say(h, 3, "{\"kind\":\"do\",\"id\":3,\"verb\":\"chat\",\"text\":\"after\"}");
    house_commit(h);
    check_last_event(h, 4, "after");
    house_close(h);
}

static void shutting_down(void **state)
{
    (void)state;
    struct house *h = class_opens();
    house_connect(h, 30);
    size_t rows = h->row_count;
    desk_shutdown(h->desk, h->now_us);
    house_drain(h);
    for (uint32_t i = 1; i <= 5; i++) {
        check_heard(h, i, "bye", "why", "restart");
        check_heard(h, i, "bye", "again", "1");
        assert_true(h->heard[i].closed);
        house_hang_up(h, i);
    }
    assert_true(h->heard[30].closed);
    assert_int_equal(h->row_count, rows);
    house_close(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joining),
        cmocka_unit_test(tokens_that_do_not_work),
        cmocka_unit_test(nothing_is_told_before_it_is_on_disk),
        cmocka_unit_test(commands_are_answered),
        cmocka_unit_test(a_hundred_hands),
        cmocka_unit_test(batches),
        cmocka_unit_test(takeover),
        cmocka_unit_test(resuming),
        cmocka_unit_test(too_far_behind),
        cmocka_unit_test(leaving_and_removing),
        cmocka_unit_test(ending),
        cmocka_unit_test(hostile_sentences),
        cmocka_unit_test(strangers),
        cmocka_unit_test(too_fast),
        cmocka_unit_test(not_saved),
        cmocka_unit_test(shutting_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
