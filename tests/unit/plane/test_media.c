/* The whole plane, with real links on both sides: what goes in, what comes out. */
#include "../rows.h"
#include "bench.h"
#include "media/opus_codec.h"
#include "media_parts.h"

static bool is_silence(const struct heard *h)
{
    return h->len == OPUS_SILENCE_LEN && memcmp(h->payload, opus_silence, OPUS_SILENCE_LEN) == 0;
}

/* Everything heard has numbers that grow by one, and RTP time that neither overlaps nor, while `whole`, has a
 * hole. */
static void check_stream(const struct member *m, bool whole)
{
    for (size_t i = 1; i < m->count; i++) {
        const struct heard *a = &m->heard[i - 1], *b = &m->heard[i];
        int32_t step = (int32_t)(b->time - a->time);
        if ((uint16_t)(b->seq - a->seq) != 1)
            fail_msg("member %u, packet %zu: seq %u after %u", m->number, i, b->seq, a->seq);
        if (step < TICK_SAMPLES || (whole && step != TICK_SAMPLES))
            fail_msg("member %u, packet %zu: RTP time moved %d", m->number, i, step);
        assert_int_equal(b->ssrc, a->ssrc);
    }
}

static void one_speaker_is_passed_byte_for_byte(void **state)
{
    (void)state;
    struct bench *b = bench_create(4);
    struct member *speaker = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    struct member *others[2] = {bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL),
                                bench_join(b, 1, SOURCE_ROOM, TIER_FULL)};
    bench_talk(b, speaker, 25, 3000);
    bench_run(b, 2 * US_PER_S);
    speaker->talks = false;
    bench_run(b, US_PER_S);
    for (int i = 0; i < 2; i++) {
        struct member *m = others[i];
        assert_int_equal(m->count, speaker->said + 3);
        assert_true(m->heard[0].marker);
        assert_int_equal(m->heard[0].seq, (uint16_t)(65500 + m->number));
        for (size_t n = 0; n < speaker->said; n++) {
            assert_int_equal(m->heard[n].len, speaker->speech[n].len);
            assert_memory_equal(m->heard[n].payload, speaker->speech[n].payload, m->heard[n].len);
            assert_int_equal(m->heard[n].csrc_count, 1);
            assert_int_equal(m->heard[n].csrc[0], speaker->number);
            assert_int_equal(m->heard[n].ssrc, 0xaaaa0000u + m->number);
            assert_true(n == 0 || !m->heard[n].marker);
        }
        for (size_t n = speaker->said; n < m->count; n++)
            assert_true(is_silence(&m->heard[n]));
        check_stream(m, true);
        assert_true(m->reports >= 2);
    }
    assert_int_equal(speaker->count, 0); /* nobody hears himself */
    bench_counters(b);
    assert_int_equal(b->counters.decodes, 0);
    assert_int_equal(b->counters.encodes, 0);
    assert_int_equal(b->counters.packets_in, speaker->said);
    assert_int_equal(b->counters.packets_out, 2 * (speaker->said + 3));
    assert_int_equal(b->counters.dropped, 0);
    assert_int_equal(b->speaking_count, 0);
    bench_destroy(b);
}

static bool said_by(const struct heard *h, const struct member *m)
{
    for (int i = 0; i < BENCH_SPEECH; i++)
        if (h->len == m->speech[i].len && memcmp(h->payload, m->speech[i].payload, h->len) == 0)
            return true;
    return false;
}

/* Second talker 9 ms behind the first; a third member listens. */
static void two_talkers_hear_each_other_passed_and_the_rest_a_mix(void **state)
{
    (void)state;
    struct bench *b = bench_create(4);
    struct member *one = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    struct member *two = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    struct member *listener = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    bench_talk(b, one, 25, 3000);
    bench_run(b, US_PER_S);
    bench_talk(b, two, 25, 12000);
    bench_run(b, 2 * US_PER_S);
    bench_counters(b);
    uint64_t encodes = b->counters.encodes, mixes = b->counters.mixes;
    bench_run(b, 2 * US_PER_S);
    bench_counters(b);
    assert_int_equal(b->counters.mixes - mixes, 100);
    assert_int_equal(b->counters.encodes - encodes, 100); /* one audience is in the mix */
    assert_int_equal(b->counters.late_mixes, 0);
    assert_int_equal(b->speaking_count, 2);
    for (size_t i = 0; i < one->count; i++)
        assert_true(said_by(&one->heard[i], two));
    for (size_t i = 0; i < two->count; i++)
        assert_true(said_by(&two->heard[i], one));
    check_stream(one, true);
    check_stream(two, true);
    check_stream(listener, true);
    assert_int_equal(listener->heard[listener->count - 1].csrc_count, 2);
    assert_in_range(listener->count, one->said - 2, one->said);
    bench_destroy(b);
}

