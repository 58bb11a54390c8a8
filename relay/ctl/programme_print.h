/* Programmes, shown to people: the plan, links for mailing, a calendar. */
#ifndef AULA_RELAY_CTL_PROGRAMME_PRINT_H
#define AULA_RELAY_CTL_PROGRAMME_PRINT_H

#include <stdio.h>

#include "base/errors.h"
#include "ctl/commands.h"

/* Shows what the relay answered to `request`, which print_reply has found good. ERR_UNKNOWN (no such person)
 * and ERR_MEMORY, with a sentence. */
enum err programme_print(FILE *out, enum ctl_show show, const char *request, const char *reply, char *why,
                         size_t why_size) MUST_USE;

#endif
