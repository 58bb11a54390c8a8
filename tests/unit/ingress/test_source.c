#include "../rows.h"
#include "ingress/source.h"
#include "wire/rtp.h"
#include "wire/rtp_ext.h"

#define PT    111
#define LEVEL 3

static const uint8_t opus_20ms[] = {0x78, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}; /* one 20 ms hybrid frame, mono */

struct sent {
    uint8_t pt;
    uint32_t ssrc;
    uint16_t seq;
    const uint8_t *payload;
    size_t len;
};

static enum err receive(struct source *s, const struct sent *sent, point_us now_us,
                        struct source_packet *ret_packet)
{
    static uint8_t bytes[2000];
    uint8_t level = audio_level_put((struct audio_level){true, 42}), block[8];
    struct rtp_ext ext = {.id = LEVEL, .data = &level, .len = 1};
    struct rtp_packet p = {.payload_type = sent->pt,
                           .seq = sent->seq,
                           .time = sent->seq * 960u,
                           .ssrc = sent->ssrc,
                           .has_extension = true,
                           .extension_profile = RTP_EXT_ONE_BYTE,
                           .extension = block,
                           .payload = sent->payload,
                           .payload_bytes = sent->len};
    size_t len;
    assert_int_equal(rtp_ext_write(&ext, 1, block, sizeof block, &p.extension_bytes), ERR_NONE);
    assert_int_equal(rtp_write(&p, bytes, sizeof bytes, &len), ERR_NONE);
    return source_receive(s, bytes, len, now_us, ret_packet);
}

static enum err plain(struct source *s, uint32_t ssrc, uint16_t seq, point_us now_us,
                      struct source_packet *ret_packet)
{
    struct sent sent = {PT, ssrc, seq, opus_20ms, sizeof opus_20ms};
    return receive(s, &sent, now_us, ret_packet);
}

/* In this order, 20 ms apart. */
static const struct number_row {
    uint16_t seq;
    enum err expected;
    int64_t step;  /* from the first packet's extended number */
    uint64_t lost; /* in sum */
    bool restarted;
} number_rows[] = {
    {65530, ERR_NONE, 0, 0, true},       {65531, ERR_NONE, 1, 0, false},
    {65531, ERR_REPLAY, 0, 0, false},    {65534, ERR_NONE, 4, 2, false},
    {65533, ERR_NONE, 3, 1, false},                                           /* late, not lost */
    {2, ERR_NONE, 8, 4, false},                                               /* over the wrap */
    {65535, ERR_NONE, 5, 3, false},                                           /* back over it */
    {65535, ERR_REPLAY, 0, 3, false},    {3002, ERR_NONE, 3008, 3002, false}, /* as far as a gap goes */
    {2938, ERR_STALE, 0, 3002, false},                                        /* too old to tell */
    {20000, ERR_STALE, 0, 3002, false},  /* a jump: perhaps forged by a broken sender */
    {3003, ERR_NONE, 3009, 3002, false}, /* the real one goes on */
    {40000, ERR_STALE, 0, 3002, false},  {40001, ERR_NONE, 0, 3002, true}, /* two in a row: it is a restart */
    {40002, ERR_NONE, 1, 3002, false},
};

static void numbers_grow_and_losses_are_counted(void **state)
{
    (void)state;
    struct source s;
    struct source_packet p;
    source_init(&s, PT, LEVEL, true);
    int64_t first = 0, highest = 0;
    for (size_t i = 0; i < COUNT(number_rows); i++) {
        const struct number_row *row = &number_rows[i];
        ROW_EQUAL(i, plain(&s, 1, row->seq, (point_us)i * TICK_US, &p), row->expected);
        ROW_EQUAL(i, s.counters.lost, row->lost);
        if (row->expected != ERR_NONE)
            continue;
        ROW_EQUAL(i, p.restarted, row->restarted);
        if (row->restarted)
            first = p.seq;
        ROW_TRUE(i, !row->restarted || p.seq > highest);
        ROW_EQUAL(i, p.seq - first, row->step);
        ROW_EQUAL(i, (uint16_t)p.seq, row->seq);
        highest = p.seq > highest ? p.seq : highest;
    }
}

/* One source of SSRC 1 has sent until 1 s. */
static void one_ssrc_at_a_time(void **state)
{
    (void)state;
    static const struct {
        uint32_t ssrc;
        int64_t at_ms;
        enum err expected;
    } rows[] = {
        {2, 1020, ERR_UNSUPPORTED}, {1, 1040, ERR_NONE},        {2, 1060, ERR_UNSUPPORTED},
        {2, 1080, ERR_UNSUPPORTED}, {1, 1100, ERR_NONE}, /* they alternate: the first stays */
        {3, 1120, ERR_UNSUPPORTED}, {2, 1140, ERR_UNSUPPORTED}, {3, 1160, ERR_UNSUPPORTED},
        {2, 1180, ERR_UNSUPPORTED}, {2, 1200, ERR_UNSUPPORTED}, {2, 1220, ERR_NONE}, /* three in a row */
        {1, 1240, ERR_UNSUPPORTED}, {1, 1420, ERR_NONE}, /* 200 ms after the last of 2 */
    };
    struct source s;
    struct source_packet p;
    source_init(&s, PT, LEVEL, true);
    uint16_t seq = 0;
    assert_int_equal(plain(&s, 1, seq++, US_PER_S, &p), ERR_NONE);
    for (size_t i = 0; i < COUNT(rows); i++)
        ROW_EQUAL(i, plain(&s, rows[i].ssrc, seq++, rows[i].at_ms * US_PER_MS, &p), rows[i].expected);
    source_goodbye(&s);
    assert_int_equal(plain(&s, 9, 7, 1440 * US_PER_MS, &p), ERR_NONE);
    assert_true(p.restarted);
}

