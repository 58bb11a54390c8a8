/* STUN Binding messages as ICE uses them (RFC 8489, RFC 8445 §7.1), both directions. Pure: the HMAC-SHA1 of
 * MESSAGE-INTEGRITY is computed by link/, over the bytes that this file points to; the CRC of FINGERPRINT is
 * done here. */
#ifndef AULA_WIRE_STUN_H
#define AULA_WIRE_STUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "base/errors.h"

#define STUN_HEADER_BYTES 20
#define STUN_ID_BYTES     12
#define STUN_TAG_BYTES    20  /* HMAC-SHA1 */
#define STUN_TEXT_MAX     513 /* bytes of USERNAME (RFC 8489 §14.3), and what we take of SOFTWARE */
#define STUN_UNKNOWN_MAX  8   /* unknown attributes kept for a 420; the rest are not named in it */

#define STUN_ERROR_BAD_REQUEST       400
#define STUN_ERROR_UNAUTHENTICATED   401
#define STUN_ERROR_UNKNOWN_ATTRIBUTE 420
#define STUN_ERROR_ROLE_CONFLICT     487 /* RFC 8445 §7.3.1.1 */

enum stun_class { STUN_REQUEST, STUN_INDICATION, STUN_SUCCESS, STUN_ERROR };

/* Text inside the message: borrowed, not closed by a zero. len 0 = absent. */
struct stun_text {
    const char *at;
    size_t len;
};

/* One Binding message. Parsing fills all of it; writing takes what is set. */
struct stun_message {
    enum stun_class kind;
    uint8_t id[STUN_ID_BYTES]; /* transaction id */
    struct stun_text username; /* of a request, as the receiver reads it: "receiver's ufrag:sender's ufrag" */
    struct stun_text software;
    bool has_priority;
    uint32_t priority;
    bool use_candidate;
    bool controlling, controlled; /* presence of the role attribute: a tie-breaker of 0 is legal */
    uint64_t tie_breaker;
    bool has_mapped;
    struct address mapped; /* XOR-MAPPED-ADDRESS; IPv4 as ::ffff:a.b.c.d, on the wire as IPv4 */
    uint16_t error_code;   /* 300 .. 699; 0 = none */
    /* Parsing: comprehension-required attributes that this file does not know; answer 420. Writing: what
     * UNKNOWN-ATTRIBUTES lists. */
    uint16_t unknown[STUN_UNKNOWN_MAX];
    size_t unknown_count;
    /* Parsing only. */
    bool has_fingerprint; /* there and right; a wrong one fails the parse */
    const uint8_t *tag;   /* the STUN_TAG_BYTES of MESSAGE-INTEGRITY in the message; NULL = absent */
};

/* Reads one whole Binding message. ret_message borrows `bytes`. What stands after MESSAGE-INTEGRITY is
 * ignored, save FINGERPRINT. Of repeated attributes the first counts.
 * ERR_SHORT, ERR_MALFORMED (no STUN, wrong lengths, wrong FINGERPRINT), ERR_LONG (over-long text),
 * ERR_UNSUPPORTED (another method than Binding). */
enum err stun_parse(const uint8_t *bytes, size_t len, struct stun_message *ret_message) MUST_USE;

/* What MESSAGE-INTEGRITY covers, in two pieces: the header, its length changed to end right behind
 * MESSAGE-INTEGRITY (RFC 8489 §14.5), and the attributes before it. */
struct stun_covered {
    uint8_t header[STUN_HEADER_BYTES];
    const uint8_t *attributes;
    size_t attributes_len;
};

/* `bytes` is what message was parsed from; ERR_AUTH where it has no MESSAGE-INTEGRITY. */
enum err stun_covered(const uint8_t *bytes, const struct stun_message *message,
                      struct stun_covered *ret_covered) MUST_USE;

/* Only the USERNAME of something that may be a Binding request, without checking anything else but bounds:
 * for finding whose it is before anything dear is done. ERR_UNKNOWN where it has none. */
enum err stun_peek_username(const uint8_t *bytes, size_t len, struct stun_text *ret_username) MUST_USE;

/* Writes the message up to where MESSAGE-INTEGRITY goes. With `sealed` the header's length already counts
 * MESSAGE-INTEGRITY: take HMAC-SHA1 over the *ret_len bytes and give it to stun_close. ERR_SPACE,
 * ERR_LONG. */
enum err stun_write(const struct stun_message *message, bool sealed, uint8_t *bytes, size_t capacity,
                    size_t *ret_len) MUST_USE;

/* Appends MESSAGE-INTEGRITY (where tag is not NULL: STUN_TAG_BYTES) and FINGERPRINT, and sets the header's
 * length. *len grows. ERR_SPACE leaves bytes and *len untouched. */
enum err stun_close(uint8_t *bytes, size_t capacity, size_t *len, const uint8_t *tag) MUST_USE;

#endif
