/* The sound's side of a participant: the peer's life, datagrams, and the ticks of microphone and ear. */
#include "client_state.h"
#include "phase.h"

#include <stdlib.h>
#include <string.h>

static void keep_counters(struct client *c)
{
    const struct line_counters *l = &c->peer->line.counters;
    c->line_before.received += l->received;
    c->line_before.lost += l->lost;
    c->line_before.duplicate += l->duplicate;
    c->line_before.reordered += l->reordered;
}

void client_sound_end(struct client *c)
{
    if (c->peer == NULL)
        return;
    keep_counters(c);
    peer_destroy(c->peer);
    c->peer = NULL;
    c->answer_us = c->line_us = NEVER_US;
    if (c->uplink != NULL)
        uplink_end(c->uplink);
}

static void lost(struct client *c, const char *why, point_us now_us)
{
    if (c->peer != NULL && peer_is_up(c->peer))
        client_tell(c, AULA_SOUND_LOST, "sound-lost", NULL, why, 0, now_us);
    client_sound_end(c);
    c->attempt++;
    c->offer_us = now_us + backoff_failed(&c->peer_backoff, entropy_u32(c->config.entropy));
}

static enum err say_offer(struct client *c)
{
    char sdp[PEER_SDP_MAX];
    enum err e = peer_offer(c->peer, sdp);
    if (e != ERR_NONE)
        return e;
    const struct client_sentence s = {.kind = CLIENT_OFFER, .offer = sdp};
    client_say(c, &s);
    c->answers_due++;
    return ERR_NONE;
}

static void offer(struct client *c, point_us now_us)
{
    c->offer_us = NEVER_US;
    client_sound_end(c);
    if (peer_create(c->config.identity, c->config.entropy, now_us, &c->peer) != ERR_NONE ||
        say_offer(c) != ERR_NONE) {
        lost(c, "no memory for the sound's path", now_us);
        return;
    }
    c->answer_us = now_us + CLIENT_ANSWER_US;
}

/* By the line of sentences, whose answer proves that this line is alive too. */
static void restart(struct client *c, point_us now_us)
{
    if (c->stage == CLIENT_JOINED && c->restart_us == NEVER_US && peer_restart_ice(c->peer) == ERR_NONE &&
        say_offer(c) == ERR_NONE)
        c->restart_us = now_us + CLIENT_RESTART_US;
}

void client_sound_joined(struct client *c, bool keep_peer, point_us now_us)
{
    c->answers_due = 0; /* those of the connection before come no more */
    c->restart_us = NEVER_US;
    if (!c->config.sound)
        return;
    if (keep_peer && c->peer != NULL && peer_is_up(c->peer)) {
        /* The relay knows it still; if not, its silence will tell (PEER_SILENT_US). */
        restart(c, now_us);
        return;
    }
    if (c->peer != NULL && peer_is_up(c->peer))
        client_tell(c, AULA_SOUND_LOST, "sound-lost", NULL, "the relay was restarted", 0, now_us);
    offer(c, now_us);
}

void client_sound_network_changed(struct client *c, point_us now_us)
{
    if (c->peer == NULL || !peer_is_up(c->peer))
        return;
    link_network_changed(c->peer->link, now_us);
    restart(c, now_us);
}

void client_sound_answer(struct client *c, const struct answer *answer, point_us now_us)
{
    const char *why = "out of memory";
    c->restart_us = NEVER_US;
    if (c->answers_due > 0 && --c->answers_due > 0)
        return; /* to an offer that a newer one has overtaken */
    if (c->peer == NULL || (c->peer->stage != PEER_OFFERED && !c->peer->restarting))
        return;
    bool restarted = c->peer->restarting;
    if (peer_answer(c->peer, answer->sdp, answer->offset, c->attempt, now_us, &why) != ERR_NONE) {
        client_tell(c, AULA_SOUND_LOST, "sound-lost", NULL, why, 0, now_us);
        lost(c, why, now_us);
        return;
    }
    if (!restarted)
        c->answer_us = now_us + CLIENT_LINK_US;
    c->answer_clock = answer->clock;
    c->answered_us = now_us;
}

static void set_phase(struct client *c, point_us now_us)
{
    session_samples clock = c->answer_clock + samples_from_us(now_us - c->answered_us);
    span_us wait_us = phase_wait(clock, link_round_trip(c->peer->link));
    c->phase_us = (now_us + wait_us - c->joined_us) % TICK_US;
}

