/* A description is offered: a new peer, or an ICE restart of the one there is. */
#include "signal/parts.h"

#include "link/crypto.h"
#include "wire/sdp.h"

#include <stdlib.h>
#include <string.h>

#define ICE_UFRAG_LEN       8     /* characters of 6 random bits; RFC 8445 §5.3 wants 24 bits */
#define ICE_PWD_LEN         24    /* RFC 8445 §5.3 wants 128 bits */
#define WAY_IN_BPS          32000 /* what we ask a browser to send: speech in mono with FEC */
#define ANSWER_CNAME        "aula"
#define FIRST_SEQUENCE_MASK 0x7fff /* RFC 3711 §3.3.1: the first is below 2^15 */

/* ICE characters (RFC 8839 §5.4). */
static void ice_text(const struct desk *d, char *ret_text, size_t len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint8_t bytes[ICE_PWD_LEN];
    entropy_fill(d->config.entropy, bytes, len);
    for (size_t i = 0; i < len; i++)
        ret_text[i] = digits[bytes[i] & 63];
    ret_text[len] = '\0';
}

static struct text *answer_text(const struct desk *d, const struct sdp *sdp, const struct peer *p,
                                point_us now_us)
{
    uint8_t fingerprint[LINK_FINGERPRINT_LEN];
    struct address candidates[DESK_ADDRESSES_MAX];
    struct sdp_local local = {.id = p->handle,
                              .version = p->version,
                              .ufrag = p->local_ufrag,
                              .pwd = p->local_pwd,
                              .fingerprint = fingerprint,
                              .candidates = candidates,
                              .direction = SDP_SENDRECV,
                              .ssrc = p->ssrc,
                              .cname = ANSWER_CNAME,
                              .max_bitrate_bps = WAY_IN_BPS};
    link_identity_fingerprint(d->config.identity, fingerprint);
    for (int i = 0; i < DESK_ADDRESSES_MAX; i++) {
        const struct address *a = &d->config.media[p->seat->sitting->worker][i];
        if (a->port)
            candidates[local.candidate_count++] = *a;
    }
    char *sdp_text = malloc(SDP_BYTES_MAX);
    size_t len;
    struct text *text = NULL;
    if (sdp_text && !sdp_write_answer(sdp, &local, sdp_text, SDP_BYTES_MAX, &len)) {
        struct relay_sentence s = {
            .kind = RELAY_ANSWER,
            .answer = {sdp_text, p->offset, sitting_clock(d, p->seat->sitting, now_us)}};
        text = sentence_text(&s);
    }
    free(sdp_text);
    return text;
}

static void peer_config(const struct desk *d, const struct sdp *sdp, const struct peer *p,
                        struct link_config *ret_link)
{
    ret_link->side = LINK_RELAY;
    ret_link->identity = d->config.identity;
    strcpy(ret_link->local_ufrag, p->local_ufrag);
    strcpy(ret_link->local_pwd, p->local_pwd);
    strcpy(ret_link->remote_ufrag, sdp->ufrag);
    strcpy(ret_link->remote_pwd, sdp->pwd);
    memcpy(ret_link->remote_fingerprint, sdp->fingerprint, LINK_FINGERPRINT_LEN);
}

static struct media_order add_order(const struct desk *d, const struct sdp *sdp, const struct peer *p)
{
    const struct seat *seat = p->seat;
    struct media_order order = {.kind = ORDER_PEER_ADD, .session = seat->sitting->handle, .peer = p->handle};
    enum sdp_direction ours = sdp_answer_direction(sdp->direction, SDP_SENDRECV);
    struct peer_add *add = &order.add;
    add->number = seat->number;
    add->group = session_room(seat->sitting->state, seat->place);
    add->rank = seat->role == ROLE_ROOM ? SOURCE_ROOM : SOURCE_SEAT;
    add->tier = TIER_FULL;
    add->may_send = p->may_send;
    add->waits = p->waits;
    add->sends = ours & SDP_RECVONLY;
    add->receives = ours & SDP_SENDONLY;
    add->opus_pt = sdp->opus.pt;
    add->level_ext = sdp->level.id;
    add->mid_ext = sdp->mid.id;
    add->out_ssrc = p->ssrc;
    add->out_seq = (uint16_t)(entropy_u32(d->config.entropy) & FIRST_SEQUENCE_MASK);
    add->out_offset = p->offset;
    peer_config(d, sdp, p, &order.add.link);
    return order;
}

static uint32_t random_ssrc(const struct desk *d)
{
    uint32_t ssrc;
    do {
        ssrc = entropy_u32(d->config.entropy);
    } while (ssrc <= PEOPLE_MAX); /* 0 is none, small ones are CSRCs */
    return ssrc;
}

