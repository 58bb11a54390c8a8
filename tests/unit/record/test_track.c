/* From packets with their time to pages: positions, gaps, order, what it costs. */
#include "take.h"

#define SERIAL 77

struct taken {
    struct track track;
    struct buffer ogg, mp4;
    point_us now_us;
};

static void begin(struct taken *t)
{
    const struct track_place place = {.serial = SERIAL};
    *t = (struct taken){0};
    assert_int_equal(track_init(&t->track, &place), ERR_NONE);
}

static void keep(struct taken *t)
{
    buffer_put(&t->ogg, t->track.ogg.bytes, t->track.ogg.len);
    buffer_put(&t->mp4, t->track.mp4.bytes, t->track.mp4.len);
    assert_true(track_taken(&t->track));
}

static void make(struct taken *t, bool all)
{
    while (track_make(&t->track, all, t->now_us))
        keep(t);
}

static enum err put(struct taken *t, session_samples at, uint32_t which)
{
    uint8_t packet[TAKE_PACKET_BYTES];
    take_packet(which, packet);
    return track_packet(&t->track, at, packet, sizeof packet, t->now_us);
}

/* Packets of 20 ms from `from` on, each as it comes. */
static void talk(struct taken *t, session_samples from, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        assert_int_equal(put(t, from + i * TICK_SAMPLES, i), ERR_NONE);
        make(t, false);
        t->now_us += TICK_US;
    }
}

static void end(struct taken *t)
{
    while (track_end(&t->track, t->now_us)) {
        bool last = t->track.ogg.len < TRACK_OUTPUT_BYTES;
        keep(t);
        if (last)
            return;
    }
}

static void finish(struct taken *t)
{
    track_finish(&t->track);
    buffer_finish(&t->ogg);
    buffer_finish(&t->mp4);
}

static void a_page_is_written_within_a_second(void **state)
{
    struct taken t;
    struct take_page page;
    size_t offset = 0;
    (void)state;
    begin(&t);
    talk(&t, 4800000, 500);
    /* All but the last 900 ms is there, though the first waited for what might come before it. */
    assert_true(take_check(t.ogg.bytes, t.ogg.len, SERIAL) >= 500 * 960 - 900 * 48);
    assert_true(track_deadline(&t.track) <= t.now_us + TRACK_PAGE_US);
    end(&t);
    assert_int_equal(take_check(t.ogg.bytes, t.ogg.len, SERIAL), 500 * 960 + 120);
    while (take_page(t.ogg.bytes, t.ogg.len, &offset, &page))
        assert_true(page.samples <= SAMPLES_PER_S);
    assert_int_equal(page.flags, 4);
    assert_int_equal(t.track.place.start, 4800000);
    assert_int_equal(t.track.counters.packets, 500);
    finish(&t);
}

/* Positions of packets in the file; a hole is filled, never closed. */
static void every_packet_lies_at_its_time(void **state)
{
    static const struct {
        session_samples at; /* of a packet, after one at 0 and one at 960 */
        session_samples end;
        uint64_t filled, late;
    } rows[] = {
        {1920, 2880, 0, 0},
        {2880, 3840, 960, 0},     /* one is lost */
        {1920 + 119, 2880, 0, 0}, /* less than can be filled: a little early */
        {1920 + 120, 3000, 120, 0},
        {1920 - 119, 2880, 0, 0},             /* a little late */
        {1920 - 120, 1920, 0, 1},             /* would overlap */
        {960, 1920, 0, 1},                    /* twice */
        {-960, 1920, 0, 1},                   /* before all began */
        {480000, 480960, 478080, 0},          /* ten seconds of silence */
        {172800000, 172800960, 172798080, 0}, /* an hour */
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct taken t;
        begin(&t);
        assert_int_equal(put(&t, 0, 1), ERR_NONE);
        assert_int_equal(put(&t, 960, 2), ERR_NONE);
        make(&t, true);
        enum err e = put(&t, rows[i].at, 3);
        ROW_TRUE(i, e == ERR_NONE || e == ERR_STALE || e == ERR_REPLAY);
        make(&t, true);
        ROW_EQUAL(i, t.track.place.end, rows[i].end);
        ROW_EQUAL(i, t.track.counters.filled_samples, rows[i].filled);
        ROW_EQUAL(i, t.track.counters.late, rows[i].late);
        ROW_EQUAL(i, take_check(t.ogg.bytes, t.ogg.len, SERIAL), rows[i].end);
        finish(&t);
    }
}

static void late_packets_find_their_place(void **state)
{
    struct taken t;
    struct take_page page;
    size_t offset = 0;
    uint32_t next = 0;
    (void)state;
    begin(&t);
    for (uint32_t i = 0; i < 100; i += 2) { /* pairs the wrong way round */
        assert_int_equal(put(&t, (i + 1) * TICK_SAMPLES, i + 1), ERR_NONE);
        make(&t, false);
        t.now_us += TICK_US;
        assert_int_equal(put(&t, i * TICK_SAMPLES, i), ERR_NONE);
        make(&t, false);
        t.now_us += TICK_US;
    }
    make(&t, true);
    while (take_page(t.ogg.bytes, t.ogg.len, &offset, &page))
        if (page.number >= PAGES_HEAD) {
            assert_int_equal(take_which(page.first_packet), next);
            next += page.packets;
        }
    assert_int_equal(next, 100);
    assert_int_equal(t.track.counters.filled_samples, 0);
    finish(&t);
}

