/* Sessions that are over leave memory, and those that go on come back out of a snapshot. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "house.h"
#include "session/session.h"

static char id[SESSION_ID_MAX + 1], token[4][64];

static void house_link_of(struct house *h, const char *session, const char *role, const char *name,
                          const char *person, char ret_token[64])
{
    json_t *r = house_ask(
        h, "{\"verb\":\"link\",\"session\":\"%s\",\"role\":\"%s\",\"name\":\"%s\",\"person\":\"%s\"}",
        session, role, name, person);
    snprintf(ret_token, 64, "%s", strstr(house_text(r, "url"), "/j/") + 3);
    json_decref(r);
}

static struct house *class_is_over(void)
{
    struct house *h = house_open();
    house_session(h, id);
    house_link(h, id, "chair", "Ada", NULL, token[1]);
    house_link(h, id, "trainee", "Bob", NULL, token[2]);
    house_hello(h, 1, token[1], 0);
    house_hello(h, 2, token[2], 0);
    house_say(h, 2, "{\"kind\":\"do\",\"id\":1,\"verb\":\"hand-up\"}");
    house_say(h, 1, "{\"kind\":\"do\",\"id\":1,\"verb\":\"end\"}");
    return h;
}

static void bye_of(struct house *h, uint32_t connection, const char *why)
{
    house_hello(h, connection, token[2], 0);
    json_t *bye = house_heard(h, connection, "bye");
    assert_string_equal(house_text(bye, "why"), why);
    json_decref(bye);
}

static size_t listed(struct house *h, const char *request, const char *state)
{
    json_t *reply = house_ask(h, "%s", request), *sessions = json_object_get(reply, "sessions"), *s;
    size_t i, count = 0;
    json_array_foreach(sessions, i, s)
    {
        count += strcmp(house_text(s, "id"), id) == 0 && strcmp(house_text(s, "state"), state) == 0 &&
                 house_number(s, "participants") == 2 && strlen(house_text(s, "title")) > 0;
    }
    json_decref(reply);
    return count;
}

static void leaves_after_a_while(void **state)
{
    (void)state;
    struct house *h = class_is_over();
    house_wait(h, DESK_ENDED_KEEP_US - US_PER_S);
    assert_string_equal(desk_knows_person(h->desk, NULL, "Bob"), id);
    assert_string_equal(desk_knows_person(h->desk, id, "2"), id);
    assert_null(desk_knows_person(h->desk, NULL, "2"));
    assert_null(desk_knows_person(h->desk, "other", "Bob"));
    bye_of(h, 10, "ended"); /* who comes late hears why */
    assert_int_equal(h->past_count, 0);
    assert_int_equal(listed(h, "{\"verb\":\"list\"}", "ended"), 1);
    house_wait(h, 2 * US_PER_S);
    assert_int_equal(h->past_count, 1);
    assert_string_equal(h->past.session, id);
    assert_false(desk_session_exists(h->desk, id));
    bye_of(h, 11, "token");
    assert_null(desk_knows_person(h->desk, NULL, "Bob"));
    assert_int_equal(listed(h, "{\"verb\":\"list\"}", "ended"), 0);
    assert_int_equal(listed(h, "{\"verb\":\"list\",\"all\":true}", "ended"), 1);
    json_t *reply = house_ask(h, "{\"verb\":\"show\",\"session\":\"%s\"}", id);
    assert_non_null(strstr(house_text(reply, "why"), "is over"));
    json_decref(reply);
    desk_forget(h->desk, "nobody");
    desk_forget(h->desk, id);
    assert_int_equal(listed(h, "{\"verb\":\"list\",\"all\":true}", "ended"), 0);
    house_close(h);
}

static void waits_for_the_disk(void **state)
{
    (void)state;
    struct house *h = house_open();
    house_session(h, id);
    h->slow_disk = true;
    json_decref(house_ask(h, "{\"verb\":\"end\",\"session\":\"%s\"}", id));
    house_wait(h, 2 * DESK_ENDED_KEEP_US);
    assert_int_equal(h->past_count, 0);
    desk_not_saved(h->desk, true, h->now_us);
    house_drain(h);
    house_wait(h, DESK_ENDED_KEEP_US);
    assert_int_equal(h->past_count, 0);
    house_commit(h);
    desk_not_saved(h->desk, false, h->now_us);
    house_drain(h);
    house_wait(h, US_PER_S * 60);
    assert_int_equal(h->past_count, 1);
    house_close(h);
}

