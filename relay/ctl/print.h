/* Replies, shown to people: tables and lines. */
#ifndef AULA_RELAY_CTL_PRINT_H
#define AULA_RELAY_CTL_PRINT_H

#include <stdio.h>

#include "base/errors.h"
#include "ctl/commands.h"

enum print_answer {
    PRINT_DONE,    /* shown */
    PRINT_BAD,     /* shown, and what it says is bad: a sentence is in `why` */
    PRINT_REFUSED, /* the relay said no: its sentence is in `why` */
    PRINT_USAGE,   /* it said no because the request was wrong in itself */
    PRINT_ODD      /* not what a relay says */
};

/* Shows a reply to `command` on `out`, as a table or, with `json`, as one JSON object. Control characters in
 * it never reach a terminal. */
enum print_answer print_reply(FILE *out, const struct ctl_command *command, bool json, const char *reply,
                              char *why, size_t why_size);

/* Where the reply says that more follows: the request for it takes the place of the one before (the caller's,
 * on the heap). ERR_UNKNOWN: it was all. */
enum err print_next(const char *reply, char **request, size_t *request_len) MUST_USE;

#endif
