#include "../rows.h"
#include "egress/reports.h"

static void ntp_is_the_session_clock(void **state)
{
    (void)state;
    static const struct {
        session_samples clock;
        uint64_t ntp;
    } rows[] = {{0, 0},
                {-5, 0},
                {48000, 1ull << 32},
                {24000, 1ull << 31},
                {48000ll * 3600 * 48 + 12000, 172800ull << 32 | 1u << 30}};
    for (size_t i = 0; i < COUNT(rows); i++)
        ROW_EQUAL(i, reports_ntp(rows[i].clock), rows[i].ntp);
}

static void compounds_are_what_they_should_be(void **state)
{
    (void)state;
    static const struct {
        bool sends, has_block, bye;
    } rows[] = {{true, false, false},
                {true, true, false},
                {false, true, false},
                {false, false, true},
                {true, true, true}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct report_out report = {.ssrc = 77,
                                    .sends = rows[i].sends,
                                    .clock = 96000,
                                    .offset = 5,
                                    .packets = 9,
                                    .octets = 100,
                                    .has_block = rows[i].has_block,
                                    .block = {.ssrc = 3, .lost = 4},
                                    .bye = rows[i].bye};
        uint8_t bytes[200];
        size_t len;
        struct rtcp_packet p;
        ROW_EQUAL(i, report_write(&report, bytes, sizeof bytes, &len), ERR_NONE);
        ROW_EQUAL(i, rtcp_check(bytes, len), ERR_NONE);
        struct reader r = reader_on(bytes, len);
        ROW_TRUE(i, rtcp_next(&r, &p));
        ROW_EQUAL(i, p.type, rows[i].sends ? RTCP_SR : RTCP_RR);
        ROW_EQUAL(i, p.ssrc, 77);
        ROW_EQUAL(i, p.count, rows[i].has_block);
        ROW_TRUE(i, !rows[i].sends ||
                        (p.sender.ntp == 2ull << 32 && p.sender.rtp_time == 96005 && p.sender.packets == 9));
        ROW_TRUE(i, rtcp_next(&r, &p) && p.type == RTCP_SDES && p.chunks[0].ssrc == 77);
        ROW_EQUAL(i, rtcp_next(&r, &p), rows[i].bye);
        ROW_TRUE(i, !rows[i].bye || (p.type == RTCP_BYE && p.sources[0] == 77));
        len = 1234;
        ROW_EQUAL(i, report_write(&report, bytes, 10, &len), ERR_SPACE);
        ROW_EQUAL(i, len, 1234);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ntp_is_the_session_clock),
        cmocka_unit_test(compounds_are_what_they_should_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
