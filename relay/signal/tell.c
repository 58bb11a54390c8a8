/* Events to members: some at once, those that many cause in batches. A batch is written once for all who have
 * the same events before them.
 *
 * What is said goes out at once too, but a session that was just told something waits a moment: of a hundred
 * people who chat ten times a second everyone would else be sent a thousand sentences a second. */
#include "signal/parts.h"

#include <stdlib.h>

/* How long after its session was last told something an event of this kind is told at the earliest. */
static span_us spacing(enum event_kind kind)
{
    switch (kind) {
    case EVENT_JOINED:
    case EVENT_AWAY:
    case EVENT_LEFT:
    case EVENT_HAND_UP:
    case EVENT_HAND_DOWN:
    case EVENT_LANGUAGE:
    case EVENT_CHECKED_IN:
    case EVENT_CHECKED_OUT:
    case EVENT_ASKED:
    case EVENT_VOTED:
    case EVENT_POLL_ANSWERED:
        return DESK_BATCH_US;
    case EVENT_CHAT:
    case EVENT_QUESTION:
    case EVENT_DISMISSED:
    case EVENT_STROKE:
        return DESK_GATHER_US;
    default:
        return 0;
    }
}

struct text *sentence_text(const struct relay_sentence *s)
{
    struct json_out o;
    json_out_init(&o);
    relay_sentence_write(&o, s);
    return text_from(&o);
}

/* Events from `from` on, as many as one sentence holds, at least one; *ret_to is the last. */
static struct text *events_text(const struct sitting *s, uint64_t from, uint64_t *ret_to)
{
    struct json_out o;
    size_t bytes = 40;
    uint64_t n = from;
    json_out_init(&o);
    json_open_object(&o, NULL);
    json_put_string(&o, "kind", "events");
    json_open_array(&o, "events");
    for (; n <= s->ready_n; n++) {
        const struct text *t = sitting_event(s, n);
        bytes += t->len + 1;
        if (n > from && bytes > SENTENCE_MAX)
            break;
        json_put_raw(&o, NULL, t->bytes, t->len);
    }
    json_close_array(&o);
    json_close_object(&o);
    *ret_to = n - 1;
    return text_from(&o);
}

/* One sentence to everyone whose next event is `from`; the shared text is written at the first of them. */
static void tell_from(struct desk *d, struct sitting *s, uint64_t from)
{
    struct text *text = NULL;
    uint64_t to = 0;
    for (struct member *m = s->members; m; m = m->next) {
        if (!m->welcomed || m->told + 1 != from)
            continue;
        if (!text)
            text = events_text(s, from, &to);
        if (!text) {
            m->broken = d->broken = true;
            continue;
        }
        m->told = to;
        member_say(d, m, text_share(text), false);
    }
    text_release(text);
}

/* The smallest number that some member waits for; past ready_n when nobody waits. */
static uint64_t next_wanted(const struct sitting *s)
{
    uint64_t from = s->ready_n + 1;
    for (const struct member *m = s->members; m; m = m->next) {
        if (m->welcomed && !m->broken && m->told + 1 < from)
            from = m->told + 1;
    }
    return from;
}

static void not_due(struct desk *d, struct sitting *s)
{
    struct sitting **at = &d->due;
    while (*at && *at != s)
        at = &(*at)->due_next;
    if (*at)
        *at = s->due_next;
    s->due = false;
}

static void flush(struct desk *d, struct sitting *s, point_us now_us)
{
    uint64_t from;
    while ((from = next_wanted(s)) <= s->ready_n)
        tell_from(d, s, from);
    s->told_n = s->ready_n;
    s->flushed_us = now_us;
    if (s->tallies)
        aside_tallies(d, s);
    if (s->due)
        not_due(d, s);
}

void tell_now(struct desk *d, point_us now_us)
{
    while (d->ready) {
        struct sitting *s = d->ready;
        d->ready = s->ready_next;
        s->ready = false;
        flush(d, s, now_us);
    }
}

void tell_event(struct desk *d, struct sitting *s, uint64_t n, enum event_kind kind, point_us now_us)
{
    s->ready_n = n;
    if (s->ready)
        return;
    point_us at_us = s->flushed_us + spacing(kind);
    if (now_us >= at_us) {
        s->ready = true;
        s->ready_next = d->ready;
        d->ready = s;
        return;
    }
    s->flush_at_us = s->due ? earlier_us(s->flush_at_us, at_us) : at_us;
    if (s->due)
        return;
    s->due = true;
    s->due_next = d->due;
    d->due = s;
}

void tell_due(struct desk *d, point_us now_us)
{
    struct sitting *next;
    for (struct sitting *s = d->due; s; s = next) {
        next = s->due_next;
        if (now_us >= s->flush_at_us)
            flush(d, s, now_us);
    }
}

point_us tell_deadline(const struct desk *d)
{
    point_us at = NEVER_US;
    for (const struct sitting *s = d->due; s; s = s->due_next)
        at = earlier_us(at, s->flush_at_us);
    return at;
}

void tell_all(struct desk *d, struct sitting *s, struct text *text, bool droppable,
              const struct member *except)
{
    if (!text)
        return;
    for (struct member *m = s->members; m; m = m->next) {
        if (m->welcomed && m != except)
            member_say(d, m, text_share(text), droppable);
    }
    text_release(text);
}
