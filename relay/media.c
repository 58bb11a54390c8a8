/* The plane's front: orders in, facts out, and time. The packet's path is way_in.c and way_out.c. */
#include "media.h"

#include <stdlib.h>

#include "media_parts.h"

enum err media_create(const struct entropy *entropy, struct media **ret_media)
{
    struct media *m = calloc(1, sizeof *m);
    if (!m)
        return ERR_MEMORY;
    m->entropy = entropy;
    admit_init(&m->admit, entropy_u64(entropy));
    outbox_init(&m->outbox);
    facts_init(&m->facts);
    tap_init(&m->tap);
    enum err e = directory_create(entropy_u64(entropy), &m->directory);
    if (e == ERR_NONE)
        e = table_create(SESSIONS_MAX, entropy_u64(entropy), &m->sessions);
    if (e == ERR_NONE)
        e = table_create(PEERS_MAX, entropy_u64(entropy), &m->peers);
    if (e == ERR_NONE)
        e = deadlines_init(&m->deadlines, PEERS_MAX + SESSIONS_MAX);
    if (e != ERR_NONE) {
        media_destroy(m);
        return e;
    }
    *ret_media = m;
    return ERR_NONE;
}

static struct media_session *any_session(const struct media *m)
{
    size_t at = 0;
    return m->sessions ? table_next(m->sessions, &at) : NULL;
}

void media_destroy(struct media *m)
{
    struct media_session *s;
    if (!m)
        return;
    while ((s = any_session(m)) != NULL)
        media_session_destroy(m, s, 0);
    directory_destroy(m->directory);
    table_destroy(m->sessions);
    table_destroy(m->peers);
    deadlines_finish(&m->deadlines);
    outbox_finish(&m->outbox);
    facts_finish(&m->facts);
    tap_finish(&m->tap);
    free(m);
}

static uint32_t us_of_rtp(uint32_t units)
{
    return (uint32_t)((uint64_t)units * US_PER_S / SAMPLES_PER_S);
}

/* Since the later of two moments. */
static uint32_t ms_since(point_us a_us, point_us b_us, point_us now_us)
{
    span_us since_us = now_us - (a_us > b_us ? a_us : b_us);
    return (uint32_t)(since_us < 0                        ? 0
                      : since_us / US_PER_MS > UINT32_MAX ? UINT32_MAX
                                                          : since_us / US_PER_MS);
}

static uint16_t fraction_now(uint32_t fraction, point_us told_us, point_us now_us)
{
    return now_us - told_us < REPORTS_OLD_US ? (uint16_t)fraction : 0;
}

static void fill_line(struct peer_counters *c, const struct peer *p, point_us now_us)
{
    const struct reports_in *r = &p->reports;
    bool told = r->told && now_us - r->told_us < REPORTS_OLD_US;
    c->lost_in = r->lost_in_us ? fraction_now(r->lost_in, r->lost_in_us, now_us) : 0;
    c->lost_out = told ? fraction_now(r->lost_out, r->told_us, now_us) : 0;
    c->jitter_in_us = us_of_rtp(p->source.jitter_x16 >> 4);
    c->jitter_out_us = told ? us_of_rtp(r->jitter) : 0;
    c->round_trip_us = told ? r->round_trip_us : 0;
    c->level_dbov = p->level_dbov;
    c->still_ms = ms_since(p->source.heard_us, p->right_us, now_us);
    c->quiet_ms = ms_since(p->sound_us, p->right_us, now_us);
}

static void tell_peer_counters(struct media *m, const struct peer *p, point_us now_us)
{
    struct media_fact fact = {.kind = FACT_PEER_COUNTERS, .session = p->session->handle, .peer = p->handle};
    fact.peer_counters = (struct peer_counters){.packets_in = p->source.counters.packets,
                                                .packets_out = p->listener.packets,
                                                .bytes_in = p->bytes_in,
                                                .bytes_out = p->listener.bytes,
                                                .lost = p->source.counters.lost,
                                                .refused = p->source.counters.refused,
                                                .late = p->timeline.late,
                                                .audible = p->seat.audible,
                                                .up = p->up};
    fill_line(&fact.peer_counters, p, now_us);
    facts_put(&m->facts, &fact);
}

static void tell_counters(struct media *m, const struct media_session *s, point_us now_us)
{
    struct media_fact fact = {.kind = FACT_SESSION_COUNTERS, .session = s->handle};
    uint64_t packets_out = s->packets_out, bytes_out = s->bytes_out;
    for (size_t i = 0; i < s->peer_count; i++) {
        tell_peer_counters(m, s->peers[i], now_us);
        packets_out += s->peers[i]->listener.packets;
        bytes_out += s->peers[i]->listener.bytes;
    }
    fact.session_counters = (struct session_counters){.decodes = s->decodes + mix_decodes(&s->mix),
                                                      .encodes = s->encodes,
                                                      .packets_in = s->packets_in,
                                                      .packets_out = packets_out,
                                                      .dropped = s->dropped,
                                                      .bytes_in = s->bytes_in,
                                                      .bytes_out = bytes_out,
                                                      .mixes = s->mix.made,
                                                      .late_mixes = s->mix.made_late};
    facts_put(&m->facts, &fact);
}

