/* Who may move a link's path, and who not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "call.h"

/* Whatever is sent from elsewhere without the password: sound stays where it was. */
static void forged_datagrams_never_move_the_path(void **state)
{
    (void)state;
    struct call *c = call_up();
    static const uint8_t ip[4] = {203, 0, 113, 6};
    const struct address mallory = address_v4(ip, 666);
    static const char *const usernames[] = {"relay:peer", "peer:relay", "relay:", ":", ""};
    static const char *const passwords[] = {"", PEER_PWD, "guess"};
    enum link_input what = LINK_INPUT_NOTHING;
    for (size_t u = 0; u < 5; u++) {
        for (size_t p = 0; p < 3; p++) {
            struct stun_message m = {.kind = STUN_REQUEST,
                                     .username = {usernames[u], strlen(usernames[u])},
                                     .has_priority = true,
                                     .use_candidate = true,
                                     .controlling = true};
            struct ice_datagram d;
            assert_int_equal(ice_seal(&m, passwords[p], &d), ERR_NONE);
            assert_int_equal(err_class(link_input(c->relay, &mallory, d.bytes, &d.len, c->now_us, &what)),
                             ERR_CLASS_DROP);
        }
    }
    uint8_t bytes[LINK_DATAGRAM_MAX], out[LINK_DATAGRAM_MAX];
    struct address to;
    for (int i = 0; i < 3000; i++) {
        seeded_fill(&c->seed, bytes, 200);
        bytes[0] = (uint8_t)(i % 256);
        size_t len = 1 + seeded_below(&c->seed, 200);
        assert_int_equal(err_class(link_input(c->relay, &mallory, bytes, &len, c->now_us, &what)),
                         ERR_CLASS_DROP);
    }
    /* Even true sound, sent on by another from an address that never checked. */
    assert_int_equal(sound_from(c, &mallory, 700), ERR_UNKNOWN);
    size_t len;
    while (link_output(c->relay, &to, out, &len)) /* nothing is sent his way */
        assert_false(address_equal(&to, &mallory));
    assert_true(address_equal(link_path(c->relay), &c->here));
    assert_null(link_address(c->relay, 1));
    assert_true(both_up(c));
    call_end(c);
}

static void sound_from_another_validated_address_moves_the_path(void **state)
{
    (void)state;
    struct call *c = call_up();
    struct address other = c->here;
    enum link_input what;
    other.port = 1001;
    c->now_us += S(1);
    assert_int_equal(check_from(c, &other, false, &what), ERR_NONE);
    assert_int_equal(what, LINK_INPUT_LEARNED);
    assert_true(address_equal(link_path(c->relay), &c->here));
    uint8_t forged[LINK_DATAGRAM_MAX];
    size_t len = make_rtp(forged, 1) + 16;
    assert_int_equal(link_input(c->relay, &other, forged, &len, c->now_us, &what), ERR_AUTH);
    assert_true(address_equal(link_path(c->relay), &c->here));
    assert_int_equal(sound_from(c, &other, 1), ERR_NONE);
    assert_true(address_equal(link_path(c->relay), &other));
    assert_int_equal(check_from(c, &c->here, true, &what), ERR_NONE); /* a nomination moves it back at once */
    assert_int_equal(what, LINK_INPUT_NOTHING);
    assert_true(address_equal(link_path(c->relay), &c->here));
    call_end(c);
}

static void addresses_are_learned_forgotten_and_listed(void **state)
{
    (void)state;
    struct call *c = call_up();
    struct address from = c->here, gone;
    enum link_input what;
    size_t n = 0;
    for (uint16_t i = 1; i <= 9; i++) {
        from.port = (uint16_t)(5000 + i);
        c->now_us += MS(1);
        assert_int_equal(check_from(c, &from, false, &what), ERR_NONE);
        assert_int_equal(what, LINK_INPUT_LEARNED);
        assert_int_equal(link_forgotten(c->relay, &gone), i >= 8);
    }
    assert_int_equal(gone.port, 5002);
    while (link_address(c->relay, n))
        n++;
    assert_int_equal(n, 8);
    call_end(c);
}

static void a_restart_moves_the_path_and_sound_goes_on(void **state)
{
    (void)state;
    struct call *c = call_up();
    const struct address old = c->here;
    assert_int_equal(sound_from(c, &old, 1), ERR_NONE);
    c->here.port = 1111; /* another network */
    link_restart_ice(c->relay, "relay2", "second-password-relay", "peer2", "second-password-peer", NULL,
                     c->now_us);
    assert_int_equal(sound_from(c, &old, 2), ERR_NONE); /* still under way on the old one */
    link_restart_ice(c->client, "peer2", "second-password-peer", "relay2", "second-password-relay", &c->there,
                     c->now_us);
    assert_true(both_up(c)); /* DTLS and SRTP stand */
    run(c, c->now_us + S(1), false);
    assert_int_equal(c->learned, 2);
    assert_true(address_equal(link_path(c->relay), &c->here));
    assert_int_equal(sound_from(c, &c->here, 3), ERR_NONE);
    enum link_input what;
    assert_int_equal(check_from(c, &old, true, &what), ERR_UNKNOWN); /* the old names are over */
    assert_true(address_equal(link_path(c->relay), &c->here));
    call_end(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forged_datagrams_never_move_the_path),
        cmocka_unit_test(sound_from_another_validated_address_moves_the_path),
        cmocka_unit_test(addresses_are_learned_forgotten_and_listed),
        cmocka_unit_test(a_restart_moves_the_path_and_sound_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
