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

static struct house *office(void)
{
    struct house *h = house_open();
    house_session(h, id);
    house_link(h, id, "chair", "Ada", NULL, token[1]);
    house_link(h, id, "trainee", "Bo", NULL, token[2]);
    house_link(h, id, "trainee", "Bo", "A", token[3]);
    house_link(h, id, "room", "Hall A", "A", token[4]);
    for (uint32_t i = 1; i <= 4; i++)
        house_hello(h, i, token[i], 0);
    house_wait(h, US_PER_S);
    return h;
}

/* Requests with SESSION for the session's id. */
static json_t *ask(struct house *h, const char *text)
{
    char full[4000];
    const char *at = strstr(text, "SESSION");
    if (!at)
        return house_ask(h, "%s", text);
    snprintf(full, sizeof full, "%.*s%s%s", (int)(at - text), text, id, at + 7);
    return house_ask(h, "%s", full);
}

static void requests(void **state)
{
    (void)state;
    static const struct {
        int row;
        const char *text;
        const char *why; /* NULL: ok; else a part of the sentence */
        bool usage;
    } rows[] = {
        {1, "{\"verb\":\"list\"}", NULL, false},
        {2, "{\"verb\":\"open\",\"session\":\"SESSION\"}", NULL, false},
        {3, "{\"verb\":\"grant\",\"session\":\"SESSION\",\"participant\":2}", NULL, false},
        {4, "{\"verb\":\"grant\",\"session\":\"SESSION\",\"participant\":\"2\"}", NULL, false},
        {5, "{\"verb\":\"mute\",\"session\":\"SESSION\",\"participant\":\"Ada\"}", NULL, false},
        {6, "{\"verb\":\"mute\",\"session\":\"SESSION\",\"participant\":\"Bo\"}", "by number: 2, 3.", false},
        {7, "{\"verb\":\"mute\",\"session\":\"SESSION\",\"participant\":\"Zoe\"}", "Nobody", false},
        {8, "{\"verb\":\"mute\",\"session\":\"SESSION\",\"participant\":99}", "number 99", false},
        {9, "{\"verb\":\"mute\",\"session\":\"SESSION\",\"participant\":0}", "participant", true},
        {10, "{\"verb\":\"mute\",\"session\":\"SESSION\",\"participant\":[]}", "participant", true},
        {11, "{\"verb\":\"mute\",\"session\":\"SESSION\"}", "participant", true},
        {12, "{\"verb\":\"mute-all\",\"session\":\"SESSION\"}", NULL, false},
        {13, "{\"verb\":\"release\",\"session\":\"SESSION\",\"participant\":1}", NULL, false},
        {14, "{\"verb\":\"pin\",\"session\":\"SESSION\",\"participant\":\"Hall A\"}", NULL, false},
        {15, "{\"verb\":\"pin\",\"session\":\"SESSION\",\"participant\":1}", "room", false},
        {16, "{\"verb\":\"unpin\",\"session\":\"SESSION\",\"participant\":4}", NULL, false},
        {17, "{\"verb\":\"remove\",\"session\":\"SESSION\",\"participant\":3}", NULL, false},
        {18, "{\"verb\":\"end\",\"session\":\"SESSION\"}", NULL, false},
        {19, "{\"verb\":\"end\",\"session\":\"nosuch\"}", "no session", false},
        {20, "{\"verb\":\"end\",\"session\":7}", "session", true},
        {21, "{\"verb\":\"end\"}", "session", true},
        {22, "{\"verb\":\"dance\"}", "dance", true},
        {23, "{\"verb\":7}", "verb", true},
        {24, "{}", "verb", true},
        {25, "", "JSON", true},
        {26, "[1]", "object", true},
        {27, "{\"verb\":\"list\",\"verb\":\"list\"}", "JSON", true},
        {28, "{\"verb\":\"page\",\"session\":\"SESSION\",\"deck\":\"none\",\"page\":1}", "no such deck",
         false},
        {29, "{\"verb\":\"page\",\"session\":\"SESSION\",\"deck\":\"d1\"}", "page", true},
        {60, "{\"verb\":\"top\",\"session\":\"nosuch\"}", "no session", false},
        {61, "{\"verb\":\"top\",\"session\":7}", "session", true},
        {30, "{\"verb\":\"message\",\"session\":\"SESSION\",\"text\":\"five minutes\"}", NULL, false},
        {31, "{\"verb\":\"message\",\"session\":\"SESSION\",\"participant\":2,\"text\":\"hello\"}", NULL,
         false},
        {32, "{\"verb\":\"message\",\"session\":\"SESSION\"}", "text", true},
        {33, "{\"verb\":\"message\",\"session\":\"SESSION\",\"participant\":77,\"text\":\"x\"}", "77", false},
        {34, "{\"verb\":\"session-create\",\"title\":\"x\"}", NULL, false},
        {35, "{\"verb\":\"session-create\",\"title\":\"\"}", "title", true},
        {36, "{\"verb\":\"session-create\"}", "title", true},
        {37, "{\"verb\":\"session-create\",\"title\":\"x\",\"rooms\":[\"A\",\"A\"]}", "same name", true},
        {38, "{\"verb\":\"session-create\",\"title\":\"x\",\"rooms\":[\"remote\"]}", "remote", true},
        {39, "{\"verb\":\"session-create\",\"title\":\"x\",\"rooms\":[7]}", "rooms", true},
        {40, "{\"verb\":\"session-create\",\"title\":\"x\",\"languages\":[\"it\",\"it\"]}", "twice", true},
        {41, "{\"verb\":\"session-create\",\"title\":\"x\",\"planned\":\"yes\"}", "planned", true},
        {42, "{\"verb\":\"link\",\"session\":\"SESSION\",\"role\":\"king\",\"name\":\"x\"}", "role", true},
        {43, "{\"verb\":\"link\",\"session\":\"SESSION\",\"role\":\"room\",\"name\":\"x\"}", "which room",
         false},
        {44, "{\"verb\":\"link\",\"session\":\"SESSION\",\"role\":\"room\",\"name\":\"x\",\"room\":\"C\"}",
         "no such room", false},
        {45, "{\"verb\":\"link\",\"session\":\"SESSION\",\"role\":\"chair\",\"name\":\"\\u202ex\"}", "name",
         true},
        {46,
         "{\"verb\":\"link\",\"session\":\"SESSION\",\"role\":\"chair\",\"name\":\"x\",\"language\":\"de\"}",
         "language", false},
        {47,
         "{\"verb\":\"link\",\"session\":\"SESSION\",\"role\":\"chair\",\"name\":\"x\",\"language\":\"it\"}",
         NULL, false},
        {48, "{\"verb\":\"link\",\"session\":\"SESSION\",\"role\":\"chair\",\"name\":\"x\",\"expires_s\":0}",
         "expires_s", true},
        {49,
         "{\"verb\":\"link\",\"session\":\"SESSION\",\"role\":\"chair\",\"name\":\"x\",\"expires_s\":1e18}",
         "expires_s", true},
        {50, "{\"verb\":\"link-list\",\"session\":\"SESSION\"}", NULL, false},
        {51, "{\"verb\":\"link-revoke\",\"session\":\"SESSION\",\"participant\":2}", NULL, false},
        {52, "{\"verb\":\"link-revoke\",\"session\":\"SESSION\",\"participant\":50}", "number 50", false},
        {53, "{\"verb\":\"show\",\"session\":\"SESSION\"}", NULL, false},
        {54, "{\"verb\":\"lock\",\"session\":\"SESSION\"}", NULL, false},
        {55, "{\"verb\":\"chat\",\"session\":\"SESSION\",\"text\":\"x\"}", "chat", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct house *h = office();
        json_t *reply = ask(h, rows[i].text);
        if (!reply)
            fail_msg("row %d has no reply", rows[i].row);
        bool ok = house_number(reply, "ok") == 1;
        if (ok != (rows[i].why == NULL))
            fail_msg("row %d: %s", rows[i].row, h->reply);
        if (!ok && !strstr(house_text(reply, "why"), rows[i].why))
            fail_msg("row %d: %s", rows[i].row, h->reply);
        if ((house_number(reply, "usage") == 1) != rows[i].usage)
            fail_msg("row %d: usage in %s", rows[i].row, h->reply);
        json_decref(reply);
        house_close(h);
    }
}

/* What the operator does, members are told as done by 0. */
static void members_hear_of_it(void **state)
{
    (void)state;
    struct house *h = office();
    json_decref(ask(h, "{\"verb\":\"grant\",\"session\":\"SESSION\",\"participant\":2}"));
    json_t *e = house_heard(h, 1, "events");
    json_t *last = json_array_get(json_object_get(e, "events"), 0);
    assert_string_equal(house_text(last, "kind"), "granted");
    assert_int_equal(house_number(last, "by"), 0);
    json_decref(e);
    json_decref(
        ask(h, "{\"verb\":\"message\",\"session\":\"SESSION\",\"participant\":2,\"text\":\"hello\"}"));
    assert_int_equal(house_heard_count(h, 2, "message"), 1);
    assert_int_equal(house_heard_count(h, 1, "message"), 0);
    house_close(h);
}

/* A link is given out once it is on disk. */
static void a_link_waits_for_the_disk(void **state)
{
    (void)state;
    struct house *h = office();
    h->slow_disk = true;
    assert_null(ask(h, "{\"verb\":\"link\",\"session\":\"SESSION\",\"role\":\"chair\",\"name\":\"x\"}"));
    size_t replies = h->reply_count;
    house_commit(h);
    assert_int_equal(h->reply_count, replies + 1);
    assert_non_null(strstr(h->reply, "https://hall.example:8443/j/"));
    assert_non_null(strstr(h->reply, "\"number\":5"));
    /* The token itself is nowhere on disk. */
    const char *t = strstr(h->reply, "/j/") + 3;
    char own[44];
    snprintf(own, sizeof own, "%.43s", t);
    for (size_t i = 0; i < h->row_count; i++)
        assert_null(strstr(h->rows[i].text, own));
    house_close(h);
}

static void showing(void **state)
{
    (void)state;
    struct house *h = office();
    json_t *reply = ask(h, "{\"verb\":\"show\",\"session\":\"SESSION\"}"); /* no sound: at once */
    json_t *people = json_object_get(json_object_get(reply, "session"), "participants");
    assert_int_equal(json_array_size(people), 4);
    assert_true(json_is_null(json_object_get(json_array_get(people, 0), "transport")));
    json_decref(reply);
    json_t *offer = json_pack("{s:s}", "kind", "offer");
    char *text;
    FILE *f = fopen(VECTORS "/chromium-156-offer.sdp", "r");
    assert_non_null(f);
    char sdp[20000];
    sdp[fread(sdp, 1, sizeof sdp - 1, f)] = '\0';
    fclose(f);
    json_object_set_new(offer, "sdp", json_string(sdp));
    text = json_dumps(offer, JSON_COMPACT);
    desk_sentence(h->desk, 1, text, strlen(text), h->now_us);
    house_drain(h);
    free(text);
    json_decref(offer);
    assert_non_null(house_order(h, ORDER_PEER_ADD));
    const struct media_order add = *house_order(h, ORDER_PEER_ADD);
    assert_null(ask(h, "{\"verb\":\"show\",\"session\":\"SESSION\"}"));
    assert_int_equal(house_order(h, ORDER_COUNTERS)->session, add.session);
    struct media_fact f1 = {.kind = FACT_PEER_COUNTERS, .session = add.session, .peer = add.peer};
    struct media_fact f2 = {.kind = FACT_SESSION_COUNTERS, .session = add.session};
    f1.peer_counters.packets_in = 77;
    f2.session_counters.encodes = 5;
    desk_fact(h->desk, 0, &f1, h->now_us);
    desk_fact(h->desk, 0, &f2, h->now_us);
    house_drain(h);
    assert_non_null(strstr(h->reply, "\"packets_in\":77"));
    assert_non_null(strstr(h->reply, "\"encodes\":5"));
    /* A media plane that does not answer: what there is, after 200 ms. */
    size_t replies = h->reply_count;
    assert_null(ask(h, "{\"verb\":\"show\",\"session\":\"SESSION\"}"));
    house_wait(h, 199 * US_PER_MS);
    assert_int_equal(h->reply_count, replies);
    house_wait(h, US_PER_MS);
    assert_int_equal(h->reply_count, replies + 1);
    assert_non_null(strstr(h->reply, "\"packets_in\":77"));
    house_close(h);
}

/* Everybody's counters are asked for once, however many look, and once a second as long as somebody does. */
static void live_picture(void **state)
{
    (void)state;
    struct house *h = office();
    json_t *offer = json_pack("{s:s}", "kind", "offer");
    FILE *f = fopen(VECTORS "/chromium-156-offer.sdp", "r");
    assert_non_null(f);
    char sdp[20000];
    sdp[fread(sdp, 1, sizeof sdp - 1, f)] = '\0';
    fclose(f);
    json_object_set_new(offer, "sdp", json_string(sdp));
    char *text = json_dumps(offer, JSON_COMPACT);
    desk_sentence(h->desk, 4, text, strlen(text), h->now_us);
    house_drain(h);
    free(text);
    json_decref(offer);
    const struct media_order add = *house_order(h, ORDER_PEER_ADD);
    struct shell_figures shell = {
        .at_us = h->now_us, .workers = 1, .events = 12, .has_disk = true, .disk_free_bytes = 7};
    desk_shell_told(h->desk, &shell);
    size_t orders = h->order_count;
    assert_null(ask(h, "{\"verb\":\"top\",\"session\":\"SESSION\"}"));
    assert_null(ask(h, "{\"verb\":\"top\"}"));
    assert_int_equal(h->order_count, orders + 1); /* one session, one order, though two look */
    struct media_fact up = {.kind = FACT_PEER_UP, .session = add.session, .peer = add.peer};
    struct media_fact f1 = {.kind = FACT_PEER_COUNTERS, .session = add.session, .peer = add.peer};
    struct media_fact f2 = {.kind = FACT_SESSION_COUNTERS, .session = add.session};
    f1.peer_counters = (struct peer_counters){
        .packets_in = 77, .lost_out = 65536 / 10, .round_trip_us = 40600, .level_dbov = 33};
    f2.session_counters.bytes_out = 5005;
    desk_fact(h->desk, 0, &up, h->now_us);
    desk_fact(h->desk, 0, &f1, h->now_us);
    size_t replies = h->reply_count;
    desk_fact(h->desk, 0, &f2, h->now_us);
    house_drain(h);
    assert_int_equal(h->reply_count, replies + 2);
    json_t *reply = ask(h, "{\"verb\":\"top\",\"session\":\"SESSION\"}"); /* fresh enough: at once */
    assert_non_null(reply);
    assert_int_equal(h->order_count, orders + 1);
    assert_non_null(strstr(h->reply, "\"events\":12"));
    assert_non_null(strstr(h->reply, "\"packets_in\":77"));
    assert_non_null(strstr(h->reply, "\"bytes_out\":5005"));
    assert_non_null(strstr(h->reply, "\"round_trip_ms\":41"));
    assert_non_null(strstr(h->reply, "\"lost_out_percent\":10"));
    assert_non_null(strstr(h->reply, "Hall A loses 10 %"));
    assert_non_null(strstr(h->reply, "0 MB are left"));
    assert_int_equal(json_array_size(json_object_get(reply, "people")), 4);
    json_decref(reply);
    /* As long as somebody has looked lately; a worker that says nothing more holds nobody up. */
    house_wait(h, 10 * US_PER_S);
    assert_in_range(h->order_count, orders + 10, orders + 13);
    replies = h->reply_count;
    house_wait(h, 500 * US_PER_MS); /* amid a second, or at its end */
    assert_null(ask(h, "{\"verb\":\"top\"}"));
    house_wait(h, 200 * US_PER_MS);
    assert_int_equal(h->reply_count, replies + 1);
    house_wait(h, 200 * US_PER_S);
    orders = h->order_count;
    house_wait(h, 200 * US_PER_S);
    assert_int_equal(h->order_count, orders);
    house_close(h);
}

static void uploads(void **state)
{
    (void)state;
    struct house *h = office();
    char session[SESSION_ID_MAX + 1];
    uint32_t number;
    assert_int_equal(desk_may_upload(h->desk, token[1], h->now_us, session, &number), ERR_NONE);
    assert_string_equal(session, id);
    assert_int_equal(number, 1);
    assert_int_equal(desk_may_upload(h->desk, token[2], h->now_us, session, &number), ERR_FORBIDDEN);
    assert_int_equal(desk_may_upload(h->desk, "nonsense", h->now_us, session, &number), ERR_UNKNOWN);
    assert_int_equal(desk_deck_added(h->desk, id, "d", "t", 3, "/d/x", 1, h->now_us), ERR_NONE);
    assert_int_equal(desk_deck_added(h->desk, "none", "d", "t", 3, "/d/x", 1, h->now_us), ERR_UNKNOWN);
    assert_int_equal(desk_deck_added(h->desk, id, "e", "t", 0, "/d/x", 1, h->now_us), ERR_LONG);
    assert_int_equal(desk_deck_added(h->desk, id, "e", "t", 301, "/d/x", 1, h->now_us), ERR_LONG);
    house_drain(h);
    json_decref(ask(h, "{\"verb\":\"end\",\"session\":\"SESSION\"}"));
    assert_int_equal(desk_may_upload(h->desk, token[1], h->now_us, session, &number), ERR_FORBIDDEN);
    assert_int_equal(desk_deck_added(h->desk, id, "f", "t", 3, "/d/x", 1, h->now_us), ERR_STATE);
    house_close(h);
}

/* A thousand empty sessions: no timer, no order. */
static void empty_sessions_cost_nothing(void **state)
{
    (void)state;
    struct house *h = house_open();
    for (int i = 0; i < 1000; i++)
        json_decref(house_ask(h, "{\"verb\":\"session-create\",\"title\":\"x\"}"));
    assert_int_equal(desk_deadline(h->desk), NEVER_US);
    assert_int_equal(h->order_count, 0);
    json_t *reply = house_ask(h, "{\"verb\":\"list\"}");
    assert_int_equal(json_array_size(json_object_get(reply, "sessions")), 1000);
    json_decref(reply);
    house_close(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests),
        cmocka_unit_test(members_hear_of_it),
        cmocka_unit_test(a_link_waits_for_the_disk),
        cmocka_unit_test(showing),
        cmocka_unit_test(live_picture),
        cmocka_unit_test(uploads),
        cmocka_unit_test(empty_sessions_cost_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
