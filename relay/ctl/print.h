/* Replies, shown to people: tables and lines. */
#ifndef AULA_RELAY_CTL_PRINT_H
#define AULA_RELAY_CTL_PRINT_H

#include <stdio.h>

#include "base/errors.h"
#include "ctl/commands.h"

enum print_answer {
    PRINT_DONE,    /* shown */
    PRINT_REFUSED, /* the relay said no: its sentence is in `why` */
    PRINT_USAGE,   /* it said no because the request was wrong in itself */
    PRINT_ODD      /* not what a relay says */
};

/* Shows a reply to `command` on `out`, as a table or, with `json`, as one JSON object. Control characters in
 * it never reach a terminal. */
enum print_answer print_reply(FILE *out, const struct ctl_command *command, bool json, const char *reply,
                              char *why, size_t why_size);

#endif
