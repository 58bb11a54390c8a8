/* What a link opens is told to whoever has it, and nobody joins by asking. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "house.h"

#define ASKER 7 /* a connection */

static char id[SESSION_ID_MAX + 1];

static void ask(struct house *h, const char *token)
{
    house_hang_up(h, ASKER); /* if he has asked before: his connection waits for a hello */
    house_connect(h, ASKER);
    house_say(h, ASKER, "{\"kind\":\"peek\",\"token\":\"%s\"}", token);
    assert_int_equal(h->heard[ASKER].count, 1);
}

static void links(void **state)
{
    (void)state;
    static const struct {
        int row;
        const char *role, *name, *room, *place;
    } rows[] = {
        {1, "trainee", "Bea", NULL, "remote"},
        {2, "trainee", "Carl", "A", "A"},
        {3, "room", "Hall B", "B", "B"},
        {4, "chair", "<b>\u0634\u06cc\u0631\u06cc\u0646</b>", NULL, "remote"},
    };
    struct house *h = house_open();
    house_session(h, id);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char token[64];
        house_link(h, id, rows[i].role, rows[i].name, rows[i].room, token);
        size_t written = h->row_count;
        ask(h, token);
        json_t *link = house_heard(h, ASKER, "link");
        if (!link)
            fail_msg("row %d: no answer", rows[i].row);
        assert_string_equal(house_text(link, "name"), rows[i].name);
        assert_string_equal(house_text(link, "role"), rows[i].role);
        assert_string_equal(house_text(link, "place"), rows[i].place);
        assert_string_equal(house_text(link, "state"), "open");
        assert_false(h->heard[ASKER].closed); /* the hello may follow */
        assert_false(json_is_true(json_object_get(link, "recorded")));
        json_decref(link);
        assert_int_equal(h->row_count, written); /* nobody joined */
    }
    house_close(h);
}

static void of_no_use(void **state)
{
    (void)state;
    struct house *h = house_open();
    char token[64], wrong[64];
    house_session(h, id);
    house_link(h, id, "trainee", "Bea", NULL, token);
    snprintf(wrong, sizeof wrong, "%s", token);
    wrong[5] = wrong[5] == 'x' ? 'y' : 'x';
    json_decref(house_ask(h, "{\"verb\":\"link-revoke\",\"session\":\"%s\",\"participant\":1}", id));
    const char *const tokens[] = {wrong, token, "short"};
    for (size_t i = 0; i < 3; i++) {
        ask(h, tokens[i]);
        json_t *bye = house_heard(h, ASKER, "bye");
        assert_non_null(bye);
        assert_string_equal(house_text(bye, "why"), "token");
        assert_true(h->heard[ASKER].closed);
        json_decref(bye);
    }
    house_close(h);
}

/* Asking beside the seat's holder does not disturb him; the holder himself has no use for it. */
static void beside_the_holder(void **state)
{
    (void)state;
    struct house *h = house_open();
    char token[64];
    house_session(h, id);
    house_link(h, id, "trainee", "Bea", NULL, token);
    house_hello(h, 1, token, 0);
    ask(h, token);
    assert_int_equal(house_heard_count(h, ASKER, "link"), 1);
    assert_false(h->heard[1].closed);
    house_say(h, 1, "{\"kind\":\"peek\",\"token\":\"%s\"}", token);
    assert_int_equal(house_heard_count(h, 1, "refused"), 1);
    assert_int_equal(house_heard_count(h, 1, "link"), 0);
    house_say(h, 1, "{\"kind\":\"do\",\"id\":4,\"verb\":\"hand-up\"}");
    assert_int_equal(house_heard_count(h, 1, "done"), 1);
    house_close(h);
}

/* Who asked joins on the same connection when he likes, within ten minutes, and says nothing else before. */
static void then_hello(void **state)
{
    (void)state;
    static const struct {
        int row;
        span_us after_us;
        const char *first; /* said before the hello, or NULL */
        bool joins;
    } rows[] = {
        {1, 0, NULL, true},
        {2, 6 * (span_us)US_PER_S, NULL, true}, /* longer than a stranger may be silent */
        {3, DESK_DOOR_US - US_PER_S, NULL, true},
        {4, DESK_DOOR_US + US_PER_S, NULL, false},
        {5, 0, "{\"kind\":\"do\",\"id\":1,\"verb\":\"hand-up\"}", false},
        {6, 0, "{\"kind\":\"offer\",\"sdp\":\"v=0\"}", false},
        {7, 0, "{\"kind\":\"peek\",\"token\":\"abc\"}", false},
        {8, 0, "nonsense", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct house *h = house_open();
        char token[64];
        house_session(h, id);
        house_link(h, id, "trainee", "Bea", NULL, token);
        ask(h, token);
        for (uint32_t other = 20; other < 23; other++)
            house_connect(h, other); /* strangers' time runs beside */
        house_wait(h, rows[i].after_us);
        if (rows[i].first)
            house_say(h, ASKER, "%s", rows[i].first);
        if (!h->heard[ASKER].closed)
            house_say(h, ASKER, "{\"kind\":\"hello\",\"v\":1,\"token\":\"%s\"}", token);
        if (house_heard_count(h, ASKER, "welcome") != (rows[i].joins ? 1 : 0) ||
            h->heard[ASKER].closed == rows[i].joins ||
            h->heard[20].closed != (rows[i].after_us > DESK_HELLO_US))
            fail_msg("row %d", rows[i].row);
        house_wait(h, DESK_DOOR_US);
        assert_int_equal(h->heard[ASKER].closed, !rows[i].joins);
        house_close(h);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(links),
        cmocka_unit_test(of_no_use),
        cmocka_unit_test(beside_the_holder),
        cmocka_unit_test(then_hello),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
