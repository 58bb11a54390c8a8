#include "link/crypto.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "link/openssl.h"

struct crypto_hmac {
    EVP_MAC_CTX *mac;
};

struct crypto_gcm {
    EVP_CIPHER_CTX *cipher;
};

struct crypto_ctr {
    EVP_CIPHER_CTX *cipher;
};

enum err crypto_sha256(const void *bytes, size_t len, uint8_t ret_sum[CRYPTO_SHA256_LEN])
{
    return SHA256(bytes, len, ret_sum) ? ERR_NONE : ERR_SYSTEM;
}

enum err crypto_sign(const uint8_t key[CRYPTO_SIGN_KEY_LEN], const void *bytes, size_t len,
                     uint8_t ret_signature[CRYPTO_SIGNATURE_LEN], uint8_t ret_public[CRYPTO_SIGN_KEY_LEN])
{
    uint8_t signature[CRYPTO_SIGNATURE_LEN], public[CRYPTO_SIGN_KEY_LEN];
    size_t signature_len = sizeof signature, public_len = sizeof public;
    EVP_PKEY *private = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, key, CRYPTO_SIGN_KEY_LEN);
    EVP_MD_CTX *sign = EVP_MD_CTX_new();
    bool good = private && sign && EVP_DigestSignInit(sign, NULL, NULL, NULL, private) == 1 &&
                EVP_DigestSign(sign, signature, &signature_len, bytes, len) == 1 &&
                EVP_PKEY_get_raw_public_key(private, public, &public_len) == 1;
    EVP_MD_CTX_free(sign);
    EVP_PKEY_free(private);
    if (!good)
        return ERR_SYSTEM;
    memcpy(ret_signature, signature, sizeof signature);
    memcpy(ret_public, public, sizeof public);
    return ERR_NONE;
}

bool crypto_equal(const void *a, const void *b, size_t len)
{
    return CRYPTO_memcmp(a, b, len) == 0;
}

void crypto_wipe(void *bytes, size_t len)
{
    OPENSSL_cleanse(bytes, len);
}

/* --- HMAC with a kept key --- */

static bool hmac_open(struct crypto_hmac *h, const uint8_t *key, size_t key_len)
{
    char digest[] = "SHA1";
    const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                 OSSL_PARAM_construct_end()};
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    h->mac = mac ? EVP_MAC_CTX_new(mac) : NULL;
    EVP_MAC_free(mac);
    return h->mac && EVP_MAC_init(h->mac, key, key_len, params) == 1;
}

enum err crypto_hmac_create(const uint8_t *key, size_t key_len, struct crypto_hmac **ret_hmac)
{
    struct crypto_hmac *h = calloc(1, sizeof *h);
    if (!h)
        return ERR_MEMORY;
    if (!hmac_open(h, key, key_len)) {
        crypto_hmac_destroy(h);
        return ERR_SYSTEM;
    }
    *ret_hmac = h;
    return ERR_NONE;
}

void crypto_hmac_destroy(struct crypto_hmac *h)
{
    if (!h)
        return;
    EVP_MAC_CTX_free(h->mac);
    free(h);
}

enum err crypto_hmac_sum(struct crypto_hmac *h, const uint8_t *a, size_t a_len, const uint8_t *b,
                         size_t b_len, uint8_t ret_sum[CRYPTO_SHA1_LEN])
{
    size_t sum_len;
    /* Without a key, init goes back to the state after the padded key. */
    if (EVP_MAC_init(h->mac, NULL, 0, NULL) != 1 || EVP_MAC_update(h->mac, a, a_len) != 1)
        return ERR_SYSTEM;
    if (b_len && EVP_MAC_update(h->mac, b, b_len) != 1)
        return ERR_SYSTEM;
    return EVP_MAC_final(h->mac, ret_sum, &sum_len, CRYPTO_SHA1_LEN) == 1 ? ERR_NONE : ERR_SYSTEM;
}

enum err crypto_hmac_sha1(const void *key, size_t key_len, const uint8_t *a, size_t a_len, const uint8_t *b,
                          size_t b_len, uint8_t ret_sum[CRYPTO_SHA1_LEN])
{
    struct crypto_hmac *h = NULL;
    enum err e = crypto_hmac_create(key, key_len, &h);
    if (!e)
        e = crypto_hmac_sum(h, a, a_len, b, b_len, ret_sum);
    crypto_hmac_destroy(h);
    return e;
}

enum err crypto_hmac_sha256(const void *key, size_t key_len, const void *bytes, size_t len,
                            uint8_t ret_sum[CRYPTO_SHA256_LEN])
{
    uint8_t sum[CRYPTO_SHA256_LEN];
    size_t sum_len = 0;
    if (!EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, key, key_len, bytes, len, sum, sizeof sum, &sum_len) ||
        sum_len != sizeof sum)
        return ERR_SYSTEM;
    memcpy(ret_sum, sum, sizeof sum);
    return ERR_NONE;
}

/* --- ciphers with a kept key --- */

