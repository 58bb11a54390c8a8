/* `report`: one static folder of a session or a programme, and a ZIP file of it. */
#ifndef AULA_RELAY_CTL_REPORT_H
#define AULA_RELAY_CTL_REPORT_H

#include <stdio.h>

#include "base/errors.h"

struct web_door;

struct report_wish {
    const char *socket;
    const struct web_door *web; /* over HTTPS instead; NULL */
    const char *request;        /* JSON: "programme" or "session", "public", "chat", "threshold" */
    const char *out;            /* the folder: made, and empty where it is there */
    FILE *told, *complaints;
};

/* ERR_NONE: done, and said on `told`; recordings that could not be copied are told on `complaints`. Else a
 * sentence is in `why`: ERR_UNKNOWN (wrong wishes), ERR_FORBIDDEN (the relay refused, or something is in the
 * folder), ERR_SYSTEM, ERR_MEMORY, else as door_call. */
enum err report_make(const struct report_wish *wish, char *why, size_t why_size) MUST_USE;

#endif
