#include "link/link.h"

#include <stdlib.h>

#include "link/crypto.h"
#include "link/dtls.h"
#include "link/ice.h"
#include "link/ice_client.h"
#include "link/srtp.h"
#include "wire/kind.h"

struct link {
    enum link_side side;
    struct ice lite;        /* LINK_RELAY */
    struct ice_client full; /* LINK_CLIENT */
    struct dtls *dtls;
    struct address dtls_to; /* where the last DTLS came from */
    bool has_dtls_to;
    struct srtp_sender *sender; /* NULL until DTLS is done, as is receiver */
    struct srtp_receiver *receiver;
    enum err dead; /* what the link died of */
};

/* --- life --- */

static enum err link_open(struct link *l, const struct link_config *config, const struct entropy *entropy,
                          point_us now_us)
{
    const struct ice_credentials ours = ice_credentials(config->local_ufrag, config->local_pwd);
    const struct ice_credentials theirs = ice_credentials(config->remote_ufrag, config->remote_pwd);
    bool client = config->side == LINK_CLIENT;
    l->side = config->side;
    if (client)
        ice_client_init(&l->full, entropy, &ours, &theirs, &config->remote, now_us);
    else
        ice_init(&l->lite, &ours, &theirs, now_us);
    return dtls_create(config->identity, client ? DTLS_CLIENT : DTLS_SERVER, config->remote_fingerprint,
                       &l->dtls);
}

enum err link_create(const struct link_config *config, const struct entropy *entropy, point_us now_us,
                     struct link **ret_link)
{
    struct link *l = calloc(1, sizeof *l);
    if (!l)
        return ERR_MEMORY;
    enum err e = link_open(l, config, entropy, now_us);
    if (e) {
        link_destroy(l);
        return e;
    }
    *ret_link = l;
    return ERR_NONE;
}

void link_destroy(struct link *l)
{
    if (!l)
        return;
    ice_finish(&l->lite);
    ice_client_finish(&l->full);
    dtls_destroy(l->dtls);
    srtp_sender_destroy(l->sender);
    srtp_receiver_destroy(l->receiver);
    free(l);
}

void link_restart_ice(struct link *l, const char *local_ufrag, const char *local_pwd,
                      const char *remote_ufrag, const char *remote_pwd, const struct address *remote,
                      point_us now_us)
{
    const struct ice_credentials ours = ice_credentials(local_ufrag, local_pwd);
    const struct ice_credentials theirs = ice_credentials(remote_ufrag, remote_pwd);
    if (l->side == LINK_CLIENT)
        ice_client_restart(&l->full, &ours, &theirs, remote, now_us);
    else
        ice_restart(&l->lite, &ours, &theirs);
}

void link_network_changed(struct link *l, point_us now_us)
{
    if (l->side == LINK_CLIENT)
        ice_client_network_changed(&l->full, now_us);
}

/* A link that died stays dead and says of what. */
static enum err note(struct link *l, enum err e)
{
    if (err_class(e) == ERR_CLASS_LINK_DEAD)
        l->dead = e;
    return e;
}

/* --- in --- */

static enum err input_stun(struct link *l, const struct address *from, const uint8_t *bytes, size_t len,
                           point_us now_us, enum link_input *ret_what)
{
    bool learned = false;
    enum err e;
    if (l->side == LINK_CLIENT) {
        e = ice_client_input(&l->full, from, bytes, len, now_us, &learned);
    } else {
        enum ice_news news = ICE_NOTHING;
        e = ice_input(&l->lite, from, bytes, len, now_us, &news);
        learned = news == ICE_LEARNED;
    }
    if (e)
        return e;
    if (learned)
        e = dtls_start(l->dtls, now_us);
    if (!e)
        *ret_what = learned ? LINK_INPUT_LEARNED : LINK_INPUT_NOTHING;
    return e;
}

/* The peer's address must have answered for itself before anything dear is done for it. */
static bool takes_from(const struct link *l, const struct address *from)
{
    return l->side == LINK_CLIENT ? ice_client_takes_from(&l->full, from) : ice_is_validated(&l->lite, from);
}

static enum err open_srtp(struct link *l)
{
    struct dtls_keys k;
    if (!dtls_take_keys(l->dtls, &k))
        return ERR_NONE;
    enum err e = srtp_sender_create(k.profile, k.our_key, k.our_salt, &l->sender);
    if (!e)
        e = srtp_receiver_create(k.profile, k.their_key, k.their_salt, &l->receiver);
    crypto_wipe(&k, sizeof k);
    /* The keys are gone, so without memory for them this link never comes up. */
    return e ? ERR_HANDSHAKE : ERR_NONE;
}

