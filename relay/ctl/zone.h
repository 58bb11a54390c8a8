/* Local times of any time zone, by the system's tzdata. Uses TZ of this process: one thread. */
#ifndef AULA_RELAY_CTL_ZONE_H
#define AULA_RELAY_CTL_ZONE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/errors.h"

#define ZONE_NAME_MAX  64
#define ZONE_TEXT_SIZE 64

struct zone_time {
    int year, month, day, hour, minute;
};

/* Whether the system knows a zone of this (IANA) name. */
bool zone_exists(const char *zone);
/* The moment, ms since 1970; of two (a night when clocks go back) the first. ERR_MALFORMED: there is no such
 * day or time. ERR_STATE: clocks go over it that night. ERR_UNKNOWN: no such zone. */
enum err zone_moment(const char *zone, const struct zone_time *local, long long *ret_ms) MUST_USE;
/* "2026-09-21 09:00" (or only what `form` of strftime says) in the zone; UTC where it is not known. */
void zone_print(const char *zone, long long ms, const char *form, char ret_text[ZONE_TEXT_SIZE]);

#endif
