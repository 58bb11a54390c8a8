/* The certificate over the years that a relay runs: made or checked at the start, read again when told to,
 * looked at each day. Our own is made anew in time; of a given one the operator is warned. The control loop's
 * thread only. */
#ifndef AULA_RELAY_IO_CERTIFICATE_CARE_H
#define AULA_RELAY_IO_CERTIFICATE_CARE_H

#include <stdbool.h>
#include <stdint.h>

#include <uv.h>

#include "base/address.h"
#include "io/options.h"
#include "io/web.h"

#define CERTIFICATE_WARN_DAYS 14

struct certificate_care {
    char cert_file[OPTIONS_PATH_MAX + 32], key_file[OPTIONS_PATH_MAX + 32];
    bool own; /* self-signed, in DIR */
    struct address names[2 + OPTIONS_PUBLIC_MAX];
    size_t name_count;
    struct web *web; /* borrowed; set by certificate_care_start */
    uv_timer_t daily;
    int64_t ends_s; /* Unix time; 0 = not known */
};

/* Names the two files, and makes or checks them; `listen` is where HTTPS listens. ERR_SYSTEM with a sentence.
 */
enum err certificate_care_open(struct certificate_care *c, const struct options *options,
                               const struct address *listen, char *why, size_t why_size) MUST_USE;

/* Looks each day. The caller ends it before `web` goes. */
void certificate_care_start(struct certificate_care *c, uv_loop_t *loop, struct web *web);
void certificate_care_end(struct certificate_care *c);

/* Serves what lies in the files now; says in the log what came of it. */
void certificate_care_reload(struct certificate_care *c);

/* Whole days until it ends; below zero where it has ended. */
int64_t certificate_care_days(const struct certificate_care *c);

#endif
