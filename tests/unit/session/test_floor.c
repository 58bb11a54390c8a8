#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "history.h"

enum { CHAIR = 1, ANN, BOB, EVA };

static struct session *class_of_three(void)
{
    struct session *s = history_session(false);
    history_join(s, CHAIR, ROLE_CHAIR, PLACE_REMOTE);
    history_join(s, ANN, ROLE_TRAINEE, PLACE_REMOTE);
    history_join(s, BOB, ROLE_TRAINEE, "A");
    history_join(s, EVA, ROLE_TRAINEE, "B");
    return s;
}

static void check_queue(const struct session *s, uint32_t ann, uint32_t bob, uint32_t eva)
{
    assert_int_equal(session_person(s, ANN)->queue, ann);
    assert_int_equal(session_person(s, BOB)->queue, bob);
    assert_int_equal(session_person(s, EVA)->queue, eva);
    assert_int_equal(session_person(s, ANN)->hand, ann > 0);
}

static void the_queue_is_the_order_of_hands(void **state)
{
    (void)state;
    struct session *s = class_of_three();
    assert_int_equal(history_act(s, EVA, VERB_HAND_UP, 0), 1);
    assert_int_equal(history_act(s, ANN, VERB_HAND_UP, 0), 1);
    assert_int_equal(history_act(s, EVA, VERB_HAND_UP, 0), 0); /* up already: nothing changes */
    assert_int_equal(history_act(s, BOB, VERB_HAND_UP, 0), 1);
    check_queue(s, 2, 3, 1);
    assert_int_equal(history_act(s, CHAIR, VERB_HAND_DOWN, ANN), 1);
    check_queue(s, 0, 2, 1);
    assert_int_equal(history_act(s, ANN, VERB_HAND_UP, 0), 1); /* again, and last */
    check_queue(s, 3, 2, 1);
    assert_int_equal(history_act(s, CHAIR, VERB_GRANT, EVA), 1);
    check_queue(s, 2, 1, 0);
    assert_true(session_person(s, EVA)->floor);
    assert_int_equal(history_act(s, CHAIR, VERB_GRANT, EVA), 0);
    session_destroy(s);
}

static void away_keeps_and_left_gives_back(void **state)
{
    (void)state;
    struct session *s = class_of_three();
    history_act(s, ANN, VERB_HAND_UP, 0);
    history_act(s, BOB, VERB_HAND_UP, 0);
    history_act(s, CHAIR, VERB_GRANT, EVA);
    assert_int_equal(history_away(s, ANN), 1);
    assert_int_equal(history_away(s, ANN), 0);
    assert_int_equal(history_away(s, EVA), 1);
    check_queue(s, 1, 2, 0);
    assert_true(session_person(s, EVA)->floor);
    assert_int_equal(session_present_count(s), 2);
    assert_int_equal(history_join(s, ANN, ROLE_TRAINEE, PLACE_REMOTE), 1);
    assert_int_equal(history_join(s, ANN, ROLE_TRAINEE, PLACE_REMOTE), 0);
    check_queue(s, 1, 2, 0);
    assert_int_equal(history_act(s, ANN, VERB_LEAVE, 0), 1);
    check_queue(s, 0, 1, 0);
    history_join(s, EVA, ROLE_TRAINEE, "B");
    assert_int_equal(history_act(s, EVA, VERB_LEAVE, 0), 1);
    assert_false(session_person(s, EVA)->floor);
    assert_int_equal(history_act(s, CHAIR, VERB_LEAVE, 0), 1);
    assert_true(session_person(s, CHAIR)->floor); /* his by his role, not by a grant */
    session_destroy(s);
}

static void muting(void **state)
{
    (void)state;
    struct session *s = class_of_three();
    struct decision d;
    history_act(s, CHAIR, VERB_GRANT, ANN);
    assert_int_equal(history_act(s, CHAIR, VERB_MUTE, ANN), 1);
    assert_int_equal(history_act(s, CHAIR, VERB_MUTE, ANN), 0);
    assert_false(session_may_send(s, ANN));
    /* A chair asks; only he himself opens his microphone. */
    struct action a = {.verb = VERB_UNMUTE, .who = ANN};
    struct command c = {.kind = COMMAND_ACTION, .by = CHAIR};
    c.action.action = &a;
    assert_int_equal(history_do(s, &c, &d), 1);
    assert_int_equal(d.events[0].kind, EVENT_UNMUTE_ASKED);
    assert_false(session_may_send(s, ANN));
    assert_int_equal(history_act(s, ANN, VERB_UNMUTE, 0), 1);
    assert_true(session_may_send(s, ANN));
    assert_int_equal(history_act(s, CHAIR, VERB_ASK_UNMUTE, ANN), 0); /* he is not muted */
    assert_int_equal(history_act(s, CHAIR, VERB_MUTE_ALL, 0), 1);
    assert_int_equal(history_act(s, CHAIR, VERB_MUTE_ALL, 0), 0);
    assert_false(session_may_send(s, ANN));
    assert_true(session_may_send(s, CHAIR));
    session_destroy(s);
}

