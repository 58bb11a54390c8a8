/* What has been kept for long enough goes: sessions that ended before a day, with their links and recordings.
 * Decks stay: they are called by what is in them, and another session may show the same. */
#ifndef AULA_RELAY_STORE_RETAIN_H
#define AULA_RELAY_STORE_RETAIN_H

#include <stdint.h>

#include <sqlite3.h>

#include "base/errors.h"

/* Removes them from the log, one session a transaction, and DIR/recordings/SESSION; tells of each. What is
 * deleted is overwritten in the file. ERR_SYSTEM: SQLite says no, or a recording cannot be removed (its
 * session then stays, and is tried again the next time). */
enum err retain(sqlite3 *db, const char *data_dir, int64_t ended_before_ms,
                void (*gone)(void *self, const char *session), void *self) MUST_USE;

#endif
