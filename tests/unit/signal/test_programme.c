/* Programmes at the desk: loaded twice, over a restart, and one link a person. */
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

#define HOUR_MS 3600000LL

static char programme[SESSION_ID_MAX + 1], session[2][SESSION_ID_MAX + 1], token[64];
static int64_t start_ms;

static void keep(char *ret_text, size_t size, json_t *reply, const char *member)
{
    if (!json_is_true(json_object_get(reply, "ok")))
        fail_msg("%s", house_text(reply, "why"));
    snprintf(ret_text, size, "%s", house_text(reply, member));
    json_decref(reply);
}

static json_t *ask_session(struct house *h, int i, const char *more)
{
    return house_ask(h,
                     "{\"verb\":\"programme-session\",\"programme\":\"%s\",\"key\":\"s%d\",\"title\":"
                     "\"Sitting %d\",\"zone\":"
                     "\"UTC\",\"starts\":%lld,\"ends\":%lld,\"backstage\":30,\"rooms\":[\"A\"]%s}",
                     programme, i, i, (long long)(start_ms + 2 * i * HOUR_MS),
                     (long long)(start_ms + (2 * i + 1) * HOUR_MS), more);
}

static json_t *ask_person(struct house *h, const char *key, const char *role)
{
    return house_ask(
        h,
        "{\"verb\":\"programme-person\",\"programme\":\"p\",\"key\":\"%s\",\"name\":\"Ada\",\"place\":\"A\","
        "\"role\":\"trainee\","
        "\"seats\":[{\"session\":\"s0\",\"role\":\"%s\"},{\"session\":\"s1\",\"role\":\"trainee\"}]}",
        key, role);
}

static struct house *loaded(void)
{
    struct house *h = house_open();
    char url[300];
    start_ms = (h->now_us + 3600 * (int64_t)US_PER_S) / 1000 + 1790000000000 /* as house.c says */;
    keep(programme, sizeof programme,
         house_ask(h, "{\"verb\":\"programme\",\"key\":\"p\",\"title\":\"P\",\"zone\":\"UTC\"}"),
         "programme");
    for (int i = 0; i < 2; i++)
        keep(session[i], sizeof session[i], ask_session(h, i, ""), "session");
    keep(url, sizeof url, ask_person(h, "ada", "chair"), "url");
    snprintf(token, sizeof token, "%s", strstr(url, "/j/") + 3);
    return h;
}

static json_t *shown(struct house *h)
{
    json_t *r = house_ask(h, "{\"verb\":\"programme-show\",\"programme\":\"p\"}");
    json_t *p = json_incref(json_object_get(r, "programme"));
    json_decref(r);
    assert_non_null(p);
    return p;
}

static const char *state_of(struct house *h, int i)
{
    static char text[20];
    json_t *p = shown(h);
    snprintf(text, sizeof text, "%s",
             house_text(json_array_get(json_object_get(p, "sessions"), (size_t)i), "state"));
    json_decref(p);
    return text;
}

/* The same again: no row, no new id, the same link; also after a kill. */
static void again_changes_nothing(void **state)
{
    (void)state;
    struct house *h = loaded();
    for (int round = 0; round < 2; round++) {
        char id[SESSION_ID_MAX + 1], url[300];
        size_t rows = h->row_count;
        json_t *r = house_ask(h, "{\"verb\":\"programme\",\"key\":\"p\",\"title\":\"P\",\"zone\":\"UTC\"}");
        assert_true(json_is_false(json_object_get(r, "changed")));
        keep(id, sizeof id, r, "programme");
        assert_string_equal(id, programme);
        keep(id, sizeof id, ask_session(h, 0, ""), "session");
        assert_string_equal(id, session[0]);
        keep(url, sizeof url, ask_person(h, "ada", "chair"), "url");
        assert_string_equal(strstr(url, "/j/") + 3, token);
        assert_int_equal(h->row_count, rows);
        json_t *p = shown(h);
        assert_string_equal(
            strstr(house_text(json_array_get(json_object_get(p, "people"), 0), "url"), "/j/") + 3, token);
        json_decref(p);
        house_kill(h, h->row_count, US_PER_S);
    }
    house_close(h);
}

