/* Snapshots: what the log says of a session up to its newest event, kept so that a start need not read it
 * all. The log is the truth: each can be made again. */
#ifndef AULA_RELAY_STORE_SNAPSHOTS_H
#define AULA_RELAY_STORE_SNAPSHOTS_H

#include <sqlite3.h>

#include "session/session.h"

#define SNAPSHOT_EVERY 5000 /* events of a session: folding so many takes some 50 ms */

/* A session folded out of the log. */
struct folded {
    struct session *state; /* owned; NULL: there is no such session */
    uint64_t snapshot_n;   /* of the snapshot it began with; 0 = none */
    int64_t at_ms;         /* of the newest event */
    int64_t ended_ms;      /* 0 = it is not over */
};

/* Whether a snapshot of this version is read. */
bool snapshot_is_ours(int64_t version);

/* Folds up to event `until_n`: from the newest snapshot that is not past it, or (from_start) from the first
 * event. ERR_MALFORMED: *ret_bad_n is the event that cannot follow. The caller frees ret_folded->state
 * (session_destroy). ERR_SYSTEM: SQLite says no. ERR_MEMORY. */
enum err snapshot_fold(sqlite3 *db, const char *session, bool from_start, uint64_t until_n,
                       struct folded *ret_folded, uint64_t *ret_bad_n) MUST_USE;
/* Folds further events of a session that was folded, up to `until_n`. */
enum err snapshot_fold_on(sqlite3 *db, const char *session, uint64_t until_n, struct folded *f,
                          uint64_t *ret_bad_n) MUST_USE;
/* Makes the session's snapshot anew, at its newest event. ERR_UNKNOWN session, and as above. */
enum err snapshot_make(sqlite3 *db, const char *session) MUST_USE;

#endif
