#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hex.h"
#include "link/link.h"
#include "link/replay.h"
#include "link/srtp.h"

#define PACKET_MAX 200
static const enum srtp_profile profiles[] = {SRTP_PROFILE_GCM_128, SRTP_PROFILE_GCM_256,
                                             SRTP_PROFILE_CM_SHA1_80};
#define PROFILES (sizeof profiles / sizeof profiles[0])

/* --- a sender and a receiver with the same keys --- */

struct pair {
    struct srtp_sender *s;
    struct srtp_receiver *r;
};

static struct pair pair_of(enum srtp_profile profile)
{
    uint8_t key[SRTP_KEY_MAX] = {1, 2, 3}, salt[SRTP_SALT_MAX] = {4, 5, 6};
    struct pair p = {0};
    assert_int_equal(srtp_sender_create(profile, key, salt, &p.s), ERR_NONE);
    assert_int_equal(srtp_receiver_create(profile, key, salt, &p.r), ERR_NONE);
    return p;
}

static void pair_end(struct pair *p)
{
    srtp_sender_destroy(p->s);
    srtp_receiver_destroy(p->r);
}

static size_t rtp(uint8_t *bytes, uint32_t ssrc, uint64_t index, size_t payload)
{
    memset(bytes, 0, PACKET_MAX);
    bytes[0] = 0x80;
    bytes[1] = 111;
    bytes[2] = (uint8_t)(index >> 8);
    bytes[3] = (uint8_t)index;
    for (int i = 0; i < 4; i++)
        bytes[8 + i] = (uint8_t)(ssrc >> (24 - 8 * i));
    for (size_t i = 0; i < payload; i++)
        bytes[12 + i] = (uint8_t)(i + index);
    return 12 + payload;
}

static size_t rtcp(uint8_t *bytes, uint32_t ssrc)
{
    memset(bytes, 0, PACKET_MAX);
    bytes[0] = 0x80;
    bytes[1] = 201;
    bytes[3] = 1;
    for (int i = 0; i < 4; i++)
        bytes[4 + i] = (uint8_t)(ssrc >> (24 - 8 * i));
    return 8;
}

static size_t seal(struct pair *p, uint8_t *bytes, uint32_t ssrc, uint64_t index)
{
    size_t len = rtp(bytes, ssrc, index, 80);
    assert_int_equal(srtp_seal_rtp(p->s, bytes, &len, index), ERR_NONE);
    return len;
}

static void what_is_sealed_unseals(void **state)
{
    (void)state;
    for (size_t i = 0; i < PROFILES; i++) {
        struct pair p = pair_of(profiles[i]);
        for (size_t payload = 0; payload <= 100; payload += 10) {
            uint8_t plain[PACKET_MAX], bytes[PACKET_MAX];
            size_t len = rtp(bytes, 7, payload, payload), was = len;
            memcpy(plain, bytes, len);
            assert_int_equal(srtp_seal_rtp(p.s, bytes, &len, payload), ERR_NONE);
            assert_in_range(len - was, 10, LINK_SEAL_OVERHEAD);
            assert_memory_equal(bytes, plain, 12);
            assert_int_equal(srtp_unseal_rtp(p.r, bytes, &len), ERR_NONE);
            assert_int_equal(len, was);
            assert_memory_equal(bytes, plain, was);
        }
        pair_end(&p);
    }
}

static void header_extension_and_csrcs_stay_clear(void **state)
{
    (void)state;
    for (size_t i = 0; i < PROFILES; i++) {
        struct pair p = pair_of(profiles[i]);
        uint8_t bytes[PACKET_MAX], plain[PACKET_MAX];
        size_t len = rtp(bytes, 7, 1, 60), was = len;
        bytes[0] = 0x92;                      /* two CSRCs and an extension */
        bytes[20 + 2] = 0, bytes[20 + 3] = 1; /* of one word */
        memcpy(plain, bytes, len);
        assert_int_equal(srtp_seal_rtp(p.s, bytes, &len, 1), ERR_NONE);
        assert_memory_equal(bytes, plain, 28);
        assert_memory_not_equal(bytes + 28, plain + 28, was - 28);
        assert_int_equal(srtp_unseal_rtp(p.r, bytes, &len), ERR_NONE);
        assert_memory_equal(bytes, plain, was);
        pair_end(&p);
    }
}

