/* Files cut at any byte, or damaged: how far they are whole, and that they go on as the same stream. */
#include "record/mend.h"
#include "take.h"

#define SERIAL 99
#define START  480000

/* Some seconds of a recording; then the second file may be cut elsewhere than the first. */
static void make(struct buffer *ogg, struct buffer *mp4, bool ended)
{
    const struct track_place place = {.serial = SERIAL};
    struct track t;
    uint8_t packet[TAKE_PACKET_BYTES];
    point_us now_us = 0;
    assert_int_equal(track_init(&t, &place), ERR_NONE);
    for (uint32_t i = 0; i < 150; i++, now_us += TICK_US) {
        take_packet(i, packet);
        assert_int_equal(track_packet(&t, START + i * TICK_SAMPLES, packet, sizeof packet, now_us), ERR_NONE);
        track_make(&t, i == 149, now_us);
    }
    if (ended)
        track_end(&t, now_us);
    buffer_put(ogg, t.ogg.bytes, t.ogg.len);
    buffer_put(mp4, t.mp4.bytes, t.mp4.len);
    track_finish(&t);
}

/* What a relay does that comes back: cut, made even, and 50 packets more. */
static void go_on(struct buffer *ogg, struct buffer *mp4, const struct mend *m)
{
    struct track t;
    struct buffer more = {0};
    uint8_t packet[TAKE_PACKET_BYTES];
    size_t offset = 0;
    mp4->len = m->mp4_end;
    while (mend_mp4(m, ogg->bytes, &offset, 2, &more))
        ;
    buffer_put(mp4, more.bytes, more.len);
    ogg->len = m->ogg_end;
    assert_int_equal(track_init(&t, &m->place), ERR_NONE);
    for (uint32_t i = 0; i < 50; i++) {
        take_packet(i, packet);
        session_samples at = START + (session_samples)(200 + i) * TICK_SAMPLES;
        assert_int_equal(track_packet(&t, at, packet, sizeof packet, 0), ERR_NONE);
    }
    track_make(&t, true, 0);
    buffer_put(ogg, t.ogg.bytes, t.ogg.len);
    buffer_put(mp4, t.mp4.bytes, t.mp4.len);
    track_finish(&t);
    buffer_finish(&more);
}

/* Fragments from the head to the end, each beginning where the last ended. */
static uint64_t check_mp4(const struct buffer *mp4)
{
    struct buffer head = {0};
    struct mp4_piece p;
    size_t duration_at;
    uint64_t end = 0;
    mp4_head(&head, &duration_at);
    uint32_t sequence = 1;
    for (size_t at = head.len; at < mp4->len; at += p.len) {
        assert_int_equal(mp4_read(mp4->bytes + at, mp4->len - at, &p), ERR_NONE);
        assert_int_equal(p.sequence, sequence++);
        assert_int_equal(p.time, end);
        end = p.end;
    }
    buffer_finish(&head);
    return end;
}

static struct buffer copy(const struct buffer *from, size_t len)
{
    struct buffer b = {0};
    buffer_put(&b, from->bytes, len);
    return b;
}

static size_t head_len(const struct buffer *ogg)
{
    struct take_page page;
    size_t offset = 0;
    take_page(ogg->bytes, ogg->len, &offset, &page);
    take_page(ogg->bytes, ogg->len, &offset, &page);
    return offset;
}

static void cut_at_any_byte_it_goes_on(void **state)
{
    struct buffer ogg = {0}, mp4 = {0};
    (void)state;
    make(&ogg, &mp4, false);
    size_t head = head_len(&ogg);
    for (size_t cut = head; cut <= ogg.len; cut += cut < ogg.len - 200 ? 53 : 1) {
        size_t mp4_cut = (cut * 7919) % (mp4.len + 1);
        struct buffer a = copy(&ogg, cut), b = copy(&mp4, mp4_cut);
        struct mend m;
        assert_int_equal(mend_read(a.bytes, a.len, b.bytes, b.len, &m), ERR_NONE);
        assert_true(m.ogg_end <= cut && m.mp4_end <= mp4_cut);
        assert_true(cut - m.ogg_end < 5000); /* a page */
        assert_int_equal(m.place.start, START);
        go_on(&a, &b, &m);
        assert_int_equal(take_check(a.bytes, a.len, SERIAL), 250 * 960);
        assert_int_equal(check_mp4(&b), 250 * 960);
        buffer_finish(&a);
        buffer_finish(&b);
    }
    buffer_finish(&ogg);
    buffer_finish(&mp4);
}

static void without_its_head_it_begins_anew(void **state)
{
    struct buffer ogg = {0}, mp4 = {0};
    struct mend m;
    (void)state;
    make(&ogg, &mp4, false);
    for (size_t cut = 0, head = head_len(&ogg); cut < head; cut++) {
        struct buffer a = copy(&ogg, cut);
        assert_int_equal(mend_read(a.bytes, a.len, NULL, 0, &m), ERR_SHORT);
        buffer_finish(&a);
    }
    buffer_finish(&ogg);
    buffer_finish(&mp4);
}

static void a_damaged_head_is_not_written_over(void **state)
{
    struct buffer ogg = {0}, mp4 = {0};
    struct mend m;
    (void)state;
    make(&ogg, &mp4, false);
    for (size_t i = 0, head = head_len(&ogg); i < head; i++) {
        ogg.bytes[i] ^= 0x40;
        enum err e = mend_read(ogg.bytes, ogg.len, mp4.bytes, mp4.len, &m);
        assert_true(e == ERR_MALFORMED);
        ogg.bytes[i] ^= 0x40;
    }
    assert_int_equal(mend_read((const uint8_t *)"this is no recording of ours, and is long", 41, NULL, 0, &m),
                     ERR_MALFORMED);
    buffer_finish(&ogg);
    buffer_finish(&mp4);
}

