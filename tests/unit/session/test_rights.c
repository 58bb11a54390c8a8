/* Who may do what (proto/README.md, "Commands"): every verb by every role. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "history.h"

enum { CHAIR = 1, LECTURER, TRAINEE, INTERPRETER, ROOM, OPERATOR, OTHER };

/* Everyone here, and another trainee, with his hand up, whom things are done to. */
static struct session *full_house(void)
{
    struct session *s = history_session(false);
    history_join(s, CHAIR, ROLE_CHAIR, PLACE_REMOTE);
    history_join(s, LECTURER, ROLE_LECTURER, "A");
    history_join(s, TRAINEE, ROLE_TRAINEE, PLACE_REMOTE);
    history_join(s, INTERPRETER, ROLE_INTERPRETER, PLACE_REMOTE);
    history_join(s, ROOM, ROLE_ROOM, "A");
    history_join(s, OPERATOR, ROLE_OPERATOR, PLACE_REMOTE);
    history_join(s, OTHER, ROLE_TRAINEE, PLACE_REMOTE);
    history_act(s, OTHER, VERB_HAND_UP, 0);
    history_deck(s, "d1", 10);
    return s;
}

static void verbs_by_role(void **state)
{
    (void)state;
    static const uint16_t points[] = {1, 2};
    static const uint32_t other = OTHER;
    static const char *const options[] = {"yes", "no"};
    static const struct {
        int row;
        enum verb verb;
        uint32_t who;    /* 0 = oneself or nobody */
        const char *may; /* by number of the role: y, or n; the first is the operator's door */
    } rows[] = {
        /*                              door chair lecturer trainee interpreter room operator */
        {1, VERB_HAND_DOWN, OTHER, "yynnnny"},  {2, VERB_GRANT, OTHER, "yynnnny"},
        {3, VERB_RELEASE, OTHER, "yynnnny"},    {4, VERB_MUTE, OTHER, "yynnnny"},
        {5, VERB_UNMUTE, OTHER, "yynnnny"},     {6, VERB_ASK_UNMUTE, OTHER, "yynnnny"},
        {7, VERB_MUTE_ALL, 0, "yynnnny"},       {8, VERB_LOCK, 0, "yynnnny"},
        {9, VERB_UNLOCK, 0, "yynnnny"},         {10, VERB_REMOVE, OTHER, "yynnnny"},
        {11, VERB_PIN, ROOM, "yynnnny"},        {12, VERB_UNPIN, ROOM, "yynnnny"},
        {13, VERB_OPEN, 0, "yynnnny"},          {14, VERB_END, 0, "yynnnny"},
        {15, VERB_PAGE, 0, "yyynnnn"},          {16, VERB_CHAT, 0, "yyyyyyy"},
        {17, VERB_HAND_UP, 0, "nyyyyyy"},       {18, VERB_HAND_DOWN, 0, "nyyyyyy"},
        {19, VERB_RELEASE, 0, "nyyyyyy"},       {20, VERB_MUTE, 0, "nyyyyyy"},
        {21, VERB_UNMUTE, 0, "nyyyyyy"},        {22, VERB_LEAVE, 0, "nyyyyyy"},
        {23, VERB_OPEN_BOTH, ROOM, "yynnnny"},  {24, VERB_CLOSE_BOTH, ROOM, "yynnnny"},
        {40, VERB_CHAIR, OTHER, "yynnnny"},     {41, VERB_DEPUTY, OTHER, "yynnnny"},
        {42, VERB_NO_DEPUTY, OTHER, "yynnnny"}, {43, VERB_TIMER, OTHER, "yynnnny"},
        {44, VERB_TIMER_STOP, 0, "yynnnny"},    {45, VERB_RECORD, 0, "yynnnny"},
        {46, VERB_RECORD_STOP, 0, "yynnnny"},   {47, VERB_CODE, 0, "yynnnyy"},
        {48, VERB_CHECK_IN, 0, "yynnnny"},      {49, VERB_CHECK_OUT, 0, "yynnnny"},
        {50, VERB_STROKE, 0, "yyynnnn"},        {51, VERB_CLEAR, 0, "yyynnnn"},
        {52, VERB_MODERATE, 0, "yynnnny"},      {53, VERB_ASK, 0, "nyyyyyy"},
        {54, VERB_POLL, 0, "yynnnny"},          {55, VERB_LANGUAGE, 0, "nyyyyyy"},
        {56, VERB_STEP_DOWN, 0, "nnnnnnn"},     {57, VERB_CHAIR, ROOM, "nnnnnnn"},
        {58, VERB_TIMER_CHANGE, 0, "nnnnnnn"},  {59, VERB_SCHEDULE, 0, "nnnnnnn"},
        {60, VERB_ITEM, 0, "yynnnny"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (uint32_t by = 0; by <= OPERATOR; by++) {
            struct session *s = full_house();
            struct action a = {.verb = rows[i].verb,
                               .who = rows[i].who,
                               .deck = "d1",
                               .page = 2,
                               .text = "hello",
                               .seconds = 60,
                               .room = "A",
                               .people = {&other, 1}};
            a.stroke = (struct stroke){.width = 3, .points = points, .count = 1};
            a.poll = (struct poll_text){.text = "?", .options = {options, 2}};
            struct command c = {.kind = COMMAND_ACTION, .by = by};
            c.action.action = &a;
            c.action.new_code = "K7QXM";
            bool done = history_do(s, &c, NULL) >= 0;
            if (done != (rows[i].may[by] == 'y'))
                fail_msg("row %d by %u: %s", rows[i].row, by, history_why());
            session_destroy(s);
        }
    }
}

static void who_is_heard(void **state)
{
    (void)state;
    static const struct {
        int row;
        bool planned, join_all; /* joining chairs begin backstage */
        enum verb then;
        const char *heard; /* chair lecturer trainee interpreter room operator */
    } rows[] = {
        {1, false, true, VERB_CHAT, "yynnyn"},     {2, true, true, VERB_CHAT, "yynnyn"},
        {3, true, true, VERB_OPEN, "yynnyn"},      {4, false, true, VERB_END, "nnnnnn"},
        {5, false, true, VERB_MUTE_ALL, "ynnnnn"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct session *s = history_session(rows[i].planned);
        for (uint32_t who = CHAIR; who <= OPERATOR; who++)
            history_join(s, who, (enum role)(who - 1), who == ROOM ? "A" : PLACE_REMOTE);
        if (rows[i].then == VERB_CHAT)
            history_chat(s, 0, "x");
        else
            history_act(s, 0, rows[i].then, 0);
        for (uint32_t who = CHAIR; who <= OPERATOR; who++) {
            if (session_may_send(s, who) != (rows[i].heard[who - 1] == 'y'))
                fail_msg("row %d: %u", rows[i].row, who);
        }
        session_destroy(s);
    }
}

/* A grant backstage does not let a trainee be heard before the session opens. */
static void a_trainee_waits_for_the_opening(void **state)
{
    (void)state;
    struct session *s = history_session(true);
    history_join(s, TRAINEE, ROLE_TRAINEE, PLACE_REMOTE);
    assert_int_equal(session_phase(s), SESSION_PLANNED);
    assert_int_equal(history_join(s, CHAIR, ROLE_CHAIR, PLACE_REMOTE), 2);
    assert_int_equal(session_phase(s), SESSION_BACKSTAGE);
    assert_int_equal(history_act(s, CHAIR, VERB_GRANT, TRAINEE), 1);
    assert_false(session_may_send(s, TRAINEE));
    assert_int_equal(history_act(s, CHAIR, VERB_OPEN, 0), 1);
    assert_true(session_may_send(s, TRAINEE));
    assert_false(session_may_send(s, 99));
    session_destroy(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verbs_by_role),
        cmocka_unit_test(who_is_heard),
        cmocka_unit_test(a_trainee_waits_for_the_opening),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
