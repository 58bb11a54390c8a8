#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "history.h"

enum { CHAIR = 1, LECTURER, TRAINEE };

static struct session *lecture(void)
{
    struct session *s = history_session(false);
    history_join(s, CHAIR, ROLE_CHAIR, PLACE_REMOTE);
    history_join(s, LECTURER, ROLE_LECTURER, PLACE_REMOTE);
    history_join(s, TRAINEE, ROLE_TRAINEE, PLACE_REMOTE);
    return s;
}

static void pages(void **state)
{
    (void)state;
    struct session *s = lecture();
    struct session_view view;
    assert_int_equal(history_page(s, LECTURER, "d1", 1), -ERR_UNKNOWN);
    assert_int_equal(history_deck(s, "d1", 3), 1);
    assert_int_equal(history_deck(s, "d1", 3), 0);
    assert_int_equal(session_deck_pages(s, "d1"), 3);
    assert_int_equal(session_deck_pages(s, "d2"), 0);
    assert_int_equal(history_page(s, LECTURER, "d1", 0), -ERR_UNKNOWN);
    assert_int_equal(history_page(s, LECTURER, "d1", 4), -ERR_UNKNOWN);
    assert_int_equal(history_page(s, LECTURER, "d1", 3), 1);
    assert_int_equal(history_page(s, CHAIR, "d1", 3), 0);
    assert_int_equal(history_page(s, TRAINEE, "d1", 2), -ERR_FORBIDDEN);
    assert_int_equal(session_view_make(s, &view), ERR_NONE);
    assert_true(view.has_page);
    assert_int_equal(view.page.page, 3);
    assert_int_equal(view.page.by, LECTURER);
    assert_int_equal(view.page.media, 48000);
    session_view_free(&view);
    session_destroy(s);
}

static void a_hundred_decks_and_no_more(void **state)
{
    (void)state;
    struct session *s = lecture();
    for (int i = 0; i < DECKS_MAX; i++) {
        char id[16];
        snprintf(id, sizeof id, "deck%d", i);
        assert_int_equal(history_deck(s, id, 1), 1);
    }
    assert_int_equal(history_deck(s, "more", 1), -ERR_FULL);
    session_destroy(s);
}

static void the_newest_chat_is_kept(void **state)
{
    (void)state;
    struct session *s = lecture();
    struct session_view view;
    for (int i = 0; i < CHAT_KEPT + 50; i++) {
        char text[16];
        snprintf(text, sizeof text, "text %d", i);
        assert_int_equal(history_chat(s, i % 2 ? TRAINEE : 0, text), 1);
    }
    assert_int_equal(session_view_make(s, &view), ERR_NONE);
    assert_int_equal(view.chat_count, CHAT_KEPT);
    assert_string_equal(view.chat[0].text, "text 50");
    assert_string_equal(view.chat[CHAT_KEPT - 1].text, "text 249");
    assert_int_equal(view.chat[CHAT_KEPT - 1].n, session_n(s));
    session_view_free(&view);
    session_destroy(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages),
        cmocka_unit_test(a_hundred_decks_and_no_more),
        cmocka_unit_test(the_newest_chat_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
