/* kill -9 at any moment: late joiner, resume and restart are one mechanism, and nothing acknowledged is lost.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "house.h"

static char token[8][64];
static char id[SESSION_ID_MAX + 1];

static struct house *lecture(void)
{
    struct house *h = house_open();
    house_session(h, id);
    house_link(h, id, "chair", "Ada", NULL, token[1]);
    house_link(h, id, "lecturer", "Bruno", "A", token[2]);
    house_link(h, id, "trainee", "Carla", NULL, token[3]);
    house_link(h, id, "trainee", "Dan", "B", token[4]);
    for (uint32_t i = 1; i <= 4; i++)
        house_hello(h, i, token[i], 0);
    if (desk_deck_added(h->desk, id, "d1", "La voce", 20, "/d/x.json", 2, h->now_us))
        abort();
    house_drain(h);
    house_say(h, 2, "{\"kind\":\"do\",\"id\":1,\"verb\":\"page\",\"deck\":\"d1\",\"page\":7}");
    house_say(h, 4, "{\"kind\":\"do\",\"id\":1,\"verb\":\"hand-up\"}");
    house_say(h, 3, "{\"kind\":\"do\",\"id\":1,\"verb\":\"hand-up\"}");
    house_say(h, 1, "{\"kind\":\"do\",\"id\":1,\"verb\":\"chat\",\"text\":\"Buongiorno\"}");
    house_wait(h, US_PER_S);
    return h;
}

static const json_t *person(const json_t *welcome, int64_t number)
{
    json_t *people = json_object_get(json_object_get(welcome, "session"), "participants");
    size_t i;
    json_t *p;
    json_array_foreach(people, i, p)
    {
        if (house_number(p, "id") == number)
            return p;
    }
    return NULL;
}

static void everything_is_back(void **state)
{
    (void)state;
    struct house *h = lecture();
    house_kill(h, h->row_count, 2 * US_PER_S);
    assert_non_null(strstr(h->rows[h->row_count - 1].text, "restarted"));
    house_hello(h, 14, token[4], 0);
    json_t *w = house_heard(h, 14, "welcome");
    json_t *session = json_object_get(w, "session");
    assert_int_equal(house_number(w, "you"), 4);
    /* 1 s of lecture, 2 s of silence: the session clock runs on over the restart */
    assert_int_equal(house_number(w, "clock"), 3 * SAMPLES_PER_S);
    assert_int_equal(house_number(json_object_get(session, "page"), "page"), 7);
    assert_int_equal(house_number(person(w, 4), "queue"), 1);
    assert_int_equal(house_number(person(w, 3), "queue"), 2);
    assert_int_equal(house_number(person(w, 4), "present"), 1);
    assert_int_equal(house_number(person(w, 3), "present"), 0);
    assert_int_equal(house_number(person(w, 2), "floor"), 1);
    assert_int_equal(json_array_size(json_object_get(session, "chat")), 1);
    json_decref(w);
    house_close(h);
}

static void a_client_resumes_over_the_restart(void **state)
{
    (void)state;
    struct house *h = lecture();
    uint64_t first, last = h->rows[h->row_count - 1].row.n;
    char **texts;
    house_kill(h, h->row_count, US_PER_S);
    house_hello(h, 13, token[3], last);
    json_t *w = house_heard(h, 13, "welcome");
    assert_int_equal(house_number(w, "resumed"), 1);
    json_t *events = json_object_get(w, "events");
    assert_string_equal(house_text(json_array_get(events, 0), "kind"), "restarted");
    assert_int_equal(house_number(json_array_get(events, 0), "n"), (int64_t)last + 1);
    json_decref(w);
    house_say(h, 13, "{\"kind\":\"do\",\"id\":1,\"verb\":\"hand-up\"}");
    w = house_heard(h, 13, "done");
    assert_int_equal(house_number(w, "n"), 0); /* his hand is still up */
    json_decref(w);
    size_t count = house_events(h, 13, &first, &texts);
    for (size_t i = 0; i < count; i++)
        free(texts[i]);
    free(texts);
    house_close(h);
}

/* Whatever the disk had at the moment of the kill, the state is the fold of just that. */
static void killed_at_every_row(void **state)
{
    (void)state;
    struct house *whole = lecture();
    size_t rows = whole->row_count;
    house_close(whole);
    for (size_t kept = 0; kept <= rows; kept++) {
        struct house *h = lecture();
        house_kill(h, kept, US_PER_S);
        uint64_t n = 0;
        for (size_t i = 0; i < h->row_count; i++) {
            if (h->rows[i].row.kind != ROW_EVENT)
                continue;
            assert_int_equal(h->rows[i].row.n, ++n); /* one session: no gaps, no number twice */
        }
        assert_int_equal(desk_session_exists(h->desk, id), kept > 0);
        house_close(h);
    }
}

static void again_and_again(void **state)
{
    (void)state;
    struct house *h = lecture();
    for (int i = 0; i < 5; i++) {
        house_kill(h, h->row_count, US_PER_S);
        house_hello(h, 14, token[4], 0);
        house_hello(h, 12, token[2], 0);
    }
    json_t *w = house_heard(h, 14, "welcome");
    assert_int_equal(house_number(person(w, 4), "queue"), 1);
    json_decref(w);
    size_t rows = h->row_count;
    house_hang_up(h, 14);
    house_hang_up(h, 12);
    house_kill(h, h->row_count, US_PER_S);
    assert_int_equal(h->row_count, rows + 2); /* nobody was there: nothing to say */
    house_close(h);
}

