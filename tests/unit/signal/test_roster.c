/* A large session at the desk: what its members are told, and what the log and the recorder have. */
#include "class.h"

#define PEOPLE 201 /* one more than are told of each other */

static char tokens[HOUSE_CONNECTIONS][64];

/* Connection i is participant i: 1 a chair, 2 a lecturer, the rest trainees in A, B and remote. */
static void join(struct house *h, uint32_t i)
{
    static const char *const rooms[] = {"A", "B", NULL};
    char name[40];
    snprintf(name, sizeof name, "Zoë %u", i);
    house_link(h, id,
               i == 1   ? "chair"
               : i == 2 ? "lecturer"
                        : "trainee",
               i < 3 ? "Somebody" : name, rooms[i % 3], tokens[i]);
    house_hello(h, i, tokens[i], 0);
}

static struct house *crowd(const char *record)
{
    struct house *h = house_open();
    json_t *reply =
        house_ask(h, "{\"verb\":\"session-create\",\"title\":\"T\",\"rooms\":[\"A\",\"B\"]%s}", record);
    snprintf(id, sizeof id, "%s", house_text(reply, "session"));
    json_decref(reply);
    for (uint32_t i = 1; i <= PEOPLE; i++)
        join(h, i);
    house_wait(h, 5 * (span_us)US_PER_S);
    return h;
}

static size_t bytes_told(const struct house *h, uint32_t connection, size_t from)
{
    size_t bytes = 0;
    for (size_t i = from; i < h->heard[connection].count; i++)
        bytes += strlen(h->heard[connection].texts[i]);
    return bytes;
}

/* Forty come and forty go within two seconds: one who was there hears two counts, and of none of them. */
static void joins_are_counted(void **state)
{
    (void)state;
    struct house *h = crowd("");
    check_heard(h, 5, "counts", "people", "201");
    check_heard(h, 5, "roster", "large", "1");
    size_t from = h->heard[5].count, counts = house_heard_count(h, 5, "counts"),
           events = house_heard_count(h, 5, "events");
    for (uint32_t i = 1; i <= 40; i++) {
        join(h, PEOPLE + i);
        house_hang_up(h, 100 + i);
        house_wait(h, 50 * US_PER_MS);
    }
    house_wait(h, 3 * (span_us)US_PER_S);
    assert_in_range(house_heard_count(h, 5, "counts") - counts, 1, 4);
    assert_int_equal(house_heard_count(h, 5, "events"), events);
    assert_in_range(bytes_told(h, 5, from), 100, 600);
    check_heard(h, 5, "counts", "people", "201");
    json_t *c = house_heard(h, 5, "counts");
    assert_int_equal(house_number(c, "n"),
                     desk_session_n(h->desk, id)); /* so a return asks for nothing older */
    json_decref(c);
    assert_int_equal(desk_deadline(h->desk), NEVER_US);
    house_close(h);
}

static size_t participants_of(const struct house *h, uint32_t connection)
{
    json_t *w = house_heard(h, connection, "welcome");
    size_t count = json_array_size(json_object_get(json_object_get(w, "session"), "participants"));
    json_decref(w);
    return count;
}

/* Who was there before it was large is told all again; then only what was missed and is his to know. */
static void coming_back(void **state)
{
    (void)state;
    struct house *h = crowd("");
    uint64_t now = desk_session_n(h->desk, id);
    house_hang_up(h, 50);
    house_hello(h, 250, tokens[50], 150); /* it was small then */
    check_heard(h, 250, "welcome", "resumed", "0");
    assert_int_equal(participants_of(h, 250), 3); /* chair, lecturer, himself */
    house_hang_up(h, 51);
    house_hang_up(h, 52);
    house_say(h, 53, "{\"kind\":\"do\",\"id\":1,\"verb\":\"hand-up\"}");
    house_hello(h, 251, tokens[51], now);
    json_t *w = house_heard(h, 251, "welcome"), *events = json_object_get(w, "events");
    assert_true(json_is_true(json_object_get(w, "resumed")));
    assert_int_equal(json_array_size(events), 3); /* his own going, a hand, his own return */
    json_t *hand = json_array_get(events, 1);
    assert_string_equal(house_text(hand, "kind"), "hand-up");
    assert_string_equal(house_text(json_object_get(hand, "participant"), "name"), "Zoë 53");
    json_decref(w);
    check_heard(h, 251, "counts", "whole", "1");
    house_close(h);
}