static void up(struct client *c, point_us now_us)
{
    c->answer_us = NEVER_US;
    backoff_reset(&c->peer_backoff);
    if (c->uplink != NULL)
        uplink_begin(c->uplink, &c->peer->stream);
    set_phase(c, now_us);
    client_tell(c, AULA_SOUND_UP, "sound-up", NULL, NULL, 0, now_us);
}

/* ---- datagrams ---- */

static void tell_payload(struct client *c, const struct rtp_packet *packet, bool sent, point_us at_us)
{
    struct aula_event event = {.kind = AULA_PAYLOAD, .at_us = at_us, .name = "payload"};
    event.payload = (struct aula_payload){.sent = sent,
                                          .marker = packet->marker,
                                          .opus = packet->payload,
                                          .length = packet->payload_bytes,
                                          .rtp_time = packet->time,
                                          .offset = c->peer->offset,
                                          .seq = packet->seq,
                                          .csrc_count = packet->csrc_count};
    memcpy(event.payload.csrc, packet->csrc, sizeof event.payload.csrc);
    notices_add(&c->notices, &event, true);
}

static void sound_came(struct client *c, const struct rtp_packet *packet, point_us came_us)
{
    if (c->config.tell_payloads)
        tell_payload(c, packet, false, came_us);
    if (playout_packet(c->playout, packet->time - c->peer->offset, packet->payload, packet->payload_bytes,
                       came_us) != ERR_NONE)
        c->dropped++;
    if (c->line_us == NEVER_US)
        c->line_us = came_us + US_PER_S;
}

void client_datagram(struct client *c, const struct address *from, uint8_t *bytes, size_t len,
                     point_us came_us, point_us now_us)
{
    enum peer_input what;
    struct rtp_packet packet;
    if (c->peer == NULL || c->stage == CLIENT_OVER) {
        c->dropped++;
        return;
    }
    enum err e = peer_input(c->peer, from, bytes, len, came_us, &what, &packet);
    if (e != ERR_NONE) {
        c->dropped++;
        if (err_class(e) == ERR_CLASS_LINK_DEAD)
            lost(c, err_text(e), now_us);
        return;
    }
    if (c->peer->reports.lost_fresh && c->uplink != NULL)
        uplink_reported(c->uplink, c->peer->reports.fraction_lost);
    c->peer->reports.lost_fresh = false;
    if (what == PEER_INPUT_UP)
        up(c, now_us);
    else if (what == PEER_INPUT_SOUND)
        sound_came(c, &packet, came_us);
}

static void tell_leaving(struct client *c, point_us now_us)
{
    const struct uplink_packet *p = &c->leaving_packet;
    struct rtp_packet rtp;
    if (c->has_leaving_packet && c->peer != NULL && rtp_parse(p->bytes, p->len, &rtp) == ERR_NONE)
        tell_payload(c, &rtp, true, now_us);
    c->has_leaving_packet = false;
}

bool client_datagram_out(struct client *c, struct address *ret_to, uint8_t *bytes, size_t *ret_len,
                         point_us now_us)
{
    tell_leaving(c, now_us);
    return c->peer != NULL && peer_output(c->peer, ret_to, bytes, ret_len);
}

/* ---- time ---- */

static void say_line(struct client *c, point_us now_us)
{
    struct line_second second;
    if (c->peer == NULL || c->stage != CLIENT_JOINED || !line_second(&c->peer->line, &second)) {
        c->line_us = NEVER_US; /* silence: the next packet starts it again */
        return;
    }
    struct client_sentence s = {.kind = CLIENT_LINE};
    s.line = (struct line_quality){
        .received = second.received, .lost = second.lost, .jitter_ms = second.jitter_ms};
    client_say(c, &s);
    c->line_us = now_us + US_PER_S;
}

static point_us silent_us(const struct client *c)
{
    if (c->peer == NULL || !peer_is_up(c->peer) || c->stage != CLIENT_JOINED)
        return NEVER_US;
    return c->peer->authentic_us + PEER_SILENT_US;
}

