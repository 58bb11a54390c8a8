/* The way out: from an audible source's packet to datagrams. This file only calls: pass, or jitter, decode,
 * mix and voice, then fanout and seal, all in egress/. Which of them is choose/plan's word; way_out_plan.c
 * follows it when it changes. */
#include "egress/made.h"
#include "egress/pass.h"
#include "egress/reports.h"
#include "media_parts.h"

#define BIT(i) ((source_set)1 << (i))

session_samples way_out_mix_frontier(const struct media_session *s, int slot)
{
    session_samples frontier = s->mix.running ? s->mix.next : SESSION_NEVER;
    for (unsigned i = 0; i < s->plan.count; i++) {
        const struct plan_audience *planned = &s->plan.audiences[i];
        session_samples end = s->audiences[i]->sent_end - way_out_mix_aside(s, i);
        if (planned->what == PLAN_MIX && planned->set & BIT(slot) && end > frontier)
            frontier = end;
    }
    return frontier;
}

/* PASS */
static void pass(struct media *m, struct peer *p, const struct timed_packet *packet, point_us now_us)
{
    struct media_session *s = p->session;
    bool quiet = seat_is_quiet(&p->seat, now_us);
    for (unsigned i = 0; i < s->plan.count; i++) {
        const struct plan_audience *planned = &s->plan.audiences[i];
        if (planned->what != PLAN_PASS || planned->set != BIT(p->slot))
            continue;
        if (quiet && audience_give_back(s->audiences[i], p->slot, packet))
            continue;
        if (pass_packet(s->audiences[i], p->slot, p->number, packet, &m->outbox, now_us) != ERR_NONE)
            s->dropped++;
    }
}

/* One tick of the mix to every audience that hears it. */
static void send_tick(struct media *m, struct media_session *s, point_us now_us)
{
    for (unsigned i = 0; i < s->plan.count; i++) {
        struct audience *a = s->audiences[i];
        source_set set = s->plan.audiences[i].set;
        if (!a->voice)
            continue;
        struct made_csrcs csrcs = way_out_csrcs(s, set);
        made_tick(a, &s->mix, set, &csrcs, &m->outbox, now_us, &s->encodes);
    }
}

/* MIX: every tick that need not wait any longer. */
static void mix(struct media *m, struct media_session *s, point_us now_us)
{
    bool late;
    while (mix_ready(&s->mix, session_now(s, now_us), &late)) {
        s->mix.made_late += late;
        way_out_give_voices(m, s, now_us); /* listeners may have come, or all gone */
        mix_make(&s->mix);
        send_tick(m, s, now_us);
    }
}

static void into_mix(struct media *m, struct peer *p, const struct timed_packet *packet, point_us now_us)
{
    struct media_session *s = p->session;
    struct branch *b = s->mix.branches[p->slot];
    if (!b || b->leaving)
        return;
    struct timed_packet moved = *packet;
    moved.at += p->mix_shift;
    if (!s->mix.running)
        way_out_start_mix(m, s, &moved, now_us);
    if (session_gives_back(s, p, &moved, now_us)) {
        p->mix_shift -= moved.samples;
        branch_expect(b, timeline_phase(&p->timeline) - p->mix_shift);
        return;
    }
    branch_put(b, &moved, timeline_phase(&p->timeline) - p->mix_shift,
               timeline_lateness(&p->timeline, packet->at));
    mix(m, s, now_us);
}

void way_out_packet(struct media *m, struct peer *p, const struct timed_packet *packet, point_us now_us)
{
    pass(m, p, packet, now_us);
    into_mix(m, p, packet, now_us);
}

void way_out_expire(struct media *m, struct media_session *s, point_us now_us)
{
    mix(m, s, now_us);
    for (unsigned i = 0; i < s->plan.count; i++)
        made_silence(s->audiences[i], &m->outbox, now_us);
}

point_us way_out_deadline(const struct media_session *s, point_us now_us)
{
    point_us next = NEVER_US;
    session_samples mix_due = mix_deadline(&s->mix);
    if (mix_due == INT64_MIN) /* nothing to wait for: whom it waited for has just gone */
        next = now_us;
    else if (mix_due != INT64_MAX) /* rounded up: at that moment it is surely due */
        next = s->origin_us + us_from_samples(mix_due) + 1;
    for (unsigned i = 0; i < s->plan.count; i++)
        next = earlier_us(next, closing_deadline(&s->audiences[i]->closing));
    return next;
}

static void send_report(struct media *m, struct peer *p, const struct report_out *report)
{
    const struct address *to = link_path(p->link);
    uint8_t *bytes = to ? outbox_claim(&m->outbox, LINK_DATAGRAM_MAX) : NULL;
    size_t len;
    if (!bytes || report_write(report, bytes, LINK_DATAGRAM_MAX - LINK_SEAL_OVERHEAD, &len) != ERR_NONE)
        return;
    if (link_seal_rtcp(p->link, bytes, &len) == ERR_NONE)
        outbox_put(&m->outbox, to, bytes, len);
}

static struct report_out report_of(const struct peer *p, point_us now_us)
{
    const struct listener *l = &p->listener;
    return (struct report_out){.ssrc = l->ssrc,
                               .clock = session_now(p->session, now_us),
                               .offset = l->offset,
                               .packets = (uint32_t)l->packets,
                               .octets = (uint32_t)l->octets};
}

/* What listeners say they lose arms in-band FEC: of their audience's encoder, and of whoever is passed to
 * them. */
static void feel_losses(struct media_session *s)
{
    for (size_t i = 0; i < s->peer_count; i++) {
        const struct peer *p = s->peers[i];
        if (!p->listener.in || !p->reports.told)
            continue;
        loss_reported(&p->listener.in->loss, p->reports.fraction_lost);
        loss_reported(&s->loss, p->reports.fraction_lost);
    }
    loss_step(&s->loss);
    for (unsigned i = 0; i < s->plan.count; i++) {
        struct audience *a = s->audiences[i];
        uint8_t percent = loss_step(&a->fanout.loss);
        if (a->voice)
            voice_set_loss(a->voice, percent);
    }
}

bool way_out_reports(struct media *m, struct media_session *s, point_us now_us)
{
    bool any = false;
    feel_losses(s);
    uint8_t loss = loss_fraction(&s->loss);
    for (size_t i = 0; i < s->peer_count; i++) {
        struct peer *p = s->peers[i];
        struct report_out report = report_of(p, now_us);
        if (!p->up)
            continue;
        if (p->receives && !p->waits && !p->listener.in)
            way_out_place(s, &p->listener);
        report.sends = p->listener.packets != p->listener.packets_told;
        report.has_block = reports_block(&p->reports, &p->source, now_us, &report.block);
        p->listener.packets_told = p->listener.packets;
        if (p->slot != NO_SLOT && report.block.fraction_lost < loss)
            report.block.fraction_lost = loss;
        if (!report.sends && !report.has_block)
            continue;
        any = true;
        send_report(m, p, &report);
    }
    return any;
}

void way_out_bye(struct media *m, struct peer *p, point_us now_us)
{
    struct report_out report = report_of(p, now_us);
    report.sends = p->listener.packets > 0;
    report.bye = true;
    send_report(m, p, &report);
}