/* The same number gives the same events, whether the relay was killed in between or not. */
static void over_a_kill(void **state)
{
    (void)state;
    struct house *h = crowd("");
    uint64_t now = desk_session_n(h->desk, id);
    house_say(h, 53, "{\"kind\":\"do\",\"id\":1,\"verb\":\"hand-up\"}");
    house_say(h, 54, "{\"kind\":\"do\",\"id\":1,\"verb\":\"mute\"}");
    house_say(h, 55, "{\"kind\":\"do\",\"id\":1,\"verb\":\"chat\",\"text\":\"Hi\"}");
    house_hello(h, 256, tokens[56], now); /* takes his seat over, so nothing is added */
    json_t *before = house_heard(h, 256, "welcome");
    house_kill(h, h->row_count, US_PER_S);
    for (uint32_t i = 0; i < HOUSE_CONNECTIONS; i++)
        house_forget(h, i);
    house_hello(h, 256, tokens[56], now);
    json_t *after = house_heard(h, 256, "welcome"), *was = json_object_get(before, "events"),
           *is = json_object_get(after, "events");
    assert_int_equal(json_array_size(was), 2);
    assert_int_equal(json_array_size(is), 4); /* and `restarted`, and his return */
    for (size_t i = 0; i < 2; i++)
        assert_true(json_equal(json_array_get(was, i), json_array_get(is, i)));
    assert_string_equal(house_text(json_array_get(is, 2), "kind"), "restarted");
    json_decref(before);
    json_decref(after);
    house_close(h);
}

/* The log and the recording are whole, and have nothing of what was told instead. */
static void what_is_kept(void **state)
{
    (void)state;
    struct house *h = crowd(",\"record\":true");
    size_t rows = h->row_count, records = h->record_count;
    join(h, PEOPLE + 1);
    house_say(h, 53, "{\"kind\":\"do\",\"id\":1,\"verb\":\"hand-up\"}");
    house_say(h, 54, "{\"kind\":\"do\",\"id\":1,\"verb\":\"mute\"}");
    house_wait(h, US_PER_S);
    assert_int_equal(h->row_count, rows + 4); /* a link among them */
    assert_int_equal(h->record_count, records + 3);
    for (size_t i = rows; i < h->row_count; i++)
        assert_null(strstr(h->rows[i].text, "\"participant\""));
    for (size_t i = records; i < h->record_count; i++)
        assert_null(strstr(h->records[i].text, "\"participant\""));
    json_t *show = house_ask(h, "{\"verb\":\"show\",\"session\":\"%s\"}", id);
    assert_int_equal(json_array_size(json_object_get(json_object_get(show, "session"), "participants")),
                     PEOPLE + 1);
    json_decref(show);
    house_close(h);
}

static const char search[] = "{\"kind\":\"people\",\"id\":%d,\"text\":\"%s\"}";

static void searching(void **state)
{
    (void)state;
    struct house *h = crowd("");
    house_say(h, 5, search, 7, "zoe 53");
    json_t *p = house_heard(h, 5, "people");
    assert_int_equal(house_number(p, "id"), 7);
    assert_int_equal(house_number(p, "found"), 2); /* and 153 */
    assert_int_equal(house_number(json_array_get(json_object_get(p, "participants"), 0), "id"), 53);
    json_decref(p);
    for (int i = 0; i < 10; i++)
        house_say(h, 5, search, 10 + i, "zoe");
    check_heard(h, 5, "refused", "code", "too-fast");
    check_heard(h, 5, "refused", "id", "19");
    assert_int_equal(house_heard_count(h, 5, "people"), 6);
    house_wait(h, US_PER_S);
    house_say(h, 5, search, 30, "zoe");
    p = house_heard(h, 5, "people");
    assert_int_equal(house_number(p, "id"), 30);
    assert_int_equal(house_number(p, "found"), PEOPLE - 2);
    assert_true(json_is_true(json_object_get(p, "more")));
    assert_int_equal(json_array_size(json_object_get(p, "participants")), 50);
    json_decref(p);
    for (uint32_t i = 70; i < 120; i++) { /* all together: a hundred at once, a hundred a second */
        for (int k = 0; k < 3; k++)
            house_say(h, i, search, k, "zoe");
    }
    assert_int_equal(house_heard_count(h, 71, "people"), 3);
    check_heard(h, 119, "refused", "code", "too-fast");
    house_wait(h, 2 * (span_us)US_PER_S);
    h->slow_disk = true; /* who has just come is found when that is on disk */
    house_hang_up(h, 60);
    house_hello(h, 300, tokens[60], 0);
    size_t answers = house_heard_count(h, 6, "people");
    house_say(h, 6, search, 31, "zoe 60");
    assert_int_equal(house_heard_count(h, 6, "people"), answers);
    house_commit(h);
    assert_int_equal(house_heard_count(h, 6, "people"), answers + 1);
    house_close(h);
}

/* The name of who asks is told with the question that waits, for a chair knows him as little as others do. */
static void a_question_that_waits(void **state)
{
    (void)state;
    struct house *h = crowd("");
    house_say(h, 53, "{\"kind\":\"do\",\"id\":1,\"verb\":\"ask\",\"text\":\"Why?\"}");
    house_wait(h, US_PER_S);
    check_heard(h, 1, "pending", "name", "Zoë 53");
    assert_int_equal(house_heard_count(h, 5, "pending"), 0);
    house_close(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joins_are_counted), cmocka_unit_test(coming_back),
        cmocka_unit_test(over_a_kill),       cmocka_unit_test(what_is_kept),
        cmocka_unit_test(searching),         cmocka_unit_test(a_question_that_waits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