static void changes_are_taken(void **state)
{
    (void)state;
    struct house *h = loaded();
    start_ms += HOUR_MS;
    json_t *r = ask_session(h, 0, ",\"record\":true");
    assert_true(json_is_true(json_object_get(r, "changed")));
    json_decref(r);
    json_decref(ask_person(h, "ada", "lecturer"));
    house_kill(h, h->row_count, US_PER_S);
    r = house_ask(h, "{\"verb\":\"show\",\"session\":\"%s\"}", session[0]);
    assert_int_equal(house_number(json_object_get(r, "session"), "starts"), start_ms);
    assert_true(json_is_true(json_object_get(json_object_get(r, "session"), "recorded")));
    json_decref(r);
    r = house_ask(h, "{\"verb\":\"link-list\",\"session\":\"%s\"}", session[0]);
    assert_string_equal(house_text(json_array_get(json_object_get(r, "links"), 0), "role"), "lecturer");
    assert_int_equal(json_array_size(json_object_get(r, "links")), 1);
    json_decref(r);
    house_close(h);
}

static void refused(void **state)
{
    (void)state;
    struct house *h = loaded();
    static const struct {
        int row;
        const char *text, *why;
    } rows[] = {
        {1, "{\"verb\":\"programme-show\",\"programme\":\"x\"}", "There is no programme"},
        {2, "{\"verb\":\"programme-show\"}", "programme"},
        {3, "{\"verb\":\"programme\",\"key\":\"a b\",\"title\":\"P\",\"zone\":\"UTC\"}", "key"},
        {4,
         "{\"verb\":\"programme-session\",\"programme\":\"p\",\"key\":\"s0\",\"title\":\"Other\",\"zone\":"
         "\"UTC\",\"starts\":5,"
         "\"ends\":9,\"rooms\":[\"A\",\"A\"]}",
         "same name"},
        {5,
         "{\"verb\":\"programme-session\",\"programme\":\"p\",\"key\":\"s0\",\"title\":\"Sitting "
         "0\",\"zone\":\"UTC\",\"starts\":5,"
         "\"ends\":9,\"slots\":[{\"starts\":5}]}",
         "seconds"},
        {6,
         "{\"verb\":\"programme-session\",\"programme\":\"p\",\"key\":\"n\",\"title\":\"N\",\"zone\":\"UTC\","
         "\"starts\":9,\"ends\":9}",
         "must end after"},
        {7,
         "{\"verb\":\"programme-session\",\"programme\":\"p\",\"key\":\"n\",\"title\":\"N\",\"zone\":\"UTC\","
         "\"starts\":8,\"ends\":9,"
         "\"rooms\":[\"A\",\"A\"]}",
         "same name"},
        {8,
         "{\"verb\":\"programme-person\",\"programme\":\"p\",\"key\":\"x\",\"name\":\"X\",\"role\":\"king\","
         "\"seats\":[]}",
         "role"},
        {9,
         "{\"verb\":\"programme-person\",\"programme\":\"p\",\"key\":\"x\",\"name\":\"X\",\"role\":"
         "\"trainee\",\"seats\":[{\"session\":"
         "\"zz\",\"role\":\"trainee\"}]}",
         "no such session"},
        {10,
         "{\"verb\":\"programme-person\",\"programme\":\"p\",\"key\":\"y\",\"name\":\"Y\",\"role\":\"room\","
         "\"seats\":[{\"session\":"
         "\"s0\",\"role\":\"room\"}]}",
         "needs a place"},
        {11, "{\"verb\":\"programme-withdraw\",\"programme\":\"p\",\"person\":\"zoe\"}",
         "nobody with that key"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        json_t *r = house_ask(h, "%s", rows[i].text);
        if (!json_is_false(json_object_get(r, "ok")) || !strstr(house_text(r, "why"), rows[i].why))
            fail_msg("row %d: %s", rows[i].row,
                     json_is_true(json_object_get(r, "ok")) ? "taken" : house_text(r, "why"));
        json_decref(r);
    }
    house_close(h);
}

static uint64_t welcomed(struct house *h, uint32_t connection, uint64_t last, const char *want_title)
{
    house_hello(h, connection, token, last);
    json_t *w = house_heard(h, connection, "welcome");
    if (!w)
        fail_msg("no welcome");
    const json_t *s = json_object_get(w, "session");
    if (!s) /* resumed: he knows the rest */
        assert_null(want_title);
    else
        assert_string_equal(house_text(s, "title"), want_title);
    uint64_t n = (uint64_t)house_number(w, "n");
    json_decref(w);
    return n;
}

/* One link: the next session, the open one, and the one after it; never with the events of another. */
static void one_link_for_all(void **state)
{
    (void)state;
    struct house *h = loaded();
    uint64_t n = welcomed(h, 1, 0, "Sitting 0");
    house_hang_up(h, 1);
    n = welcomed(h, 2, n, NULL);
    json_decref(house_ask(h, "{\"verb\":\"open\",\"session\":\"%s\"}", session[0]));
    json_decref(house_ask(h, "{\"verb\":\"open\",\"session\":\"%s\"}", session[1]));
    house_hang_up(h, 2);
    n = welcomed(h, 3, n, NULL); /* who is in a session that goes on stays in it */
    json_decref(house_ask(h, "{\"verb\":\"end\",\"session\":\"%s\"}", session[0]));
    welcomed(h, 4, 1, "Sitting 1"); /* he says a number of the session before */
    json_decref(house_ask(h, "{\"verb\":\"end\",\"session\":\"%s\"}", session[1]));
    house_hello(h, 5, token, 0);
    json_t *bye = house_heard(h, 5, "bye");
    assert_string_equal(house_text(bye, "why"), "ended");
    json_decref(bye);
    house_close(h);
}

static void withdrawn_is_out(void **state)
{
    (void)state;
    struct house *h = loaded();
    welcomed(h, 1, 0, "Sitting 0");
    json_decref(
        house_ask(h, "{\"verb\":\"programme-withdraw\",\"programme\":\"%s\",\"person\":\"ada\"}", programme));
    json_t *bye = house_heard(h, 1, "bye");
    assert_non_null(bye);
    json_decref(bye);
    for (int round = 0; round < 2; round++) {
        json_decref(ask_person(h, "ada", "chair")); /* loading again does not let him in again */
        house_hello(h, (uint32_t)(2 + round), token, 0);
        bye = house_heard(h, (uint32_t)(2 + round), "bye");
        assert_string_equal(house_text(bye, "why"), "token");
        json_decref(bye);
        json_t *p = shown(h);
        assert_null(json_object_get(json_array_get(json_object_get(p, "people"), 0), "url"));
        json_decref(p);
        house_kill(h, h->row_count, US_PER_S);
    }
    house_close(h);
}

/* 30 minutes before its start a session is backstage, over a restart too; a later start puts it off. */
static void backstage_in_time(void **state)
{
    (void)state;
    struct house *h = loaded();
    house_wait(h, 29 * 60 * (span_us)US_PER_S);
    assert_string_equal(state_of(h, 0), "planned");
    house_kill(h, h->row_count, US_PER_S);
    house_wait(h, 61 * (span_us)US_PER_S);
    assert_string_equal(state_of(h, 0), "backstage");
    assert_string_equal(state_of(h, 1), "planned");
    start_ms += HOUR_MS;
    json_decref(ask_session(h, 1, ""));
    house_wait(h, 2 * 3600 * (span_us)US_PER_S);
    assert_string_equal(state_of(h, 1), "planned");
    house_wait(h, 3600 * (span_us)US_PER_S);
    assert_string_equal(state_of(h, 1), "backstage");
    house_close(h);
}

/* By the file's word a session opens by itself, and what it is called follows the file until then. */
static void opens_in_time(void **state)
{
    (void)state;
    struct house *h = loaded();
    json_decref(ask_session(h, 0, ",\"opens\":true"));
    house_wait(h, 3599 * (span_us)US_PER_S);
    assert_string_equal(state_of(h, 0), "backstage");
    house_kill(h, h->row_count, US_PER_S / 2);
    house_wait(h, US_PER_S);
    assert_string_equal(state_of(h, 0), "open");
    assert_string_equal(state_of(h, 1), "planned");
    house_close(h);
}

static json_t *ask_changed(struct house *h, const char *title, const char *room, const char *slots)
{
    return house_ask(h,
                     "{\"verb\":\"programme-session\",\"programme\":\"%s\",\"key\":\"s0\",\"title\":\"%s\","
                     "\"zone\":\"UTC\",\"starts\":%lld,\"ends\":%lld,\"rooms\":[\"%s\"],\"slots\":[%s]}",
                     programme, title, (long long)start_ms, (long long)(start_ms + HOUR_MS), room, slots);
}

static json_t *view_of(struct house *h, uint32_t connection)
{
    house_hello(h, connection, token, 0);
    json_t *w = house_heard(h, connection, "welcome");
    assert_non_null(w);
    json_t *s = json_incref(json_object_get(w, "session"));
    json_decref(w);
    house_hang_up(h, connection);
    return s;
}

#define SLOTS                                                                                                \
    "{\"starts\":5,\"seconds\":900,\"who\":\"ada\",\"title\":\"Welcome\"},{\"starts\":6,\"seconds\":60,"     \
    "\"who\":\"bo\"}"

/* The running order is the session's, with the names and links of now; also of people who come later. */
static void running_order(void **state)
{
    (void)state;
    struct house *h = loaded();
    json_decref(ask_changed(h, "Sitting 0", "A", SLOTS));
    for (int round = 0; round < 2; round++) {
        json_t *s = view_of(h, (uint32_t)(1 + round)), *agenda = json_object_get(s, "agenda");
        assert_int_equal(json_array_size(agenda), 2);
        assert_string_equal(house_text(json_array_get(agenda, 0), "name"), "Ada");
        assert_int_equal(house_number(json_array_get(agenda, 0), "who"), 1);
        assert_int_equal(house_number(json_array_get(agenda, 1), "seconds"), 60);
        assert_int_equal(json_object_get(json_array_get(agenda, 1), "name") != NULL, round);
        json_decref(s);
        if (round == 0)
            json_decref(ask_person(h, "bo", "lecturer"));
        house_kill(h, h->row_count, US_PER_S);
    }
    json_decref(ask_changed(h, "Sitting 0", "A", ""));
    json_t *s = view_of(h, 3);
    assert_null(json_object_get(s, "agenda"));
    json_decref(s);
    house_close(h);
}

/* What may change until it opens, and what then is told to stay. */
static void called_otherwise(void **state)
{
    (void)state;
    struct house *h = loaded();
    static const struct {
        int row;
        const char *before; /* done first */
        const char *title, *room, *note;
        const char *is_title, *is_room;
    } rows[] = {
        {1, NULL, "Other", "B", NULL, "Other", "B"},
        {2, NULL, "Other", "B", NULL, "Other", "B"},
        {3, "check-in", "Third", "A", "in a room that would be gone", "Third", "B"},
        {4, "open", "Fourth", "B", "open already; of it stay as they are: title.", "Third", "B"},
        {5, NULL, "Third", "C", "stay as they are: rooms.", "Third", "B"},
        {6, NULL, "Third", "B", NULL, "Third", "B"},
        {7, "end", "Fifth", "B", "is over and stays", "Third", "B"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].before)
            json_decref(
                house_ask(h, "{\"verb\":\"%s\",\"session\":\"%s\",\"room\":\"B\",\"participant\":\"Ada\"}",
                          rows[i].before, session[0]));
        json_t *r = ask_changed(h, rows[i].title, rows[i].room, "");
        const char *note = json_string_value(json_object_get(r, "note"));
        if (!json_is_true(json_object_get(r, "ok")))
            fail_msg("row %d: %s", rows[i].row, house_text(r, "why"));
        if (!note != !rows[i].note || (note && !strstr(note, rows[i].note)))
            fail_msg("row %d: %s", rows[i].row, note ? note : "no note");
        json_decref(r);
        json_t *p = shown(h);
        const json_t *one = json_array_get(json_object_get(p, "sessions"), 0);
        if (strcmp(house_text(one, "title"), rows[i].is_title) != 0 ||
            strcmp(json_string_value(json_array_get(json_object_get(one, "rooms"), 0)), rows[i].is_room) != 0)
            fail_msg("row %d: %s", rows[i].row, json_dumps(one, 0));
        json_decref(p);
    }
    house_close(h);
}

