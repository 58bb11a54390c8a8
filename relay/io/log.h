/* The log: one line each to standard error, as text or as JSON.
 *
 * Each place in the code may write LOG_SITE_LINES lines in LOG_SITE_US; more are counted and told with the
 * next line from there, so that a flood from outside never fills a disk. Control characters and broken UTF-8
 * are escaped: what a stranger sent cannot forge a line or move a terminal. Any thread. */
#ifndef AULA_RELAY_IO_LOG_H
#define AULA_RELAY_IO_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOG_LINE_MAX   1024 /* bytes of one message; a longer one is cut */
#define LOG_SITE_LINES 20
#define LOG_SITE_US    10000000

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO };

/* What one place in the code has written. Guarded by the log's lock. */
struct log_site {
    int64_t since_us;
    uint32_t lines, left_out;
};

/* At the start, before there are threads. */
void log_use_json(bool json);

void log_write(struct log_site *site, enum log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#define log_at(level, ...)                                                                                   \
    do {                                                                                                     \
        static struct log_site log_site_here;                                                                \
        log_write(&log_site_here, level, __VA_ARGS__);                                                       \
    } while (0)
#define log_error(...)   log_at(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_at(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_info(...)    log_at(LOG_LEVEL_INFO, __VA_ARGS__)

/* The message with everything escaped that must not stand in a line: as JSON string contents, or as text.
 * Always ends with a zero; returns its length. */
size_t log_escape(const char *message, bool json, char *ret_text, size_t capacity);

#endif
