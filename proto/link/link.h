/* One peer's path, whole: ICE, then DTLS, then SRTP both ways. This file composes; the work is in ice, dtls,
 * srtp.
 *
 * A link is a state machine of the four verbs: input, output drained until empty, deadline, expire. It opens
 * no socket and reads no clock (but see the head of link/dtls.h). Not thread-safe: one owner at a time. */
#ifndef AULA_LINK_LINK_H
#define AULA_LINK_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "base/entropy.h"
#include "base/errors.h"
#include "base/time.h"

#define LINK_UFRAG_MAX                                                                                       \
    32 /* characters we accept of the other side's (RFC 8445 §5.3 allows 256; none sends over 16) */
#define LINK_PWD_MAX 64 /* likewise */
#define LINK_DATAGRAM_MAX                                                                                    \
    1500 /* bytes: no datagram of ours or theirs is longer (Firefox's first DTLS fragment is 1408) */
#define LINK_SEAL_OVERHEAD                                                                                   \
    24 /* bytes that sealing adds at the most: GCM tag 16, SRTCP index 4, CM tag 10; rounded up */
#define LINK_CONSENT_US      (30 * (span_us)US_PER_S) /* RFC 7675: a silent link is given up */
#define LINK_FINGERPRINT_LEN 32                       /* SHA-256 */

/* Our certificate and key: one for each process. Opaque; made by link/dtls. */
struct link_identity;

/* A fresh ECDSA P-256 key and self-signed certificate. The caller owns *ret_identity. ERR_SYSTEM. */
enum err link_identity_create(struct link_identity **ret_identity) MUST_USE;
/* NULL is legal. No link made with it may be alive. */
void link_identity_destroy(struct link_identity *identity);
/* SHA-256 of the certificate, for a=fingerprint. */
void link_identity_fingerprint(const struct link_identity *identity,
                               uint8_t ret_sha256[LINK_FINGERPRINT_LEN]);

enum link_side {
    LINK_RELAY, /* ICE-lite, answers checks, DTLS server */
    LINK_CLIENT /* full ICE towards a lite peer: controlling, sends checks; DTLS client */
};

struct link_config {
    enum link_side side;
    const struct link_identity *identity; /* borrowed for the link's life */
    char local_ufrag[LINK_UFRAG_MAX + 1], local_pwd[LINK_PWD_MAX + 1];
    char remote_ufrag[LINK_UFRAG_MAX + 1], remote_pwd[LINK_PWD_MAX + 1];
    uint8_t remote_fingerprint[LINK_FINGERPRINT_LEN]; /* SHA-256 from the peer's description */
    struct address remote; /* LINK_CLIENT: the relay's candidate; LINK_RELAY: unused */
};

struct link;

/* What one datagram turned out to be. */
enum link_input {
    LINK_INPUT_NOTHING, /* consumed (STUN, DTLS): drain output, look at link_is_up */
    LINK_INPUT_LEARNED, /* consumed, and `from` is now a validated address of this peer: put it into the
                           directory */
    LINK_INPUT_RTP,     /* bytes[0..*len) now hold a plain RTP packet */
    LINK_INPUT_RTCP     /* bytes[0..*len) now hold a plain compound RTCP packet */
};

/* The caller owns *ret_link (link_destroy). `entropy` is borrowed for the link's life. ERR_MEMORY,
 * ERR_SYSTEM. */
enum err link_create(const struct link_config *config, const struct entropy *entropy, point_us now_us,
                     struct link **ret_link) MUST_USE;
/* Wipes the keys. NULL is legal. */
void link_destroy(struct link *l);

/* ICE restart (RFC 8445 §9): new credentials on both sides; the old local ones stay good until the first
 * check with the new; DTLS and SRTP go on. For LINK_CLIENT `remote` is the candidate to check next. */
void link_restart_ice(struct link *l, const char *local_ufrag, const char *local_pwd,
                      const char *remote_ufrag, const char *remote_pwd, const struct address *remote,
                      point_us now_us);

/* LINK_CLIENT: the machine's network may have changed; the path is checked at once from wherever we are now.
 * DTLS, SRTP and the credentials go on. */
void link_network_changed(struct link *l, point_us now_us);

/* One datagram from `from`. STUN, DTLS, SRTP and SRTCP are told apart inside (RFC 7983). Unsealing is in
 * place: *len shrinks. On an error of class drop the datagram is to be counted and forgotten; of class link
 * dead, the link to be destroyed. *ret_what is set only on ERR_NONE. */
enum err link_input(struct link *l, const struct address *from, uint8_t *bytes, size_t *len, point_us now_us,
                    enum link_input *ret_what) MUST_USE;

/* The next datagram to send, or false. `bytes` has room for LINK_DATAGRAM_MAX. */
bool link_output(struct link *l, struct address *ret_to, uint8_t *bytes, size_t *ret_len);

/* When link_expire wants to be called; NEVER_US for never. */
point_us link_deadline(const struct link *l);
/* Lets time pass. ERR_TIMEOUT: consent is over or the handshake took too long; the link is dead. */
enum err link_expire(struct link *l, point_us now_us) MUST_USE;

/* True once packets can be sealed and there is an address to send them to. */
bool link_is_up(const struct link *l);
/* Where media goes now; NULL before the first validated address. */
const struct address *link_path(const struct link *l);
/* The nth validated address (for taking them out of the directory at the end), or NULL past the last. */
const struct address *link_address(const struct link *l, size_t n);
/* An address that gave up its place to a newer one (there are at most ICE_PATHS_MAX): take it out of the
 * directory. Ask after each LINK_INPUT_LEARNED until false. */
bool link_forgotten(struct link *l, struct address *ret_address);
/* Round trip of the last answered check, LINK_CLIENT only; -1 while unknown. */
span_us link_round_trip(const struct link *l);

/* Seals one RTP packet in place. `packet` holds a whole plain packet of *len bytes with room for
 * LINK_SEAL_OVERHEAD more; `index` is the 48-bit SRTP index (roll-over counter * 2^16 + sequence number)
 * whose low 16 bits stand in the header. An index is sealed once under a key: ERR_REPLAY or ERR_STALE refuse
 * it, and nothing is written. ERR_STATE before up. */
enum err link_seal_rtp(struct link *l, uint8_t *packet, size_t *len, uint64_t index) MUST_USE;
/* Seals one compound RTCP packet in place; the SRTCP index is the link's own. */
enum err link_seal_rtcp(struct link *l, uint8_t *packet, size_t *len) MUST_USE;

#endif
