#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "peer.h"
#include "relay_double.h"

#define CLOCK 480000 /* session time of the welcome */

/* Person 7 is we, a trainee; 9 lectures remotely. */
#define SESSION                                                                                              \
    "\"session\":{\"id\":\"s1\",\"title\":\"T\",\"state\":\"open\",\"recorded\":false,\"locked\":false,"     \
    "\"rooms\":[],\"languages\":[],\"participants\":["                                                       \
    "{\"id\":7,\"name\":\"We\",\"role\":\"trainee\",\"place\":\"remote\",\"present\":true,\"floor\":false,"  \
    "\"muted\":false,\"hand\":false,\"queue\":0},"                                                           \
    "{\"id\":9,\"name\":\"L\",\"role\":\"lecturer\",\"place\":\"remote\",\"present\":true,\"floor\":true,"   \
    "\"muted\":false,\"hand\":false,\"queue\":0}],"                                                          \
    "\"decks\":[{\"id\":\"d1\",\"title\":\"D\",\"pages\":20,\"manifest\":\"/d/x.json\"}],"                   \
    "\"page\":{\"deck\":\"d1\",\"page\":2,\"media\":1000,\"at\":1790000000000,\"by\":9},\"chat\":[]}"
#define WELCOME                                                                                              \
    "{\"kind\":\"welcome\",\"v\":1,\"you\":7,\"n\":57,\"clock\":480000,\"resumed\":false," SESSION "}"
#define GRANTED                                                                                              \
    "{\"kind\":\"events\",\"events\":[{\"n\":58,\"at\":1790000000000,\"kind\":\"granted\",\"who\":7,\"by\":" \
    "0}]}"

/* The next event of that kind, over others; false where there is none. */
static bool find_event(struct relay_double *r, enum aula_event_kind kind, struct aula_event *ret_event)
{
    while (client_event(r->client, ret_event))
        if (ret_event->kind == kind)
            return true;
    return false;
}

static void join(struct relay_double *r, bool sound)
{
    relay_double_init(r, sound, 0, 0);
    relay_double_pump(r);
    assert_int_equal(r->connects, 1);
    client_connected(r->client, r->now_us);
    relay_double_pump(r);
    assert_int_equal(r->hellos, 1);
    relay_double_say(r, WELCOME);
    if (sound)
        relay_double_wait(r, 400 * US_PER_MS, false);
}

static void drain(struct relay_double *r)
{
    struct aula_event e;
    while (client_event(r->client, &e))
        continue;
}

/* ---- joining ---- */

static void it_says_hello_and_takes_the_welcome(void **state)
{
    (void)state;
    struct relay_double r;
    struct aula_event e;
    join(&r, false);
    assert_true(r.has_token);
    assert_false(r.hello.has_last);
    assert_int_equal(r.offers, 0); /* no sound, no offer */
    assert_int_equal(client_joined_us(r.client), r.now_us);
    assert_true(client_event(r.client, &e));
    assert_int_equal(e.kind, AULA_JOINED);
    assert_int_equal(e.n, 57);
    assert_non_null(strstr(e.text, "\"you\":7"));
    assert_non_null(strstr(e.text, "\"participants\":["));
    assert_true(client_event(r.client, &e));
    assert_int_equal(e.kind, AULA_PAGE); /* the standing page, at once */
    assert_int_equal(e.shown_us, r.now_us);
    assert_int_equal(e.n, 0);
    assert_non_null(strstr(e.text, "\"page\":2"));
    assert_false(client_event(r.client, &e));
    relay_double_finish(&r);
}

static void sound_comes_up_and_sentences_agree(void **state)
{
    (void)state;
    struct relay_double r;
    struct aula_event e;
    join(&r, true);
    assert_int_equal(r.offers, 1);
    assert_true(find_event(&r, AULA_SOUND_UP, &e));
    assert_false(client_may_send(r.client)); /* no floor */
    relay_double_say(&r, GRANTED);
    assert_true(client_may_send(r.client));
    assert_true(find_event(&r, AULA_TOLD, &e));
    assert_int_equal(e.n, 58);
    assert_string_equal(e.name, "granted");
    relay_double_say(&r, GRANTED); /* told twice: counts once */
    assert_false(find_event(&r, AULA_TOLD, &e));
    relay_double_finish(&r);
}

/* ---- sound ---- */

