#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "mirror.h"

static const struct view_participant people[] = {
    {.id = 2, .name = "Vera", .place = "remote", .role = ROLE_CHAIR, .present = true, .floor = true},
    {.id = 5, .name = "Hall A", .place = "A", .role = ROLE_ROOM, .present = true, .floor = true},
    {.id = 7,
     .name = "Ada",
     .place = "remote",
     .role = ROLE_TRAINEE,
     .present = true,
     .hand = true,
     .queue = 2},
    {.id = 8, .name = "Ben", .place = "A", .role = ROLE_TRAINEE, .hand = true, .queue = 1},
    {.id = 9, .name = "Ada", .place = "A", .role = ROLE_LECTURER, .floor = true},
};

static const struct session_view view = {.id = "s1",
                                         .title = "Opening",
                                         .state = SESSION_OPEN,
                                         .participants = people,
                                         .participant_count = 5,
                                         .has_page = true,
                                         .page = {.deck = "d1", .page = 3, .by = 9, .media = 48000}};

static void welcomed(struct mirror *m, uint32_t you)
{
    mirror_init(m);
    assert_int_equal(mirror_welcome(m, &view, you, 40), ERR_NONE);
}

struct row {
    int number;
    struct event event;
    /* of person 7 after it */
    bool present, floor, muted, may_send;
    unsigned queue;
};

/* One mirror lives through all of them; we are number 7. */
static const struct row rows[] = {
    {1, {.n = 41, .kind = EVENT_AWAY, .who = 2}, true, false, false, false, 2},
    {2, {.n = 42, .kind = EVENT_HAND_DOWN, .who = 8, .by = 2}, true, false, false, false, 1},
    {3, {.n = 43, .kind = EVENT_HAND_UP, .who = 8}, true, false, false, false, 1},
    {4, {.n = 44, .kind = EVENT_HAND_DOWN, .who = 7}, true, false, false, false, 0},
    {5, {.n = 45, .kind = EVENT_HAND_UP, .who = 7}, true, false, false, false, 2},
    {6, {.n = 45, .kind = EVENT_GRANTED, .who = 7}, true, false, false, false, 2}, /* a repeated number:
                                                                                      nothing */
    {7, {.n = 46, .kind = EVENT_GRANTED, .who = 7, .by = 2}, true, true, false, true, 0},
    {8, {.n = 47, .kind = EVENT_MUTED_ALL, .by = 2}, true, true, true, false, 0},
    {9, {.n = 48, .kind = EVENT_UNMUTED, .who = 7}, true, true, false, true, 0},
    {10, {.n = 49, .kind = EVENT_AWAY, .who = 7}, false, true, false, true, 0},
    {11,
     {.n = 50, .kind = EVENT_JOINED, .who = 7, .name = "Ada", .role = ROLE_TRAINEE, .place = "remote"},
     true,
     true,
     false,
     true,
     0}, /* a return: the floor was kept */
    {12,
     {.n = 51, .kind = EVENT_STATE, .state = SESSION_BACKSTAGE},
     true,
     true,
     false,
     false,
     0}, /* a trainee waits */
    {13, {.n = 52, .kind = EVENT_STATE, .state = SESSION_ENDED}, true, true, false, false, 0},
    {14, {.n = 53, .kind = EVENT_STATE, .state = SESSION_OPEN}, true, true, false, true, 0},
    {15, {.n = 54, .kind = EVENT_GRANTED, .who = 4711}, true, true, false, true, 0}, /* nobody */
    {16, {.n = 55, .kind = EVENT_OTHER}, true, true, false, true, 0},
    {17, {.n = 56, .kind = EVENT_LEFT, .who = 7}, false, false, false, false, 0},
    {18, {.n = 60, .kind = EVENT_RESTARTED}, false, false, false, false, 0},
};

static void events_fold(void **state)
{
    (void)state;
    struct mirror m;
    welcomed(&m, 7);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *r = &rows[i];
        enum err e = mirror_event(&m, &r->event);
        assert_int_equal(e, r->number == 6 ? ERR_STALE : ERR_NONE);
        const struct mirror_person *p = mirror_self(&m);
        if (p->present != r->present || p->floor != r->floor || p->muted != r->muted ||
            mirror_may_send(&m) != r->may_send || mirror_queue(&m, 7) != r->queue)
            fail_msg("row %d: present %d floor %d muted %d may %d queue %u", r->number, p->present, p->floor,
                     p->muted, mirror_may_send(&m), mirror_queue(&m, 7));
    }
    assert_int_equal(m.n, 60);
    assert_false(mirror_person(&m, 5)->present); /* everyone is away after a restart */
    assert_true(mirror_person(&m, 5)->floor);    /* with what they had */
    mirror_finish(&m);
}

static void newcomers_have_the_floor_by_their_role(void **state)
{
    (void)state;
    static const bool floor[ROLE_COUNT] = {[ROLE_CHAIR] = true, [ROLE_LECTURER] = true, [ROLE_ROOM] = true};
    struct mirror m;
    welcomed(&m, 7);
    for (unsigned role = 0; role < ROLE_COUNT; role++) {
        struct event e = {.n = 41 + role,
                          .kind = EVENT_JOINED,
                          .who = 100 - role,
                          .name = "N",
                          .place = "remote",
                          .role = role};
        assert_int_equal(mirror_event(&m, &e), ERR_NONE);
        assert_int_equal(mirror_person(&m, 100 - role)->floor, floor[role]);
    }
    mirror_finish(&m);
}