static void links_are_remembered(void **state)
{
    (void)state;
    struct house *h = lecture();
    json_decref(house_ask(h, "{\"verb\":\"link-revoke\",\"session\":\"%s\",\"participant\":\"Dan\"}", id));
    house_say(h, 1, "{\"kind\":\"do\",\"id\":1,\"verb\":\"remove\",\"who\":3}");
    house_kill(h, h->row_count, US_PER_S);
    static const char *const want[] = {NULL, "welcome", "welcome", "bye", "bye"};
    for (uint32_t i = 1; i <= 4; i++) {
        house_hello(h, 10 + i, token[i], 0);
        json_t *s = house_heard(h, 10 + i, want[i]);
        assert_non_null(s);
        json_decref(s);
    }
    char other[64];
    house_link(h, id, "trainee", "Eva", NULL, other);
    house_hello(h, 20, other, 0);
    json_t *w = house_heard(h, 20, "welcome");
    assert_int_equal(house_number(w, "you"), 5); /* no number is given twice */
    json_decref(w);
    house_close(h);
}

static void an_ended_session_stays_ended(void **state)
{
    (void)state;
    struct house *h = lecture();
    json_decref(house_ask(h, "{\"verb\":\"end\",\"session\":\"%s\"}", id));
    size_t rows = h->row_count;
    house_kill(h, h->row_count, US_PER_S);
    assert_int_equal(h->row_count, rows);
    assert_false(desk_busy(h->desk));
    house_hello(h, 11, token[1], 0);
    json_t *bye = house_heard(h, 11, "bye");
    assert_string_equal(house_text(bye, "why"), "ended");
    json_decref(bye);
    house_close(h);
}

static struct desk *fresh(struct house *h)
{
    struct desk *d;
    assert_int_equal(desk_create(&h->config, &d), ERR_NONE);
    return d;
}

/* Rows that make no sense: the relay must not start on them. */
static void rows_that_make_no_sense(void **state)
{
    (void)state;
    static const char created[] = "{\"n\":1,\"at\":1,\"kind\":\"created\",\"title\":\"x\",\"rooms\":[],"
                                  "\"languages\":[],\"recorded\":false,\"state\":\"open\"}";
    static const char link[] = "{\"number\":1,\"name\":\"A\",\"role\":\"chair\",\"place\":\"remote\","
                               "\"expires\":1,\"revoked\":false}";
    static const struct {
        int row;
        enum desk_row_kind kind;
        const char *session;
        uint64_t n;
        const char *text;
    } rows[] = {
        {1, ROW_EVENT, "s", 2, "{}"},
        {2, ROW_EVENT, "s", 2, "nonsense"},
        {3, ROW_EVENT, "s", 2, "{\"n\":3,\"at\":1,\"kind\":\"locked\",\"by\":0}"},
        {4, ROW_EVENT, "s", 3, "{\"n\":2,\"at\":1,\"kind\":\"locked\",\"by\":0}"},
        {5, ROW_EVENT, "t", 2, "{\"n\":2,\"at\":1,\"kind\":\"locked\",\"by\":0}"},
        {6, ROW_EVENT, "s", 1, created},
        {7, ROW_EVENT, "s", 2, "{\"n\":2,\"at\":1,\"kind\":\"juggled\"}"},
        {8, ROW_EVENT, "s", 2, "{\"n\":2,\"at\":1,\"kind\":\"away\",\"who\":1}"},
        {9, ROW_EVENT, "s", 2, ""},
        {10, ROW_LINK, "t", 0, link},
        {11, ROW_LINK, "s", 0, "{}"},
        {12, ROW_LINK, "s", 0,
         "{\"number\":1,\"name\":\"A\",\"role\":\"king\",\"place\":\"remote\","
         "\"expires\":1,\"revoked\":false}"},
        {13, ROW_EVENT, "a-name-longer-t", 2, "{\"n\":2,\"at\":1,\"kind\":\"locked\",\"by\":0}"},
    };
    struct house *h = house_open();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct desk *d = fresh(h);
        struct desk_row good = {.row = 1, .kind = ROW_EVENT, .session = "s", .n = 1, .text = created};
        struct desk_row row = {.row = 2, .kind = rows[i].kind, .n = rows[i].n, .text = rows[i].text};
        good.len = strlen(good.text);
        row.len = strlen(row.text);
        strcpy(row.session, rows[i].session);
        assert_int_equal(desk_restore(d, &good), ERR_NONE);
        if (desk_restore(d, &row) != ERR_MALFORMED)
            fail_msg("row %d was taken", rows[i].row);
        desk_destroy(d);
    }
    house_close(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_is_back),      cmocka_unit_test(a_client_resumes_over_the_restart),
        cmocka_unit_test(killed_at_every_row),     cmocka_unit_test(again_and_again),
        cmocka_unit_test(links_are_remembered),    cmocka_unit_test(an_ended_session_stays_ended),
        cmocka_unit_test(rows_that_make_no_sense),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