static void speak(struct relay_double *r, int ticks)
{
    float pcm[TICK_SAMPLES];
    for (int t = 0; t < ticks; t++) {
        for (int i = 0; i < TICK_SAMPLES; i++)
            pcm[i] = 0.4f * (float)((i * 7 + t) % 100 - 50) / 50;
        client_speak(r->client, pcm, r->now_us);
        relay_double_wait(r, TICK_US, false);
    }
}

static void no_packet_leaves_without_the_right(void **state)
{
    (void)state;
    struct relay_double r;
    struct aula_event e;
    join(&r, true);
    speak(&r, 10);
    assert_int_equal(r.packets, 0);
    relay_double_say(&r, GRANTED);
    speak(&r, 10);
    assert_int_equal(r.packets, 10);
    for (int i = 1; i < 10; i++) {
        assert_int_equal((uint16_t)(r.seq[i] - r.seq[i - 1]), 1);
        assert_int_equal(r.rtp[i] - r.rtp[i - 1], TICK_SAMPLES);
    }
    unsigned told = 0;
    while (find_event(&r, AULA_PAYLOAD, &e)) {
        assert_true(e.payload.sent);
        told++;
    }
    assert_int_equal(told, 10);
    relay_double_say(
        &r, "{\"kind\":\"events\",\"events\":[{\"n\":59,\"at\":1,\"kind\":\"muted\",\"who\":7,\"by\":0}]}");
    speak(&r, 10);
    assert_int_equal(r.packets, 10);
    relay_double_finish(&r);
}

static void sound_is_heard_told_and_reported(void **state)
{
    (void)state;
    struct relay_double r;
    struct aula_event e;
    struct aula_counters c;
    join(&r, true);
    drain(&r);
    session_samples at = CLOCK + 30 * TICK_SAMPLES;
    for (int i = 0; i < 120; i++) {
        if (i != 60) /* one is lost */
            relay_double_sound(&r, at + i * TICK_SAMPLES, 9);
        else
            r.index++;
        relay_double_wait(&r, TICK_US, true);
    }
    assert_int_equal(r.lines, 2); /* one a second */
    assert_true(find_event(&r, AULA_PAYLOAD, &e));
    assert_false(e.payload.sent);
    assert_int_equal(e.payload.rtp_time - e.payload.offset, at);
    assert_int_equal(e.payload.csrc[0], 9);
    assert_int_equal(e.payload.length, 10);
    client_counters(r.client, &c);
    assert_int_equal(c.received, 119);
    assert_int_equal(c.lost, 1);
    relay_double_wait(&r, 3 * US_PER_S, true);
    assert_in_range(r.lines, 3, 4); /* and none in silence */
    relay_double_finish(&r);
}

static void say_page(struct relay_double *r, uint64_t n, session_samples media, unsigned by)
{
    char text[300];
    snprintf(
        text, sizeof text,
        "{\"kind\":\"events\",\"events\":[{\"n\":%llu,\"at\":1,\"kind\":\"page\",\"deck\":\"d1\",\"page\":3,"
        "\"media\":%lld,\"by\":%u}]}",
        (unsigned long long)n, (long long)media, by);
    relay_double_say(r, text);
}

static void a_page_is_shown_when_its_sound_plays(void **state)
{
    (void)state;
    struct relay_double r;
    struct aula_event e;
    join(&r, true);
    drain(&r);
    session_samples now = CLOCK + samples_from_us(r.now_us - client_joined_us(r.client));
    session_samples at = grid_floor(now), media = at + 10 * TICK_SAMPLES + 480;
    point_us came_us = r.now_us;
    say_page(&r, 58, media, 9); /* by someone elsewhere */
    assert_false(find_event(&r, AULA_PAGE, &e));
    bool shown = false;
    for (int i = 0; i < 30 && !shown; i++) {
        relay_double_sound(&r, at + i * TICK_SAMPLES, 9);
        relay_double_wait(&r, TICK_US, true);
        shown = find_event(&r, AULA_PAGE, &e);
    }
    assert_true(shown);
    assert_int_equal(e.n, 58);
    assert_int_equal(e.at_us, came_us);
    session_samples off = client_playing(r.client, e.shown_us) - media;
    assert_in_range(off + TICK_SAMPLES, 0, 2 * TICK_SAMPLES);
    say_page(&r, 59, media + 10 * SAMPLES_PER_S, 7); /* our own */
    assert_true(find_event(&r, AULA_PAGE, &e));
    say_page(&r, 60, media + 60 * SAMPLES_PER_S, 9); /* a time far ahead: a second at the most */
    came_us = r.now_us;
    relay_double_wait(&r, 960 * US_PER_MS, true);
    assert_false(find_event(&r, AULA_PAGE, &e));
    relay_double_wait(&r, 60 * US_PER_MS, true);
    assert_true(find_event(&r, AULA_PAGE, &e));
    relay_double_finish(&r);
}

