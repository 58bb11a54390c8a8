#include "peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire/sdp.h"

#define UFRAG_CHARACTERS 8  /* 48 bits (RFC 8445 §5.3 wants 24) */
#define PWD_CHARACTERS   24 /* 144 bits (128 wanted) */

static const char ice_characters[65] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void random_text(const struct entropy *entropy, char *text, size_t characters)
{
    uint8_t bytes[PWD_CHARACTERS];
    entropy_fill(entropy, bytes, characters);
    for (size_t i = 0; i < characters; i++)
        text[i] = ice_characters[bytes[i] & 63];
    text[characters] = 0;
}

static void new_credentials(struct peer *p)
{
    random_text(p->entropy, p->ufrag, UFRAG_CHARACTERS);
    random_text(p->entropy, p->pwd, PWD_CHARACTERS);
}

enum err peer_create(const struct link_identity *identity, const struct entropy *entropy, point_us now_us,
                     struct peer **ret_peer)
{
    struct peer *p = calloc(1, sizeof *p);
    if (p == NULL)
        return ERR_MEMORY;
    p->identity = identity;
    p->entropy = entropy;
    p->report_us = NEVER_US;
    p->authentic_us = now_us;
    new_credentials(p);
    p->version = 1;
    p->id = entropy_u64(entropy) >> 2; /* RFC 8866 §5.2: fits a signed number everywhere */
    p->stream.ssrc = entropy_u32(entropy);
    p->stream.first_seq = (uint16_t)(entropy_u32(entropy) & 0x7fff);
    p->stream.first_time = entropy_u32(entropy);
    char cname[REPORTS_CNAME_MAX + 1];
    random_text(entropy, cname, 16); /* RFC 7022: short-term, says nothing of the person */
    reports_init(&p->reports, p->stream.ssrc, cname);
    line_init(&p->line);
    *ret_peer = p;
    return ERR_NONE;
}

void peer_destroy(struct peer *p)
{
    if (p == NULL)
        return;
    link_destroy(p->link);
    free(p);
}

enum err peer_offer(const struct peer *p, char sdp[PEER_SDP_MAX])
{
    uint8_t fingerprint[LINK_FINGERPRINT_LEN];
    link_identity_fingerprint(p->identity, fingerprint);
    const struct sdp_local local = {.id = p->id,
                                    .version = p->version,
                                    .ufrag = p->ufrag,
                                    .pwd = p->pwd,
                                    .fingerprint = fingerprint,
                                    .direction = SDP_SENDRECV,
                                    .ssrc = p->stream.ssrc,
                                    .cname = p->reports.cname};
    size_t len;
    return sdp_write_offer(&local, sdp, PEER_SDP_MAX, &len);
}

enum err peer_restart_ice(struct peer *p)
{
    if (p->stage != PEER_UP)
        return ERR_STATE;
    new_credentials(p);
    p->version++;
    p->restarting = true;
    return ERR_NONE;
}

static void copy_text(char *to, size_t size, const char *from)
{
    size_t len = strnlen(from, size - 1);
    memcpy(to, from, len);
    to[len] = 0;
}

static enum err begin_link(struct peer *p, const struct sdp *answer, unsigned attempt, point_us now_us)
{
    struct link_config config = {.side = LINK_CLIENT,
                                 .identity = p->identity,
                                 .remote = answer->candidates[attempt % answer->candidate_count]};
    copy_text(config.local_ufrag, sizeof config.local_ufrag, p->ufrag);
    copy_text(config.local_pwd, sizeof config.local_pwd, p->pwd);
    copy_text(config.remote_ufrag, sizeof config.remote_ufrag, answer->ufrag);
    copy_text(config.remote_pwd, sizeof config.remote_pwd, answer->pwd);
    memcpy(config.remote_fingerprint, answer->fingerprint, LINK_FINGERPRINT_LEN);
    return link_create(&config, p->entropy, now_us, &p->link);
}

/* What the first answer settled (keys, payload type) is not looked at again. */
static void restart_link(struct peer *p, const struct sdp *answer, unsigned attempt, point_us now_us)
{
    char ufrag[LINK_UFRAG_MAX + 1], pwd[LINK_PWD_MAX + 1];
    copy_text(ufrag, sizeof ufrag, answer->ufrag);
    copy_text(pwd, sizeof pwd, answer->pwd);
    link_restart_ice(p->link, p->ufrag, p->pwd, ufrag, pwd,
                     &answer->candidates[attempt % answer->candidate_count], now_us);
    p->restarting = false;
}

enum err peer_answer(struct peer *p, const char *sdp, uint32_t offset, unsigned attempt, point_us now_us,
                     const char **why)
{
    struct sdp *answer = malloc(sizeof *answer);
    if (answer == NULL)
        return ERR_MEMORY;
    enum err e = sdp_parse(sdp, strlen(sdp), SDP_ANSWER, answer, why);
    if (e == ERR_NONE && answer->candidate_count == 0) {
        *why = "the relay named no address for sound";
        e = ERR_UNSUPPORTED;
    }
    if (e == ERR_NONE && p->restarting)
        restart_link(p, answer, attempt, now_us);
    else if (e == ERR_NONE)
        e = begin_link(p, answer, attempt, now_us);
    if (e == ERR_NONE && p->stage == PEER_OFFERED) {
        p->stage = PEER_CONNECTING;
        p->offset = offset;
        p->opus_pt = p->stream.payload_type = answer->opus.pt;
        p->stream.level_ext = answer->level.id;
        p->authentic_us = now_us;
    }
    free(answer);
    return e;
}