static void set_pin(struct media *m, struct peer *p, bool pinned, point_us now_us)
{
    p->seat.pinned = pinned;
    session_choose(m, p->session, now_us);
    session_set_deadline(m, p->session, now_us);
}

static void set_both(struct media *m, struct peer *p, bool both, point_us now_us)
{
    p->seat.both = both;
    session_choose(m, p->session, now_us);
    session_set_deadline(m, p->session, now_us);
}

static enum err open_session(struct media *m, const struct media_order *order, point_us now_us)
{
    enum err e = media_session_create(m, order->session, order->open.origin_us, order->open.k);
    if (e == ERR_NONE && order->open.recorded)
        way_out_record(m, table_get(m->sessions, &order->session, sizeof order->session), true, now_us);
    return e;
}

static enum err order_session(struct media *m, const struct media_order *order, point_us now_us)
{
    struct media_session *s = table_get(m->sessions, &order->session, sizeof order->session);
    if (order->kind == ORDER_SESSION_OPEN)
        return s ? ERR_STATE : open_session(m, order, now_us);
    if (!s)
        return ERR_UNKNOWN;
    if (order->kind == ORDER_SESSION_CLOSE)
        media_session_destroy(m, s, now_us);
    else if (order->kind == ORDER_SESSION_RECORD)
        way_out_record(m, s, order->recorded, now_us);
    else if (order->kind == ORDER_COUNTERS)
        tell_counters(m, s, now_us);
    else if (table_get(m->peers, &order->peer, sizeof order->peer))
        return ERR_STATE;
    else
        return media_peer_create(m, s, order->peer, &order->add, now_us);
    return ERR_NONE;
}

static enum err order_peer(struct media *m, const struct media_order *order, point_us now_us)
{
    struct peer *p = table_get(m->peers, &order->peer, sizeof order->peer);
    if (!p)
        return ERR_UNKNOWN;
    if (order->kind == ORDER_PEER_RESTART)
        return peer_restart(m, p, &order->restart, now_us);
    if (order->kind == ORDER_PEER_RIGHT)
        return peer_set_right(m, p, order->may_send, now_us);
    if (order->kind == ORDER_PEER_WAIT)
        peer_set_waiting(p, order->waits);
    else if (order->kind == ORDER_PEER_PIN)
        set_pin(m, p, order->pinned, now_us);
    else if (order->kind == ORDER_PEER_BOTH)
        set_both(m, p, order->both, now_us);
    else
        media_peer_destroy(m, p, now_us);
    return ERR_NONE;
}

enum err media_order(struct media *m, const struct media_order *order, point_us now_us)
{
    switch (order->kind) {
    case ORDER_SESSION_OPEN:
    case ORDER_SESSION_CLOSE:
    case ORDER_SESSION_RECORD:
    case ORDER_PEER_ADD:
    case ORDER_COUNTERS:
        return order_session(m, order, now_us);
    case ORDER_PEER_RESTART:
    case ORDER_PEER_RIGHT:
    case ORDER_PEER_WAIT:
    case ORDER_PEER_PIN:
    case ORDER_PEER_BOTH:
    case ORDER_PEER_REMOVE:
        return order_peer(m, order, now_us);
    }
    return ERR_UNSUPPORTED;
}

void media_input(struct media *m, const struct address *from, uint8_t *bytes, size_t len, point_us now_us)
{
    way_in_datagram(m, from, bytes, len, now_us);
}

size_t media_output(struct media *m, const struct media_datagram **ret_datagrams)
{
    return outbox_waiting(&m->outbox, ret_datagrams);
}

void media_sent(struct media *m, size_t count)
{
    m->counters.datagrams_out += count;
    outbox_sent(&m->outbox, count);
}

bool media_fact(struct media *m, struct media_fact *ret_fact)
{
    return facts_take(&m->facts, ret_fact);
}

bool media_record(struct media *m, struct media_record *ret_record)
{
    return tap_take(&m->tap, ret_record);
}

point_us media_deadline(const struct media *m)
{
    const struct deadline *first = deadlines_first(&m->deadlines);
    return first ? first->at_us : NEVER_US;
}

static void expire_peer(struct media *m, struct peer *p, point_us now_us)
{
    enum err e = link_expire(p->link, now_us);
    if (e != ERR_NONE) {
        peer_down(m, p, e, now_us);
        return;
    }
    deadlines_set(&m->deadlines, &p->deadline, link_deadline(p->link));
    peer_tend(m, p);
}

void media_expire(struct media *m, point_us now_us)
{
    struct deadline *first;
    while ((first = deadlines_first(&m->deadlines)) != NULL && first->at_us <= now_us) {
        if (first->kind == DEADLINE_PEER)
            expire_peer(m, first->owner, now_us);
        else
            session_expire(m, first->owner, now_us);
    }
}

const struct media_counters *media_counters(const struct media *m)
{
    return &m->counters;
}
