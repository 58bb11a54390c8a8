/* Clocks that are 200 ppm fast and slow, over the wrap of RTP time: no growing delay, no step within a word,
 * and page turns lie where the sound of their instant is. A line that stalls. RTCP on both legs. `test_time
 * MINUTES` runs for so long. */
#include <math.h>

#include "../unit/rows.h"
#include "ear.h"
#include "tape.h"

#define WRAP_US       us_from_samples((int64_t)1 << 32)
#define MINUTE_US     (60 * (span_us)US_PER_S)
#define QUIET_DBOV    36 /* the softest that may be taken for speech, which is loudest at 15 */
#define DELAY_US      (90 * (span_us)US_PER_MS)
#define MIXED_MINUTES 30 /* in a run of hours the second talks in one minute of ten */
#define MIXED_EVERY   10
#define ASIDE         TICK_SAMPLES /* of a source in the mix; slides tolerate twice that */

static struct tape tapes[2];
static int minutes = 4;

struct checked {
    bool any;
    uint32_t time;
    uint16_t seq;
    span_us least_us, most_us; /* from sound's place on the session clock to its departure */
    unsigned moves, moves_in_words, packets;
};

static session_samples session_time(const struct bench *b, const struct member *m, const struct heard *h,
                                    span_us age_us)
{
    session_samples now = samples_from_us(h->at_us - US_PER_S + age_us);
    (void)b;
    return now + (int32_t)(h->time - 1000 * m->number - (uint32_t)now);
}

/* The packet that this one passes on, of the last said; NULL in a mix. */
static const struct place *passed_place(const struct member *talker, const struct heard *h)
{
    size_t from = 0, to = talker->place_count; /* the first said later */
    while (from < to) {
        size_t middle = (from + to) / 2;
        if (talker->places[middle].said_us <= h->at_us)
            from = middle + 1;
        else
            to = middle;
    }
    for (size_t i = to; i-- > 0 && talker->places[i].said_us + US_PER_S > h->at_us;) {
        const struct script_packet *w = talker->places[i].words;
        if (w->len == h->len && memcmp(w->payload, h->payload, w->len) == 0)
            return &talker->places[i];
    }
    return NULL;
}

static void check_packet(struct checked *c, const struct bench *b, struct member *const *talkers,
                         const struct member *ear, const struct heard *h, span_us age_us)
{
    session_samples at = session_time(b, ear, h, age_us);
    span_us delay_us = h->at_us - US_PER_S + age_us - us_from_samples(at);
    const struct place *p = NULL;
    for (int k = 0; k < 2 && h->csrc_count == 1; k++)
        if (h->csrc[0] == talkers[k]->number)
            p = passed_place(talkers[k], h);
    c->least_us = c->any && c->least_us < delay_us ? c->least_us : delay_us;
    c->most_us = c->any && c->most_us > delay_us ? c->most_us : delay_us;
    if (p && p->known)
        assert_in_range(at - p->at + ASIDE, 0, 2 * ASIDE);
    if (c->any) {
        assert_int_equal((uint16_t)(h->seq - c->seq), 1);
        uint32_t step = h->time - c->time;
        if (step != TICK_SAMPLES && step != 2 * TICK_SAMPLES)
            fail_msg("RTP time moved by %d, now %lld us after its place, %u names", (int)step,
                     (long long)delay_us, h->csrc_count);
        c->moves += step != TICK_SAMPLES;
        c->moves_in_words += step != TICK_SAMPLES && (!p || p->words->level < QUIET_DBOV);
    }
    c->any = true;
    c->packets++;
    c->time = h->time;
    c->seq = h->seq;
}

static void check_all(struct checked *c, const struct bench *b, struct member *const *talkers,
                      struct member *ear, span_us age_us)
{
    for (size_t n = 0; n < ear->count; n++)
        check_packet(c, b, talkers, ear, &ear->heard[n], age_us);
    ear->count = 0;
    for (int k = 0; k < 2; k++) {
        talkers[k]->count = 0; /* nobody looks at what they hear */
        if (talkers[k]->place_count > 20000)
            talkers[k]->place_count = 0; /* long said */
    }
}

/* One talks all the time; for half of each minute a second one does too, and stops amid a word: passed, and
 * in a mix. */
static void drifting(int ppm)
{
    span_us age_us = WRAP_US - minutes * MINUTE_US / 2;
    struct bench *b = bench_create_old(4, age_us);
    struct member *talkers[2], *ear;
    struct checked c = {0};
    for (int i = 0; i < 2; i++) {
        talkers[i] = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
        bench_script(talkers[i], &tapes[i].script, 0);
        talkers[i]->ppm = i == 0 ? ppm : -ppm;
    }
    ear = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    bench_talk(b, talkers[0], 0, 3000);
    for (int minute = 0; minute < minutes; minute++) {
        bench_run(b, MINUTE_US / 2);
        check_all(&c, b, talkers, ear, age_us);
        if (minutes <= MIXED_MINUTES || minute % MIXED_EVERY == MIXED_EVERY - 1)
            bench_talk(b, talkers[1], 0, 11000);
        bench_run(b, MINUTE_US / 2);
        talkers[1]->talks = false;
        check_all(&c, b, talkers, ear, age_us);
    }
    print_message(
        "# %+d ppm, %d minutes: sound leaves %.1f to %.1f ms after its place; %u moves of a tick, %u of "
        "them not in a pause\n",
        ppm, minutes, (double)c.least_us / 1000, (double)c.most_us / 1000, c.moves, c.moves_in_words);
    assert_true(c.packets > (unsigned)minutes * 2900);
    assert_true(c.least_us > -DELAY_US / 2 && c.most_us < DELAY_US);
    assert_int_equal(c.moves_in_words, 0);
    bench_destroy(b);
}

