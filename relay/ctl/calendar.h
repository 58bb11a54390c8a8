/* A programme as iCalendar (RFC 5545): one event a session, times in UTC. Pure: JSON in, text out. */
#ifndef AULA_RELAY_CTL_CALENDAR_H
#define AULA_RELAY_CTL_CALENDAR_H

#include <jansson.h>

#include "base/errors.h"

/* `programme` is the relay's answer to programme-show; with `person` (a key) only that person's sessions,
 * with the personal link. The caller frees *ret_text. ERR_UNKNOWN: there is no such person. ERR_MEMORY. */
enum err calendar_write(const json_t *programme, const char *person, long long now_ms,
                        char **ret_text) MUST_USE;

#endif
