/* The members of a `do`. Within wire/ only. */
#ifndef AULA_WIRE_SIGNAL_VERB_H
#define AULA_WIRE_SIGNAL_VERB_H

#include "wire/signal.h"

enum { ACTION_NAMES = 1 << 0, ACTION_MAY_NAME = 1 << 1, ACTION_HAS_PAGE = 1 << 2, ACTION_HAS_TEXT = 1 << 3 };

void action_read(struct json_in in, struct action *ret_action);
void action_write_members(struct json_out *o, const struct action *a);

#endif
