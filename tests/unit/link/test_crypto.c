#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hex.h"
#include "link/crypto.h"

/* RFC 2202 §3: rows 1, 2, 6 (a key longer than a block). */
static const struct {
    int row;
    uint8_t key_byte; /* repeated, or 0 for key_text */
    size_t key_len;
    const char *key_text, *text, *sum;
} hmac_rows[] = {
    {1, 0x0b, 20, NULL, "Hi There", "b617318655057264e28bc0b6fb378c8ef146be00"},
    {2, 0, 4, "Jefe", "what do ya want for nothing?", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"},
    {6, 0xaa, 80, NULL, "Test Using Larger Than Block-Size Key - Hash Key First",
     "aa4ae5e15272d00e95705637ce8a3b55ed402112"},
};

static void hmac_agrees_with_rfc_2202(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof hmac_rows / sizeof hmac_rows[0]; i++) {
        uint8_t key[80], want[CRYPTO_SHA1_LEN], got[CRYPTO_SHA1_LEN];
        memset(key, hmac_rows[i].key_byte, sizeof key);
        if (hmac_rows[i].key_text)
            memcpy(key, hmac_rows[i].key_text, hmac_rows[i].key_len);
        const uint8_t *text = (const uint8_t *)hmac_rows[i].text;
        size_t len = strlen(hmac_rows[i].text);
        hex(hmac_rows[i].sum, want, sizeof want);
        assert_int_equal(crypto_hmac_sha1(key, hmac_rows[i].key_len, text, len, NULL, 0, got), ERR_NONE);
        assert_memory_equal(got, want, sizeof want);

        struct crypto_hmac *h = NULL;
        assert_int_equal(crypto_hmac_create(key, hmac_rows[i].key_len, &h), ERR_NONE);
        for (size_t cut = 0; cut <= 8; cut++) { /* the kept key serves again and again, in two pieces */
            memset(got, 0, sizeof got);
            assert_int_equal(crypto_hmac_sum(h, text, cut, text + cut, len - cut, got), ERR_NONE);
            assert_memory_equal(got, want, sizeof want);
        }
        crypto_hmac_destroy(h);
    }
}

static void sha256_agrees_with_fips_180(void **state)
{
    (void)state;
    uint8_t want[CRYPTO_SHA256_LEN], got[CRYPTO_SHA256_LEN];
    hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", want, sizeof want);
    assert_int_equal(crypto_sha256("abc", 3, got), ERR_NONE);
    assert_memory_equal(got, want, sizeof want);
}

/* RFC 3711 B.2. */
static void counter_mode_agrees_with_rfc_3711(void **state)
{
    (void)state;
    uint8_t key[16], iv[16], want[48], got[48];
    hex("2B7E151628AED2A6ABF7158809CF4F3C", key, sizeof key);
    hex("F0F1F2F3F4F5F6F7F8F9FAFBFCFD0000", iv, sizeof iv);
    hex("E03EAD0935C95E80E166B16DD92B4EB4 D23513162B02D0F72A43A2FE4A5F97AB 41E95B3BB0A2E8DD477901E4FCA894C0",
        want, sizeof want);
    struct crypto_ctr *c = NULL;
    assert_int_equal(crypto_ctr_create(key, sizeof key, &c), ERR_NONE);
    for (int again = 0; again < 2; again++) {
        memset(got, 0, sizeof got);
        assert_int_equal(crypto_ctr_apply(c, iv, got, sizeof got), ERR_NONE);
        assert_memory_equal(got, want, sizeof want);
    }
    crypto_ctr_destroy(c);
}

static void gcm_refuses_whatever_was_changed(void **state)
{
    (void)state;
    for (size_t key_len = 16; key_len <= 32; key_len += 16) {
        uint8_t key[32] = {1, 2, 3}, iv[12] = {9}, aad[5] = {7}, text[7 + 16] = "sealed", other[12] = {8};
        struct crypto_gcm *seal = NULL, *open = NULL;
        assert_int_equal(crypto_gcm_create(key, key_len, CRYPTO_SEAL, &seal), ERR_NONE);
        assert_int_equal(crypto_gcm_create(key, key_len, CRYPTO_OPEN, &open), ERR_NONE);
        assert_int_equal(crypto_gcm_seal(seal, iv, aad, sizeof aad, text, 7), ERR_NONE);
        for (size_t bit = 0; bit < sizeof text * 8; bit++) {
            uint8_t bad[sizeof text];
            memcpy(bad, text, sizeof bad);
            bad[bit / 8] ^= (uint8_t)(1 << (bit % 8));
            assert_int_equal(crypto_gcm_open(open, iv, aad, sizeof aad, bad, 7), ERR_AUTH);
        }
        uint8_t copy[sizeof text];
        memcpy(copy, text, sizeof copy);
        assert_int_equal(crypto_gcm_open(open, other, aad, sizeof aad, copy, 7), ERR_AUTH);
        memcpy(copy, text, sizeof copy);
        assert_int_equal(crypto_gcm_open(open, iv, aad, sizeof aad - 1, copy, 7), ERR_AUTH);
        assert_int_equal(crypto_gcm_open(open, iv, aad, sizeof aad, text, 7), ERR_NONE);
        assert_string_equal((char *)text, "sealed");
        crypto_gcm_destroy(seal);
        crypto_gcm_destroy(open);
    }
}

static void odd_keys_are_refused(void **state)
{
    (void)state;
    uint8_t key[40] = {0};
    struct crypto_gcm *g = NULL;
    struct crypto_ctr *c = NULL;
    static const size_t lens[] = {0, 1, 15, 17, 24, 31, 33, 40};
    for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
        assert_int_equal(crypto_gcm_create(key, lens[i], CRYPTO_SEAL, &g), ERR_UNSUPPORTED);
        assert_int_equal(crypto_ctr_create(key, lens[i], &c), ERR_UNSUPPORTED);
    }
    assert_null(g);
    assert_null(c);
    crypto_gcm_destroy(NULL);
    crypto_ctr_destroy(NULL);
    crypto_hmac_destroy(NULL);
}

static void equal_looks_at_every_byte(void **state)
{
    (void)state;
    uint8_t a[20] = {0}, b[20] = {0};
    assert_true(crypto_equal(a, b, sizeof a));
    for (size_t i = 0; i < sizeof b; i++) {
        b[i] = 1;
        assert_false(crypto_equal(a, b, sizeof a));
        b[i] = 0;
    }
    memset(a, 5, sizeof a);
    crypto_wipe(a, sizeof a);
    assert_true(crypto_equal(a, b, sizeof a));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hmac_agrees_with_rfc_2202),
        cmocka_unit_test(sha256_agrees_with_fips_180),
        cmocka_unit_test(counter_mode_agrees_with_rfc_3711),
        cmocka_unit_test(gcm_refuses_whatever_was_changed),
        cmocka_unit_test(odd_keys_are_refused),
        cmocka_unit_test(equal_looks_at_every_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
