/* The log from disk: folded event by event, which is what a restart is. */
#include "signal/parts.h"

#include <stdlib.h>

static enum err fold(struct desk *d, const struct desk_row *row, const struct event *e)
{
    struct sitting *s = sitting_find(d, row->session);
    if (e->n != row->n || (s != NULL) == (e->kind == EVENT_CREATED))
        return ERR_MALFORMED;
    enum err error = s ? ERR_NONE : sitting_create(d, row->session, &s);
    if (!error)
        error = session_apply(s->state, e);
    if (!error)
        error = sitting_log(s, text_create(row->text, row->len));
    if (error)
        return error;
    s->last_row = row->row;
    s->ready_n = s->told_n = e->n;
    return ERR_NONE;
}

static enum err restore_event(struct desk *d, const struct desk_row *row)
{
    struct json_doc *doc;
    struct event e;
    char why[JSON_WHY_MAX];
    enum err error = json_doc_read(row->text, row->len, SENTENCE_MAX, &doc, why);
    if (error)
        return error == ERR_MEMORY ? error : ERR_MALFORMED;
    event_read(json_doc_root(doc), &e);
    error = json_doc_error(doc) ? ERR_MALFORMED : fold(d, row, &e);
    json_doc_destroy(doc);
    return error;
}

enum err desk_restore(struct desk *d, const struct desk_row *row)
{
    return row->kind == ROW_EVENT ? restore_event(d, row) : seat_restore(d, row);
}

/* Everyone who was there is away until he returns. */
static enum err restart(struct desk *d, struct sitting *s, point_us now_us)
{
    struct command c = {.kind = COMMAND_RESTART, .at_ms = wall_ms(d, now_us)};
    uint64_t n;
    const char *why;
    if (session_phase(s->state) == SESSION_ENDED)
        return ERR_NONE;
    d->open_count++;
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
