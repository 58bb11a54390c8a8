/* The secrets that the configuration names: read and checked at the start and by --check-config, and again at
 * SIGHUP, so that they are changed without a restart. */
#ifndef AULA_RELAY_IO_SECRETS_H
#define AULA_RELAY_IO_SECRETS_H

#include "io/options.h"
#include "io/secret_file.h"

struct secrets {
    struct secret jwt, webhook; /* len 0: none is configured */
};

/* Both, as `options` names them. ERR_SYSTEM with a sentence that has what is wrong of each. */
enum err secrets_read(struct secrets *s, const struct options *options, char *why, size_t why_size) MUST_USE;
/* Each that is good is taken over; of one that is not, the log says so and the old one stays. The webhook's
 * stays too where none is named any more: its receiver is told till the end. */
void secrets_reload(struct secrets *s, const struct options *options);

#endif
