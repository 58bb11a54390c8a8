#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "link/ice.h"
#include "link/ice_client.h"
#include "seeded.h"

#define RELAY_PWD "relay-password-of-22-chars"
#define MS(n)     ((point_us)(n)*US_PER_MS)

struct ends {
    uint64_t seed;
    struct entropy entropy;
    struct ice_client c;
    struct ice lite;
    struct address here, relay;
};

static void begin(struct ends *e)
{
    static const uint8_t ip[4] = {192, 0, 2, 1};
    const struct ice_credentials ours = ice_credentials("peer", "peer-password-of-22-chars");
    const struct ice_credentials theirs = ice_credentials("relay", RELAY_PWD);
    memset(e, 0, sizeof *e);
    e->seed = 5;
    e->entropy = seeded(&e->seed);
    e->here = address_v4(ip, 1000);
    e->relay = address_v4(ip, 2000);
    ice_client_init(&e->c, &e->entropy, &ours, &theirs, &e->relay, 0);
    ice_init(&e->lite, &theirs, &ours, 0);
}

/* The waiting check goes to the lite side and its answer comes back, each where it belongs. */
static bool take_check(struct ends *e, uint8_t *answer, size_t *len, point_us now_us)
{
    uint8_t bytes[ICE_DATAGRAM_MAX];
    struct address to;
    enum ice_news news;
    if (!ice_client_output(&e->c, &to, bytes, len))
        return false;
    assert_true(address_equal(&to, &e->relay));
    assert_int_equal(ice_input(&e->lite, &e->here, bytes, *len, now_us, &news), ERR_NONE);
    assert_true(ice_output(&e->lite, &to, answer, len));
    return true;
}

static void a_check_is_answered_and_the_round_trip_known(void **state)
{
    (void)state;
    struct ends e;
    uint8_t answer[ICE_DATAGRAM_MAX];
    size_t len;
    bool learned = false;
    begin(&e);
    assert_int_equal(e.c.round_trip, -1);
    assert_false(ice_client_takes_from(&e.c, &e.relay));
    assert_true(take_check(&e, answer, &len, MS(10)));
    assert_int_equal(ice_client_input(&e.c, &e.relay, answer, len, MS(20), &learned), ERR_NONE);
    assert_true(learned);
    assert_int_equal(e.c.round_trip, MS(20));
    assert_true(ice_client_takes_from(&e.c, &e.relay));
    assert_true(address_equal(ice_selected(&e.lite), &e.here)); /* it nominates */
    /* Once more is no answer to anything. */
    assert_int_equal(ice_client_input(&e.c, &e.relay, answer, len, MS(21), &learned), ERR_UNKNOWN);
    assert_int_equal(e.c.round_trip, MS(20));
}

static void unanswered_checks_go_out_ever_more_slowly(void **state)
{
    (void)state;
    static const point_us want_ms[] = {0, 50, 150, 350, 750, 1550, 3150, 4750};
    struct ends e;
    uint8_t bytes[ICE_DATAGRAM_MAX];
    struct address to;
    size_t len;
    point_us now = 0;
    begin(&e);
    for (size_t i = 0; i < sizeof want_ms / sizeof want_ms[0]; i++) {
        assert_int_equal(now, MS(want_ms[i]));
        assert_true(ice_client_output(&e.c, &to, bytes, &len));
        assert_false(ice_client_output(&e.c, &to, bytes, &len));
        now = ice_client_deadline(&e.c);
        assert_int_equal(ice_client_expire(&e.c, now - 1), ERR_NONE);
        assert_false(ice_client_output(&e.c, &to, bytes, &len));
        assert_int_equal(ice_client_expire(&e.c, now), ERR_NONE);
    }
    assert_int_equal(ice_client_expire(&e.c, LINK_CONSENT_US), ERR_TIMEOUT);
}

static void consent_is_asked_for_each_5_s_and_ends_after_30(void **state)
{
    (void)state;
    struct ends e;
    uint8_t answer[ICE_DATAGRAM_MAX];
    size_t len;
    bool learned = false;
    point_us now = 0, last = 0;
    begin(&e);
    for (int i = 0; i < 20; i++) {
        assert_true(take_check(&e, answer, &len, now));
        assert_int_equal(ice_client_input(&e.c, &e.relay, answer, len, now, &learned), ERR_NONE);
        last = now;
        now = ice_client_deadline(&e.c);
        assert_in_range(now - last, ICE_KEEP_US * 4 / 5, ICE_KEEP_US * 6 / 5);
        assert_int_equal(ice_client_expire(&e.c, now), ERR_NONE);
    }
    enum err over = ERR_NONE;
    while (!over) { /* nobody answers any more */
        now = ice_client_deadline(&e.c);
        over = ice_client_expire(&e.c, now);
    }
    assert_int_equal(over, ERR_TIMEOUT);
    assert_int_equal(now, last + LINK_CONSENT_US);
}

