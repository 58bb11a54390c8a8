/* Reading the log back, before the writer starts: what is needed to go on, and no more. */
#ifndef AULA_RELAY_STORE_REPLAY_H
#define AULA_RELAY_STORE_REPLAY_H

#include <sqlite3.h>

#include "signal/desk.h"

#define REPLAY_TAILS_MAX 64

/* Who takes the rows, and what became of it. */
struct replay {
    enum err (*each)(void *self, const struct desk_row *row);
    void *self;
    uint64_t last_row; /* the newest on disk; 0 = none */
    size_t rows;       /* given */
    char tails[REPLAY_TAILS_MAX]
              [SESSION_ID_MAX + 1]; /* sessions of which so many events were read that a snapshot is due */
    size_t tail_count;
    char *why; /* a sentence on failure */
    size_t why_size;
};

/* Gives to `each`: rows of no session; then for each session that is over, one ROW_PAST; for each other one
 * its ROW_SNAPSHOT where there is one that `each` takes, its events from RESUME_EVENTS_MAX before that on
 * (else all), and its links. Within a session rows come in the order of their numbers. Texts are valid during
 * the call. Stops at the first error of `each`, but for a snapshot it finds malformed. ERR_MALFORMED: a row
 * that no aula wrote, or a log that ends before its snapshot; ERR_SYSTEM: the file cannot be read. */
enum err replay_rows(sqlite3 *db, struct replay *r) MUST_USE;

#endif
