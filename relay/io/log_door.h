/* Requests of the operator's door that are for the log and not for the desk: which they are, and what is
 * asked. */
#ifndef AULA_RELAY_IO_LOG_DOOR_H
#define AULA_RELAY_IO_LOG_DOOR_H

#include "store/store.h"
#include "wire/json_out.h"

enum log_door { LOG_DOOR_OTHER, LOG_DOOR_ASKED, LOG_DOOR_REFUSED };

/* `url`: what the relay is called, for identities that it gives. LOG_DOOR_ASKED: the store's listener gets
 * the answer. LOG_DOOR_REFUSED: the reply is *ret_refusal, which the caller finishes. */
enum log_door log_door_take(struct store *s, const struct desk *d, uint32_t request, const char *text,
                            size_t len, const char *url, struct json_out *ret_refusal);

/* An answer of the log: where it says that somebody was erased, the desk forgets him too. */
void log_door_answered(struct desk *d, const char *text, size_t len);

#endif
