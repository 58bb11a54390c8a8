/* What can be asked of the log while the relay runs. Each is answered by a thread of its own (archive.h):
 * reading ten days of history holds up nobody. */
#ifndef AULA_RELAY_STORE_ASK_H
#define AULA_RELAY_STORE_ASK_H

#include <limits.h>
#include <stdint.h>

#include "signal/desk.h"

enum store_question {
    STORE_LOG_SHOW,   /* session, from: events, as many as an answer holds */
    STORE_LOG_VERIFY, /* is everything in the log as it must be? */
    STORE_BACKUP,     /* path: a copy of the whole database */
    STORE_ATTENDANCE, /* sessions, per_cent, form, now_ms, path: the relay's URL */
    STORE_ERASE,      /* path: who, by identity or name; session: only there, and by number too; or "" */
    STORE_RETAIN,     /* now_ms: sessions that ended before it go, each told to the listener; no answer */
    STORE_SNAPSHOT,   /* session: its snapshot is made; no answer */
    STORE_CHECK,      /* is the file damaged anywhere? Said to the listener where it is; no answer */
    STORE_QUESTIONS
};

enum store_form { STORE_JSON, STORE_CSV, STORE_XAPI };

#define STORE_SESSIONS_MAX 64 /* of one programme */

struct store_ask {
    enum store_question question;
    uint32_t request; /* of the operator's door; 0: nobody waits for an answer */
    char session[SESSION_ID_MAX + 1];
    uint64_t from;
    char path[PATH_MAX];
    char sessions[STORE_SESSIONS_MAX][SESSION_ID_MAX + 1];
    size_t session_count;
    bool of_programme; /* those that are not kept any more are left out */
    unsigned per_cent;
    enum store_form form;
    int64_t now_ms;
};

#endif
