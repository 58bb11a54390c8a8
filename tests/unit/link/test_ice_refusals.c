/* What a lite side does not believe. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "checks.h"
#include "link/crypto.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_checks_change_nothing),
        cmocka_unit_test(an_optional_attribute_is_no_fault),
        cmocka_unit_test(no_changed_bit_and_no_cut_passes),
        cmocka_unit_test(without_fingerprint_it_is_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