#define CERTIFICATE                                                                                          \
    "{\"verb\":\"certificate\",\"person\":\"p.ada\",\"name\":\"Ada\",\"title\":\"P\",\"seconds\":%d,\"of\":" \
    "20000}"

/* The same attendance has the same certificate; another one has another; both are known after a kill. */
static void certificates(void **state)
{
    (void)state;
    struct house *h = house_open();
    char number[3][40], statement[2][300], signature[2][140];
    static const int seconds[] = {18000, 18000, 18001};
    for (int i = 0; i < 3; i++) {
        json_t *r = house_ask(h, CERTIFICATE, seconds[i]);
        snprintf(statement[i % 2], sizeof statement[0], "%s", house_text(r, "statement"));
        snprintf(signature[i % 2], sizeof signature[0], "%s", house_text(r, "signature"));
        keep(number[i], sizeof number[i], r, "number");
    }
    assert_string_equal(number[0], number[1]);
    assert_string_not_equal(number[1], number[2]);
    assert_non_null(
        strstr(statement[1], "Ada attended \"P\" for 5:00:00 of 5:33:20 hours. Issued on 2026-09-21."));
    house_kill(h, h->row_count, US_PER_S);
    json_t *r = house_ask(h, "{\"verb\":\"verify\",\"number\":\"%s\"}", number[1]);
    assert_string_equal(house_text(r, "statement"), statement[1]);
    assert_string_equal(house_text(r, "signature"), signature[1]);
    assert_string_not_equal(signature[0], signature[1]);
    json_decref(r);
    r = house_ask(h, "{\"verb\":\"verify\",\"number\":\"aaaa-bbbb-cccc\"}");
    assert_true(json_is_false(json_object_get(r, "ok")));
    json_decref(r);
    static const char *const bad[] = {
        "{}", "{\"number\":\"a\",\"person\":\"p\",\"statement\":\"s\",\"seconds\":0,\"of\":1}", "x"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const struct desk_row row = {
            .row = 1, .kind = ROW_CERTIFICATE, .text = bad[i], .len = strlen(bad[i])};
        assert_int_equal(desk_restore(h->desk, &row), ERR_MALFORMED);
    }
    house_close(h);
}

