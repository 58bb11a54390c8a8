/* The session keys of one direction, for RTP or for RTCP, and what one packet is done with them. Who may use
 * which index is srtp.c's business. Private to link/srtp. */
#ifndef AULA_LINK_SRTP_KEYS_H
#define AULA_LINK_SRTP_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "link/crypto.h"
#include "link/srtp.h"

#define SRTP_WORD_LEN     4  /* bytes: the roll-over counter, or SRTCP's E bit and index */
#define SRTP_CM_TAG_LEN   10 /* bytes: the 80 of AES128_CM_HMAC_SHA1_80 */
#define SRTP_CM_AUTH_LEN  20 /* bytes of the HMAC key (RFC 3711 §5.2) */
#define RTCP_HEADER_BYTES 8  /* stay clear: first header and SSRC (RFC 3711 §3.4) */

enum srtp_plane { SRTP_PLANE_RTP, SRTP_PLANE_RTCP };

struct srtp_keys {
    enum srtp_plane plane;
    struct crypto_gcm *gcm; /* GCM profiles only */
    struct crypto_ctr *ctr; /* CM profile only, as are hmac and the last two bytes of salt */
    struct crypto_hmac *hmac;
    uint8_t salt[SRTP_SALT_MAX];
};

/* One packet: header (clear), text (sealed), and for sealed bytes tag and word behind it. */
struct srtp_packet {
    uint8_t *bytes;
    size_t header_len;
    size_t text_len; /* plain payload, after the header */
    uint32_t ssrc;
    uint64_t index; /* 48 or 31 bits */
};

/* Derives and holds. ERR_UNSUPPORTED, ERR_MEMORY, ERR_SYSTEM: *k needs no finish then. */
enum err srtp_keys_init(struct srtp_keys *k, enum srtp_profile profile, enum srtp_plane plane,
                        enum crypto_direction direction, const uint8_t *key, const uint8_t *salt) MUST_USE;
/* Wipes. Legal on a zeroed struct. */
void srtp_keys_finish(struct srtp_keys *k);
/* Bytes that stand behind the text of a sealed packet. */
size_t srtp_keys_overhead(const struct srtp_keys *k);
/* Seals in place and writes srtp_keys_overhead bytes behind the text. ERR_SYSTEM. */
enum err srtp_keys_seal(struct srtp_keys *k, const struct srtp_packet *p) MUST_USE;
/* Checks and unseals in place. ERR_AUTH, ERR_SYSTEM. */
enum err srtp_keys_open(struct srtp_keys *k, const struct srtp_packet *p) MUST_USE;

#endif
