/* What waits until its row is on disk: events, and all that is said because of them. While the disk refuses
 * nothing waits. */
#include "signal/parts.h"

#include <stdlib.h>

struct pending *pending_make(enum pending_kind kind, struct text *text)
{
    bool wordless = kind == PENDING_EVENT || kind == PENDING_CLOSE;
    struct pending *p = text || wordless ? calloc(1, sizeof *p) : NULL;
    if (!p) {
        text_release(text);
        return NULL;
    }
    p->kind = kind;
    p->text = text;
    return p;
}

static void welcome(struct desk *d, struct member *m, const struct pending *p, point_us now_us)
{
    struct sitting *s = m->seat->sitting;
    hello_welcome(d, m, text_share(p->text), p->n, now_us);
    if (s->told_n > p->n)
        tell_event(d, s, s->ready_n, EVENT_OTHER, now_us);
}

/* Takes over the entry's text. */
static void let_out(struct desk *d, struct pending *p, point_us now_us)
{
    struct member *m = member_find(d, p->connection);
    switch (p->kind) {
    case PENDING_EVENT:
        if (p->n > p->sitting->ready_n)
            tell_event(d, p->sitting, p->n, p->event, now_us);
        break;
    case PENDING_WELCOME:
        if (m && m->seat && !m->welcomed)
            welcome(d, m, p, now_us);
        break;
    case PENDING_SENTENCE:
        if (m)
            member_say(d, m, text_share(p->text), false);
        break;
    case PENDING_CLOSE:
        if (m) {
            out_close(d, m->connection);
            member_forget(d, m);
        }
        break;
    case PENDING_REPLY:
        out_reply(d, p->request, text_share(p->text));
        break;
    }
    text_release(p->text);
    free(p);
}

static bool is_told(const struct desk *d, uint64_t row)
{
    return d->refused || row <= d->committed;
}

void pending_push(struct desk *d, struct pending *p, point_us now_us)
{
    if (!d->pending_first && is_told(d, p->row)) {
        let_out(d, p, now_us);
        tell_now(d, now_us);
        return;
    }
    *d->pending_last = p;
    d->pending_last = &p->next;
}

void pending_say(struct desk *d, struct member *m, enum pending_kind kind, struct text *text, uint64_t row,
                 uint64_t n, point_us now_us)
{
    struct pending *p = pending_make(kind, text);
    if (!p) {
        m->broken = d->broken = true;
        return;
    }
    p->row = row;
    p->connection = m->connection;
    p->n = n;
    pending_push(d, p, now_us);
}

/* First all events, so that those of one commit are one sentence; what is said because of them comes behind.
 * A welcome among it may be older than they are: then its member is told the rest. */
void pending_release(struct desk *d, point_us now_us)
{
    for (struct pending *p = d->pending_first; p && is_told(d, p->row); p = p->next) {
        if (p->kind == PENDING_EVENT)
            tell_event(d, p->sitting, p->n, p->event, now_us);
    }
    tell_now(d, now_us);
    while (d->pending_first && is_told(d, d->pending_first->row)) {
        struct pending *p = d->pending_first;
        d->pending_first = p->next;
        if (!d->pending_first)
            d->pending_last = &d->pending_first;
        p->next = NULL;
        let_out(d, p, now_us);
    }
    tell_now(d, now_us);
}

void pending_finish(struct desk *d)
{
    while (d->pending_first) {
        struct pending *next = d->pending_first->next;
        text_release(d->pending_first->text);
        free(d->pending_first);
        d->pending_first = next;
    }
    d->pending_last = &d->pending_first;
}
