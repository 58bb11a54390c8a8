/* The whole log, looked through: the file's own structure, numbers without gaps, every row read, every
 * session folded from its first event, every snapshot compared with what the fold gives. */
#ifndef AULA_RELAY_STORE_VERIFY_H
#define AULA_RELAY_STORE_VERIFY_H

#include <stddef.h>
#include <stdint.h>

#include <sqlite3.h>

#define VERIFY_FINDINGS_MAX 50  /* that are told; more are counted */
#define VERIFY_FINDING_MAX  300 /* bytes of a sentence */

struct verify_report {
    uint64_t sessions, events, links, snapshots;
    uint64_t wrong; /* findings */
    char findings[VERIFY_FINDINGS_MAX][VERIFY_FINDING_MAX];
};

/* Blocks until done; changes nothing. */
void verify_log(sqlite3 *db, struct verify_report *ret_report);

#endif
