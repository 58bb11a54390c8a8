/* Writing JSON: a text that grows, with a sticky error. The same members give the same bytes, always. */
#ifndef AULA_WIRE_JSON_OUT_H
#define AULA_WIRE_JSON_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errors.h"

struct json_out {
    char *text; /* owned; NULL until something is written */
    size_t len, capacity;
    bool comma;  /* something stands before the next member */
    bool failed; /* an allocation failed: everything since is lost */
};

void json_out_init(struct json_out *o);
void json_out_finish(struct json_out *o);
/* Gives the text (zero-ended, ret_len without the zero) to the caller, who frees it, and leaves `o` empty.
 * ERR_MEMORY: nothing is given. */
enum err json_out_take(struct json_out *o, char **ret_text, size_t *ret_len) MUST_USE;

/* `name` is the member's name within an object, NULL within an array or at the top. Names are written as they
 * stand. */
void json_open_object(struct json_out *o, const char *name);
void json_close_object(struct json_out *o);
void json_open_array(struct json_out *o, const char *name);
void json_close_array(struct json_out *o);
/* Valid UTF-8; what JSON wants escaped is escaped. NULL is written as null. */
void json_put_string(struct json_out *o, const char *name, const char *utf8);
void json_put_integer(struct json_out *o, const char *name, int64_t v);
void json_put_boolean(struct json_out *o, const char *name, bool v);
void json_put_null(struct json_out *o, const char *name);
/* With six decimals, whatever the locale; at most a thousand million either way. */
void json_put_fraction(struct json_out *o, const char *name, double v);
/* The members of an object that is JSON already and has some. */
void json_put_members(struct json_out *o, const char *object, size_t len);
/* A value that is JSON already. */
void json_put_raw(struct json_out *o, const char *name, const char *text, size_t len);

#endif
