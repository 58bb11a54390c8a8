/* `programme load`: the file's pieces to the relay, one request each. */
#ifndef AULA_RELAY_CTL_LOAD_H
#define AULA_RELAY_CTL_LOAD_H

#include <stdbool.h>
#include <stdio.h>

#include "base/errors.h"

struct web_door;

struct load {
    const char *socket, *file;
    const struct web_door *web;            /* over HTTPS instead; NULL */
    bool json;                             /* what was done, as one JSON object */
    FILE *out, *complaints;                /* mistakes go to `complaints`, a line each */
    void (*progress)(int page, int pages); /* of a deck; NULL = not wanted */
};

/* ERR_NONE: done, and said on `out`. Else a sentence is in `why`. ERR_MALFORMED: the file has mistakes, and
 * nothing was sent. ERR_FORBIDDEN: the relay refused some of it; what it did not refuse is done. Else as
 * door_call, or ERR_UNKNOWN where the file cannot be read. */
enum err load_programme(const struct load *load, char *why, size_t why_size) MUST_USE;

#endif
