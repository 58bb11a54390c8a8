/* Decks: an uploaded PDF becomes page images in two widths, each page's text, and a manifest that lists them.
 *
 * The PDF is never parsed in the relay: poppler and cwebp do it in a child process without network, files or
 * rights (bubblewrap), one conversion at a time, at low priority, with limits on time, memory, pages and
 * pixels. Where no confinement is possible every deck is refused. All files are named by the SHA-256 of what
 * they hold and lie in DIR/decks, where `GET /d/NAME` serves them.
 *
 * The loop's thread only. */
#ifndef AULA_RELAY_DECK_DECK_H
#define AULA_RELAY_DECK_DECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uv.h>

#include "base/entropy.h"
#include "base/errors.h"

#define DECK_FILE_MAX_BYTES (50 * 1024 * 1024) /* of one PDF: the longest talks with photographs have 30 */
#define DECK_PAGES_MAX      300                /* of one deck: three a minute for a whole session */
#define DECK_JOBS_MAX       16                 /* uploads and conversions under way or waiting */
#define DECK_TITLE_MAX      200                /* bytes of UTF-8; a longer title is cut */
#define DECK_NAME_MAX       12                 /* characters of a deck id */
#define DECK_WHY_MAX        256                /* bytes of a refusal's sentence */
#define DECK_URL_MAX        80                 /* "/d/", 64 hexadecimal digits, ".json" */

struct decks;    /* all conversions of a relay */
struct deck_job; /* one upload and its conversion */

struct deck_result {
    bool ok;
    char why[DECK_WHY_MAX];          /* not ok: a sentence for whoever uploaded it */
    char deck[DECK_NAME_MAX + 1];    /* ok: the deck's id */
    char title[DECK_TITLE_MAX + 1];  /* as given, else the file's own, else "Slides" */
    char manifest_url[DECK_URL_MAX]; /* "/d/HASH.json" */
    int pages;
};

/* Called on the loop's thread. */
struct deck_listener {
    void (*progress)(void *self, int page, int pages); /* so many of its pages are done; may be NULL */
    /* Once for each job whose deck_end was called; the job is gone afterwards. Never from within deck_end. */
    void (*finished)(void *self, const struct deck_result *result);
    void *self;
};

/* Makes DIR/decks and clears what a killed relay left half done there; on failure writes a sentence into
 * `why`. `entropy` is borrowed. The caller owns *ret_decks. ERR_SYSTEM, ERR_MEMORY. */
enum err decks_create(const char *data_dir, uv_loop_t *loop, const struct entropy *entropy, char *why,
                      size_t why_size, struct decks **ret_decks) MUST_USE;
/* Kills a running conversion and forgets all jobs; no listener is called any more. Its handles close through
 * the loop, which must run until it is empty. NULL is legal. */
void decks_destroy(struct decks *d);

/* An upload begins. `title` may be NULL or empty. The job belongs to the decks; the caller holds it until
 * deck_cancel, or until `finished`. On failure `why` gets a sentence. ERR_FULL, ERR_SYSTEM, ERR_MEMORY. */
enum err deck_begin(struct decks *d, const char *title, const struct deck_listener *listener,
                    char why[DECK_WHY_MAX], struct deck_job **ret_job) MUST_USE;
/* The next bytes of the PDF. On failure the caller cancels, and `why` says what is wrong: ERR_LONG (over
 * DECK_FILE_MAX_BYTES), ERR_MALFORMED (not a PDF), ERR_SYSTEM (the disk refuses). */
enum err deck_bytes(struct deck_job *job, const void *bytes, size_t len, char why[DECK_WHY_MAX]) MUST_USE;
/* All bytes are there: the conversion starts, or waits for its turn. `finished` will be called. */
void deck_end(struct deck_job *job);
/* Forgets the upload or stops the conversion (whoever uploaded went away); `finished` is not called any more.
 * NULL is legal. */
void deck_cancel(struct deck_job *job);

#endif
