#include "../rows.h"
#include "wire/rtp_ext.h"

static struct rtp_packet packet_with(uint16_t profile, const struct bytes *block)
{
    return (struct rtp_packet){.has_extension = true,
                               .extension_profile = profile,
                               .extension = block->at,
                               .extension_bytes = block->len};
}

/* Where element `id` starts in the block, and how long it is; -1 = not found. */
static void elements(void **state)
{
    static const struct {
        uint16_t profile;
        const char *hex;
        uint8_t id;
        int at, len;
    } rows[] = {
        {0xbede, "10b00000", 1, 1, 1},
        {0xbede, "00001030", 1, 3, 1},          /* padding before */
        {0xbede, "22aabbcc 10b00000", 1, 5, 1}, /* behind another */
        {0xbede, "1faabbcc x13:00", 1, 1, 16},  /* the longest */
        {0xbede, "10b010c0", 1, 1, 1},          /* the first of two */
        {0xbede, "e0b00000", 14, 1, 1},
        {0xbede, "10b00000", 2, -1, 0},
        {0xbede, "10b00000", 0, -1, 0},
        {0xbede, "f0b010b0", 1, -1, 0}, /* nothing behind 15 */
        {0xbede, "f0b00000", 15, -1, 0},
        {0xbede, "0fb00000", 1, -1, 0}, /* id 0 with a length: ours to step over, not to find */
        {0xbede, "13b00000", 1, -1, 0}, /* breaks off */
        {0xbede, "", 1, -1, 0},
        {0x1000, "0101b000", 1, 2, 1},
        {0x100f, "0101b000", 1, 2, 1}, /* any low four bits */
        {0x1000, "00000101 b0000000", 1, 4, 1},
        {0x1000, "01000201 b0000000", 2, 4, 1}, /* an empty one before */
        {0x1000, "01000000", 1, 2, 0},          /* an empty one is found */
        {0x1000, "c802aabb", 200, 2, 2},
        {0x1000, "0104b000", 1, -1, 0},   /* breaks off */
        {0x1000, "000000c8", 200, -1, 0}, /* breaks off before its length */
        {0x1010, "0101b000", 1, -1, 0},   /* another profile */
        {0x0000, "10b00000", 1, -1, 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct bytes b = bytes_from_hex(rows[i].hex);
        struct rtp_packet p = packet_with(rows[i].profile, &b);
        struct rtp_ext x;
        bool found = rtp_ext_find(&p, rows[i].id, &x);
        ROW_EQUAL(i, found, rows[i].at >= 0);
        if (found) {
            ROW_EQUAL(i, x.data - b.at, rows[i].at);
            ROW_EQUAL(i, x.len, rows[i].len);
            ROW_EQUAL(i, x.id, rows[i].id);
        }
        free(b.at);
    }
}

static void without_extension_nothing_is_found(void **state)
{
    (void)state;
    struct rtp_packet p = {.extension_profile = 0xbede};
    struct rtp_ext x;
    struct audio_level level;
    assert_false(rtp_ext_find(&p, 1, &x));
    assert_false(audio_level_get(&p, 1, &level));
}

static void levels(void **state)
{
    static const struct {
        uint8_t byte, loudness;
        bool voice;
    } rows[] = {{0x00, 0, false}, {0x80, 0, true}, {0x7f, 127, false}, {0xff, 127, true}, {0xb0, 48, true}};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint8_t block[4] = {0x30, rows[i].byte};
        struct bytes b = {block, 4};
        struct rtp_packet p = packet_with(0xbede, &b);
        struct audio_level level;
        ROW_TRUE(i, audio_level_get(&p, 3, &level));
        ROW_TRUE(i, level.voice == rows[i].voice && level.loudness_dbov == rows[i].loudness);
        ROW_EQUAL(i, audio_level_put(level), rows[i].byte);
        ROW_TRUE(i, !audio_level_get(&p, 0, &level)); /* not negotiated */
    }
    assert_int_equal(audio_level_put((struct audio_level){false, 200}), 127);
}

static void an_empty_level_is_none(void **state)
{
    (void)state;
    struct bytes b = bytes_from_hex("01000000");
    struct rtp_packet p = packet_with(0x1000, &b);
    struct audio_level level;
    assert_false(audio_level_get(&p, 1, &level));
    free(b.at);
}

static void writes_a_block(void **state)
{
    static const struct rtp_ext two[] = {{1, (const uint8_t *)"\xb0", 1}, {14, (const uint8_t *)"mid", 3}};
    static const uint8_t wanted[] = {0x10, 0xb0, 0xe2, 'm', 'i', 'd', 0, 0};
    uint8_t out[16];
    size_t len;
    (void)state;
    assert_int_equal(rtp_ext_write(two, 2, out, sizeof out, &len), ERR_NONE);
    assert_int_equal(len, sizeof wanted);
    assert_memory_equal(out, wanted, len);
    const struct rtp_ext longest = {1, (const uint8_t *)"0123456789abcdef", RTP_EXT_DATA_MAX};
    uint8_t room[20];
    assert_int_equal(rtp_ext_write(&longest, 1, room, sizeof room, &len), ERR_NONE);
    assert_true(len == 20 && room[0] == 0x1f && room[16] == 'f' && room[19] == 0);
    assert_int_equal(rtp_ext_write(two, 0, out, sizeof out, &len), ERR_NONE);
    assert_int_equal(len, 0);
    for (size_t capacity = 0; capacity < sizeof wanted; capacity++)
        ROW_EQUAL(capacity, rtp_ext_write(two, 2, out, capacity, &len), ERR_SPACE);
}

static void writing_refuses(void **state)
{
    static const uint8_t data[17];
    static const struct rtp_ext rows[] = {
        {0, data, 1}, {15, data, 1}, {16, data, 1}, {1, data, 0}, {1, data, 17}};
    uint8_t out[32];
    size_t len;
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        ROW_EQUAL(i, rtp_ext_write(&rows[i], 1, out, sizeof out, &len), ERR_LONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elements),       cmocka_unit_test(without_extension_nothing_is_found),
        cmocka_unit_test(levels),         cmocka_unit_test(an_empty_level_is_none),
        cmocka_unit_test(writes_a_block), cmocka_unit_test(writing_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
