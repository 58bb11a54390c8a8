#include "ctl/web_door.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <curl/curl.h>
#include <jansson.h>

#include "wire/api.h"

#define TOKEN_MAX     2048 /* characters */
#define CONNECT_MS    10000
#define URL_BYTES_MAX 16384
#define STILL_S       30 /* without a byte of a file */

struct text {
    char *bytes; /* owned; zero-ended once something is in it */
    size_t len;
};

struct trip {
    const struct web_door *door;
    const struct door_ask *ask;
    CURL *curl;
    json_t *members; /* of the request, those that have not found their place yet */
    const struct api_route *route;
    char url[URL_BYTES_MAX];
    char token[TOKEN_MAX + 1];
    char *body; /* owned */
    FILE *file;
    struct curl_slist *headers;
    struct text answer;
    char *why;
    size_t why_size;
};

static enum err fail(struct trip *t, enum err e, const char *form, const char *a, const char *b)
{
    snprintf(t->why, t->why_size, form, a, b);
    return e;
}

static enum err read_token(struct trip *t)
{
    FILE *f = fopen(t->door->token_file, "r");
    size_t len = f != NULL ? fread(t->token, 1, TOKEN_MAX, f) : 0;
    if (f == NULL)
        return fail(t, ERR_UNKNOWN, "%s cannot be read%s.", t->door->token_file, "");
    fclose(f);
    t->token[len] = '\0';
    t->token[strcspn(t->token, " \t\r\n")] = '\0';
    return t->token[0] != '\0'
               ? ERR_NONE
               : fail(t, ERR_UNKNOWN, "%s has no token in its first line%s.", t->door->token_file, "");
}

/* --- the request as an address --- */

static enum err add(struct trip *t, const char *text, size_t len)
{
    size_t at = strlen(t->url);
    if (at + len >= sizeof t->url)
        return fail(t, ERR_LONG, "The request is too long for an address%s%s.", "", "");
    memcpy(t->url + at, text, len);
    t->url[at + len] = '\0';
    return ERR_NONE;
}

/* A value, percent-encoded. */
static enum err add_value(struct trip *t, const json_t *value)
{
    char number[32];
    const char *text = number;
    if (json_is_integer(value))
        snprintf(number, sizeof number, "%lld", (long long)json_integer_value(value));
    else if (json_is_boolean(value))
        text = json_is_true(value) ? "true" : "false";
    else
        text = json_string_value(value);
    char *coded = text != NULL ? curl_easy_escape(t->curl, text, 0) : NULL;
    enum err e = coded != NULL ? add(t, coded, strlen(coded)) : ERR_MEMORY;
    curl_free(coded);
    return e;
}

static enum err add_path(struct trip *t)
{
    enum err e = add(t, API_ROOT, strlen(API_ROOT));
    for (const char *at = t->route->path; *at != '\0' && e == ERR_NONE;) {
        char name[32];
        size_t len = *at == '{' ? strcspn(at, "}") + 1 : strcspn(at, "{");
        if (*at != '{') {
            e = add(t, at, len);
        } else {
            snprintf(name, sizeof name, "%.*s", (int)len - 2, at + 1);
            e = add_value(t, json_object_get(t->members, name));
            json_object_del(t->members, name);
        }
        at += len;
    }
    return e;
}

static enum err add_argument(struct trip *t, const char *name, const json_t *value, const char **between)
{
    enum err e = add(t, *between, 1);
    *between = "&";
    if (e == ERR_NONE)
        e = add(t, name, strlen(name));
    if (e == ERR_NONE)
        e = add(t, "=", 1);
    return e == ERR_NONE ? add_value(t, value) : e;
}

/* What it does not have is aulactl's own concern, as --once. */
static bool has_argument(const struct api_route *r, const char *name)
{
    for (const struct api_argument *a = r->query; a->name != NULL; a++)
        if (strcmp(name, a->name) == 0)
            return true;
    return false;
}

static enum err add_query(struct trip *t)
{
    const char *name, *between = "?";
    json_t *value;
    enum err e = ERR_NONE;
    json_object_foreach(t->members, name, value)
    {
        if (!has_argument(t->route, name) || json_is_false(value))
            continue;
        if (!json_is_array(value)) {
            e = add_argument(t, name, value, &between);
        } else {
            for (size_t i = 0; i < json_array_size(value) && e == ERR_NONE; i++)
                e = add_argument(t, name, json_array_get(value, i), &between);
        }
        if (e != ERR_NONE)
            return e;
    }
    return e;
}

