/* A certificate in memory and on disk. Within signal/ only. */
#ifndef AULA_RELAY_SIGNAL_CERTIFICATE_H
#define AULA_RELAY_SIGNAL_CERTIFICATE_H

#include "signal/parts.h"

#define NUMBER_SIGNS  12 /* of 31 signs each, in fours: 59 random bits, that nobody guesses */
#define NUMBER_MAX    (NUMBER_SIGNS + 2)
#define STATEMENT_MAX 2000            /* bytes */
#define SECONDS_MAX   (366 * 86400LL) /* of attendance: longer is a mistake */

struct certificate {
    struct certificate *next;
    char number[NUMBER_MAX + 1];
    char *person, *statement; /* owned, as these two, which older rows have not: NULL */
    char *name, *title;
    int64_t seconds, of;
    int64_t at_ms; /* when it was issued; 0 in older rows */
    bool erased;   /* whom it was for is not known any more */
};

#define DAY_TEXT_SIZE 40 /* whatever the numbers */
/* "2026-11-24", in UTC. */
void certificate_day(int64_t at_ms, char ret_day[DAY_TEXT_SIZE]);

struct certificate_signature { /* in hex */
    char signature[129], key[65];
};

/* A copy of it, without `next`; NULL where memory is short. */
struct certificate *certificate_make(const struct certificate *facts);
/* NULL is legal. */
void certificate_destroy(struct certificate *c);
struct text *certificate_text(const struct certificate *c);
const struct certificate *certificate_numbered(const struct desk *d, const char *number);
enum err certificate_sign(const struct desk *d, const char *statement,
                          struct certificate_signature *ret_signature) MUST_USE;

#endif