static enum err input_dtls(struct link *l, const struct address *from, const uint8_t *bytes, size_t len,
                           point_us now_us, enum link_input *ret_what)
{
    if (!takes_from(l, from))
        return ERR_UNKNOWN;
    l->dtls_to = *from;
    l->has_dtls_to = true;
    enum err e = dtls_input(l->dtls, bytes, len, now_us);
    if (!e)
        e = open_srtp(l);
    if (!e)
        *ret_what = LINK_INPUT_NOTHING;
    return e;
}

static enum err input_media(struct link *l, const struct address *from, uint8_t *bytes, size_t *len,
                            bool rtcp, point_us now_us)
{
    if (!l->receiver || !takes_from(l, from))
        return ERR_UNKNOWN;
    enum err e = rtcp ? srtp_unseal_rtcp(l->receiver, bytes, len) : srtp_unseal_rtp(l->receiver, bytes, len);
    if (!e && l->side == LINK_RELAY)
        ice_media_arrived(&l->lite, from, now_us);
    return e;
}

enum err link_input(struct link *l, const struct address *from, uint8_t *bytes, size_t *len, point_us now_us,
                    enum link_input *ret_what)
{
    enum wire_kind kind = wire_kind(bytes, *len);
    enum err e = ERR_MALFORMED;
    if (l->dead)
        return l->dead;
    if (*len > LINK_DATAGRAM_MAX)
        return ERR_LONG;
    switch (kind) {
    case WIRE_STUN:
        return note(l, input_stun(l, from, bytes, *len, now_us, ret_what));
    case WIRE_DTLS:
        return note(l, input_dtls(l, from, bytes, *len, now_us, ret_what));
    case WIRE_RTP:
    case WIRE_RTCP:
        e = input_media(l, from, bytes, len, kind == WIRE_RTCP, now_us);
        if (!e)
            *ret_what = kind == WIRE_RTCP ? LINK_INPUT_RTCP : LINK_INPUT_RTP;
        return e;
    case WIRE_OTHER:
        break;
    }
    return e;
}

/* --- out and time --- */

bool link_output(struct link *l, struct address *ret_to, uint8_t *bytes, size_t *ret_len)
{
    bool stun = l->side == LINK_CLIENT ? ice_client_output(&l->full, ret_to, bytes, ret_len)
                                       : ice_output(&l->lite, ret_to, bytes, ret_len);
    if (stun)
        return true;
    /* An answer goes back where the question came from; a client's goes where sound does. */
    const struct address *to = l->side == LINK_RELAY && l->has_dtls_to ? &l->dtls_to : link_path(l);
    if (!to || !dtls_output(l->dtls, bytes, ret_len))
        return false;
    *ret_to = *to;
    return true;
}

point_us link_deadline(const struct link *l)
{
    if (l->dead)
        return NEVER_US;
    point_us ice = l->side == LINK_CLIENT ? ice_client_deadline(&l->full) : ice_deadline(&l->lite);
    return earlier_us(ice, dtls_deadline(l->dtls));
}

enum err link_expire(struct link *l, point_us now_us)
{
    if (l->dead)
        return l->dead;
    enum err e = l->side == LINK_CLIENT ? ice_client_expire(&l->full, now_us) : ice_expire(&l->lite, now_us);
    if (!e)
        e = dtls_expire(l->dtls, now_us);
    return note(l, e);
}

/* --- what it knows --- */

bool link_is_up(const struct link *l)
{
    return l->receiver && !l->dead && link_path(l);
}

const struct address *link_path(const struct link *l)
{
    if (l->side == LINK_RELAY)
        return ice_selected(&l->lite);
    return l->full.has_path ? &l->full.path : NULL;
}

const struct address *link_address(const struct link *l, size_t n)
{
    if (l->side == LINK_RELAY)
        return ice_address(&l->lite, n);
    return n == 0 ? link_path(l) : NULL;
}

bool link_forgotten(struct link *l, struct address *ret_address)
{
    return l->side == LINK_RELAY && ice_forgotten(&l->lite, ret_address);
}

span_us link_round_trip(const struct link *l)
{
    return l->side == LINK_CLIENT ? l->full.round_trip : -1;
}

/* --- sealing --- */

enum err link_seal_rtp(struct link *l, uint8_t *packet, size_t *len, uint64_t index)
{
    return link_is_up(l) ? srtp_seal_rtp(l->sender, packet, len, index) : ERR_STATE;
}

enum err link_seal_rtcp(struct link *l, uint8_t *packet, size_t *len)
{
    return link_is_up(l) ? srtp_seal_rtcp(l->sender, packet, len) : ERR_STATE;
}
