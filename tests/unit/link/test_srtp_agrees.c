/* Our SRTP beside libsrtp2, each sealing for the other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <srtp2/srtp.h>

#include "link/srtp.h"

#define PACKET_MAX 256
#define SSRC       0x11223344u

static const struct {
    enum srtp_profile ours;
    srtp_profile_t theirs;
} profiles[] = {
    {SRTP_PROFILE_GCM_128, srtp_profile_aead_aes_128_gcm},
    {SRTP_PROFILE_GCM_256, srtp_profile_aead_aes_256_gcm},
    {SRTP_PROFILE_CM_SHA1_80, srtp_profile_aes128_cm_sha1_80},
};
#define PROFILES (sizeof profiles / sizeof profiles[0])

struct peers {
    struct srtp_sender *s;
    struct srtp_receiver *r;
    srtp_t out, in; /* libsrtp2's sender and receiver */
};

static srtp_t theirs(srtp_profile_t profile, srtp_ssrc_type_t direction, uint8_t *key)
{
    srtp_policy_t policy;
    srtp_t session;
    memset(&policy, 0, sizeof policy);
    assert_int_equal(srtp_crypto_policy_set_from_profile_for_rtp(&policy.rtp, profile), srtp_err_status_ok);
    assert_int_equal(srtp_crypto_policy_set_from_profile_for_rtcp(&policy.rtcp, profile), srtp_err_status_ok);
    policy.ssrc.type = direction;
    policy.key = key;
    policy.window_size = 128;
    assert_int_equal(srtp_create(&session, &policy), srtp_err_status_ok);
    return session;
}

static struct peers peers_of(size_t i)
{
    uint8_t key[SRTP_KEY_MAX + SRTP_SALT_MAX];
    struct peers p;
    for (size_t n = 0; n < sizeof key; n++)
        key[n] = (uint8_t)(n * 31 + 5);
    const uint8_t *salt = key + srtp_key_len(profiles[i].ours);
    assert_int_equal(srtp_sender_create(profiles[i].ours, key, salt, &p.s), ERR_NONE);
    assert_int_equal(srtp_receiver_create(profiles[i].ours, key, salt, &p.r), ERR_NONE);
    p.out = theirs(profiles[i].theirs, ssrc_any_outbound, key);
    p.in = theirs(profiles[i].theirs, ssrc_any_inbound, key);
    return p;
}

static void peers_end(struct peers *p)
{
    srtp_sender_destroy(p->s);
    srtp_receiver_destroy(p->r);
    assert_int_equal(srtp_dealloc(p->out), srtp_err_status_ok);
    assert_int_equal(srtp_dealloc(p->in), srtp_err_status_ok);
}

/* Every third packet has a header extension, every fifth two CSRCs. */
static size_t make_rtp(uint8_t *bytes, uint64_t index)
{
    size_t len = 12;
    memset(bytes, 0, PACKET_MAX);
    bytes[0] = (uint8_t)(0x80 | (index % 3 == 0 ? 0x10 : 0) | (index % 5 == 0 ? 2 : 0));
    bytes[1] = 111;
    bytes[2] = (uint8_t)(index >> 8);
    bytes[3] = (uint8_t)index;
    memcpy(bytes + 8, "\x11\x22\x33\x44", 4);
    len += index % 5 == 0 ? 8 : 0;
    if (index % 3 == 0) {
        memcpy(bytes + len, "\xBE\xDE\x00\x01\x10\x7f\x00\x00", 8);
        len += 8;
    }
    for (size_t n = 0; n < index % 120; n++)
        bytes[len++] = (uint8_t)(n ^ index);
    return len;
}

