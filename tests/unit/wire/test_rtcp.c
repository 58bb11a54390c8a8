#include "../rows.h"
#include "wire/rtcp.h"

#define SENDER "00000007 e000000080000000 0000bb80 00000032 00000fa0"
#define BLOCK  "00000001 40 000002 0000ffff 00000003 80004000 00008000"
#define SR     "81c8000c" SENDER BLOCK
#define CNAME  "81ca0003 00000007 01046175 6c610000"

/* How many packets of ours a compound yields, and how it ends. */
static void compounds(void **state)
{
    static const struct {
        const char *hex;
        int packets;
        enum err end;
    } rows[] = {
        {SR, 1, ERR_NONE},
        {SR CNAME, 2, ERR_NONE},
        {"80c90001 00000007" CNAME "81cb0001 00000007", 3, ERR_NONE},
        {"80c90001 00000007 8fcd0002 0000000000000000 80cb0000", 2,
         ERR_NONE},                                           /* transport feedback between */
        {"81cb0003 00000007 03627965 00000000", 1, ERR_NONE}, /* BYE with a reason */
        {"80c80008" SENDER "00000009 0000000a", 1, ERR_NONE}, /* profile extension */
        {"a0c90002 00000007 00000004", 1, ERR_NONE},          /* padding */
        {"a0cb0001 00000004", 1, ERR_NONE},                   /* nothing but padding */
        {"80ca0000", 1, ERR_NONE},                            /* SDES of no one */
        {"80d00000", 0, ERR_NONE},
        {"81c8", 0, ERR_SHORT},
        {"80c90001 000000", 0, ERR_SHORT},
        {SR "80c9", 1, ERR_SHORT},
        {SR "80c9ffff 00000007", 1, ERR_SHORT},
        {"00c90001 00000007", 0, ERR_MALFORMED}, /* version 0 */
        {"c0c90001 00000007", 0, ERR_MALFORMED},
        {SR "00c90001 00000007", 1, ERR_MALFORMED},
        {"80c90000", 0, ERR_MALFORMED},        /* no sender */
        {"80c80005 x20:00", 0, ERR_MALFORMED}, /* sender info cut */
        {"82c9000d 00000007" BLOCK BLOCK, 1, ERR_NONE},
        {"83c9000d 00000007" BLOCK BLOCK, 0, ERR_MALFORMED}, /* one more block than is there */
        {"9fc90007 00000007" BLOCK, 0, ERR_MALFORMED},
        {"81cb0000", 0, ERR_MALFORMED},
        {"81ca0001 00000007", 0, ERR_MALFORMED},          /* chunk without an end */
        {"81ca0002 00000007 01ff6162", 0, ERR_MALFORMED}, /* item too long */
        {"81ca0002 00000007 01026162", 0, ERR_MALFORMED}, /* item ends with the packet: no zero */
        {"82ca0002 00000007 00000000", 0, ERR_MALFORMED}, /* second chunk missing */
        {"a0c90002 00000007 00000000", 0, ERR_MALFORMED}, /* padding of none */
        {"a0c90002 00000007 00000003", 0, ERR_MALFORMED}, /* padding no multiple of 4 */
        {"a0c90002 00000007 0000000c", 0, ERR_MALFORMED}, /* padding over the packet */
        {"a0c90000", 0, ERR_MALFORMED},
        {"a0c90002 00000007 00000004 80cb0000", 0, ERR_MALFORMED}, /* padding before the last packet */
        {"a0c90002 00000007 00000008", 0, ERR_MALFORMED},          /* padding eats the sender */
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct bytes b = bytes_from_hex(rows[i].hex);
        struct reader r = reader_on(b.at, b.len);
        struct rtcp_packet p;
        int packets = 0;
        while (rtcp_next(&r, &p))
            packets++;
        ROW_EQUAL(i, packets, rows[i].packets);
        ROW_EQUAL(i, r.error, rows[i].end);
        ROW_EQUAL(i, rtcp_check(b.at, b.len), rows[i].end);
        free(b.at);
    }
    assert_int_equal(rtcp_check((const uint8_t *)"", 0), ERR_SHORT);
}

static void a_sender_report(void **state)
{
    (void)state;
    struct bytes b = bytes_from_hex(SR);
    struct reader r = reader_on(b.at, b.len);
    struct rtcp_packet p;
    assert_true(rtcp_next(&r, &p));
    assert_true(p.type == RTCP_SR && p.ssrc == 7 && p.count == 1);
    assert_true(p.sender.ntp == 0xe000000080000000u && p.sender.rtp_time == 48000);
    assert_true(p.sender.packets == 50 && p.sender.octets == 4000);
    assert_true(p.blocks[0].ssrc == 1 && p.blocks[0].fraction_lost == 64 && p.blocks[0].lost == 2);
    assert_true(p.blocks[0].highest_seq == 65535 && p.blocks[0].jitter == 3);
    assert_true(p.blocks[0].last_sr == 0x80004000 && p.blocks[0].delay_since_sr == 0x8000);
    free(b.at);
}

