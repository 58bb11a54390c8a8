#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "peer.h"
#include "relay_double.h"

/* What becomes of a client whose relay goes, comes back, or does not want it. */

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
    relay_double_join(&r, true);
    relay_double_say(&r, GRANTED);
    relay_double_drain(&r);
    reconnect(&r);
    assert_true(r.hello.has_last);
    assert_int_equal(r.hello.last, 58);
    relay_double_say(&r, "{\"kind\":\"welcome\",\"v\":1,\"you\":7,\"n\":59,\"clock\":500000,\"resumed\":true,"
                         "\"events\":[{\"n\":59,\"at\":1,\"kind\":\"chat\",\"who\":9,\"text\":\"hi\"}]}");
    assert_int_equal(r.offers, 1); /* we may be elsewhere: an ICE restart, */
    assert_int_equal(r.restarts, 1);
    assert_true(client_event(r.client, &e));
    assert_int_equal(e.kind, AULA_LOST);
    assert_true(client_event(r.client, &e));
    assert_int_equal(e.kind, AULA_JOINED);
    assert_true(client_event(r.client, &e));
    assert_int_equal(e.kind, AULA_TOLD);
    assert_int_equal(e.n, 59);
    relay_double_speak(&r, 3);
    assert_int_equal(r.packets, 3); /* and not a packet less */
    relay_double_finish(&r);
}

static void a_changed_network_is_an_ice_restart(void **state)
{
    (void)state;
    struct relay_double r;
    struct aula_event e;
    relay_double_join(&r, true);
    relay_double_say(&r, GRANTED);
    relay_double_drain(&r);
    relay_double_clear(&r);
    for (unsigned n = 1; n <= 3; n++) { /* again and again: each has names of its own */
        client_network_changed(r.client, r.now_us);
        relay_double_pump(&r);
        assert_int_equal(r.offers, n);
        assert_int_equal(r.restarts, n);
        relay_double_wait(&r, US_PER_S, false);
        relay_double_speak(&r, 3);
        assert_int_equal(r.packets, 3 * n);
        relay_double_sound(&r, CLOCK + n * 10 * TICK_SAMPLES, 9);
        assert_true(relay_double_event(&r, AULA_PAYLOAD, &e));
    }
    relay_double_wait(&r, 40 * US_PER_S, false); /* the checks go on under the new names: consent stays */
    assert_false(relay_double_event(&r, AULA_SOUND_LOST, &e));
    assert_int_equal(r.offers, 3);
    relay_double_finish(&r);
}

static void an_ice_restart_without_an_answer_renews_the_line_of_sentences(void **state)
{
    (void)state;
    struct relay_double r;
    struct aula_event e;
    relay_double_join(&r, true);
    relay_double_drain(&r);
    relay_double_clear(&r);
    r.silent = true;
    client_network_changed(r.client, r.now_us);
    client_network_changed(r.client, r.now_us); /* one is enough while it is under way */
    relay_double_pump(&r);
    assert_int_equal(r.offers, 1);
    relay_double_wait(&r, CLIENT_RESTART_US + 300 * US_PER_MS, false);
    assert_true(relay_double_event(&r, AULA_LOST, &e));
    assert_int_equal(r.disconnects, 1);
    assert_int_equal(r.connects, 1);
    r.silent = false;
    client_connected(r.client, r.now_us);
    relay_double_say(&r, "{\"kind\":\"welcome\",\"v\":1,\"you\":7,\"n\":57,\"clock\":500000,\"resumed\":true,"
                         "\"events\":[]}");
    assert_int_equal(r.offers, 2);
    assert_int_equal(r.restarts, 1);
    relay_double_wait(&r, 40 * US_PER_S, false);
    assert_false(relay_double_event(&r, AULA_SOUND_LOST, &e)); /* the path itself was never in doubt */
    relay_double_finish(&r);
}

