#include "link/srtp_keys.h"

#include <string.h>

/* Labels of RFC 3711 §4.3.2; those of SRTCP follow three later. */
enum { LABEL_ENCRYPTION = 0, LABEL_AUTHENTICATION = 1, LABEL_SALT = 2, LABEL_RTCP_STEP = 3 };

#define GCM_SALT_LEN 12 /* bytes, RFC 7714 §12 */
#define CM_SALT_LEN  14 /* bytes, RFC 3711 §8.2 */

static void put_u32(uint8_t *to, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        to[i] = (uint8_t)(v >> (24 - 8 * i));
}

size_t srtp_key_len(enum srtp_profile profile)
{
    switch (profile) {
    case SRTP_PROFILE_CM_SHA1_80:
    case SRTP_PROFILE_GCM_128:
        return 16;
    case SRTP_PROFILE_GCM_256:
        return 32;
    }
    return 0;
}

size_t srtp_salt_len(enum srtp_profile profile)
{
    switch (profile) {
    case SRTP_PROFILE_CM_SHA1_80:
        return CM_SALT_LEN;
    case SRTP_PROFILE_GCM_128:
    case SRTP_PROFILE_GCM_256:
        return GCM_SALT_LEN;
    }
    return 0;
}

enum err srtp_derive(const uint8_t *key, size_t key_len, const uint8_t *salt, size_t salt_len, uint8_t label,
                     uint8_t *ret_bytes, size_t len)
{
    uint8_t x[CRYPTO_BLOCK_LEN] = {0};
    struct crypto_ctr *prf = NULL;
    if (salt_len > SRTP_SALT_MAX)
        return ERR_UNSUPPORTED;
    enum err e = crypto_ctr_create(key, key_len, &prf);
    if (e)
        return e;
    memcpy(x, salt, salt_len);
    x[7] ^= label; /* key_id = label || 48 zero bits, aligned right with the 14 bytes of salt */
    memset(ret_bytes, 0, len);
    e = crypto_ctr_apply(prf, x, ret_bytes, len);
    crypto_ctr_destroy(prf);
    crypto_wipe(x, sizeof x);
    return e;
}

struct master {
    const uint8_t *key, *salt;
    size_t key_len, salt_len;
    int label_base;
};

static enum err derive(const struct master *m, int label, uint8_t *ret_bytes, size_t len)
{
    uint8_t l = (uint8_t)(m->label_base + label);
    return srtp_derive(m->key, m->key_len, m->salt, m->salt_len, l, ret_bytes, len);
}

static enum err open_cm(struct srtp_keys *k, const struct master *m, const uint8_t *session_key)
{
    uint8_t auth[SRTP_CM_AUTH_LEN];
    enum err e = derive(m, LABEL_AUTHENTICATION, auth, sizeof auth);
    if (!e)
        e = crypto_hmac_create(auth, sizeof auth, &k->hmac);
    if (!e)
        e = crypto_ctr_create(session_key, m->key_len, &k->ctr);
    crypto_wipe(auth, sizeof auth);
    return e;
}

enum err srtp_keys_init(struct srtp_keys *k, enum srtp_profile profile, enum srtp_plane plane,
                        enum crypto_direction direction, const uint8_t *key, const uint8_t *salt)
{
    const struct master m = {key, salt, srtp_key_len(profile), srtp_salt_len(profile),
                             plane == SRTP_PLANE_RTCP ? LABEL_RTCP_STEP : 0};
    uint8_t session_key[SRTP_KEY_MAX];
    *k = (struct srtp_keys){.plane = plane};
    if (!m.key_len)
        return ERR_UNSUPPORTED;
    enum err e = derive(&m, LABEL_ENCRYPTION, session_key, m.key_len);
    if (!e)
        e = derive(&m, LABEL_SALT, k->salt, m.salt_len);
    if (!e && profile == SRTP_PROFILE_CM_SHA1_80)
        e = open_cm(k, &m, session_key);
    else if (!e)
        e = crypto_gcm_create(session_key, m.key_len, direction, &k->gcm);
    crypto_wipe(session_key, sizeof session_key);
    if (e)
        srtp_keys_finish(k);
    return e;
}

void srtp_keys_finish(struct srtp_keys *k)
{
    crypto_gcm_destroy(k->gcm);
    crypto_ctr_destroy(k->ctr);
    crypto_hmac_destroy(k->hmac);
    crypto_wipe(k, sizeof *k);
}

size_t srtp_keys_overhead(const struct srtp_keys *k)
{
    size_t tag = k->gcm ? CRYPTO_GCM_TAG_LEN : SRTP_CM_TAG_LEN;
    return k->plane == SRTP_PLANE_RTCP ? tag + SRTP_WORD_LEN : tag;
}

