/* Asks the relay on a thread of its own, so that the terminal answers keys while a relay does not. One
 * question at a time. */
#ifndef AULA_RELAY_CTL_CONSOLE_ASKER_H
#define AULA_RELAY_CTL_CONSOLE_ASKER_H

#include <stdbool.h>

#include "base/errors.h"
#include "ctl/door.h"

#define ASKER_WHY_MAX 512

struct asker;
struct asker_answer {
    char *reply; /* the caller frees it; NULL: */
    char why[ASKER_WHY_MAX];
};

/* `ask` is copied, what it points to borrowed. It lives as long as the process: an answer may always be under
 * way. ERR_MEMORY, ERR_SYSTEM. */
enum err asker_create(const struct door_ask *ask, struct asker **ret_asker) MUST_USE;
/* Readable when an answer is there. */
int asker_fd(const struct asker *a);
/* False while a question is under way. */
bool asker_ask(struct asker *a, const char *request);
bool asker_take(struct asker *a, struct asker_answer *ret_answer);

#endif
