/* The log from disk: folded event by event, which is what a restart is. */
#include "signal/programme.h"

#include <stdlib.h>

enum err row_document(const struct desk_row *row, struct json_doc **ret_doc)
{
    char why[JSON_WHY_MAX];
    enum err e = json_doc_read(row->text, row->len, SENTENCE_MAX, ret_doc, why);
    return e == ERR_NONE || e == ERR_MEMORY ? e : ERR_MALFORMED;
}

/* As everyone is told it, before it is applied: what is confidential is on disk alone. */
static struct told told_of(const struct sitting *s, const struct desk_row *row, const struct event *e)
{
    return roster_told(
        s->state, e, event_is_confidential(e->kind) ? event_told_text(e) : text_create(row->text, row->len));
}

/* An event that the snapshot has already is kept as a text alone, for those who come back. In a large session
 * it would be told by who was listed then, which is not known any more: whoever lacks it is told the whole
 * state. */
static enum err keep_text(struct sitting *s, const struct desk_row *row, const struct event *e)
{
    if (session_large(s->state))
        return e->n == row->n ? ERR_NONE : ERR_MALFORMED;
    if (s->log_count == 0)
        s->log_first = row->n; /* they may begin anywhere */
    bool next = e->n == row->n && row->n == s->log_first + s->log_count;
    return next ? sitting_log(s, told_of(s, row, e)) : ERR_MALFORMED;
}

static enum err fold(struct desk *d, const struct desk_row *row, const struct event *e)
{
    struct sitting *s = sitting_find(d, row->session);
    if (e->n != row->n || (s != NULL) == (e->kind == EVENT_CREATED) || past_find(d, row->session))
        return ERR_MALFORMED;
    enum err error = s ? ERR_NONE : sitting_create(d, row->session, &s);
    if (error)
        return error;
    struct told told = told_of(s, row, e);
    error = session_apply(s->state, e);
    if (error)
        text_release(told.text);
    else
        error = sitting_log(s, told);
    if (error)
        return error;
    if (e->kind == EVENT_STATE && e->state == SESSION_ENDED)
        s->ended_ms = e->at_ms;
    s->last_row = row->row;
    s->ready_n = s->told_n = e->n;
    return ERR_NONE;
}

static enum err restore_snapshot(struct desk *d, const struct desk_row *row)
{
    struct session *state;
    struct sitting *s;
    if (sitting_find(d, row->session) || past_find(d, row->session))
        return ERR_MALFORMED;
    enum err e = session_load(row->session, row->text, row->len, &state);
    if (e)
        return e;
    e = session_n(state) == row->n ? sitting_create(d, row->session, &s) : ERR_MALFORMED;
    if (e) {
        session_destroy(state);
        return e;
    }
    session_destroy(s->state);
    s->state = state;
    s->log_first = row->n + 1; /* where none of its events are given */
    s->ready_n = s->told_n = row->n;
    return ERR_NONE;
}

static enum err restore_event(struct desk *d, const struct desk_row *row)
{
    struct json_doc *doc;
    struct event e;
    struct sitting *s = sitting_find(d, row->session);
    bool known = s && row->n <= session_n(s->state);
    enum err error = row_document(row, &doc);
    if (error)
        return error;
    event_read(json_doc_root(doc), &e);
    if (json_doc_error(doc))
        error = ERR_MALFORMED;
    else
        error = known ? keep_text(s, row, &e) : fold(d, row, &e);
    json_doc_destroy(doc);
    return error;
}

enum err desk_restore(struct desk *d, const struct desk_row *row)
{
    switch (row->kind) {
    case ROW_EVENT:
        return restore_event(d, row);
    case ROW_LINK:
        return seat_restore(d, row);
    case ROW_PROGRAMME:
        return programme_restore(d, row);
    case ROW_TOKEN:
        return token_restore(d, row);
    case ROW_CERTIFICATE:
        return certificate_restore(d, row);
    case ROW_SNAPSHOT:
        return restore_snapshot(d, row);
    case ROW_PAST:
        return past_restore(d, row);
    case ROW_KINDS:
        break;
    }
    return ERR_MALFORMED;
}

/* Everyone who was there is away until he returns. */
static enum err restart(struct desk *d, struct sitting *s, point_us now_us)
{
    struct command c = {.kind = COMMAND_RESTART, .at_ms = wall_ms(d, now_us)};
    uint64_t n;
    const char *why;
    if (session_phase(s->state) == SESSION_ENDED) {
        past_begin(d, s, s->ended_ms, now_us);
        return ERR_NONE;
    }
    d->open_count++;
    record_follow(d, s, now_us);
    return sitting_do(d, s, &c, now_us, &n, &why);
}

enum err desk_restored(struct desk *d, uint64_t last_row, point_us now_us)
{
    size_t at = 0;
    struct sitting *s;
    enum err e = ERR_NONE;
    d->row = d->committed = last_row;
    while (!e && (s = table_next(d->sittings.table, &at)))
        e = restart(d, s, now_us);
    /* A link whose withdrawal was not written is withdrawn by the event. */
    at = 0;
    struct seat *seat;
    while ((seat = table_next(d->seats.table, &at)))
        seat->revoked = seat->revoked || session_removed(seat->sitting->state, seat->number);
    return e;
}