/* SSRC and index at their places, added to the salt. RFC 7714 §8.1 and §9.1 (GCM: from byte 2), RFC 3711
 * §4.1.1 (CM: from byte 4). An SRTCP index is a short 48-bit one in both. */
static void make_iv(const struct srtp_keys *k, const struct srtp_packet *p, size_t at, uint8_t *iv)
{
    uint8_t place[10];
    put_u32(place, p->ssrc);
    place[4] = (uint8_t)(p->index >> 40);
    place[5] = (uint8_t)(p->index >> 32);
    put_u32(place + 6, (uint32_t)p->index);
    memcpy(iv, k->salt, SRTP_SALT_MAX);
    for (size_t i = 0; i < sizeof place; i++)
        iv[at + i] ^= place[i];
}

/* The roll-over counter, which is authenticated but not sent; or E bit and SRTCP index, which are both. */
static void make_word(const struct srtp_keys *k, const struct srtp_packet *p, uint8_t word[SRTP_WORD_LEN])
{
    bool rtcp = k->plane == SRTP_PLANE_RTCP;
    put_u32(word, rtcp ? (uint32_t)p->index | UINT32_C(0x80000000) : (uint32_t)(p->index >> 16));
}

/* --- GCM (RFC 7714): tag behind the text, then SRTCP's word, which is authenticated with the header --- */

static enum err gcm_packet(struct srtp_keys *k, const struct srtp_packet *p, bool seal)
{
    uint8_t iv[CRYPTO_BLOCK_LEN], rtcp_aad[RTCP_HEADER_BYTES + SRTP_WORD_LEN];
    const uint8_t *aad = p->bytes;
    size_t aad_len = p->header_len;
    uint8_t *text = p->bytes + p->header_len;
    if (k->plane == SRTP_PLANE_RTCP) {
        memcpy(rtcp_aad, p->bytes, RTCP_HEADER_BYTES);
        make_word(k, p, rtcp_aad + RTCP_HEADER_BYTES);
        aad = rtcp_aad;
        aad_len = sizeof rtcp_aad;
    }
    make_iv(k, p, 2, iv);
    if (!seal)
        return crypto_gcm_open(k->gcm, iv, aad, aad_len, text, p->text_len);
    if (k->plane == SRTP_PLANE_RTCP)
        make_word(k, p, text + p->text_len + CRYPTO_GCM_TAG_LEN);
    return crypto_gcm_seal(k->gcm, iv, aad, aad_len, text, p->text_len);
}

/* --- counter mode and HMAC (RFC 3711 §4.1.1, §4.2): SRTCP's word behind the text, then the tag --- */

static enum err cm_crypt(struct srtp_keys *k, const struct srtp_packet *p)
{
    uint8_t iv[CRYPTO_BLOCK_LEN] = {0};
    make_iv(k, p, 4, iv);
    return crypto_ctr_apply(k->ctr, iv, p->bytes + p->header_len, p->text_len);
}

static enum err cm_sum(struct srtp_keys *k, const struct srtp_packet *p, uint8_t sum[CRYPTO_SHA1_LEN])
{
    uint8_t word[SRTP_WORD_LEN];
    make_word(k, p, word);
    return crypto_hmac_sum(k->hmac, p->bytes, p->header_len + p->text_len, word, sizeof word, sum);
}

static uint8_t *cm_tag(const struct srtp_keys *k, const struct srtp_packet *p)
{
    uint8_t *end = p->bytes + p->header_len + p->text_len;
    return k->plane == SRTP_PLANE_RTCP ? end + SRTP_WORD_LEN : end;
}

static enum err cm_seal(struct srtp_keys *k, const struct srtp_packet *p)
{
    uint8_t sum[CRYPTO_SHA1_LEN];
    enum err e = cm_crypt(k, p);
    if (!e)
        e = cm_sum(k, p, sum);
    if (e)
        return e;
    if (k->plane == SRTP_PLANE_RTCP)
        make_word(k, p, p->bytes + p->header_len + p->text_len);
    memcpy(cm_tag(k, p), sum, SRTP_CM_TAG_LEN);
    return ERR_NONE;
}

static enum err cm_open(struct srtp_keys *k, const struct srtp_packet *p)
{
    uint8_t sum[CRYPTO_SHA1_LEN];
    enum err e = cm_sum(k, p, sum);
    if (e)
        return e;
    if (!crypto_equal(sum, cm_tag(k, p), SRTP_CM_TAG_LEN))
        return ERR_AUTH;
    return cm_crypt(k, p);
}

enum err srtp_keys_seal(struct srtp_keys *k, const struct srtp_packet *p)
{
    return k->gcm ? gcm_packet(k, p, true) : cm_seal(k, p);
}

enum err srtp_keys_open(struct srtp_keys *k, const struct srtp_packet *p)
{
    return k->gcm ? gcm_packet(k, p, false) : cm_open(k, p);
}
