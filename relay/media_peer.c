/* A peer's beginning, its link's care, and its end. */
#include <stdlib.h>
#include <string.h>

#include "media_parts.h"

static enum err join_session(struct media_session *s, struct peer *p)
{
    if (s->peer_count == s->peer_capacity) {
        size_t capacity = s->peer_capacity ? 2 * s->peer_capacity : 8;
        struct peer **peers = realloc(s->peers, capacity * sizeof(struct peer *));
        if (!peers)
            return ERR_MEMORY;
        s->peers = peers;
        s->peer_capacity = capacity;
    }
    p->place = s->peer_count;
    s->peers[s->peer_count++] = p;
    return ERR_NONE;
}

static void leave_session(struct peer *p)
{
    struct media_session *s = p->session;
    if (p->place >= s->peer_count || s->peers[p->place] != p)
        return;
    struct peer *last = s->peers[--s->peer_count];
    s->peers[p->place] = last;
    last->place = p->place;
}

static void fill(struct peer *p, const struct peer_add *add)
{
    uint32_t key = acoustic_key(add->group, add->number);
    p->number = add->number;
    p->sends = add->sends;
    p->receives = add->receives;
    p->waits = add->waits;
    p->slot = NO_SLOT;
    p->level_dbov = LEVEL_UNKNOWN;
    deadline_init(&p->deadline, DEADLINE_PEER, p);
    source_init(&p->source, add->opus_pt, add->level_ext, false);
    timeline_init(&p->timeline);
    reports_in_init(&p->reports, add->out_ssrc);
    seat_init(&p->seat, p, key, add->rank);
    numbers_init(&p->listener.numbers, add->out_seq);
    p->listener.key = key;
    p->listener.tier = add->tier;
    p->listener.opus_pt = add->opus_pt;
    p->listener.ssrc = add->out_ssrc;
    p->listener.offset = add->out_offset;
    p->listener.link = p->link;
}

enum err peer_set_right(struct media *m, struct peer *p, bool may_send, point_us now_us)
{
    bool had = p->source.may_send;
    if (may_send && p->sends && !p->preroll) {
        p->preroll = malloc(sizeof *p->preroll);
        if (!p->preroll)
            return ERR_MEMORY;
        preroll_init(p->preroll);
    }
    p->source.may_send = may_send && p->sends;
    if (!had)
        p->right_us = now_us;
    if (had && !p->source.may_send)
        session_silence(m, p, now_us);
    return ERR_NONE;
}

void peer_set_waiting(struct peer *p, bool waits)
{
    p->waits = waits;
    if (waits)
        fanout_leave(&p->listener);
    else if (p->up && p->receives)
        way_out_place(p->session, &p->listener);
}

static enum err enter(struct media *m, struct peer *p, const struct peer_add *add, point_us now_us)
{
    memcpy(p->ufrags[0], add->link.local_ufrag, sizeof p->ufrags[0]);
    enum err e = directory_add_ufrag(m->directory, p->ufrags[0], p);
    if (e == ERR_NONE)
        e = peer_set_right(m, p, add->may_send, now_us);
    if (e == ERR_NONE)
        e = table_put(m->peers, &p->handle, sizeof p->handle, p);
    return e == ERR_NONE ? join_session(p->session, p) : e;
}

static void count_lean(struct media *m, struct peer *p, int step, point_us now_us)
{
    if (!p->receives || p->listener.tier != TIER_LEAN)
        return;
    p->session->lean_listeners += (unsigned)step;
    way_out_replan(m, p->session, now_us);
}

enum err media_peer_create(struct media *m, struct media_session *s, uint32_t handle,
                           const struct peer_add *add, point_us now_us)
{
    struct peer *p = calloc(1, sizeof *p);
    if (!p)
        return ERR_MEMORY;
    p->handle = handle;
    p->session = s;
    enum err e = link_create(&add->link, m->entropy, now_us, &p->link);
    fill(p, add);
    p->place = SIZE_MAX;
    if (e == ERR_NONE)
        e = enter(m, p, add, now_us);
    if (e != ERR_NONE) {
        p->receives = false; /* it was not counted yet */
        media_peer_destroy(m, p, now_us);
        return e;
    }
    count_lean(m, p, 1, now_us);
    peer_tend(m, p);
    return ERR_NONE;
}