/* Fetches once, here: with a NULL cipher later inits fetch nothing. */
static EVP_CIPHER_CTX *cipher_open(const char *name, const uint8_t *key, int encrypt)
{
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, name, NULL);
    EVP_CIPHER_CTX *ctx = cipher ? EVP_CIPHER_CTX_new() : NULL;
    if (ctx && EVP_CipherInit_ex2(ctx, cipher, key, NULL, encrypt, NULL) != 1) {
        EVP_CIPHER_CTX_free(ctx);
        ctx = NULL;
    }
    EVP_CIPHER_free(cipher);
    return ctx;
}

enum err crypto_gcm_create(const uint8_t *key, size_t key_len, enum crypto_direction direction,
                           struct crypto_gcm **ret_gcm)
{
    if (key_len != 16 && key_len != 32)
        return ERR_UNSUPPORTED;
    struct crypto_gcm *g = calloc(1, sizeof *g);
    if (!g)
        return ERR_MEMORY;
    g->cipher = cipher_open(key_len == 16 ? "AES-128-GCM" : "AES-256-GCM", key, direction == CRYPTO_SEAL);
    if (!g->cipher) {
        free(g);
        return ERR_SYSTEM;
    }
    *ret_gcm = g;
    return ERR_NONE;
}

void crypto_gcm_destroy(struct crypto_gcm *g)
{
    if (!g)
        return;
    EVP_CIPHER_CTX_free(g->cipher); /* wipes the key schedule */
    free(g);
}

enum err crypto_gcm_seal(struct crypto_gcm *g, const uint8_t iv[CRYPTO_GCM_IV_LEN], const uint8_t *aad,
                         size_t aad_len, uint8_t *text, size_t len)
{
    int n = 0;
    if (aad_len > INT_MAX || len > INT_MAX)
        return ERR_LONG;
    if (EVP_EncryptInit_ex2(g->cipher, NULL, NULL, iv, NULL) != 1)
        return ERR_SYSTEM;
    if (aad_len && EVP_EncryptUpdate(g->cipher, NULL, &n, aad, (int)aad_len) != 1)
        return ERR_SYSTEM;
    if (len && EVP_EncryptUpdate(g->cipher, text, &n, text, (int)len) != 1)
        return ERR_SYSTEM;
    if (EVP_EncryptFinal_ex(g->cipher, text + len, &n) != 1)
        return ERR_SYSTEM;
    if (EVP_CIPHER_CTX_ctrl(g->cipher, EVP_CTRL_AEAD_GET_TAG, CRYPTO_GCM_TAG_LEN, text + len) != 1)
        return ERR_SYSTEM;
    return ERR_NONE;
}

enum err crypto_gcm_open(struct crypto_gcm *g, const uint8_t iv[CRYPTO_GCM_IV_LEN], const uint8_t *aad,
                         size_t aad_len, uint8_t *text, size_t len)
{
    uint8_t nothing[CRYPTO_BLOCK_LEN];
    int n = 0;
    if (aad_len > INT_MAX || len > INT_MAX)
        return ERR_LONG;
    if (EVP_DecryptInit_ex2(g->cipher, NULL, NULL, iv, NULL) != 1)
        return ERR_SYSTEM;
    if (EVP_CIPHER_CTX_ctrl(g->cipher, EVP_CTRL_AEAD_SET_TAG, CRYPTO_GCM_TAG_LEN, text + len) != 1)
        return ERR_SYSTEM;
    if (aad_len && EVP_DecryptUpdate(g->cipher, NULL, &n, aad, (int)aad_len) != 1)
        return ERR_SYSTEM;
    if (len && EVP_DecryptUpdate(g->cipher, text, &n, text, (int)len) != 1)
        return ERR_SYSTEM;
    return EVP_DecryptFinal_ex(g->cipher, nothing, &n) == 1 ? ERR_NONE : ERR_AUTH;
}

enum err crypto_ctr_create(const uint8_t *key, size_t key_len, struct crypto_ctr **ret_ctr)
{
    if (key_len != 16 && key_len != 32)
        return ERR_UNSUPPORTED;
    struct crypto_ctr *c = calloc(1, sizeof *c);
    if (!c)
        return ERR_MEMORY;
    c->cipher = cipher_open(key_len == 16 ? "AES-128-CTR" : "AES-256-CTR", key, 1);
    if (!c->cipher) {
        free(c);
        return ERR_SYSTEM;
    }
    *ret_ctr = c;
    return ERR_NONE;
}

void crypto_ctr_destroy(struct crypto_ctr *c)
{
    if (!c)
        return;
    EVP_CIPHER_CTX_free(c->cipher);
    free(c);
}

enum err crypto_ctr_apply(struct crypto_ctr *c, const uint8_t iv[CRYPTO_BLOCK_LEN], uint8_t *bytes,
                          size_t len)
{
    int n = 0;
    if (len > INT_MAX)
        return ERR_LONG;
    if (EVP_EncryptInit_ex2(c->cipher, NULL, NULL, iv, NULL) != 1)
        return ERR_SYSTEM;
    if (len && EVP_EncryptUpdate(c->cipher, bytes, &n, bytes, (int)len) != 1)
        return ERR_SYSTEM;
    return ERR_NONE;
}
