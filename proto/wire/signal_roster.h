/* Sentences about who is here, in sessions too large to tell everyone of everyone. Within wire/ only. */
#ifndef AULA_WIRE_SIGNAL_ROSTER_H
#define AULA_WIRE_SIGNAL_ROSTER_H

#include "wire/signal.h"

/* roster, counts, people. */
void roster_read(struct json_in in, struct relay_sentence *s);
void roster_write_members(struct json_out *o, const struct relay_sentence *s);

#endif
