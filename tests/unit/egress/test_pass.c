/* Pass and fanout, with real links: what the listeners' side unseals. */
#include "egress/pass.h"
#include "pair.h"
#include "wire/rtp.h"

struct bench {
    struct pair pair;
    struct audience *audience;
    struct outbox outbox;
    struct listener listener;
};

static void begin(struct bench *b, enum tier tier)
{
    memset(b, 0, sizeof *b);
    pair_init(&b->pair);
    outbox_init(&b->outbox);
    assert_int_equal(audience_create(0, tier, &b->audience), ERR_NONE);
    b->listener = (struct listener){
        .link = b->pair.relay, .tier = tier, .opus_pt = 109, .ssrc = 0xabcd, .offset = 0xffff0000u};
    numbers_init(&b->listener.numbers, 65534);
    assert_int_equal(fanout_join(&b->audience->fanout, &b->listener, 0), ERR_NONE);
}

static void end(struct bench *b)
{
    audience_destroy(b->audience);
    outbox_finish(&b->outbox);
    pair_finish(&b->pair);
}

/* The next datagram as its receiver reads it; false where none waits. */
static bool next(struct bench *b, struct rtp_packet *ret_packet)
{
    static uint8_t bytes[LINK_DATAGRAM_MAX];
    const struct media_datagram *d;
    enum link_input what;
    if (outbox_waiting(&b->outbox, &d) == 0)
        return false;
    size_t len = d->len;
    memcpy(bytes, d->bytes, len);
    assert_true(address_equal(&d->to, &b->pair.client_address));
    assert_int_equal(link_input(b->pair.client, &b->pair.relay_address, bytes, &len, 0, &what), ERR_NONE);
    assert_int_equal(what, LINK_INPUT_RTP);
    assert_int_equal(rtp_parse(bytes, len, ret_packet), ERR_NONE);
    outbox_sent(&b->outbox, 1);
    return true;
}

/* Sizes up to the largest; numbers over the wrap of 16 bits; an order that is not the source's. */
static const struct {
    int64_t seq;
    size_t len;
    enum err expected;
    uint16_t out_seq;
    bool marker;
} rows[] = {
    {1000, 1, ERR_NONE, 65534, true}, {1001, 80, ERR_NONE, 65535, false},
    {1004, 1275, ERR_NONE, 2, false}, {1003, 400, ERR_NONE, 1, false},
    {999, 10, ERR_STALE, 0, false},   {1005, SOURCE_PAYLOAD_MAX, ERR_NONE, 3, false},
};

static void payloads_pass_byte_for_byte(void **state)
{
    (void)state;
    static const enum tier tiers[] = {TIER_FULL, TIER_LEAN};
    for (int t = 0; t < 2; t++) {
        struct bench b;
        begin(&b, tiers[t]);
        for (size_t i = 0; i < COUNT(rows); i++) {
            uint8_t payload[SOURCE_PAYLOAD_MAX];
            struct rtp_packet p;
            for (size_t k = 0; k < rows[i].len; k++)
                payload[k] = (uint8_t)(k * 7 + i);
            struct timed_packet packet = {.at = 96000 + (rows[i].seq - 1000) * 960,
                                          .samples = 960,
                                          .seq = rows[i].seq,
                                          .run = 1,
                                          .payload = payload,
                                          .len = rows[i].len};
            ROW_EQUAL(i, pass_packet(b.audience, 2, 77, &packet, &b.outbox, 0), rows[i].expected);
            ROW_EQUAL(i, next(&b, &p), rows[i].expected == ERR_NONE);
            if (rows[i].expected != ERR_NONE)
                continue;
            ROW_EQUAL(i, p.payload_bytes, rows[i].len);
            ROW_TRUE(i, memcmp(p.payload, payload, rows[i].len) == 0);
            ROW_EQUAL(i, p.seq, rows[i].out_seq);
            ROW_EQUAL(i, p.time, (uint32_t)packet.at + 0xffff0000u);
            ROW_EQUAL(i, p.marker, rows[i].marker);
            ROW_EQUAL(i, p.ssrc, 0xabcd);
            ROW_EQUAL(i, p.payload_type, 109);
            ROW_EQUAL(i, p.csrc_count, t == 0);
            ROW_TRUE(i, t == 1 || p.csrc[0] == 77);
            ROW_TRUE(i, !p.has_extension);
        }
        assert_int_equal(b.listener.packets, 5);
        assert_int_equal(b.listener.octets, 1 + 80 + 1275 + 400 + SOURCE_PAYLOAD_MAX);
        end(&b);
    }
}

