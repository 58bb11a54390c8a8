#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

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

static struct link_config config_of(struct call *c, enum link_side side, struct wrong wrong)
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

static struct call *call_new(uint64_t seed, struct wrong wrong)
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

static void call_end(struct call *c)
{
    link_destroy(c->client);
    link_destroy(c->relay);
    link_identity_destroy(c->client_id);
    link_identity_destroy(c->relay_id);
    free(c);
}

static void put_on_the_way(struct call *c, bool to_relay, const struct address *from, const uint8_t *bytes,
                           size_t len)
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

static void send_out(struct call *c, bool to_relay)
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

static struct datagram *next_due(struct call *c)
{
    struct datagram *first = NULL;
    for (struct datagram *d = c->way; d < c->way + WAY_MAX; d++)
        if (d->used &&
            (!first || d->due_us < first->due_us || (d->due_us == first->due_us && d->order < first->order)))
            first = d;
    return first;
}

static void arrive(struct call *c, struct datagram *d)
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

static void tick(struct link *l, point_us now_us, enum err *died)
{
    enum err e = link_deadline(l) <= now_us ? link_expire(l, now_us) : ERR_NONE;
    if (e && !*died)
        *died = e;
}

static bool both_up(const struct call *c)
{
    return link_is_up(c->client) && link_is_up(c->relay);
}

/* From event to event until both are up (if asked for), one has died, or time is up. */
static void run(struct call *c, point_us until_us, bool stop_when_up)
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

static struct call *call_up(void)
{
    struct call *c = call_new(1, (struct wrong){false});
    run(c, S(5), true);
    assert_true(both_up(c));
    return c;
}

static size_t make_rtp(uint8_t bytes[LINK_DATAGRAM_MAX], uint16_t sequence)
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
static enum err sound_from(struct call *c, const struct address *from, uint16_t sequence)
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

static const struct {
    int row;
    unsigned loss_percent, repeat_percent;
    point_us jitter_us;
    point_us within_us;
} lines[] = {
    {1, 0, 0, 0, MS(61)}, /* one round trip for ICE, two for DTLS */
    {2, 0, 50, 0, MS(61)},       {3, 0, 0, MS(200), S(3)},   {4, 20, 0, 0, S(10)},
    {5, 20, 20, MS(100), S(10)}, {6, 40, 10, MS(50), S(20)},
};

static void two_links_come_up_over_bad_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        for (uint64_t seed = 1; seed <= 4; seed++) {
            struct call *c = call_new(seed, (struct wrong){false});
            c->loss_percent = lines[i].loss_percent;
            c->repeat_percent = lines[i].repeat_percent;
            c->jitter_us = lines[i].jitter_us;
            run(c, S(30), true);
            if (!both_up(c) || c->now_us > lines[i].within_us)
                fail_msg("row %d seed %d: client %s, relay %s, after %lld us", lines[i].row, (int)seed,
                         err_text(c->client_died), err_text(c->relay_died), (long long)c->now_us);
            assert_int_equal(c->learned, 1);
            assert_true(address_equal(link_path(c->relay), &c->here));
            assert_true(address_equal(link_path(c->client), &c->there));
            assert_in_range(link_round_trip(c->client), MS(20), MS(20) + 2 * c->jitter_us);
            assert_int_equal(link_round_trip(c->relay), -1);
            assert_int_equal(sound_from(c, &c->here, 65535), ERR_NONE);
            call_end(c);
        }
    }
}

static void sound_and_reports_go_both_ways(void **state)
{
    (void)state;
    struct call *c = call_up();
    uint8_t bytes[LINK_DATAGRAM_MAX], again[LINK_DATAGRAM_MAX];
    size_t len = make_rtp(bytes, 5);
    enum link_input what;
    assert_int_equal(link_seal_rtp(c->relay, bytes, &len, 65536 + 5), ERR_NONE);
    size_t twice = make_rtp(again, 5);
    assert_int_equal(link_seal_rtp(c->relay, again, &twice, 65536 + 5), ERR_REPLAY);
    /* The client guesses roll-over counter 0 for its first packet: sealed under 1 it does not open. */
    assert_int_equal(link_input(c->client, &c->there, bytes, &len, 0, &what), ERR_AUTH);
    len = make_rtp(bytes, 4);
    assert_int_equal(link_seal_rtp(c->client, bytes, &len, 4), ERR_NONE);
    assert_int_equal(link_input(c->relay, &c->here, bytes, &len, 0, &what), ERR_NONE);
    assert_int_equal(what, LINK_INPUT_RTP);
    uint8_t report[8 + LINK_SEAL_OVERHEAD] = {0x80, 201, 0, 1, 0, 0, 0, 9};
    len = 8;
    assert_int_equal(link_seal_rtcp(c->relay, report, &len), ERR_NONE);
    assert_int_equal(link_input(c->client, &c->there, report, &len, 0, &what), ERR_NONE);
    assert_int_equal(what, LINK_INPUT_RTCP);
    assert_int_equal(len, 8);
    call_end(c);
}