/* ---- commands ---- */

static void commands_are_said_and_answered(void **state)
{
    (void)state;
    struct relay_double r;
    struct aula_event e;
    int64_t id = 0;
    struct action page = {.verb = VERB_PAGE, .page = 5}, hand = {.verb = VERB_HAND_UP};
    relay_double_init(&r, true, 0, 0);
    assert_int_equal(client_do(r.client, &hand, r.now_us, &id), ERR_STATE); /* not there yet */
    relay_double_finish(&r);
    join(&r, true);
    relay_double_say(&r, GRANTED);
    assert_int_equal(client_do(r.client, &page, r.now_us, &id), ERR_NONE);
    relay_double_pump(&r);
    assert_int_equal(r.verb, VERB_PAGE);
    assert_int_equal(r.page, 5);
    assert_false(r.has_rtp); /* nothing was said: its arrival counts */
    speak(&r, 3);
    assert_int_equal(client_do(r.client, &page, r.now_us, &id), ERR_NONE);
    relay_double_pump(&r);
    assert_true(r.has_rtp);
    char text[100];
    snprintf(text, sizeof text, "{\"kind\":\"refused\",\"id\":%lld,\"why\":\"No.\"}", (long long)id);
    relay_double_say(&r, text);
    assert_true(find_event(&r, AULA_REFUSED, &e));
    assert_int_equal(e.command, id);
    assert_string_equal(e.why, "No.");
    relay_double_say(&r, "{\"kind\":\"done\",\"id\":1,\"n\":61}");
    assert_true(find_event(&r, AULA_DONE, &e));
    assert_int_equal(e.n, 61);
    relay_double_finish(&r);
}

static void leaving_ends_with_or_without_an_answer(void **state)
{
    (void)state;
    for (int answered = 0; answered < 2; answered++) {
        struct relay_double r;
        struct aula_event e;
        int64_t id;
        const struct action leave = {.verb = VERB_LEAVE};
        join(&r, true);
        assert_int_equal(client_do(r.client, &leave, r.now_us, &id), ERR_NONE);
        relay_double_pump(&r);
        assert_int_equal(r.leaves, 1);
        if (answered)
            client_disconnected(r.client, "closed", r.now_us);
        else
            relay_double_wait(&r, CLIENT_GOODBYE_US, false);
        assert_true(find_event(&r, AULA_OVER, &e));
        assert_int_equal(e.over, AULA_OVER_LEFT);
        relay_double_wait(&r, 30 * US_PER_S, false);
        assert_int_equal(r.connects, 1);
        assert_int_equal(client_deadline(r.client), NEVER_US);
        relay_double_finish(&r);
    }
}

/* ---- coming back ---- */

static void reconnect(struct relay_double *r)
{
    relay_double_clear(r);
    client_disconnected(r->client, "broke", r->now_us);
    relay_double_wait(r, 300 * US_PER_MS, false);
    assert_int_equal(r->connects, 1);
    client_connected(r->client, r->now_us);
    relay_double_pump(r);
    assert_int_equal(r->hellos, 1);
}

static void a_broken_websocket_keeps_the_sound(void **state)
{
    (void)state;
    struct relay_double r;
    struct aula_event e;
    join(&r, true);
    relay_double_say(&r, GRANTED);
    drain(&r);
    reconnect(&r);
    assert_true(r.hello.has_last);
    assert_int_equal(r.hello.last, 58);
    relay_double_say(&r, "{\"kind\":\"welcome\",\"v\":1,\"you\":7,\"n\":59,\"clock\":500000,\"resumed\":true,"
                         "\"events\":[{\"n\":59,\"at\":1,\"kind\":\"chat\",\"who\":9,\"text\":\"hi\"}]}");
    assert_int_equal(r.offers, 0);
    assert_true(client_event(r.client, &e));
    assert_int_equal(e.kind, AULA_LOST);
    assert_true(client_event(r.client, &e));
    assert_int_equal(e.kind, AULA_JOINED);
    assert_true(client_event(r.client, &e));
    assert_int_equal(e.kind, AULA_TOLD);
    assert_int_equal(e.n, 59);
    speak(&r, 3);
    assert_int_equal(r.packets, 3);
    relay_double_finish(&r);
}

