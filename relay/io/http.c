/* HTTP/1.1 requests, and the guards around what libwebsockets 4.1.6 does with them. */
#include "io/web_parts.h"

#include <string.h>

#include "io/clock.h"
#include "io/guards.h"
#include "wire/api.h"
#include "wire/json_out.h"

#define DISCARD_SECONDS 30 /* for the rest of a body whose request was refused already */

/* Writes head and body in one piece. 0, or -1. */
static int write_answer(struct lws *wsi, unsigned status, const char *media_type, const char *extra,
                        const char *body)
{
    unsigned char buffer[LWS_PRE + RESPONSE_MAX], *start = buffer + LWS_PRE, *at = start;
    unsigned char *end = buffer + sizeof buffer;
    size_t body_len = strlen(body), extra_len = extra != NULL ? strlen(extra) : 0;
    if (lws_add_http_header_status(wsi, status, &at, end) != 0 ||
        lws_add_http_header_by_token(wsi, WSI_TOKEN_HTTP_CONTENT_TYPE, (const unsigned char *)media_type,
                                     (int)strlen(media_type), &at, end) != 0 ||
        lws_add_http_header_by_token(wsi, WSI_TOKEN_HTTP_CACHE_CONTROL, (const unsigned char *)"no-store", 8,
                                     &at, end) != 0 ||
        lws_add_http_header_content_length(wsi, body_len, &at, end) != 0)
        return -1;
    if (extra_len + body_len + 4 > (size_t)(end - at))
        return -1;
    if (extra_len > 0)
        memcpy(at, extra, extra_len);
    at += extra_len;
    if (lws_finalize_http_header(wsi, &at, end) != 0 || body_len > (size_t)(end - at))
        return -1;
    if (lws_hdr_total_length(wsi, WSI_TOKEN_HEAD_URI) == 0) {
        memcpy(at, body, body_len);
        at += body_len;
    }
    int len = (int)(at - start);
    return lws_write(wsi, start, (size_t)len, LWS_WRITE_HTTP) == len ? 0 : -1;
}

int http_answer(struct lws *wsi, unsigned status, const char *media_type, const char *extra, const char *body)
{
    if (write_answer(wsi, status, media_type, extra, body) != 0)
        return -1;
    return lws_http_transaction_completed(wsi) != 0 ? -1 : 0;
}

/* {"error":why}; the caller finishes `o`. */
static const char *error_body(struct json_out *o, const char *why)
{
    json_out_init(o);
    json_open_object(o, NULL);
    json_put_string(o, "error", why);
    json_close_object(o);
    return o->failed ? "{}" : o->text;
}

/* The timer is only ever set: taking it back makes libwebsockets 4.1.6 ring it at once. */
void http_limit_body(struct lws *wsi, struct http_request *request, int seconds)
{
    if (request == NULL)
        return;
    request->body_by_us = seconds > 0 ? clock_monotonic_us() + seconds * (span_us)US_PER_S : 0;
    if (seconds > 0)
        lws_set_timer_usecs(wsi, seconds * (lws_usec_t)LWS_US_PER_SEC + US_PER_MS);
}

static bool body_is_late(const struct http_request *request)
{
    return request != NULL && request->body_by_us != 0 && clock_monotonic_us() >= request->body_by_us;
}

static const char *refusal_header(unsigned status)
{
    return status == 401 ? "www-authenticate: Bearer\r\n" : status == 429 ? "retry-after: 60\r\n" : NULL;
}

int http_refuse(struct lws *wsi, unsigned status, const char *why)
{
    struct json_out o;
    http_limit_body(wsi, lws_wsi_user(wsi), DISCARD_SECONDS);
    int result = http_answer(wsi, status, "application/json", refusal_header(status), error_body(&o, why));
    json_out_finish(&o);
    return result;
}

int http_refuse_and_close(struct lws *wsi, unsigned status, const char *why)
{
    struct json_out o;
    int result = write_answer(wsi, status, "application/json", "connection: close\r\n", error_body(&o, why));
    json_out_finish(&o);
    return result == 0 ? 1 : -1;
}

/* The request's path (decoded, without the query) as a string. False: too long, or with a zero in it. */
static bool request_path(struct lws *wsi, int *ret_method, char *ret_path, size_t size)
{
    char *path = NULL;
    int len = 0;
    *ret_method = lws_http_get_uri_and_method(wsi, &path, &len);
    if (*ret_method < 0 || path == NULL || len <= 0 || (size_t)len >= size ||
        memchr(path, 0, (size_t)len) != NULL)
        return false;
    memcpy(ret_path, path, (size_t)len);
    ret_path[len] = 0;
    return true;
}

static int health(struct lws *wsi, const char *(*ask)(void *self))
{
    const char *unwell = ask(web_of(wsi)->listener.self);
    return http_answer(wsi, unwell == NULL ? 200 : 503, "text/plain; charset=utf-8", NULL,
                       unwell == NULL ? "ok\n" : unwell);
}

