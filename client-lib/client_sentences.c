/* What the relay says, and what the client makes of it. */
#include "client_state.h"

#include <stdlib.h>
#include <string.h>

/* ---- page turns ---- */

static char *take_page_text(struct client *c, uint64_t n)
{
    for (unsigned i = 0; i < PAGES_WAITING_MAX; i++) {
        if (c->page_texts[i].text == NULL || c->page_texts[i].n != n)
            continue;
        char *text = c->page_texts[i].text;
        c->page_texts[i].text = NULL;
        return text;
    }
    return NULL;
}

static void keep_page_text(struct client *c, uint64_t n, const char *text)
{
    for (unsigned i = 0; i < PAGES_WAITING_MAX; i++) {
        if (c->page_texts[i].text != NULL)
            continue;
        c->page_texts[i] = (struct client_page){.n = n, .text = strdup(text)};
        return;
    }
}

void client_pages_forget(struct client *c)
{
    for (unsigned i = 0; i < PAGES_WAITING_MAX; i++) {
        free(c->page_texts[i].text);
        c->page_texts[i].text = NULL;
    }
}

void client_pages_due(struct client *c, point_us now_us)
{
    struct page_turn turn;
    if (c->pages.count == 0)
        return;
    session_samples playing = playout_now(c->playout, now_us);
    while (pages_shown(&c->pages, playing, now_us, &turn)) {
        char *text = take_page_text(c, turn.n);
        const struct aula_event event = {.kind = AULA_PAGE,
                                         .at_us = turn.came_us,
                                         .shown_us = turn.shown_us,
                                         .n = turn.n,
                                         .name = "page",
                                         .text = text};
        notices_add(&c->notices, &event, false);
        free(text);
    }
    c->page_us = pages_deadline(&c->pages, playing, now_us);
}

static bool hears_nothing(const struct client *c)
{
    return !c->config.sound || c->peer == NULL || !peer_is_up(c->peer);
}

static void page_turned(struct client *c, const struct event *e, const char *text, bool at_once,
                        point_us now_us)
{
    const struct page_turn turn = {.media = e->media,
                                   .came_us = now_us,
                                   .n = e->n,
                                   .at_once =
                                       at_once || hears_nothing(c) || mirror_sees_at_once(&c->mirror, e->by)};
    if (c->pages.count == PAGES_WAITING_MAX) /* one becomes due: let it out before its text is needed */
        client_pages_due(c, now_us);
    keep_page_text(c, e->n, text);
    pages_turn(&c->pages, &turn);
}

/* ---- events ---- */

static char *event_text(const struct event *e)
{
    struct json_out o;
    char *text = NULL;
    size_t len;
    json_out_init(&o);
    event_write(&o, NULL, e);
    if (json_out_take(&o, &text, &len) != ERR_NONE)
        text = NULL;
    json_out_finish(&o);
    return text;
}

/* `missed`: it happened while we were away, so its moment is over. */
static void told(struct client *c, const struct event *e, bool missed, point_us now_us)
{
    if (mirror_event(&c->mirror, e) == ERR_STALE)
        return;
    char *text = event_text(e);
    if (e->kind == EVENT_PAGE && text != NULL)
        page_turned(c, e, text, missed, now_us);
    else
        client_tell(c, AULA_TOLD, event_kind_text(e->kind), text, NULL, e->n, now_us);
    free(text);
}

/* ---- welcome ---- */

/* The sentence without the events it holds, which are told one by one. */
static void tell_welcome(struct client *c, const struct welcome *w, point_us now_us)
{
    struct json_out o;
    char *text;
    size_t len;
    json_out_init(&o);
    json_open_object(&o, NULL);
    json_put_integer(&o, "n", (int64_t)w->n);
    json_put_string(&o, "kind", "welcome");
    json_put_integer(&o, "you", w->you);
    json_put_integer(&o, "clock", w->clock);
    json_put_boolean(&o, "resumed", w->resumed);
    if (!w->resumed)
        session_view_write(&o, "session", w->session);
    json_close_object(&o);
    if (json_out_take(&o, &text, &len) == ERR_NONE) {
        client_tell(c, AULA_JOINED, "welcome", text, NULL, w->n, now_us);
        free(text);
    }
    json_out_finish(&o);
}

static void tell_standing_page(struct client *c, const struct view_page *page, point_us now_us)
{
    struct json_out o;
    char *text;
    size_t len;
    json_out_init(&o);
    json_open_object(&o, NULL);
    json_put_string(&o, "kind", "page");
    json_put_string(&o, "deck", page->deck);
    json_put_integer(&o, "page", page->page);
    json_put_integer(&o, "media", page->media);
    json_put_integer(&o, "by", page->by);
    json_close_object(&o);
    if (json_out_take(&o, &text, &len) == ERR_NONE) {
        client_tell(c, AULA_PAGE, "page", text, NULL, 0, now_us);
        free(text);
    }
    json_out_finish(&o);
}

static bool names_restart(const struct event_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->events[i].kind == EVENT_RESTARTED)
            return true;
    return false;
}

