#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "call.h"

static const struct {
    int row;
    unsigned loss_percent, repeat_percent;
    point_us jitter_us;
    point_us within_us;
} lines[] = {
    {1, 0, 0, 0, MS(61)}, /* one round trip for ICE, two for DTLS */
    {2, 0, 50, 0, MS(61)},       {3, 0, 0, MS(200), S(3)},   {4, 20, 0, 0, S(10)},
    {5, 20, 20, MS(100), S(10)}, {6, 40, 10, MS(50), S(20)},
};

static void two_links_come_up_over_bad_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        for (uint64_t seed = 1; seed <= 4; seed++) {
            struct call *c = call_new(seed, (struct wrong){false});
            c->loss_percent = lines[i].loss_percent;
            c->repeat_percent = lines[i].repeat_percent;
            c->jitter_us = lines[i].jitter_us;
            run(c, S(30), true);
            if (!both_up(c) || c->now_us > lines[i].within_us)
                fail_msg("row %d seed %d: client %s, relay %s, after %lld us", lines[i].row, (int)seed,
                         err_text(c->client_died), err_text(c->relay_died), (long long)c->now_us);
            assert_int_equal(c->learned, 1);
            assert_true(address_equal(link_path(c->relay), &c->here));
            assert_true(address_equal(link_path(c->client), &c->there));
            assert_in_range(link_round_trip(c->client), MS(20), MS(20) + 2 * c->jitter_us);
            assert_int_equal(link_round_trip(c->relay), -1);
            assert_int_equal(sound_from(c, &c->here, 65535), ERR_NONE);
            call_end(c);
        }
    }
}

static void sound_and_reports_go_both_ways(void **state)
{
    (void)state;
    struct call *c = call_up();
    uint8_t bytes[LINK_DATAGRAM_MAX], again[LINK_DATAGRAM_MAX];
    size_t len = make_rtp(bytes, 5);
    enum link_input what;
    assert_int_equal(link_seal_rtp(c->relay, bytes, &len, 65536 + 5), ERR_NONE);
    size_t twice = make_rtp(again, 5);
    assert_int_equal(link_seal_rtp(c->relay, again, &twice, 65536 + 5), ERR_REPLAY);
    /* The client guesses roll-over counter 0 for its first packet: sealed under 1 it does not open. */
    assert_int_equal(link_input(c->client, &c->there, bytes, &len, 0, &what), ERR_AUTH);
    len = make_rtp(bytes, 4);
    assert_int_equal(link_seal_rtp(c->client, bytes, &len, 4), ERR_NONE);
    assert_int_equal(link_input(c->relay, &c->here, bytes, &len, 0, &what), ERR_NONE);
    assert_int_equal(what, LINK_INPUT_RTP);
    uint8_t report[8 + LINK_SEAL_OVERHEAD] = {0x80, 201, 0, 1, 0, 0, 0, 9};
    len = 8;
    assert_int_equal(link_seal_rtcp(c->relay, report, &len), ERR_NONE);
    assert_int_equal(link_input(c->client, &c->there, report, &len, 0, &what), ERR_NONE);
    assert_int_equal(what, LINK_INPUT_RTCP);
    assert_int_equal(len, 8);
    call_end(c);
}

