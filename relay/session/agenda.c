/* The running order: what is planned, one after the other, and which of it is on. Going to an item starts the
 * speaker's timer with its length. */
#include "session/state.h"

#include <stdlib.h>
#include <string.h>

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool same_item(const struct agenda_item *a, const struct agenda_item *b)
{
    return same_text(a->title, b->title) && same_text(a->name, b->name);
}

static bool same(const struct agenda *a, const struct agenda *b)
{
    bool is = a->count == b->count;
    for (size_t i = 0; i < a->count && is; i++)
        is = same_item(&a->at[i], &b->at[i]) && a->at[i].who == b->at[i].who &&
             a->at[i].seconds == b->at[i].seconds && a->at[i].starts_ms == b->at[i].starts_ms;
    return is;
}

/* Where what is on now stands in another order: the same place if it is the same there, else wherever it
 * is; 0 = it is gone. */
static uint32_t place_in(const struct session *s, const struct agenda *to)
{
    if (s->item == 0)
        return 0;
    const struct agenda_item *on = &s->agenda.at[s->item - 1];
    if (s->item <= to->count && same_item(on, &to->at[s->item - 1]))
        return s->item;
    for (size_t i = 0; i < to->count; i++) {
        if (same_item(on, &to->at[i]))
            return (uint32_t)i + 1;
    }
    return 0;
}

static enum err decide_order(const struct session *s, const struct command *c, struct decision *d,
                             const char **ret_why)
{
    if (!agenda_fits(&c->agenda)) {
        *ret_why = "The running order is too long: 64 items, and 32 KB of titles and names, at the most.";
        return ERR_FULL;
    }
    if (same(&s->agenda, &c->agenda))
        return ERR_NONE;
    struct event *e = decide_event(s, c, EVENT_AGENDA, d);
    e->agenda = c->agenda;
    e->item = place_in(s, &c->agenda);
    return ERR_NONE;
}

/* To the item that is on already: its time begins anew. */
static enum err decide_item(const struct session *s, const struct command *c, struct decision *d,
                            const char **ret_why)
{
    uint32_t item = c->action.action->item;
    if (!leads(s, c->by))
        return refuse(ret_why, ERR_FORBIDDEN, REFUSAL_ITEM_RIGHT);
    if (item > s->agenda.count)
        return refuse(ret_why, ERR_UNKNOWN, REFUSAL_ITEM_UNKNOWN);
    if (item != s->item) {
        struct event *e = decide_event(s, c, EVENT_ITEM, d);
        e->item = item;
        e->media = c->action.media;
    }
    if (item == 0) {
        if (s->has_timer && s->item != 0)
            decide_event(s, c, EVENT_TIMER_STOPPED, d);
        return ERR_NONE;
    }
    const struct agenda_item *on = &s->agenda.at[item - 1];
    const struct person *p = person_find(s, on->who);
    struct event *e = decide_event(s, c, EVENT_TIMER, d);
    e->who = p && !p->removed ? on->who : 0;
    e->seconds = on->seconds;
    e->started_ms = c->at_ms;
    return ERR_NONE;
}

enum err agenda_decide(const struct session *s, const struct command *c, struct decision *d,
                       const char **ret_why)
{
    return c->kind == COMMAND_AGENDA ? decide_order(s, c, d, ret_why) : decide_item(s, c, d, ret_why);
}

static void free_agenda(struct agenda *a)
{
    for (size_t i = 0; i < a->count; i++) {
        free((char *)a->at[i].title);
        free((char *)a->at[i].name);
    }
    free((void *)a->at);
    *a = (struct agenda){NULL, 0};
}

static enum err copy_agenda(const struct agenda *from, struct agenda *ret_agenda)
{
    struct agenda_item *at = from->count ? calloc(from->count, sizeof *at) : NULL;
    struct agenda a = {at, 0};
    if (from->count && !at)
        return ERR_MEMORY;
    while (a.count < from->count) {
        const struct agenda_item *one = &from->at[a.count];
        struct agenda_item *to = &at[a.count++];
        *to = *one;
        to->title = copy_text(one->title);
        to->name = copy_text(one->name);
        if ((one->title && !to->title) || (one->name && !to->name)) {
            free_agenda(&a);
            return ERR_MEMORY;
        }
    }
    *ret_agenda = a;
    return ERR_NONE;
}

enum err agenda_apply(struct session *s, const struct event *e)
{
    struct agenda a;
    if (e->item > (e->kind == EVENT_AGENDA ? e->agenda.count : s->agenda.count))
        return ERR_MALFORMED;
    if (e->kind == EVENT_AGENDA) {
        enum err error = agenda_fits(&e->agenda) ? copy_agenda(&e->agenda, &a) : ERR_FULL;
        if (error)
            return error;
        free_agenda(&s->agenda);
        s->agenda = a;
    }
    s->item = e->item;
    return ERR_NONE;
}

void agenda_finish(struct session *s)
{
    free_agenda(&s->agenda);
}
