/* What the door replied becomes an answer of HTTP, sent in pieces: a session of thousands is some MB. */
#include "io/api_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/clock.h"
#include "wire/json_in.h"

#define PIECE_BYTES     16384 /* a time: nobody waits long for his turn */
#define IDLE_SECONDS    60    /* for a reader that takes nothing */
#define REFUSAL_MAX     4096  /* bytes of a reply that says no */
#define SENTENCE_LENGTH 1000

void api_call_free(struct web *w, struct api_call *c)
{
    for (struct api_call **at = &w->api->calls; *at != NULL; at = &(*at)->next)
        if (*at == c) {
            *at = c->next;
            w->api->count--;
            break;
        }
    free(c->body);
    free(c->answer);
    free(c);
}

static bool set_answer(struct api_call *c, unsigned status, const char *text, size_t len)
{
    c->answer = malloc(len + 1);
    c->status = c->answer != NULL ? status : 503;
    if (c->answer == NULL)
        return false;
    memcpy(c->answer, text, len);
    c->answer[len] = '\0';
    c->answer_len = len;
    return true;
}

void api_answer_refuse(struct api_call *c, unsigned status, const char *why)
{
    struct json_out o;
    json_out_init(&o);
    json_open_object(&o, NULL);
    json_put_string(&o, "error", why);
    json_close_object(&o);
    if (o.failed || !set_answer(c, status, o.text, o.len))
        c->status = 503;
    json_out_finish(&o);
}

/* No: 400 where the request is wrong in itself, 404 where it names a session that is not there, else 409. */
static void take_refusal(struct web *w, struct api_call *c, const char *text, size_t len)
{
    struct json_doc *doc;
    char ignored[JSON_WHY_MAX];
    const char *session = api_value(&c->match, "session");
    if (json_doc_read(text, len, REFUSAL_MAX, &doc, ignored) != ERR_NONE) {
        api_answer_refuse(c, 503, "The relay could not answer.");
        return;
    }
    struct json_in in = json_doc_root(doc);
    bool usage = json_in_boolean_or(in, "usage", false);
    bool gone = session != NULL && w->listener.session_version(w->listener.self, session) == 0;
    api_answer_refuse(c,
                      usage  ? 400
                      : gone ? 404
                             : 409,
                      json_in_string(in, "why", JSON_TEXT_BLOCK, SENTENCE_LENGTH));
    json_doc_destroy(doc);
}

/* The reply without its "ok", which the status says. */
void api_answer_give(struct web *w, struct api_call *c, const char *text, size_t len)
{
    static const char ok[] = "{\"ok\":true";
    size_t ok_len = sizeof ok - 1;
    if (len <= ok_len || memcmp(text, ok, ok_len) != 0) {
        take_refusal(w, c, text, len);
    } else {
        const char *rest = text + ok_len + (text[ok_len] == ',');
        size_t rest_len = len - (size_t)(rest - text);
        if (set_answer(c, c->match.route->creates ? 201 : 200, rest - 1, rest_len + 1))
            c->answer[0] = '{';
    }
    if (!c->has_key || c->status >= 500)
        return;
    const struct api_answer answer = {c->status, c->answer, c->answer_len};
    api_memory_keep(w->api->memory, &c->key, &answer, clock_monotonic_us());
}

/* --- on the wire --- */

static const char *body_of(const struct api_call *c, size_t *ret_len)
{
    *ret_len = c->is_description ? api_description_len : c->answer_len;
    return c->is_description ? api_description : c->answer;
}

static bool add(struct lws *wsi, const char *name, const char *value, unsigned char **at, unsigned char *end)
{
    return lws_add_http_header_by_name(wsi, (const unsigned char *)name, (const unsigned char *)value,
                                       (int)strlen(value), at, end) == 0;
}

/* "aula-rights: read, sessions": so that whoever holds a token knows what to offer its user. */
static bool add_rights(struct lws *wsi, unsigned rights, unsigned char **at, unsigned char *end)
{
    static const enum api_right all[] = {API_READ, API_SESSIONS, API_PEOPLE, API_ADMIN};
    char text[64] = "";
    size_t len = 0;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (rights & all[i])
            len += (size_t)snprintf(text + len, sizeof text - len, "%s%s", len > 0 ? ", " : "",
                                    api_right_text(all[i]));
    return len == 0 || add(wsi, "aula-rights:", text, at, end);
}

static int write_head(struct lws *wsi, const struct api_call *c, size_t len)
{
    unsigned char buffer[LWS_PRE + RESPONSE_MAX], *start = buffer + LWS_PRE, *at = start;
    unsigned char *end = buffer + sizeof buffer;
    bool good = lws_add_http_header_status(wsi, c->status, &at, end) == 0 &&
                add(wsi, "cache-control:", c->is_description ? "no-cache" : "no-store", &at, end);
    if (good && c->status != 304)
        good = add(wsi, "content-type:", "application/json", &at, end);
    if (good && c->etag[0] != '\0' && (c->status == 200 || c->status == 304))
        good = add(wsi, "etag:", c->etag, &at, end);
    if (good)
        good = add_rights(wsi, c->rights, &at, end);
    if (good && c->status == 401)
        good = add(wsi, "www-authenticate:", "Bearer", &at, end);
    if (good && c->status == 429)
        good = add(wsi, "retry-after:", "60", &at, end);
    if (!good || lws_add_http_header_content_length(wsi, len, &at, end) != 0)
        return -1;
    return lws_finalize_write_http_header(wsi, start, &at, end) != 0 ? -1 : 0;
}

static int finish(struct lws *wsi, struct http_request *request)
{
    api_call_free(web_of(wsi), request->api);
    request->api = NULL;
    return lws_http_transaction_completed(wsi) != 0 ? -1 : 0;
}

int api_answer_write(struct lws *wsi, struct http_request *request)
{
    struct api_call *c = request->api;
    unsigned char buffer[LWS_PRE + PIECE_BYTES];
    size_t len;
    const char *body = body_of(c, &len);
    if (c->status == 0)
        return 0;
    lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, IDLE_SECONDS);
    if (!c->head_sent) {
        c->head_sent = true;
        if (write_head(wsi, c, len) != 0)
            return -1;
        if (len == 0 || lws_hdr_total_length(wsi, WSI_TOKEN_HEAD_URI) != 0)
            return finish(wsi, request);
        lws_callback_on_writable(wsi);
        return 0;
    }
    size_t n = len - c->sent < PIECE_BYTES ? len - c->sent : PIECE_BYTES;
    memcpy(buffer + LWS_PRE, body + c->sent, n);
    c->sent += n;
    bool last = c->sent == len;
    if (lws_write(wsi, buffer + LWS_PRE, n, last ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) != (int)n)
        return -1;
    if (last)
        return finish(wsi, request);
    lws_callback_on_writable(wsi);
    return 0;
}