/* A new desk that is given these rows at its start; ERR_NONE or what the first that is refused gives. */
static enum err start_with(struct house *h, const struct desk_row *rows, size_t count)
{
    enum err e = ERR_NONE;
    desk_destroy(h->desk);
    assert_int_equal(desk_create(&h->config, &h->desk), ERR_NONE);
    for (size_t i = 0; i < count && !e; i++)
        e = desk_restore(h->desk, &rows[i]);
    return e ? e : desk_restored(h->desk, h->row_count, h->now_us);
}

static void a_line_is_all_that_is_restored(void **state)
{
    (void)state;
    struct house *h = class_is_over();
    struct desk_row row = {
        .kind = ROW_PAST, .n = 9, .text = "{\"title\":\"T\",\"people\":2,\"created\":1,\"ended\":2}"};
    memcpy(row.session, id, sizeof id);
    row.len = strlen(row.text);
    assert_int_equal(start_with(h, &row, 1), ERR_NONE);
    assert_int_equal(listed(h, "{\"verb\":\"list\"}", "ended"), 0);
    assert_int_equal(listed(h, "{\"verb\":\"list\",\"all\":true}", "ended"), 1);
    struct desk_row twice[2] = {row, row};
    assert_int_equal(start_with(h, twice, 2), ERR_MALFORMED);
    row.text = "{\"title\":\"T\",\"people\":2,\"created\":1}";
    row.len = strlen(row.text);
    assert_int_equal(start_with(h, &row, 1), ERR_MALFORMED);
    assert_int_equal(start_with(h, NULL, 0), ERR_NONE);
    house_close(h);
}

/* The rows of a start out of a snapshot at event `at`, with the texts from event `from` on. The caller frees
 * the snapshot's text. */
static size_t rows_after_snapshot(const struct house *h, uint64_t at, uint64_t from, struct desk_row *rows,
                                  char **ret_text)
{
    struct session *s;
    struct json_out o;
    size_t count = 1;
    assert_int_equal(session_create(id, &s), ERR_NONE);
    for (size_t i = 0; i < h->row_count; i++) {
        const struct desk_row *row = &h->rows[i].row;
        struct json_doc *doc;
        struct event e;
        char why[JSON_WHY_MAX];
        if (row->kind == ROW_EVENT && row->n <= at) {
            assert_int_equal(json_doc_read(row->text, row->len, SENTENCE_MAX, &doc, why), ERR_NONE);
            event_read(json_doc_root(doc), &e);
            assert_int_equal(session_apply(s, &e), ERR_NONE);
            json_doc_destroy(doc);
        }
        if (row->kind != ROW_EVENT || row->n >= from)
            rows[count++] = *row;
    }
    json_out_init(&o);
    session_dump(s, &o);
    rows[0] = (struct desk_row){.kind = ROW_SNAPSHOT, .n = at};
    memcpy(rows[0].session, id, sizeof id);
    assert_int_equal(json_out_take(&o, ret_text, &rows[0].len), ERR_NONE);
    rows[0].text = *ret_text;
    session_destroy(s);
    return count;
}

static json_t *welcome(struct house *h, uint32_t connection, uint64_t last)
{
    house_hello(h, connection, token[2], last);
    json_t *w = house_heard(h, connection, "welcome");
    json_object_del(w, "clock");
    return w;
}

/* Wherever the snapshot was made, and however many events before it are told again: the state is the same,
 * and who comes back misses nothing. */
