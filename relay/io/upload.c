/* POST /api/v1/decks (proto/README.md): a lecturer's PDF into deck/, whose answer comes when it is converted.
 */
#include "io/web_parts.h"

#include <stdlib.h>
#include <string.h>

#include "io/guards.h"
#include "io/log.h"
#include "wire/json_out.h"

#define BODY_SECONDS 600 /* for the whole body: 50 MB at 700 kbit/s */

struct upload {
    struct lws *wsi;
    struct deck_job *job; /* NULL once it failed or finished */
    char session[SESSION_ID_MAX + 1];
    uint32_t by;
    bool ended;      /* the body is complete */
    unsigned status; /* of the answer; 0 = none yet */
    char why[DECK_WHY_MAX];
    char deck[DECK_NAME_MAX + 1];
    int pages;
};

static void fail(struct upload *u, unsigned status, const char *why)
{
    deck_cancel(u->job);
    u->job = NULL;
    u->status = status;
    snprintf(u->why, sizeof u->why, "%s", why);
}

static void finished(void *self, const struct deck_result *result)
{
    struct upload *u = self;
    struct web *w = web_of(u->wsi);
    u->job = NULL;
    if (!result->ok) {
        fail(u, 422, result->why);
    } else if (w->listener.deck_added(w->listener.self, u->session, u->by, result) != ERR_NONE) {
        fail(u, 410, "The session is over.");
    } else {
        u->status = 201;
        memcpy(u->deck, result->deck, sizeof u->deck);
        u->pages = result->pages;
    }
    lws_callback_on_writable(u->wsi);
}

/* Reads who sends; 0, or the status of the refusal whose sentence is in *ret_why. */
static unsigned check_sender(struct lws *wsi, struct upload *u, const char **ret_why)
{
    char value[HEADER_VALUE_MAX];
    *ret_why = "The deck needs Authorization: Bearer and a join token.";
    if (!web_header(wsi, WSI_TOKEN_HTTP_AUTHORIZATION, value, sizeof value) ||
        strncasecmp(value, "bearer ", 7) != 0 || !guard_token(value + 7))
        return 401;
    struct web *w = web_of(wsi);
    enum err error = w->listener.may_upload(w->listener.self, value + 7, u->session, &u->by);
    *ret_why =
        error == ERR_FORBIDDEN ? "Only chairs and lecturers can add slides." : "This link is not valid.";
    if (error != ERR_NONE)
        return error == ERR_FORBIDDEN ? 403 : 401;
    return 0;
}

/* Likewise what he sends. */
static unsigned check_deck(struct lws *wsi, char *title, size_t title_size, const char **ret_why)
{
    char value[HEADER_VALUE_MAX];
    *ret_why = "Slides are taken as PDF: Content-Type: application/pdf.";
    if (!web_header(wsi, WSI_TOKEN_HTTP_CONTENT_TYPE, value, sizeof value) ||
        !guard_list_holds(value, "application/pdf"))
        return 415;
    *ret_why = "X-Aula-Title is not percent-encoded UTF-8 on one line, of at most 200 bytes.";
    title[0] = 0;
    static const char name[] = "x-aula-title:";
    int len = lws_hdr_custom_length(wsi, name, (int)strlen(name));
    if (len > 0 &&
        ((size_t)len >= title_size ||
         lws_hdr_custom_copy(wsi, title, (int)title_size, name, (int)strlen(name)) < 0 ||
         !guard_percent_decode(title) || !guard_text_line(title) || strlen(title) > DECK_TITLE_MAX))
        return 400;
    return 0;
}

/* `u` is the caller's no more; NULL: memory was short. `status` 0: go on, else it is refused with `why`. */
static int begin(struct lws *wsi, struct http_request *request, struct upload *u, unsigned status,
                 const char *refusal)
{
    char title[3 * DECK_TITLE_MAX + 1], why[DECK_WHY_MAX];
    if (u == NULL)
        return http_refuse(wsi, 503, "There is not enough memory.");
    u->wsi = wsi;
    if (status == 0)
        status = check_deck(wsi, title, sizeof title, &refusal);
    const struct deck_listener listener = {NULL, finished, u};
    if (status == 0 && deck_begin(web_of(wsi)->decks, title, &listener, why, &u->job) != ERR_NONE) {
        status = 503;
        refusal = why;
    }
    if (status != 0) {
        free(u);
        return http_refuse(wsi, status, refusal);
    }
    request->upload = u;
    http_limit_body(wsi, request, BODY_SECONDS);
    return 0;
}

int upload_begin(struct lws *wsi, struct http_request *request)
{
    const char *refusal = NULL;
    struct upload *u = calloc(1, sizeof *u);
    unsigned status = u != NULL ? check_sender(wsi, u, &refusal) : 0;
    return begin(wsi, request, u, status, refusal);
}

int upload_begin_for(struct lws *wsi, struct http_request *request, const char *session)
{
    struct web *w = web_of(wsi);
    struct upload *u = calloc(1, sizeof *u);
    if (u != NULL)
        snprintf(u->session, sizeof u->session, "%s", session);
    bool there =
        strlen(session) <= SESSION_ID_MAX && w->listener.session_version(w->listener.self, session) > 0;
    return begin(wsi, request, u, there ? 0 : 404, "There is no such session.");
}

int upload_bytes(struct lws *wsi, struct http_request *request, const void *bytes, size_t len)
{
    struct upload *u = request->upload;
    char why[DECK_WHY_MAX];
    (void)wsi;
    if (u == NULL || u->ended)
        return len == 0 ? 0 : -1;
    if (u->job == NULL)
        return 0; /* refused already: the rest is read and dropped, then he is told */
    enum err error = deck_bytes(u->job, bytes, len, why);
    if (error != ERR_NONE)
        fail(u, error == ERR_LONG ? 413 : error == ERR_MALFORMED ? 422 : 500, why);
    return 0;
}

int upload_end(struct lws *wsi, struct http_request *request)
{
    struct upload *u = request->upload;
    if (u == NULL)
        return 0;
    if (u->ended)
        return -1; /* bytes after the body, before the answer */
    u->ended = true;
    http_limit_body(wsi, request, 0);
    if (u->job != NULL)
        deck_end(u->job);
    else
        lws_callback_on_writable(wsi);
    return 0;
}

static int answer_created(struct lws *wsi, const struct upload *u)
{
    struct json_out o;
    json_out_init(&o);
    json_open_object(&o, NULL);
    json_put_string(&o, "deck", u->deck);
    json_put_integer(&o, "pages", u->pages);
    json_close_object(&o);
    int result = http_answer(wsi, 201, "application/json", NULL, o.failed ? "{}" : o.text);
    json_out_finish(&o);
    return result;
}

int upload_writeable(struct lws *wsi, struct http_request *request)
{
    struct upload *u = request != NULL ? request->upload : NULL;
    if (u == NULL || !u->ended || u->status == 0)
        return 0;
    request->upload = NULL;
    int result = u->status == 201 ? answer_created(wsi, u) : http_refuse(wsi, u->status, u->why);
    free(u);
    return result;
}

void upload_gone(struct http_request *request)
{
    if (request == NULL || request->upload == NULL)
        return;
    deck_cancel(request->upload->job);
    free(request->upload);
    request->upload = NULL;
}