static void welcome(struct client *c, const struct welcome *w, point_us now_us)
{
    if (c->stage != CLIENT_GREETING)
        return;
    if (!w->resumed && mirror_welcome(&c->mirror, w->session, w->you, w->n) != ERR_NONE) {
        client_retry(c, "the relay's welcome could not be taken in", now_us);
        return;
    }
    c->stage = CLIENT_JOINED;
    c->due_us = c->nobody_us = NEVER_US;
    if (c->joined_us == 0)
        c->joined_us = now_us;
    backoff_reset(&c->backoff);
    playout_clock(c->playout, w->clock, now_us);
    tell_welcome(c, w, now_us);
    if (!w->resumed && w->session->has_page)
        tell_standing_page(c, &w->session->page, now_us);
    for (size_t i = 0; w->resumed && i < w->events.count; i++)
        told(c, &w->events.events[i], true, now_us);
    client_sound_joined(c, w->resumed && !names_restart(&w->events), now_us);
}

/* ---- the rest ---- */

static void bye(struct client *c, const struct bye *b, point_us now_us)
{
    const char *why = b->text != NULL ? b->text : bye_text(b->why);
    if (c->leaving)
        client_end(c, AULA_OVER_LEFT, why, now_us);
    else if (b->why == BYE_ENDED)
        client_end(c, AULA_OVER_ENDED, why, now_us);
    else if (b->again)
        client_retry(c, why, now_us);
    else
        client_end(c, AULA_OVER_REFUSED, why, now_us);
}

static void answered(struct client *c, enum aula_event_kind kind, int64_t id, uint64_t n, const char *why,
                     point_us now_us)
{
    const struct aula_event event = {.kind = kind,
                                     .at_us = now_us,
                                     .n = n,
                                     .name = kind == AULA_DONE ? "done" : "refused",
                                     .why = why,
                                     .command = id};
    notices_add(&c->notices, &event, false);
}

/* The session became large, or small again. */
static void roster(struct client *c, const struct roster *r, const char *text, point_us now_us)
{
    if (c->stage != CLIENT_JOINED || r->n < c->mirror.n)
        return;
    if (mirror_roster(&c->mirror, r) != ERR_NONE) {
        client_retry(c, "the relay's list of people could not be taken in", now_us);
        return;
    }
    c->mirror.n = r->n; /* the change may be an event that is not told to us */
    client_tell(c, AULA_SIGNAL, "roster", text, NULL, 0, now_us);
}

static const char *signal_name(enum relay_kind kind)
{
    switch (kind) {
    case RELAY_SPEAKING:
        return "speaking";
    case RELAY_POINTER:
        return "pointer";
    case RELAY_MESSAGE:
        return "message";
    case RELAY_NOT_SAVED:
        return "not-saved";
    case RELAY_SAVED:
        return "saved";
    case RELAY_RECORDING:
        return "recording";
    case RELAY_ROSTER:
        return "roster";
    case RELAY_COUNTS:
        return "counts";
    case RELAY_PEOPLE:
        return "people";
    default:
        return NULL;
    }
}

static void sentence(struct client *c, const struct relay_sentence *s, const char *text, point_us now_us)
{
    switch (s->kind) {
    case RELAY_WELCOME:
        welcome(c, &s->welcome, now_us);
        return;
    case RELAY_EVENTS:
        for (size_t i = 0; c->stage == CLIENT_JOINED && i < s->events.count; i++)
            told(c, &s->events.events[i], false, now_us);
        return;
    case RELAY_ROSTER:
        roster(c, &s->roster, text, now_us);
        return;
    case RELAY_COUNTS:
        mirror_counts(&c->mirror, &s->counts);
        break;
    case RELAY_ANSWER:
        client_sound_answer(c, &s->answer, now_us);
        return;
    case RELAY_DONE:
        answered(c, AULA_DONE, s->done.id, s->done.n, NULL, now_us);
        return;
    case RELAY_REFUSED:
        answered(c, AULA_REFUSED, s->refused.has_id ? s->refused.id : 0, 0, s->refused.why, now_us);
        return;
    case RELAY_BYE:
        bye(c, &s->bye, now_us);
        return;
    default:
        break;
    }
    if (signal_name(s->kind) != NULL)
        client_tell(c, AULA_SIGNAL, signal_name(s->kind), text, NULL, 0, now_us);
}

void client_sentence(struct client *c, const char *text, size_t len, point_us now_us)
{
    struct relay_sentence s;
    char why[WHY_MAX];
    if (c->stage != CLIENT_GREETING && c->stage != CLIENT_JOINED)
        return;
    enum err e = relay_sentence_read(text, len, &s, why);
    if (e == ERR_NONE) {
        char *copy = signal_name(s.kind) != NULL ? strndup(text, len) : NULL;
        sentence(c, &s, copy, now_us);
        free(copy);
        relay_sentence_finish(&s);
        client_pages_due(c, now_us);
        return;
    }
    c->dropped++;
    /* Without the events in it we would go on with a state that has a hole: ask for them again. */
    client_retry(c, why, now_us);
}
