#define _DEFAULT_SOURCE /* timegm, tm_gmtoff: of every libc, in no standard */
#include "ctl/zone.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define ZONE_DIR "/usr/share/zoneinfo"
#define DAY_S    86400

bool zone_exists(const char *zone)
{
    char path[PATH_MAX];
    struct stat st;
    size_t len = strlen(zone);
    bool plain = len > 0 && len <= ZONE_NAME_MAX && zone[0] != '/' && strstr(zone, "..") == NULL &&
                 strspn(zone, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/") == len;
    if (strcmp(zone, "UTC") == 0)
        return true;
    snprintf(path, sizeof path, ZONE_DIR "/%s", zone);
    return plain && stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* The process lives in another zone until zone_leave. */
struct stay {
    char *before; /* owned; NULL = TZ was not set */
};

static struct stay zone_enter(const char *zone)
{
    const char *tz = getenv("TZ");
    struct stay s = {tz != NULL ? strdup(tz) : NULL};
    setenv("TZ", zone_exists(zone) && strcmp(zone, "UTC") != 0 ? zone : "UTC0", 1);
    tzset();
    return s;
}

static void zone_leave(struct stay *s)
{
    if (s->before != NULL)
        setenv("TZ", s->before, 1);
    else
        unsetenv("TZ");
    free(s->before);
    tzset();
}

static bool shows(time_t at, const struct tm *wanted)
{
    struct tm t;
    return localtime_r(&at, &t) != NULL && t.tm_year == wanted->tm_year && t.tm_mon == wanted->tm_mon &&
           t.tm_mday == wanted->tm_mday && t.tm_hour == wanted->tm_hour && t.tm_min == wanted->tm_min;
}

/* The offset in force about a day before, and the one about a day after: one of them is the time's own. */
static bool find(const struct tm *wanted, time_t as_utc, time_t *ret_at)
{
    bool found = false;
    for (int side = -1; side <= 1; side += 2) {
        time_t near = as_utc + side * DAY_S;
        struct tm t;
        if (localtime_r(&near, &t) == NULL)
            continue;
        time_t at = as_utc - t.tm_gmtoff;
        if (shows(at, wanted) && (!found || at < *ret_at)) {
            *ret_at = at;
            found = true;
        }
    }
    return found;
}

enum err zone_moment(const char *zone, const struct zone_time *local, long long *ret_ms)
{
    struct tm wanted = {.tm_year = local->year - 1900,
                        .tm_mon = local->month - 1,
                        .tm_mday = local->day,
                        .tm_hour = local->hour,
                        .tm_min = local->minute},
              check = wanted;
    time_t as_utc = timegm(&check), at = 0;
    if (!zone_exists(zone))
        return ERR_UNKNOWN;
    if (local->year < 2000 || local->year > 9999 || check.tm_mon != wanted.tm_mon ||
        check.tm_mday != wanted.tm_mday || check.tm_hour != wanted.tm_hour || check.tm_min != wanted.tm_min)
        return ERR_MALFORMED;
    struct stay s = zone_enter(zone);
    bool found = find(&wanted, as_utc, &at);
    zone_leave(&s);
    if (!found)
        return ERR_STATE;
    *ret_ms = (long long)at * 1000;
    return ERR_NONE;
}

void zone_print(const char *zone, long long ms, const char *form, char ret_text[ZONE_TEXT_SIZE])
{
    struct stay s = zone_enter(zone);
    time_t at = (time_t)(ms / 1000);
    struct tm t;
    if (localtime_r(&at, &t) == NULL || strftime(ret_text, ZONE_TEXT_SIZE, form, &t) == 0)
        snprintf(ret_text, ZONE_TEXT_SIZE, "-");
    zone_leave(&s);
}