static void what_is_no_opus_of_ours_does_not_enter(void **state)
{
    (void)state;
    static const uint8_t empty[1], bad_code3[] = {0x7b, 0x00}, too_long[1300] = {0x78},
                                   too_large[SOURCE_PAYLOAD_MAX + 1] = {0x79};
    static const struct {
        struct sent sent;
        enum err expected;
    } rows[] = {
        {{PT, 1, 10, opus_20ms, sizeof opus_20ms}, ERR_NONE},
        {{PT + 1, 1, 11, opus_20ms, sizeof opus_20ms}, ERR_UNSUPPORTED},
        {{PT, 1, 12, empty, 0}, ERR_SHORT},
        {{PT, 1, 13, bad_code3, sizeof bad_code3}, ERR_MALFORMED},
        {{PT, 1, 14, too_long, sizeof too_long}, ERR_MALFORMED},
        {{PT, 1, 15, too_large, sizeof too_large}, ERR_LONG},
        {{PT, 1, 16, opus_20ms, 1}, ERR_NONE}, /* DTX */
    };
    struct source s;
    struct source_packet p;
    source_init(&s, PT, LEVEL, true);
    for (size_t i = 0; i < COUNT(rows); i++)
        ROW_EQUAL(i, receive(&s, &rows[i].sent, US_PER_S, &p), rows[i].expected);
    assert_true(p.dtx && p.has_level);
    assert_int_equal(p.level_dbov, 42);
    assert_int_equal(s.counters.bad, 5);
    assert_int_equal(source_receive(&s, opus_20ms, 3, US_PER_S, &p), ERR_SHORT);
}

static void without_the_floor_it_is_refused_and_still_numbered(void **state)
{
    (void)state;
    struct source s;
    struct source_packet p;
    source_init(&s, PT, LEVEL, false);
    for (uint16_t seq = 0; seq < 10; seq++)
        assert_int_equal(plain(&s, 1, seq, seq * TICK_US, &p), ERR_FORBIDDEN);
    assert_int_equal(s.counters.refused, 10);
    s.may_send = true;
    assert_int_equal(plain(&s, 1, 10, 10 * TICK_US, &p), ERR_NONE);
    assert_true(p.restarted); /* first that enters */
    assert_int_equal(s.counters.lost, 0);
}

/* n packets of one shape, then: may they be passed? */
static void what_may_be_passed(void **state)
{
    (void)state;
    static const struct {
        uint8_t toc;
        size_t len;
        int n;
        bool passable;
    } rows[] = {
        {0x78, 80, 500, true},                           /* 20 ms, 32 kbit/s */
        {0x78, 160, 500, true},                          /* 64 kbit/s */
        {0x78, 240, 9, true},                            /* 96 kbit/s, but only 180 ms of it are known */
        {0x78, 240, 10, false}, {0x78, 240, 500, false}, /* 96 kbit/s */
        {0x7c, 80, 1, false},                            /* stereo */
        {0x70, 80, 1, false},                            /* 10 ms */
        {0x58, 80, 500, true},                           /* 60 ms (SILK) */
        {0x79, 80, 1, true},                             /* two of 20 ms */
        {0x7b, 80, 1, true},                             /* code 3, see below: three of 20 ms */
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct source s;
        struct source_packet p;
        uint8_t payload[1400] = {rows[i].toc};
        struct sent sent = {PT, 1, 0, payload, rows[i].len};
        if (rows[i].toc == 0x79)
            sent.len = 81; /* two equal halves */
        payload[1] = rows[i].toc == 0x7b ? 3 : 0;
        source_init(&s, PT, LEVEL, true);
        for (int n = 0; n < rows[i].n; n++, sent.seq++)
            ROW_EQUAL(i, receive(&s, &sent, n * TICK_US, &p), ERR_NONE);
        ROW_EQUAL(i, source_is_passable(&s, rows[i].n * TICK_US), rows[i].passable);
    }
}

static void an_odd_packet_counts_for_a_second(void **state)
{
    (void)state;
    struct source s;
    struct source_packet p;
    uint8_t stereo[] = {0x7c, 1, 2};
    struct sent sent = {PT, 1, 0, stereo, sizeof stereo};
    source_init(&s, PT, LEVEL, true);
    assert_int_equal(receive(&s, &sent, US_PER_S, &p), ERR_NONE);
    assert_false(source_is_passable(&s, US_PER_S + 999 * US_PER_MS));
    assert_true(source_is_passable(&s, 2 * US_PER_S));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_grow_and_losses_are_counted),
        cmocka_unit_test(one_ssrc_at_a_time),
        cmocka_unit_test(what_is_no_opus_of_ours_does_not_enter),
        cmocka_unit_test(without_the_floor_it_is_refused_and_still_numbered),
        cmocka_unit_test(what_may_be_passed),
        cmocka_unit_test(an_odd_packet_counts_for_a_second),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
