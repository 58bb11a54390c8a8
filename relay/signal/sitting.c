/* One session at the desk: commands become events, rows and a text each. */
#include "signal/parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sitting *sitting_find(const struct desk *d, const char *id)
{
    char key[SESSION_ID_MAX + 1] = {0};
    if (strlen(id) > SESSION_ID_MAX)
        return NULL;
    memcpy(key, id, strlen(id));
    return table_get(d->sittings.table, key, SESSION_ID_MAX);
}

enum err sitting_create(struct desk *d, const char *id, struct sitting **ret_sitting)
{
    struct sitting *s = calloc(1, sizeof *s);
    if (!s)
        return ERR_MEMORY;
    snprintf(s->id, sizeof s->id, "%s", id);
    s->log_first = 1;
    s->flushed_us = INT64_MIN / 2;
    enum err e = session_create(id, &s->state);
    if (!e)
        e = registry_put(&d->sittings, s);
    if (e) {
        sitting_destroy(s);
        return e;
    }
    *ret_sitting = s;
    return ERR_NONE;
}

void sitting_destroy(struct sitting *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->log_count; i++)
        text_release(s->log[i].text);
    free(s->log);
    text_release(s->roster);
    for (uint32_t i = 0; i < s->seat_count; i++)
        seat_destroy(s->seats[i]);
    free(s->seats);
    session_destroy(s->state);
    free(s->replay);
    free(s);
}

int64_t wall_ms(const struct desk *d, point_us now_us)
{
    return (now_us + d->config.wall_minus_monotonic_us) / US_PER_MS;
}

point_us sitting_origin_us(const struct desk *d, const struct sitting *s)
{
    return session_created_ms(s->state) * US_PER_MS - d->config.wall_minus_monotonic_us;
}

session_samples sitting_clock(const struct desk *d, const struct sitting *s, point_us now_us)
{
    return samples_from_us(now_us - sitting_origin_us(d, s));
}

const struct told *sitting_told(const struct sitting *s, uint64_t n)
{
    return &s->log[n - s->log_first];
}

/* Forgets the older half of what everyone has been told. */
static void log_shorten(struct sitting *s)
{
    uint64_t keep_from = s->log_first + RESUME_EVENTS_MAX;
    if (keep_from > s->told_n + 1)
        keep_from = s->told_n + 1;
    size_t count = keep_from > s->log_first ? (size_t)(keep_from - s->log_first) : 0;
    for (size_t i = 0; i < count; i++)
        text_release(s->log[i].text);
    memmove(s->log, s->log + count, (s->log_count - count) * sizeof *s->log);
    s->log_first += count;
    s->log_count -= count;
}

static enum err log_room(struct sitting *s)
{
    if (s->log_count >= 2 * RESUME_EVENTS_MAX)
        log_shorten(s);
    if (s->log_count < s->log_size)
        return ERR_NONE;
    size_t size = s->log_size ? 2 * s->log_size : 16;
    struct told *log = realloc(s->log, size * sizeof *log);
    if (!log)
        return ERR_MEMORY;
    s->log = log;
    s->log_size = size;
    return ERR_NONE;
}

enum err sitting_log(struct sitting *s, struct told told)
{
    enum err e = told.text ? log_room(s) : ERR_MEMORY;
    if (e)
        text_release(told.text);
    else
        s->log[s->log_count++] = told;
    return e;
}

static struct text *event_text(const struct event *e)
{
    struct json_out o;
    json_out_init(&o);
    event_write(&o, NULL, e);
    return text_from(&o);
}

struct text *event_told_text(const struct event *e)
{
    struct json_out o;
    json_out_init(&o);
    event_write_told(&o, NULL, e);
    return text_from(&o);
}

/* Row, text and entry are made before anything changes, so that log, state and disk cannot part. *ret_plain
 * is the event's text for everyone, as the timeline has it: a share. */
static enum err commit(struct desk *d, struct sitting *s, const struct event *e, point_us now_us,
                       struct text **ret_plain)
{
    struct desk_row head = {.kind = ROW_EVENT, .n = e->n, .at_ms = e->at_ms};
    memcpy(head.session, s->id, sizeof head.session);
    struct text *row_text = event_text(e);
    struct text *plain = !row_text                        ? NULL
                         : event_is_confidential(e->kind) ? event_told_text(e)
                                                          : text_share(row_text);
    struct told told = roster_told(s->state, e, plain ? text_share(plain) : NULL);
    struct out *row = out_row_make(&head, row_text);
    struct pending *p = pending_make(PENDING_EVENT, NULL);
    enum err error = row && told.text && p ? log_room(s) : ERR_MEMORY;
    if (!error)
        error = session_apply(s->state, e);
    if (error) {
        out_free(row);
        free(p);
        text_release(told.text);
        text_release(plain);
        return error;
    }
    s->log[s->log_count++] = told;
    roster_after(s, e);
    out_row_push(d, row);
    s->last_row = p->row = d->row;
    p->sitting = s;
    p->n = e->n;
    p->event = e->kind;
    pending_push(d, p, now_us);
    *ret_plain = plain;
    return ERR_NONE;
}

/* What ends something is small, and must not wait for a disk. */
static bool must_act(const struct command *c)
{
    if (c->kind != COMMAND_ACTION)
        return c->kind == COMMAND_AWAY || c->kind == COMMAND_RESTART;
    switch (c->action.action->verb) {
    case VERB_MUTE:
    case VERB_MUTE_ALL:
    case VERB_RELEASE:
    case VERB_REMOVE:
    case VERB_LEAVE:
    case VERB_END:
        return true;
    default:
        return false;
    }
}

enum err sitting_do(struct desk *d, struct sitting *s, const struct command *c, point_us now_us,
                    uint64_t *ret_n, const char **ret_why)
{
    struct decision decision;
    enum err e = session_decide(s->state, c, &decision, ret_why);
    if (e)
        return e;
    if (d->full && decision.count > 0 && !must_act(c)) {
        *ret_why = FULL_WHY;
        return ERR_FULL;
    }
    uint64_t n = 0;
    for (size_t i = 0; i < decision.count; i++) {
        struct text *plain;
        e = commit(d, s, &decision.events[i], now_us, &plain);
        if (e) {
            *ret_why = refusal_why(REFUSAL_MEMORY);
            return e;
        }
        n = decision.events[i].n;
        consequence(d, s, &decision.events[i], now_us);
        record_event(d, s, &decision.events[i], plain, now_us);
        text_release(plain);
        aside(d, s, &decision.events[i], now_us);
    }
    *ret_n = n;
    return ERR_NONE;
}