static void an_index_is_sealed_once(void **state)
{
    (void)state;
    static const struct {
        int row;
        uint64_t index;
        enum err want;
    } rows[] = {
        {1, 65535, ERR_NONE},
        {2, 65535, ERR_REPLAY},
        {3, 65536, ERR_NONE},
        {4, 65534, ERR_NONE},
        {5, 65408, ERR_STALE},
        {6, 65409, ERR_NONE},
        {7, 65409, ERR_REPLAY},
        {8, 200000, ERR_NONE},
        {9, 65536, ERR_STALE},
        {10, 0, ERR_STALE},
        {11, SRTP_INDEX_END, ERR_STATE},
        {12, SRTP_INDEX_END - 1, ERR_NONE},
        {13, SRTP_INDEX_END - 1, ERR_REPLAY},
    };
    for (size_t i = 0; i < PROFILES; i++) {
        struct pair p = pair_of(profiles[i]);
        for (size_t j = 0; j < sizeof rows / sizeof rows[0]; j++) {
            uint8_t bytes[PACKET_MAX], plain[PACKET_MAX];
            size_t len = rtp(bytes, 7, rows[j].index, 20), was = len;
            memcpy(plain, bytes, sizeof plain);
            enum err got = srtp_seal_rtp(p.s, bytes, &len, rows[j].index);
            if (got != rows[j].want)
                fail_msg("row %d: %s", rows[j].row, err_text(got));
            if (got) { /* refused: nothing written, not even behind the packet */
                assert_int_equal(len, was);
                assert_memory_equal(bytes, plain, sizeof plain);
            }
        }
        pair_end(&p);
    }
}

static void an_index_that_is_not_the_headers_is_refused(void **state)
{
    (void)state;
    struct pair p = pair_of(SRTP_PROFILE_GCM_128);
    uint8_t bytes[PACKET_MAX];
    size_t len = rtp(bytes, 7, 10, 20);
    assert_int_equal(srtp_seal_rtp(p.s, bytes, &len, 11), ERR_STATE);
    assert_int_equal(srtp_seal_rtp(p.s, bytes, &len, 65536 + 10), ERR_NONE);
    pair_end(&p);
}

/* Whatever order the indices come in, no two sealed packets have the same. */
static void no_index_is_sealed_twice_whatever_the_order(void **state)
{
    (void)state;
    enum { RUN = 4000 };
    static uint8_t times[RUN + 400];
    struct pair p = pair_of(SRTP_PROFILE_GCM_128);
    uint64_t x = 7;
    memset(times, 0, sizeof times);
    for (int i = 0; i < 3 * RUN; i++) {
        uint8_t bytes[PACKET_MAX];
        x = x * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        uint64_t at = (uint64_t)i / 3 + (x >> 33) % 400, index = 65000 + at;
        size_t len = rtp(bytes, 7, index, 4);
        enum err e = srtp_seal_rtp(p.s, bytes, &len, index);
        assert_true(e == ERR_NONE || e == ERR_REPLAY || e == ERR_STALE);
        if (!e)
            times[at]++;
        assert_in_range(times[at], 0, 1);
    }
    pair_end(&p);
}

static void tampered_and_truncated_are_dropped_and_harm_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < PROFILES; i++) {
        struct pair p = pair_of(profiles[i]);
        uint8_t good[PACKET_MAX], bad[PACKET_MAX];
        size_t len = seal(&p, good, 7, 100);
        for (size_t bit = 0; bit < len * 8; bit++) {
            size_t n = len;
            memcpy(bad, good, len);
            bad[bit / 8] ^= (uint8_t)(1 << (bit % 8));
            enum err e = srtp_unseal_rtp(p.r, bad, &n);
            assert_int_equal(err_class(e), ERR_CLASS_DROP);
            assert_int_equal(n, len);
        }
        for (size_t cut = 0; cut < len; cut++) {
            size_t n = cut;
            uint8_t *exact = malloc(cut ? cut : 1); /* so that reading past the end shows */
            assert_non_null(exact);
            memcpy(exact, good, cut);
            assert_int_equal(err_class(srtp_unseal_rtp(p.r, exact, &n)), ERR_CLASS_DROP);
            free(exact);
        }
        assert_int_equal(srtp_unseal_rtp(p.r, good, &len), ERR_NONE);
        pair_end(&p);
    }
}

