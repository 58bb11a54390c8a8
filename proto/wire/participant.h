/* A participant as others are told of him, and who of many is told of at all. */
#ifndef AULA_WIRE_PARTICIPANT_H
#define AULA_WIRE_PARTICIPANT_H

#include "wire/event.h"

struct view_participant {
    uint32_t id;
    const char *name, *place, *language; /* language may be NULL */
    enum role role;
    bool present, floor, muted, hand, pinned, both, deputy;
    uint32_t queue; /* place in the queue from 1; 0 = not in it */
};

/* The rule of a large session (proto/README.md, "Large sessions"), the same at the relay and at clients: who
 * does more than listen is listed, everyone else is counted. */
static inline bool is_listed(enum role role, bool floor, bool hand, bool deputy)
{
    return role != ROLE_TRAINEE || floor || hand || deputy;
}

void participant_read(struct json_in in, struct view_participant *ret_participant);
/* As an element of the array that is open, or as the member `name`. */
void participant_write(struct json_out *o, const char *name, const struct view_participant *p);

#endif