struct find_row {
    int number;
    const char *who;
    enum err e;
    uint32_t id;
};

static const struct find_row find_rows[] = {
    {1, "Vera", ERR_NONE, 2},    {2, "Ada", ERR_FULL, 0},    {3, "7", ERR_NONE, 7},
    {4, "70", ERR_UNKNOWN, 0},   {5, "Hall A", ERR_NONE, 5}, {6, "", ERR_UNKNOWN, 0},
    {7, "vera", ERR_UNKNOWN, 0}, {8, "7x", ERR_UNKNOWN, 0},  {9, "99999999999999999999", ERR_UNKNOWN, 0},
};

static void people_are_found_by_number_or_name(void **state)
{
    (void)state;
    struct mirror m;
    welcomed(&m, 7);
    for (size_t i = 0; i < sizeof find_rows / sizeof find_rows[0]; i++) {
        uint32_t id = 0;
        enum err e = mirror_find(&m, find_rows[i].who, &id);
        if (e != find_rows[i].e || id != find_rows[i].id)
            fail_msg("row %d: %s, %u", find_rows[i].number, err_text(e), id);
    }
    mirror_finish(&m);
}

struct see_row {
    int number;
    uint32_t you, by;
    bool at_once;
};

static const struct see_row see_rows[] = {
    {1, 7, 9, false}, /* remote, the lecturer is in hall A: with his sound */
    {2, 7, 7, true},  /* own turn */
    {3, 5, 9, true},  /* the lecturer's own hall */
    {4, 5, 2, false}, /* the hall hears a remote chair through its loudspeaker */
    {5, 8, 2, true},  /* a companion */
    {6, 2, 0, false}, /* the operator */
    {7, 2, 99, false},
};

static void some_see_a_page_at_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof see_rows / sizeof see_rows[0]; i++) {
        struct mirror m;
        welcomed(&m, see_rows[i].you);
        if (mirror_sees_at_once(&m, see_rows[i].by) != see_rows[i].at_once)
            fail_msg("row %d", see_rows[i].number);
        mirror_finish(&m);
    }
}

static void decks_pages_and_chat_are_kept(void **state)
{
    (void)state;
    struct mirror m;
    char text[16];
    mirror_init(&m);
    assert_null(mirror_deck(&m));
    welcomed(&m, 7);
    assert_string_equal(mirror_deck(&m), "d1");
    struct event added = {.n = 41, .kind = EVENT_DECK_ADDED, .deck = "d2", .title = "T", .pages = 9};
    assert_int_equal(mirror_event(&m, &added), ERR_NONE);
    assert_string_equal(mirror_deck(&m), "d1"); /* the one that is shown, not the newest */
    struct event turned = {.n = 42, .kind = EVENT_PAGE, .deck = "d2", .page = 4, .media = 96000, .by = 2};
    assert_int_equal(mirror_event(&m, &turned), ERR_NONE);
    assert_string_equal(mirror_deck(&m), "d2");
    assert_int_equal(m.page, 4);
    for (unsigned i = 0; i < CHAT_KEPT + 10; i++) {
        snprintf(text, sizeof text, "%u", i);
        struct event said = {.n = 43 + i, .kind = EVENT_CHAT, .who = 2, .text = text};
        assert_int_equal(mirror_event(&m, &said), ERR_NONE);
    }
    assert_int_equal(m.chat_total, CHAT_KEPT + 10);
    assert_string_equal(m.chat[(m.chat_total - 1) % CHAT_KEPT].text, "209");
    mirror_finish(&m);
}

static void a_state_that_names_someone_twice_is_refused(void **state)
{
    (void)state;
    struct mirror m;
    struct view_participant twice[2] = {people[0], people[0]};
    struct session_view bad = view;
    bad.participants = twice;
    bad.participant_count = 2;
    welcomed(&m, 7);
    assert_int_equal(mirror_welcome(&m, &bad, 7, 50), ERR_MALFORMED);
    assert_int_equal(m.n, 0);
    assert_null(mirror_self(&m));
    mirror_finish(&m);
}

static void two_thousand_and_no_more(void **state)
{
    (void)state;
    struct mirror m;
    mirror_init(&m);
    for (uint32_t i = 1; i <= PEOPLE_MAX + 1; i++) {
        struct event e = {.n = i,
                          .kind = EVENT_JOINED,
                          .who = i * 7919 % 100003,
                          .name = "N",
                          .place = "remote",
                          .role = ROLE_TRAINEE};
        assert_int_equal(mirror_event(&m, &e), i <= PEOPLE_MAX ? ERR_NONE : ERR_FULL);
    }
    for (size_t i = 1; i < m.people_count; i++)
        assert_true(m.people[i - 1].id < m.people[i].id);
    mirror_finish(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(events_fold),
                                       cmocka_unit_test(newcomers_have_the_floor_by_their_role),
                                       cmocka_unit_test(people_are_found_by_number_or_name),
                                       cmocka_unit_test(some_see_a_page_at_once),
                                       cmocka_unit_test(decks_pages_and_chat_are_kept),
                                       cmocka_unit_test(a_state_that_names_someone_twice_is_refused),
                                       cmocka_unit_test(two_thousand_and_no_more)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