static void before_up_nothing_is_sealed_or_unsealed(void **state)
{
    (void)state;
    struct call *c = call_new(1, (struct wrong){false});
    uint8_t bytes[LINK_DATAGRAM_MAX];
    size_t len = make_rtp(bytes, 5);
    enum link_input what = LINK_INPUT_LEARNED;
    assert_int_equal(link_seal_rtp(c->relay, bytes, &len, 5), ERR_STATE);
    assert_int_equal(link_seal_rtcp(c->client, bytes, &len), ERR_STATE);
    assert_int_equal(link_input(c->relay, &c->here, bytes, &len, 0, &what), ERR_UNKNOWN);
    bytes[0] = 22; /* DTLS from an address that has not answered for itself */
    assert_int_equal(link_input(c->relay, &c->here, bytes, &len, 0, &what), ERR_UNKNOWN);
    bytes[0] = 200;
    assert_int_equal(link_input(c->relay, &c->here, bytes, &len, 0, &what), ERR_MALFORMED);
    len = 0;
    assert_int_equal(err_class(link_input(c->relay, &c->here, bytes, &len, 0, &what)), ERR_CLASS_DROP);
    len = LINK_DATAGRAM_MAX + 1;
    assert_int_equal(link_input(c->relay, &c->here, bytes, &len, 0, &what), ERR_LONG);
    assert_int_equal(what, LINK_INPUT_LEARNED); /* untouched */
    assert_null(link_path(c->relay));
    assert_null(link_address(c->relay, 0));
    call_end(c);
}

static void a_wrong_fingerprint_ends_both(void **state)
{
    (void)state;
    static const struct wrong rows[] = {{.client_fingerprint = true}, {.relay_fingerprint = true}};
    for (size_t i = 0; i < 2; i++) {
        struct call *c = call_new(1, rows[i]);
        run(c, S(60), false);
        assert_int_equal(rows[i].client_fingerprint ? c->relay_died : c->client_died, ERR_FINGERPRINT);
        assert_false(link_is_up(c->client));
        assert_false(link_is_up(c->relay));
        assert_int_equal(link_expire(rows[i].client_fingerprint ? c->relay : c->client, c->now_us),
                         ERR_FINGERPRINT);
        call_end(c);
    }
}

static void a_wrong_password_never_gets_a_path(void **state)
{
    (void)state;
    struct call *c = call_new(1, (struct wrong){.password = true});
    run(c, S(60), false);
    assert_true(c->client_died == ERR_TIMEOUT || c->relay_died == ERR_TIMEOUT);
    assert_int_equal(c->now_us, LINK_CONSENT_US);
    assert_null(link_path(c->relay));
    assert_int_equal(c->learned, 0);
    call_end(c);
}

static void consent_is_kept_for_minutes_and_lost_in_30_s(void **state)
{
    (void)state;
    struct call *c = call_up();
    c->loss_percent = 20;
    run(c, S(600), false);
    assert_true(both_up(c));
    c->cut = true;
    run(c, S(700), false);
    assert_true(c->client_died == ERR_TIMEOUT || c->relay_died == ERR_TIMEOUT);
    assert_in_range(c->now_us, S(600), S(600) + LINK_CONSENT_US);
    call_end(c);
}

/* Whatever is sent from elsewhere without the password: sound stays where it was. */
static void forged_datagrams_never_move_the_path(void **state)
{
    (void)state;
    struct call *c = call_up();
    static const uint8_t ip[4] = {203, 0, 113, 6};
    const struct address mallory = address_v4(ip, 666);
    static const char *const usernames[] = {"relay:peer", "peer:relay", "relay:", ":", ""};
    static const char *const passwords[] = {"", PEER_PWD, "guess"};
    enum link_input what = LINK_INPUT_NOTHING;
    for (size_t u = 0; u < 5; u++) {
        for (size_t p = 0; p < 3; p++) {
            struct stun_message m = {.kind = STUN_REQUEST,
                                     .username = {usernames[u], strlen(usernames[u])},
                                     .has_priority = true,
                                     .use_candidate = true,
                                     .controlling = true};
            struct ice_datagram d;
            assert_int_equal(ice_seal(&m, passwords[p], &d), ERR_NONE);
            assert_int_equal(err_class(link_input(c->relay, &mallory, d.bytes, &d.len, c->now_us, &what)),
                             ERR_CLASS_DROP);
        }
    }
    uint8_t bytes[LINK_DATAGRAM_MAX], out[LINK_DATAGRAM_MAX];
    struct address to;
    for (int i = 0; i < 3000; i++) {
        seeded_fill(&c->seed, bytes, 200);
        bytes[0] = (uint8_t)(i % 256);
        size_t len = 1 + seeded_below(&c->seed, 200);
        assert_int_equal(err_class(link_input(c->relay, &mallory, bytes, &len, c->now_us, &what)),
                         ERR_CLASS_DROP);
    }
    /* Even true sound, sent on by another from an address that never checked. */
    assert_int_equal(sound_from(c, &mallory, 700), ERR_UNKNOWN);
    size_t len;
    while (link_output(c->relay, &to, out, &len)) /* nothing is sent his way */
        assert_false(address_equal(&to, &mallory));
    assert_true(address_equal(link_path(c->relay), &c->here));
    assert_null(link_address(c->relay, 1));
    assert_true(both_up(c));
    call_end(c);
}

