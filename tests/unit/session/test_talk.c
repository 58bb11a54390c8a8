/* Questions, polls, check-ins, strokes: once each, by the right people, within their limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "history.h"

enum { CHAIR = 1, ANN, BOB, ROOM };

static const char *const options[] = {"one", "two", "three"};

static struct session *class_of_two(void)
{
    struct session *s = history_session(false);
    history_join(s, CHAIR, ROLE_CHAIR, PLACE_REMOTE);
    history_join(s, ANN, ROLE_TRAINEE, PLACE_REMOTE);
    history_join(s, BOB, ROLE_TRAINEE, "A");
    history_join(s, ROOM, ROLE_ROOM, "A");
    return s;
}

static int act(struct session *s, uint32_t by, struct action a)
{
    struct command c = {.kind = COMMAND_ACTION, .by = by, .at_ms = 1790000000000};
    c.action.action = &a;
    c.action.media = 48000;
    c.action.new_code = "K7QXM";
    return history_do(s, &c, NULL);
}

static int about(struct session *s, uint32_t by, enum verb verb, uint64_t subject)
{
    return act(s, by, (struct action){.verb = verb, .subject = subject});
}

/* What everyone is told of the newest event, and what is on disk. */
static void check_told(const struct event *e, const char *hidden)
{
    struct json_out told, kept;
    json_out_init(&told);
    json_out_init(&kept);
    event_write_told(&told, NULL, e);
    event_write(&kept, NULL, e);
    assert_null(strstr(told.text, hidden));
    assert_non_null(strstr(kept.text, hidden));
    json_out_finish(&told);
    json_out_finish(&kept);
}