static int get(struct lws *wsi, struct http_request *request, const char *path)
{
    if (strcmp(path, "/") == 0)
        return files_serve_page(wsi);
    if (strncmp(path, "/j/", 3) == 0 && guard_token(path + 3))
        return files_serve_page(wsi);
    if (strcmp(path, "/operator") == 0)
        return files_serve_asset(wsi, "/operator/index.html");
    if (strcmp(path, "/healthz") == 0)
        return health(wsi, web_of(wsi)->listener.unwell);
    if (strcmp(path, "/readyz") == 0)
        return health(wsi, web_of(wsi)->listener.unready);
    if (strncmp(path, "/verify/", 8) == 0)
        return verify_serve(wsi, path + 8);
    if (strncmp(path, "/d/", 3) == 0 && guard_deck_name(path + 3))
        return files_serve_deck(wsi, path + 3);
    if (strncmp(path, "/r/", 3) == 0)
        return replay_serve(wsi, request, path + 3);
    if (guard_path(path))
        return files_serve_asset(wsi, path);
    return http_refuse(wsi, 404, "There is nothing here.");
}

/* 0 good; else the request is answered. libwebsockets does not decode chunked bodies, and reads a length by
 * atoll: a proxy in front of us would see another request than we do. */
static int check_body(struct lws *wsi, int method)
{
    char value[64];
    uint64_t length = 0;
    if (lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) != 0)
        return http_refuse_and_close(wsi, 411, "Send Content-Length, not Transfer-Encoding.");
    bool given = lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH) != 0;
    if (given && (!web_header(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH, value, sizeof value) ||
                  !guard_content_length(value, &length)))
        return http_refuse_and_close(wsi, 400, "Content-Length must be a whole number.");
    if (method != LWSHUMETH_POST && length > 0)
        return http_refuse_and_close(wsi, 400, "This request must not have a body.");
    if (method == LWSHUMETH_POST && !given)
        return http_refuse_and_close(wsi, 411, "Content-Length is missing.");
    if (length > DECK_FILE_MAX_BYTES)
        return http_refuse_and_close(wsi, 413, "At most 50 MB are taken.");
    return 0;
}

static int requested(struct lws *wsi, struct http_request *request)
{
    char path[HEADER_VALUE_MAX];
    int method;
    web_of(wsi)->counters.requests++;
    http_limit_body(wsi, request, 0); /* the last request's on this connection */
    replay_gone(request);
    api_gone(web_of(wsi), request);
    if (!request_path(wsi, &method, path, sizeof path))
        return http_refuse_and_close(wsi, 400, "The path cannot be read.");
    int bad = check_body(wsi, method);
    if (bad != 0)
        return bad;
    if (method == LWSHUMETH_POST && strcmp(path, "/api/v1/decks") == 0)
        return upload_begin(wsi, request);
    if (strncmp(path, API_ROOT "/", strlen(API_ROOT) + 1) == 0)
        return api_begin(wsi, request, method, path + strlen(API_ROOT));
    if (method == LWSHUMETH_GET || method == LWSHUMETH_HEAD)
        return get(wsi, request, path);
    return http_refuse(wsi, 405, "Only GET is answered here.");
}

int http_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
    struct http_request *request = user;
    switch (reason) {
    case LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS:
        /* A ticket a connection: the next connection brings its own, and a page pays for each. */
        return SSL_CTX_set_min_proto_version(user, TLS1_2_VERSION) == 1 &&
                       SSL_CTX_set_num_tickets(user, 1) == 1
                   ? 0
                   : -1;
    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
        return ws_confirm_upgrade(wsi);
    case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION: /* a WebSocket without a subprotocol would be bound to us */
    case LWS_CALLBACK_RAW_ADOPT: /* CONNECT would become a raw connection without time limit */
        return -1;
    case LWS_CALLBACK_HTTP:
        return requested(wsi, request);
    case LWS_CALLBACK_HTTP_BODY:
        return request->api != NULL ? api_bytes(request, in, len) : upload_bytes(wsi, request, in, len);
    case LWS_CALLBACK_HTTP_BODY_COMPLETION:
        return request->api != NULL ? api_body_end(wsi, request) : upload_end(wsi, request);
    case LWS_CALLBACK_HTTP_WRITEABLE:
        if (request != NULL && request->api != NULL)
            return api_answer_write(wsi, request);
        return request != NULL && request->sending != NULL ? replay_writeable(wsi, request)
                                                           : upload_writeable(wsi, request);
    case LWS_CALLBACK_TIMER:
        return body_is_late(request) ? -1 : 0;
    case LWS_CALLBACK_HTTP_FILE_COMPLETION:
        return lws_http_transaction_completed(wsi) != 0 ? -1 : 0;
    case LWS_CALLBACK_HTTP_DROP_PROTOCOL:
    case LWS_CALLBACK_CLOSED_HTTP:
        upload_gone(request);
        replay_gone(request);
        api_gone(web_of(wsi), request);
        return 0;
    case LWS_CALLBACK_WSI_DESTROY: {
        struct caller *caller = lws_get_opaque_user_data(wsi);
        lws_set_opaque_user_data(wsi, NULL);
        if (caller != NULL)
            accept_release(web_of(wsi)->accept, caller);
        return 0;
    }
    default:
        return 0;
    }
}