static void a_restarted_relay_is_offered_anew(void **state)
{
    (void)state;
    struct relay_double r;
    struct aula_event e;
    join(&r, true);
    relay_double_say(&r, GRANTED);
    reconnect(&r);
    relay_double_say(
        &r, "{\"kind\":\"welcome\",\"v\":1,\"you\":7,\"n\":60,\"clock\":9000000,\"resumed\":true,"
            "\"events\":[{\"n\":59,\"at\":1,\"kind\":\"restarted\"},{\"n\":60,\"at\":1,"
            "\"kind\":\"joined\",\"who\":7,\"name\":\"We\",\"role\":\"trainee\",\"place\":\"remote\"}]}");
    assert_int_equal(r.offers, 1);
    relay_double_wait(&r, 400 * US_PER_MS, false);
    drain(&r);
    speak(&r, 3); /* with the floor he had */
    assert_int_equal(r.packets, 3);
    relay_double_sound(&r, 9000000 + 20 * TICK_SAMPLES, 9);
    assert_true(find_event(&r, AULA_PAYLOAD, &e));
    relay_double_finish(&r);
}

static void a_path_gone_silent_is_made_anew(void **state)
{
    (void)state;
    struct relay_double r;
    struct aula_event e;
    join(&r, true);
    drain(&r);
    relay_double_clear(&r);
    relay_double_wait(&r, 30 * US_PER_S, false); /* nobody speaks, but checks are answered */
    assert_int_equal(r.offers, 0);
    r.deaf = true;
    relay_double_wait(&r, PEER_SILENT_US + US_PER_S, false);
    assert_true(find_event(&r, AULA_SOUND_LOST, &e));
    r.deaf = false;
    relay_double_wait(&r, 20 * US_PER_S, false);
    assert_true(r.offers >= 1);
    assert_true(find_event(&r, AULA_SOUND_UP, &e));
    relay_double_finish(&r);
}

static void an_offer_without_an_answer_is_repeated(void **state)
{
    (void)state;
    struct relay_double r;
    struct aula_event e;
    relay_double_init(&r, true, 0, 0);
    r.silent = true;
    client_connected(r.client, r.now_us);
    relay_double_say(&r, WELCOME);
    assert_int_equal(r.offers, 1);
    relay_double_wait(&r, CLIENT_ANSWER_US + US_PER_S, false);
    assert_int_equal(r.offers, 2);
    r.silent = false;
    relay_double_wait(&r, CLIENT_ANSWER_US + 2 * US_PER_S, false);
    assert_true(find_event(&r, AULA_SOUND_UP, &e));
    relay_double_finish(&r);
}

struct bye_row {
    int number;
    const char *text;
    bool over;
    enum aula_over kind;
};

static const struct bye_row bye_rows[] = {
    {1, "{\"kind\":\"bye\",\"why\":\"restart\",\"again\":true}", false, 0},
    {2, "{\"kind\":\"bye\",\"why\":\"slow\",\"again\":true}", false, 0},
    {3, "{\"kind\":\"bye\",\"why\":\"token\",\"again\":false,\"text\":\"expired\"}", true, AULA_OVER_REFUSED},
    {4, "{\"kind\":\"bye\",\"why\":\"removed\",\"again\":false}", true, AULA_OVER_REFUSED},
    {5, "{\"kind\":\"bye\",\"why\":\"replaced\",\"again\":false}", true, AULA_OVER_REFUSED},
    {6, "{\"kind\":\"bye\",\"why\":\"ended\",\"again\":false}", true, AULA_OVER_ENDED},
    {7, "{\"kind\":\"bye\",\"why\":\"a-new-reason\",\"again\":true}", false, 0},
    {8, "{\"kind\":\"bye\",\"why\":\"a-new-reason\",\"again\":false}", true, AULA_OVER_REFUSED},
    {9, "not a sentence", false, 0},
    {10, "{\"kind\":\"welcome\"}", false, 0},
    {11, "[]", false, 0},
};

