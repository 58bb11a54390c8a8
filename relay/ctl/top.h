/* `aulactl top`: the live picture as a table, or as JSON, once or again and again. */
#ifndef AULA_RELAY_CTL_TOP_H
#define AULA_RELAY_CTL_TOP_H

#include <stdio.h>

#include <jansson.h>

#include "base/errors.h"
#include "ctl/door.h"

#define TOP_LOOK_MS 1000 /* between two looks: that is what rates are of */

/* Shows a reply that rates were added to. */
void top_print(FILE *out, const json_t *reply);

/* Looks until `once` is done or the relay is gone. Each look is one JSON object a line, or a table. `ask` is
 * the request for `top`. Where the reply is a refusal, it is in *ret_reply (the caller frees it) and nothing
 * is shown. Errors as door_call. */
enum err top_run(FILE *out, const struct door_ask *ask, bool json, bool once, char **ret_reply, char *why,
                 size_t why_size) MUST_USE;

#endif
