/* The running order, and what a session is called before it opens. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "history.h"

enum { CHAIR = 1, LECTURER, TRAINEE };

static const struct agenda_item welcome = {"Welcome", "Ada", CHAIR, 900, 1790000000000},
                                talk = {"How sound travels", "Bo", LECTURER, 3600, 1790000900000},
                                coffee = {"Coffee", NULL, 0, 1500, 0}, absent = {"Closing", "Cy", 9, 300, 0};

static int put(struct session *s, const struct agenda_item *items, size_t count)
{
    struct command c = {.kind = COMMAND_AGENDA};
    c.agenda = (struct agenda){items, count};
    return history_do(s, &c, NULL);
}

static int go_to(struct session *s, uint32_t by, uint32_t item, struct decision *ret_decision)
{
    struct action a = {.verb = VERB_ITEM, .item = item};
    struct command c = {.kind = COMMAND_ACTION, .by = by, .at_ms = 1790000000500};
    c.action.action = &a;
    c.action.media = 4800;
    return history_do(s, &c, ret_decision);
}

static struct session *morning(void)
{
    const struct agenda_item items[] = {welcome, talk, coffee, absent};
    struct session *s = history_session(false);
    history_join(s, CHAIR, ROLE_CHAIR, PLACE_REMOTE);
    history_join(s, LECTURER, ROLE_LECTURER, PLACE_REMOTE);
    history_join(s, TRAINEE, ROLE_TRAINEE, PLACE_REMOTE);
    assert_int_equal(put(s, items, 4), 1);
    assert_int_equal(put(s, items, 4), 0);
    return s;
}

/* One act: the item is on, and its speaker's time runs. */
static void going_to_an_item(void **state)
{
    (void)state;
    static const struct {
        int row;
        uint32_t by, item;
        int events; /* or the error, negated */
        uint32_t timer_who, timer_seconds;
    } rows[] = {
        {1, TRAINEE, 1, -ERR_FORBIDDEN, 0, 0},
        {2, LECTURER, 2, -ERR_FORBIDDEN, 0, 0},
        {3, CHAIR, 5, -ERR_UNKNOWN, 0, 0},
        {4, CHAIR, 1, 2, CHAIR, 900},
        {5, CHAIR, 2, 2, LECTURER, 3600},
        {6, CHAIR, 2, 1, LECTURER, 3600}, /* again: its time anew */
        {7, CHAIR, 3, 2, 0, 1500},        /* of nobody in particular */
        {8, 0, 4, 2, 0, 300},             /* its speaker has not come */
        {9, CHAIR, 0, 2, 0, 0},
        {10, CHAIR, 0, 0, 0, 0},
    };
    struct session *s = morning();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct session_view v;
        int events = go_to(s, rows[i].by, rows[i].item, NULL);
        assert_int_equal(session_view_make(s, &v), ERR_NONE);
        if (events != rows[i].events)
            fail_msg("row %d: %d", rows[i].row, events);
        if (events >= 0 && (v.item != rows[i].item || v.has_timer != (rows[i].timer_seconds > 0)))
            fail_msg("row %d: item %u", rows[i].row, v.item);
        if (v.has_timer && (v.timer.who != rows[i].timer_who || v.timer.seconds != rows[i].timer_seconds))
            fail_msg("row %d: %u s for %u", rows[i].row, v.timer.seconds, v.timer.who);
        session_view_free(&v);
    }
    session_destroy(s);
}

