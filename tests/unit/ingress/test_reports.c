#include "../rows.h"
#include "ingress/reports.h"

#define OURS   0xaaaa
#define THEIRS 0xbbbb

static size_t write(uint8_t *bytes, size_t capacity, const struct rtcp_packet *p)
{
    struct writer w = writer_on(bytes, capacity);
    rtcp_write(&w, p);
    assert_int_equal(w.error, ERR_NONE);
    return writer_len(&w);
}

static void what_it_says_of_our_sound(void **state)
{
    (void)state;
    struct reports_in r;
    uint8_t bytes[200];
    struct rtcp_packet p = {.type = RTCP_RR, .ssrc = THEIRS, .count = 2};
    p.blocks[0] = (struct rtcp_block){.ssrc = 0x1234, .fraction_lost = 200, .lost = 99};
    p.blocks[1] = (struct rtcp_block){.ssrc = OURS, .fraction_lost = 25, .lost = 3};
    reports_in_init(&r, OURS);
    assert_int_equal(reports_receive(&r, bytes, write(bytes, sizeof bytes, &p), THEIRS, 0), ERR_NONE);
    assert_true(r.told);
    assert_int_equal(r.fraction_lost, 25);
    assert_int_equal(r.lost, 3);
}

static void round_trips(void **state)
{
    (void)state;
    static const struct {
        uint32_t last_sr, delay, now, us;
    } rows[] = {{0, 0, 5 << 16, 0},                        /* it has heard no SR */
                {1 << 16, 0, (1 << 16) + 6554, 100006},    /* 0.1 s */
                {1 << 16, 65536, (2 << 16) + 3277, 50003}, /* it waited a second before it said so */
                {0xffffff00, 0, 0x00000100, 7812},         /* over the wrap */
                {5 << 16, 0, 4 << 16, 0},                  /* from the future */
                {1 << 16, 0xffffffff, 2 << 16, 1000015},
                {1 << 16, 0, 200u << 16, 0}}; /* minutes: no round trip */
    for (size_t i = 0; i < COUNT(rows); i++)
        ROW_EQUAL(i, reports_round_trip(rows[i].last_sr, rows[i].delay, rows[i].now), rows[i].us);
}

/* One bad report is no bad line; ten seconds of them are. */
static void loss_is_averaged(void **state)
{
    (void)state;
    struct reports_in r;
    uint8_t bytes[200];
    struct rtcp_packet p = {.type = RTCP_RR, .ssrc = THEIRS, .count = 1};
    p.blocks[0] = (struct rtcp_block){.ssrc = OURS, .jitter = 480, .last_sr = 7, .delay_since_sr = 9};
    reports_in_init(&r, OURS);
    for (int i = 0; i < 5; i++)
        assert_int_equal(reports_receive(&r, bytes, write(bytes, sizeof bytes, &p), THEIRS, i), ERR_NONE);
    assert_int_equal(r.lost_out, 0);
    assert_int_equal(r.jitter, 480);
    assert_int_equal(r.their_last_sr, 7);
    assert_int_equal(r.told_us, 4);
    p.blocks[0].fraction_lost = 60;
    for (int i = 0; i < 10; i++) {
        assert_int_equal(reports_receive(&r, bytes, write(bytes, sizeof bytes, &p), THEIRS, i), ERR_NONE);
        if (i == 0)
            assert_int_equal(r.lost_out, 60 * 256 / 3);
    }
    assert_in_range(r.lost_out, 58 * 256, 60 * 256);
}

static void goodbye_counts_for_its_own_ssrc_alone(void **state)
{
    (void)state;
    static const struct {
        uint32_t ssrc;
        bool bye;
    } rows[] = {{0x1234, false}, {OURS, false}, {THEIRS, true}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct reports_in r;
        uint8_t bytes[100];
        struct rtcp_packet p = {.type = RTCP_BYE, .count = 1, .sources = {rows[i].ssrc}};
        reports_in_init(&r, OURS);
        ROW_EQUAL(i, reports_receive(&r, bytes, write(bytes, sizeof bytes, &p), THEIRS, 0), ERR_NONE);
        ROW_EQUAL(i, r.bye, rows[i].bye);
    }
}

static void a_broken_compound_counts_up_to_where_it_breaks(void **state)
{
    (void)state;
    struct reports_in r;
    uint8_t bytes[200];
    struct rtcp_packet p = {.type = RTCP_RR, .ssrc = THEIRS, .count = 1};
    p.blocks[0] = (struct rtcp_block){.ssrc = OURS, .fraction_lost = 7};
    reports_in_init(&r, OURS);
    size_t len = write(bytes, sizeof bytes, &p);
    bytes[len] = 0x81;
    bytes[len + 1] = 200;
    assert_int_not_equal(reports_receive(&r, bytes, len + 2, THEIRS, 0), ERR_NONE);
    assert_int_equal(r.fraction_lost, 7);
}

static void our_report_is_rfc_3550s(void **state)
{
    (void)state;
    struct reports_in r;
    struct source s;
    struct rtcp_block block;
    uint8_t bytes[100];
    struct rtcp_packet sr = {.type = RTCP_SR, .ssrc = THEIRS};
    sr.sender.ntp = 0x1122334455667788u;
    reports_in_init(&r, OURS);
    source_init(&s, 111, 0, true);
    assert_false(reports_block(&r, &s, 0, &block)); /* nothing came */
    assert_int_equal(reports_receive(&r, bytes, write(bytes, sizeof bytes, &sr), THEIRS, US_PER_S), ERR_NONE);
    s.known = true;
    s.ssrc = THEIRS;
    s.first = 131072;
    s.highest = 131072 + 99;
    s.received = 90;
    s.counters.packets = 90;
    s.jitter_x16 = 160;
    assert_true(reports_block(&r, &s, US_PER_S + 500000, &block));
    assert_int_equal(block.ssrc, THEIRS);
    assert_int_equal(block.lost, 10);
    assert_int_equal(block.fraction_lost, 25); /* a tenth of 256 */
    assert_int_equal(block.jitter, 10);
    assert_int_equal(block.last_sr, 0x33445566);
    assert_int_equal(block.delay_since_sr, 32768);
    assert_false(reports_block(&r, &s, 2 * US_PER_S, &block)); /* nothing since */
    s.highest += 100;
    s.received += 100;
    s.counters.packets += 100;
    assert_true(reports_block(&r, &s, 3 * US_PER_S, &block));
    assert_int_equal(block.fraction_lost, 0);
    assert_int_equal(block.lost, 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_it_says_of_our_sound),
        cmocka_unit_test(round_trips),
        cmocka_unit_test(loss_is_averaged),
        cmocka_unit_test(goodbye_counts_for_its_own_ssrc_alone),
        cmocka_unit_test(a_broken_compound_counts_up_to_where_it_breaks),
        cmocka_unit_test(our_report_is_rfc_3550s),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
