/* The operator's door says no: one form, whether the desk refuses or the shell (README.md here). */
#ifndef AULA_RELAY_SIGNAL_REFUSAL_H
#define AULA_RELAY_SIGNAL_REFUSAL_H

#include "wire/json_out.h"

/* Begins *o with the whole reply; the caller finishes it. `usage`: the request's verb or shape is wrong. */
static inline void refusal_write(struct json_out *o, bool usage, const char *why)
{
    json_out_init(o);
    json_open_object(o, NULL);
    json_put_boolean(o, "ok", false);
    json_put_string(o, "why", why);
    if (usage)
        json_put_boolean(o, "usage", true);
    json_close_object(o);
}

#endif
