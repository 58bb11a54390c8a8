#include "../rows.h"
#include "wire/rtp.h"

#define HEAD "0007 0000 03c0 12345678" /* sequence number 7, time 960, SSRC */

/* Payload length; -1 = refused by both readers, -2 = by rtp_parse alone. */
static void packets(void **state)
{
    static const struct {
        const char *hex;
        int payload, header, csrcs, padding;
    } rows[] = {
        {"806f" HEAD "787878", 3, 12, 0, 0},
        {"80ef" HEAD, 0, 12, 0, 0},
        {"826f" HEAD "00000001 00000002 78", 1, 20, 2, 0},
        {"8f6f" HEAD "x60:01 78", 1, 72, 15, 0},
        {"906f" HEAD "bede0001 10b00000 7878", 2, 20, 0, 0},
        {"906f" HEAD "bede0000", 0, 16, 0, 0},
        {"a06f" HEAD "78787801", 3, 12, 0, 1},
        {"a06f" HEAD "x16:10", 0, 12, 0, 16},
        {"b16f" HEAD "00000001 bede0001 10b00000 78 0002", 1, 24, 1, 2},
        {"", -1},
        {"80", -1},
        {"806f 0007 0000 03c0 123456", -1},
        {"006f" HEAD, -1},                     /* version 0 */
        {"406f" HEAD, -1},                     /* version 1 */
        {"c06f" HEAD, -1},                     /* version 3 */
        {"816f" HEAD, -1},                     /* no CSRC there */
        {"8f6f" HEAD "x59:01", -1},            /* the last one cut */
        {"906f" HEAD "bede00", -1},            /* extension's head cut */
        {"906f" HEAD "bede0001 10b000", -1},   /* extension cut */
        {"906f" HEAD "bedeffff 10b00000", -1}, /* extension longer than any datagram */
        {"a06f" HEAD, -2},                     /* padding without a byte of it */
        {"a06f" HEAD "7800", -2},              /* padding of none */
        {"a06f" HEAD "787804", -2},            /* padding over the payload */
        {"a16f" HEAD "00000001", -2},          /* the last byte is a CSRC's */
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct bytes b = bytes_from_hex(rows[i].hex);
        struct rtp_packet p = {.seq = 99}, h;
        enum err whole = rtp_parse(b.at, b.len, &p), head = rtp_parse_header(b.at, b.len, &h);
        ROW_EQUAL(i, whole == ERR_NONE, rows[i].payload >= 0);
        ROW_EQUAL(i, head == ERR_NONE, rows[i].payload != -1);
        if (whole) {
            ROW_EQUAL(i, p.seq, 99);
            free(b.at);
            continue;
        }
        ROW_TRUE(i, p.seq == 7 && p.time == 960 && p.ssrc == 0x12345678 && p.payload_type == 111);
        ROW_EQUAL(i, p.marker, b.at[1] >> 7);
        ROW_EQUAL(i, p.payload_bytes, rows[i].payload);
        ROW_EQUAL(i, p.header_bytes, rows[i].header);
        ROW_EQUAL(i, p.csrc_count, rows[i].csrcs);
        ROW_EQUAL(i, p.padding_bytes, rows[i].padding);
        ROW_TRUE(i, p.payload == b.at + p.header_bytes);
        ROW_EQUAL(i, h.payload_bytes, p.payload_bytes + p.padding_bytes);
        uint8_t again[256];
        size_t len;
        ROW_EQUAL(i, rtp_write(&p, again, sizeof again, &len), ERR_NONE);
        ROW_TRUE(i, len == b.len && memcmp(again, b.at, len - p.padding_bytes) == 0);
        free(b.at);
    }
}

static void csrcs_and_extension_are_read(void **state)
{
    (void)state;
    struct bytes b = bytes_from_hex("926f" HEAD "00000007 000000ff bede0001 10b00000 78");
    struct rtp_packet p;
    assert_int_equal(rtp_parse(b.at, b.len, &p), ERR_NONE);
    assert_true(p.csrc[0] == 7 && p.csrc[1] == 255);
    assert_true(p.has_extension && p.extension_profile == 0xbede && p.extension_bytes == 4);
    assert_memory_equal(p.extension, "\x10\xb0\0\0", 4);
    free(b.at);
}

static const struct rtp_packet full = {.marker = true,
                                       .payload_type = 111,
                                       .seq = 65535,
                                       .time = 0xfffffff0,
                                       .ssrc = 1,
                                       .csrc_count = 2,
                                       .csrc = {3, 4},
                                       .has_extension = true,
                                       .extension_profile = 0xbede,
                                       .extension = (const uint8_t *)"\x10\xb0\0\0",
                                       .extension_bytes = 4,
                                       .payload = (const uint8_t *)"xyz",
                                       .payload_bytes = 3,
                                       .padding_bytes = 5};

static void writes_byte_for_byte(void **state)
{
    (void)state;
    uint8_t out[64];
    size_t len;
    struct bytes wanted =
        bytes_from_hex("b2ef ffff fffffff0 00000001 00000003 00000004 bede0001 10b00000 78797a"
                       "0000000005");
    assert_int_equal(rtp_write(&full, out, sizeof out, &len), ERR_NONE);
    assert_int_equal(len, wanted.len);
    assert_memory_equal(out, wanted.at, len);
    free(wanted.at);
}

static void writing_refuses(void **state)
{
    (void)state;
    uint8_t out[64];
    size_t whole, len = 777;
    assert_int_equal(rtp_write(&full, out, sizeof out, &whole), ERR_NONE);
    for (size_t capacity = 0; capacity < whole; capacity++) {
        uint8_t *exact = malloc(capacity + 1);
        ROW_EQUAL(capacity, rtp_write(&full, exact, capacity, &len), ERR_SPACE);
        free(exact);
    }
    struct rtp_packet p = full;
    p.csrc_count = 16;
    assert_int_equal(rtp_write(&p, out, sizeof out, &len), ERR_LONG);
    p = full;
    p.payload_type = 128;
    assert_int_equal(rtp_write(&p, out, sizeof out, &len), ERR_LONG);
    p.payload_type = 127;
    assert_int_equal(rtp_write(&p, out, sizeof out, &len), ERR_NONE);
    len = 777;
    p = full;
    p.extension_bytes = 3;
    assert_int_equal(rtp_write(&p, out, sizeof out, &len), ERR_LONG);
    p.extension_bytes = 65536 * 4;
    assert_int_equal(rtp_write(&p, out, sizeof out, &len), ERR_LONG);
    assert_int_equal(len, 777);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packets),
        cmocka_unit_test(csrcs_and_extension_are_read),
        cmocka_unit_test(writes_byte_for_byte),
        cmocka_unit_test(writing_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
