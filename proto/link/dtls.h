/* DTLS 1.2 with use_srtp (RFC 6347, RFC 5764), on OpenSSL, for as long as it takes to agree on keys.
 *
 * About time: OpenSSL's DTLS reads the system clock itself for its retransmit timer. Ours may not, so its
 * timer is set an hour out and never comes due; instead this file keeps the datagrams of its last flight and
 * sends them again as told time says (RFC 6347 §4.2.4, from 100 ms up). A datagram sent again is the same
 * datagram: a peer that has it takes it for a duplicate. Keys and nonces come from OpenSSL's own random
 * source, and certificate dates from the system clock.
 *
 * No cookie: the caller lets DTLS in only from addresses that answered with the right password (ICE), which
 * proves the return path better. Not thread-safe; an identity may serve several threads. */
#ifndef AULA_LINK_DTLS_H
#define AULA_LINK_DTLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errors.h"
#include "base/time.h"
#include "link/link.h"
#include "link/srtp.h"

#define DTLS_MTU             1200 /* bytes of the longest datagram we send; passes every path met so far */
#define DTLS_FLIGHT_MAX      8    /* datagrams of one flight; ours has one to three */
#define DTLS_RESEND_FIRST_US (100 * (span_us)US_PER_MS)  /* doubles from here */
#define DTLS_RESEND_LAST_US  (3200 * (span_us)US_PER_MS) /* to here */
#define DTLS_ECHO_US         (50 * (span_us)US_PER_MS)   /* least time between two answers to late repeats */
#define DTLS_GIVE_UP_US      (20 * (span_us)US_PER_S)    /* from the start to the keys, else ERR_TIMEOUT */
#define DTLS_KEEP_US         (10 * (span_us)US_PER_S) /* OpenSSL's 73 KB are kept this long for the last flight */

enum dtls_role { DTLS_SERVER, DTLS_CLIENT };

/* What use_srtp agreed on, seen from our side. */
struct dtls_keys {
    enum srtp_profile profile;
    uint8_t our_key[SRTP_KEY_MAX], our_salt[SRTP_SALT_MAX];     /* for what we seal */
    uint8_t their_key[SRTP_KEY_MAX], their_salt[SRTP_SALT_MAX]; /* for what we unseal */
};

struct dtls;

/* `fingerprint` is the SHA-256 of the only certificate that will do. The identity is borrowed. The caller
 * owns *ret_dtls (dtls_destroy). ERR_MEMORY, ERR_SYSTEM. */
enum err dtls_create(const struct link_identity *identity, enum dtls_role role,
                     const uint8_t fingerprint[LINK_FINGERPRINT_LEN], struct dtls **ret_dtls) MUST_USE;
/* NULL is legal. */
void dtls_destroy(struct dtls *d);

/* The time allowed begins; a client says hello. Again is harmless. ERR_HANDSHAKE. */
enum err dtls_start(struct dtls *d, point_us now_us) MUST_USE;
/* One datagram. ERR_HANDSHAKE, ERR_FINGERPRINT: over, drain the alert and destroy. ERR_CLOSED: the peer said
 * close_notify. ERR_STALE: the handshake is long over, dropped. */
enum err dtls_input(struct dtls *d, const uint8_t *bytes, size_t len, point_us now_us) MUST_USE;
/* The next datagram of at most DTLS_MTU bytes, or false. */
bool dtls_output(struct dtls *d, uint8_t *bytes, size_t *ret_len);
point_us dtls_deadline(const struct dtls *d);
/* ERR_TIMEOUT: no keys within DTLS_GIVE_UP_US. */
enum err dtls_expire(struct dtls *d, point_us now_us) MUST_USE;
/* True once the peer has shown the right certificate and both have the keys. */
bool dtls_is_done(const struct dtls *d);
/* Hands the keys over, once: false before done and after the first time. The caller wipes them. */
bool dtls_take_keys(struct dtls *d, struct dtls_keys *ret_keys);

#endif
