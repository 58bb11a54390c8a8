#include "wire/json_in.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct block {
    struct block *next;
    max_align_t bytes[];
};

struct json_doc {
    json_t *root;
    struct block *blocks;
    enum err error;
    char why[JSON_WHY_MAX];
};

static enum err refuse(json_t *root, char ret_why[JSON_WHY_MAX], enum err error, const char *why)
{
    json_decref(root);
    snprintf(ret_why, JSON_WHY_MAX, "%s", why);
    return error;
}

enum err json_doc_read(const char *text, size_t len, size_t max_bytes, struct json_doc **ret_doc,
                       char ret_why[JSON_WHY_MAX])
{
    if (len > max_bytes) {
        snprintf(ret_why, JSON_WHY_MAX, "The message is too long: at most %zu bytes are taken.", max_bytes);
        return ERR_LONG;
    }
    json_error_t bad;
    json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &bad);
    if (!root && json_error_code(&bad) == json_error_out_of_memory)
        return refuse(root, ret_why, ERR_MEMORY, "The relay is out of memory; try again in a moment.");
    if (!root) {
        snprintf(ret_why, JSON_WHY_MAX, "The message is not valid JSON (at byte %d): %.100s.", bad.position,
                 bad.text);
        return ERR_MALFORMED;
    }
    if (!json_is_object(root))
        return refuse(root, ret_why, ERR_MALFORMED, "The message must be one JSON object.");
    struct json_doc *doc = calloc(1, sizeof *doc);
    if (!doc)
        return refuse(root, ret_why, ERR_MEMORY, "The relay is out of memory; try again in a moment.");
    doc->root = root;
    *ret_doc = doc;
    return ERR_NONE;
}

void json_doc_destroy(struct json_doc *doc)
{
    if (!doc)
        return;
    while (doc->blocks) {
        struct block *next = doc->blocks->next;
        free(doc->blocks);
        doc->blocks = next;
    }
    json_decref(doc->root);
    free(doc);
}

struct json_in json_doc_root(struct json_doc *doc)
{
    return (struct json_in){doc->root, doc};
}

enum err json_doc_error(const struct json_doc *doc)
{
    return doc->error;
}

const char *json_doc_why(const struct json_doc *doc)
{
    return doc->why;
}

void json_doc_fail(struct json_doc *doc, enum err error, const char *why)
{
    if (doc->error)
        return;
    doc->error = error;
    snprintf(doc->why, sizeof doc->why, "%s", why);
}

void *json_doc_alloc(struct json_doc *doc, size_t count, size_t size)
{
    struct block *b = count < SIZE_MAX / 2 / (size ? size : 1) ? calloc(1, sizeof *b + count * size) : NULL;
    if (!b) {
        json_doc_fail(doc, ERR_MEMORY, "The relay is out of memory; try again in a moment.");
        return NULL;
    }
    b->next = doc->blocks;
    doc->blocks = b;
    return b->bytes;
}

/* Says what a member must be. */
static void fail_member(struct json_doc *doc, const char *member, const char *must)
{
    char why[JSON_WHY_MAX];
    snprintf(why, sizeof why, "\"%s\" must be %s.", member, must);
    json_doc_fail(doc, ERR_UNSUPPORTED, why);
}

static const json_t *get(struct json_in in, const char *member)
{
    const json_t *v = json_object_get(in.object, member);
    return json_is_null(v) ? NULL : v;
}

bool json_in_has(struct json_in in, const char *member)
{
    return get(in, member) != NULL;
}

bool json_in_is_string(struct json_in in, const char *member)
{
    return json_is_string(get(in, member));
}

static void fail_string(struct json_doc *doc, const char *member, enum json_text text, size_t max)
{
    static const char *const sorts[] = {[JSON_TEXT_ID] = "made of letters, digits, '-', '_' and '.'",
                                        [JSON_TEXT_LINE] = "one line of text without control characters",
                                        [JSON_TEXT_BLOCK] = "text without control characters",
                                        [JSON_TEXT_BYTES] = "text"};
    char must[160];
    snprintf(must, sizeof must, "%s, 1 to %zu characters", sorts[text], max);
    fail_member(doc, member, must);
}