/* Two talk to each other and nobody is encoded for; then somebody joins, and hears both. */
static void who_joins_in_the_midst_hears_the_mix(void **state)
{
    (void)state;
    struct bench *b = bench_create(4);
    struct member *one = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    struct member *two = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    bench_talk(b, one, 25, 3000);
    bench_talk(b, two, 25, 8000);
    bench_run(b, US_PER_S);
    bench_counters(b);
    assert_int_equal(b->counters.encodes, 0);
    struct member *late = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    bench_run(b, US_PER_S);
    assert_in_range(late->count, 49, 52);
    assert_int_equal(late->heard[0].csrc_count, 2);
    assert_true(late->heard[0].marker);
    check_stream(late, true);
    struct media_order gone = {.kind = ORDER_PEER_REMOVE, .peer = late->number};
    bench_order(b, &gone);
    bench_counters(b);
    uint64_t encodes = b->counters.encodes;
    bench_run(b, US_PER_S);
    bench_counters(b);
    assert_int_equal(b->counters.encodes, encodes); /* nobody is left to encode for */
    check_stream(one, true);
    check_stream(two, true);
    bench_destroy(b);
}

/* The second talker stops; the first goes on, at first without a pause, then with one. */
static void back_to_pass_only_in_a_pause(void **state)
{
    (void)state;
    struct bench *b = bench_create(4);
    struct member *one = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    struct member *two = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    struct member *listener = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    bench_talk(b, one, 25, 3000);
    bench_talk(b, two, 25, 8000);
    bench_run(b, US_PER_S);
    two->level = 127;
    bench_run(b, 2 * US_PER_S);
    assert_int_equal(b->speaking_count, 1);
    assert_false(said_by(&listener->heard[listener->count - 1], one));
    one->level = 80;
    bench_run(b, 100 * US_PER_MS);
    one->level = 25;
    assert_true(said_by(&listener->heard[listener->count - 1], one));
    bench_counters(b);
    uint64_t encodes = b->counters.encodes;
    bench_run(b, US_PER_S);
    bench_counters(b);
    assert_int_equal(b->counters.encodes, encodes);
    check_stream(listener, true);
    check_stream(one, true);
    check_stream(two, true);
    bench_destroy(b);
}

/* Three talkers and a listener: talkers + 1 encodes. */
static void encodes_are_talkers_and_one(void **state)
{
    (void)state;
    struct bench *b = bench_create(4);
    for (int i = 0; i < 3; i++)
        bench_talk(b, bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL), 25, 5000 + 3000 * i);
    struct member *listener = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    bench_run(b, US_PER_S);
    bench_counters(b);
    uint64_t encodes = b->counters.encodes, decodes = b->counters.decodes;
    bench_run(b, US_PER_S);
    bench_counters(b);
    assert_int_equal(b->counters.encodes - encodes, 4 * 50);
    assert_int_equal(b->counters.decodes - decodes, 3 * 50);
    for (size_t i = 0; i < b->member_count; i++)
        check_stream(b->members[i], true);
    assert_int_equal(listener->heard[listener->count - 1].csrc_count, 3);
    assert_int_equal(b->members[0]->heard[b->members[0]->count - 1].csrc_count, 2);
    bench_destroy(b);
}

static void a_hall_never_hears_itself(void **state)
{
    (void)state;
    struct bench *b = bench_create(4);
    struct member *room = bench_join(b, 1, SOURCE_ROOM, TIER_FULL);
    struct member *seat = bench_join(b, 1, SOURCE_SEAT, TIER_FULL);
    struct member *companion = bench_join(b, 1, SOURCE_SEAT, TIER_FULL);
    struct member *remote = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    bench_talk(b, room, 30, 3000);
    bench_run(b, US_PER_S);
    bench_talk(b, seat, 25, 7000); /* the same voice: the room's microphone gives way */
    bench_run(b, US_PER_S);
    assert_int_equal(b->speaking_count, 1);
    assert_int_equal(b->speaking[0], seat->number);
    assert_int_equal(room->count + seat->count + companion->count, 0);
    assert_true(said_by(&remote->heard[10], room));
    assert_true(said_by(&remote->heard[remote->count - 1], seat));
    bench_talk(b, remote, 25, 11000);
    bench_run(b, US_PER_S);
    for (size_t i = 0; i < companion->count; i++)
        assert_true(said_by(&companion->heard[i], remote));
    assert_true(companion->count > 40 && room->count == companion->count && seat->count == room->count);
    check_stream(companion, true);
    bench_destroy(b);
}

