#include "link/ice_client.h"

#include <stdio.h>
#include <string.h>

#include "link/crypto.h"

/* RFC 8445 §5.1.2.1 for a peer-reflexive candidate: type 110, local preference 65535, component 1. */
#define CHECK_PRIORITY (110u << 24 | 65535u << 8 | 255u)

/* One check goes out; where sealing fails it counts as lost. */
static void check(struct ice_client *c, point_us now_us)
{
    char username[2 * LINK_UFRAG_MAX + 2];
    int n = snprintf(username, sizeof username, "%s:%s", c->theirs.ufrag, c->ours.ufrag);
    struct stun_message m = {.kind = STUN_REQUEST,
                             .username = {.at = username, .len = (size_t)n},
                             .has_priority = true,
                             .priority = CHECK_PRIORITY,
                             .use_candidate = true,
                             .controlling = true,
                             .tie_breaker = c->tie_breaker};
    struct ice_check *slot = &c->checks[c->next_check];
    c->next_check = (c->next_check + 1) % ICE_CHECKS_MAX;
    entropy_fill(c->entropy, m.id, sizeof m.id);
    *slot = (struct ice_check){.pending = true, .sent_us = now_us, .to = c->remote};
    memcpy(slot->id, m.id, sizeof slot->id);
    if (ice_seal(&m, c->theirs.pwd, &c->out) != ERR_NONE)
        slot->pending = false;
    c->out.to = c->remote;
    c->answered = false;
    c->check_us = now_us + c->wait_us;
    c->wait_us = 2 * c->wait_us < ICE_CHECK_LAST_US ? 2 * c->wait_us : ICE_CHECK_LAST_US;
}

static void begin(struct ice_client *c, const struct ice_credentials *ours,
                  const struct ice_credentials *theirs, const struct address *remote, point_us now_us)
{
    c->ours = *ours;
    c->theirs = *theirs;
    c->remote = *remote;
    c->heard_us = now_us;
    c->wait_us = ICE_CHECK_FIRST_US;
    memset(c->checks, 0, sizeof c->checks);
    check(c, now_us);
}

void ice_client_init(struct ice_client *c, const struct entropy *entropy, const struct ice_credentials *ours,
                     const struct ice_credentials *theirs, const struct address *remote, point_us now_us)
{
    *c = (struct ice_client){.entropy = entropy, .tie_breaker = entropy_u64(entropy), .round_trip = -1};
    begin(c, ours, theirs, remote, now_us);
}

void ice_client_finish(struct ice_client *c)
{
    crypto_wipe(c, sizeof *c);
}

void ice_client_restart(struct ice_client *c, const struct ice_credentials *ours,
                        const struct ice_credentials *theirs, const struct address *remote, point_us now_us)
{
    begin(c, ours, theirs, remote, now_us);
}

void ice_client_network_changed(struct ice_client *c, point_us now_us)
{
    c->wait_us = ICE_CHECK_FIRST_US;
    check(c, now_us);
}

static struct ice_check *find(struct ice_client *c, const struct address *from, const struct stun_message *m)
{
    for (size_t i = 0; i < ICE_CHECKS_MAX; i++) {
        struct ice_check *k = &c->checks[i];
        if (k->pending && memcmp(k->id, m->id, sizeof k->id) == 0 && address_equal(&k->to, from))
            return k;
    }
    return NULL;
}

/* RFC 7675 §5.1: between 0.8 and 1.2 of the interval, so that many clients do not check in step. */
static span_us keep_span(const struct ice_client *c)
{
    return ICE_KEEP_US * 4 / 5 + (span_us)(entropy_u32(c->entropy) % (uint32_t)(ICE_KEEP_US * 2 / 5));
}

static bool succeed(struct ice_client *c, struct ice_check *k, point_us now_us)
{
    bool learned = !c->has_path || !address_equal(&c->path, &k->to);
    k->pending = false;
    c->round_trip = now_us - k->sent_us;
    c->heard_us = now_us;
    c->path = k->to;
    c->has_path = true;
    /* A check is repeated once it is overdue, not while its answer may still be under way. */
    c->wait_us = 2 * c->round_trip > ICE_CHECK_FIRST_US ? 2 * c->round_trip : ICE_CHECK_FIRST_US;
    if (!c->answered) { /* further answers, to earlier checks, leave the timer alone */
        c->answered = true;
        c->check_us = now_us + keep_span(c);
    }
    return learned;
}

enum err ice_client_input(struct ice_client *c, const struct address *from, const uint8_t *bytes, size_t len,
                          point_us now_us, bool *ret_learned)
{
    struct stun_message m;
    enum err e = stun_parse(bytes, len, &m);
    if (e)
        return e;
    if (m.kind != STUN_SUCCESS && m.kind != STUN_ERROR)
        return ERR_UNSUPPORTED; /* a lite peer sends no checks */
    if (!m.has_fingerprint)
        return ERR_MALFORMED;
    struct ice_check *k = find(c, from, &m);
    if (!k)
        return ERR_UNKNOWN;
    e = ice_check_seal(bytes, &m, c->theirs.pwd);
    if (e)
        return e;
    if (m.kind == STUN_ERROR || m.unknown_count || !m.has_mapped)
        return ERR_UNSUPPORTED; /* goes on checking; consent runs out by itself */
    *ret_learned = succeed(c, k, now_us);
    return ERR_NONE;
}

bool ice_client_takes_from(const struct ice_client *c, const struct address *from)
{
    return c->has_path && (address_equal(&c->path, from) || address_equal(&c->remote, from));
}

bool ice_client_output(struct ice_client *c, struct address *ret_to, uint8_t *bytes, size_t *ret_len)
{
    return ice_datagram_take(&c->out, ret_to, bytes, ret_len);
}

point_us ice_client_deadline(const struct ice_client *c)
{
    return earlier_us(c->check_us, c->heard_us + LINK_CONSENT_US);
}

enum err ice_client_expire(struct ice_client *c, point_us now_us)
{
    if (now_us >= c->heard_us + LINK_CONSENT_US)
        return ERR_TIMEOUT;
    if (now_us >= c->check_us)
        check(c, now_us);
    return ERR_NONE;
}