static enum err address(struct trip *t)
{
    size_t base = strlen(t->door->url);
    const char *verb = json_string_value(json_object_get(t->members, "verb"));
    t->route = verb != NULL ? api_route_of(verb) : NULL;
    if (t->route == NULL)
        return fail(t, ERR_UNSUPPORTED, "%s cannot be said over HTTPS: use --data or --control%s.",
                    verb != NULL ? verb : "This", "");
    json_object_del(t->members, "verb");
    while (base > 0 && t->door->url[base - 1] == '/')
        base--;
    enum err e = add(t, t->door->url, base);
    if (e == ERR_NONE)
        e = add_path(t);
    if (e == ERR_NONE && t->route->body == API_NOTHING)
        e = add_query(t);
    return e;
}

/* --- head and body --- */

static enum err add_header(struct trip *t, const char *name, const char *value)
{
    char line[TOKEN_MAX + 64];
    snprintf(line, sizeof line, "%s%s", name, value);
    struct curl_slist *more = curl_slist_append(t->headers, line);
    if (more == NULL)
        return ERR_MEMORY;
    t->headers = more;
    return ERR_NONE;
}

static enum err attach_json(struct trip *t)
{
    t->body = json_dumps(t->members, JSON_COMPACT);
    if (t->body == NULL)
        return ERR_MEMORY;
    curl_easy_setopt(t->curl, CURLOPT_POSTFIELDS, t->body);
    return add_header(t, "Content-Type: ", "application/json");
}

static enum err attach_file(struct trip *t)
{
    struct stat st;
    const char *title = json_string_value(json_object_get(t->members, "title"));
    t->file = fopen(t->ask->file, "rb");
    if (t->file == NULL || fstat(fileno(t->file), &st) != 0 || !S_ISREG(st.st_mode) || st.st_size == 0)
        return fail(t, ERR_UNKNOWN, "%s cannot be read, or is empty%s.", t->ask->file, "");
    curl_easy_setopt(t->curl, CURLOPT_POST, 1L);
    curl_easy_setopt(t->curl, CURLOPT_READDATA, t->file);
    curl_easy_setopt(t->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)st.st_size);
    enum err e = add_header(t, "Content-Type: ", "application/pdf");
    char *coded = title != NULL && e == ERR_NONE ? curl_easy_escape(t->curl, title, 0) : NULL;
    if (coded != NULL)
        e = add_header(t, "X-Aula-Title: ", coded);
    curl_free(coded);
    return e;
}

static size_t take(char *bytes, size_t size, size_t count, void *self)
{
    struct trip *t = self;
    size_t len = size * count;
    char *more = t->answer.len + len <= DOOR_REPLY_MAX_BYTES
                     ? realloc(t->answer.bytes, t->answer.len + len + 1)
                     : NULL;
    if (more == NULL)
        return 0;
    t->answer.bytes = more;
    memcpy(more + t->answer.len, bytes, len);
    t->answer.len += len;
    more[t->answer.len] = '\0';
    return len;
}

