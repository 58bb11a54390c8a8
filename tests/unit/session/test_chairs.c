/* Passing the chair, deputies, locks, the timer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "history.h"

enum { CHAIR = 1, ANN, BOB };

static struct session *class_of_two(void)
{
    struct session *s = history_session(false);
    history_join(s, CHAIR, ROLE_CHAIR, PLACE_REMOTE);
    history_join(s, ANN, ROLE_TRAINEE, PLACE_REMOTE);
    history_join(s, BOB, ROLE_TRAINEE, "A");
    return s;
}

static int act(struct session *s, uint32_t by, struct action a)
{
    struct command c = {.kind = COMMAND_ACTION, .by = by, .at_ms = 1790000000000};
    c.action.action = &a;
    return history_do(s, &c, NULL);
}

static void the_chair_is_passed(void **state)
{
    (void)state;
    struct session *s = class_of_two();
    assert_int_equal(history_act(s, CHAIR, VERB_STEP_DOWN, 0), -ERR_STATE); /* nobody would lead */
    history_act(s, ANN, VERB_HAND_UP, 0);
    assert_int_equal(history_act(s, CHAIR, VERB_CHAIR, ANN), 1);
    assert_int_equal(history_act(s, CHAIR, VERB_CHAIR, ANN), 0);
    assert_true(session_leads(s, ANN));
    assert_true(session_may_send(s, ANN));
    assert_false(session_person(s, ANN)->hand);
    assert_int_equal(history_act(s, CHAIR, VERB_STEP_DOWN, 0), 1);
    assert_int_equal(session_person(s, CHAIR)->role, ROLE_LECTURER); /* floor and slides are still his */
    assert_true(session_presents(s, CHAIR));
    assert_int_equal(history_act(s, CHAIR, VERB_MUTE_ALL, 0), -ERR_FORBIDDEN);
    /* Coming back he is what he became here, whatever his link says. */
    history_away(s, CHAIR);
    history_join(s, CHAIR, ROLE_CHAIR, PLACE_REMOTE);
    assert_int_equal(session_person(s, CHAIR)->role, ROLE_LECTURER);
    assert_int_equal(history_act(s, 0, VERB_CHAIR, CHAIR), 1);
    assert_int_equal(history_act(s, ANN, VERB_STEP_DOWN, 0), 1);
    assert_int_equal(session_person(s, ANN)->role, ROLE_TRAINEE);
    assert_false(session_may_send(s, ANN));
    session_destroy(s);
}

static void a_deputy_leads_while_no_chair_is_here(void **state)
{
    (void)state;
    struct session *s = class_of_two();
    assert_int_equal(history_act(s, CHAIR, VERB_DEPUTY, ANN), 1);
    assert_int_equal(history_act(s, ANN, VERB_GRANT, BOB), -ERR_FORBIDDEN);
    history_away(s, CHAIR);
    assert_true(session_leads(s, ANN));
    assert_false(session_leads(s, BOB));
    assert_int_equal(history_act(s, ANN, VERB_GRANT, BOB), 1);
    history_join(s, CHAIR, ROLE_CHAIR, PLACE_REMOTE);
    assert_int_equal(history_act(s, ANN, VERB_RELEASE, BOB), -ERR_FORBIDDEN);
    assert_int_equal(history_act(s, CHAIR, VERB_NO_DEPUTY, ANN), 1);
    history_away(s, CHAIR);
    assert_false(session_leads(s, ANN));
    session_destroy(s);
}

static void locks(void **state)
{
    (void)state;
    struct session *s = class_of_two();
    assert_int_equal(act(s, CHAIR, (struct action){.verb = VERB_LOCK, .lock = LOCK_HANDS}), 1);
    assert_int_equal(history_act(s, ANN, VERB_HAND_UP, 0), -ERR_STATE);
    assert_int_equal(history_chat(s, ANN, "still"), 1);
    assert_int_equal(act(s, CHAIR, (struct action){.verb = VERB_LOCK, .lock = LOCK_CHAT}), 1);
    assert_int_equal(history_chat(s, ANN, "not now"), -ERR_STATE);
    assert_string_equal(refusal_code(history_why()), "chat-locked");
    assert_int_equal(history_chat(s, CHAIR, "chairs may"), 1);
    assert_int_equal(act(s, CHAIR, (struct action){.verb = VERB_UNLOCK, .lock = LOCK_HANDS}), 1);
    assert_int_equal(history_act(s, ANN, VERB_HAND_UP, 0), 1);
    history_act(s, CHAIR, VERB_LOCK, 0); /* the doors: chairs may still come */
    assert_int_equal(history_join(s, 8, ROLE_TRAINEE, PLACE_REMOTE), -ERR_FORBIDDEN);
    assert_int_equal(history_join(s, 9, ROLE_CHAIR, PLACE_REMOTE), 1);
    session_destroy(s);
}

static void the_timer_is_changed_where_it_stands(void **state)
{
    (void)state;
    struct session *s = class_of_two();
    struct session_view v;
    assert_int_equal(act(s, CHAIR, (struct action){.verb = VERB_TIMER_CHANGE, .seconds = 5}), -ERR_STATE);
    assert_int_equal(act(s, CHAIR, (struct action){.verb = VERB_TIMER, .seconds = 600, .who = ANN}), 1);
    assert_int_equal(act(s, CHAIR, (struct action){.verb = VERB_TIMER_CHANGE, .seconds = 900}), 1);
    assert_int_equal(act(s, CHAIR, (struct action){.verb = VERB_TIMER_CHANGE, .seconds = 900}), 0);
    assert_int_equal(act(s, CHAIR, (struct action){.verb = VERB_TIMER, .seconds = 600, .who = 99}),
                     -ERR_UNKNOWN);
    assert_int_equal(session_view_make(s, &v), ERR_NONE);
    assert_true(v.has_timer);
    assert_int_equal(v.timer.seconds, 900);
    assert_int_equal(v.timer.who, ANN);
    session_view_free(&v);
    assert_int_equal(act(s, CHAIR, (struct action){.verb = VERB_TIMER_STOP}), 1);
    assert_int_equal(act(s, CHAIR, (struct action){.verb = VERB_TIMER_STOP}), 0);
    session_destroy(s);
}

/* Before the opening a trainee hears nothing; who tests backstage does. */
static void who_waits_hears_nothing(void **state)
{
    (void)state;
    struct session *s = history_session(true);
    history_join(s, ANN, ROLE_TRAINEE, PLACE_REMOTE);
    assert_false(session_may_hear(s, ANN));
    history_join(s, CHAIR, ROLE_CHAIR, PLACE_REMOTE);
    assert_true(session_may_hear(s, CHAIR));
    assert_false(session_may_hear(s, ANN));
    history_act(s, CHAIR, VERB_OPEN, 0);
    assert_true(session_may_hear(s, ANN));
    assert_false(session_may_hear(s, 99));
    session_destroy(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_chair_is_passed),
        cmocka_unit_test(a_deputy_leads_while_no_chair_is_here),
        cmocka_unit_test(locks),
        cmocka_unit_test(the_timer_is_changed_where_it_stands),
        cmocka_unit_test(who_waits_hears_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