static void removed_is_gone(void **state)
{
    (void)state;
    struct session *s = class_of_three();
    history_act(s, ANN, VERB_HAND_UP, 0);
    history_act(s, BOB, VERB_HAND_UP, 0);
    history_act(s, CHAIR, VERB_GRANT, EVA);
    assert_int_equal(history_act(s, CHAIR, VERB_REMOVE, CHAIR), -ERR_STATE);
    assert_int_equal(history_act(s, CHAIR, VERB_REMOVE, ANN), 1);
    assert_int_equal(history_act(s, CHAIR, VERB_REMOVE, EVA), 1);
    assert_true(session_removed(s, ANN));
    assert_false(session_may_send(s, EVA));
    check_queue(s, 0, 1, 0);
    assert_int_equal(history_join(s, ANN, ROLE_TRAINEE, PLACE_REMOTE), -ERR_FORBIDDEN);
    assert_int_equal(history_act(s, ANN, VERB_HAND_UP, 0), -ERR_UNKNOWN);
    assert_int_equal(history_chat(s, ANN, "still here"), -ERR_UNKNOWN);
    assert_int_equal(history_act(s, CHAIR, VERB_GRANT, ANN), -ERR_UNKNOWN);
    assert_int_equal(history_act(s, CHAIR, VERB_GRANT, 99), -ERR_UNKNOWN);
    session_destroy(s);
}

static void locked_lets_back_but_not_in(void **state)
{
    (void)state;
    struct session *s = class_of_three();
    history_away(s, ANN);
    assert_int_equal(history_act(s, CHAIR, VERB_LOCK, 0), 1);
    assert_int_equal(history_act(s, CHAIR, VERB_LOCK, 0), 0);
    assert_int_equal(history_join(s, 9, ROLE_TRAINEE, PLACE_REMOTE), -ERR_FORBIDDEN);
    assert_int_equal(history_join(s, ANN, ROLE_TRAINEE, PLACE_REMOTE), 1);
    assert_int_equal(history_act(s, CHAIR, VERB_UNLOCK, 0), 1);
    assert_int_equal(history_join(s, 9, ROLE_TRAINEE, PLACE_REMOTE), 1);
    session_destroy(s);
}

static void ended_refuses_all_but_leave(void **state)
{
    (void)state;
    struct session *s = class_of_three();
    history_deck(s, "d1", 3);
    assert_int_equal(history_act(s, CHAIR, VERB_END, 0), 1);
    assert_int_equal(history_act(s, ANN, VERB_HAND_UP, 0), -ERR_STATE);
    assert_int_equal(history_chat(s, ANN, "x"), -ERR_STATE);
    assert_int_equal(history_page(s, CHAIR, "d1", 1), -ERR_STATE);
    assert_int_equal(history_act(s, CHAIR, VERB_OPEN, 0), -ERR_STATE);
    assert_int_equal(history_join(s, 9, ROLE_TRAINEE, PLACE_REMOTE), -ERR_STATE);
    assert_int_equal(history_away(s, BOB), 1);
    assert_int_equal(history_act(s, ANN, VERB_LEAVE, 0), 1);
    session_destroy(s);
}

static void pinning(void **state)
{
    (void)state;
    struct session *s = class_of_three();
    history_join(s, 5, ROLE_ROOM, "A");
    assert_int_equal(history_act(s, CHAIR, VERB_PIN, 5), 1);
    assert_int_equal(history_act(s, CHAIR, VERB_PIN, 5), 0);
    assert_true(session_person(s, 5)->pinned);
    assert_int_equal(history_act(s, CHAIR, VERB_PIN, ANN), -ERR_STATE);
    assert_int_equal(history_act(s, CHAIR, VERB_UNPIN, 5), 1);
    assert_int_equal(history_act(s, CHAIR, VERB_CLOSE_BOTH, 5), 0);
    assert_int_equal(history_act(s, CHAIR, VERB_OPEN_BOTH, 5), 1);
    assert_int_equal(history_act(s, CHAIR, VERB_OPEN_BOTH, 5), 0);
    assert_true(session_person(s, 5)->both);
    assert_int_equal(history_act(s, CHAIR, VERB_OPEN_BOTH, ANN), -ERR_STATE);
    assert_int_equal(history_act(s, CHAIR, VERB_CLOSE_BOTH, 5), 1);
    assert_false(session_person(s, 5)->both);
    session_destroy(s);
}

/* As many hands as people there can be. */
static void a_full_house(void **state)
{
    (void)state;
    struct session *s = history_session(false);
    for (uint32_t who = 1; who <= PEOPLE_MAX; who++)
        assert_int_equal(history_join(s, who, ROLE_TRAINEE, PLACE_REMOTE), 1);
    assert_int_equal(history_join(s, PEOPLE_MAX + 1, ROLE_TRAINEE, PLACE_REMOTE), -ERR_FULL);
    for (uint32_t who = PEOPLE_MAX; who >= 1; who--)
        assert_int_equal(history_act(s, who, VERB_HAND_UP, 0), 1);
    assert_int_equal(session_person(s, 1)->queue, PEOPLE_MAX);
    assert_int_equal(history_act(s, PEOPLE_MAX, VERB_HAND_DOWN, 0), 1);
    assert_int_equal(session_person(s, 1)->queue, PEOPLE_MAX - 1);
    session_destroy(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_queue_is_the_order_of_hands),
        cmocka_unit_test(away_keeps_and_left_gives_back),
        cmocka_unit_test(muting),
        cmocka_unit_test(removed_is_gone),
        cmocka_unit_test(locked_lets_back_but_not_in),
        cmocka_unit_test(ended_refuses_all_but_leave),
        cmocka_unit_test(pinning),
        cmocka_unit_test(a_full_house),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
