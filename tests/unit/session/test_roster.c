/* When a session is large, who is listed, and whom an event is told to. */
#include "../rows.h"
#include "history.h"

#define ALL 0

static struct session *of(uint32_t people)
{
    struct session *s = history_session(false);
    history_join(s, 1, ROLE_CHAIR, PLACE_REMOTE);
    history_join(s, 2, ROLE_LECTURER, "A");
    history_join(s, 3, ROLE_ROOM, "A");
    for (uint32_t who = 4; who <= people; who++)
        history_join(s, who, ROLE_TRAINEE, who % 2 ? "B" : PLACE_REMOTE);
    return s;
}

static void restart(struct session *s)
{
    const struct command c = {.kind = COMMAND_RESTART, .at_ms = 1790000000000};
    assert_int_equal(history_do(s, &c, NULL), 1);
}

static void large_from_201_to_149(void **state)
{
    (void)state;
    struct session *s = of(ROSTER_WHOLE_MAX);
    assert_false(session_large(s));
    assert_int_equal(session_switched_n(s), 0);
    history_join(s, 201, ROLE_TRAINEE, PLACE_REMOTE);
    assert_true(session_large(s));
    assert_int_equal(session_switched_n(s), session_n(s));
    for (uint32_t who = 201; who > ROSTER_LARGE_MIN; who--) {
        assert_true(session_large(s));
        history_away(s, who);
    }
    assert_true(session_large(s)); /* 150 are here */
    history_away(s, 150);
    assert_false(session_large(s));
    assert_int_equal(session_switched_n(s), session_n(s));
    for (uint32_t who = 150; who <= ROSTER_WHOLE_MAX; who++) {
        history_join(s, who, ROLE_TRAINEE, PLACE_REMOTE);
        assert_false(session_large(s)); /* no fluttering between */
    }
    session_destroy(s);
}

/* Its people are only coming back. history's clock stands still, so no minute passes. */
static void large_over_a_restart(void **state)
{
    (void)state;
    struct session *s = of(201), *copy;
    restart(s);
    assert_int_equal(session_present_count(s), 0);
    history_join(s, 5, ROLE_TRAINEE, "B");
    history_away(s, 5);
    assert_true(session_large(s));
    char *dump = history_dump(s); /* and so does a session out of a snapshot */
    assert_int_equal(session_load("s1", dump, strlen(dump), &copy), ERR_NONE);
    char *again = history_dump(copy);
    assert_string_equal(dump, again);
    free(dump);
    free(again);
    struct event e = {.n = session_n(copy) + 1,
                      .at_ms = 1790000000000 + ROSTER_RETURN_MS - 1,
                      .kind = EVENT_JOINED,
                      .who = 5,
                      .name = "Somebody",
                      .role = ROLE_TRAINEE,
                      .place = "B"};
    assert_int_equal(session_apply(copy, &e), ERR_NONE);
    assert_true(session_large(copy));
    e = (struct event){.n = e.n + 1, .at_ms = e.at_ms + 1, .kind = EVENT_AWAY, .who = 5};
    assert_int_equal(session_apply(copy, &e), ERR_NONE);
    assert_false(session_large(copy)); /* a minute is over, and nobody is here */
    session_destroy(copy);
    session_destroy(s);
}

/* A session that never was large is dumped as before there were any. */
static void small_ones_leave_no_trace(void **state)
{
    (void)state;
    struct session *s = of(10);
    restart(s);
    char *dump = history_dump(s);
    assert_null(strstr(dump, "large"));
    assert_null(strstr(dump, "\"restarted\""));
    free(dump);
    session_destroy(s);
}

static const uint32_t one[] = {7}, several[] = {7, 8};

/* 1 is chair, 2 lecturer, 3 room; 7 a trainee who listens, 8 with a raised hand, 9 with the floor, 10 a
 * deputy. */