/* What is on stays on where it stands now; what is not planned any more is not. */
static void another_order(void **state)
{
    (void)state;
    const struct {
        int row;
        struct agenda_item items[3];
        size_t count;
        uint32_t item;
    } rows[] = {
        {1, {coffee, talk}, 2, 2},
        {2, {talk, coffee}, 2, 1},
        {3, {{"How sound travels", "Bo", 3, 60, 5}}, 1, 1}, /* shorter, and his link is another */
        {4, {welcome, coffee}, 2, 0},
        {5, {{NULL}}, 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct session *s = morning();
        struct session_view v;
        go_to(s, CHAIR, 2, NULL);
        if (put(s, rows[i].items, rows[i].count) != 1)
            fail_msg("row %d", rows[i].row);
        assert_int_equal(session_view_make(s, &v), ERR_NONE);
        if (v.item != rows[i].item || v.agenda.count != rows[i].count)
            fail_msg("row %d: item %u of %zu", rows[i].row, v.item, v.agenda.count);
        session_view_free(&v);
        session_destroy(s);
    }
}

static void too_long(void **state)
{
    (void)state;
    struct agenda_item items[AGENDA_MAX + 1];
    char title[TITLE_CHARACTERS_MAX * 4 + 1];
    struct session *s = morning();
    memset(title, 'x', sizeof title - 1);
    title[sizeof title - 1] = 0;
    for (size_t i = 0; i <= AGENDA_MAX; i++)
        items[i] = (struct agenda_item){"x", NULL, 0, 60, 0};
    assert_int_equal(put(s, items, AGENDA_MAX + 1), -ERR_FULL);
    assert_int_equal(put(s, items, AGENDA_MAX), 1);
    for (size_t i = 0; i < AGENDA_MAX; i++)
        items[i].title = title;
    assert_int_equal(put(s, items, AGENDA_MAX), -ERR_FULL);
    session_destroy(s);
}

static int change(struct session *s, const char *title, const char *const *rooms, size_t count)
{
    static const char *const languages[] = {"fa"};
    struct command c = {.kind = COMMAND_CHANGE};
    c.create.title = title;
    c.create.rooms = (struct name_list){rooms, count};
    c.create.languages = (struct name_list){languages, 1};
    return history_do(s, &c, NULL);
}

static void before_it_opens(void **state)
{
    (void)state;
    static const char *const rooms[] = {"C", "B"};
    struct session *s = history_session(true);
    uint16_t b = session_room(s, "B");
    assert_int_equal(change(s, "Day two", rooms, 2), 1);
    assert_int_equal(change(s, "Day two", rooms, 2), 0);
    assert_string_equal(session_title(s), "Day two");
    assert_true(session_has_language(s, "fa"));
    assert_int_equal(session_room(s, "A"), 0);
    assert_int_equal(session_room(s, "B"), b); /* sound knows it by this */
    assert_true(session_room(s, "C") > 2);     /* and another never gets what one had */
    history_act(s, 0, VERB_OPEN, 0);
    assert_int_equal(change(s, "Day two", rooms, 2), 0);
    assert_int_equal(change(s, "Day three", rooms, 2), -ERR_STATE);
    assert_string_equal(refusal_code(history_why()), "change-open");
    session_destroy(s);
}

/* Codes and people go with the room's name. */
static void rooms_that_stay(void **state)
{
    (void)state;
    static const char *const more[] = {"C", "B", "A"}, *const fewer[] = {"B"};
    static const uint32_t who[] = {TRAINEE};
    struct session *s = history_session(true);
    struct action code = {.verb = VERB_CODE, .room = "B"};
    struct action in = {.verb = VERB_CHECK_IN, .room = "A", .people = {who, 1}};
    struct command c = {.kind = COMMAND_ACTION};
    c.action.action = &code;
    c.action.new_code = "K7QXM";
    assert_int_equal(history_do(s, &c, NULL), 1);
    c.action.action = &in;
    assert_int_equal(history_do(s, &c, NULL), 1);
    assert_int_equal(change(s, "Day one", more, 3), 1);
    assert_string_equal(session_room_name(s, 1), "B");
    assert_string_equal(session_code(s, 1), "K7QXM");
    assert_null(session_code(s, 0));
    assert_int_equal(change(s, "Day one", fewer, 1), -ERR_STATE);
    assert_string_equal(refusal_code(history_why()), "room-used");
    struct action out = {.verb = VERB_CHECK_OUT, .people = {who, 1}};
    c.action.action = &out;
    assert_int_equal(history_do(s, &c, NULL), 1);
    history_join(s, CHAIR, ROLE_CHAIR, "A");
    assert_int_equal(change(s, "Day one", fewer, 1), -ERR_STATE);
    history_away(s, CHAIR);
    assert_int_equal(change(s, "Day one", fewer, 1), 1);
    session_destroy(s);
}

/* A dump of before there was a running order: its rooms are numbered in their order. */
static void an_older_snapshot(void **state)
{
    (void)state;
    struct session *s = history_session(true), *loaded;
    char *dump = history_dump(s);
    assert_null(strstr(dump, "agenda"));
    assert_null(strstr(dump, "room_numbers"));
    assert_int_equal(session_load("s1", dump, strlen(dump), &loaded), ERR_NONE);
    assert_int_equal(session_room(loaded, "B"), 2);
    free(dump);
    session_destroy(loaded);
    session_destroy(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(going_to_an_item), cmocka_unit_test(another_order),
        cmocka_unit_test(too_long),         cmocka_unit_test(before_it_opens),
        cmocka_unit_test(rooms_that_stay),  cmocka_unit_test(an_older_snapshot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
