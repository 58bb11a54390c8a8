/* Files of the relay's: out of its folders on this machine, or, with --url, from its web. Blocks. */
#ifndef AULA_RELAY_CTL_FETCH_H
#define AULA_RELAY_CTL_FETCH_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "ctl/web_door.h"

enum fetch_place { FETCH_RECORDING, FETCH_DECK, FETCH_PAGE }; /* PAGE: the one that plays a recording */

struct fetch {
    const struct web_door *web; /* NULL: the folders */
    char recording[PATH_MAX], deck[PATH_MAX],
        page[PATH_MAX]; /* folders, or paths on the web; "" = not known */
};

/* Where they are, by the relay's reply to `recording`. False: what answered is no relay of this version. */
bool fetch_find(struct fetch *f, const json_t *reply, const struct web_door *web);
/* Writes the file into `folder` under its own name. `must` false: where there is none, nothing is done.
 * `name` is no path. On failure a sentence is in `why`: ERR_SYSTEM, ERR_CLOSED, ERR_TIMEOUT. */
enum err fetch_file(const struct fetch *f, enum fetch_place place, const char *name, const char *folder,
                    bool must, char *why, size_t why_size) MUST_USE;
/* "NAME" of "/d/NAME", where that can be a file of a deck's; NULL. It becomes a path. */
const char *fetch_deck_name(const char *url);

#endif
