/* What an erasure is made of. Within store/ only. */
#ifndef AULA_RELAY_STORE_ERASE_PARTS_H
#define AULA_RELAY_STORE_ERASE_PARTS_H

#include <sqlite3.h>

#include "store/ask.h"
#include "wire/json_out.h"

#define MARK_KEY_MAX (PERSON_ID_MAX * 4 + 1)

/* A number in a session that may be his; or, with session "", a programme's person. */
struct mark {
    char session[SESSION_ID_MAX + 1];
    uint32_t number;
    bool by_identity;
    char key[MARK_KEY_MAX]; /* identity, else SESSION/NUMBER */
};

struct marks {
    struct mark *at;
    size_t count, size;
};

struct erasing {
    sqlite3 *db;
    const struct store_ask *ask;
    struct marks marks;
    char alias[MARK_KEY_MAX]; /* the identity of whom the address is; "" = none */
    size_t sessions;
    uint64_t rows;
    char why[400]; /* a refusal */
};

enum err mark_add(struct marks *m, const struct mark *mark) MUST_USE;
int erase_update(sqlite3 *db, uint64_t row, const struct json_out *text);

/* ---- erase_programme.c ---- */

/* Marks for people of programmes whom the question means: by identity or address (he has an alias then), or
 * by name. Before the sessions are looked through. */
enum err find_enrolled(struct erasing *e) MUST_USE;
/* Out of the rows of programmes and of certificates. */
enum err erase_beyond(struct erasing *e) MUST_USE;

#endif