static void names(void **state)
{
    static const struct {
        const char *hex, *cname; /* of the first chunk; NULL = none */
        int count;
    } rows[] = {
        {"81ca0003 00000007 01046175 6c610000", "aula", 1},
        {"81ca0004 00000007 020161 01026162 010161 0000", "ab", 1}, /* NAME before, a second CNAME behind */
        {"81ca0002 00000007 00000000", NULL, 1},
        {"81ca0002 00000007 01000000", "", 1},
        {"81ca0003 00000007 06016100 00000000", NULL, 1},
        {"82ca0006 00000007 01016100 00000008 01036162 63000000 00000000", "a", 2},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct bytes b = bytes_from_hex(rows[i].hex);
        struct reader r = reader_on(b.at, (size_t)b.at[3] * 4 + 4);
        struct rtcp_packet p;
        ROW_TRUE(i, rtcp_next(&r, &p) && p.type == RTCP_SDES);
        ROW_EQUAL(i, p.count, rows[i].count);
        ROW_EQUAL(i, p.chunks[0].ssrc, 7);
        ROW_EQUAL(i, p.chunks[0].cname != NULL, rows[i].cname != NULL);
        if (rows[i].cname)
            ROW_TRUE(i, p.chunks[0].cname_len == strlen(rows[i].cname) &&
                            memcmp(p.chunks[0].cname, rows[i].cname, p.chunks[0].cname_len) == 0);
        if (rows[i].count == 2)
            ROW_TRUE(i, p.chunks[1].ssrc == 8 && p.chunks[1].cname_len == 3);
        free(b.at);
    }
}

static void cumulative_loss_has_a_sign(void **state)
{
    static const struct {
        int32_t lost, again;
    } rows[] = {{0, 0},
                {5, 5},
                {-1, -1},
                {RTCP_LOST_MAX, RTCP_LOST_MAX},
                {RTCP_LOST_MAX + 1, RTCP_LOST_MAX},
                {-RTCP_LOST_MAX, -RTCP_LOST_MAX},
                {-RTCP_LOST_MAX - 1, -RTCP_LOST_MAX - 1},
                {-RTCP_LOST_MAX - 2, -RTCP_LOST_MAX - 1},
                {INT32_MAX, RTCP_LOST_MAX},
                {INT32_MIN, -RTCP_LOST_MAX - 1}};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint8_t out[64];
        struct writer w = writer_on(out, sizeof out);
        struct rtcp_packet p = {.type = RTCP_RR, .count = 1, .blocks = {{.lost = rows[i].lost}}}, back;
        rtcp_write(&w, &p);
        struct reader r = reader_on(out, writer_len(&w));
        ROW_TRUE(i, rtcp_next(&r, &back));
        ROW_EQUAL(i, back.blocks[0].lost, rows[i].again);
    }
}

/* Read, written again, and the same bytes. */
static void writes_what_it_read(void **state)
{
    static const char *const rows[] = {SR,
                                       CNAME,
                                       "82c9000d 00000007" BLOCK BLOCK,
                                       "80c80006" SENDER,
                                       "82cb0002 00000007 00000008",
                                       "80cb0000",
                                       "81ca0002 00000007 00000000",
                                       "81ca0004 00000007 01066175 6c616161 00000000",
                                       "81ca0003 00000007 01056175 6c616100",
                                       SR CNAME "81cb0001 00000007"};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct bytes b = bytes_from_hex(rows[i]);
        uint8_t out[256];
        struct writer w = writer_on(out, sizeof out);
        struct reader r = reader_on(b.at, b.len);
        struct rtcp_packet p;
        while (rtcp_next(&r, &p))
            rtcp_write(&w, &p);
        ROW_EQUAL(i, w.error, ERR_NONE);
        ROW_TRUE(i, writer_len(&w) == b.len && memcmp(out, b.at, b.len) == 0);
        free(b.at);
    }
}

static void writing_refuses(void **state)
{
    (void)state;
    uint8_t out[64];
    struct rtcp_packet p = {.type = RTCP_SR, .count = 1};
    for (size_t capacity = 0; capacity < 52; capacity++) {
        uint8_t *exact = malloc(capacity + 1);
        struct writer w = writer_on(exact, capacity);
        rtcp_write(&w, &p);
        ROW_EQUAL(capacity, w.error, ERR_SPACE);
        free(exact);
    }
    struct writer w = writer_on(out, sizeof out);
    p.count = RTCP_COUNT_MAX + 1;
    rtcp_write(&w, &p);
    assert_int_equal(w.error, ERR_LONG);
    w.error = ERR_SPACE;
    rtcp_write(&w, &p);
    assert_int_equal(w.error, ERR_SPACE);
    assert_int_equal(writer_len(&w), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compounds),
        cmocka_unit_test(a_sender_report),
        cmocka_unit_test(names),
        cmocka_unit_test(cumulative_loss_has_a_sign),
        cmocka_unit_test(writes_what_it_read),
        cmocka_unit_test(writing_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
