#include "../rows.h"
#include "wire/red.h"

/* Blocks; of the first: payload type, offset, length. 0 blocks = refused with `error`. */
static void payloads(void **state)
{
    static const struct {
        const char *hex;
        enum err error;
        size_t count;
        unsigned pt, offset, len;
    } rows[] = {
        {"6f 787878", ERR_NONE, 1, 111, 0, 3},
        {"6f", ERR_NONE, 1, 111, 0, 0},
        {"7f 78", ERR_NONE, 1, 127, 0, 1},
        {"ef0f0003 6f 010203 7878", ERR_NONE, 2, 111, 960, 3},
        {"efffffff 6f x1023:01 7878", ERR_NONE, 2, 111, 16383, 1023},
        {"ef000000 6f 7878", ERR_NONE, 2, 111, 0, 0},
        {"ef1e0001 ef0f0001 6f 01 02 7878", ERR_NONE, 3, 111, 1920, 1},
        {"ef000000 ef000000 ef000000 ef000000 ef000000 ef000000 ef000000 6f", ERR_NONE, 8, 111, 0, 0},
        {"", ERR_SHORT},
        {"ef", ERR_SHORT},
        {"ef0f00", ERR_SHORT},
        {"ef0f0003", ERR_SHORT},         /* no primary */
        {"ef0f0003 6f 0102", ERR_SHORT}, /* redundancy cut */
        {"ef000000 ef000000 ef000000 ef000000 ef000000 ef000000 ef000000 ef000000 6f", ERR_LONG},
        {"x200:ff", ERR_LONG},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct bytes b = bytes_from_hex(rows[i].hex);
        struct red_packet p = {.count = 99};
        ROW_EQUAL(i, red_parse(b.at, b.len, &p), rows[i].error);
        ROW_EQUAL(i, p.count, rows[i].error ? 99 : rows[i].count);
        if (!rows[i].error) {
            uint8_t out[2048];
            size_t len;
            ROW_EQUAL(i, p.blocks[0].payload_type, rows[i].pt);
            ROW_EQUAL(i, p.blocks[0].offset, rows[i].offset);
            ROW_EQUAL(i, p.blocks[0].len, rows[i].len);
            ROW_TRUE(i, p.blocks[p.count - 1].data + p.blocks[p.count - 1].len == b.at + b.len);
            ROW_EQUAL(i, red_write(&p, out, sizeof out, &len), ERR_NONE);
            ROW_TRUE(i, len == b.len && memcmp(out, b.at, len) == 0);
        }
        free(b.at);
    }
}

static void writing_refuses(void **state)
{
    static const uint8_t data[2000];
    static const struct red_packet rows[] = {
        {.count = 0},
        {.count = RED_BLOCKS_MAX + 1},
        {.blocks = {{111, 960, data, 5}}, .count = 1}, /* a primary with an offset */
        {.blocks = {{128, 960, data, 5}, {111, 0, data, 5}}, .count = 2},
        {.blocks = {{111, 960, data, 5}, {128, 0, data, 5}}, .count = 2},
        {.blocks = {{111, 16384, data, 5}, {111, 0, data, 5}}, .count = 2},
        {.blocks = {{111, 960, data, 1024}, {111, 0, data, 5}}, .count = 2},
    };
    uint8_t out[4096];
    size_t len = 777;
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        ROW_EQUAL(i, red_write(&rows[i], out, sizeof out, &len), ERR_LONG);
    const struct red_packet good = {.blocks = {{111, 960, data, 5}, {111, 0, data, 2000}}, .count = 2};
    assert_int_equal(red_write(&good, out, 2009, &len), ERR_SPACE);
    assert_int_equal(len, 777);
    assert_int_equal(red_write(&good, out, 2010, &len), ERR_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(payloads), cmocka_unit_test(writing_refuses)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