static void what_is_confidential_is_not_told(void **state)
{
    (void)state;
    static const struct {
        int row;
        struct event event;
        const char *hidden;
    } rows[] = {
        {1, {.kind = EVENT_ASKED, .who = 7, .text = "Why?"}, "Why?"},
        {2, {.kind = EVENT_ASKED, .who = 7, .text = "Why?"}, "\"who\":7"},
        {3, {.kind = EVENT_CODE, .room = "A", .code = "K7QXM"}, "K7QXM"},
        {4, {.kind = EVENT_VOTED, .subject = 5, .who = 7, .count = 1, .up = true}, "\"who\":7"},
        {5, {.kind = EVENT_POLL_ANSWERED, .subject = 5, .who = 7, .choices = 2}, "\"choices\""},
        {6, {.kind = EVENT_POLL_MADE, .poll = {.text = "Q", .options = {options, 3}, .right = 2}}, "three"},
        {7, {.kind = EVENT_POLL_MADE, .poll = {.text = "Q", .options = {options, 3}, .right = 2}}, "right"},
        {8, {.kind = EVENT_JOINED, .who = 7, .name = "A", .place = "B", .person = "a@b"}, "a@b"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct event e = rows[i].event;
        e.n = 9;
        check_told(&e, rows[i].hidden);
    }
}

static void a_question_waits_for_a_chair(void **state)
{
    (void)state;
    struct session *s = class_of_two();
    struct pending_question waits;
    size_t at = 0;
    assert_int_equal(act(s, ANN, (struct action){.verb = VERB_ASK, .text = "Why?"}), 1);
    uint64_t id = session_n(s);
    assert_true(session_pending(s, &at, &waits));
    assert_string_equal(waits.text, "Why?");
    assert_int_equal(about(s, BOB, VERB_VOTE, id), -ERR_STATE);
    assert_int_equal(about(s, BOB, VERB_APPROVE, id), -ERR_FORBIDDEN);
    assert_int_equal(about(s, CHAIR, VERB_ANSWERED, id), -ERR_STATE);
    assert_int_equal(about(s, CHAIR, VERB_APPROVE, id), 1);
    assert_int_equal(about(s, CHAIR, VERB_APPROVE, id), 0);
    assert_int_equal(about(s, BOB, VERB_VOTE, id), 1);
    assert_int_equal(about(s, BOB, VERB_VOTE, id), 0); /* once each */
    assert_int_equal(about(s, ANN, VERB_VOTE, id), 1);
    assert_int_equal(about(s, BOB, VERB_UNVOTE, id), 1);
    assert_int_equal(about(s, BOB, VERB_VOTE, 9999), -ERR_UNKNOWN);
    assert_int_equal(about(s, 0, VERB_VOTE, id), -ERR_STATE);
    assert_int_equal(about(s, CHAIR, VERB_ANSWERED, id), 1);
    struct session_view v;
    assert_int_equal(session_view_make(s, &v), ERR_NONE);
    assert_int_equal(v.question_count, 1);
    assert_int_equal(v.questions[0].votes, 1);
    assert_true(v.questions[0].answered);
    session_view_free(&v);
    assert_int_equal(about(s, CHAIR, VERB_DISMISS, id), 1);
    assert_int_equal(about(s, CHAIR, VERB_DISMISS, id), -ERR_UNKNOWN);
    session_destroy(s);
}

static void questions_have_limits(void **state)
{
    (void)state;
    struct session *s = class_of_two();
    const struct action ask = {.verb = VERB_ASK, .text = "Why?"};
    for (int i = 0; i < 3; i++)
        assert_int_equal(act(s, ANN, ask), 1);
    assert_int_equal(act(s, ANN, ask), -ERR_STATE);
    assert_string_equal(refusal_code(history_why()), "questions-yours");
    assert_int_equal(act(s, CHAIR, (struct action){.verb = VERB_MODERATE, .moderated = false}), 1);
    for (int i = 3; i < QUESTIONS_MAX; i++)
        assert_int_equal(act(s, BOB, ask), 1); /* shown at once */
    assert_int_equal(act(s, BOB, ask), -ERR_FULL);
    session_destroy(s);
}

static void a_poll_is_answered_once_by_each(void **state)
{
    (void)state;
    struct session *s = class_of_two();
    struct action made = {.verb = VERB_POLL, .poll = {.text = "Which?", .options = {options, 3}, .right = 2}};
    struct session_view v;
    assert_int_equal(act(s, CHAIR, made), 1);
    uint64_t id = session_n(s);
    assert_int_equal(session_view_make(s, &v), ERR_NONE);
    assert_int_equal(v.poll_count, 0); /* not opened: nobody sees it */
    session_view_free(&v);
    struct action answer = {.verb = VERB_ANSWER, .subject = id, .choices = 1};
    assert_int_equal(act(s, ANN, answer), -ERR_STATE);
    assert_int_equal(about(s, ANN, VERB_POLL_OPEN, id), -ERR_FORBIDDEN);
    assert_int_equal(about(s, CHAIR, VERB_POLL_OPEN, id), 1);
    assert_int_equal(about(s, CHAIR, VERB_POLL_OPEN, id), -ERR_STATE);
    assert_int_equal(act(s, ANN, answer), 1);
    assert_int_equal(act(s, ANN, answer), 0);
    answer.choices = 2; /* changed his mind */
    assert_int_equal(act(s, ANN, answer), 1);
    answer.choices = 3; /* two, where one is asked for */
    assert_int_equal(act(s, ANN, answer), -ERR_UNKNOWN);
    answer.choices = 8; /* of three */
    assert_int_equal(act(s, BOB, answer), -ERR_UNKNOWN);
    assert_int_equal(about(s, CHAIR, VERB_POLL_SHOW, id), -ERR_STATE);
    assert_int_equal(about(s, CHAIR, VERB_POLL_DROP, id), -ERR_STATE);
    assert_int_equal(about(s, CHAIR, VERB_POLL_CLOSE, id), 1);
    answer.choices = 1;
    assert_int_equal(act(s, BOB, answer), -ERR_STATE);
    assert_int_equal(about(s, CHAIR, VERB_POLL_SHOW, id), 1);
    assert_int_equal(session_view_make(s, &v), ERR_NONE);
    assert_int_equal(v.polls[0].count, 1);
    assert_int_equal(v.polls[0].counts[1], 1);
    assert_int_equal(v.polls[0].counts[0], 0);
    session_view_free(&v);
    session_destroy(s);
}

static void checking_in(void **state)
{
    (void)state;
    static const uint32_t list[] = {BOB, 77}; /* 77 has a link and no device */
    struct session *s = class_of_two();
    struct session_view v;
    assert_int_equal(act(s, BOB, (struct action){.verb = VERB_CHECK_IN, .code = "K7QXM"}), -ERR_UNKNOWN);
    assert_int_equal(act(s, ANN, (struct action){.verb = VERB_CODE, .room = "A"}), -ERR_FORBIDDEN);
    assert_int_equal(act(s, ROOM, (struct action){.verb = VERB_CODE, .room = "B"}), -ERR_FORBIDDEN);
    assert_int_equal(act(s, ROOM, (struct action){.verb = VERB_CODE, .room = "A"}), 1);
    assert_int_equal(act(s, CHAIR, (struct action){.verb = VERB_CODE, .room = "C"}), -ERR_UNKNOWN);
    assert_string_equal(session_code(s, 0), "K7QXM");
    assert_null(session_code(s, 1));
    assert_int_equal(act(s, BOB, (struct action){.verb = VERB_CHECK_IN, .code = "k7qxm"}), 1);
    assert_int_equal(act(s, BOB, (struct action){.verb = VERB_CHECK_IN, .code = "K7QXM"}), 0);
    assert_int_equal(act(s, BOB, (struct action){.verb = VERB_CHECK_IN, .code = "K7QX"}), -ERR_UNKNOWN);
    struct action by_list = {.verb = VERB_CHECK_IN, .room = "B", .people = {list, 2}};
    assert_int_equal(act(s, ANN, by_list), -ERR_FORBIDDEN);
    assert_int_equal(act(s, CHAIR, by_list), 1); /* he moved */
    assert_int_equal(act(s, CHAIR, by_list), 0);
    assert_int_equal(session_view_make(s, &v), ERR_NONE);
    assert_int_equal(v.checkin_count, 2);
    assert_string_equal(v.checkins[0].room, "B");
    session_view_free(&v);
    assert_int_equal(act(s, ANN, (struct action){.verb = VERB_CHECK_OUT}), 0);
    assert_int_equal(act(s, BOB, (struct action){.verb = VERB_CHECK_OUT}), 1);
    session_destroy(s);
}

static void strokes_have_limits(void **state)
{
    (void)state;
    static uint16_t points[2 * STROKE_POINTS_MAX];
    struct session *s = class_of_two();
    struct action stroke = {
        .verb = VERB_STROKE, .deck = "d1", .page = 1, .stroke = {.width = 3, .points = points}};
    stroke.stroke.count = STROKE_POINTS_MAX;
    assert_int_equal(act(s, CHAIR, stroke), -ERR_UNKNOWN);
    history_deck(s, "d1", 10);
    for (int i = 0; i < STROKES_PAGE_MAX; i++)
        assert_int_equal(act(s, CHAIR, stroke), 1);
    assert_int_equal(act(s, CHAIR, stroke), -ERR_FULL);
    assert_string_equal(refusal_code(history_why()), "page-drawn-full");
    stroke.page = 2;
    int more = 0;
    while (act(s, CHAIR, stroke) == 1)
        more++;
    assert_int_equal(more, STROKES_POINTS_TOTAL / STROKE_POINTS_MAX - STROKES_PAGE_MAX);
    assert_string_equal(refusal_code(history_why()), "drawn-full");
    stroke.page = 11;
    assert_int_equal(act(s, CHAIR, stroke), -ERR_UNKNOWN);
    struct action clear = {.verb = VERB_CLEAR, .deck = "d1", .page = 1};
    assert_int_equal(act(s, ANN, clear), -ERR_FORBIDDEN);
    assert_int_equal(act(s, CHAIR, clear), 1);
    assert_int_equal(act(s, CHAIR, clear), 0);
    stroke.page = 1;
    assert_int_equal(act(s, CHAIR, stroke), 1);
    session_destroy(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_confidential_is_not_told),
        cmocka_unit_test(a_question_waits_for_a_chair),
        cmocka_unit_test(questions_have_limits),
        cmocka_unit_test(a_poll_is_answered_once_by_each),
        cmocka_unit_test(checking_in),
        cmocka_unit_test(strokes_have_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