static void without_the_floor_nothing_enters(void **state)
{
    (void)state;
    struct bench *b = bench_create(4);
    struct member *talker = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    struct member *listener = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    struct media_order right = {.kind = ORDER_PEER_RIGHT, .peer = talker->number};
    bench_order(b, &right);
    bench_talk(b, talker, 25, 3000);
    bench_run(b, US_PER_S);
    assert_int_equal(listener->count, 0);
    assert_int_equal(bench_peer_counters(b, talker).refused, talker->said);
    right.may_send = true;
    bench_order(b, &right);
    bench_run(b, US_PER_S);
    assert_int_equal(listener->count, 50);
    right.may_send = false;
    bench_order(b, &right); /* a mute acts at once */
    size_t heard = listener->count;
    bench_run(b, US_PER_S);
    assert_int_equal(listener->count, heard + 3); /* the closing silence */
    check_stream(listener, true);
    bench_destroy(b);
}

/* One takes over from another at once, in the same place: his numbers go on where the other's ended. */
static void who_takes_over_goes_on_with_the_numbers(void **state)
{
    (void)state;
    struct bench *b = bench_create(4);
    struct member *one = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    struct member *two = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    struct member *listener = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    bench_talk(b, one, 25, 3000);
    bench_run(b, US_PER_S);
    one->talks = false;
    struct media_order right = {.kind = ORDER_PEER_RIGHT, .peer = one->number};
    bench_order(b, &right);
    bench_talk(b, two, 25, 5000);
    bench_run(b, US_PER_S);
    assert_int_equal(listener->count, one->said + two->said);
    check_stream(listener, false);
    bench_destroy(b);
}

/* Passed alone in its murmur, shut out for some packets when a second microphone opens, and then it talks:
 * the numbers have no gap. */
static void a_short_silence_by_plan_is_no_loss(void **state)
{
    (void)state;
    static const span_us shut_out[] = {45 * US_PER_MS, 400 * US_PER_MS};
    for (size_t i = 0; i < COUNT(shut_out); i++) {
        struct bench *b = bench_create(4);
        struct member *one = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
        struct member *two = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
        struct member *listener = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
        bench_talk(b, one, 90, 3000);
        bench_run(b, 2 * US_PER_S);
        bench_talk(b, two, 127, 1000);
        bench_run(b, shut_out[i]);
        ROW_TRUE(i, listener->count < one->said);
        one->level = 25;
        bench_run(b, US_PER_S);
        check_stream(listener, false);
        ROW_TRUE(i, two->count + 1 >= one->said); /* who hears only the one hears all of it */
        bench_destroy(b);
    }
}

static void gaps_stay_gaps(void **state)
{
    (void)state;
    struct bench *b = bench_create(4);
    struct member *talker = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    struct member *listener = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    talker->level = 25;
    for (int i = 0; i < 50; i++) {
        bench_say(b, talker, i % 5 == 3);
        bench_run(b, TICK_US);
    }
    assert_int_equal(listener->count, 40);
    for (size_t i = 1; i < 40; i++) {
        int32_t step = (int32_t)(listener->heard[i].time - listener->heard[i - 1].time);
        uint16_t seq_step = (uint16_t)(listener->heard[i].seq - listener->heard[i - 1].seq);
        assert_int_equal(step, seq_step * TICK_SAMPLES);
    }
    assert_int_equal(bench_peer_counters(b, talker).lost, 10);
    bench_destroy(b);
}

/* A tier of its own: encoded once, in packets of 60 ms, no CSRC, under 16 kbit/s on the wire. */
static void lean_listeners_get_an_encode(void **state)
{
    (void)state;
    struct bench *b = bench_create(4);
    struct member *talker = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    struct member *full = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    struct member *lean = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_LEAN);
    bench_talk(b, talker, 25, 3000);
    bench_run(b, 4 * US_PER_S);
    size_t bytes = 0;
    assert_in_range(lean->count, 64, 66);
    for (size_t i = 1; i < lean->count; i++) {
        assert_int_equal(lean->heard[i].time - lean->heard[i - 1].time, 3 * TICK_SAMPLES);
        assert_int_equal(lean->heard[i].csrc_count, 0);
        bytes += lean->heard[i].len + 12 + 16 + 28;
    }
    assert_true(bytes * 8 < 4 * 16000);
    for (size_t i = 0; i < full->count; i++)
        assert_true(said_by(&full->heard[i], talker));
    bench_destroy(b);
}

