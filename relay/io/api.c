#include "io/api_parts.h"

#include <stdlib.h>
#include <string.h>

#include "io/clock.h"
#include "io/guards.h"
#include "link/crypto.h"

#define DESCRIPTION "/openapi.json"

enum err api_init(struct web *w)
{
    w->api = calloc(1, sizeof *w->api);
    return w->api != NULL ? api_memory_create(&w->api->memory) : ERR_MEMORY;
}

void api_finish(struct web *w)
{
    if (w->api == NULL)
        return;
    while (w->api->calls != NULL)
        api_call_free(w, w->api->calls);
    api_memory_destroy(w->api->memory);
    free(w->api);
    w->api = NULL;
}

/* --- asking --- */

static bool is_under_way(const struct web *w, const struct api_key *key)
{
    for (const struct api_call *c = w->api->calls; c != NULL; c = c->next)
        if (c->has_key && c->request != 0 && memcmp(c->key.name, key->name, sizeof key->name) == 0)
            return true;
    return false;
}

/* True where the answer is known, or there must be none. */
static bool recall(struct web *w, struct api_call *c, const struct json_out *asked)
{
    struct api_answer answer;
    if (!c->has_key)
        return false;
    if (crypto_sha256(asked->text, asked->len, c->key.request) != ERR_NONE) {
        api_answer_refuse(c, 503, "There is not enough memory.");
        c->has_key = false;
        return true;
    }
    enum err e = api_memory_find(w->api->memory, &c->key, clock_monotonic_us(), &answer);
    if (e == ERR_UNKNOWN && !is_under_way(w, &c->key))
        return false;
    c->has_key = false; /* there is nothing new to keep */
    if (e == ERR_UNKNOWN) {
        api_answer_refuse(c, 409,
                          "A request with this Idempotency-Key is being carried out. Ask again soon.");
    } else if (e != ERR_NONE) {
        api_answer_refuse(c, 422, "This Idempotency-Key was used for another request.");
    } else {
        c->answer = malloc(answer.len + 1);
        c->status = c->answer != NULL ? answer.status : 503;
        c->answer_len = c->answer != NULL ? answer.len : 0;
        if (c->answer != NULL)
            memcpy(c->answer, answer.text, answer.len);
    }
    return true;
}

/* The call is whole: it is asked, unless it is wrong or was answered before. */
static void ask(struct web *w, struct api_call *c)
{
    struct json_out asked;
    char why[240];
    struct lws *wsi = c->wsi;
    enum err e = api_request(&c->match, c->pairs, c->pair_count, c->has_body ? c->body : NULL, c->body_len,
                             &asked, why);
    if (e != ERR_NONE) {
        api_answer_refuse(c, e == ERR_MEMORY ? 503 : 400,
                          e == ERR_MEMORY ? "There is not enough memory." : why);
    } else if (!recall(w, c, &asked)) {
        w->api->last_request = (w->api->last_request + 1) & ~API_REQUEST;
        c->request = w->api->last_request | API_REQUEST;
        lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, API_WAIT_SECONDS);
        w->listener.request(w->listener.self, c->request, asked.text, asked.len);
    }
    json_out_finish(&asked);
    if (c->status != 0)
        lws_callback_on_writable(wsi);
}

void api_reply(struct web *w, uint32_t request, const char *text, size_t len)
{
    struct api_call *c = w->api->calls;
    while (c != NULL && c->request != request)
        c = c->next;
    if (c == NULL || c->status != 0)
        return;
    api_answer_give(w, c, text, len);
    if (c->wsi == NULL)
        api_call_free(w, c);
    else
        lws_callback_on_writable(c->wsi);
}

/* --- coming in --- */

/* The query, decoded by libwebsockets, one argument a fragment. False: it is too long. */
static bool read_query(struct lws *wsi, struct api_call *c)
{
    size_t at = 0;
    for (int i = 0; lws_hdr_fragment_length(wsi, WSI_TOKEN_HTTP_URI_ARGS, i) > 0; i++) {
        char *text = c->query + at;
        int len =
            c->pair_count < API_PAIRS_MAX
                ? lws_hdr_copy_fragment(wsi, text, (int)(sizeof c->query - at), WSI_TOKEN_HTTP_URI_ARGS, i)
                : -1;
        if (len < 0 || memchr(text, 0, (size_t)len) != NULL)
            return false;
        text[len] = '\0';
        char *equals = strchr(text, '=');
        if (equals != NULL)
            *equals = '\0';
        c->pairs[c->pair_count++] = (struct api_pair){text, equals != NULL ? equals + 1 : ""};
        at += (size_t)len + 1;
    }
    return true;
}

/* 0, or a status: an Idempotency-Key of another form is an error, not none. */
static unsigned read_key(struct lws *wsi, struct api_call *c)
{
    static const char header[] = "idempotency-key:";
    char text[API_KEY_MAX + 16];
    int len = lws_hdr_custom_length(wsi, header, sizeof header - 1);
    if (len <= 0 || c->match.route->method != API_POST)
        return 0;
    int at = snprintf(text, sizeof text, "%u ", (unsigned)c->token);
    if (len > API_KEY_MAX ||
        lws_hdr_custom_copy(wsi, text + at, (int)sizeof text - at, header, sizeof header - 1) < 0)
        return 400;
    c->has_key = crypto_sha256(text, (size_t)(at + len), c->key.name) == ERR_NONE;
    return c->has_key ? 0 : 503;
}

