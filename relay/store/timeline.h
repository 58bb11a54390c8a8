/* An erased person goes out of a recording's timeline too: DIR/recordings/SESSION/timeline.jsonl, lines of
 * events, each with its time before them, and of `session`, the state at the recording's begin. */
#ifndef AULA_RELAY_STORE_TIMELINE_H
#define AULA_RELAY_STORE_TIMELINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/errors.h"
#include "wire/session_view.h"

#define ERASED "(erased)" /* in place of a name, and of words */

/* Who is meant, in one session. */
struct erased {
    bool (*is_his)(const void *self, int64_t number);
    const void *self;
};

/* Takes out of an event what is his; whatever kind it is. */
void erase_from_event(struct event *event);
/* His name out of a running order, whose items are copied into the document. Whether it was there. */
bool erase_from_agenda(struct json_doc *doc, struct agenda *agenda, const struct erased *who);

/* Rewrites the file beside itself and puts it in its place; where there is none, nothing is done. Lines that
 * cannot be read stay as they are. ERR_SYSTEM, ERR_MEMORY: the file is as it was. */
enum err erase_from_timeline(const char *data_dir, const char *session, const struct erased *who) MUST_USE;

#endif