static void it_ends_or_comes_back_as_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bye_rows / sizeof bye_rows[0]; i++) {
        struct relay_double r;
        struct aula_event e;
        join(&r, false);
        relay_double_clear(&r);
        relay_double_say(&r, bye_rows[i].text);
        assert_int_equal(r.disconnects, 1);
        relay_double_wait(&r, 10 * US_PER_S, false);
        bool over = find_event(&r, AULA_OVER, &e);
        if (over != bye_rows[i].over || (over && e.over != bye_rows[i].kind) || (r.connects > 0) == over)
            fail_msg("row %d: over %d", bye_rows[i].number, over);
        relay_double_finish(&r);
    }
}

static void unknown_sentences_are_ignored(void **state)
{
    (void)state;
    struct relay_double r;
    join(&r, false);
    drain(&r);
    relay_double_clear(&r);
    relay_double_say(&r, "{\"kind\":\"something-new\",\"x\":1}");
    assert_int_equal(r.disconnects, 0);
    assert_false(client_has_event(r.client));
    relay_double_finish(&r);
}

static void nobody_there_ends_when_patience_does(void **state)
{
    (void)state;
    struct relay_double r;
    struct aula_event e;
    relay_double_init(&r, true, 3 * US_PER_S, 0);
    for (int i = 0; i < 400 && !client_is_over(r.client); i++) {
        client_disconnected(r.client, "refused", r.now_us);
        relay_double_wait(&r, TICK_US, false);
    }
    assert_true(find_event(&r, AULA_OVER, &e));
    assert_int_equal(e.over, AULA_OVER_NOBODY);
    assert_in_range(r.now_us - 1000 * (point_us)US_PER_S, 3 * US_PER_S, 3 * US_PER_S + 2 * TICK_US);
    assert_in_range(r.connects, 4, 9);
    relay_double_finish(&r);
    /* and without a limit it tries for ever, each five seconds */
    relay_double_init(&r, true, 0, 0);
    for (int i = 0; i < 3000; i++) {
        client_disconnected(r.client, "refused", r.now_us);
        relay_double_wait(&r, TICK_US, false);
    }
    assert_false(client_is_over(r.client));
    assert_in_range(r.connects, 12, 25);
    relay_double_finish(&r);
}

static void a_certificate_we_do_not_trust_ends_it(void **state)
{
    (void)state;
    struct relay_double r;
    struct aula_event e;
    relay_double_init(&r, true, 0, 0);
    client_untrusted(r.client, "self-signed", r.now_us);
    assert_true(find_event(&r, AULA_OVER, &e));
    assert_int_equal(e.over, AULA_OVER_UNTRUSTED);
    relay_double_finish(&r);
}

static void forged_datagrams_change_nothing(void **state)
{
    (void)state;
    struct relay_double r;
    struct aula_counters c;
    const struct address from = {.ip = {[10] = 0xff, [11] = 0xff, [12] = 203}, .port = 5};
    join(&r, true);
    for (unsigned i = 0; i < 256; i++) {
        uint8_t bytes[200] = {(uint8_t)i, (uint8_t)(i * 3), 0, 100};
        client_datagram(r.client, &from, bytes, i % sizeof bytes, r.now_us, r.now_us);
        relay_double_pump(&r);
    }
    client_counters(r.client, &c);
    assert_int_equal(c.received, 0);
    assert_true(c.dropped >= 150);
    relay_double_say(&r, GRANTED);
    speak(&r, 3);
    assert_int_equal(r.packets, 3);
    relay_double_finish(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(it_says_hello_and_takes_the_welcome),
                                       cmocka_unit_test(sound_comes_up_and_sentences_agree),
                                       cmocka_unit_test(no_packet_leaves_without_the_right),
                                       cmocka_unit_test(sound_is_heard_told_and_reported),
                                       cmocka_unit_test(a_page_is_shown_when_its_sound_plays),
                                       cmocka_unit_test(commands_are_said_and_answered),
                                       cmocka_unit_test(leaving_ends_with_or_without_an_answer),
                                       cmocka_unit_test(a_broken_websocket_keeps_the_sound),
                                       cmocka_unit_test(a_restarted_relay_is_offered_anew),
                                       cmocka_unit_test(a_path_gone_silent_is_made_anew),
                                       cmocka_unit_test(an_offer_without_an_answer_is_repeated),
                                       cmocka_unit_test(it_ends_or_comes_back_as_told),
                                       cmocka_unit_test(unknown_sentences_are_ignored),
                                       cmocka_unit_test(nobody_there_ends_when_patience_does),
                                       cmocka_unit_test(a_certificate_we_do_not_trust_ends_it),
                                       cmocka_unit_test(forged_datagrams_change_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
