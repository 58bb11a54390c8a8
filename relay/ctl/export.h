/* A recording as a folder that needs no relay: sound, timeline, slides, and the page that plays them from any
 * disk. aulactl copies it out of the relay's data folder or, with --url, from its web, while it is being
 * written if need be. */
#ifndef AULA_RELAY_CTL_EXPORT_H
#define AULA_RELAY_CTL_EXPORT_H

#include <stddef.h>

#include "base/errors.h"

struct web_door;

/* `reply` is the relay's to `recording`; `web`: where it is, NULL: on this machine. `out` is made, and must
 * be empty where it is there. On failure a sentence is in `why`; what was made lies there. ERR_MALFORMED
 * (what answered is no relay), ERR_FORBIDDEN (something is in the folder), ERR_SYSTEM, ERR_MEMORY. */
enum err export_recording(const char *reply, const struct web_door *web, const char *out, char *why,
                          size_t why_size) MUST_USE;

#endif
