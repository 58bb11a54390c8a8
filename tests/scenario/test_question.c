/* A lecturer in hall A, a question from a remote trainee over his voice, hall B and ten more listening. Each
 * place hears all it should and nothing of its own hall; and what hall A hears does not depend on what hall A
 * says: the same session with the lecturer silent gives hall A the same packets. */
#include "../unit/rows.h"
#include "check.h"

#include <math.h>

#define REMOTES    10
#define ROOM_NOISE 0.002 /* -54 dBFS: the trainee's line is never digitally silent */

struct hall {
    struct stage *stage;
    struct stage_member *chair, *lecturer, *room_a, *room_b, *trainee, *remotes[REMOTES];
    size_t asked_from; /* packets that room A had heard before the question */
};

static struct sound lecture, question, murmur;

static void seat_everyone(struct hall *h)
{
    struct stage *s = h->stage;
    stage_session(s);
    h->lecturer =
        stage_join(s, &(struct stage_join){.role = "lecturer", .name = "lecturer", .room = "Hall A"});
    h->room_a = stage_join(s, &(struct stage_join){.role = "room", .name = "room A", .room = "Hall A"});
    h->room_b = stage_join(s, &(struct stage_join){.role = "room", .name = "room B", .room = "Hall B"});
    h->trainee = stage_join(s, &(struct stage_join){.role = "trainee", .name = "trainee"});
    for (int i = 0; i < REMOTES; i++) {
        char name[20];
        snprintf(name, sizeof name, "remote %d", i + 1);
        h->remotes[i] = stage_join(s, &(struct stage_join){.role = "trainee", .name = name});
    }
    h->chair = stage_join(s, &(struct stage_join){.role = "chair", .name = "chair"});
    stage_run_until_up(s);
}

/* The lecture; 4 s of it with a question; then the lecture alone again. */
static void play(struct hall *h, enum stage_talk lecturer, bool hall_b_murmurs)
{
    struct stage_config config = stage_config_good(2);
    h->stage = stage_create(&config);
    seat_everyone(h);
    stage_talk(h->lecturer, lecturer, &lecture);
    if (hall_b_murmurs)
        stage_talk(h->room_b, TALK_SOUND, &murmur);
    stage_run(h->stage, 3 * (span_us)US_PER_S);
    stage_do(h->trainee, &(struct action){.verb = VERB_HAND_UP});
    stage_run(h->stage, 500 * US_PER_MS);
    stage_do(h->chair, &(struct action){.verb = VERB_GRANT, .who = h->trainee->number});
    stage_run(h->stage, 500 * US_PER_MS);
    h->asked_from = h->room_a->heard.count;
    stage_talk(h->trainee, TALK_SOUND, &question);
    stage_run(h->stage, 9 * (span_us)US_PER_S);
    stage_talk(h->trainee, TALK_NOTHING, NULL);
    stage_run(h->stage, 100 * US_PER_MS); /* what is said is under way */
    stage_do(h->trainee, &(struct action){.verb = VERB_RELEASE});
    stage_run(h->stage, 4 * (span_us)US_PER_S);
    stage_talk(h->lecturer, TALK_NOTHING, NULL);
    stage_run(h->stage, 2 * (span_us)US_PER_S);
}

static void everyone_hears_all_but_his_own_hall(void **state)
{
    (void)state;
    struct hall h;
    play(&h, TALK_SOUND, false);
    assert_int_equal(h.asked_from, 0); /* nothing of its own hall */
    check_not_heard(h.room_a, h.lecturer, 0);
    check_passed(h.room_a, h.trainee, 0, h.trainee->said.count);
    check_not_heard(h.trainee, h.trainee, 0);
    check_passed(h.trainee, h.lecturer, 0, h.lecturer->said.count);
    for (int i = 0; i <= REMOTES; i++) {
        struct stage_member *m = i < REMOTES ? h.remotes[i] : h.room_b;
        assert_true(heard_of(m, h.lecturer, 0) > h.lecturer->said.count * 9 / 10);
        assert_true(heard_of(m, h.trainee, 0) > h.trainee->said.count * 6 / 10);
        check_stream(m, 0, false);
    }
    struct session_counters counters = stage_counters(h.stage);
    assert_true(counters.mixes > 100);
    assert_true(counters.encodes < counters.mixes + 20); /* one audience is in the mix */
    stage_destroy(h.stage);
}

/* The same packets; RTP times may lie whole ticks apart, the same in each run: where a run begins on the
 * session clock depends on what others have been sent (clock_map.h, frontier). */
static void check_twins(const struct stage_track *a, const struct stage_track *b)
{
    int32_t apart = 0;
    for (size_t i = 0; i < a->count && i < b->count; i++) {
        const struct stage_packet *x = &a->packets[i], *y = &b->packets[i];
        int32_t d = (int32_t)(packet_time(x) - packet_time(y));
        bool begins = i == 0 || x->at_us - x[-1].at_us > 150 * US_PER_MS || x->csrc[0] != x[-1].csrc[0];
        if (begins)
            apart = d;
        if (x->seq != y->seq || x->len != y->len || memcmp(x->payload, y->payload, x->len) != 0 ||
            d != apart || d % TICK_SAMPLES != 0 || abs(d) > 2 * TICK_SAMPLES)
            fail_msg("packet %zu of %zu and %zu: numbers %u %u, bytes %zu %zu, times %d apart, not %d", i,
                     a->count, b->count, x->seq, y->seq, x->len, y->len, d, apart);
    }
    assert_int_equal(a->count, b->count);
}

static void what_hall_a_hears_does_not_depend_on_hall_a(enum stage_talk silent, bool hall_b_murmurs)
{
    struct hall loud, quiet;
    play(&loud, TALK_SOUND, hall_b_murmurs);
    play(&quiet, silent, hall_b_murmurs);
    assert_in_range(quiet.lecturer->said.count, 0, loud.lecturer->said.count / 4);
    check_same_tracks(&loud.trainee->said, &quiet.trainee->said, "the question itself");
    check_twins(&loud.room_a->heard, &quiet.room_a->heard);
    stage_destroy(loud.stage);
    stage_destroy(quiet.stage);
}

static void twin_that_sends_nothing(void **state)
{
    (void)state;
    what_hall_a_hears_does_not_depend_on_hall_a(TALK_NOTHING, false);
}

static void twin_that_sends_digital_silence(void **state)
{
    (void)state;
    what_hall_a_hears_does_not_depend_on_hall_a(TALK_DIGITAL_SILENCE, false);
}

/* The other hall's microphone is open too, as it always is: the trainee is one of several in both. */
static void twin_with_a_third_microphone(void **state)
{
    (void)state;
    what_hall_a_hears_does_not_depend_on_hall_a(TALK_NOTHING, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everyone_hears_all_but_his_own_hall), cmocka_unit_test(twin_that_sends_nothing),
        cmocka_unit_test(twin_that_sends_digital_silence), cmocka_unit_test(twin_with_a_third_microphone)};
    struct sim_random dice;
    lecture = sound_speech("speech-en");
    question = sound_speech("utterances-it");
    murmur = sound_speech("speech-fr");
    sim_random_seed(&dice, 7);
    for (size_t i = 0; i < question.samples; i++)
        question.pcm[i] += (float)(ROOM_NOISE * (2 * sim_random_unit(&dice) - 1));
    for (size_t i = 0; i < murmur.samples; i++)
        murmur.pcm[i] = (float)(ROOM_NOISE * (2 * sim_random_unit(&dice) - 1));
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    sound_free(&lecture);
    sound_free(&question);
    sound_free(&murmur);
    return failed;
}