static const struct {
    struct event e;
    uint32_t only, names;
} tellings[] = {
    {{.kind = EVENT_JOINED, .who = 300, .role = ROLE_TRAINEE}, 300, 0},
    {{.kind = EVENT_JOINED, .who = 300, .role = ROLE_LECTURER}, ALL, 0},
    {{.kind = EVENT_JOINED, .who = 300, .role = ROLE_TRAINEE, .deputy = true}, ALL, 0},
    {{.kind = EVENT_JOINED, .who = 7, .role = ROLE_TRAINEE}, 7, 0},
    {{.kind = EVENT_JOINED, .who = 9, .role = ROLE_TRAINEE}, ALL, 0},
    {{.kind = EVENT_AWAY, .who = 7}, 7, 0},
    {{.kind = EVENT_AWAY, .who = 1}, ALL, 0},
    {{.kind = EVENT_LEFT, .who = 8}, ALL, 0},
    {{.kind = EVENT_REMOVED, .who = 7, .by = 1}, 7, 0},
    {{.kind = EVENT_REMOVED, .who = 2, .by = 1}, ALL, 0},
    {{.kind = EVENT_HAND_UP, .who = 7}, ALL, 7},
    {{.kind = EVENT_HAND_UP, .who = 9}, ALL, 0},
    {{.kind = EVENT_HAND_DOWN, .who = 8}, ALL, 0},
    {{.kind = EVENT_GRANTED, .who = 7, .by = 1}, ALL, 7},
    {{.kind = EVENT_GRANTED, .who = 8, .by = 1}, ALL, 0},
    {{.kind = EVENT_RELEASED, .who = 9, .by = 1}, ALL, 0},
    {{.kind = EVENT_MUTED, .who = 7, .by = 1}, 7, 0},
    {{.kind = EVENT_UNMUTED, .who = 9}, ALL, 0},
    {{.kind = EVENT_UNMUTE_ASKED, .who = 7, .by = 1}, 7, 0},
    {{.kind = EVENT_MUTED_ALL, .by = 1}, ALL, 0},
    {{.kind = EVENT_PINNED, .who = 3, .by = 1}, ALL, 0},
    {{.kind = EVENT_ROLE, .who = 7, .role = ROLE_CHAIR, .by = 1}, ALL, 7},
    {{.kind = EVENT_ROLE, .who = 1, .role = ROLE_TRAINEE, .by = 1}, ALL, 0},
    {{.kind = EVENT_DEPUTY_NAMED, .who = 7, .by = 1}, ALL, 7},
    {{.kind = EVENT_DEPUTY_DROPPED, .who = 10, .by = 1}, ALL, 0},
    {{.kind = EVENT_CHAT, .who = 7, .text = "Hi"}, ALL, 7},
    {{.kind = EVENT_CHAT, .who = 2, .text = "Hi"}, ALL, 0},
    {{.kind = EVENT_CHAT, .who = 0, .text = "Hi"}, ALL, 0},
    {{.kind = EVENT_QUESTION, .who = 7, .text = "Hi"}, ALL, 7},
    {{.kind = EVENT_TIMER, .who = 7, .seconds = 60}, ALL, 7},
    {{.kind = EVENT_TIMER, .seconds = 60}, ALL, 0},
    {{.kind = EVENT_LANGUAGE, .who = 7}, 7, 0},
    {{.kind = EVENT_LANGUAGE, .who = 2}, ALL, 0},
    {{.kind = EVENT_CHECKED_IN, .people = {one, 1}, .room = "A"}, 7, 0},
    {{.kind = EVENT_CHECKED_OUT, .people = {several, 2}}, ALL, 0},
    {{.kind = EVENT_PAGE, .deck = "d1", .page = 1, .by = 2}, ALL, 0},
    {{.kind = EVENT_STATE, .state = SESSION_ENDED}, ALL, 0},
    {{.kind = EVENT_RESTARTED}, ALL, 0},
    {{.kind = EVENT_MUTED, .who = 9999, .by = 1}, 9999, 0}, /* nobody: it will not be applied */
};

static struct session *busy(uint32_t people)
{
    struct session *s = of(people);
    assert_int_equal(history_act(s, 8, VERB_HAND_UP, 0), 1);
    assert_int_equal(history_act(s, 1, VERB_GRANT, 9), 1);
    assert_int_equal(history_act(s, 1, VERB_DEPUTY, 10), 1);
    return s;
}

static void whom_an_event_is_told_to(void **state)
{
    (void)state;
    struct session *small = busy(20), *large = busy(201);
    for (size_t i = 0; i < COUNT(tellings); i++) {
        struct telling t = session_telling(large, &tellings[i].e);
        ROW_EQUAL(i, t.only, tellings[i].only);
        ROW_EQUAL(i, t.participant ? t.participant->id : 0, tellings[i].names);
        t = session_telling(small, &tellings[i].e);
        ROW_EQUAL(i, t.only, 0);
        ROW_TRUE(i, !t.participant);
    }
    session_destroy(small);
    session_destroy(large);
}

static void what_a_newcomer_is_told(void **state)
{
    (void)state;
    struct session *s = busy(201);
    struct session_view v;
    assert_int_equal(history_chat(s, 50, "Hi"), 1);
    assert_int_equal(history_chat(s, 50, "Once more"), 1);
    assert_int_equal(history_chat(s, 2, "Hello"), 1);
    assert_int_equal(session_view_for(s, 77, &v), ERR_NONE);
    assert_true(v.large);
    static const uint32_t told[] = {1, 2, 3, 8, 9, 10, 77};
    assert_int_equal(v.participant_count, COUNT(told));
    for (size_t i = 0; i < COUNT(told); i++)
        ROW_EQUAL(i, v.participants[i].id, told[i]);
    assert_int_equal(v.participants[3].queue, 1);
    assert_int_equal(v.name_count, 1);
    assert_int_equal(v.names[0].id, 50);
    session_view_free(&v);
    assert_int_equal(session_view_make(s, &v), ERR_NONE); /* the recorder, the operator: everyone */
    assert_false(v.large);
    assert_int_equal(v.participant_count, 201);
    session_view_free(&v);
    struct present_counts c;
    session_counts(s, &c);
    assert_int_equal(c.people, 201);
    assert_int_equal(c.roles[ROLE_TRAINEE], 198);
    assert_int_equal(c.places[0], 1); /* the lecturer: a room's own device is no person in it */
    assert_int_equal(c.places[1], 99);
    assert_int_equal(c.places[2], 100);
    session_destroy(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(large_from_201_to_149), cmocka_unit_test(large_over_a_restart),
        cmocka_unit_test(small_ones_leave_no_trace), cmocka_unit_test(whom_an_event_is_told_to),
        cmocka_unit_test(what_a_newcomer_is_told)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
