/* What both sides of ICE do with a STUN message: seal it with a password, and check the seal (RFC 8445 §7,
 * RFC 8489 §9.1 short-term credentials). Private to link/ice and link/ice_client. */
#ifndef AULA_LINK_ICE_MESSAGE_H
#define AULA_LINK_ICE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "base/errors.h"
#include "base/time.h"
#include "link/link.h"
#include "wire/stun.h"

#define ICE_DATAGRAM_MAX 256 /* bytes of a check or an answer of ours */

struct ice_credentials {
    char ufrag[LINK_UFRAG_MAX + 1], pwd[LINK_PWD_MAX + 1];
};

/* One datagram that waits to go out. len 0 = none. */
struct ice_datagram {
    struct address to;
    size_t len;
    uint8_t bytes[ICE_DATAGRAM_MAX];
};

/* Copies, cutting what is too long: an over-long password then never matches. */
struct ice_credentials ice_credentials(const char *ufrag, const char *pwd);
/* Writes the message with MESSAGE-INTEGRITY and FINGERPRINT. On an error ret_datagram is empty; to is not
 * set. */
enum err ice_seal(const struct stun_message *message, const char *pwd,
                  struct ice_datagram *ret_datagram) MUST_USE;
/* ERR_AUTH: no MESSAGE-INTEGRITY, or not made with this password. ERR_MEMORY, ERR_SYSTEM. */
enum err ice_check_seal(const uint8_t *bytes, const struct stun_message *message, const char *pwd) MUST_USE;
/* Takes the waiting datagram out, or false. */
bool ice_datagram_take(struct ice_datagram *d, struct address *ret_to, uint8_t *bytes, size_t *ret_len);

#endif
