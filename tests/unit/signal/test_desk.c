/* Whole control flows in virtual time: hands, the floor, chat, batches, the disk. */
#include "class.h"

static void nothing_is_told_before_it_is_on_disk(void **state)
{
    (void)state;
    struct house *h = class_opens();
    h->slow_disk = true;
    size_t before[8];
    for (uint32_t i = 1; i <= 5; i++)
        before[i] = h->heard[i].count;
    house_say(h, 3, "{\"kind\":\"do\",\"id\":1,\"verb\":\"chat\",\"text\":\"hello\"}");
    house_say(h, 1, "{\"kind\":\"do\",\"id\":1,\"verb\":\"grant\",\"who\":3}");
    house_hang_up(h, 5);
    house_hello(h, 6, token[5], 0);
    house_wait(h, US_PER_S);
    for (uint32_t i = 1; i <= 4; i++)
        assert_int_equal(h->heard[i].count, before[i]);
    assert_int_equal(h->heard[6].count, 0);
    /* Half of it. */
    desk_committed(h->desk, h->row_count - 2, h->now_us);
    struct desk_output o;
    bool granted = false;
    while (desk_output(h->desk, &o)) {
        assert_int_equal(o.kind, DESK_SENTENCE);
        assert_null(strstr(o.text, "welcome"));
        assert_null(strstr(o.text, "away"));
        granted = granted || strstr(o.text, "granted");
    }
    assert_true(granted);
    house_commit(h);
    check_heard(h, 6, "welcome", "you", "5");
    house_close(h);
}

static void commands_are_answered(void **state)
{
    (void)state;
    struct house *h = class_opens();
    house_say(h, 3, "{\"kind\":\"do\",\"id\":7,\"verb\":\"hand-up\"}");
    check_heard(h, 3, "done", "id", "7");
    house_say(h, 3, "{\"kind\":\"do\",\"id\":8,\"verb\":\"hand-up\"}");
    check_heard(h, 3, "done", "n", "0");
    house_say(h, 3, "{\"kind\":\"do\",\"id\":9,\"verb\":\"grant\",\"who\":3}");
    check_heard(h, 3, "refused", "id", "9");
    check_heard(h, 3, "refused", "why", "Only a chair or an operator can grant the floor.");
    house_say(h, 1, "{\"kind\":\"do\",\"id\":1,\"verb\":\"grant\",\"who\":3}");
    for (uint32_t i = 1; i <= 5; i++)
        check_last_event(h, i, "\"kind\":\"granted\",\"who\":3,\"by\":1");
    house_say(h, 4, "{\"kind\":\"do\",\"id\":2,\"verb\":\"chat\",\"text\":\"Ciao\"}");
    house_wait(h, DESK_GATHER_US);
    check_last_event(h, 1, "\"kind\":\"chat\",\"who\":4,\"text\":\"Ciao\"");
    house_close(h);
}

/* Hands of a hundred within 100 ms: one order everywhere, and few messages. */
static void a_hundred_hands(void **state)
{
    (void)state;
    struct house *h = house_open();
    static char tokens[101][64];
    house_session(h, id);
    for (uint32_t i = 1; i <= 100; i++) {
        char name[16];
        snprintf(name, sizeof name, "P%u", i);
        house_link(h, id, i == 1 ? "chair" : "trainee", name, i % 3 ? NULL : "A", tokens[i]);
        house_hello(h, i, tokens[i], 0);
        house_wait(h, 20 * US_PER_MS);
    }
    house_wait(h, US_PER_S);
    size_t before = h->heard[1].count, rows = h->row_count;
    for (uint32_t k = 0; k < 100; k++) {
        uint32_t i = k * 37 % 100 + 1;
        house_say(h, i, "{\"kind\":\"do\",\"id\":1,\"verb\":\"hand-up\"}");
        house_wait(h, US_PER_MS);
    }
    house_wait(h, US_PER_S);
    assert_int_equal(h->row_count, rows + 100);
    assert_true(h->heard[1].count - before <= 1 + 2); /* done, and at most two batches */
    uint64_t first;
    char **want, **got;
    size_t count = house_events(h, 1, &first, &want);
    for (size_t k = 0; k < 100; k++) {
        assert_string_equal(want[count - 100 + k], h->rows[rows + k].text);
        char who[16];
        snprintf(who, sizeof who, "\"who\":%zu}", k * 37 % 100 + 1);
        assert_non_null(strstr(want[count - 100 + k], who));
    }
    for (uint32_t i = 2; i <= 100; i++) {
        size_t n = house_events(h, i, &first, &got);
        assert_true(n >= 100);
        for (size_t k = 0; k < 100; k++)
            assert_string_equal(got[n - 100 + k], want[count - 100 + k]);
        free_texts(got, n);
    }
    free_texts(want, count);
    assert_true(h->shared > 90); /* one text for all */
    house_close(h);
}

