/* SRTP and SRTCP (RFC 3711, RFC 7714): one sender and one receiver for the two directions of a link, each
 * with the keys that DTLS agreed on (RFC 5764 §4.2). No MKI, no re-keying: a link lives shorter than its key.
 *
 * Sealing and unsealing work in place on whole packets. Not thread-safe. */
#ifndef AULA_LINK_SRTP_H
#define AULA_LINK_SRTP_H

#include <stddef.h>
#include <stdint.h>

#include "base/errors.h"

/* Numbers of RFC 5764 §4.1.2 and RFC 7714 §14.2. */
enum srtp_profile {
    SRTP_PROFILE_CM_SHA1_80 = 0x0001,
    SRTP_PROFILE_GCM_128 = 0x0007,
    SRTP_PROFILE_GCM_256 = 0x0008
};

#define SRTP_KEY_MAX     32                  /* bytes of a master key, AES-256 */
#define SRTP_SALT_MAX    14                  /* bytes of a master salt; GCM uses 12 */
#define SRTP_INDEX_END   ((uint64_t)1 << 48) /* first index that cannot be sealed (RFC 3711 §3.3.1) */
#define SRTCP_INDEX_END  ((uint32_t)1 << 31) /* likewise (RFC 3711 §3.4) */
#define SRTP_STREAMS_MAX 4                   /* SSRCs of a receiver, for RTP and RTCP each */

/* Lengths of a profile's master key and salt; 0 for a number that is none of ours. */
size_t srtp_key_len(enum srtp_profile profile);
size_t srtp_salt_len(enum srtp_profile profile);

/* Key derivation (RFC 3711 §4.3.1, rate 0): len bytes of the session key named by label. A salt of 12 bytes
 * is padded with zeros to 14 (RFC 7714 §11). ERR_UNSUPPORTED, ERR_MEMORY, ERR_SYSTEM. */
enum err srtp_derive(const uint8_t *key, size_t key_len, const uint8_t *salt, size_t salt_len, uint8_t label,
                     uint8_t *ret_bytes, size_t len) MUST_USE;

struct srtp_sender;
struct srtp_receiver;

/* Master key and salt in the profile's lengths; copied. The caller owns the result (…_destroy).
 * ERR_UNSUPPORTED, ERR_MEMORY, ERR_SYSTEM. */
enum err srtp_sender_create(enum srtp_profile profile, const uint8_t *key, const uint8_t *salt,
                            struct srtp_sender **ret_sender) MUST_USE;
void srtp_sender_destroy(struct srtp_sender *s); /* NULL is legal */
enum err srtp_receiver_create(enum srtp_profile profile, const uint8_t *key, const uint8_t *salt,
                              struct srtp_receiver **ret_receiver) MUST_USE;
void srtp_receiver_destroy(struct srtp_receiver *r); /* NULL is legal */

/* Seals a plain RTP packet of *len bytes; *len grows by the tag (LINK_SEAL_OVERHEAD bytes of room). `index`
 * is the 48-bit one, its low 16 bits those of the header. Out of order within the window is fine. ERR_REPLAY:
 * this index was sealed before; ERR_STALE: too old to know; ERR_STATE: 2^48 are used up or the header says
 * another sequence number; ERR_SHORT, ERR_MALFORMED: no RTP packet. On an error nothing was written, except
 * on ERR_SYSTEM: then the packet is spoilt and the index used. */
enum err srtp_seal_rtp(struct srtp_sender *s, uint8_t *packet, size_t *len, uint64_t index) MUST_USE;
/* Seals a plain compound RTCP packet under the sender's next SRTCP index. ERR_STATE: 2^31 are used up. */
enum err srtp_seal_rtcp(struct srtp_sender *s, uint8_t *packet, size_t *len) MUST_USE;

/* Unseals; *len shrinks. Roll-over counter and window move only after the tag was right, and only then is a
 * new SSRC taken in. A fifth SSRC is refused with ERR_UNKNOWN rather than the oldest thrown out: with its
 * window gone, whoever recorded its packets could play them again. ERR_AUTH, ERR_REPLAY, ERR_STALE,
 * ERR_SHORT, ERR_MALFORMED, ERR_UNSUPPORTED (RTCP without encryption). After ERR_AUTH the bytes are
 * worthless, *len stands. */
enum err srtp_unseal_rtp(struct srtp_receiver *r, uint8_t *packet, size_t *len) MUST_USE;
enum err srtp_unseal_rtcp(struct srtp_receiver *r, uint8_t *packet, size_t *len) MUST_USE;

#endif
