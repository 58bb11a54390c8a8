#include "io/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "io/clock.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool as_json;

void log_use_json(bool json)
{
    as_json = json;
}

/* Length of the well-formed UTF-8 character at s, 0 where there is none. C1 controls (U+0080 to U+009F) are
 * taken for none: terminals obey them. */
static size_t utf8_length(const unsigned char *s)
{
    size_t n = s[0] < 0x80 ? 1 : s[0] >= 0xc2 && s[0] < 0xe0 ? 2 : (s[0] & 0xf0) == 0xe0 ? 3 : 4;
    if (n == 1)
        return 1;
    if (s[0] < 0xc2 || s[0] > 0xf4)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    bool overlong = (s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xf0 && s[1] < 0x90);
    bool beyond = (s[0] == 0xed && s[1] >= 0xa0) || (s[0] == 0xf4 && s[1] >= 0x90);
    bool control = s[0] == 0xc2 && s[1] < 0xa0;
    return overlong || beyond || control ? 0 : n;
}

size_t log_escape(const char *message, bool json, char *ret_text, size_t capacity)
{
    const unsigned char *s = (const unsigned char *)message;
    size_t at = 0;
    while (*s != 0) {
        char piece[8];
        size_t n = utf8_length(s), len;
        bool plain = n > 1 || (n == 1 && *s >= 0x20 && *s != 0x7f && !(json && (*s == '"' || *s == '\\')));
        if (plain) {
            memcpy(piece, s, n);
            len = n;
        } else if (json) {
            len = (size_t)snprintf(piece, sizeof piece, "\\u%04x", *s);
        } else {
            len = (size_t)snprintf(piece, sizeof piece, "\\x%02x", *s);
        }
        if (at + len + 1 > capacity)
            break;
        memcpy(ret_text + at, piece, len);
        at += len;
        s += plain ? n : 1;
    }
    ret_text[at] = 0;
    return at;
}

/* Whether the site may write now; *ret_left_out is how many lines it could not write before. */
static bool may_write(struct log_site *site, int64_t now_us, uint32_t *ret_left_out)
{
    *ret_left_out = 0;
    if (site->lines == 0 || now_us - site->since_us >= LOG_SITE_US) {
        *ret_left_out = site->left_out;
        *site = (struct log_site){.since_us = now_us};
    }
    if (site->lines >= LOG_SITE_LINES) {
        site->left_out++;
        return false;
    }
    site->lines++;
    return true;
}

static void write_line(enum log_level level, const char *message)
{
    static const char *const names[] = {"error", "warning", "info"};
    char escaped[2 * LOG_LINE_MAX], when[40], line[2 * LOG_LINE_MAX + 128];
    int64_t wall_us = clock_wall_us();
    time_t seconds = (time_t)(wall_us / 1000000);
    struct tm tm;
    gmtime_r(&seconds, &tm);
    strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%S", &tm);
    log_escape(message, as_json, escaped, sizeof escaped);
    int n = snprintf(line, sizeof line,
                     as_json ? "{\"time\":\"%s.%03dZ\",\"level\":\"%s\",\"message\":\"%s\"}\n"
                             : "%s.%03dZ %s %s\n",
                     when, (int)(wall_us / 1000 % 1000), names[level], escaped);
    if (n > 0 && write(STDERR_FILENO, line, (size_t)n) < 0)
        return; /* nobody reads the log: there is nowhere to say so */
}

void log_write(struct log_site *site, enum log_level level, const char *format, ...)
{
    char message[LOG_LINE_MAX];
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    if (n < 0)
        return;
    pthread_mutex_lock(&lock);
    uint32_t left_out;
    if (may_write(site, clock_monotonic_us(), &left_out)) {
        size_t len = strlen(message);
        if (left_out > 0)
            snprintf(message + len, sizeof message - len, " (%u more lines like this were left out)",
                     left_out);
        write_line(level, message);
    }
    pthread_mutex_unlock(&lock);
}
