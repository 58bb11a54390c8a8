#include "wire/json_out.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 256 /* bytes: most sentences fit */

void json_out_init(struct json_out *o)
{
    memset(o, 0, sizeof *o);
}

void json_out_finish(struct json_out *o)
{
    free(o->text);
    json_out_init(o);
}

enum err json_out_take(struct json_out *o, char **ret_text, size_t *ret_len)
{
    if (o->failed || !o->text) {
        json_out_finish(o);
        return ERR_MEMORY;
    }
    *ret_text = o->text;
    *ret_len = o->len;
    json_out_init(o);
    return ERR_NONE;
}

/* Room for n more bytes and a closing zero. */
static bool make_room(struct json_out *o, size_t n)
{
    if (o->failed)
        return false;
    if (n < o->capacity - o->len)
        return true;
    size_t capacity = o->capacity ? o->capacity : FIRST_CAPACITY;
    while (capacity - o->len <= n)
        capacity *= 2;
    char *text = realloc(o->text, capacity);
    if (!text) {
        o->failed = true;
        return false;
    }
    o->text = text;
    o->capacity = capacity;
    return true;
}

static void put(struct json_out *o, const char *bytes, size_t n)
{
    if (!make_room(o, n))
        return;
    memcpy(o->text + o->len, bytes, n);
    o->len += n;
    o->text[o->len] = '\0';
}

static void put_quoted(struct json_out *o, const char *utf8)
{
    put(o, "\"", 1);
    const char *from = utf8;
    for (const char *p = utf8; *p; p++) {
        unsigned char c = (unsigned char)*p;
        if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f)
            continue;
        put(o, from, (size_t)(p - from));
        char escape[8];
        int n = c == '"' || c == '\\' ? snprintf(escape, sizeof escape, "\\%c", c)
                : c == '\n'           ? snprintf(escape, sizeof escape, "\\n")
                                      : snprintf(escape, sizeof escape, "\\u%04x", c);
        put(o, escape, (size_t)n);
        from = p + 1;
    }
    put(o, from, strlen(from));
    put(o, "\"", 1);
}

/* The comma and the name before a value, and room for `value` bytes of it. */
static bool lead(struct json_out *o, const char *name, size_t value)
{
    size_t len = name ? strlen(name) : 0;
    if (!make_room(o, len + 4 + value)) /* ,"": */
        return false;
    char *to = o->text + o->len;
    if (o->comma)
        *to++ = ',';
    if (name) {
        *to++ = '"';
        memcpy(to, name, len);
        to += len;
        *to++ = '"';
        *to++ = ':';
    }
    o->len = (size_t)(to - o->text);
    o->comma = true;
    return true;
}

/* A value of known length that has no name of its own to be quoted. */
static void put_value(struct json_out *o, const char *name, const char *bytes, size_t n)
{
    if (lead(o, name, n))
        put(o, bytes, n);
}

void json_open_object(struct json_out *o, const char *name)
{
    put_value(o, name, "{", 1);
    o->comma = false;
}

void json_close_object(struct json_out *o)
{
    put(o, "}", 1);
    o->comma = true;
}

void json_open_array(struct json_out *o, const char *name)
{
    put_value(o, name, "[", 1);
    o->comma = false;
}

void json_close_array(struct json_out *o)
{
    put(o, "]", 1);
    o->comma = true;
}

void json_put_string(struct json_out *o, const char *name, const char *utf8)
{
    if (!utf8) {
        json_put_null(o, name);
        return;
    }
    lead(o, name, 0);
    put_quoted(o, utf8);
}

/* Not snprintf: a list of a thousand sessions has 15,000 numbers. */
void json_put_integer(struct json_out *o, const char *name, int64_t v)
{
    char digits[24];
    char *first = digits + sizeof digits;
    uint64_t rest = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    do {
        *--first = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (v < 0)
        *--first = '-';
    put_value(o, name, first, (size_t)(digits + sizeof digits - first));
}

void json_put_boolean(struct json_out *o, const char *name, bool v)
{
    put_value(o, name, v ? "true" : "false", v ? 4 : 5);
}

void json_put_null(struct json_out *o, const char *name)
{
    put_value(o, name, "null", 4);
}

void json_put_fraction(struct json_out *o, const char *name, double v)
{
    if (!(v > -1e9 && v < 1e9))
        v = v < 0 ? -1e9 : v > 0 ? 1e9 : 0;
    double scaled = v * 1e6;
    long long millionths = (long long)(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
    bool negative = millionths < 0;
    if (negative)
        millionths = -millionths;
    char digits[32];
    int n = snprintf(digits, sizeof digits, "%s%lld.%06lld", negative ? "-" : "", millionths / 1000000,
                     millionths % 1000000);
    put_value(o, name, digits, (size_t)n);
}

void json_put_members(struct json_out *o, const char *object, size_t len)
{
    put_value(o, NULL, object + 1, len - 2);
}

void json_put_raw(struct json_out *o, const char *name, const char *text, size_t len)
{
    put_value(o, name, text, len);
}
