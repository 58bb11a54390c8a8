/* A row of the log, out of the database's columns. */
#ifndef AULA_RELAY_STORE_ROW_H
#define AULA_RELAY_STORE_ROW_H

#include <stdbool.h>

#include <sqlite3.h>

#include "signal/desk.h"

#define ROW_COLUMNS "row, kind, session, n, at_ms, token, text"

/* The statement stands on a row of ROW_COLUMNS; texts are its own, until it steps. False where the columns
 * are not what the writer writes; session and numbers are then as far as they go. */
bool row_from_columns(sqlite3_stmt *st, struct desk_row *ret_row) MUST_USE;

#endif
