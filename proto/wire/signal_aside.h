/* Asides: what only some may know. Within wire/ only. */
#ifndef AULA_WIRE_SIGNAL_ASIDE_H
#define AULA_WIRE_SIGNAL_ASIDE_H

#include "wire/signal.h"

/* Nothing for sentences of other kinds. */
void aside_read(struct json_in in, struct relay_sentence *s);
void aside_write_members(struct json_out *o, const struct relay_sentence *s);

#endif