/* 32 kbit/s, talk of a minute with a pause of 3 s: the file is at most 4 % more than its packets. */
static void the_file_costs_little(void **state)
{
    struct taken t;
    (void)state;
    begin(&t);
    talk(&t, 0, 1500);
    t.now_us += 3 * (span_us)US_PER_S;
    talk(&t, 1500 * 960 + 3 * 48000, 1500);
    end(&t);
    size_t opus = t.track.counters.opus_bytes;
    assert_true(opus >= 3000 * TAKE_PACKET_BYTES);
    assert_true(t.ogg.len * 100 <= opus * 104);
    finish(&t);
}

/* Fragment by fragment the MP4 file holds what the pages do. */
static void fragments_go_with_the_pages(void **state)
{
    struct taken t;
    struct take_page page;
    struct mp4_piece piece;
    size_t offset = 0, at, duration_at;
    struct buffer head = {0};
    (void)state;
    begin(&t);
    talk(&t, 960, 200);
    talk(&t, 960 + 900 * 960, 200);
    end(&t);
    mp4_head(&head, &duration_at);
    at = head.len;
    assert_memory_equal(t.mp4.bytes, head.bytes, head.len);
    while (take_page(t.ogg.bytes, t.ogg.len, &offset, &page)) {
        if (page.number < PAGES_HEAD)
            continue;
        assert_int_equal(mp4_read(t.mp4.bytes + at, t.mp4.len - at, &piece), ERR_NONE);
        assert_int_equal(piece.sequence, page.number - 1);
        assert_int_equal(piece.end, page.granule);
        assert_int_equal(piece.time, page.granule - page.samples);
        assert_memory_equal(t.mp4.bytes + at + piece.len - page.body_len,
                            t.ogg.bytes + page.offset + page.len - page.body_len, page.body_len);
        at += piece.len;
    }
    assert_int_equal(at, t.mp4.len);
    buffer_finish(&head);
    finish(&t);
}

static void what_is_no_sound_is_refused(void **state)
{
    struct taken t;
    uint8_t bytes[WINDOW_PACKET_MAX + 1] = {3}; /* code 3 without its count */
    (void)state;
    begin(&t);
    assert_int_equal(track_packet(&t.track, 0, bytes, 0, 0), ERR_UNSUPPORTED);
    assert_int_equal(track_packet(&t.track, 0, bytes, 1, 0), ERR_UNSUPPORTED);
    talk(&t, 0, 2);
    make(&t, true);
    assert_int_equal(put(&t, TRACK_GAP_MAX_SAMPLES + 5000, 3), ERR_UNSUPPORTED);
    bytes[0] = TAKE_TOC;
    assert_int_not_equal(track_packet(&t.track, 9600, bytes, sizeof bytes, 0), ERR_NONE);
    assert_int_equal(take_check(t.ogg.bytes, t.ogg.len, SERIAL), 2 * 960);
    finish(&t);
}

/* A night without a word: pieces of a bounded size, and little of it. */
static void a_long_silence_is_written_in_pieces(void **state)
{
    struct taken t;
    session_samples night = 10 * 3600 * (session_samples)SAMPLES_PER_S;
    (void)state;
    begin(&t);
    talk(&t, 0, 2);
    make(&t, true);
    t.ogg.len = 0;
    assert_int_equal(put(&t, night, 3), ERR_NONE);
    for (unsigned pieces = 0; track_make(&t.track, true, t.now_us); pieces++) {
        assert_true(t.track.ogg.len + t.track.mp4.len < TRACK_OUTPUT_BYTES + 70000);
        keep(&t);
    }
    assert_int_equal(t.track.place.end, night + 960);
    assert_true(t.ogg.len < 1000000);
    finish(&t);
}

static void nothing_said_gives_no_file(void **state)
{
    struct taken t;
    (void)state;
    begin(&t);
    assert_false(track_make(&t.track, true, 0));
    assert_false(track_end(&t.track, 0));
    assert_int_equal(track_deadline(&t.track), NEVER_US);
    finish(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_is_written_within_a_second),
        cmocka_unit_test(every_packet_lies_at_its_time),
        cmocka_unit_test(late_packets_find_their_place),
        cmocka_unit_test(the_file_costs_little),
        cmocka_unit_test(fragments_go_with_the_pages),
        cmocka_unit_test(what_is_no_sound_is_refused),
        cmocka_unit_test(a_long_silence_is_written_in_pieces),
        cmocka_unit_test(nothing_said_gives_no_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