/* Garbage, zeros (a file system's after a power cut), a torn page behind what is whole. */
static void rubbish_at_the_end_is_cut_off(void **state)
{
    static const char *const rows[] = {
        "", "x5000:00", "4f676753", "4f67675300x40:00", "x300:4f", "x100:ff 4f67675300 x30:ff"};
    struct buffer ogg = {0}, mp4 = {0};
    struct mend m;
    (void)state;
    make(&ogg, &mp4, false);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buffer a = copy(&ogg, ogg.len), b = copy(&mp4, mp4.len);
        for (int n = 0; n < 3; n++) {
            struct bytes tail = i == 1 ? (struct bytes){calloc(1, 5000), 5000} : bytes_from_hex(rows[i]);
            buffer_put(&a, tail.at, tail.len);
            buffer_put(&b, tail.at, tail.len);
            free(tail.at);
        }
        ROW_EQUAL(i, mend_read(a.bytes, a.len, b.bytes, b.len, &m), ERR_NONE);
        ROW_EQUAL(i, m.ogg_end, ogg.len);
        ROW_EQUAL(i, m.mp4_end, mp4.len);
        ROW_EQUAL(i, m.place.end, START + 150 * 960);
        buffer_finish(&a);
        buffer_finish(&b);
    }
    buffer_finish(&ogg);
    buffer_finish(&mp4);
}

/* The end was on disk, the event that told of it was not. */
static void an_ended_stream_goes_on_too(void **state)
{
    struct buffer ogg = {0}, mp4 = {0};
    struct mend m;
    (void)state;
    make(&ogg, &mp4, true);
    assert_int_equal(take_check(ogg.bytes, ogg.len, SERIAL), 150 * 960 + 120);
    assert_int_equal(mend_read(ogg.bytes, ogg.len, mp4.bytes, mp4.len, &m), ERR_NONE);
    assert_true(m.ended);
    go_on(&ogg, &mp4, &m);
    assert_int_equal(take_check(ogg.bytes, ogg.len, SERIAL), 250 * 960);
    assert_int_equal(check_mp4(&mp4), 250 * 960);
    buffer_finish(&ogg);
    buffer_finish(&mp4);
}

/* Pages behind a damaged one stay: sound that can still be heard is not thrown away. */
static void damage_amid_the_file_costs_its_page_alone(void **state)
{
    struct buffer ogg = {0}, mp4 = {0};
    struct mend m;
    (void)state;
    make(&ogg, &mp4, false);
    ogg.bytes[head_len(&ogg) + 500] ^= 1;
    assert_int_equal(mend_read(ogg.bytes, ogg.len, mp4.bytes, mp4.len, &m), ERR_NONE);
    assert_int_equal(m.ogg_end, ogg.len);
    assert_int_equal(m.place.end, START + 150 * 960);
    buffer_finish(&ogg);
    buffer_finish(&mp4);
}

static void the_mp4_file_is_made_anew_where_it_must(void **state)
{
    struct buffer ogg = {0}, mp4 = {0}, made = {0};
    struct mend m;
    size_t offset = 0, duration_at;
    (void)state;
    make(&ogg, &mp4, false);
    struct buffer head = {0};
    mp4_head(&head, &duration_at);
    for (unsigned byte = 0; byte < head.len; byte += 17) {
        mp4.bytes[byte] ^= 1;
        assert_int_equal(mend_read(ogg.bytes, ogg.len, mp4.bytes, mp4.len, &m), ERR_NONE);
        if (byte < duration_at || byte >= duration_at + 8)
            assert_int_equal(m.mp4_end, 0);
        mp4.bytes[byte] ^= 1;
    }
    assert_int_equal(mend_read(ogg.bytes, ogg.len, NULL, 0, &m), ERR_NONE);
    while (mend_mp4(&m, ogg.bytes, &offset, 1, &made))
        ;
    assert_int_equal(made.len, mp4.len);
    assert_memory_equal(made.bytes, mp4.bytes, mp4.len);
    buffer_finish(&head);
    buffer_finish(&made);
    buffer_finish(&ogg);
    buffer_finish(&mp4);
}

static void lines_end_with_a_line(void **state)
{
    static const struct {
        const char *text;
        size_t good;
    } rows[] = {{"", 0}, {"{", 0}, {"{}\n", 3}, {"{}\n{\"a", 3}, {"\n\n", 2}, {"{}\n{}\n", 6}};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        ROW_EQUAL(i, mend_lines((const uint8_t *)rows[i].text, strlen(rows[i].text)), rows[i].good);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cut_at_any_byte_it_goes_on),
        cmocka_unit_test(without_its_head_it_begins_anew),
        cmocka_unit_test(a_damaged_head_is_not_written_over),
        cmocka_unit_test(rubbish_at_the_end_is_cut_off),
        cmocka_unit_test(an_ended_stream_goes_on_too),
        cmocka_unit_test(damage_amid_the_file_costs_its_page_alone),
        cmocka_unit_test(the_mp4_file_is_made_anew_where_it_must),
        cmocka_unit_test(lines_end_with_a_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
