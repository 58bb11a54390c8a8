/* The files of --events and --payloads: one JSON object a line, each line whole on disk as soon as it is
 * written. */
#ifndef AULA_TOOL_LINES_H
#define AULA_TOOL_LINES_H

#include <stdbool.h>
#include <stdio.h>

#include "aula/aula.h"

struct lines {
    FILE *file;        /* NULL: nothing is written */
    int64_t joined_us; /* t = 0 */
};

/* "-" is standard output. False where the file cannot be made (errno says why). */
bool lines_open(struct lines *l, const char *path);
/* False where the disk refused anything. */
bool lines_close(struct lines *l);
/* One event of any kind but AULA_PAYLOAD. */
void lines_event(struct lines *l, const struct aula_event *e);
/* One Opus packet. */
void lines_payload(struct lines *l, const struct aula_event *e);
/* Something of the tool's own: `file` began or ended playing. */
void lines_playing(struct lines *l, const char *kind, const char *file, int64_t at_us);
/* A sound device: `which` is "microphone" or "loudspeaker", `state` "opened", "missing" or "lost". */
void lines_device(struct lines *l, const char *which, const char *state, const char *name, int64_t at_us);

#endif
