/* What anybody is told of a certificate by its number: a small page in the reader's language, or JSON. Pure.
 */
#ifndef AULA_RELAY_IO_VERIFY_PAGE_H
#define AULA_RELAY_IO_VERIFY_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "signal/desk.h"

#define VERIFY_PAGE_MAX 8192 /* bytes: a name and a title of the longest kind fit several times */

enum verify_language { VERIFY_EN, VERIFY_FA };

extern const char verify_style[];

/* The number as it is written ("H3kx…" in any case): in small letters. False: no certificate has such one. */
bool verify_number(const char *text, char ret_number[16]);
/* The first of a list of languages (RFC 9110 §12.5.4, in the order of browsers) that there is. */
enum verify_language verify_language(const char *accept_language);
/* JSON where it is asked for and HTML is not. */
bool verify_wants_json(const char *accept);

enum verify_finding { VERIFY_FOUND, VERIFY_NONE, VERIFY_TOO_FAST };
/* `c` is looked at where it is found. False: it does not fit. */
bool verify_html(enum verify_finding finding, const struct desk_certificate *c, const char *number,
                 enum verify_language language, char ret_page[VERIFY_PAGE_MAX]);
bool verify_json(enum verify_finding finding, const struct desk_certificate *c, const char *number,
                 char ret_text[VERIFY_PAGE_MAX]);

#endif
