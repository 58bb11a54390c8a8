/* Reading the log back, before the writer starts. */
#ifndef AULA_RELAY_STORE_REPLAY_H
#define AULA_RELAY_STORE_REPLAY_H

#include <sqlite3.h>

#include "signal/desk.h"

/* Gives every row to `each`, in the order of their numbers; stops at the first error it returns. The row's
 * text is valid during the call. Writes the newest row's number (0 = none). ERR_MALFORMED: a row that no aula
 * wrote; ERR_SYSTEM: the file cannot be read. */
enum err replay_rows(sqlite3 *db, enum err (*each)(void *self, const struct desk_row *row), void *self,
                     uint64_t *ret_last_row) MUST_USE;

#endif