/* A source without levels is passed alone without a decode; beside another it is decoded to be measured. */
static void without_levels_it_is_measured(void **state)
{
    (void)state;
    struct bench *b = bench_create(4);
    struct member *talker = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    struct member *quiet = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    struct member *listener = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    talker->sends_levels = false;
    bench_talk(b, talker, 0, 3000);
    bench_run(b, US_PER_S);
    bench_counters(b);
    assert_int_equal(b->counters.decodes, 0);
    bench_talk(b, quiet, 127, 9000);
    bench_run(b, US_PER_S);
    bench_counters(b);
    assert_int_equal(b->counters.decodes, 49); /* its first packet came while it was still alone */
    assert_int_equal(b->counters.encodes, 0);
    for (size_t i = 0; i < listener->count; i++)
        assert_true(said_by(&listener->heard[i], talker));
    assert_int_equal(listener->count, talker->said);
    bench_destroy(b);
}

static void silence_has_no_deadline_but_the_links(void **state)
{
    (void)state;
    struct bench *b = bench_create(4);
    assert_true(media_deadline(b->media) == NEVER_US);
    struct member *talker = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    bench_talk(b, talker, 25, 3000);
    bench_run(b, US_PER_S);
    talker->talks = false;
    bench_run(b, 20 * (span_us)US_PER_S);
    for (size_t i = 0; i < b->member_count; i++)
        bench_say(b, b->members[i], false); /* both links have just been heard from */
    bench_run(b, 4 * (span_us)US_PER_S);
    assert_true(media_deadline(b->media) - b->now_us > 4 * (span_us)US_PER_S);
    bench_destroy(b);
}

static void orders_about_nobody_are_refused(void **state)
{
    (void)state;
    static const struct {
        enum media_order_kind kind;
        uint32_t session, peer;
        enum err expected;
    } rows[] = {
        {ORDER_SESSION_OPEN, BENCH_SESSION, 0, ERR_STATE}, /* is open */
        {ORDER_SESSION_CLOSE, 8, 0, ERR_UNKNOWN},
        {ORDER_PEER_ADD, 8, 5, ERR_UNKNOWN},
        {ORDER_PEER_ADD, BENCH_SESSION, 1, ERR_STATE}, /* is there */
        {ORDER_PEER_RESTART, BENCH_SESSION, 5, ERR_UNKNOWN},
        {ORDER_PEER_RIGHT, BENCH_SESSION, 5, ERR_UNKNOWN},
        {ORDER_PEER_PIN, BENCH_SESSION, 5, ERR_UNKNOWN},
        {ORDER_PEER_REMOVE, BENCH_SESSION, 5, ERR_UNKNOWN},
        {ORDER_COUNTERS, 8, 0, ERR_UNKNOWN},
        {ORDER_PEER_REMOVE, BENCH_SESSION, 1, ERR_NONE},
        {ORDER_PEER_REMOVE, BENCH_SESSION, 1, ERR_UNKNOWN}, /* is gone */
        {ORDER_SESSION_CLOSE, BENCH_SESSION, 0, ERR_NONE},
        {ORDER_COUNTERS, BENCH_SESSION, 0, ERR_UNKNOWN},
        {(enum media_order_kind)99, BENCH_SESSION, 1, ERR_UNSUPPORTED},
    };
    struct bench *b = bench_create(4);
    bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct media_order order = {.kind = rows[i].kind, .session = rows[i].session, .peer = rows[i].peer};
        ROW_EQUAL(i, media_order(b->media, &order, b->now_us), rows[i].expected);
    }
    bench_destroy(b);
}

static void a_link_that_falls_silent_is_given_up(void **state)
{
    (void)state;
    struct bench *b = bench_create(4);
    struct member *gone = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    link_destroy(gone->link);
    b->members[0] = b->members[1];
    b->member_count = 1;
    bench_run(b, 31 * (span_us)US_PER_S);
    assert_int_equal(b->downs, 1);
    struct media_order order = {.kind = ORDER_PEER_REMOVE, .peer = 1};
    assert_int_equal(media_order(b->media, &order, b->now_us), ERR_UNKNOWN);
    free(gone);
    bench_destroy(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_speaker_is_passed_byte_for_byte),
        cmocka_unit_test(two_talkers_hear_each_other_passed_and_the_rest_a_mix),
        cmocka_unit_test(who_joins_in_the_midst_hears_the_mix),
        cmocka_unit_test(back_to_pass_only_in_a_pause),
        cmocka_unit_test(encodes_are_talkers_and_one),
        cmocka_unit_test(a_hall_never_hears_itself),
        cmocka_unit_test(without_the_floor_nothing_enters),
        cmocka_unit_test(who_takes_over_goes_on_with_the_numbers),
        cmocka_unit_test(a_short_silence_by_plan_is_no_loss),
        cmocka_unit_test(gaps_stay_gaps),
        cmocka_unit_test(lean_listeners_get_an_encode),
        cmocka_unit_test(without_levels_it_is_measured),
        cmocka_unit_test(silence_has_no_deadline_but_the_links),
        cmocka_unit_test(orders_about_nobody_are_refused),
        cmocka_unit_test(a_link_that_falls_silent_is_given_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