static void replayed_is_dropped_and_reordered_is_taken(void **state)
{
    (void)state;
    static const struct {
        int row;
        uint64_t index;
        enum err want;
    } rows[] = {
        {1, 100, ERR_NONE},   {2, 100, ERR_REPLAY}, {3, 98, ERR_NONE},   {4, 99, ERR_NONE},
        {5, 98, ERR_REPLAY},  {6, 300, ERR_NONE},   {7, 172, ERR_STALE}, {8, 173, ERR_NONE},
        {9, 173, ERR_REPLAY}, {10, 299, ERR_NONE},
    };
    for (size_t i = 0; i < PROFILES; i++) {
        struct pair p = pair_of(profiles[i]);
        for (size_t j = 0; j < sizeof rows / sizeof rows[0]; j++) {
            struct pair fresh =
                pair_of(profiles[i]); /* a sender without memory, so that replays can be made */
            uint8_t bytes[PACKET_MAX];
            size_t len = seal(&fresh, bytes, 7, rows[j].index);
            enum err got = srtp_unseal_rtp(p.r, bytes, &len);
            if (got != rows[j].want)
                fail_msg("row %d: %s", rows[j].row, err_text(got));
            pair_end(&fresh);
        }
        pair_end(&p);
    }
}

static void a_forged_leap_does_not_move_the_roll_over_counter(void **state)
{
    (void)state;
    for (size_t i = 0; i < PROFILES; i++) {
        struct pair p = pair_of(profiles[i]);
        uint8_t bytes[PACKET_MAX];
        size_t len = seal(&p, bytes, 7, 60000);
        assert_int_equal(srtp_unseal_rtp(p.r, bytes, &len), ERR_NONE);
        for (uint64_t forged = 0; forged < 65536; forged += 1000) {
            len = rtp(bytes, 7, forged, 100);
            assert_int_equal(err_class(srtp_unseal_rtp(p.r, bytes, &len)), ERR_CLASS_DROP);
        }
        for (uint64_t index = 60001; index < 200000; index += 25001) { /* over two roll-overs */
            len = seal(&p, bytes, 7, index);
            assert_int_equal(srtp_unseal_rtp(p.r, bytes, &len), ERR_NONE);
        }
        pair_end(&p);
    }
}

static void each_ssrc_has_its_own_window_and_a_fifth_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < PROFILES; i++) {
        struct pair p = pair_of(profiles[i]);
        uint8_t bytes[PACKET_MAX];
        size_t len;
        for (uint32_t forged = 100; forged < 110; forged++) { /* forged SSRCs take no place */
            len = rtp(bytes, forged, 5, 100);
            assert_int_equal(srtp_unseal_rtp(p.r, bytes, &len), ERR_AUTH);
        }
        for (uint32_t ssrc = 1; ssrc <= SRTP_STREAMS_MAX + 1; ssrc++) {
            struct pair other = pair_of(profiles[i]);
            len = seal(&other, bytes, ssrc, 1000 * ssrc);
            enum err want = ssrc <= SRTP_STREAMS_MAX ? ERR_NONE : ERR_UNKNOWN;
            assert_int_equal(srtp_unseal_rtp(p.r, bytes, &len), want);
            pair_end(&other);
        }
        struct pair again = pair_of(profiles[i]);
        len = seal(&again, bytes, 1, 1000);
        assert_int_equal(srtp_unseal_rtp(p.r, bytes, &len), ERR_REPLAY);
        pair_end(&again);
        pair_end(&p);
    }
}