enum err peer_restart(struct media *m, struct peer *p, const struct peer_restart *restart, point_us now_us)
{
    enum err e = directory_add_ufrag(m->directory, restart->local_ufrag, p);
    if (e != ERR_NONE)
        return e;
    if (strcmp(p->ufrags[0], restart->local_ufrag) != 0) {
        if (strcmp(p->ufrags[1], restart->local_ufrag) != 0)
            directory_remove_ufrag(m->directory, p->ufrags[1], p);
        memcpy(p->ufrags[1], p->ufrags[0], sizeof p->ufrags[1]);
        memcpy(p->ufrags[0], restart->local_ufrag, sizeof p->ufrags[0]);
    }
    link_restart_ice(p->link, restart->local_ufrag, restart->local_pwd, restart->remote_ufrag,
                     restart->remote_pwd, NULL, now_us);
    peer_tend(m, p);
    return ERR_NONE;
}

static void forget_addresses(struct media *m, struct peer *p)
{
    const struct address *a;
    for (size_t i = 0; p->link && (a = link_address(p->link, i)); i++)
        directory_remove_address(m->directory, a, p);
    for (int i = 0; i < UFRAGS_OF_A_PEER; i++)
        directory_remove_ufrag(m->directory, p->ufrags[i], p);
}

void media_peer_destroy(struct media *m, struct peer *p, point_us now_us)
{
    if (p->up)
        way_out_bye(m, p, now_us);
    if (p->seat.open || p->slot != NO_SLOT)
        session_silence(m, p, now_us);
    fanout_leave(&p->listener);
    p->session->packets_out += p->listener.packets;
    p->session->bytes_out += p->listener.bytes;
    count_lean(m, p, -1, now_us);
    forget_addresses(m, p);
    deadlines_set(&m->deadlines, &p->deadline, NEVER_US);
    if (table_get(m->peers, &p->handle, sizeof p->handle) == p)
        table_take(m->peers, &p->handle, sizeof p->handle);
    leave_session(p);
    link_destroy(p->link);
    measure_destroy(p->measure);
    free(p->preroll);
    free(p);
}

void peer_down(struct media *m, struct peer *p, enum err why, point_us now_us)
{
    struct media_fact fact = {.kind = FACT_PEER_DOWN, .session = p->session->handle, .peer = p->handle};
    fact.why = why;
    facts_put(&m->facts, &fact);
    media_peer_destroy(m, p, now_us);
}

static void drain(struct media *m, struct peer *p)
{
    struct address to;
    size_t len;
    for (;;) {
        uint8_t *bytes = outbox_claim(&m->outbox, LINK_DATAGRAM_MAX);
        if (!bytes || !link_output(p->link, &to, bytes, &len))
            return;
        outbox_put(&m->outbox, &to, bytes, len);
    }
}

static void come_up(struct media *m, struct peer *p)
{
    struct media_fact fact = {.kind = FACT_PEER_UP, .session = p->session->handle, .peer = p->handle};
    p->up = true;
    facts_put(&m->facts, &fact);
    if (p->receives && !p->waits)
        way_out_place(p->session, &p->listener);
}

void peer_tend(struct media *m, struct peer *p)
{
    drain(m, p);
    if (!p->up && link_is_up(p->link))
        come_up(m, p);
    /* Each packet puts the link's deadline off; it is looked at again only when the one set has come. */
    point_us due = link_deadline(p->link);
    if (p->deadline.place == NOT_IN_HEAP || due < p->deadline.at_us)
        deadlines_set(&m->deadlines, &p->deadline, due);
}