/* While many join and leave, nobody gets more than five messages a second, and none is lost. */
static void batches(void **state)
{
    (void)state;
    struct house *h = class_opens();
    size_t before = h->heard[1].count;
    for (int i = 0; i < 100; i++) {
        if (i % 2 == 0)
            house_hang_up(h, 5);
        else
            house_hello(h, 5, token[5], 0);
        house_wait(h, 20 * US_PER_MS);
    }
    size_t told = h->heard[1].count - before;
    assert_in_range(told, 9, 11);
    /* What is urgent takes along what waits. */
    house_hang_up(h, 4);
    size_t waiting = h->heard[1].count;
    house_say(h, 1, "{\"kind\":\"do\",\"id\":1,\"verb\":\"mute\",\"who\":3}");
    assert_int_equal(h->heard[1].count, waiting + 2);
    check_last_event(h, 1, "\"kind\":\"muted\"");
    house_close(h);
}

/* The one word of somebody goes out at once; of many, as many as came in 20 ms go together; a mute takes
 * along what waits. */
static void much_is_said(void **state)
{
    (void)state;
    struct house *h = class_opens();
    house_wait(h, US_PER_S);
    house_say(h, 2, "{\"kind\":\"do\",\"id\":1,\"verb\":\"chat\",\"text\":\"alone\"}");
    check_last_event(h, 1, "alone");
    house_wait(h, US_PER_S);
    size_t before = house_heard_count(h, 1, "events");
    for (int i = 0; i < 100; i++) { /* 100 words in 200 ms */
        house_say(h, (uint32_t)(2 + i % 4), "{\"kind\":\"do\",\"id\":%d,\"verb\":\"chat\",\"text\":\"w%d\"}",
                  2 + i, i);
        house_wait(h, 2 * US_PER_MS);
    }
    assert_in_range(house_heard_count(h, 1, "events") - before, 10, 11);
    house_wait(h, DESK_GATHER_US);
    check_last_event(h, 1, "\"w99\"");
    house_wait(h, US_PER_S);
    house_say(h, 2, "{\"kind\":\"do\",\"id\":499,\"verb\":\"chat\",\"text\":\"goes\"}");
    check_last_event(h, 1, "goes");
    house_say(h, 2, "{\"kind\":\"do\",\"id\":500,\"verb\":\"chat\",\"text\":\"waits\"}");
    check_last_event(h, 1, "goes");
    house_say(h, 1, "{\"kind\":\"do\",\"id\":501,\"verb\":\"mute\",\"who\":3}");
    check_last_event(h, 1, "\"kind\":\"muted\"");
    house_close(h);
}

