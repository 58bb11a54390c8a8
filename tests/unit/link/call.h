/* Two links with a line between them, for the tests of link. Include cmocka first. */
#ifndef AULA_TEST_LINK_CALL_H
#define AULA_TEST_LINK_CALL_H

#include <stdlib.h>
#include <string.h>

#include "link/ice_message.h"
#include "link/link.h"
#include "seeded.h"

#define WAY_MAX   256
#define RELAY_PWD "relay-password-of-22-chars"
#define PEER_PWD  "peers-password-of-22-chars"
#define S(n)      ((point_us)(n)*US_PER_S)
#define MS(n)     ((point_us)(n)*US_PER_MS)

struct datagram {
    bool used, to_relay;
    point_us due_us;
    uint64_t order;
    struct address from;
    size_t len;
    uint8_t bytes[LINK_DATAGRAM_MAX];
};

/* A client and a relay with a line between them, in virtual time. */
struct call {
    uint64_t seed;
    struct entropy entropy;
    struct link_identity *client_id, *relay_id;
    struct link *client, *relay;
    struct address here, there; /* where the client sends from, and the relay's candidate */
    point_us now_us;
    unsigned loss_percent, repeat_percent;
    point_us jitter_us; /* each datagram takes 10 ms and up to this long more: they overtake */
    struct datagram way[WAY_MAX];
    uint64_t order;
    unsigned learned;
    enum err client_died, relay_died;
    bool cut; /* nothing passes any more */
};

struct wrong {
    bool client_fingerprint, relay_fingerprint, password;
};

static inline struct link_config config_of(struct call *c, enum link_side side, struct wrong wrong)
{
    bool client = side == LINK_CLIENT;
    struct link_config f = {
        .side = side, .identity = client ? c->client_id : c->relay_id, .remote = c->there};
    strcpy(f.local_ufrag, client ? "peer" : "relay");
    strcpy(f.local_pwd, client ? PEER_PWD : RELAY_PWD);
    strcpy(f.remote_ufrag, client ? "relay" : "peer");
    strcpy(f.remote_pwd, client ? RELAY_PWD : PEER_PWD);
    link_identity_fingerprint(client ? c->relay_id : c->client_id, f.remote_fingerprint);
    if (client ? wrong.relay_fingerprint : wrong.client_fingerprint)
        f.remote_fingerprint[31] ^= 1;
    if (client && wrong.password)
        f.remote_pwd[0] ^= 1;
    return f;
}

static inline struct call *call_new(uint64_t seed, struct wrong wrong)
{
    static const uint8_t ip[4] = {192, 0, 2, 1};
    struct call *c = calloc(1, sizeof *c);
    assert_non_null(c);
    c->seed = seed;
    c->entropy = seeded(&c->seed);
    c->here = address_v4(ip, 1000);
    c->there = address_v4(ip, 2000);
    assert_int_equal(link_identity_create(&c->client_id), ERR_NONE);
    assert_int_equal(link_identity_create(&c->relay_id), ERR_NONE);
    const struct link_config client = config_of(c, LINK_CLIENT, wrong),
                             relay = config_of(c, LINK_RELAY, wrong);
    assert_int_equal(link_create(&client, &c->entropy, 0, &c->client), ERR_NONE);
    assert_int_equal(link_create(&relay, &c->entropy, 0, &c->relay), ERR_NONE);
    return c;
}

static inline void call_end(struct call *c)
{
    link_destroy(c->client);
    link_destroy(c->relay);
    link_identity_destroy(c->client_id);
    link_identity_destroy(c->relay_id);
    free(c);
}

static inline void put_on_the_way(struct call *c, bool to_relay, const struct address *from,
                                  const uint8_t *bytes, size_t len)
{
    struct datagram *d = c->way;
    while (d < c->way + WAY_MAX && d->used)
        d++;
    assert_true(d < c->way + WAY_MAX);
    point_us extra = c->jitter_us ? seeded_below(&c->seed, (uint32_t)c->jitter_us) : 0;
    *d = (struct datagram){.used = true,
                           .to_relay = to_relay,
                           .due_us = c->now_us + MS(10) + extra,
                           .order = c->order++,
                           .from = *from,
                           .len = len};
    memcpy(d->bytes, bytes, len);
}