static void rtcp_is_sealed_counted_and_checked(void **state)
{
    (void)state;
    for (size_t i = 0; i < PROFILES; i++) {
        struct pair p = pair_of(profiles[i]);
        uint8_t first[PACKET_MAX], bytes[PACKET_MAX], plain[PACKET_MAX];
        size_t first_len = rtcp(first, 9), len, plain_len = rtcp(plain, 9);
        assert_int_equal(srtp_seal_rtcp(p.s, first, &first_len), ERR_NONE);
        assert_in_range(first_len - plain_len, 14, LINK_SEAL_OVERHEAD);
        for (size_t bit = 0; bit < first_len * 8; bit++) {
            memcpy(bytes, first, first_len);
            bytes[bit / 8] ^= (uint8_t)(1 << (bit % 8));
            len = first_len;
            assert_int_equal(err_class(srtp_unseal_rtcp(p.r, bytes, &len)), ERR_CLASS_DROP);
        }
        for (size_t cut = 0; cut < first_len; cut++) {
            memcpy(bytes, first, first_len);
            len = cut;
            assert_int_equal(err_class(srtp_unseal_rtcp(p.r, bytes, &len)), ERR_CLASS_DROP);
        }
        memcpy(bytes, first, first_len);
        len = first_len;
        assert_int_equal(srtp_unseal_rtcp(p.r, bytes, &len), ERR_NONE);
        assert_int_equal(len, plain_len);
        assert_memory_equal(bytes, plain, plain_len);
        assert_int_equal(srtp_unseal_rtcp(p.r, first, &first_len), ERR_REPLAY);
        pair_end(&p);
    }
}

static void no_packet_is_not_sealed(void **state)
{
    (void)state;
    static const struct {
        int row;
        const char *bytes;
        enum err want;
    } rows[] = {
        {1, "", ERR_SHORT},
        {2, "80", ERR_SHORT},
        {3, "806f0001000000000000 00", ERR_SHORT},
        {4, "406f00010000000000000000", ERR_MALFORMED},
        {5, "816f00010000000000000000", ERR_SHORT},         /* a CSRC that is not there */
        {6, "906f00010000000000000000", ERR_SHORT},         /* an extension that is not there */
        {7, "906f00010000000000000000bede0001", ERR_SHORT}, /* one that ends too early */
        {8, "906f00010000000000000000bedeffff00000000", ERR_SHORT},
        {9, "806f00010000000000000000", ERR_NONE},
    };
    struct pair p = pair_of(SRTP_PROFILE_GCM_128);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t bytes[PACKET_MAX];
        size_t len = hex(rows[i].bytes, bytes, sizeof bytes);
        enum err got = srtp_seal_rtp(p.s, bytes, &len, 1);
        if (got != rows[i].want)
            fail_msg("row %d: %s", rows[i].row, err_text(got));
    }
    pair_end(&p);
}

static void an_unknown_profile_is_refused(void **state)
{
    (void)state;
    uint8_t zeros[SRTP_KEY_MAX] = {0};
    struct srtp_sender *s = NULL;
    struct srtp_receiver *r = NULL;
    assert_int_equal(srtp_sender_create((enum srtp_profile)2, zeros, zeros, &s), ERR_UNSUPPORTED);
    assert_int_equal(srtp_receiver_create((enum srtp_profile)0, zeros, zeros, &r), ERR_UNSUPPORTED);
    srtp_sender_destroy(s);
    srtp_receiver_destroy(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sealed_unseals),
        cmocka_unit_test(header_extension_and_csrcs_stay_clear),
        cmocka_unit_test(an_index_is_sealed_once),
        cmocka_unit_test(an_index_that_is_not_the_headers_is_refused),
        cmocka_unit_test(no_index_is_sealed_twice_whatever_the_order),
        cmocka_unit_test(tampered_and_truncated_are_dropped_and_harm_nothing),
        cmocka_unit_test(replayed_is_dropped_and_reordered_is_taken),
        cmocka_unit_test(a_forged_leap_does_not_move_the_roll_over_counter),
        cmocka_unit_test(each_ssrc_has_its_own_window_and_a_fifth_is_refused),
        cmocka_unit_test(rtcp_is_sealed_counted_and_checked),
        cmocka_unit_test(no_packet_is_not_sealed),
        cmocka_unit_test(an_unknown_profile_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
