/* The pointer, and a stroke while it is drawn, which both sides say. Within wire/ only. */
#ifndef AULA_WIRE_SIGNAL_POINTER_H
#define AULA_WIRE_SIGNAL_POINTER_H

#include "wire/signal.h"

/* Everything but `who`. */
void pointer_read(struct json_in in, struct pointer *ret_pointer);
void pointer_write_members(struct json_out *o, const struct pointer *p);
void drawing_read(struct json_in in, struct drawing *ret_drawing);
void drawing_write_members(struct json_out *o, const struct drawing *d);

#endif