static struct peer *peer_make(struct desk *d, struct seat *seat, const struct sdp *sdp, point_us now_us)
{
    struct peer *p = calloc(1, sizeof *p);
    if (!p)
        return NULL;
    p->handle = d->next_peer++;
    p->seat = seat;
    p->version = 1;
    p->made_us = now_us;
    p->sends = sdp_answer_direction(sdp->direction, SDP_SENDRECV) & SDP_RECVONLY;
    p->counters.level_dbov = LEVEL_UNTOLD;
    p->ssrc = random_ssrc(d);
    p->offset = entropy_u32(d->config.entropy);
    p->may_send = session_may_send(seat->sitting->state, seat->number);
    p->waits = !session_may_hear(seat->sitting->state, seat->number);
    memcpy(p->fingerprint, sdp->fingerprint, LINK_FINGERPRINT_LEN);
    memcpy(p->origin, sdp->origin, sizeof p->origin);
    strcpy(p->remote_ufrag, sdp->ufrag);
    ice_text(d, p->local_ufrag, ICE_UFRAG_LEN);
    ice_text(d, p->local_pwd, ICE_PWD_LEN);
    return p;
}

/* Orders the new peer; the seat had none. */
static struct text *add_peer(struct desk *d, struct seat *seat, const struct sdp *sdp, point_us now_us)
{
    struct sitting *s = seat->sitting;
    if (!sitting_open_media(d, s))
        return NULL;
    struct peer *p = peer_make(d, seat, sdp, now_us);
    struct text *text = p ? answer_text(d, sdp, p, now_us) : NULL;
    if (!text || table_put(d->peers, &p->handle, sizeof p->handle, p)) {
        text_release(text);
        free(p);
        return NULL;
    }
    seat->peer = p;
    s->peer_count++;
    d->load[s->worker]++;
    struct media_order order = add_order(d, sdp, p);
    bool ordered = out_order(d, s->worker, &order);
    const struct view_participant *person = session_person(s->state, seat->number);
    if (ordered && person && person->pinned)
        peer_pin(d, seat, true);
    if (ordered && person && person->both)
        peer_both(d, seat, true);
    if (ordered)
        return text;
    text_release(text);
    peer_remove(d, seat, false);
    return NULL;
}

static struct text *restart_peer(struct desk *d, struct seat *seat, const struct sdp *sdp, point_us now_us)
{
    struct peer *p = seat->peer;
    if (strcmp(p->remote_ufrag, sdp->ufrag) == 0)
        return answer_text(d, sdp, p, now_us); /* said again: the answer was lost */
    struct media_order order = {
        .kind = ORDER_PEER_RESTART, .session = seat->sitting->handle, .peer = p->handle};
    ice_text(d, order.restart.local_ufrag, ICE_UFRAG_LEN);
    ice_text(d, order.restart.local_pwd, ICE_PWD_LEN);
    strcpy(order.restart.remote_ufrag, sdp->ufrag);
    strcpy(order.restart.remote_pwd, sdp->pwd);
    if (!out_order(d, seat->sitting->worker, &order))
        return NULL;
    strcpy(p->local_ufrag, order.restart.local_ufrag);
    strcpy(p->local_pwd, order.restart.local_pwd);
    strcpy(p->remote_ufrag, sdp->ufrag);
    p->version++;
    return answer_text(d, sdp, p, now_us);
}

/* Whether it describes the peer there is. A client may use one certificate for all its peer connections, so
 * the fingerprint alone does not tell: a new connection would wait for ever for a handshake that the old one
 * has long had. */
static bool is_same_peer(const struct peer *p, const struct sdp *sdp)
{
    return p && crypto_equal(p->fingerprint, sdp->fingerprint, LINK_FINGERPRINT_LEN) &&
           strcmp(p->origin, sdp->origin) == 0;
}

void offer(struct desk *d, struct member *m, const char *text, point_us now_us)
{
    struct seat *seat = m->seat;
    struct sdp sdp;
    const char *why = "";
    if (session_phase(seat->sitting->state) == SESSION_ENDED) {
        member_refuse(d, m, false, 0, refusal_why(REFUSAL_ENDED));
        return;
    }
    if (sdp_parse(text, strlen(text), SDP_OFFER, &sdp, &why)) {
        member_refuse(d, m, false, 0, why);
        return;
    }
    bool same = is_same_peer(seat->peer, &sdp);
    if (!same)
        peer_remove(d, seat, true);
    struct text *answer = same ? restart_peer(d, seat, &sdp, now_us) : add_peer(d, seat, &sdp, now_us);
    if (answer)
        member_say(d, m, answer, false);
    else
        member_refuse(d, m, false, 0, refusal_why(REFUSAL_SOUND_FULL));
}
