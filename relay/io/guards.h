/* The checks on a request that need nothing but its text. Each says yes only to what we know to be good. */
#ifndef AULA_RELAY_IO_GUARDS_H
#define AULA_RELAY_IO_GUARDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "Content-Length": digits alone, at most 15 of them (libwebsockets itself takes "-1" and "5,3"). */
bool guard_content_length(const char *text, uint64_t *ret_length);
/* "Origin" names the very host of "Host" (RFC 6455 §10.2). An empty origin is a client that is no browser. */
bool guard_origin(const char *origin, const char *host);
/* A name under /d/: 64 hexadecimal digits and .webp or .json. */
bool guard_deck_name(const char *name);
/* A path within the web folder: /name/name of letters, digits, '-', '_' and inner dots; no name begins with a
 * dot. */
bool guard_path(const char *path);
/* A join token in a path: URL-safe characters alone. */
bool guard_token(const char *token);
/* True where a comma-separated list holds the word. */
bool guard_list_holds(const char *list, const char *word);
/* A path below /r/: a session, a key of 32 hexadecimal digits, a name that may be empty. The places take 17
 * and 33 bytes; *ret_name points into the path. */
bool guard_replay(const char *path, char ret_session[17], char ret_key[33], const char **ret_name);
/* A file name that holds its own hash (eight hexadecimal digits or more, or eight of base 32 as esbuild
 * writes them, between two dots or a dash and a dot) never changes. */
bool guard_name_is_hashed(const char *path);
/* The media type by the file's ending, or NULL for what we do not serve. */
const char *guard_media_type(const char *path);
/* "Range" (RFC 9110 §14.2) of a file of that size. One range is answered; of what is no byte range, or
 * several, all is given, as the RFC allows. */
enum guard_range { RANGE_ALL, RANGE_PART, RANGE_OUTSIDE };
enum guard_range guard_range(const char *text, uint64_t size, uint64_t *ret_first, uint64_t *ret_last);
/* Whether both are the same; takes as long where they differ early as where they differ late. */
bool guard_same_secret(const char *a, const char *b, size_t len);
/* Where a webhook's events may be sent: https, or http within this machine; printable ASCII of at most 511
 * characters, without a user's name. */
bool guard_webhook_url(const char *url);
/* Decodes %XX in place. False: broken, or a zero in it. */
bool guard_percent_decode(char *text);
/* Valid UTF-8 without control characters. */
bool guard_text_line(const char *text);

#endif
