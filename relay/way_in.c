/* The way in: from a datagram to the packet of an audible source. This file only calls; each stage is a file
 * of its own in door/, proto/wire, proto/link, ingress/ and choose/. */
#include "egress/reports.h"
#include "media_parts.h"
#include "wire/kind.h"

/* door: cheap first, then whose it is. */
static enum err find_peer(struct media *m, const struct address *from, const uint8_t *bytes, size_t len,
                          point_us now_us, struct peer **ret_peer)
{
    enum err e = admit_shape(len);
    if (e != ERR_NONE)
        return e;
    enum wire_kind kind = wire_kind(bytes, len);
    if (kind == WIRE_OTHER)
        return ERR_UNSUPPORTED;
    struct peer *p = kind == WIRE_STUN ? directory_by_stun(m->directory, bytes, len)
                                       : directory_by_address(m->directory, from);
    if (!p)
        return ERR_UNKNOWN;
    if (kind == WIRE_STUN || kind == WIRE_DTLS)
        e = admit_unproven(&m->admit, from, now_us);
    *ret_peer = p;
    return e;
}

/* Its level: as sent, else measured where levels decide. */
static uint8_t level_of(struct peer *p, const struct source_packet *packet, point_us now_us)
{
    if (packet->has_level)
        return packet->level_dbov;
    if (!speaker_needs_level(&p->session->speaker, &p->seat, now_us))
        return LEVEL_UNKNOWN;
    if (!p->measure && measure_create(&p->measure) != ERR_NONE)
        return LEVEL_UNKNOWN;
    p->session->decodes++;
    return measure_packet(p->measure, packet);
}

/* Of what it said directly before, and nobody heard, its decoder is warm (who pushes another out by K begins
 * amid a word). */
static void warm(struct peer *p, const struct source_packet *first)
{
    const struct preroll_packet *kept[PREROLL_PACKETS];
    int64_t seq = first->seq;
    uint32_t rtp_time = first->rtp_time;
    unsigned n = 0;
    if (first->restarted || p->timeline.arrival - p->timeline.before >= samples_from_us(SOURCE_QUIET_US))
        return;
    while (n < p->preroll->count) {
        kept[n] = preroll_at(p->preroll, p->preroll->count - 1 - n);
        if (kept[n]->seq != seq - 1 || kept[n]->rtp_time + (uint32_t)kept[n]->samples != rtp_time)
            break;
        seq = kept[n]->seq;
        rtp_time = kept[n]->rtp_time;
        n++;
    }
    while (n-- > 0) {
        session_samples at = clock_map_session_time(&p->timeline.map, kept[n]->rtp_time) + p->mix_shift;
        branch_warm(p->session->mix.branches[p->slot], &(struct timed_packet){.at = at,
                                                                              .samples = kept[n]->samples,
                                                                              .payload = kept[n]->payload,
                                                                              .len = kept[n]->len});
    }
}

/* An audible source that was in a pause: a run begins with this packet. */
static enum err begin_run(struct peer *p, const struct source_packet *packet)
{
    struct media_session *s = p->session;
    enum err e = timeline_begin(&p->timeline, packet, ++s->runs);
    p->mix_shift = 0;
    if (e != ERR_NONE || !s->mix.branches[p->slot])
        return e;
    p->mix_shift = session_mix_shift(s, p, p->timeline.start);
    branch_begin_run(s->mix.branches[p->slot], p->timeline.start + p->mix_shift);
    warm(p, packet);
    return ERR_NONE;
}

static void tell_run(struct media *m, const struct peer *p, const struct source_packet *packet,
                     session_samples at)
{
    struct media_fact fact = {.kind = FACT_RUN, .session = p->session->handle, .peer = p->handle};
    fact.run.rtp_time = packet->rtp_time;
    fact.run.time = at;
    facts_put(&m->facts, &fact);
}

