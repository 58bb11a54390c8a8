/* Sessions that are over: for some minutes as they were, for those who come late and hear that it has ended;
 * then only a line each. All else is on disk. */
#include "signal/parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAST_RETRY_US (10 * (span_us)US_PER_S) /* something of it is still under way */

const struct past *past_find(const struct desk *d, const char *id)
{
    char key[SESSION_ID_MAX + 1] = {0};
    if (strlen(id) > SESSION_ID_MAX)
        return NULL;
    memcpy(key, id, strlen(id));
    return table_get(d->pasts.table, key, SESSION_ID_MAX);
}

void past_destroy(struct past *p)
{
    if (p)
        free(p->title);
    free(p);
}

static enum err past_put(struct desk *d, const char *id, const char *title, const struct past *facts)
{
    struct past *p = calloc(1, sizeof *p);
    if (!p)
        return ERR_MEMORY;
    *p = *facts;
    snprintf(p->id, sizeof p->id, "%s", id);
    p->title = strdup(title);
    enum err e = p->title ? registry_put(&d->pasts, p) : ERR_MEMORY;
    if (e)
        past_destroy(p);
    return e;
}

enum err past_restore(struct desk *d, const struct desk_row *row)
{
    struct json_doc *doc;
    enum err e = row_document(row, &doc);
    if (e)
        return e;
    struct json_in in = json_doc_root(doc);
    struct past p = {.people = (size_t)json_in_integer(in, "people", 0, PEOPLE_MAX),
                     .created_ms = json_in_integer(in, "created", 0, JSON_INTEGER_MAX),
                     .ended_ms = json_in_integer(in, "ended", 0, JSON_INTEGER_MAX)};
    const char *title = json_in_string(in, "title", JSON_TEXT_LINE, TITLE_CHARACTERS_MAX);
    bool known = past_find(d, row->session) || sitting_find(d, row->session);
    e = json_doc_error(doc) || known ? ERR_MALFORMED : past_put(d, row->session, title, &p);
    json_doc_destroy(doc);
    return e;
}

void past_begin(struct desk *d, struct sitting *s, int64_t ended_ms, point_us now_us)
{
    s->ended_ms = ended_ms;
    s->leaves_at_us = now_us + DESK_ENDED_KEEP_US;
    s->leaving_next = d->leaving;
    d->leaving = s;
}

static bool is_waited_for(const struct desk *d, const struct sitting *s)
{
    for (const struct pending *p = d->pending_first; p; p = p->next) {
        if (p->sitting == s)
            return true;
    }
    for (const struct show *show = d->shows; show; show = show->next) {
        if (show->sitting == s)
            return true;
    }
    return false;
}

static bool may_leave(const struct desk *d, const struct sitting *s)
{
    return !s->members && s->peer_count == 0 && !s->handle && !s->due && !d->refused &&
           s->last_row <= d->committed && !is_waited_for(d, s);
}

/* False where memory is short: it stays for now. */
static bool let_go(struct desk *d, struct sitting *s)
{
    const struct past p = {.people = session_person_count(s->state),
                           .created_ms = session_created_ms(s->state),
                           .ended_ms = s->ended_ms};
    if (!out_past(d, s) || past_put(d, s->id, session_title(s->state), &p))
        return false;
    for (uint32_t i = 0; i < s->seat_count; i++) {
        if (s->seats[i])
            table_take(d->seats.table, s->seats[i]->token_sha256, TOKEN_SHA256);
    }
    table_take(d->sittings.table, s->id, SESSION_ID_MAX);
    sitting_destroy(s);
    return true;
}

void past_expire(struct desk *d, point_us now_us)
{
    struct sitting **at = &d->leaving;
    while (*at) {
        struct sitting *s = *at;
        if (now_us < s->leaves_at_us) {
            at = &s->leaving_next;
            continue;
        }
        struct sitting *next = s->leaving_next;
        if (may_leave(d, s) && let_go(d, s)) {
            *at = next;
            continue;
        }
        s->leaves_at_us = now_us + PAST_RETRY_US;
        at = &s->leaving_next;
    }
}

point_us past_deadline(const struct desk *d)
{
    point_us at = NEVER_US;
    for (const struct sitting *s = d->leaving; s; s = s->leaving_next)
        at = earlier_us(at, s->leaves_at_us);
    return at;
}

void past_list(const struct desk *d, struct json_out *o)
{
    size_t at = 0;
    const struct past *p;
    while ((p = table_next(d->pasts.table, &at))) {
        json_open_object(o, NULL);
        json_put_string(o, "id", p->id);
        json_put_string(o, "title", p->title);
        json_put_string(o, "state", session_state_text(SESSION_ENDED));
        json_put_integer(o, "participants", (int64_t)p->people);
        json_put_integer(o, "present", 0);
        json_put_integer(o, "created", p->created_ms);
        json_put_integer(o, "ended", p->ended_ms);
        json_close_object(o);
    }
}

void desk_forget(struct desk *d, const char *session)
{
    const struct past *p = past_find(d, session);
    if (p)
        past_destroy(table_take(d->pasts.table, p->id, SESSION_ID_MAX));
}

static bool is_he(const struct seat *seat, const char *who, bool by_number)
{
    char number[12];
    snprintf(number, sizeof number, "%u", (unsigned)seat->number);
    return strcmp(seat->name, who) == 0 || (seat->person && strcmp(seat->person, who) == 0) ||
           (by_number && strcmp(number, who) == 0);
}

const char *desk_knows_person(const struct desk *d, const char *session, const char *who)
{
    size_t at = 0;
    const struct seat *seat;
    while ((seat = table_next(d->seats.table, &at))) {
        const char *id = seat->sitting->id;
        if ((!session || strcmp(session, id) == 0) && is_he(seat, who, session != NULL))
            return id;
    }
    return NULL;
}