/* The log has forgotten somebody: so does the desk. Loading again does not bring him back; his certificate's
 * number is known, and no name. */
static void erased(void **state)
{
    (void)state;
    struct house *h = loaded();
    struct desk_certificate c;
    char number[40], identity[40];
    snprintf(identity, sizeof identity, "%s.ada", programme);
    keep(number, sizeof number,
         house_ask(h,
                   "{\"verb\":\"certificate\",\"person\":\"%s\",\"name\":\"Ada\",\"title\":\"P\",\"seconds\":"
                   "5,\"of\":9}",
                   identity),
         "number");
    assert_int_equal(desk_certificate(h->desk, number, &c), ERR_NONE);
    assert_string_equal(c.name, "Ada");
    assert_string_equal(c.day, "2026-09-21");
    desk_erased(h->desk, "nobody");
    desk_erased(h->desk, "");
    desk_erased(h->desk, identity);
    assert_int_equal(desk_certificate(h->desk, number, &c), ERR_NONE);
    assert_true(c.erased && !c.name && !strstr(c.statement, "Ada"));
    assert_int_equal(desk_certificate(h->desk, "aaaa-bbbb-cccc", &c), ERR_UNKNOWN);
    json_t *p = shown(h), *one = json_array_get(json_object_get(p, "people"), 0);
    assert_string_equal(house_text(one, "name"), "(erased)");
    assert_null(json_object_get(one, "url"));
    json_decref(p);
    json_t *r = ask_person(h, "ada", "chair");
    assert_non_null(strstr(house_text(r, "why"), "was erased and is not taken again"));
    json_decref(r);
    house_close(h);
}

