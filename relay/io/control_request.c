/* What the operator's clients say: a deck, whose bytes follow, and requests for others to answer. */
#include "io/control_parts.h"

#include <stdlib.h>
#include <string.h>

#include "signal/refusal.h"
#include "wire/json_in.h"

static void refuse(struct control_client *c, const char *why, bool usage)
{
    struct json_out o;
    refusal_write(&o, usage, why);
    if (!o.failed)
        control_say(c, o.text, o.len);
    json_out_finish(&o);
}

/* --- deck-add --- */

static void progress(void *self, int page, int pages)
{
    struct control_client *c = self;
    char text[64];
    int len = snprintf(text, sizeof text, "{\"page\":%d,\"pages\":%d}", page, pages);
    control_say(c, text, (size_t)len);
}

static void finished(void *self, const struct deck_result *result)
{
    struct control_client *c = self;
    struct control_door *d = c->door;
    c->job = NULL;
    if (c->state != CONTROL_CLOSING)
        c->state = CONTROL_LINE;
    if (!result->ok) {
        refuse(c, result->why, false);
    } else if (d->listener.deck_added(d->listener.self, c->session, result) != ERR_NONE) {
        refuse(c, "The session is over.", false);
    } else {
        struct json_out o;
        json_out_init(&o);
        json_open_object(&o, NULL);
        json_put_boolean(&o, "ok", true);
        json_put_string(&o, "deck", result->deck);
        json_put_integer(&o, "pages", result->pages);
        json_close_object(&o);
        if (!o.failed)
            control_say(c, o.text, o.len);
        json_out_finish(&o);
    }
    control_go_on(c);
}

static void fail_body(struct control_client *c, const char *why)
{
    deck_cancel(c->job);
    c->job = NULL;
    snprintf(c->refusal, sizeof c->refusal, "%s", why);
}

static void deck_add(struct control_client *c, struct json_doc *doc)
{
    struct control_door *d = c->door;
    struct json_in in = json_doc_root(doc);
    const char *session = json_in_string(in, "session", JSON_TEXT_ID, SESSION_ID_MAX);
    const char *title = json_in_string_or_null(in, "title", JSON_TEXT_LINE, DECK_TITLE_MAX);
    int64_t bytes = json_in_integer(in, "bytes", 1, JSON_INTEGER_MAX);
    if (json_doc_error(doc) != ERR_NONE) {
        refuse(c, json_doc_why(doc), true);
        if (json_in_has(in, "bytes") && c->state != CONTROL_CLOSING)
            c->state = CONTROL_DEAF; /* a PDF follows, and nobody knows where it ends */
        return;
    }
    c->state = CONTROL_BODY;
    c->body_left = (size_t)bytes;
    c->refusal[0] = 0;
    snprintf(c->session, sizeof c->session, "%s", session);
    char why[DECK_WHY_MAX];
    const struct deck_listener listener = {progress, finished, c};
    if (!d->listener.session_exists(d->listener.self, session))
        fail_body(c, "There is no such session.");
    else if (bytes > DECK_FILE_MAX_BYTES)
        fail_body(c, "The file is too large: at most 50 MB are taken.");
    else if (deck_begin(d->decks, title, &listener, why, &c->job) != ERR_NONE)
        fail_body(c, why);
}

size_t control_take_body(struct control_client *c, const char *bytes, size_t len)
{
    char why[DECK_WHY_MAX];
    size_t n = len < c->body_left ? len : c->body_left;
    c->body_left -= n;
    if (c->job != NULL && deck_bytes(c->job, bytes, n, why) != ERR_NONE)
        fail_body(c, why);
    if (c->body_left > 0)
        return n;
    if (c->job != NULL) {
        c->state = CONTROL_WAITS;
        deck_end(c->job);
    } else {
        c->state = CONTROL_LINE;
        refuse(c, c->refusal, false);
    }
    return n;
}

/* --- lines --- */

void control_take_line(struct control_client *c, const char *text, size_t len)
{
    struct control_door *d = c->door;
    struct json_doc *doc;
    char why[JSON_WHY_MAX];
    if (json_doc_read(text, len, CONTROL_LINE_MAX, &doc, why) != ERR_NONE) {
        refuse(c, why, true);
        return;
    }
    const char *verb = json_in_string(json_doc_root(doc), "verb", JSON_TEXT_ID, 40);
    if (strcmp(verb, "deck-add") == 0) {
        deck_add(c, doc);
    } else {
        d->last_request = d->last_request % CONTROL_REQUEST_MAX + 1;
        c->request = d->last_request;
        c->state = CONTROL_WAITS;
        d->listener.request(d->listener.self, c->request, text, len);
    }
    json_doc_destroy(doc);
}