static enum err take_sound(struct peer *p, const uint8_t *bytes, size_t len, point_us now_us,
                           struct rtp_packet *ret_packet)
{
    struct rtp_packet packet;
    enum err e = rtp_parse(bytes, len, &packet);
    if (e != ERR_NONE)
        return e;
    if (packet.payload_type != p->opus_pt || packet.payload_bytes == 0)
        return ERR_UNSUPPORTED;
    if (!p->seen_ssrc || packet.ssrc != p->remote_ssrc) {
        line_init(&p->line);
        p->remote_ssrc = packet.ssrc;
        p->seen_ssrc = true;
    }
    if (!line_packet(&p->line, packet.seq, packet.time, now_us))
        return ERR_REPLAY;
    p->heard = true;
    if (p->report_us == NEVER_US)
        p->report_us = now_us + US_PER_S;
    *ret_packet = packet;
    return ERR_NONE;
}

static enum peer_input stage_after(struct peer *p)
{
    if (p->stage != PEER_CONNECTING || !link_is_up(p->link))
        return PEER_INPUT_NOTHING;
    p->stage = PEER_UP;
    return PEER_INPUT_UP;
}

enum err peer_input(struct peer *p, const struct address *from, uint8_t *bytes, size_t len, point_us now_us,
                    enum peer_input *ret_what, struct rtp_packet *ret_packet)
{
    if (p->link == NULL)
        return ERR_STATE;
    enum link_input what;
    enum err e = link_input(p->link, from, bytes, &len, now_us, &what);
    if (e != ERR_NONE)
        return e;
    p->authentic_us = now_us;
    *ret_what = PEER_INPUT_NOTHING;
    switch (what) {
    case LINK_INPUT_NOTHING:
    case LINK_INPUT_LEARNED:
        *ret_what = stage_after(p);
        break;
    case LINK_INPUT_RTP:
        e = take_sound(p, bytes, len, now_us, ret_packet);
        *ret_what = PEER_INPUT_SOUND;
        break;
    case LINK_INPUT_RTCP:
        if (reports_input(&p->reports, p->remote_ssrc, bytes, len, now_us))
            *ret_what = PEER_INPUT_GONE;
        break;
    }
    return e;
}

enum err peer_send(struct peer *p, const struct uplink_packet *packet, point_us now_us)
{
    if (p->stage != PEER_UP)
        return ERR_STATE;
    if (p->sealed_count == PEER_SENT_MAX)
        return ERR_FULL;
    struct peer_sealed *s = &p->sealed[p->sealed_count];
    memcpy(s->bytes, packet->bytes, packet->len);
    s->len = packet->len;
    enum err e = link_seal_rtp(p->link, s->bytes, &s->len, packet->index);
    if (e != ERR_NONE)
        return e;
    p->sealed_count++;
    if (p->report_us == NEVER_US)
        p->report_us = now_us + US_PER_S;
    return ERR_NONE;
}

static void send_rtcp(struct peer *p, const uint8_t *bytes, size_t len)
{
    if (len == 0 || p->sealed_count == PEER_SENT_MAX)
        return;
    struct peer_sealed *s = &p->sealed[p->sealed_count];
    memcpy(s->bytes, bytes, len);
    s->len = len;
    if (link_seal_rtcp(p->link, s->bytes, &s->len) == ERR_NONE)
        p->sealed_count++;
}

void peer_bye(struct peer *p)
{
    uint8_t bytes[REPORTS_PACKET_MAX];
    if (p->stage == PEER_UP)
        send_rtcp(p, bytes, reports_write_bye(&p->reports, bytes));
}

bool peer_output(struct peer *p, struct address *ret_to, uint8_t *bytes, size_t *ret_len)
{
    if (p->link == NULL)
        return false;
    if (link_output(p->link, ret_to, bytes, ret_len))
        return true;
    const struct address *path = link_path(p->link);
    if (p->sealed_count == 0 || path == NULL)
        return false;
    *ret_to = *path;
    *ret_len = p->sealed[0].len;
    memcpy(bytes, p->sealed[0].bytes, p->sealed[0].len);
    p->sealed_count--;
    memmove(&p->sealed[0], &p->sealed[1], p->sealed_count * sizeof p->sealed[0]);
    return true;
}

point_us peer_deadline(const struct peer *p)
{
    if (p->link == NULL)
        return NEVER_US;
    return earlier_us(link_deadline(p->link), p->report_us);
}

static void report(struct peer *p, const struct reports_sent *sent, point_us now_us)
{
    uint8_t bytes[REPORTS_PACKET_MAX];
    size_t len = reports_write(&p->reports, sent, &p->line, p->remote_ssrc, p->heard, bytes, now_us);
    send_rtcp(p, bytes, len);
    p->report_us = len > 0 ? now_us + US_PER_S : NEVER_US; /* silence: the next packet starts it again */
    p->heard = false;
}

enum err peer_expire(struct peer *p, const struct reports_sent *sent, point_us now_us)
{
    if (p->link == NULL)
        return ERR_NONE;
    if (p->report_us <= now_us)
        report(p, sent, now_us);
    if (link_deadline(p->link) > now_us)
        return ERR_NONE;
    return link_expire(p->link, now_us);
}

bool peer_is_up(const struct peer *p)
{
    return p->stage == PEER_UP;
}