static void drift_is_not_heard(void **state)
{
    (void)state;
    drifting(200);
    drifting(-200);
}

/* The line holds packets back, or loses them, for so long; then all goes on. Sound passed after it lies where
 * the told map says. */
static void a_stall_moves_nothing(void **state)
{
    (void)state;
    for (int ms = 100; ms <= 700; ms += 40)
        for (int lost = 0; lost <= ms / 20; lost += 5) {
            struct bench *b = bench_create(4);
            struct member *talker = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
            struct member *ear = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
            bench_script(talker, &tapes[0].script, 0);
            bench_talk(b, talker, 0, 3000);
            bench_run(b, 3 * (span_us)US_PER_S);
            talker->talks = false;
            bench_run(b, ms * US_PER_MS);
            for (int n = 0; n < ms / 20; n++)
                bench_say(b, talker, n < lost);
            talker->talks = true;
            talker->next_us = b->now_us + 3000;
            bench_run(b, 3 * (span_us)US_PER_S);
            for (size_t n = ear->count - 100; n < ear->count; n++) {
                const struct heard *h = &ear->heard[n];
                const struct place *p = passed_place(talker, h);
                ROW_TRUE(ms, p && p->known);
                ROW_EQUAL(ms, h->time - 1000 * ear->number, p->at);
                span_us off_us = h->at_us - us_from_samples((session_samples)(h->time - 1000 * ear->number));
                ROW_TRUE(ms, off_us >= -60 * US_PER_MS && off_us <= 60 * US_PER_MS);
            }
            bench_destroy(b);
        }
}

/* While sound flows: an SR each second to who hears, with the session clock and what he was sent; an RR about
 * his own to who talks; SDES with both; then nothing. BYE at the end. */
static void reports_on_both_legs(void **state)
{
    (void)state;
    struct bench *b = bench_create(4);
    struct member *talker = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    struct member *ear = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    bench_script(talker, &tapes[0].script, 0);
    bench_run(b, 10 * (span_us)US_PER_S);
    assert_int_equal(talker->reports + ear->reports, 0);
    bench_talk(b, talker, 0, 3000);
    for (int n = 0; n < 5; n++)
        bench_say(b, talker, n == 3);
    for (int second = 1; second <= 20; second++) {
        bench_run(b, US_PER_S);
        ROW_EQUAL(second, ear->reports, second);
        ROW_EQUAL(second, talker->reports, second);
        const struct rtcp_packet *sr = &ear->report[0], *rr = &talker->report[0];
        ROW_TRUE(second, ear->report_parts == 2 && ear->report[1].type == RTCP_SDES);
        ROW_TRUE(second, strcmp(ear->report_cname, "aula") == 0 && strcmp(talker->report_cname, "aula") == 0);
        ROW_EQUAL(second, sr->type, RTCP_SR);
        ROW_EQUAL(second, sr->ssrc, 0xaaaa0000u + ear->number);
        double clock_s =
            (double)(sr->sender.ntp >> 32) + (double)(sr->sender.ntp & 0xffffffff) / 4294967296.0;
        ROW_TRUE(second, fabs(clock_s - (double)ear->report_us / US_PER_S) < 0.0001);
        session_samples clock = samples_from_us(ear->report_us);
        ROW_EQUAL(second, sr->sender.rtp_time, (uint32_t)clock + 1000 * ear->number);
        ROW_EQUAL(second, sr->count, 0);
        ROW_EQUAL(second, rr->type, RTCP_RR);
        ROW_TRUE(second, talker->report_parts == 2 && rr->count == 1 && rr->blocks[0].ssrc == talker->ssrc);
        ROW_EQUAL(second, rr->blocks[0].lost, 1);
        ROW_TRUE(second, (uint16_t)rr->blocks[0].highest_seq == (uint16_t)(talker->seq - 1) ||
                             talker->report_us < b->now_us - TICK_US / 2);
    }
    talker->talks = false;
    size_t before = ear->reports;
    bench_run(b, 60 * (span_us)US_PER_S);
    assert_true(ear->reports <= before + 2);
    struct media_order remove = {.kind = ORDER_PEER_REMOVE, .session = BENCH_SESSION, .peer = ear->number};
    bench_order(b, &remove);
    const struct rtcp_packet *bye = &ear->report[ear->report_parts - 1];
    assert_int_equal(bye->type, RTCP_BYE);
    assert_int_equal(bye->sources[0], 0xaaaa0000u + ear->number);
    bench_destroy(b);
}

int main(int argc, char **argv)
{
    static const char *const voices[] = {"speech-en", "speech-it"};
    const struct CMUnitTest tests[] = {cmocka_unit_test(drift_is_not_heard),
                                       cmocka_unit_test(a_stall_moves_nothing),
                                       cmocka_unit_test(reports_on_both_legs)};
    minutes = argc > 1 ? atoi(argv[1]) : minutes;
    for (int i = 0; i < 2; i++) {
        struct sound sound = sound_speech(voices[i]);
        tapes[i] = tape_make(&sound, &(struct tape_config){.seconds = 20});
        sound_free(&sound);
    }
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    for (int i = 0; i < 2; i++)
        tape_free(&tapes[i]);
    return failed;
}
