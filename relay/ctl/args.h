/* The command line becomes a request for the operator's door. */
#ifndef AULA_RELAY_CTL_ARGS_H
#define AULA_RELAY_CTL_ARGS_H

#include "base/errors.h"
#include "ctl/commands.h"

#define CTL_WHY_MAX          400
#define CTL_SPAN_MAX_S       (366LL * 86400) /* a link lives a year at the most */
#define CTL_DEFAULT_DATA_DIR "/var/lib/aula"

enum ctl_wish { CTL_WISH_COMMAND, CTL_WISH_HELP, CTL_WISH_VERSION };

struct ctl_args {
    enum ctl_wish wish;
    const struct ctl_command *command; /* CTL_WISH_HELP: may be NULL */
    bool json;
    const char *data;    /* --data; NULL = not given. Borrowed from argv, like those below */
    const char *control; /* --control */
    const char *url;     /* --url, and what belongs to it */
    const char *token_file, *ca;
    const char *operand; /* of the command */
    const char *out;     /* of an option CTL_OUT; NULL = not given */
    char *request;       /* owned: one JSON object without its line's end */
    size_t request_len;
};

/* Reads the command line. On failure a sentence that says how to mend it is in `why`. ERR_MALFORMED (wrong
 * usage), ERR_MEMORY. */
enum err ctl_args_read(int argc, char *const *argv, struct ctl_args *ret_args,
                       char why[CTL_WHY_MAX]) MUST_USE;
void ctl_args_finish(struct ctl_args *args);

/* Seconds of "90s", "30m", "48h", "14d". ERR_MALFORMED: another form, nothing, or over a year. */
/* A local date and time as 2026-11-24T09:30, with a space for the T too; ms since 1970. ERR_MALFORMED. */
enum err ctl_time_read(const char *text, long long *ret_ms) MUST_USE;
enum err ctl_span_read(const char *text, long long *ret_seconds) MUST_USE;

#endif
