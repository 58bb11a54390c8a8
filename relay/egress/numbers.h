/* One listener's numbers. He moves between audiences, each with a numbering of its own, and must see one that
 * only grows and never names two packets alike: under GCM that would give the key away (NIST SP 800-38D §8).
 */
#ifndef AULA_EGRESS_NUMBERS_H
#define AULA_EGRESS_NUMBERS_H

#include "base/errors.h"
#include "plane.h"

struct numbers {
    uint64_t next;              /* the index after the highest used: roll-over counter * 2^16 + sequence */
    session_samples heard_to;   /* end of the latest sound he was sent */
    bool placed;                /* `base` is good: he has been sent something in this audience */
    uint64_t base;              /* index = base + the audience's number (modulo 2^64) */
    uint64_t first;             /* the audience's number with which he began */
    session_samples not_before; /* he has heard all before this from another audience */
};

void numbers_init(struct numbers *n, uint16_t first_seq);
/* He joins an audience (or the same anew): his base is set with the first packet that he takes. */
void numbers_join(struct numbers *n);
/* The SRTP index for the audience's packet `number`, sound [at, end). ERR_STALE: not for him, he joined after
 * it or has heard that time already. */
enum err numbers_take(struct numbers *n, uint64_t number, session_samples at, session_samples end,
                      uint64_t *ret_index) MUST_USE;

#endif
