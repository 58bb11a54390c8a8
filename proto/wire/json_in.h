/* Reading JSON from outside, strictly: sizes, types and ranges are checked where a member is read, the first
 * failure sticks and names its member, and further reads give zeros. jansson is behind this file alone (but
 * for aulactl, which prints answers whose members it need not know). */
#ifndef AULA_WIRE_JSON_IN_H
#define AULA_WIRE_JSON_IN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errors.h"

#define JSON_WHY_MAX     240 /* bytes of a sentence that says what is wrong, closing zero included */
#define JSON_INTEGER_MAX ((int64_t)1 << 53) /* the largest whole number that JavaScript holds exactly */

/* What characters a string may hold. Control characters and bidi overrides (U+202A-202E, U+2066-2069) are
 * never text: they would let a name disguise itself as another. */
enum json_text {
    JSON_TEXT_ID,    /* A-Z a-z 0-9 - _ . */
    JSON_TEXT_LINE,  /* one line, not only spaces */
    JSON_TEXT_BLOCK, /* several lines: line feeds and tabs too */
    JSON_TEXT_BYTES  /* anything but a zero: line ends of SDP */
};

/* A parsed text, and whatever was allocated for what was read from it. */
struct json_doc;

/* One object within a document. A value: copy it freely. */
struct json_in {
    const void *object; /* borrowed from the document */
    struct json_doc *doc;
};

/* Parses one JSON object (RFC 8259, valid UTF-8, no member twice, nothing after it). Longer than `max_bytes`:
 * ERR_LONG. ERR_MALFORMED, ERR_MEMORY; in each case a sentence is in ret_why. The caller owns *ret_doc. */
enum err json_doc_read(const char *text, size_t len, size_t max_bytes, struct json_doc **ret_doc,
                       char ret_why[JSON_WHY_MAX]) MUST_USE;
/* Frees everything read from it. NULL is legal. */
void json_doc_destroy(struct json_doc *doc);
struct json_in json_doc_root(struct json_doc *doc);
/* ERR_NONE, or how the first failure failed (then json_doc_why is its sentence, else ""). */
enum err json_doc_error(const struct json_doc *doc);
const char *json_doc_why(const struct json_doc *doc);
/* Marks the document as bad unless it already is; `why` is copied. */
void json_doc_fail(struct json_doc *doc, enum err error, const char *why);
/* Zeroed memory that lives as long as the document; NULL (and ERR_MEMORY stuck) when there is none. */
void *json_doc_alloc(struct json_doc *doc, size_t count, size_t size);

/* True where the member is there and not null. */
bool json_in_has(struct json_in in, const char *member);
/* Where a member may be of either sort. */
bool json_in_is_string(struct json_in in, const char *member);
/* A string of at most `max_characters`, borrowed from the document; "" on failure. An empty one is refused.
 */
const char *json_in_string(struct json_in in, const char *member, enum json_text text, size_t max_characters);
/* The same, or NULL where the member is missing or null. */
const char *json_in_string_or_null(struct json_in in, const char *member, enum json_text text,
                                   size_t max_characters);
/* A whole number within [min, max]; `min` on failure. */
int64_t json_in_integer(struct json_in in, const char *member, int64_t min, int64_t max);
int64_t json_in_integer_or(struct json_in in, const char *member, int64_t min, int64_t max, int64_t missing);
/* Any finite number within [min, max]. */
double json_in_number(struct json_in in, const char *member, double min, double max);
bool json_in_boolean(struct json_in in, const char *member);
bool json_in_boolean_or(struct json_in in, const char *member, bool missing);
/* An object; json_in_has tells whether it is there. On failure an empty one. */
struct json_in json_in_object(struct json_in in, const char *member);

/* An array's length (at most max_count, else failure and 0). */
size_t json_in_array(struct json_in in, const char *member, size_t max_count);
/* The same, 0 where the member is missing. */
size_t json_in_array_or_none(struct json_in in, const char *member, size_t max_count);
/* Its elements, by index below that length. */
struct json_in json_in_array_object(struct json_in in, const char *member, size_t i);
const char *json_in_array_string(struct json_in in, const char *member, size_t i, enum json_text text,
                                 size_t max_characters);
int64_t json_in_array_integer(struct json_in in, const char *member, size_t i, int64_t min, int64_t max);

/* Whether a zero-ended UTF-8 string (already known to be valid) is text of this sort. */
bool json_text_is(const char *utf8, enum json_text text);
/* Its characters (code points). */
size_t json_text_characters(const char *utf8);

#endif