static void what_is_no_answer_of_the_relays_changes_nothing(void **state)
{
    (void)state;
    struct ends e;
    uint8_t answer[ICE_DATAGRAM_MAX], copy[ICE_DATAGRAM_MAX];
    size_t len;
    bool learned = false;
    begin(&e);
    assert_true(take_check(&e, answer, &len, 0));
    for (size_t bit = 0; bit < len * 8; bit++) {
        memcpy(copy, answer, len);
        copy[bit / 8] ^= (uint8_t)(1 << (bit % 8));
        assert_int_equal(err_class(ice_client_input(&e.c, &e.relay, copy, len, 1, &learned)), ERR_CLASS_DROP);
    }
    /* From elsewhere. */
    assert_int_equal(ice_client_input(&e.c, &e.here, answer, len, 1, &learned), ERR_UNKNOWN);
    /* Sealed with another password. */
    struct stun_message m;
    struct ice_datagram forged;
    assert_int_equal(stun_parse(answer, len, &m), ERR_NONE);
    assert_int_equal(ice_seal(&m, "another", &forged), ERR_NONE);
    assert_int_equal(ice_client_input(&e.c, &e.relay, forged.bytes, forged.len, 1, &learned), ERR_AUTH);
    /* A refusal, and a check. */
    m.kind = STUN_ERROR;
    m.error_code = 487;
    assert_int_equal(ice_seal(&m, RELAY_PWD, &forged), ERR_NONE);
    assert_int_equal(ice_client_input(&e.c, &e.relay, forged.bytes, forged.len, 1, &learned),
                     ERR_UNSUPPORTED);
    m = (struct stun_message){.kind = STUN_REQUEST};
    assert_int_equal(ice_seal(&m, RELAY_PWD, &forged), ERR_NONE);
    assert_int_equal(ice_client_input(&e.c, &e.relay, forged.bytes, forged.len, 1, &learned),
                     ERR_UNSUPPORTED);
    assert_false(learned);
    assert_false(e.c.has_path);
    assert_int_equal(ice_client_input(&e.c, &e.relay, answer, len, 1, &learned), ERR_NONE);
    assert_true(learned);
}

static void a_restart_checks_the_new_candidate_and_keeps_the_path_until_it_answers(void **state)
{
    (void)state;
    struct ends e;
    uint8_t answer[ICE_DATAGRAM_MAX];
    size_t len;
    bool learned = false;
    begin(&e);
    const struct address first = e.relay;
    const struct ice_credentials ours = ice_credentials("peer2", "peer-password-of-22-chars");
    const struct ice_credentials theirs = ice_credentials("relay2", "second-password");
    assert_true(take_check(&e, answer, &len, 0));
    assert_int_equal(ice_client_input(&e.c, &e.relay, answer, len, 0, &learned), ERR_NONE);
    e.relay.port = 3000;
    ice_client_restart(&e.c, &ours, &theirs, &e.relay, MS(100));
    ice_restart(&e.lite, &theirs, &ours);
    assert_true(address_equal(&e.c.path, &first));
    learned = false;
    assert_true(take_check(&e, answer, &len, MS(100)));
    assert_int_equal(ice_client_input(&e.c, &e.relay, answer, len, MS(130), &learned), ERR_NONE);
    assert_true(learned);
    assert_true(address_equal(&e.c.path, &e.relay));
    assert_int_equal(e.c.round_trip, MS(30));
    assert_false(ice_client_takes_from(&e.c, &first));
}

static void another_network_is_checked_at_once_and_again_until_answered(void **state)
{
    (void)state;
    struct ends e;
    uint8_t answer[ICE_DATAGRAM_MAX], bytes[ICE_DATAGRAM_MAX];
    struct address to;
    size_t len;
    bool learned = false;
    begin(&e);
    assert_true(take_check(&e, answer, &len, 0));
    assert_int_equal(ice_client_input(&e.c, &e.relay, answer, len, MS(20), &learned), ERR_NONE);
    e.here.port = 1001;
    ice_client_network_changed(&e.c, MS(1000));
    assert_true(ice_client_output(&e.c, &to, bytes, &len)); /* lost */
    assert_int_equal(ice_client_deadline(&e.c), MS(1050));
    assert_int_equal(ice_client_expire(&e.c, MS(1050)), ERR_NONE);
    learned = false;
    assert_true(take_check(&e, answer, &len, MS(1060)));
    assert_int_equal(ice_client_input(&e.c, &e.relay, answer, len, MS(1070), &learned), ERR_NONE);
    assert_false(learned); /* the relay is where it was */
    assert_true(address_equal(ice_selected(&e.lite), &e.here));
    assert_true(ice_client_deadline(&e.c) >= MS(1070) + ICE_KEEP_US * 4 / 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_check_is_answered_and_the_round_trip_known),
        cmocka_unit_test(unanswered_checks_go_out_ever_more_slowly),
        cmocka_unit_test(consent_is_asked_for_each_5_s_and_ends_after_30),
        cmocka_unit_test(what_is_no_answer_of_the_relays_changes_nothing),
        cmocka_unit_test(a_restart_checks_the_new_candidate_and_keeps_the_path_until_it_answers),
        cmocka_unit_test(another_network_is_checked_at_once_and_again_until_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
