/* A join URL taken apart: https://HOST[:PORT]/j/TOKEN. */
#ifndef AULA_CLIENT_JOIN_URL_H
#define AULA_CLIENT_JOIN_URL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/errors.h"

#define JOIN_URL_HOST_MAX  253  /* characters of a DNS name (RFC 1035 §2.3.4) */
#define JOIN_URL_TOKEN_MAX 1024 /* as proto/README.md allows */
#define JOIN_URL_PORT      443  /* where none is written */

struct join_url {
    char host[JOIN_URL_HOST_MAX + 1]; /* a name or an IP literal, without brackets */
    uint16_t port;
    char token[JOIN_URL_TOKEN_MAX + 1];
};

/* ERR_MALFORMED, ERR_LONG, ERR_UNSUPPORTED (a scheme that is not https); *why is then a sentence that says
 * how to mend it, static storage. A query or fragment after the token is not looked at. */
enum err join_url_parse(const char *text, struct join_url *ret_url, const char **why) MUST_USE;

#endif