static void before_up_nothing_is_sealed_or_unsealed(void **state)
{
    (void)state;
    struct call *c = call_new(1, (struct wrong){false});
    uint8_t bytes[LINK_DATAGRAM_MAX];
    size_t len = make_rtp(bytes, 5);
    enum link_input what = LINK_INPUT_LEARNED;
    assert_int_equal(link_seal_rtp(c->relay, bytes, &len, 5), ERR_STATE);
    assert_int_equal(link_seal_rtcp(c->client, bytes, &len), ERR_STATE);
    assert_int_equal(link_input(c->relay, &c->here, bytes, &len, 0, &what), ERR_UNKNOWN);
    bytes[0] = 22; /* DTLS from an address that has not answered for itself */
    assert_int_equal(link_input(c->relay, &c->here, bytes, &len, 0, &what), ERR_UNKNOWN);
    bytes[0] = 200;
    assert_int_equal(link_input(c->relay, &c->here, bytes, &len, 0, &what), ERR_MALFORMED);
    len = 0;
    assert_int_equal(err_class(link_input(c->relay, &c->here, bytes, &len, 0, &what)), ERR_CLASS_DROP);
    len = LINK_DATAGRAM_MAX + 1;
    assert_int_equal(link_input(c->relay, &c->here, bytes, &len, 0, &what), ERR_LONG);
    assert_int_equal(what, LINK_INPUT_LEARNED); /* untouched */
    assert_null(link_path(c->relay));
    assert_null(link_address(c->relay, 0));
    call_end(c);
}

static void a_wrong_fingerprint_ends_both(void **state)
{
    (void)state;
    static const struct wrong rows[] = {{.client_fingerprint = true}, {.relay_fingerprint = true}};
    for (size_t i = 0; i < 2; i++) {
        struct call *c = call_new(1, rows[i]);
        run(c, S(60), false);
        assert_int_equal(rows[i].client_fingerprint ? c->relay_died : c->client_died, ERR_FINGERPRINT);
        assert_false(link_is_up(c->client));
        assert_false(link_is_up(c->relay));
        assert_int_equal(link_expire(rows[i].client_fingerprint ? c->relay : c->client, c->now_us),
                         ERR_FINGERPRINT);
        call_end(c);
    }
}

static void a_wrong_password_never_gets_a_path(void **state)
{
    (void)state;
    struct call *c = call_new(1, (struct wrong){.password = true});
    run(c, S(60), false);
    assert_true(c->client_died == ERR_TIMEOUT || c->relay_died == ERR_TIMEOUT);
    assert_int_equal(c->now_us, LINK_CONSENT_US);
    assert_null(link_path(c->relay));
    assert_int_equal(c->learned, 0);
    call_end(c);
}

static void consent_is_kept_for_minutes_and_lost_in_30_s(void **state)
{
    (void)state;
    struct call *c = call_up();
    c->loss_percent = 20;
    run(c, S(600), false);
    assert_true(both_up(c));
    c->cut = true;
    run(c, S(700), false);
    assert_true(c->client_died == ERR_TIMEOUT || c->relay_died == ERR_TIMEOUT);
    assert_in_range(c->now_us, S(600), S(600) + LINK_CONSENT_US);
    call_end(c);
}

static void a_peer_without_dtls_is_given_up(void **state)
{
    (void)state;
    struct call *c = call_new(1, (struct wrong){false});
    enum link_input what;
    assert_int_equal(check_from(c, &c->here, true, &what), ERR_NONE);
    while (!c->relay_died && c->now_us < S(60)) {
        c->now_us += MS(500);
        assert_int_equal(check_from(c, &c->here, true, &what), ERR_NONE);
        tick(c->relay, c->now_us, &c->relay_died);
    }
    assert_int_equal(c->relay_died, ERR_TIMEOUT);
    assert_int_equal(c->now_us, S(20));
    assert_int_equal(link_deadline(c->relay), NEVER_US);
    assert_int_equal(check_from(c, &c->here, true, &what), ERR_TIMEOUT); /* the dead stay dead */
    call_end(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_links_come_up_over_bad_lines),
        cmocka_unit_test(sound_and_reports_go_both_ways),
        cmocka_unit_test(before_up_nothing_is_sealed_or_unsealed),
        cmocka_unit_test(a_wrong_fingerprint_ends_both),
        cmocka_unit_test(a_wrong_password_never_gets_a_path),
        cmocka_unit_test(consent_is_kept_for_minutes_and_lost_in_30_s),
        cmocka_unit_test(a_peer_without_dtls_is_given_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
