#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "link/crypto.h"
#include "link/ice.h"

#define OURS_UFRAG   "relay"
#define OURS_PWD     "relay-password-of-22-chars"
#define THEIRS_UFRAG "peer"

static struct ice lite(point_us now_us)
{
    struct ice ice;
    const struct ice_credentials ours = ice_credentials(OURS_UFRAG, OURS_PWD);
    const struct ice_credentials theirs = ice_credentials(THEIRS_UFRAG, "unused-by-the-lite-side");
    ice_init(&ice, &ours, &theirs, now_us);
    return ice;
}

static struct address at(uint16_t port)
{
    static const uint8_t ip[4] = {192, 0, 2, 7};
    return address_v4(ip, port);
}

/* A check as a browser sends it. */
static struct stun_message good_check(void)
{
    static const char username[] = OURS_UFRAG ":" THEIRS_UFRAG;
    struct stun_message m = {.kind = STUN_REQUEST,
                             .id = "transaction",
                             .username = {.at = username, .len = sizeof username - 1},
                             .has_priority = true,
                             .priority = 7,
                             .controlling = true};
    return m;
}

static size_t sealed(const struct stun_message *m, const char *pwd, uint8_t bytes[ICE_DATAGRAM_MAX])
{
    struct ice_datagram d;
    assert_int_equal(ice_seal(m, pwd, &d), ERR_NONE);
    memcpy(bytes, d.bytes, d.len);
    return d.len;
}

static enum err check_from(struct ice *ice, uint16_t port, bool nominate, point_us now_us,
                           enum ice_news *news)
{
    struct stun_message m = good_check();
    const struct address from = at(port);
    uint8_t bytes[ICE_DATAGRAM_MAX];
    m.use_candidate = nominate;
    size_t len = sealed(&m, OURS_PWD, bytes);
    return ice_input(ice, &from, bytes, len, now_us, news);
}

static void must_check(struct ice *ice, uint16_t port, bool nominate, point_us now_us, enum ice_news want)
{
    enum ice_news news = ICE_NOTHING;
    assert_int_equal(check_from(ice, port, nominate, now_us, &news), ERR_NONE);
    assert_int_equal(news, want);
}

static uint16_t selected_port(const struct ice *ice)
{
    const struct address *a = ice_selected(ice);
    return a ? a->port : 0;
}

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

/* Requests that are refused or ignored: none is learned, moves the path, or refreshes consent. */
enum change {
    NO_USERNAME,
    WRONG_OURS,
    WRONG_THEIRS,
    SWAPPED,
    CUT_USERNAME,
    LONG_USERNAME,
    WRONG_PWD,
    EMPTY_PWD,
    NO_PRIORITY,
    CONTROLLED,
    UNKNOWN_REQUIRED,
    UNKNOWN_OPTIONAL,
    RESPONSE,
    ERROR_RESPONSE,
    INDICATION
};

static const struct {
    int row;
    enum change change;
    enum err want;
    uint16_t code; /* of the answer; 0 = none */
} bad[] = {
    {1, NO_USERNAME, ERR_UNKNOWN, 0},
    {2, WRONG_OURS, ERR_UNKNOWN, 0},
    {3, WRONG_THEIRS, ERR_UNKNOWN, 0},
    {4, SWAPPED, ERR_UNKNOWN, 0},
    {5, CUT_USERNAME, ERR_UNKNOWN, 0},
    {6, LONG_USERNAME, ERR_UNKNOWN, 0},
    {7, WRONG_PWD, ERR_AUTH, 0},
    {8, EMPTY_PWD, ERR_AUTH, 0},
    {9, NO_PRIORITY, ERR_NONE, 400},
    {10, CONTROLLED, ERR_NONE, 487},
    {11, UNKNOWN_REQUIRED, ERR_NONE, 420},
    {12, RESPONSE, ERR_UNSUPPORTED, 0},
    {13, ERROR_RESPONSE, ERR_UNSUPPORTED, 0},
    {14, INDICATION, ERR_NONE, 0},
};

static struct stun_text text(const char *s)
{
    return (struct stun_text){.at = s, .len = strlen(s)};
}

/* Puts an attribute of no meaning before MESSAGE-INTEGRITY, which is made anew. */
static size_t with_attribute(uint16_t type, uint8_t bytes[ICE_DATAGRAM_MAX])
{
    struct stun_message m = good_check();
    uint8_t tag[STUN_TAG_BYTES];
    size_t len = 0;
    m.use_candidate = true;
    assert_int_equal(stun_write(&m, true, bytes, ICE_DATAGRAM_MAX, &len), ERR_NONE);
    const uint8_t attribute[8] = {(uint8_t)(type >> 8), (uint8_t)type, 0, 4, 1, 2, 3, 4};
    memcpy(bytes + len, attribute, sizeof attribute);
    len += sizeof attribute;
    bytes[3] = (uint8_t)(bytes[3] + sizeof attribute);
    assert_int_equal(crypto_hmac_sha1(OURS_PWD, sizeof OURS_PWD - 1, bytes, len, NULL, 0, tag), ERR_NONE);
    assert_int_equal(stun_close(bytes, ICE_DATAGRAM_MAX, &len, tag), ERR_NONE);
    return len;
}