static inline void send_out(struct call *c, bool to_relay)
{
    uint8_t bytes[LINK_DATAGRAM_MAX];
    struct address to;
    size_t len;
    while (link_output(to_relay ? c->client : c->relay, &to, bytes, &len)) {
        bool lost = c->cut || seeded_below(&c->seed, 100) < c->loss_percent;
        /* What goes to an address that the other no longer has does not arrive. */
        lost |= !address_equal(&to, to_relay ? &c->there : &c->here);
        const struct address from = to_relay ? c->here : c->there;
        if (!lost)
            put_on_the_way(c, to_relay, &from, bytes, len);
        if (!lost && seeded_below(&c->seed, 100) < c->repeat_percent)
            put_on_the_way(c, to_relay, &from, bytes, len);
    }
}

static inline struct datagram *next_due(struct call *c)
{
    struct datagram *first = NULL;
    for (struct datagram *d = c->way; d < c->way + WAY_MAX; d++)
        if (d->used &&
            (!first || d->due_us < first->due_us || (d->due_us == first->due_us && d->order < first->order)))
            first = d;
    return first;
}

static inline void arrive(struct call *c, struct datagram *d)
{
    enum link_input what = LINK_INPUT_NOTHING;
    enum err e =
        link_input(d->to_relay ? c->relay : c->client, &d->from, d->bytes, &d->len, c->now_us, &what);
    enum err *died = d->to_relay ? &c->relay_died : &c->client_died;
    assert_int_not_equal(err_class(e), ERR_CLASS_BUG);
    if (err_class(e) == ERR_CLASS_LINK_DEAD && !*died)
        *died = e;
    if (!e && d->to_relay && what == LINK_INPUT_LEARNED)
        c->learned++;
    d->used = false;
}

static inline void tick(struct link *l, point_us now_us, enum err *died)
{
    enum err e = link_deadline(l) <= now_us ? link_expire(l, now_us) : ERR_NONE;
    if (e && !*died)
        *died = e;
}

static inline bool both_up(const struct call *c)
{
    return link_is_up(c->client) && link_is_up(c->relay);
}

/* From event to event until both are up (if asked for), one has died, or time is up. */
static inline void run(struct call *c, point_us until_us, bool stop_when_up)
{
    while (c->now_us < until_us && !c->client_died && !c->relay_died && !(stop_when_up && both_up(c))) {
        send_out(c, true);
        send_out(c, false);
        struct datagram *d = next_due(c);
        point_us next = earlier_us(link_deadline(c->client), link_deadline(c->relay));
        next = earlier_us(d ? d->due_us : NEVER_US, next);
        c->now_us = earlier_us(next, until_us);
        if (d && d->due_us <= c->now_us)
            arrive(c, d);
        tick(c->client, c->now_us, &c->client_died);
        tick(c->relay, c->now_us, &c->relay_died);
    }
}

static inline struct call *call_up(void)
{
    struct call *c = call_new(1, (struct wrong){false});
    run(c, S(5), true);
    assert_true(both_up(c));
    return c;
}

static inline size_t make_rtp(uint8_t bytes[LINK_DATAGRAM_MAX], uint16_t sequence)
{
    memset(bytes, 0, LINK_DATAGRAM_MAX);
    bytes[0] = 0x80;
    bytes[1] = 111;
    bytes[2] = (uint8_t)(sequence >> 8);
    bytes[3] = (uint8_t)sequence;
    bytes[11] = 9;
    memset(bytes + 12, sequence, 80);
    return 92;
}

/* One packet from the client, as if from that address; what the relay makes of it. */
static inline enum err sound_from(struct call *c, const struct address *from, uint16_t sequence)
{
    uint8_t bytes[LINK_DATAGRAM_MAX], plain[LINK_DATAGRAM_MAX];
    enum link_input what = LINK_INPUT_NOTHING;
    size_t plain_len = make_rtp(plain, sequence), len = make_rtp(bytes, sequence);
    assert_int_equal(link_seal_rtp(c->client, bytes, &len, sequence), ERR_NONE);
    enum err e = link_input(c->relay, from, bytes, &len, c->now_us, &what);
    if (!e) {
        assert_int_equal(what, LINK_INPUT_RTP);
        assert_int_equal(len, plain_len);
        assert_memory_equal(bytes, plain, plain_len);
    }
    return e;
}

/* The client's check, as sent from that address. */
static inline enum err check_from(struct call *c, const struct address *from, bool nominate,
                                  enum link_input *what)
{
    struct stun_message m = {.kind = STUN_REQUEST,
                             .username = {"relay:peer", 10},
                             .has_priority = true,
                             .use_candidate = nominate,
                             .controlling = true};
    struct ice_datagram d;
    assert_int_equal(ice_seal(&m, RELAY_PWD, &d), ERR_NONE);
    return link_input(c->relay, from, d.bytes, &d.len, c->now_us, what);
}

#endif
