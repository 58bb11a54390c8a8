/* A report while it is made. Between report.c and report_files.c. */
#ifndef AULA_RELAY_CTL_MAKING_H
#define AULA_RELAY_CTL_MAKING_H

#include <limits.h>

#include "ctl/fetch.h"
#include "ctl/report.h"
#include "ctl/report_parts.h"

struct making {
    const struct report_wish *wish;
    struct report r;
    json_t *asked, *programme, *facts, *decks, *attendance; /* owned */
    struct fetch from;                                      /* of decks */
    char *why;
    size_t why_size;
};

/* The sentence of errno; ERR_SYSTEM. */
enum err making_fail(struct making *m, const char *path) MUST_USE;
/* One request (taken over); *ret_reply is the caller's. ERR_FORBIDDEN: the relay said no, and why. */
enum err making_ask(struct making *m, json_t *request, json_t **ret_reply) MUST_USE;
/* The folder itself, which must be empty. */
enum err making_out(struct making *m) MUST_USE;
/* A folder in it. */
enum err making_folder(struct making *m, const char *name, char ret_path[PATH_MAX]) MUST_USE;
/* Slides, and recordings unless the report is public. */
enum err making_copies(struct making *m) MUST_USE;

#endif