static void expire_peer(struct client *c, point_us now_us)
{
    struct reports_sent sent = {0};
    if (c->uplink != NULL)
        sent = (struct reports_sent){.packets = uplink_stream_packets(c->uplink),
                                     .octets = uplink_stream_octets(c->uplink),
                                     .rtp_time = uplink_time(c->uplink, client_media_time(c, now_us))};
    if (peer_deadline(c->peer) <= now_us) {
        enum err e = peer_expire(c->peer, &sent, now_us);
        if (err_class(e) == ERR_CLASS_LINK_DEAD)
            lost(c, err_text(e), now_us);
    }
}

void client_sound_expire(struct client *c, point_us now_us)
{
    if (c->peer != NULL)
        expire_peer(c, now_us);
    if (c->line_us <= now_us)
        say_line(c, now_us);
    if (silent_us(c) <= now_us)
        lost(c, "nothing comes on the sound's path", now_us);
    if (c->answer_us <= now_us) {
        c->answers_due = 0;
        lost(c, "the sound's path could not be made in time", now_us);
    }
    if (c->restart_us <= now_us) {
        c->restart_us = NEVER_US;
        client_retry(c, "the relay gave no answer after the network had changed", now_us);
    }
    if (c->offer_us <= now_us && c->stage == CLIENT_JOINED)
        offer(c, now_us);
}

point_us client_sound_deadline(const struct client *c)
{
    point_us due = earlier_us(c->page_us, earlier_us(c->line_us, c->answer_us));
    due = earlier_us(due, earlier_us(c->restart_us, silent_us(c)));
    if (c->stage == CLIENT_JOINED)
        due = earlier_us(due, c->offer_us);
    return c->peer == NULL ? due : earlier_us(due, peer_deadline(c->peer));
}

/* ---- ticks ---- */

int64_t client_media_time(const struct client *c, point_us now_us)
{
    return samples_from_us(now_us - c->joined_us - c->phase_us);
}

span_us client_phase_us(const struct client *c)
{
    return c->phase_us;
}

bool client_sound_rtp(const struct client *c, point_us now_us, uint32_t *ret_rtp)
{
    int64_t media_time = client_media_time(c, now_us);
    if (c->uplink == NULL || !uplink_is_heard(c->uplink, media_time))
        return false;
    *ret_rtp = uplink_time(c->uplink, media_time);
    return true;
}

bool client_may_send(const struct client *c)
{
    return c->peer != NULL && peer_is_up(c->peer) && c->stage != CLIENT_OVER && mirror_may_send(&c->mirror);
}

void client_speak(struct client *c, const float *pcm, point_us now_us)
{
    struct uplink_packet packet;
    if (!client_may_send(c))
        return;
    tell_leaving(c, now_us);
    /* On the grid of the ticks, so that consecutive ticks are consecutive in RTP time. */
    int64_t media_time = grid_floor(client_media_time(c, now_us) + TICK_SAMPLES / 2);
    if (!uplink_frame(c->uplink, pcm, media_time, &packet) || peer_send(c->peer, &packet, now_us) != ERR_NONE)
        return;
    c->has_leaving_packet = c->config.tell_payloads;
    if (c->has_leaving_packet)
        c->leaving_packet = packet;
}

bool client_hear(struct client *c, float *pcm, point_us now_us)
{
    bool heard = playout_tick(c->playout, pcm, now_us);
    client_pages_due(c, now_us);
    return heard;
}

session_samples client_playing(const struct client *c, point_us now_us)
{
    return playout_now(c->playout, now_us);
}

void client_counters(const struct client *c, struct aula_counters *ret_counters)
{
    const struct playout_counters *p = playout_counters(c->playout);
    struct line_counters l = c->line_before;
    if (c->peer != NULL) {
        l.received += c->peer->line.counters.received;
        l.lost += c->peer->line.counters.lost;
        l.duplicate += c->peer->line.counters.duplicate;
        l.reordered += c->peer->line.counters.reordered;
    }
    *ret_counters = (struct aula_counters){
        .received = l.received,
        .lost = l.lost,
        .duplicate = l.duplicate,
        .reordered = l.reordered,
        .sent = c->uplink != NULL ? uplink_sent(c->uplink) : 0,
        .dropped = c->dropped,
        .concealed_ticks = p->concealed_ticks,
        .fec_ticks = p->fec_ticks,
        .held_ticks = p->held,
        .skipped_ticks = p->skipped,
        .events_lost = c->notices.lost,
        .round_trip_us = c->peer != NULL && c->peer->link != NULL ? link_round_trip(c->peer->link) : -1};
}
