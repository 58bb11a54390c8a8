#include "record/lines.h"

#include <stdlib.h>
#include <string.h>

void lines_init(struct lines *l)
{
    *l = (struct lines){.since_us = NEVER_US};
}

void lines_finish(struct lines *l)
{
    for (unsigned i = 0; i < l->count; i++)
        free(l->senders[i].waiting);
    buffer_finish(&l->out);
    lines_init(l);
}

static void append(struct lines *l, const char *text, size_t len, point_us now_us)
{
    buffer_put(&l->out, text, len);
    buffer_put(&l->out, "\n", 1);
    l->since_us = earlier_us(l->since_us, now_us);
}

static void append_waiting(struct lines *l, struct lines_sender *s, point_us now_us)
{
    append(l, s->waiting, s->len, now_us);
    free(s->waiting);
    s->waiting = NULL;
    s->written_us = now_us;
}

static struct lines_sender *sender(struct lines *l, uint64_t key, point_us now_us)
{
    for (unsigned i = 0; i < l->count; i++)
        if (l->senders[i].key == key)
            return &l->senders[i];
    if (l->count < LINES_SENDERS_MAX)
        l->count++;
    struct lines_sender *s = &l->senders[l->count - 1];
    if (s->waiting)
        append_waiting(l, s, now_us);
    *s = (struct lines_sender){.key = key, .written_us = now_us - LINES_SIGNAL_US};
    return s;
}

enum err lines_put(struct lines *l, uint64_t key, const char *text, size_t len, point_us now_us)
{
    if (key == 0) {
        append(l, text, len, now_us);
        return l->out.failed ? ERR_MEMORY : ERR_NONE;
    }
    struct lines_sender *s = sender(l, key, now_us);
    char *copy = malloc(len ? len : 1);
    if (!copy)
        return ERR_MEMORY;
    memcpy(copy, text, len);
    free(s->waiting);
    s->waiting = copy;
    s->len = len;
    if (now_us - s->written_us >= LINES_SIGNAL_US)
        append_waiting(l, s, now_us);
    return l->out.failed ? ERR_MEMORY : ERR_NONE;
}

bool lines_make(struct lines *l, bool all, point_us now_us)
{
    for (unsigned i = 0; i < l->count; i++) {
        struct lines_sender *s = &l->senders[i];
        if (s->waiting && (all || now_us - s->written_us >= LINES_SIGNAL_US))
            append_waiting(l, s, now_us);
    }
    bool due = all || l->out.len >= LINES_BYTES_MAX ||
               (l->since_us != NEVER_US && now_us - l->since_us >= LINES_FLUSH_US);
    return due && l->out.len > 0;
}

void lines_taken(struct lines *l)
{
    buffer_clear(&l->out);
    l->since_us = NEVER_US;
}

point_us lines_deadline(const struct lines *l)
{
    point_us at = l->since_us == NEVER_US ? NEVER_US : l->since_us + LINES_FLUSH_US;
    for (unsigned i = 0; i < l->count; i++)
        if (l->senders[i].waiting)
            at = earlier_us(at, l->senders[i].written_us + LINES_SIGNAL_US);
    return at;
}