static void we_seal_they_open(struct peers *p, uint64_t index)
{
    uint8_t plain[PACKET_MAX], bytes[PACKET_MAX];
    size_t plain_len = make_rtp(plain, index), len = plain_len;
    memcpy(bytes, plain, sizeof bytes);
    assert_int_equal(srtp_seal_rtp(p->s, bytes, &len, index), ERR_NONE);
    int n = (int)len;
    if (srtp_unprotect(p->in, bytes, &n) != srtp_err_status_ok)
        fail_msg("libsrtp2 refuses index %llu", (unsigned long long)index);
    assert_int_equal(n, plain_len);
    assert_memory_equal(bytes, plain, plain_len);
}

static void they_seal_we_open(struct peers *p, uint64_t index)
{
    uint8_t plain[PACKET_MAX], bytes[PACKET_MAX];
    size_t plain_len = make_rtp(plain, index);
    int n = (int)plain_len;
    memcpy(bytes, plain, sizeof bytes);
    assert_int_equal(srtp_protect(p->out, bytes, &n), srtp_err_status_ok);
    size_t len = (size_t)n;
    assert_int_equal(srtp_unseal_rtp(p->r, bytes, &len), ERR_NONE);
    assert_int_equal(len, plain_len);
    assert_memory_equal(bytes, plain, plain_len);
}

/* Each index near a roll-over, a few elsewhere. */
static uint64_t next_index(uint64_t index)
{
    uint64_t low = index % 65536;
    return index + (low < 200 || low > 65300 ? 1 : 97);
}

/* Around and over 65536, twice; forwards, and with every pair swapped. */
static void rtp_agrees_over_the_roll_over(void **state)
{
    (void)state;
    for (size_t i = 0; i < PROFILES; i++) {
        struct peers p = peers_of(i);
        for (uint64_t index = 1; index < 196400; index = next_index(index)) {
            we_seal_they_open(&p, index);
            they_seal_we_open(&p, index);
        }
        for (uint64_t index = 196400; index < 196800; index += 2) {
            we_seal_they_open(&p, index + 1);
            we_seal_they_open(&p, index);
            they_seal_we_open(&p, index + 1);
            they_seal_we_open(&p, index);
        }
        peers_end(&p);
    }
}

static size_t make_rtcp(uint8_t *bytes, unsigned n)
{
    memset(bytes, 0, PACKET_MAX);
    size_t len = 8 + 4 * (n % 20);
    bytes[0] = 0x80;
    bytes[1] = 200;
    bytes[3] = (uint8_t)(len / 4 - 1);
    memcpy(bytes + 4, "\x11\x22\x33\x44", 4);
    memset(bytes + 8, (int)n, len - 8);
    return len;
}

static void rtcp_agrees(void **state)
{
    (void)state;
    for (size_t i = 0; i < PROFILES; i++) {
        struct peers p = peers_of(i);
        for (unsigned k = 0; k < 300; k++) {
            uint8_t plain[PACKET_MAX], bytes[PACKET_MAX];
            size_t plain_len = make_rtcp(plain, k), len = plain_len;
            int n = (int)plain_len;
            memcpy(bytes, plain, sizeof bytes);
            assert_int_equal(srtp_protect_rtcp(p.out, bytes, &n), srtp_err_status_ok);
            len = (size_t)n;
            assert_int_equal(srtp_unseal_rtcp(p.r, bytes, &len), ERR_NONE);
            assert_int_equal(len, plain_len);
            assert_memory_equal(bytes, plain, plain_len);

            assert_int_equal(srtp_seal_rtcp(p.s, bytes, &len), ERR_NONE);
            n = (int)len;
            assert_int_equal(srtp_unprotect_rtcp(p.in, bytes, &n), srtp_err_status_ok);
            assert_int_equal(n, plain_len);
            assert_memory_equal(bytes, plain, plain_len);
        }
        peers_end(&p);
    }
}

static int start(void **state)
{
    (void)state;
    return srtp_init() == srtp_err_status_ok ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    return srtp_shutdown() == srtp_err_status_ok ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rtp_agrees_over_the_roll_over),
        cmocka_unit_test(rtcp_agrees),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