static const char *check_string(struct json_in in, const json_t *v, const char *member, enum json_text text,
                                size_t max)
{
    const char *s = json_string_value(v);
    if (s && json_text_characters(s) <= max && json_text_is(s, text))
        return s;
    fail_string(in.doc, member, text, max);
    return "";
}

const char *json_in_string(struct json_in in, const char *member, enum json_text text, size_t max_characters)
{
    return in.doc->error ? "" : check_string(in, get(in, member), member, text, max_characters);
}

const char *json_in_string_or_null(struct json_in in, const char *member, enum json_text text,
                                   size_t max_characters)
{
    return json_in_has(in, member) ? json_in_string(in, member, text, max_characters) : NULL;
}

static int64_t check_integer(struct json_in in, const json_t *v, const char *member, int64_t min, int64_t max)
{
    json_int_t i = json_integer_value(v);
    if (json_is_integer(v) && i >= min && i <= max)
        return i;
    char must[100];
    snprintf(must, sizeof must, "a whole number from %lld to %lld", (long long)min, (long long)max);
    fail_member(in.doc, member, must);
    return min;
}

int64_t json_in_integer(struct json_in in, const char *member, int64_t min, int64_t max)
{
    return in.doc->error ? min : check_integer(in, get(in, member), member, min, max);
}

int64_t json_in_integer_or(struct json_in in, const char *member, int64_t min, int64_t max, int64_t missing)
{
    return json_in_has(in, member) ? json_in_integer(in, member, min, max) : missing;
}

double json_in_number(struct json_in in, const char *member, double min, double max)
{
    if (in.doc->error)
        return min;
    const json_t *v = get(in, member);
    double d = json_number_value(v);
    if (json_is_number(v) && d >= min && d <= max)
        return d;
    char must[100];
    snprintf(must, sizeof must, "a number from %.0f to %.0f", min, max);
    fail_member(in.doc, member, must);
    return min;
}

bool json_in_boolean(struct json_in in, const char *member)
{
    const json_t *v = get(in, member);
    if (in.doc->error || json_is_boolean(v))
        return json_is_true(v);
    fail_member(in.doc, member, "true or false");
    return false;
}

bool json_in_boolean_or(struct json_in in, const char *member, bool missing)
{
    return json_in_has(in, member) ? json_in_boolean(in, member) : missing;
}

struct json_in json_in_object(struct json_in in, const char *member)
{
    const json_t *v = get(in, member);
    if (!in.doc->error && !json_is_object(v))
        fail_member(in.doc, member, "an object");
    return (struct json_in){json_is_object(v) ? v : NULL, in.doc};
}

size_t json_in_array(struct json_in in, const char *member, size_t max_count)
{
    if (in.doc->error)
        return 0;
    const json_t *v = get(in, member);
    if (json_is_array(v) && json_array_size(v) <= max_count)
        return json_array_size(v);
    char must[100];
    snprintf(must, sizeof must, "a list of at most %zu", max_count);
    fail_member(in.doc, member, must);
    return 0;
}

size_t json_in_array_or_none(struct json_in in, const char *member, size_t max_count)
{
    return json_in_has(in, member) ? json_in_array(in, member, max_count) : 0;
}

struct json_in json_in_array_object(struct json_in in, const char *member, size_t i)
{
    const json_t *v = json_array_get(get(in, member), i);
    if (!json_is_object(v))
        fail_member(in.doc, member, "a list of objects");
    return (struct json_in){json_is_object(v) ? v : NULL, in.doc};
}

const char *json_in_array_string(struct json_in in, const char *member, size_t i, enum json_text text,
                                 size_t max_characters)
{
    return check_string(in, json_array_get(get(in, member), i), member, text, max_characters);
}

int64_t json_in_array_integer(struct json_in in, const char *member, size_t i, int64_t min, int64_t max)
{
    return check_integer(in, json_array_get(get(in, member), i), member, min, max);
}