static void listeners_come_and_go(void **state)
{
    (void)state;
    struct fanout a, b;
    struct listener l[4] = {0};
    fanout_init(&a);
    fanout_init(&b);
    for (int i = 0; i < 4; i++)
        assert_int_equal(fanout_join(&a, &l[i], 0), ERR_NONE);
    fanout_leave(&l[1]);
    fanout_leave(&l[1]); /* twice does nothing */
    assert_int_equal(fanout_join(&b, &l[0], 0), ERR_NONE);
    assert_int_equal(a.count, 2);
    for (size_t i = 0; i < a.count; i++)
        assert_true(a.listeners[i]->in == &a && a.listeners[i]->place == i);
    fanout_finish(&a);
    assert_null(l[2].in);
    assert_ptr_equal(l[0].in, &b);
    fanout_finish(&b);
}

static void a_link_that_is_not_up_gets_nothing(void **state)
{
    (void)state;
    struct bench b;
    uint8_t payload[10] = {0};
    struct timed_packet packet = {.samples = 960, .seq = 1, .run = 1, .payload = payload, .len = 10};
    struct link *down;
    struct link_config config = {.side = LINK_RELAY, .local_ufrag = "aaaa", .remote_ufrag = "bbbb"};
    begin(&b, TIER_FULL);
    config.identity = b.pair.relay_id;
    memset(config.local_pwd, 'x', 24);
    memset(config.remote_pwd, 'y', 24);
    assert_int_equal(link_create(&config, &b.pair.entropy, 0, &down), ERR_NONE);
    b.listener.link = down;
    assert_int_equal(pass_packet(b.audience, 0, 1, &packet, &b.outbox, 0), ERR_NONE);
    const struct media_datagram *d;
    assert_int_equal(outbox_waiting(&b.outbox, &d), 0);
    link_destroy(down);
    end(&b);
}

/* His audience joins another's stream, where the same sound is stamped so much later: his own stamps go on as
 * they were, until a run begins after a gap. */
static const struct {
    session_samples later; /* stamped here than where he was: he moves in before it; 0 = he stays */
    uint32_t run;
    session_samples at;
    uint32_t time; /* as he has it */
    bool marker;
} stamps[] = {
    {0, 1, 0, 0, true},
    {960, 1, 1920, 960, false}, /* he goes on without a gap */
    {0, 1, 2880, 1920, false},
    {0, 2, 3840, 2880, false}, /* another run, but no gap: nothing begins for him */
    {0, 3, 9600, 9600, true},  /* after a gap he is where the others are */
    {-960, 3, 9600, 10560, false},
    {0, 4, 10560, 11520, false},
    {0, 5, 19200, 19200, true},
};

static void his_stamps_go_on_where_audiences_lie_aside(void **state)
{
    (void)state;
    struct bench b;
    struct audience *at[2];
    uint8_t payload[10] = {0};
    int in = 0;
    begin(&b, TIER_FULL);
    at[0] = b.audience;
    assert_int_equal(audience_create(5, TIER_FULL, &at[1]), ERR_NONE);
    for (size_t i = 0; i < COUNT(stamps); i++) {
        struct rtp_packet p;
        struct timed_packet packet = {.at = stamps[i].at,
                                      .samples = 960,
                                      .seq = (int64_t)i,
                                      .run = stamps[i].run,
                                      .payload = payload,
                                      .len = 10};
        if (stamps[i].later != 0) {
            in = 1 - in;
            audience_destroy(at[in]);
            assert_int_equal(audience_split(at[1 - in], 5, &at[in]), ERR_NONE);
            at[in]->sent_end = at[in]->sound_end = stamps[i].at; /* it lies aside */
            assert_int_equal(fanout_join(&at[in]->fanout, &b.listener, stamps[i].later), ERR_NONE);
        }
        ROW_EQUAL(i, pass_packet(at[in], 0, 1, &packet, &b.outbox, 0), ERR_NONE);
        ROW_TRUE(i, next(&b, &p));
        ROW_EQUAL(i, p.time - 0xffff0000u, stamps[i].time);
        ROW_EQUAL(i, p.marker, stamps[i].marker);
        ROW_EQUAL(i, p.seq, (uint16_t)(65534 + i));
    }
    audience_destroy(at[1 - in]);
    b.audience = at[in];
    end(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(payloads_pass_byte_for_byte),
        cmocka_unit_test(listeners_come_and_go),
        cmocka_unit_test(a_link_that_is_not_up_gets_nothing),
        cmocka_unit_test(his_stamps_go_on_where_audiences_lie_aside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
