/* A JSON Web Token (RFC 7519) in compact form, signed with HMAC-SHA256 and a shared secret: the one algorithm
 * that is taken, whatever the token says of itself (RFC 8725 §3.1). Pure: bytes in, the claims out. */
#ifndef AULA_RELAY_SIGNAL_JWT_H
#define AULA_RELAY_SIGNAL_JWT_H

#include "wire/json_in.h"

#define JWT_MAX        1024 /* characters of the whole token (TOKEN_MAX) */
#define JWT_SECRET_MIN 32   /* bytes: RFC 7518 §3.2 */
#define JWT_SECRET_MAX 1024
#define JWT_LEEWAY_S   30 /* the portal's clock is not ours */

/* Checks form, signature, algorithm and times (`exp` must be there, `nbf` may). The caller owns *ret_claims.
 * ERR_LONG, ERR_MALFORMED, ERR_AUTH (the signature is wrong), ERR_UNSUPPORTED (another algorithm, or
 * something that must be understood), ERR_STALE (over, or not begun), ERR_MEMORY, ERR_SYSTEM. */
enum err jwt_open(const char *token, const void *secret, size_t secret_len, int64_t now_s,
                  struct json_doc **ret_claims) MUST_USE;

#endif
