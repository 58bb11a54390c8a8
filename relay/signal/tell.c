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

/* Events that one sentence holds, and whether they are told to anybody but single members. */
struct batch {
    uint64_t from, to;
    bool common, single;
};

/* As many as fit, at least one, and none beyond a change of the roster, which is told after it. */
static struct batch batch_from(const struct sitting *s, uint64_t from)
{
    struct batch b = {.from = from, .to = from};
    size_t bytes = 40;
    for (uint64_t n = from; n <= s->ready_n; n++) {
        const struct told *t = sitting_told(s, n);
        bytes += t->text->len + 1;
        if (n > from && bytes > SENTENCE_MAX)
            break;
        b.to = n;
        b.common = b.common || !t->only;
        b.single = b.single || t->only;
        if (n == s->roster_n)
            break;
    }
    return b;
}

/* What everyone is told of them; with `who` what he is told. */
static struct text *events_text(const struct sitting *s, const struct batch *b, uint32_t who)
{
    struct json_out o;
    json_out_init(&o);
    json_open_object(&o, NULL);
    json_put_string(&o, "kind", "events");
    json_open_array(&o, "events");
    for (uint64_t n = b->from; n <= b->to; n++) {
        const struct told *t = sitting_told(s, n);
        if (!t->only || t->only == who)
            json_put_raw(&o, NULL, t->text->bytes, t->text->len);
    }
    json_close_array(&o);
    json_close_object(&o);
    return text_from(&o);
}

/* The member knows these events, be it that none of them is told to him. */
static void told_until(struct desk *d, struct member *m, const struct batch *b)
{
    m->told = b->to;
    if (b->to == m->seat->sitting->roster_n)
        roster_say(d, m);
}

/* A share of the text is taken over; NULL: memory was short. */
static void tell_member(struct desk *d, struct member *m, const struct batch *b, struct text *text)
{
    if (!text) {
        m->broken = d->broken = true;
        return;
    }
    member_say(d, m, text, false);
    told_until(d, m, b);
}

static bool waits_for(const struct member *m, const struct batch *b)
{
    return m && m->welcomed && !m->broken && m->told + 1 == b->from;
}

/* To those who alone are told one of them. */
static void tell_single(struct desk *d, const struct sitting *s, const struct batch *b)
{
    for (uint64_t n = b->from; n <= b->to; n++) {
        uint32_t only = sitting_told(s, n)->only;
        const struct seat *seat = only ? seat_find(s, only) : NULL;
        if (seat && waits_for(seat->member, b))
            tell_member(d, seat->member, b, events_text(s, b, only));
    }
}

/* One sentence to everyone whose next event is `from`; the shared text is written at the first of them. */
static void tell_from(struct desk *d, struct sitting *s, uint64_t from)
{
    const struct batch b = batch_from(s, from);
    struct text *text = NULL;
    if (b.single)
        tell_single(d, s, &b);
    for (struct member *m = s->members; m; m = m->next) {
        if (!waits_for(m, &b))
            continue;
        if (!b.common) {
            told_until(d, m, &b);
            continue;
        }
        if (!text)
            text = events_text(s, &b, 0);
        tell_member(d, m, &b, text ? text_share(text) : NULL);
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

static void make_due(struct desk *d, struct sitting *s, point_us at_us)
{
    if (s->due) {
        s->flush_at_us = earlier_us(s->flush_at_us, at_us);
        return;
    }
    s->due = true;
    s->flush_at_us = at_us;
    s->due_next = d->due;
    d->due = s;
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
    point_us counts_us = roster_count(d, s, now_us);
    if (counts_us != NEVER_US)
        make_due(d, s, counts_us);
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
    make_due(d, s, at_us);
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