static void damaged_rows(void **state)
{
    (void)state;
    struct house *h = house_open();
    static const char *const rows[] = {
        "{}", "{\"piece\":\"poem\",\"programme\":\"p\",\"key\":\"k\"}", "nonsense",
        "{\"piece\":\"session\",\"programme\":\"none\",\"key\":\"k\",\"title\":\"T\",\"zone\":\"UTC\","
        "\"starts\":1,\"ends\":2,\"session\":\"s\"}",
        "{\"piece\":\"person\",\"programme\":\"none\",\"key\":\"k\",\"name\":\"N\",\"role\":\"trainee\","
        "\"withdrawn\":false,\"token\":\"00\"}"};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct desk_row row = {
            .row = 1, .kind = ROW_PROGRAMME, .text = rows[i], .len = strlen(rows[i])};
        if (desk_restore(h->desk, &row) != ERR_MALFORMED)
            fail_msg("row %zu", i);
    }
    house_close(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(again_changes_nothing),
                                       cmocka_unit_test(changes_are_taken),
                                       cmocka_unit_test(opens_in_time),
                                       cmocka_unit_test(erased),
                                       cmocka_unit_test(running_order),
                                       cmocka_unit_test(called_otherwise),
                                       cmocka_unit_test(refused),
                                       cmocka_unit_test(one_link_for_all),
                                       cmocka_unit_test(withdrawn_is_out),
                                       cmocka_unit_test(backstage_in_time),
                                       cmocka_unit_test(certificates),
                                       cmocka_unit_test(damaged_rows)};
    return cmocka_run_group_tests_name("signal/programme", tests, NULL, NULL);
}