static void out_of_a_snapshot(void **state)
{
    (void)state;
    struct house *h = house_open();
    house_session(h, id);
    house_link(h, id, "chair", "Ada", NULL, token[1]);
    house_link(h, id, "trainee", "Bob", NULL, token[2]);
    house_hello(h, 1, token[1], 0);
    house_link_of(h, id, "trainee", "Cleo", "cleo@example.org", token[3]);
    house_hello(h, 3, token[3], 0);
    for (int i = 0; i < 6; i++)
        house_say(h, 1, "{\"kind\":\"do\",\"id\":1,\"verb\":\"chat\",\"text\":\"Word %d\"}", i);
    size_t count = h->row_count;
    uint64_t events = h->rows[count - 1].row.n;
    house_kill(h, count, US_PER_S);
    json_t *want = welcome(h, 10, 0);
    for (uint64_t at = 1; at <= events; at++) {
        for (uint64_t from = 1; from <= at + 1; from++) {
            struct desk_row rows[64];
            char *text;
            house_kill(h, count, 0); /* and again on the rows of the first life */
            while (h->row_count > count)
                free(h->rows[--h->row_count].text);
            size_t given = rows_after_snapshot(h, at, from, rows, &text);
            assert_int_equal(start_with(h, rows, given), ERR_NONE);
            house_drain(h);
            for (uint32_t c = 10; c <= 12; c++)
                house_forget(h, c);
            json_t *got = welcome(h, 10, 0);
            if (!json_equal(want, got))
                fail_msg("snapshot %d, from %d: %s", (int)at, (int)from, json_dumps(got, 0));
            json_decref(got);
            house_hang_up(h, 10);
            got = welcome(h, 11, events);
            assert_int_equal(house_number(got, "resumed"), 1);
            json_decref(got);
            house_hang_up(h, 11);
            got = welcome(h, 12, 1); /* only where all since are there */
            assert_int_equal(json_is_true(json_object_get(got, "resumed")), from <= 2);
            char *told = json_dumps(got, 0);
            assert_null(strstr(told, "cleo@")); /* who she is beyond the session is on disk alone */
            free(told);
            json_decref(got);
            free(text);
        }
    }
    json_decref(want);
    house_close(h);
}

static void snapshots_that_do_not_fit(void **state)
{
    (void)state;
    struct house *h = class_is_over();
    struct desk_row rows[64], bad;
    char *text;
    size_t count = rows_after_snapshot(h, 3, 4, rows, &text);
    bad = rows[0];
    bad.n = 4; /* says another number than it is */
    assert_int_equal(start_with(h, &bad, 1), ERR_MALFORMED);
    bad = rows[0];
    bad.len--;
    assert_int_equal(start_with(h, &bad, 1), ERR_MALFORMED);
    bad = rows[0];
    rows[1] = rows[0]; /* twice */
    assert_int_equal(start_with(h, rows, 2), ERR_MALFORMED);
    free(text);
    count = rows_after_snapshot(h, 3, 5, rows, &text); /* event 4 is missing */
    assert_int_equal(start_with(h, rows, count), ERR_MALFORMED);
    assert_int_equal(start_with(h, NULL, 0), ERR_NONE);
    free(text);
    house_close(h);
}

/* The disk has refused for hours: nothing new is begun, what ends something acts. */
static void no_more_can_be_remembered(void **state)
{
    (void)state;
    static const struct {
        const char *verb;
        bool done;
    } rows[] = {{"\"chat\",\"text\":\"x\"", false}, {"\"hand-up\"", false},
                {"\"grant\",\"who\":2", false},     {"\"lock\"", false},
                {"\"mute\",\"who\":2", true},       {"\"mute-all\"", true},
                {"\"remove\",\"who\":2", true},     {"\"end\"", true}};
    struct house *h = house_open();
    house_session(h, id);
    house_link(h, id, "chair", "Ada", NULL, token[1]);
    house_link(h, id, "trainee", "Bob", NULL, token[2]);
    house_hello(h, 1, token[1], 0);
    house_hello(h, 2, token[2], 0);
    desk_full(h->desk, true);
    house_hello(h, 3, token[2], 0); /* he is there already: it changes nothing */
    assert_int_equal(house_heard_count(h, 3, "welcome"), 1);
    json_t *reply =
        house_ask(h, "{\"verb\":\"link\",\"session\":\"%s\",\"role\":\"trainee\",\"name\":\"C\"}", id);
    assert_non_null(strstr(house_text(reply, "why"), "free space"));
    json_decref(reply);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        house_say(h, 1, "{\"kind\":\"do\",\"id\":%zu,\"verb\":%s}", 100 + i, rows[i].verb);
        json_t *s = house_heard(h, 1, rows[i].done ? "done" : "refused");
        if (!s || house_number(s, "id") != (int64_t)(100 + i))
            fail_msg("row %zu", i);
        json_decref(s);
    }
    house_close(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_after_a_while),           cmocka_unit_test(waits_for_the_disk),
        cmocka_unit_test(a_line_is_all_that_is_restored), cmocka_unit_test(out_of_a_snapshot),
        cmocka_unit_test(snapshots_that_do_not_fit),      cmocka_unit_test(no_more_can_be_remembered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
