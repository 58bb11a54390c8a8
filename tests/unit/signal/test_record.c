/* What the recorder is told of a session, and what chairs are told of the recorder. */
#include "../rows.h"
#include "house.h"

static void create(struct house *h, const char *more, char id[SESSION_ID_MAX + 1])
{
    json_t *reply =
        house_ask(h, "{\"verb\":\"session-create\",\"title\":\"Day one\",\"rooms\":[\"A\"]%s}", more);
    snprintf(id, SESSION_ID_MAX + 1, "%s", house_text(reply, "session"));
    json_decref(reply);
}

static void join(struct house *h, const char *session, uint32_t connection, const char *role)
{
    char token[64];
    house_link(h, session, role, role, NULL, token);
    house_hello(h, connection, token, 0);
}

/* The kinds of what the recorder was told from `from` on; lines by their own kind. */
static void told(const struct house *h, size_t from, char *ret_text, size_t size)
{
    static const char *const names[] = {"BEGIN", "PAUSE", "END", "MEDIA", ""};
    ret_text[0] = 0;
    for (size_t i = from; i < h->record_count; i++) {
        const struct house_record *r = &h->records[i];
        size_t used = strlen(ret_text);
        json_t *line = r->text ? json_loads(r->text, 0, NULL) : NULL;
        if (r->text)
            assert_non_null(line);
        if (line)
            assert_true(json_is_real(json_object_get(line, "t")));
        snprintf(ret_text + used, size - used, "%s%s", used ? " " : "",
                 line ? house_text(line, "kind") : names[r->record.kind]);
        json_decref(line);
    }
}

static void check_told(const struct house *h, size_t from, const char *want)
{
    char text[1000];
    told(h, from, text, sizeof text);
    assert_string_equal(text, want);
}

static json_t *line_of(const struct house *h, const char *kind)
{
    for (size_t i = h->record_count; i-- > 0;) {
        json_t *line = h->records[i].text ? json_loads(h->records[i].text, 0, NULL) : NULL;
        if (line && strcmp(house_text(line, "kind"), kind) == 0)
            return line;
        json_decref(line);
    }
    fail_msg("no line of kind %s", kind);
    return NULL;
}

static void a_session_that_is_not_recorded_tells_nothing(void **state)
{
    struct house *h = house_open();
    char id[SESSION_ID_MAX + 1];
    (void)state;
    create(h, "", id);
    join(h, id, 1, "chair");
    house_say(h, 1, "{\"kind\":\"do\",\"id\":1,\"verb\":\"chat\",\"text\":\"Hello\"}");
    assert_int_equal(h->record_count, 0);
    house_close(h);
}

static void a_recorded_session_from_its_beginning_to_its_end(void **state)
{
    struct house *h = house_open();
    char id[SESSION_ID_MAX + 1];
    (void)state;
    create(h, ",\"record\":true", id);
    check_told(h, 0, "BEGIN session created");
    size_t from = h->record_count;
    join(h, id, 1, "chair");
    house_wait(h, 1500 * US_PER_MS);
    house_say(h, 1, "{\"kind\":\"do\",\"id\":1,\"verb\":\"chat\",\"text\":\"Hello\"}");
    check_told(h, from, "joined");
    house_close(h);
}

static void chat_is_recorded_where_it_may_be(void **state)
{
    for (int may = 0; may < 2; may++) {
        struct house *h = house_open();
        char id[SESSION_ID_MAX + 1];
        (void)state;
        h->config.record_chat = may;
        house_kill(h, 0, 0); /* a desk with that configuration */
        create(h, ",\"record\":true", id);
        join(h, id, 1, "chair");
        size_t from = h->record_count;
        house_say(h, 1, "{\"kind\":\"do\",\"id\":1,\"verb\":\"chat\",\"text\":\"Hello\"}");
        check_told(h, from, may ? "chat" : "");
        house_kill(h, h->row_count, 0);
        json_t *line = line_of(h, "session");
        const json_t *session = json_object_get(line, "session");
        assert_int_equal(json_array_size(json_object_get(session, "chat")), 0);
        json_decref(line);
        house_close(h);
    }
}

static void it_is_recorded_while_it_is_open(void **state)
{
    struct house *h = house_open();
    char id[SESSION_ID_MAX + 1];
    (void)state;
    create(h, ",\"record\":true,\"planned\":true", id);
    join(h, id, 1, "chair");
    assert_int_equal(h->record_count, 0); /* backstage is nobody's business */
    house_say(h, 1, "{\"kind\":\"do\",\"id\":1,\"verb\":\"open\"}");
    check_told(h, 0, "BEGIN session state");
    size_t from = h->record_count;
    house_say(h, 1, "{\"kind\":\"do\",\"id\":2,\"verb\":\"end\"}");
    check_told(h, from, "state PAUSE END");
    house_close(h);
}

