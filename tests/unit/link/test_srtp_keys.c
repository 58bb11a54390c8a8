#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hex.h"
#include "link/srtp_keys.h"

#define PACKET_MAX 200

/* RFC 3711 B.3, RFC 7714 §11 is the same with padded salt. */
static const struct {
    int row;
    uint8_t label;
    const char *want;
} derivations[] = {
    {1, 0, "C61E7A93744F39EE10734AFE3FF7A087"},
    {2, 2, "30CBBC08863D8C85D49DB34A9AE1"},
    {3, 1,
     "CEBE321F6FF7716B6FD4AB49AF256A156D38BAA48F0A0ACF3C34E2359E6CDBCEE049646C43D9327AD175578EF7227098"
     "6371C10C9A369AC2F94A8C5FBCDDDC256D6E919A48B610EF17C2041E474035766B68642C59BBFC2F34DB60DBDFB2"},
};

static void keys_are_derived_as_in_rfc_3711(void **state)
{
    (void)state;
    uint8_t key[16], salt[14], want[94], got[94];
    hex("E1F97A0D3E018BE0D64FA32C06DE4139", key, sizeof key);
    hex("0EC675AD498AFEEBB6960B3AABE6", salt, sizeof salt);
    for (size_t i = 0; i < sizeof derivations / sizeof derivations[0]; i++) {
        size_t len = hex(derivations[i].want, want, sizeof want);
        assert_int_equal(srtp_derive(key, 16, salt, 14, derivations[i].label, got, len), ERR_NONE);
        assert_memory_equal(got, want, len);
    }
}

#define RTP_PLAIN                                                                                            \
    "8040f17b8041f8d35501a0b247616c6c696120657374206f6d6e69732064697669736120696e207061727465732074726573"
#define RTCP_PLAIN                                                                                           \
    "81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61deadbeefdeadbeefdeadbeefdeadbeefdeadbe" \
    "ef"

/* RFC 7714 §16.1.1, §16.2.1, §17.1, §17.3: session keys, not master keys. */
static const struct {
    int row;
    size_t key_len;
    enum srtp_plane plane;
    uint64_t index;
    const char *plain, *sealed;
} vectors[] = {
    {1, 16, SRTP_PLANE_RTP, 0xf17b, RTP_PLAIN,
     "8040f17b8041f8d35501a0b2f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833899"
     "d7f27beb16"
     "a9152cf765ee4390cce"},
    {2, 32, SRTP_PLANE_RTP, 0xf17b, RTP_PLAIN,
     "8040f17b8041f8d35501a0b232b1de78a822fe12ef9f78fa332e33aab18012389a58e2f3b50b2a0276ffae0f1ba63799b87b7aa"
     "3db36dfffd"
     "6b0f9bb7878d7a76c13"},
    {3, 16, SRTP_PLANE_RTCP, 0x5d4, RTCP_PLAIN,
     "81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b4686303ded0bb9275"
     "bc84aa4589"
     "6cf4d2fc5abf87245d9eade800005d4"},
    {4, 32, SRTP_PLANE_RTCP, 0x5d4, RTCP_PLAIN,
     "81c8000d4d617273d50ae4d1f5ce5d304ba297e47d470c282c3ece5dbffe0a50a2eaa5c1110555be8415f658c61de0476f1b6fa"
     "d1d1eb30c4"
     "446839f57ff6f6cb26ac3be800005d4"},
};

static struct srtp_keys session_keys(size_t key_len, enum srtp_plane plane, enum crypto_direction direction)
{
    struct srtp_keys k = {.plane = plane};
    uint8_t key[32];
    for (uint8_t i = 0; i < 32; i++)
        key[i] = i;
    hex("517569642070726f2071756f", k.salt, 12);
    assert_int_equal(crypto_gcm_create(key, key_len, direction, &k.gcm), ERR_NONE);
    return k;
}

static void packets_are_sealed_as_in_rfc_7714(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        uint8_t plain[PACKET_MAX], bytes[PACKET_MAX], want[PACKET_MAX];
        bool rtcp = vectors[i].plane == SRTP_PLANE_RTCP;
        size_t len = hex(vectors[i].plain, plain, sizeof plain),
               sealed = hex(vectors[i].sealed, want, sizeof want);
        size_t header = rtcp ? 8 : 12;
        memcpy(bytes, plain, len);
        struct srtp_packet p = {.bytes = bytes,
                                .header_len = header,
                                .text_len = len - header,
                                .ssrc = rtcp ? 0x4d617273 : 0x5501a0b2,
                                .index = vectors[i].index};
        struct srtp_keys k = session_keys(vectors[i].key_len, vectors[i].plane, CRYPTO_SEAL);
        assert_int_equal(srtp_keys_seal(&k, &p), ERR_NONE);
        assert_int_equal(len + srtp_keys_overhead(&k), sealed);
        if (memcmp(bytes, want, sealed) != 0)
            fail_msg("row %d is sealed otherwise", vectors[i].row);
        srtp_keys_finish(&k);
        k = session_keys(vectors[i].key_len, vectors[i].plane, CRYPTO_OPEN);
        assert_int_equal(srtp_keys_open(&k, &p), ERR_NONE);
        assert_memory_equal(bytes, plain, len);
        srtp_keys_finish(&k);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_derived_as_in_rfc_3711),
        cmocka_unit_test(packets_are_sealed_as_in_rfc_7714),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