static void a_restarted_relay_is_offered_anew(void **state)
{
    (void)state;
    struct relay_double r;
    struct aula_event e;
    relay_double_join(&r, true);
    relay_double_say(&r, GRANTED);
    reconnect(&r);
    relay_double_say(
        &r, "{\"kind\":\"welcome\",\"v\":1,\"you\":7,\"n\":60,\"clock\":9000000,\"resumed\":true,"
            "\"events\":[{\"n\":59,\"at\":1,\"kind\":\"restarted\"},{\"n\":60,\"at\":1,"
            "\"kind\":\"joined\",\"who\":7,\"name\":\"We\",\"role\":\"trainee\",\"place\":\"remote\"}]}");
    assert_int_equal(r.offers, 1);
    relay_double_wait(&r, 400 * US_PER_MS, false);
    relay_double_drain(&r);
    relay_double_speak(&r, 3); /* with the floor he had */
    assert_int_equal(r.packets, 3);
    relay_double_sound(&r, 9000000 + 20 * TICK_SAMPLES, 9);
    assert_true(relay_double_event(&r, AULA_PAYLOAD, &e));
    relay_double_finish(&r);
}

static void a_path_gone_silent_is_made_anew(void **state)
{
    (void)state;
    struct relay_double r;
    struct aula_event e;
    relay_double_join(&r, true);
    relay_double_drain(&r);
    relay_double_clear(&r);
    relay_double_wait(&r, 30 * US_PER_S, false); /* nobody speaks, but checks are answered */
    assert_int_equal(r.offers, 0);
    r.deaf = true;
    relay_double_wait(&r, PEER_SILENT_US + US_PER_S, false);
    assert_true(relay_double_event(&r, AULA_SOUND_LOST, &e));
    r.deaf = false;
    relay_double_wait(&r, 20 * US_PER_S, false);
    assert_true(r.offers >= 1);
    assert_true(relay_double_event(&r, AULA_SOUND_UP, &e));
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
    assert_true(relay_double_event(&r, AULA_SOUND_UP, &e));
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
        relay_double_join(&r, false);
        relay_double_clear(&r);
        relay_double_say(&r, bye_rows[i].text);
        assert_int_equal(r.disconnects, 1);
        relay_double_wait(&r, 10 * US_PER_S, false);
        bool over = relay_double_event(&r, AULA_OVER, &e);
        if (over != bye_rows[i].over || (over && e.over != bye_rows[i].kind) || (r.connects > 0) == over)
            fail_msg("row %d: over %d", bye_rows[i].number, over);
        relay_double_finish(&r);
    }
}

static void unknown_sentences_are_ignored(void **state)
{
    (void)state;
    struct relay_double r;
    relay_double_join(&r, false);
    relay_double_drain(&r);
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
    assert_true(relay_double_event(&r, AULA_OVER, &e));
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
    assert_true(relay_double_event(&r, AULA_OVER, &e));
    assert_int_equal(e.over, AULA_OVER_UNTRUSTED);
    relay_double_finish(&r);
}

static void forged_datagrams_change_nothing(void **state)
{
    (void)state;
    struct relay_double r;
    struct aula_counters c;
    const struct address from = {.ip = {[10] = 0xff, [11] = 0xff, [12] = 203}, .port = 5};
    relay_double_join(&r, true);
    for (unsigned i = 0; i < 256; i++) {
        uint8_t bytes[200] = {(uint8_t)i, (uint8_t)(i * 3), 0, 100};
        client_datagram(r.client, &from, bytes, i % sizeof bytes, r.now_us, r.now_us);
        relay_double_pump(&r);
    }
    client_counters(r.client, &c);
    assert_int_equal(c.received, 0);
    assert_true(c.dropped >= 150);
    relay_double_say(&r, GRANTED);
    relay_double_speak(&r, 3);
    assert_int_equal(r.packets, 3);
    relay_double_finish(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_broken_websocket_keeps_the_sound),
        cmocka_unit_test(a_changed_network_is_an_ice_restart),
        cmocka_unit_test(an_ice_restart_without_an_answer_renews_the_line_of_sentences),
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
