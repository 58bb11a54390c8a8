/* Participants' media: orders down to the media plane, facts up from it. */
#include "signal/parts.h"

#include "base/serial.h"

#include <stdlib.h>
#include <string.h>

static int least_loaded(const struct desk *d)
{
    int best = 0;
    for (int i = 1; i < d->config.workers; i++) {
        if (d->load[i] < d->load[best])
            best = i;
    }
    return best;
}

bool sitting_open_media(struct desk *d, struct sitting *s)
{
    if (s->handle)
        return true;
    struct media_order order = {.kind = ORDER_SESSION_OPEN, .session = d->next_session};
    order.open.origin_us = sitting_origin_us(d, s);
    order.open.k = AUDIBLE_DEFAULT;
    order.open.recorded = s->recording;
    int worker = least_loaded(d);
    if (table_put(d->handles, &order.session, sizeof order.session, s))
        return false;
    if (!record_media(d, s, worker, order.session) || !out_order(d, worker, &order)) {
        table_take(d->handles, &order.session, sizeof order.session);
        return false;
    }
    s->handle = d->next_session++;
    s->worker = worker;
    s->audible_count = 0;
    memset(&s->counters, 0, sizeof s->counters);
    s->counted_once = s->counted_twice = false;
    s->counters_us = 0;
    s->labelled = d->labelled < DESK_LABELLED_MAX;
    d->labelled += s->labelled;
    return true;
}

static void close_media(struct desk *d, struct sitting *s)
{
    struct media_order order = {.kind = ORDER_SESSION_CLOSE, .session = s->handle};
    if (!s->handle)
        return;
    out_order(d, s->worker, &order);
    table_take(d->handles, &s->handle, sizeof s->handle);
    s->handle = 0;
    s->audible_count = 0;
    counters_add(&d->gone, &s->counters);
    if (s->labelled)
        d->labelled--;
    else
        counters_add(&d->gone_unlabelled, &s->counters);
    show_answer(d, s);
    look_counted(d, s);
}

static struct media_order order_for(const struct seat *seat, enum media_order_kind kind)
{
    return (struct media_order){.kind = kind, .session = seat->sitting->handle, .peer = seat->peer->handle};
}

void peer_right(struct desk *d, struct seat *seat)
{
    struct peer *p = seat->peer;
    bool may_send = session_may_send(seat->sitting->state, seat->number);
    bool waits = !session_may_hear(seat->sitting->state, seat->number);
    if (p && p->may_send != may_send) {
        struct media_order order = order_for(seat, ORDER_PEER_RIGHT);
        order.may_send = may_send;
        if (out_order(d, seat->sitting->worker, &order))
            p->may_send = may_send;
    }
    if (p && p->waits != waits) {
        struct media_order order = order_for(seat, ORDER_PEER_WAIT);
        order.waits = waits;
        if (out_order(d, seat->sitting->worker, &order))
            p->waits = waits;
    }
}

void peer_pin(struct desk *d, struct seat *seat, bool pinned)
{
    if (!seat->peer)
        return;
    struct media_order order = order_for(seat, ORDER_PEER_PIN);
    order.pinned = pinned;
    out_order(d, seat->sitting->worker, &order);
}

void peer_both(struct desk *d, struct seat *seat, bool both)
{
    if (!seat->peer)
        return;
    struct media_order order = order_for(seat, ORDER_PEER_BOTH);
    order.both = both;
    out_order(d, seat->sitting->worker, &order);
}

static void forget(struct desk *d, struct seat *seat)
{
    table_take(d->peers, &seat->peer->handle, sizeof seat->peer->handle);
    d->load[seat->sitting->worker]--;
    seat->sitting->peer_count--;
    free(seat->peer);
    seat->peer = NULL;
}

void peer_remove(struct desk *d, struct seat *seat, bool order)
{
    if (!seat->peer)
        return;
    struct media_order o = order_for(seat, ORDER_PEER_REMOVE);
    if (order)
        out_order(d, seat->sitting->worker, &o);
    forget(d, seat);
    if (seat->sitting->peer_count == 0)
        close_media(d, seat->sitting);
}

void peers_close(struct desk *d, struct sitting *s)
{
    for (uint32_t i = 0; i < s->seat_count; i++) {
        if (s->seats[i] && s->seats[i]->peer)
            forget(d, s->seats[i]);
    }
    close_media(d, s);
}

session_samples peer_media_time(const struct desk *d, const struct seat *seat, bool has_rtp, uint32_t rtp,
                                point_us now_us)
{
    session_samples now = sitting_clock(d, seat->sitting, now_us);
    const struct peer *p = seat->peer;
    if (!has_rtp || !p || !p->has_run)
        return now;
    session_samples time = p->run_time + serial32_distance(rtp, p->run_rtp);
    bool near = time - now < MEDIA_LEAP_SAMPLES && now - time < MEDIA_LEAP_SAMPLES;
    return near ? time : now;
}

static void told_speaking(struct desk *d, struct sitting *s, const struct media_fact *fact, point_us now_us)
{
    uint32_t count = fact->speaking.count < AUDIBLE_MAX ? fact->speaking.count : AUDIBLE_MAX;
    memcpy(s->audible, fact->speaking.numbers, count * sizeof s->audible[0]);
    s->audible_count = count;
    struct relay_sentence sentence = {.kind = RELAY_SPEAKING, .speaking = {s->audible, count}};
    struct text *text = sentence_text(&sentence);
    record_signal(d, s, sitting_clock(d, s, now_us), RECORD_KEY_SPEAKING, text);
    tell_all(d, s, text, true, NULL);
}

static void peer_fact(struct desk *d, struct peer *p, const struct media_fact *fact, point_us now_us)
{
    switch (fact->kind) {
    case FACT_PEER_UP:
        p->up = true;
        p->up_us = now_us;
        break;
    case FACT_PEER_DOWN:
        peer_remove(d, p->seat, false);
        break;
    case FACT_RUN:
        p->has_run = true;
        p->run_rtp = fact->run.rtp_time;
        p->run_time = fact->run.time;
        break;
    default:
        p->counters = fact->peer_counters;
        break;
    }
}

/* Only the surveys are looks: `show` between them would make a look's span too short for a rate. */
static void count(struct desk *d, struct sitting *s, const struct session_counters *now, point_us now_us)
{
    s->counters_us = now_us;
    if (s->counters_due) {
        s->counters_before = s->counters;
        s->counted_twice = s->counted_once;
        s->counted_once = true;
    }
    s->counters = *now;
    show_answer(d, s);
    look_counted(d, s);
}

void desk_fact(struct desk *d, int worker, const struct media_fact *fact, point_us now_us)
{
    if (fact->kind == FACT_SPEAKING || fact->kind == FACT_SESSION_COUNTERS) {
        struct sitting *s = table_get(d->handles, &fact->session, sizeof fact->session);
        if (!s || s->worker != worker)
            return;
        if (fact->kind == FACT_SPEAKING) {
            told_speaking(d, s, fact, now_us);
            return;
        }
        count(d, s, &fact->session_counters, now_us);
        return;
    }
    struct peer *p = table_get(d->peers, &fact->peer, sizeof fact->peer);
    if (p && p->seat->sitting->worker == worker)
        peer_fact(d, p, fact, now_us);
}
