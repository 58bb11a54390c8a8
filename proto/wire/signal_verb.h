/* The members of a `do`. Within wire/ only. */
#ifndef AULA_WIRE_SIGNAL_VERB_H
#define AULA_WIRE_SIGNAL_VERB_H

#include "wire/signal.h"

void action_read(struct json_in in, struct action *ret_action);
void action_write_members(struct json_out *o, const struct action *a);

#endif
