/* The same requests over HTTPS: a relay elsewhere, by its interface /api/v1 and a token. libcurl is behind
 * this file alone. Blocks. */
#ifndef AULA_RELAY_CTL_WEB_DOOR_H
#define AULA_RELAY_CTL_WEB_DOOR_H

#include <stdio.h>

#include "ctl/door.h"

struct web_door {
    const char *url; /* https://HOST[:PORT] */
    const char *token_file;
    const char *ca; /* certificates to trust, PEM; NULL: the system's */
};

/* What door_call does with `ask->web`: the reply has the same form. ERR_UNSUPPORTED besides: the request
 * cannot be said so. */
enum err web_door_call(const struct door_ask *ask, char **ret_reply, char *why, size_t why_size) MUST_USE;

/* What GET of `path` gives goes to `out`: a file under a link that needs no token. ERR_UNKNOWN: there is
 * none. Else as web_door_call. */
enum err web_door_fetch(const struct web_door *door, const char *path, FILE *out, char *why,
                        size_t why_size) MUST_USE;

#endif
