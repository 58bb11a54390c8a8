#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "relay_double.h"

/* ---- joining ---- */

static void it_says_hello_and_takes_the_welcome(void **state)
{
    (void)state;
    struct relay_double r;
    struct aula_event e;
    relay_double_join(&r, false);
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
    relay_double_join(&r, true);
    assert_int_equal(r.offers, 1);
    assert_true(relay_double_event(&r, AULA_SOUND_UP, &e));
    assert_false(client_may_send(r.client)); /* no floor */
    relay_double_say(&r, GRANTED);
    assert_true(client_may_send(r.client));
    assert_true(relay_double_event(&r, AULA_TOLD, &e));
    assert_int_equal(e.n, 58);
    assert_string_equal(e.name, "granted");
    relay_double_say(&r, GRANTED); /* told twice: counts once */
    assert_false(relay_double_event(&r, AULA_TOLD, &e));
    relay_double_finish(&r);
}

/* ---- sound ---- */

static void no_packet_leaves_without_the_right(void **state)
{
    (void)state;
    struct relay_double r;
    struct aula_event e;
    relay_double_join(&r, true);
    relay_double_speak(&r, 10);
    assert_int_equal(r.packets, 0);
    relay_double_say(&r, GRANTED);
    relay_double_speak(&r, 10);
    assert_int_equal(r.packets, 10);
    for (int i = 1; i < 10; i++) {
        assert_int_equal((uint16_t)(r.seq[i] - r.seq[i - 1]), 1);
        assert_int_equal(r.rtp[i] - r.rtp[i - 1], TICK_SAMPLES);
    }
    unsigned told = 0;
    while (relay_double_event(&r, AULA_PAYLOAD, &e)) {
        assert_true(e.payload.sent);
        told++;
    }
    assert_int_equal(told, 10);
    relay_double_say(
        &r, "{\"kind\":\"events\",\"events\":[{\"n\":59,\"at\":1,\"kind\":\"muted\",\"who\":7,\"by\":0}]}");
    relay_double_speak(&r, 10);
    assert_int_equal(r.packets, 10);
    relay_double_finish(&r);
}

static void sound_is_heard_told_and_reported(void **state)
{
    (void)state;
    struct relay_double r;
    struct aula_event e;
    struct aula_counters c;
    relay_double_join(&r, true);
    relay_double_drain(&r);
    session_samples at = CLOCK + 30 * TICK_SAMPLES;
    for (int i = 0; i < 120; i++) {
        if (i != 60) /* one is lost */
            relay_double_sound(&r, at + i * TICK_SAMPLES, 9);
        else
            r.index++;
        relay_double_wait(&r, TICK_US, true);
    }
    assert_int_equal(r.lines, 2); /* one a second */
    assert_true(relay_double_event(&r, AULA_PAYLOAD, &e));
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
    relay_double_join(&r, true);
    relay_double_drain(&r);
    session_samples now = CLOCK + samples_from_us(r.now_us - client_joined_us(r.client));
    session_samples at = grid_floor(now), media = at + 10 * TICK_SAMPLES + 480;
    point_us came_us = r.now_us;
    say_page(&r, 58, media, 9); /* by someone elsewhere */
    assert_false(relay_double_event(&r, AULA_PAGE, &e));
    bool shown = false;
    for (int i = 0; i < 30 && !shown; i++) {
        relay_double_sound(&r, at + i * TICK_SAMPLES, 9);
        relay_double_wait(&r, TICK_US, true);
        shown = relay_double_event(&r, AULA_PAGE, &e);
    }
    assert_true(shown);
    assert_int_equal(e.n, 58);
    assert_int_equal(e.at_us, came_us);
    session_samples off = client_playing(r.client, e.shown_us) - media;
    assert_in_range(off + TICK_SAMPLES, 0, 2 * TICK_SAMPLES);
    say_page(&r, 59, media + 10 * SAMPLES_PER_S, 7); /* our own */
    assert_true(relay_double_event(&r, AULA_PAGE, &e));
    say_page(&r, 60, media + 60 * SAMPLES_PER_S, 9); /* a time far ahead: a second at the most */
    came_us = r.now_us;
    relay_double_wait(&r, 960 * US_PER_MS, true);
    assert_false(relay_double_event(&r, AULA_PAGE, &e));
    relay_double_wait(&r, 60 * US_PER_MS, true);
    assert_true(relay_double_event(&r, AULA_PAGE, &e));
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
    relay_double_join(&r, true);
    relay_double_say(&r, GRANTED);
    assert_int_equal(client_do(r.client, &page, r.now_us, &id), ERR_NONE);
    relay_double_pump(&r);
    assert_int_equal(r.verb, VERB_PAGE);
    assert_int_equal(r.page, 5);
    assert_false(r.has_rtp); /* nothing was said: its arrival counts */
    relay_double_speak(&r, 3);
    assert_int_equal(client_do(r.client, &page, r.now_us, &id), ERR_NONE);
    relay_double_pump(&r);
    assert_true(r.has_rtp);
    char text[100];
    snprintf(text, sizeof text, "{\"kind\":\"refused\",\"id\":%lld,\"why\":\"No.\"}", (long long)id);
    relay_double_say(&r, text);
    assert_true(relay_double_event(&r, AULA_REFUSED, &e));
    assert_int_equal(e.command, id);
    assert_string_equal(e.why, "No.");
    relay_double_say(&r, "{\"kind\":\"done\",\"id\":1,\"n\":61}");
    assert_true(relay_double_event(&r, AULA_DONE, &e));
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
        relay_double_join(&r, true);
        assert_int_equal(client_do(r.client, &leave, r.now_us, &id), ERR_NONE);
        relay_double_pump(&r);
        assert_int_equal(r.leaves, 1);
        if (answered)
            client_disconnected(r.client, "closed", r.now_us);
        else
            relay_double_wait(&r, CLIENT_GOODBYE_US, false);
        assert_true(relay_double_event(&r, AULA_OVER, &e));
        assert_int_equal(e.over, AULA_OVER_LEFT);
        relay_double_wait(&r, 30 * US_PER_S, false);
        assert_int_equal(r.connects, 1);
        assert_int_equal(client_deadline(r.client), NEVER_US);
        relay_double_finish(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(it_says_hello_and_takes_the_welcome),
                                       cmocka_unit_test(sound_comes_up_and_sentences_agree),
                                       cmocka_unit_test(no_packet_leaves_without_the_right),
                                       cmocka_unit_test(sound_is_heard_told_and_reported),
                                       cmocka_unit_test(a_page_is_shown_when_its_sound_plays),
                                       cmocka_unit_test(commands_are_said_and_answered),
                                       cmocka_unit_test(leaving_ends_with_or_without_an_answer)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