static enum err prepare(struct trip *t)
{
    char bearer[TOKEN_MAX + 16];
    long wait_ms = t->ask->file != NULL ? DOOR_DECK_WAIT_MS
                   : t->ask->patient    ? DOOR_LOG_WAIT_MS
                                        : DOOR_WAIT_MS;
    snprintf(bearer, sizeof bearer, "Bearer %s", t->token);
    curl_easy_setopt(t->curl, CURLOPT_URL, t->url);
    curl_easy_setopt(t->curl, CURLOPT_PROTOCOLS_STR, "https");
    curl_easy_setopt(t->curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(t->curl, CURLOPT_TIMEOUT_MS, wait_ms);
    curl_easy_setopt(t->curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(t->curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(t->curl, CURLOPT_WRITEDATA, t);
    if (t->door->ca != NULL)
        curl_easy_setopt(t->curl, CURLOPT_CAINFO, t->door->ca);
    if (t->route->method == API_DELETE)
        curl_easy_setopt(t->curl, CURLOPT_CUSTOMREQUEST, "DELETE");
    enum err e = add_header(t, "Authorization: ", bearer);
    if (e == ERR_NONE)
        e = add_header(t, "Expect:", ""); /* the relay does not answer 100-continue */
    if (e == ERR_NONE && t->route->body == API_JSON)
        e = attach_json(t);
    if (e == ERR_NONE && t->route->body == API_PDF)
        e = attach_file(t);
    curl_easy_setopt(t->curl, CURLOPT_HTTPHEADER, t->headers);
    return e;
}

/* --- the answer --- */

/* The reply of the control socket, made again of a status and what came with it. */
static enum err translate(struct trip *t, char **ret_reply)
{
    long status = 0;
    curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &status);
    json_t *said = t->answer.len > 0 ? json_loadb(t->answer.bytes, t->answer.len, 0, NULL) : NULL;
    const char *error = json_string_value(json_object_get(said, "error"));
    json_t *reply = NULL;
    if (status >= 200 && status < 300 && json_is_object(said)) {
        reply = json_pack("{s:b}", "ok", 1);
        json_object_update(reply, said);
    } else if (status >= 400 && error != NULL) {
        reply = json_pack("{s:b, s:s, s:b}", "ok", 0, "why", error, "usage", status == 400);
    }
    json_decref(said);
    *ret_reply = reply != NULL ? json_dumps(reply, JSON_COMPACT) : NULL;
    json_decref(reply);
    return *ret_reply != NULL ? ERR_NONE
                              : fail(t, ERR_MALFORMED, "What answers at %s is no aulad%s.", t->door->url, "");
}

/* What went wrong on the way, in a sentence. */
static enum err explain(struct trip *t, CURLcode code)
{
    switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
        return fail(t, ERR_TIMEOUT, "The relay at %s does not answer%s.", t->door->url, "");
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
        return fail(
            t, ERR_CLOSED,
            "The certificate of %s is not trusted (%s). Where the relay made its own, give --ca the tls.crt "
            "of its data folder.",
            t->door->url, curl_easy_strerror(code));
    case CURLE_WRITE_ERROR:
        return fail(t, ERR_SYSTEM, "What %s sends cannot be kept: is the disk full?%s", t->door->url, "");
    default:
        return fail(t, ERR_CLOSED, "There is no relay at %s (%s).", t->door->url, curl_easy_strerror(code));
    }
}

static enum err travel(struct trip *t, char **ret_reply)
{
    CURLcode code = curl_easy_perform(t->curl);
    return code == CURLE_OK ? translate(t, ret_reply) : explain(t, code);
}

static void finish(struct trip *t)
{
    if (t->curl != NULL)
        curl_easy_cleanup(t->curl);
    curl_slist_free_all(t->headers);
    json_decref(t->members);
    free(t->body);
    free(t->answer.bytes);
    if (t->file != NULL)
        fclose(t->file);
    free(t);
}

enum err web_door_call(const struct door_ask *ask, char **ret_reply, char *why, size_t why_size)
{
    struct trip *t = calloc(1, sizeof *t);
    if (t == NULL)
        return ERR_MEMORY;
    t->door = ask->web;
    t->ask = ask;
    t->why = why;
    t->why_size = why_size;
    t->curl = curl_easy_init();
    t->members = json_loadb(ask->request, ask->request_len, 0, NULL);
    enum err e = t->curl != NULL && t->members != NULL ? read_token(t) : ERR_MEMORY;
    if (e == ERR_NONE)
        e = address(t);
    if (e == ERR_NONE)
        e = prepare(t);
    if (e == ERR_NONE)
        e = travel(t, ret_reply);
    if (e == ERR_MEMORY)
        fail(t, e, "There is not enough memory%s%s.", "", "");
    finish(t);
    return e;
}

/* --- files --- */

static enum err fetch(struct trip *t, FILE *out)
{
    long status = 0;
    curl_easy_setopt(t->curl, CURLOPT_URL, t->url);
    curl_easy_setopt(t->curl, CURLOPT_PROTOCOLS_STR, "https");
    curl_easy_setopt(t->curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(t->curl, CURLOPT_LOW_SPEED_LIMIT, 1L); /* a recording of hours may take long, */
    curl_easy_setopt(t->curl, CURLOPT_LOW_SPEED_TIME, (long)STILL_S); /* but not stand still */
    curl_easy_setopt(t->curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(t->curl, CURLOPT_FAILONERROR, 1L); /* what is said to that is no file */
    curl_easy_setopt(t->curl, CURLOPT_WRITEDATA, out);
    if (t->door->ca != NULL)
        curl_easy_setopt(t->curl, CURLOPT_CAINFO, t->door->ca);
    CURLcode code = curl_easy_perform(t->curl);
    curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &status);
    if (code == CURLE_HTTP_RETURNED_ERROR)
        return fail(t, status == 404 ? ERR_UNKNOWN : ERR_CLOSED, "%s: the relay does not have it%s.", t->url,
                    "");
    return code == CURLE_OK ? ERR_NONE : explain(t, code);
}

enum err web_door_fetch(const struct web_door *door, const char *path, FILE *out, char *why, size_t why_size)
{
    struct trip *t = calloc(1, sizeof *t);
    if (t == NULL)
        return ERR_MEMORY;
    t->door = door;
    t->why = why;
    t->why_size = why_size;
    t->curl = curl_easy_init();
    enum err e = t->curl != NULL ? add(t, door->url, strlen(door->url)) : ERR_MEMORY;
    while (e == ERR_NONE && t->url[0] != '\0' && t->url[strlen(t->url) - 1] == '/')
        t->url[strlen(t->url) - 1] = '\0';
    if (e == ERR_NONE)
        e = add(t, path, strlen(path));
    if (e == ERR_NONE)
        e = fetch(t, out);
    if (e == ERR_MEMORY)
        fail(t, e, "There is not enough memory%s%s.", "", "");
    finish(t);
    return e;
}
