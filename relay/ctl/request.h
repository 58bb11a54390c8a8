/* One request being put together from options. */
#ifndef AULA_RELAY_CTL_REQUEST_H
#define AULA_RELAY_CTL_REQUEST_H

#include "ctl/args.h"

#define CTL_LIST_MAX 64 /* values of one option: no session has more rooms */

struct ctl_request {
    const struct ctl_command *command;
    const char *values[CTL_OPTIONS_MAX][CTL_LIST_MAX]; /* borrowed */
    size_t counts[CTL_OPTIONS_MAX];
};

void ctl_request_init(struct ctl_request *r, const struct ctl_command *command);
/* Option number `option` was given, with this value (a flag's is NULL). ERR_MALFORMED with a sentence. */
enum err ctl_request_put(struct ctl_request *r, size_t option, const char *value,
                         char why[CTL_WHY_MAX]) MUST_USE;
/* Checks that nothing is missing and writes the object. The caller frees *ret_text. ERR_MALFORMED with a
 * sentence, ERR_MEMORY. */
enum err ctl_request_write(const struct ctl_request *r, const char *operand, char **ret_text, size_t *ret_len,
                           char why[CTL_WHY_MAX]) MUST_USE;

#endif