/* The client's check, as sent from that address. */
static enum err check_from(struct call *c, const struct address *from, bool nominate, enum link_input *what)
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

static void sound_from_another_validated_address_moves_the_path(void **state)
{
    (void)state;
    struct call *c = call_up();
    struct address other = c->here;
    enum link_input what;
    other.port = 1001;
    c->now_us += S(1);
    assert_int_equal(check_from(c, &other, false, &what), ERR_NONE);
    assert_int_equal(what, LINK_INPUT_LEARNED);
    assert_true(address_equal(link_path(c->relay), &c->here));
    uint8_t forged[LINK_DATAGRAM_MAX];
    size_t len = make_rtp(forged, 1) + 16;
    assert_int_equal(link_input(c->relay, &other, forged, &len, c->now_us, &what), ERR_AUTH);
    assert_true(address_equal(link_path(c->relay), &c->here));
    assert_int_equal(sound_from(c, &other, 1), ERR_NONE);
    assert_true(address_equal(link_path(c->relay), &other));
    assert_int_equal(check_from(c, &c->here, true, &what), ERR_NONE); /* a nomination moves it back at once */
    assert_int_equal(what, LINK_INPUT_NOTHING);
    assert_true(address_equal(link_path(c->relay), &c->here));
    call_end(c);
}

static void addresses_are_learned_forgotten_and_listed(void **state)
{
    (void)state;
    struct call *c = call_up();
    struct address from = c->here, gone;
    enum link_input what;
    size_t n = 0;
    for (uint16_t i = 1; i <= 9; i++) {
        from.port = (uint16_t)(5000 + i);
        c->now_us += MS(1);
        assert_int_equal(check_from(c, &from, false, &what), ERR_NONE);
        assert_int_equal(what, LINK_INPUT_LEARNED);
        assert_int_equal(link_forgotten(c->relay, &gone), i >= 8);
    }
    assert_int_equal(gone.port, 5002);
    while (link_address(c->relay, n))
        n++;
    assert_int_equal(n, 8);
    call_end(c);
}

static void a_restart_moves_the_path_and_sound_goes_on(void **state)
{
    (void)state;
    struct call *c = call_up();
    const struct address old = c->here;
    assert_int_equal(sound_from(c, &old, 1), ERR_NONE);
    c->here.port = 1111; /* another network */
    link_restart_ice(c->relay, "relay2", "second-password-relay", "peer2", "second-password-peer", NULL,
                     c->now_us);
    assert_int_equal(sound_from(c, &old, 2), ERR_NONE); /* still under way on the old one */
    link_restart_ice(c->client, "peer2", "second-password-peer", "relay2", "second-password-relay", &c->there,
                     c->now_us);
    assert_true(both_up(c)); /* DTLS and SRTP stand */
    run(c, c->now_us + S(1), false);
    assert_int_equal(c->learned, 2);
    assert_true(address_equal(link_path(c->relay), &c->here));
    assert_int_equal(sound_from(c, &c->here, 3), ERR_NONE);
    enum link_input what;
    assert_int_equal(check_from(c, &old, true, &what), ERR_UNKNOWN); /* the old names are over */
    assert_true(address_equal(link_path(c->relay), &c->here));
    call_end(c);
}

static void a_peer_without_dtls_is_given_up(void **state)
{
    (void)state;
    struct call *c = call_new(1, (struct wrong){false});
    enum link_input what;
    assert_int_equal(check_from(c, &c->here, true, &what), ERR_NONE);
    while (!c->relay_died && c->now_us < S(60)) {
        c->now_us += MS(500);
        assert_int_equal(check_from(c, &c->here, true, &what), ERR_NONE);
        tick(c->relay, c->now_us, &c->relay_died);
    }
    assert_int_equal(c->relay_died, ERR_TIMEOUT);
    assert_int_equal(c->now_us, S(20));
    assert_int_equal(link_deadline(c->relay), NEVER_US);
    assert_int_equal(check_from(c, &c->here, true, &what), ERR_TIMEOUT); /* the dead stay dead */
    call_end(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_links_come_up_over_bad_lines),
        cmocka_unit_test(sound_and_reports_go_both_ways),
        cmocka_unit_test(before_up_nothing_is_sealed_or_unsealed),
        cmocka_unit_test(a_wrong_fingerprint_ends_both),
        cmocka_unit_test(a_wrong_password_never_gets_a_path),
        cmocka_unit_test(consent_is_kept_for_minutes_and_lost_in_30_s),
        cmocka_unit_test(forged_datagrams_never_move_the_path),
        cmocka_unit_test(sound_from_another_validated_address_moves_the_path),
        cmocka_unit_test(addresses_are_learned_forgotten_and_listed),
        cmocka_unit_test(a_restart_moves_the_path_and_sound_goes_on),
        cmocka_unit_test(a_peer_without_dtls_is_given_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
