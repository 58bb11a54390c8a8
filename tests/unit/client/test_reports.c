#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "reports.h"

static const uint32_t own = 0x11111111, theirs = 0x22222222;

static struct rtcp_packet read_one(struct reader *r, enum rtcp_type type)
{
    struct rtcp_packet p;
    assert_true(rtcp_next(r, &p));
    assert_int_equal(p.type, type);
    return p;
}

static void silence_says_nothing(void **state)
{
    (void)state;
    struct reports r;
    struct reports_sent sent = {0};
    struct line line;
    uint8_t bytes[REPORTS_PACKET_MAX];
    line_init(&line);
    reports_init(&r, own, "name");
    assert_int_equal(reports_write(&r, &sent, &line, theirs, false, bytes, 0), 0);
}

static void what_was_sent_and_heard_is_reported(void **state)
{
    (void)state;
    struct reports r;
    struct reports_sent sent = {.packets = 50, .octets = 4000, .rtp_time = 77};
    struct line line;
    uint8_t bytes[REPORTS_PACKET_MAX];
    line_init(&line);
    line_packet(&line, 5, 0, 0);
    reports_init(&r, own, "name");
    /* their SR came half a second ago */
    struct writer w = writer_on(bytes, sizeof bytes);
    struct rtcp_packet sr = {.type = RTCP_SR, .ssrc = theirs, .sender = {.ntp = 0x0123456789abcdefull}};
    rtcp_write(&w, &sr);
    assert_false(reports_input(&r, theirs, bytes, writer_len(&w), 1500000));

    size_t len = reports_write(&r, &sent, &line, theirs, true, bytes, 2000000);
    assert_true(len > 0);
    struct reader reader = reader_on(bytes, len);
    struct rtcp_packet p = read_one(&reader, RTCP_SR);
    assert_int_equal(p.ssrc, own);
    assert_int_equal(p.sender.packets, 50);
    assert_int_equal(p.sender.octets, 4000);
    assert_int_equal(p.sender.rtp_time, 77);
    assert_int_equal(p.sender.ntp >> 32, 2);
    assert_int_equal(p.count, 1);
    assert_int_equal(p.blocks[0].ssrc, theirs);
    assert_int_equal(p.blocks[0].last_sr, 0x456789ab);
    assert_int_equal(p.blocks[0].delay_since_sr, 32768);
    p = read_one(&reader, RTCP_SDES);
    assert_int_equal(p.chunks[0].cname_len, 4);
    assert_memory_equal(p.chunks[0].cname, "name", 4);

    /* nothing sent since: a receiver report */
    len = reports_write(&r, &sent, &line, theirs, true, bytes, 3000000);
    reader = reader_on(bytes, len);
    read_one(&reader, RTCP_RR);
}

static void a_bye_is_understood_and_said(void **state)
{
    (void)state;
    struct reports r;
    uint8_t bytes[REPORTS_PACKET_MAX];
    reports_init(&r, own, "name");
    size_t len = reports_write_bye(&r, bytes);
    assert_int_equal(rtcp_check(bytes, len), ERR_NONE);
    assert_true(reports_input(&r, own, bytes, len, 0));     /* about the one we hear */
    assert_false(reports_input(&r, theirs, bytes, len, 0)); /* about another */
    for (size_t cut = 0; cut < len; cut++) /* cut short: nothing breaks, nothing is claimed */
        assert_false(reports_input(&r, own, bytes, cut, 0));
}

static void what_the_relay_lost_of_ours_is_read(void **state)
{
    (void)state;
    struct reports r;
    uint8_t bytes[REPORTS_PACKET_MAX];
    struct rtcp_packet rr = {.type = RTCP_RR, .ssrc = theirs, .count = 2};
    rr.blocks[0] = (struct rtcp_block){.ssrc = 99, .fraction_lost = 200};
    rr.blocks[1] = (struct rtcp_block){.ssrc = own, .fraction_lost = 26};
    struct writer w = writer_on(bytes, sizeof bytes);
    rtcp_write(&w, &rr);
    reports_init(&r, own, "name");
    assert_false(reports_input(&r, theirs, bytes, writer_len(&w), 0));
    assert_true(r.lost_fresh);
    assert_int_equal(r.fraction_lost, 26);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(silence_says_nothing),
                                       cmocka_unit_test(what_was_sent_and_heard_is_reported),
                                       cmocka_unit_test(what_the_relay_lost_of_ours_is_read),
                                       cmocka_unit_test(a_bye_is_understood_and_said)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