static void ending(void **state)
{
    (void)state;
    struct house *h = class_opens();
    assert_true(desk_busy(h->desk));
    house_say(h, 3, "{\"kind\":\"do\",\"id\":5,\"verb\":\"end\"}");
    check_heard(h, 3, "refused", "id", "5");
    house_say(h, 1, "{\"kind\":\"do\",\"id\":5,\"verb\":\"end\"}");
    check_heard(h, 1, "done", "id", "5");
    for (uint32_t i = 1; i <= 5; i++) {
        check_heard(h, i, "bye", "why", "ended");
        check_heard(h, i, "bye", "again", "0");
        check_last_event(h, i, "\"state\":\"ended\"");
        assert_true(h->heard[i].closed);
    }
    assert_false(desk_busy(h->desk));
    house_hello(h, 9, token[3], 0);
    check_heard(h, 9, "bye", "why", "ended");
    assert_true(desk_deadline(h->desk) <= h->now_us + DESK_ENDED_KEEP_US);
    house_wait(h, 2 * DESK_ENDED_KEEP_US);
    assert_int_equal(desk_deadline(h->desk), NEVER_US);
    house_close(h);
}

static void hostile_sentences(void **state)
{
    (void)state;
    static const struct {
        int row;
        const char *text;
        const char *bye; /* NULL: refused, and the member stays */
    } rows[] = {
        {1, "", "protocol"},
        {2, "{", "protocol"},
        {3, "[]", "protocol"},
        {4, "{\"kind\":\"do\",\"id\":1,\"id\":2,\"verb\":\"end\"}", "protocol"},
        {5, "{\"kind\":\"dance\"}", NULL},
        {6, "{\"kind\":\"do\",\"id\":1,\"verb\":\"fly\"}", NULL},
        {7, "{\"kind\":\"do\",\"id\":1,\"verb\":\"grant\",\"who\":\"3\"}", NULL},
        {8, "{\"kind\":\"do\",\"id\":1,\"verb\":\"grant\",\"who\":99}", NULL},
        {9, "{\"kind\":\"do\",\"id\":1,\"verb\":\"grant\",\"who\":4294967295}", NULL},
        {10, "{\"kind\":\"do\",\"id\":1,\"verb\":\"page\",\"deck\":\"none\",\"page\":1}", NULL},
        {11, "{\"kind\":\"do\",\"id\":1,\"verb\":\"open\"}", NULL},
        {12, "{\"kind\":\"do\",\"id\":1,\"verb\":\"remove\",\"who\":3}", NULL},
        {13, "{\"kind\":\"do\",\"id\":1,\"verb\":\"chat\",\"text\":\"\\u202e\"}", NULL},
        {14, "{\"kind\":\"pointer\",\"deck\":\"d\",\"page\":1,\"x\":0,\"y\":0}", NULL},
        {15, "{\"kind\":\"offer\",\"sdp\":\"hello\"}", NULL},
        {16, "{\"kind\":\"hello\",\"v\":1,\"token\":\"x\"}", NULL},
        {17, "{\"kind\":\"line\",\"received\":-1,\"lost\":0}", NULL},
        {18, "{\"kind\":\"welcome\",\"v\":1,\"you\":1}", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct house *h = class_opens();
        size_t rows_before = h->row_count;
        house_say(h, 3, "%s", rows[i].text);
        json_t *bye = house_heard(h, 3, "bye"), *refused = house_heard(h, 3, "refused");
        if ((bye != NULL) != (rows[i].bye != NULL) || (refused != NULL) == (bye != NULL))
            fail_msg("row %d", rows[i].row);
        if (!bye && h->row_count != rows_before)
            fail_msg("row %d left something on disk", rows[i].row);
        json_decref(bye);
        json_decref(refused);
        house_say(h, 1, "{\"kind\":\"do\",\"id\":1,\"verb\":\"lock\"}"); /* the others do not notice */
        check_last_event(h, 2, "\"kind\":\"locked\"");
        house_close(h);
    }
}

static void strangers(void **state)
{
    (void)state;
    struct house *h = class_opens();
    for (uint32_t i = 100; i < 200; i++)
        house_connect(h, i);
    house_say(h, 100, "{\"kind\":\"do\",\"id\":1,\"verb\":\"leave\"}");
    check_heard(h, 100, "bye", "why", "protocol");
    house_hang_up(h, 101);
    assert_int_equal(desk_deadline(h->desk), h->now_us + DESK_HELLO_US);
    house_wait(h, DESK_HELLO_US);
    for (uint32_t i = 102; i < 200; i++)
        assert_true(h->heard[i].closed);
    assert_int_equal(desk_deadline(h->desk), NEVER_US);
    assert_false(h->heard[1].closed);
    house_close(h);
}

static void too_fast(void **state)
{
    (void)state;
    struct house *h = class_opens();
    size_t rows = h->row_count;
    for (int i = 0; i < 60; i++)
        house_say(h, 3, "{\"kind\":\"do\",\"id\":%d,\"verb\":\"hand-%s\"}", i, i % 2 ? "down" : "up");
    assert_in_range(h->row_count - rows, 35, 45); /* the rest was refused */
    check_heard(h, 3, "refused", "id", "59");
    assert_false(h->heard[3].closed);
    for (int i = 0; i < 300 && !h->heard[3].closed; i++)
        house_say(h, 3, "{\"kind\":\"line\",\"received\":1,\"lost\":0}");
    assert_true(h->heard[3].closed);
    check_heard(h, 3, "bye", "why", "protocol");
    house_wait(h, US_PER_S);
    check_last_event(h, 1, "\"kind\":\"away\",\"who\":3");
    house_close(h);
}

static void not_saved(void **state)
{
    (void)state;
    struct house *h = class_opens();
    h->slow_disk = true;
    house_say(h, 3, "{\"kind\":\"do\",\"id\":1,\"verb\":\"chat\",\"text\":\"before\"}");
    desk_not_saved(h->desk, true, h->now_us);
    house_drain(h);
    check_last_event(h, 4, "before");
    assert_int_equal(house_heard_count(h, 1, "not-saved"), 1);
    assert_int_equal(house_heard_count(h, 2, "not-saved"), 0);
    house_say(h, 3, "{\"kind\":\"do\",\"id\":2,\"verb\":\"chat\",\"text\":\"meanwhile\"}");
    house_wait(h, DESK_GATHER_US);
    check_last_event(h, 4, "meanwhile");
    house_hello(h, 9, token[1], 0); /* a chair who comes now is told too */
    assert_int_equal(house_heard_count(h, 9, "not-saved"), 1);
    desk_not_saved(h->desk, false, h->now_us);
    house_drain(h);
    assert_int_equal(house_heard_count(h, 9, "saved"), 1);
    house_say(h, 3, "{\"kind\":\"do\",\"id\":3,\"verb\":\"chat\",\"text\":\"after\"}");
    house_wait(h, DESK_GATHER_US);
    house_commit(h);
    check_last_event(h, 4, "after");
    house_close(h);
}

static void shutting_down(void **state)
{
    (void)state;
    struct house *h = class_opens();
    house_connect(h, 30);
    size_t rows = h->row_count;
    desk_shutdown(h->desk, h->now_us);
    house_drain(h);
    for (uint32_t i = 1; i <= 5; i++) {
        check_heard(h, i, "bye", "why", "restart");
        check_heard(h, i, "bye", "again", "1");
        assert_true(h->heard[i].closed);
        house_hang_up(h, i);
    }
    assert_true(h->heard[30].closed);
    assert_int_equal(h->row_count, rows);
    house_close(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_told_before_it_is_on_disk),
        cmocka_unit_test(commands_are_answered),
        cmocka_unit_test(a_hundred_hands),
        cmocka_unit_test(batches),
        cmocka_unit_test(much_is_said),
        cmocka_unit_test(ending),
        cmocka_unit_test(hostile_sentences),
        cmocka_unit_test(strangers),
        cmocka_unit_test(too_fast),
        cmocka_unit_test(not_saved),
        cmocka_unit_test(shutting_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