static size_t changed(enum change change, uint8_t bytes[ICE_DATAGRAM_MAX])
{
    struct stun_message m = good_check();
    const char *pwd = OURS_PWD;
    m.use_candidate = true;
    switch (change) {
    case NO_USERNAME:
        m.username = (struct stun_text){0};
        break;
    case WRONG_OURS:
        m.username = text("relax:peer");
        break;
    case WRONG_THEIRS:
        m.username = text("relay:pear");
        break;
    case SWAPPED:
        m.username = text("peer:relay");
        break;
    case CUT_USERNAME:
        m.username = text("relay:pee");
        break;
    case LONG_USERNAME:
        m.username = text("relay:peers");
        break;
    case WRONG_PWD:
        pwd = "relay-password-of-22-chart";
        break;
    case EMPTY_PWD:
        pwd = "";
        break;
    case NO_PRIORITY:
        m.has_priority = false;
        break;
    case CONTROLLED:
        m.controlling = false;
        m.controlled = true;
        break;
    case UNKNOWN_REQUIRED:
        return with_attribute(0x7ffe, bytes);
    case UNKNOWN_OPTIONAL:
        return with_attribute(0xc057, bytes);
    case RESPONSE:
        m.kind = STUN_SUCCESS;
        break;
    case ERROR_RESPONSE:
        m.kind = STUN_ERROR;
        m.error_code = 400;
        break;
    case INDICATION:
        m.kind = STUN_INDICATION;
        break;
    }
    return sealed(&m, pwd, bytes);
}

static void bad_checks_change_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct ice ice = lite(0);
        struct address to;
        struct stun_message answer;
        uint8_t bytes[LINK_DATAGRAM_MAX];
        uint8_t unread[LINK_DATAGRAM_MAX];
        size_t len = changed(bad[i].change, bytes), unread_len;
        const struct address other = at(5000);
        enum ice_news news = ICE_LEARNED;
        must_check(&ice, 4000, true, 1, ICE_LEARNED);
        assert_true(ice_output(&ice, &to, unread, &unread_len));
        enum err e = ice_input(&ice, &other, bytes, len, 1000, &news);
        if (e != bad[i].want)
            fail_msg("row %d: %s", bad[i].row, err_text(e));
        assert_int_equal(news, e ? ICE_LEARNED : ICE_NOTHING); /* untouched on failure */
        assert_int_equal(selected_port(&ice), 4000);
        assert_false(ice_is_validated(&ice, &other));
        assert_int_equal(ice_deadline(&ice), 1 + LINK_CONSENT_US);
        bool answered = ice_output(&ice, &to, bytes, &len);
        if (answered != (bad[i].code != 0))
            fail_msg("row %d: answered or not, wrongly", bad[i].row);
        if (!answered)
            continue;
        assert_int_equal(stun_parse(bytes, len, &answer), ERR_NONE);
        assert_int_equal(answer.kind, STUN_ERROR);
        assert_int_equal(answer.error_code, bad[i].code);
        assert_int_equal(ice_check_seal(bytes, &answer, OURS_PWD), ERR_NONE);
        assert_true(address_equal(&to, &other));
    }
}

static void an_optional_attribute_is_no_fault(void **state)
{
    (void)state;
    struct ice ice = lite(0);
    uint8_t bytes[ICE_DATAGRAM_MAX];
    size_t len = changed(UNKNOWN_OPTIONAL, bytes);
    const struct address from = at(4000);
    enum ice_news news;
    assert_int_equal(ice_input(&ice, &from, bytes, len, 0, &news), ERR_NONE);
    assert_int_equal(news, ICE_LEARNED);
}

static void no_changed_bit_and_no_cut_passes(void **state)
{
    (void)state;
    struct ice ice = lite(0);
    struct stun_message m = good_check();
    uint8_t good[ICE_DATAGRAM_MAX], copy[ICE_DATAGRAM_MAX];
    size_t len = sealed(&m, OURS_PWD, good);
    const struct address from = at(4000);
    enum ice_news news = ICE_NOTHING;
    for (size_t bit = 0; bit < len * 8; bit++) {
        memcpy(copy, good, len);
        copy[bit / 8] ^= (uint8_t)(1 << (bit % 8));
        assert_int_equal(err_class(ice_input(&ice, &from, copy, len, 0, &news)), ERR_CLASS_DROP);
    }
    for (size_t cut = 0; cut < len; cut++) {
        uint8_t *exact = malloc(cut ? cut : 1);
        assert_non_null(exact);
        memcpy(exact, good, cut);
        assert_int_equal(err_class(ice_input(&ice, &from, exact, cut, 0, &news)), ERR_CLASS_DROP);
        free(exact);
    }
    assert_int_equal(news, ICE_NOTHING);
    assert_null(ice_selected(&ice));
    assert_false(ice_output(&ice, &(struct address){0}, copy, &len));
}

static void without_fingerprint_it_is_dropped(void **state)
{
    (void)state;
    struct ice ice = lite(0);
    struct stun_message m = good_check();
    uint8_t bytes[ICE_DATAGRAM_MAX];
    size_t len = sealed(&m, OURS_PWD, bytes) - 8;
    bytes[3] = (uint8_t)(len - STUN_HEADER_BYTES);
    const struct address from = at(4000);
    enum ice_news news = ICE_NOTHING;
    assert_int_equal(ice_input(&ice, &from, bytes, len, 0, &news), ERR_MALFORMED);
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
        cmocka_unit_test(bad_checks_change_nothing),
        cmocka_unit_test(an_optional_attribute_is_no_fault),
        cmocka_unit_test(no_changed_bit_and_no_cut_passes),
        cmocka_unit_test(without_fingerprint_it_is_dropped),
        cmocka_unit_test(the_path_moves_by_the_rules),
        cmocka_unit_test(a_ninth_address_drives_out_the_oldest_unselected),
        cmocka_unit_test(consent_runs_out_after_30_s_of_silence),
        cmocka_unit_test(after_a_restart_the_old_names_hold_until_the_first_new_check),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