static void chairs_start_and_stop_it(void **state)
{
    struct house *h = house_open();
    char id[SESSION_ID_MAX + 1];
    (void)state;
    create(h, "", id);
    join(h, id, 1, "chair");
    join(h, id, 2, "trainee");
    house_say(h, 2, "{\"kind\":\"do\",\"id\":1,\"verb\":\"record\"}");
    assert_int_equal(h->record_count, 0);
    house_say(h, 1, "{\"kind\":\"do\",\"id\":1,\"verb\":\"record\"}");
    check_told(h, 0, "BEGIN session recorded");
    size_t from = h->record_count;
    house_say(h, 1, "{\"kind\":\"do\",\"id\":2,\"verb\":\"record-stop\"}");
    house_say(h, 1, "{\"kind\":\"do\",\"id\":3,\"verb\":\"chat\",\"text\":\"Off the record\"}");
    check_told(h, from, "PAUSE");
    from = h->record_count;
    house_say(h, 1, "{\"kind\":\"do\",\"id\":4,\"verb\":\"record\"}");
    house_say(h, 1, "{\"kind\":\"do\",\"id\":5,\"verb\":\"end\"}");
    check_told(h, from, "BEGIN session recorded state PAUSE END");
    for (size_t i = 0; i < h->record_count; i++)
        ROW_TRUE(i, !h->records[i].text || !strstr(h->records[i].text, "Off the record"));
    house_close(h);
}

/* What only chairs know, and who asked, is on disk and in no recording. */
static void what_is_not_told_is_not_recorded(void **state)
{
    struct house *h = house_open();
    char id[SESSION_ID_MAX + 1];
    (void)state;
    create(h, ",\"record\":true", id);
    join(h, id, 1, "chair");
    join(h, id, 2, "trainee");
    house_say(h, 2, "{\"kind\":\"do\",\"id\":1,\"verb\":\"ask\",\"text\":\"A secret question\"}");
    for (size_t i = 0; i < h->record_count; i++)
        ROW_TRUE(i, !h->records[i].text || !strstr(h->records[i].text, "secret"));
    json_decref(line_of(h, "asked"));
    house_close(h);
}

static void after_a_restart_it_goes_on(void **state)
{
    struct house *h = house_open();
    char id[SESSION_ID_MAX + 1];
    (void)state;
    create(h, ",\"record\":true", id);
    size_t from = h->record_count;
    house_kill(h, h->row_count, US_PER_S);
    check_told(h, from, "BEGIN session");
    house_close(h);
}

/* A page is turned at the session time of its sound, whenever that is written. */
static void a_page_turn_bears_its_media_time(void **state)
{
    struct house *h = house_open();
    char id[SESSION_ID_MAX + 1];
    (void)state;
    create(h, ",\"record\":true", id);
    join(h, id, 1, "lecturer");
    assert_int_equal(desk_deck_added(h->desk, id, "d1", "Slides", 9, "/d/0.json", 0, h->now_us), ERR_NONE);
    house_drain(h);
    house_wait(h, 2500 * US_PER_MS);
    house_say(h, 1, "{\"kind\":\"do\",\"id\":1,\"verb\":\"page\",\"deck\":\"d1\",\"page\":3}");
    house_say(h, 1, "{\"kind\":\"pointer\",\"deck\":\"d1\",\"page\":3,\"x\":0.25,\"y\":0.5}");
    json_t *line = line_of(h, "page"), *pointer = line_of(h, "pointer");
    double t = json_real_value(json_object_get(line, "t"));
    assert_true(t * 48000 - (double)house_number(line, "media") < 0.1);
    assert_true(t >= 2.5);
    assert_int_equal(house_number(pointer, "who"), 1);
    assert_true(json_real_value(json_object_get(pointer, "t")) >= t);
    const struct desk_record *last = &h->records[h->record_count - 1].record;
    assert_true(last->kind == RECORD_LINE && last->key != 0); /* thinned by its sender */
    json_decref(line);
    json_decref(pointer);
    house_close(h);
}

static void chairs_are_told_what_becomes_of_it(void **state)
{
    struct house *h = house_open();
    char id[SESSION_ID_MAX + 1];
    (void)state;
    create(h, ",\"record\":true", id);
    join(h, id, 1, "chair");
    join(h, id, 2, "trainee");
    desk_recording(h->desk, id, NULL, "https://hall.example/r/x/k/", h->now_us);
    house_drain(h);
    json_t *s = house_heard(h, 1, "recording");
    assert_string_equal(house_text(s, "state"), "written");
    assert_string_equal(house_text(s, "replay"), "https://hall.example/r/x/k/");
    json_decref(s);
    size_t from = h->record_count;
    desk_recording(h->desk, id, "The recording has stopped: the disk is full.", NULL, h->now_us);
    house_drain(h);
    s = house_heard(h, 1, "recording");
    assert_string_equal(house_text(s, "state"), "stopped");
    assert_non_null(strstr(house_text(s, "why"), "the disk is full"));
    assert_true(house_number(s, "since") > 0);
    json_decref(s);
    check_told(h, from, "");
    join(h, id, 3, "operator"); /* who comes later is told too */
    assert_int_equal(house_heard_count(h, 3, "recording"), 1);
    from = h->record_count;
    desk_recording(h->desk, id, NULL, NULL, h->now_us);
    house_drain(h);
    check_told(h, from, "session"); /* what it missed */
    assert_int_equal(house_heard_count(h, 1, "recording"), 3);
    assert_int_equal(house_heard_count(h, 2, "recording"), 0);
    desk_recording(h->desk, "nothere", "why", "url", h->now_us);
    house_close(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_that_is_not_recorded_tells_nothing),
        cmocka_unit_test(a_recorded_session_from_its_beginning_to_its_end),
        cmocka_unit_test(chat_is_recorded_where_it_may_be),
        cmocka_unit_test(it_is_recorded_while_it_is_open),
        cmocka_unit_test(chairs_start_and_stop_it),
        cmocka_unit_test(what_is_not_told_is_not_recorded),
        cmocka_unit_test(after_a_restart_it_goes_on),
        cmocka_unit_test(a_page_turn_bears_its_media_time),
        cmocka_unit_test(chairs_are_told_what_becomes_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
