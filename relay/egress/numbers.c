#include "egress/numbers.h"

#include <string.h>

void numbers_init(struct numbers *n, uint16_t first_seq)
{
    memset(n, 0, sizeof *n);
    n->next = first_seq;
    n->heard_to = n->not_before = SESSION_NEVER;
}

void numbers_join(struct numbers *n)
{
    n->placed = false;
    n->not_before = n->heard_to;
}

enum err numbers_take(struct numbers *n, uint64_t number, session_samples at, session_samples end,
                      uint64_t *ret_index)
{
    if (at < n->not_before || (n->placed && number < n->first))
        return ERR_STALE;
    if (!n->placed) {
        n->placed = true;
        n->first = number;
        n->base = n->next - number;
    }
    uint64_t index = n->base + number;
    if (index >= n->next)
        n->next = index + 1;
    if (end > n->heard_to)
        n->heard_to = end;
    *ret_index = index;
    return ERR_NONE;
}
