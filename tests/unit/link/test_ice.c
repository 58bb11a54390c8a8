#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "checks.h"

static void a_check_is_answered_where_it_came_from(void **state)
{
    (void)state;
    struct ice ice = lite(0);
    struct address to;
    struct stun_message answer;
    uint8_t bytes[LINK_DATAGRAM_MAX];
    size_t len = 0;
    must_check(&ice, 4000, false, 1, ICE_LEARNED);
    must_check(&ice, 4000, false, 2, ICE_NOTHING);
    assert_true(ice_output(&ice, &to, bytes, &len));
    assert_false(ice_output(&ice, &to, bytes, &len));
    const struct address from = at(4000);
    assert_true(address_equal(&to, &from));
    assert_int_equal(stun_parse(bytes, len, &answer), ERR_NONE);
    assert_int_equal(answer.kind, STUN_SUCCESS);
    assert_memory_equal(answer.id, "transaction", STUN_ID_BYTES);
    assert_true(answer.has_fingerprint && answer.has_mapped);
    assert_true(address_equal(&answer.mapped, &from));
    assert_int_equal(ice_check_seal(bytes, &answer, OURS_PWD), ERR_NONE);
}

/* 'c' a check, 'n' one that nominates, 'm' authenticated sound. */
static const struct {
    int row;
    char what;
    uint16_t port;
    point_us ms;
    uint16_t selected;
} moves[] = {
    {1, 'm', 1, 0, 0},                          /* sound before any check selects nothing */
    {2, 'c', 1, 1, 1},                          /* the first is selected */
    {3, 'c', 2, 2, 1},                          /* a further one is not */
    {4, 'n', 2, 3, 2},                          /* until nominated */
    {5, 'm', 1, 10, 2},                         /* stragglers do not pull back */
    {6, 'm', 3, 900, 2},                        /* an address never validated gets nothing */
    {7, 'm', 1, 901, 1},                        /* where sound comes from after a while is where it goes */
    {8, 'm', 2, 902, 1},   {9, 'n', 2, 903, 2}, /* a later nomination moves at once */
    {10, 'c', 1, 3000, 2},                      /* a check without does not */
    {11, 'n', 2, 3001, 2},                      /* repeated, it does not begin the wait again */
    {12, 'm', 1, 3002, 1},
};

static void the_path_moves_by_the_rules(void **state)
{
    (void)state;
    struct ice ice = lite(0);
    for (size_t i = 0; i < sizeof moves / sizeof moves[0]; i++) {
        point_us now_us = moves[i].ms * US_PER_MS;
        const struct address from = at(moves[i].port);
        enum ice_news news;
        if (moves[i].what == 'm')
            ice_media_arrived(&ice, &from, now_us);
        else
            assert_int_equal(check_from(&ice, moves[i].port, moves[i].what == 'n', now_us, &news), ERR_NONE);
        if (selected_port(&ice) != moves[i].selected)
            fail_msg("row %d: port %d is selected", moves[i].row, selected_port(&ice));
    }
}

static void a_ninth_address_drives_out_the_oldest_unselected(void **state)
{
    (void)state;
    struct ice ice = lite(0);
    struct address gone;
    must_check(&ice, 1, true, 1, ICE_LEARNED); /* selected, and the oldest */
    for (uint16_t port = 2; port <= ICE_PATHS_MAX; port++)
        must_check(&ice, port, false, port, ICE_LEARNED);
    must_check(&ice, 2, false, 50, ICE_NOTHING); /* heard again: 3 is the oldest now */
    assert_false(ice_forgotten(&ice, &gone));
    must_check(&ice, 99, false, 100, ICE_LEARNED);
    assert_true(ice_forgotten(&ice, &gone));
    assert_int_equal(gone.port, 3);
    assert_false(ice_forgotten(&ice, &gone));
    assert_int_equal(selected_port(&ice), 1);
    assert_non_null(ice_address(&ice, ICE_PATHS_MAX - 1));
    assert_null(ice_address(&ice, ICE_PATHS_MAX));
}

static void consent_runs_out_after_30_s_of_silence(void **state)
{
    (void)state;
    struct ice ice = lite(0);
    assert_int_equal(ice_expire(&ice, LINK_CONSENT_US - 1), ERR_NONE);
    must_check(&ice, 1, false, LINK_CONSENT_US - 1, ICE_LEARNED);
    assert_int_equal(ice_expire(&ice, LINK_CONSENT_US), ERR_NONE);
    assert_int_equal(ice_expire(&ice, 2 * LINK_CONSENT_US - 1), ERR_TIMEOUT);
}

static enum err check_as(struct ice *ice, const char *username, const char *pwd, uint16_t port)
{
    struct stun_message m = good_check();
    const struct address from = at(port);
    uint8_t bytes[ICE_DATAGRAM_MAX];
    enum ice_news news;
    m.username = text(username);
    size_t len = sealed(&m, pwd, bytes);
    return ice_input(ice, &from, bytes, len, 10, &news);
}

static void after_a_restart_the_old_names_hold_until_the_first_new_check(void **state)
{
    (void)state;
    struct ice ice = lite(0);
    const struct ice_credentials ours = ice_credentials("relay2", "second-password-of-24-chars");
    const struct ice_credentials theirs = ice_credentials("peer2", "x");
    must_check(&ice, 1, true, 1, ICE_LEARNED);
    ice_restart(&ice, &ours, &theirs);
    assert_int_equal(selected_port(&ice), 1); /* sound goes on */
    must_check(&ice, 1, false, 2, ICE_NOTHING);
    assert_int_equal(check_as(&ice, "relay2:peer", ours.pwd, 2), ERR_UNKNOWN); /* never a mixture */
    assert_int_equal(check_as(&ice, "relay2:peer2", OURS_PWD, 2),
                     ERR_AUTH); /* a forged new one ends nothing */
    must_check(&ice, 1, false, 3, ICE_NOTHING);
    assert_int_equal(check_as(&ice, "relay2:peer2", ours.pwd, 2), ERR_NONE);
    enum ice_news news;
    assert_int_equal(check_from(&ice, 1, false, 4, &news), ERR_UNKNOWN);
    assert_int_equal(selected_port(&ice), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_check_is_answered_where_it_came_from),
        cmocka_unit_test(the_path_moves_by_the_rules),
        cmocka_unit_test(a_ninth_address_drives_out_the_oldest_unselected),
        cmocka_unit_test(consent_runs_out_after_30_s_of_silence),
        cmocka_unit_test(after_a_restart_the_old_names_hold_until_the_first_new_check),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
