/* How questions are answered: one function each, on the archive's thread, with its connection. Each writes
 * the whole reply (relay/signal/README.md) into *o, which json_out_init has prepared; nothing where nobody
 * waits. */
#ifndef AULA_RELAY_STORE_ANSWERS_H
#define AULA_RELAY_STORE_ANSWERS_H

#include <sqlite3.h>

#include "store/ask.h"
#include "wire/json_out.h"

#define SHOW_BYTES_MAX (256 * 1024) /* of events in one answer; who wants more asks from there on */

void answer_log_show(sqlite3 *db, const struct store_ask *ask, struct json_out *o);
void answer_log_verify(sqlite3 *db, const struct store_ask *ask, struct json_out *o);
void answer_attendance(sqlite3 *db, const struct store_ask *ask, struct json_out *o);
void answer_erase(sqlite3 *db, const struct store_ask *ask, struct json_out *o);
void answer_backup(sqlite3 *db, const struct store_ask *ask, struct json_out *o);

/* A refusal in place of whatever was written. */
void answer_refuse(struct json_out *o, const char *why);
/* The same for what SQLite says. */
void answer_refuse_db(struct json_out *o, sqlite3 *db, int code);

#endif
