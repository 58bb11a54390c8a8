/* Connections: strangers who have five seconds to say hello, longer once they asked what their link opens,
 * and members who sit somewhere. */
#include "signal/parts.h"

#include <stdlib.h>

struct member *member_find(const struct desk *d, uint32_t connection)
{
    return table_get(d->members, &connection, sizeof connection);
}

void member_say(struct desk *d, struct member *m, struct text *text, bool droppable)
{
    if (!out_sentence(d, m->connection, text, droppable) && !droppable)
        m->broken = d->broken = true;
}

void member_refuse(struct desk *d, struct member *m, bool has_id, int64_t id, const char *why)
{
    struct relay_sentence s = {.kind = RELAY_REFUSED, .refused = {has_id, id, refusal_code(why), why}};
    member_say(d, m, sentence_text(&s), false);
}

static void list_add(struct member **first, struct member *m)
{
    m->previous = NULL;
    m->next = *first;
    if (m->next)
        m->next->previous = m;
    *first = m;
}

static void list_remove(struct member **first, struct member *m)
{
    if (m->previous)
        m->previous->next = m->next;
    else
        *first = m->next;
    if (m->next)
        m->next->previous = m->previous;
    m->next = m->previous = NULL;
}

static struct waiting *waiting_of(struct desk *d, const struct member *m)
{
    return m->asked ? &d->asked : &d->strangers;
}

static void strangers_add(struct desk *d, struct member *m, point_us hello_by_us)
{
    struct waiting *w = waiting_of(d, m);
    m->hello_by_us = hello_by_us;
    list_add(&w->newest, m);
    if (!w->oldest)
        w->oldest = m;
}

static void strangers_remove(struct desk *d, struct member *m)
{
    struct waiting *w = waiting_of(d, m);
    if (w->oldest == m)
        w->oldest = m->previous;
    list_remove(&w->newest, m);
}

void member_wait(struct desk *d, struct member *m, point_us now_us)
{
    strangers_remove(d, m);
    m->asked = true;
    strangers_add(d, m, now_us + DESK_DOOR_US);
}

void member_sit(struct desk *d, struct member *m, struct seat *seat)
{
    strangers_remove(d, m);
    m->seat = seat;
    seat->member = m;
    list_add(&seat->sitting->members, m);
}

void member_forget(struct desk *d, struct member *m)
{
    if (m->seat) {
        list_remove(&m->seat->sitting->members, m);
        if (m->seat->member == m)
            m->seat->member = NULL;
    } else {
        strangers_remove(d, m);
    }
    table_take(d->members, &m->connection, sizeof m->connection);
    free(m);
}

static struct text *bye_sentence(enum bye_why why, bool again, const char *text)
{
    struct relay_sentence s = {.kind = RELAY_BYE, .bye = {why, again, text}};
    return sentence_text(&s);
}

void member_bye(struct desk *d, struct member *m, enum bye_why why, bool again, const char *text)
{
    member_last_words(d, m, bye_sentence(why, again, text));
}

void member_last_words(struct desk *d, struct member *m, struct text *last_words)
{
    out_sentence(d, m->connection, last_words, false);
    if (!out_close(d, m->connection)) {
        m->broken = d->broken = true; /* the next expire tries again */
        return;
    }
    member_forget(d, m);
}

void member_bye_after(struct desk *d, struct member *m, enum bye_why why, const char *text, uint64_t row,
                      point_us now_us)
{
    if (m->leaving)
        return;
    m->leaving = true;
    uint32_t connection = m->connection;
    pending_say(d, m, PENDING_SENTENCE, bye_sentence(why, false, text), row, 0, now_us);
    m = member_find(d, connection);
    if (m)
        pending_say(d, m, PENDING_CLOSE, NULL, row, 0, now_us);
}

void desk_connected(struct desk *d, uint32_t connection, const struct address *from, point_us now_us)
{
    (void)from; /* the shell counts connections by address */
    struct member *m = d->closing ? NULL : calloc(1, sizeof *m);
    if (m)
        m->connection = connection;
    if (!m || table_put(d->members, &connection, sizeof connection, m)) {
        free(m);
        const char *why = "The relay cannot take more connections now; try again in a minute.";
        out_sentence(d, connection, bye_sentence(d->closing ? BYE_RESTART : BYE_FULL, true, why), false);
        out_close(d, connection);
        return;
    }
    strangers_add(d, m, now_us + DESK_HELLO_US);
}

void desk_disconnected(struct desk *d, uint32_t connection, point_us now_us)
{
    struct member *m = member_find(d, connection);
    if (!m)
        return;
    struct seat *seat = m->seat;
    bool away = seat && !d->closing;
    member_forget(d, m);
    if (!away)
        return;
    struct command c = {.kind = COMMAND_AWAY, .by = seat->number, .at_ms = wall_ms(d, now_us)};
    uint64_t n;
    const char *why;
    /* Refused where he was removed meanwhile: then there is nothing to say. */
    enum err e = sitting_do(d, seat->sitting, &c, now_us, &n, &why);
    (void)e;
}

void member_dismiss(struct desk *d, struct member *m, enum bye_why why, bool again, const char *text,
                    point_us now_us)
{
    out_sentence(d, m->connection, bye_sentence(why, again, text), false);
    if (out_close(d, m->connection))
        desk_disconnected(d, m->connection, now_us);
    else
        m->broken = d->broken = true; /* the next expire tries again */
}

point_us strangers_deadline(const struct desk *d)
{
    point_us stranger = d->strangers.oldest ? d->strangers.oldest->hello_by_us : NEVER_US;
    return d->asked.oldest && d->asked.oldest->hello_by_us < stranger ? d->asked.oldest->hello_by_us
                                                                      : stranger;
}

static void waiting_expire(struct desk *d, struct waiting *w, point_us now_us)
{
    while (w->oldest && now_us >= w->oldest->hello_by_us) {
        struct member *m = w->oldest;
        member_bye(d, m, BYE_PROTOCOL, false, "Nothing was said; the first sentence must be hello.");
        if (w->oldest == m)
            return; /* no memory even for that */
    }
}

void strangers_expire(struct desk *d, point_us now_us)
{
    waiting_expire(d, &d->strangers, now_us);
    waiting_expire(d, &d->asked, now_us);
}

/* Those whom memory was too short to tell something: they come back and are told all of it. */
void members_mend(struct desk *d, point_us now_us)
{
    size_t at = 0;
    struct member *m;
    if (!d->broken)
        return;
    d->broken = false;
    while (!d->broken && (m = table_next(d->members, &at))) {
        if (!m->broken)
            continue;
        member_dismiss(d, m, BYE_SLOW, true, "The relay was short of memory; please come back.", now_us);
        at = 0; /* the table has changed */
    }
}

void desk_shutdown(struct desk *d, point_us now_us)
{
    (void)now_us;
    d->closing = true;
    size_t at = 0;
    struct member *m;
    while ((m = table_next(d->members, &at))) {
        out_sentence(d, m->connection,
                     bye_sentence(BYE_RESTART, true, "The relay restarts; you are brought back."), false);
        out_close(d, m->connection);
    }
}
