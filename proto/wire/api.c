#include "wire/api.h"

#include <stdio.h>
#include <string.h>

#include "wire/json_in.h"

#define ID_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."

static const struct {
    enum api_right right;
    const char *word;
} rights[] = {{API_READ, "read"}, {API_SESSIONS, "sessions"}, {API_PEOPLE, "people"}, {API_ADMIN, "admin"}};

unsigned api_right_read(const char *word)
{
    for (size_t i = 0; i < sizeof rights / sizeof rights[0]; i++)
        if (strcmp(word, rights[i].word) == 0)
            return rights[i].right;
    return 0;
}

const char *api_right_text(enum api_right right)
{
    for (size_t i = 0; i < sizeof rights / sizeof rights[0]; i++)
        if (right == rights[i].right)
            return rights[i].word;
    return "";
}

bool api_allows(unsigned held, enum api_right right)
{
    return (held & ((unsigned)right | API_ADMIN)) != 0;
}

/* --- from a path to its route --- */

/* Characters up to the next '/' or the end. */
static size_t part_len(const char *at)
{
    return strcspn(at, "/");
}

static bool take_value(const char *form, size_t form_len, const char *part, size_t len, struct api_match *m)
{
    size_t name_len = form_len - 2; /* without its braces */
    if (len == 0 || len > API_VALUE_MAX || strspn(part, ID_CHARACTERS) < len || m->count == API_PATH_VALUES ||
        name_len >= sizeof m->values[0].name)
        return false;
    snprintf(m->values[m->count].name, sizeof m->values[0].name, "%.*s", (int)name_len, form + 1);
    snprintf(m->values[m->count].value, sizeof m->values[0].value, "%.*s", (int)len, part);
    m->count++;
    return true;
}

static bool fits(const char *form, const char *path, struct api_match *m)
{
    m->count = 0;
    while (*form == '/' && *path == '/') {
        size_t form_len = part_len(++form), len = part_len(++path);
        bool same = form[0] == '{' ? take_value(form, form_len, path, len, m)
                                   : form_len == len && strncmp(form, path, len) == 0;
        if (!same)
            return false;
        form += form_len;
        path += len;
    }
    return *form == '\0' && *path == '\0';
}

enum err api_find(enum api_method method, const char *path, struct api_match *ret_match)
{
    enum err e = ERR_UNKNOWN;
    for (const struct api_route *r = api_routes; r->path != NULL; r++) {
        struct api_match m = {.route = r};
        if (!fits(r->path, path, &m))
            continue;
        e = ERR_UNSUPPORTED;
        if (r->method == method) {
            *ret_match = m;
            return ERR_NONE;
        }
    }
    return e;
}

const struct api_route *api_route_of(const char *verb)
{
    for (const struct api_route *r = api_routes; r->path != NULL; r++)
        if (strcmp(verb, r->verb) == 0)
            return r;
    return NULL;
}

const char *api_value(const struct api_match *m, const char *name)
{
    for (size_t i = 0; i < m->count; i++)
        if (strcmp(name, m->values[i].name) == 0)
            return m->values[i].value;
    return NULL;
}

/* --- from a match to the request --- */

#define WHY_BYTES 240

static enum err wrong(char why[WHY_BYTES], const char *form, const char *name)
{
    snprintf(why, WHY_BYTES, form, name);
    return ERR_MALFORMED;
}

static enum err put_one(struct json_out *o, const struct api_argument *a, const char *value,
                        char why[WHY_BYTES])
{
    size_t digits = strspn(value, "0123456789");
    long long number = 0;
    switch (a->sort) {
    case API_NUMBER:
        if (digits == 0 || digits > 15 || value[digits] != '\0' || sscanf(value, "%lld", &number) != 1)
            return wrong(why, "\"%.40s\" in the query must be a whole number.", a->name);
        json_put_integer(o, a->name, number);
        break;
    case API_FLAG:
        if (strcmp(value, "true") != 0 && strcmp(value, "false") != 0)
            return wrong(why, "\"%.40s\" in the query must be true or false.", a->name);
        json_put_boolean(o, a->name, value[0] == 't');
        break;
    case API_TEXT:
    case API_LIST: /* whoever reads the request says what is no text */
        json_put_string(o, a->sort == API_LIST ? NULL : a->name, value);
        break;
    }
    return ERR_NONE;
}

static const struct api_argument *argument(const struct api_route *r, const char *name)
{
    for (const struct api_argument *a = r->query; a->name != NULL; a++)
        if (strcmp(name, a->name) == 0)
            return a;
    return NULL;
}

/* All values of one argument. */
static enum err put_argument(struct json_out *o, const struct api_argument *a, const struct api_pair *pairs,
                             size_t count, char why[WHY_BYTES])
{
    size_t given = 0;
    enum err e = ERR_NONE;
    for (size_t i = 0; i < count && e == ERR_NONE; i++) {
        if (strcmp(pairs[i].name, a->name) != 0)
            continue;
        if (given++ > 0 && a->sort != API_LIST)
            return wrong(why, "\"%.40s\" stands twice in the query.", a->name);
        if (given == 1 && a->sort == API_LIST)
            json_open_array(o, a->name);
        e = put_one(o, a, pairs[i].value, why);
    }
    if (given > 0 && a->sort == API_LIST)
        json_close_array(o);
    return e;
}

static enum err put_query(struct json_out *o, const struct api_route *r, const struct api_pair *pairs,
                          size_t count, char why[WHY_BYTES])
{
    enum err e = ERR_NONE;
    for (size_t i = 0; i < count; i++)
        if (argument(r, pairs[i].name) == NULL)
            return wrong(why, "\"%.40s\" means nothing in this query.", pairs[i].name);
    for (const struct api_argument *a = r->query; a->name != NULL && e == ERR_NONE; a++)
        e = put_argument(o, a, pairs, count, why);
    return e;
}

/* The body's members behind those of the path: who names one of those again is refused by whoever reads the
 * request, which has a member twice then. */
static enum err put_body(struct json_out *o, const char *body, size_t len, char why[WHY_BYTES])
{
    struct json_doc *doc;
    while (len > 0 && strchr(" \t\r\n", body[0]) != NULL) {
        body++;
        len--;
    }
    while (len > 0 && strchr(" \t\r\n", body[len - 1]) != NULL)
        len--;
    enum err e = json_doc_read(body, len, API_BODY_MAX, &doc, why);
    if (e != ERR_NONE)
        return e == ERR_MEMORY ? e : ERR_MALFORMED;
    json_doc_destroy(doc);
    size_t blank = 1 + strspn(body + 1, " \t\r\n");
    if (body[blank] != '}')
        json_put_members(o, body, len);
    return ERR_NONE;
}

enum err api_request(const struct api_match *m, const struct api_pair *pairs, size_t count, const char *body,
                     size_t body_len, struct json_out *o, char why[WHY_BYTES])
{
    json_out_init(o);
    json_open_object(o, NULL);
    json_put_string(o, "verb", m->route->verb);
    for (size_t i = 0; i < m->count; i++)
        json_put_string(o, m->values[i].name, m->values[i].value);
    enum err e = put_query(o, m->route, pairs, count, why);
    if (e == ERR_NONE && body != NULL)
        e = put_body(o, body, body_len, why);
    json_close_object(o);
    return e == ERR_NONE && o->failed ? ERR_MEMORY : e;
}