/* An audible source's packet: its place on the session clock, then out. */
static enum err heard(struct media *m, struct peer *p, const struct source_packet *packet, point_us now_us)
{
    struct timed_packet timed;
    enum err e = p->timeline.in_run ? timeline_take_up(&p->timeline, packet, seat_is_quiet(&p->seat, now_us))
                                    : begin_run(p, packet);
    if (e == ERR_NONE)
        e = timeline_place(&p->timeline, packet, &timed);
    if (e != ERR_NONE)
        return e;
    if (timeline_moved(&p->timeline))
        tell_run(m, p, packet, timed.at);
    way_out_replan(m, p->session, now_us);
    way_out_packet(m, p, &timed, now_us);
    return ERR_NONE;
}

static enum err rtp(struct media *m, struct peer *p, const uint8_t *bytes, size_t len, point_us now_us)
{
    struct media_session *s = p->session;
    struct source_packet packet;
    session_sound(s, now_us);
    enum err e = source_receive(&p->source, bytes, len, now_us, &packet);
    if (e != ERR_NONE)
        return e;
    s->packets_in++;
    timeline_arrival(&p->timeline, &packet, session_now(s, now_us), now_us);
    uint8_t level = level_of(p, &packet, now_us);
    p->level_dbov = level;
    if (level == LEVEL_UNKNOWN ? !packet.dtx : level < DIGITAL_SILENCE_DBOV)
        p->sound_us = now_us;
    e = speaker_packet(&s->speaker, &p->seat, level, packet.samples, now_us);
    if (e != ERR_NONE)
        return e;
    session_choose(m, s, now_us);
    if (p->slot != NO_SLOT)
        speaker_sent(&s->speaker, &p->seat, level, packet.samples, now_us);
    if (p->slot != NO_SLOT)
        e = heard(m, p, &packet, now_us);
    preroll_put(p->preroll, &packet);
    session_set_deadline(m, s, now_us);
    return e;
}

static enum err rtcp(struct peer *p, const uint8_t *bytes, size_t len, point_us now_us)
{
    bool bye_before = p->reports.bye;
    struct reports_in *r = &p->reports;
    enum err e = reports_receive(r, bytes, len, p->source.ssrc, now_us);
    if (r->told && r->told_us == now_us)
        r->round_trip_us = reports_round_trip(r->their_last_sr, r->their_delay,
                                              (uint32_t)(reports_ntp(session_now(p->session, now_us)) >> 16));
    if (p->reports.bye && !bye_before)
        source_goodbye(&p->source);
    p->reports.bye = false;
    return e;
}

/* The link has proven an address: datagrams from there are this peer's from now on. */
static enum err learn(struct media *m, struct peer *p, const struct address *from)
{
    struct address gone;
    while (link_forgotten(p->link, &gone))
        directory_remove_address(m->directory, &gone, p);
    return directory_add_address(m->directory, from, p);
}

static enum err take(struct media *m, struct peer *p, const struct address *from, uint8_t *bytes, size_t len,
                     point_us now_us)
{
    enum link_input what;
    p->bytes_in += len;
    p->session->bytes_in += len;
    enum err e = link_input(p->link, from, bytes, &len, now_us, &what);
    if (e != ERR_NONE)
        return e;
    switch (what) {
    case LINK_INPUT_NOTHING:
        return ERR_NONE;
    case LINK_INPUT_LEARNED:
        return learn(m, p, from);
    case LINK_INPUT_RTP:
        e = rtp(m, p, bytes, len, now_us);
        p->session->dropped += e != ERR_NONE;
        return e;
    case LINK_INPUT_RTCP:
        return rtcp(p, bytes, len, now_us);
    }
    return ERR_UNSUPPORTED;
}

void way_in_datagram(struct media *m, const struct address *from, uint8_t *bytes, size_t len, point_us now_us)
{
    struct peer *p;
    m->counters.datagrams_in++;
    enum err e = find_peer(m, from, bytes, len, now_us, &p);
    bool found = e == ERR_NONE;
    if (found)
        e = take(m, p, from, bytes, len, now_us);
    if (e != ERR_NONE)
        m->counters.dropped[e]++;
    if (found && err_class(e) == ERR_CLASS_LINK_DEAD)
        peer_down(m, p, e, now_us);
    else if (found)
        peer_tend(m, p);
}