static bool method_of(int number, enum api_method *ret_method)
{
    switch (number) {
    case LWSHUMETH_GET:
    case LWSHUMETH_HEAD:
        *ret_method = API_GET;
        return true;
    case LWSHUMETH_POST:
        *ret_method = API_POST;
        return true;
    case LWSHUMETH_DELETE:
        *ret_method = API_DELETE;
        return true;
    default:
        return false;
    }
}

static struct api_call *begin(struct lws *wsi, struct http_request *request)
{
    struct web *w = web_of(wsi);
    struct api_call *c = w->api->count < API_CALLS_MAX ? calloc(1, sizeof *c) : NULL;
    if (c == NULL)
        return NULL;
    c->wsi = wsi;
    c->next = w->api->calls;
    w->api->calls = c;
    w->api->count++;
    request->api = c;
    return c;
}

/* Everything that the head alone can say. 0, or the status of the refusal. */
static unsigned check(struct lws *wsi, struct api_call *c, const char **ret_why)
{
    unsigned status = api_conditions(wsi, c);
    *ret_why = "The session has changed since: its ETag is another. Read it again.";
    if (status != 0)
        return status;
    *ret_why = "The query is too long.";
    if (!read_query(wsi, c))
        return 414;
    *ret_why = "Idempotency-Key has at most 128 characters.";
    return read_key(wsi, c);
}

/* The body's room, before it comes: its length was told. */
static unsigned expect_body(struct lws *wsi, struct api_call *c, const char **ret_why)
{
    char value[64];
    uint64_t length = 0;
    if (c->match.route->method != API_POST)
        return 0;
    *ret_why = "The body is too long: at most 60000 bytes of JSON.";
    if (!web_header(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH, value, sizeof value) ||
        !guard_content_length(value, &length) || length > API_BODY_MAX)
        return 413;
    *ret_why = "There is not enough memory.";
    c->has_body = length > 0;
    c->body_size = (size_t)length;
    c->body = c->has_body ? malloc(c->body_size) : NULL;
    return c->has_body && c->body == NULL ? 503 : 0;
}

static int describe(struct lws *wsi, struct http_request *request)
{
    struct api_call *c = begin(wsi, request);
    if (c == NULL)
        return http_refuse(wsi, 503, "Too many requests are under way; try again in a moment.");
    c->is_description = true;
    c->status = 200;
    lws_callback_on_writable(wsi);
    return 0;
}

int api_begin(struct lws *wsi, struct http_request *request, int method_number, const char *path)
{
    struct web *w = web_of(wsi);
    struct api_match m;
    enum api_method method;
    uint32_t token = 0;
    unsigned rights = 0;
    const char *why = "This method is not answered here; " API_ROOT DESCRIPTION " tells which are.";
    if (!method_of(method_number, &method))
        return http_refuse_and_close(wsi, 405, why);
    if (method == API_GET && strcmp(path, DESCRIPTION) == 0)
        return describe(wsi, request);
    enum err e = api_find(method, path, &m);
    if (e != ERR_NONE)
        return http_refuse(wsi, e == ERR_UNSUPPORTED ? 405 : 404,
                           e == ERR_UNSUPPORTED ? why
                                                : "There is no such thing here; " API_ROOT DESCRIPTION
                                                  " tells what there is.");
    unsigned status = api_enter(wsi, &m, &rights, &token, &why);
    if (status != 0)
        return http_refuse(wsi, status, why);
    if (m.route->body == API_PDF)
        return upload_begin_for(wsi, request, api_value(&m, "session"));
    struct api_call *c = begin(wsi, request);
    if (c == NULL)
        return http_refuse(wsi, 503, "Too many requests are under way; try again in a moment.");
    c->match = m;
    c->token = token;
    c->rights = rights;
    status = check(wsi, c, &why);
    if (status == 0)
        status = expect_body(wsi, c, &why);
    if (status == 304) {
        c->status = status;
        lws_callback_on_writable(wsi);
        return 0;
    }
    if (status != 0) {
        api_gone(w, request);
        return http_refuse(wsi, status, why);
    }
    if (c->has_body)
        http_limit_body(wsi, request, API_BODY_SECONDS);
    else
        ask(w, c);
    return 0;
}

int api_bytes(struct http_request *request, const void *bytes, size_t len)
{
    struct api_call *c = request->api;
    if (c->request != 0 || c->status != 0 || len > c->body_size - c->body_len)
        return len == 0 ? 0 : -1;
    if (len > 0)
        memcpy(c->body + c->body_len, bytes, len);
    c->body_len += len;
    return 0;
}

int api_body_end(struct lws *wsi, struct http_request *request)
{
    struct api_call *c = request->api;
    if (c->request != 0 || c->status != 0)
        return c->has_body ? -1 : 0; /* bytes after the body, before the answer */
    http_limit_body(wsi, request, 0);
    ask(web_of(wsi), c);
    return 0;
}

void api_gone(struct web *w, struct http_request *request)
{
    struct api_call *c = request != NULL ? request->api : NULL;
    if (c == NULL)
        return;
    request->api = NULL;
    if (c->has_key && c->request != 0 && c->status == 0)
        c->wsi = NULL; /* whoever asks again gets the answer */
    else
        api_call_free(w, c);
}
