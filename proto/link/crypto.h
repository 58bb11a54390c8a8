/* What SRTP, ICE and DTLS need of OpenSSL's EVP, and nothing more: this file and link/dtls are the only ones
 * that include OpenSSL.
 *
 * A kept context holds its expanded key; a packet sets only the IV, so nothing is fetched or expanded on a
 * packet's way, and with GCM nothing allocated (OpenSSL's HMAC allocates a copy of its state each time). A
 * context is for one thread at a time; functions without one are for any thread. */
#ifndef AULA_LINK_CRYPTO_H
#define AULA_LINK_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errors.h"

#define CRYPTO_SIGN_KEY_LEN  32 /* bytes, Ed25519 */
#define CRYPTO_SIGNATURE_LEN 64
#define CRYPTO_SHA256_LEN    32 /* bytes, FIPS 180-4 */
#define CRYPTO_SHA1_LEN      20 /* bytes, RFC 2104 with SHA-1 */
#define CRYPTO_GCM_TAG_LEN   16 /* bytes, RFC 5116 §5.1 */
#define CRYPTO_GCM_IV_LEN    12 /* bytes, likewise */
#define CRYPTO_BLOCK_LEN     16 /* bytes, AES */
#define CRYPTO_KEY_MAX       32 /* bytes, AES-256 */

/* SHA-256 of len bytes. ERR_SYSTEM. */
enum err crypto_sha256(const void *bytes, size_t len, uint8_t ret_sum[CRYPTO_SHA256_LEN]) MUST_USE;
/* HMAC-SHA1 (RFC 2104) over a then b (b_len may be 0), with a key used once. ERR_MEMORY, ERR_SYSTEM. */
enum err crypto_hmac_sha1(const void *key, size_t key_len, const uint8_t *a, size_t a_len, const uint8_t *b,
                          size_t b_len, uint8_t ret_sum[CRYPTO_SHA1_LEN]) MUST_USE;
/* HMAC-SHA256 (RFC 2104) with a key used once: for tokens and signatures, not for packets. ERR_SYSTEM. */
enum err crypto_hmac_sha256(const void *key, size_t key_len, const void *bytes, size_t len,
                            uint8_t ret_sum[CRYPTO_SHA256_LEN]) MUST_USE;
/* Ed25519 (RFC 8032): the signature of len bytes and the public key that it is checked with, of a private key
 * of 32 bytes. ERR_SYSTEM. */
enum err crypto_sign(const uint8_t key[CRYPTO_SIGN_KEY_LEN], const void *bytes, size_t len,
                     uint8_t ret_signature[CRYPTO_SIGNATURE_LEN],
                     uint8_t ret_public[CRYPTO_SIGN_KEY_LEN]) MUST_USE;
/* True where both hold the same len bytes; takes the same time wherever they differ. */
bool crypto_equal(const void *a, const void *b, size_t len);
/* Overwrites secrets so that the compiler cannot leave it out. */
void crypto_wipe(void *bytes, size_t len);

/* HMAC-SHA1 with a kept key: the two blocks of padded key are hashed once. */
struct crypto_hmac;
/* The caller owns *ret_hmac (crypto_hmac_destroy); the key is copied. ERR_MEMORY, ERR_SYSTEM. */
enum err crypto_hmac_create(const uint8_t *key, size_t key_len, struct crypto_hmac **ret_hmac) MUST_USE;
/* NULL is legal. */
void crypto_hmac_destroy(struct crypto_hmac *h);
/* The sum over a then b (b_len may be 0). ERR_SYSTEM. */
enum err crypto_hmac_sum(struct crypto_hmac *h, const uint8_t *a, size_t a_len, const uint8_t *b,
                         size_t b_len, uint8_t ret_sum[CRYPTO_SHA1_LEN]) MUST_USE;

/* AES-GCM (RFC 5116) with a kept key, in one direction. */
struct crypto_gcm;
enum crypto_direction { CRYPTO_SEAL, CRYPTO_OPEN };
/* key_len 16 or 32 (else ERR_UNSUPPORTED). The caller owns *ret_gcm (crypto_gcm_destroy); the key is copied.
 * ERR_MEMORY, ERR_SYSTEM. */
enum err crypto_gcm_create(const uint8_t *key, size_t key_len, enum crypto_direction direction,
                           struct crypto_gcm **ret_gcm) MUST_USE;
/* NULL is legal. */
void crypto_gcm_destroy(struct crypto_gcm *g);
/* Encrypts text[0..len) in place and writes the tag to text[len..len+16). The caller answers for an IV that
 * was never used under this key. ERR_SYSTEM. */
enum err crypto_gcm_seal(struct crypto_gcm *g, const uint8_t iv[CRYPTO_GCM_IV_LEN], const uint8_t *aad,
                         size_t aad_len, uint8_t *text, size_t len) MUST_USE;
/* Decrypts text[0..len) in place, the tag standing in text[len..len+16). ERR_AUTH: the tag is wrong and what
 * stands in text is worthless. ERR_SYSTEM. */
enum err crypto_gcm_open(struct crypto_gcm *g, const uint8_t iv[CRYPTO_GCM_IV_LEN], const uint8_t *aad,
                         size_t aad_len, uint8_t *text, size_t len) MUST_USE;

/* AES in counter mode with a kept key: the same both ways. */
struct crypto_ctr;
/* key_len 16 or 32 (else ERR_UNSUPPORTED). The caller owns *ret_ctr (crypto_ctr_destroy). ERR_MEMORY,
 * ERR_SYSTEM. */
enum err crypto_ctr_create(const uint8_t *key, size_t key_len, struct crypto_ctr **ret_ctr) MUST_USE;
/* NULL is legal. */
void crypto_ctr_destroy(struct crypto_ctr *c);
/* Adds the keystream that starts at counter block iv to bytes, in place. ERR_SYSTEM. */
enum err crypto_ctr_apply(struct crypto_ctr *c, const uint8_t iv[CRYPTO_BLOCK_LEN], uint8_t *bytes,
                          size_t len) MUST_USE;

#endif
