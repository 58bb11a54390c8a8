/* A lecturer in hall A, a question from a remote trainee over his voice, hall B and ten more listening. Each
 * place hears all it should and nothing of its own hall; and what hall A hears does not depend on what hall A
 * says: the same session with the lecturer silent gives hall A the same packets, byte for byte, in all that a
 * packet says. */
#include "../unit/rows.h"
#include "check.h"

#define REMOTES    10
#define SEEDS      3
#define ROOM_NOISE 0.002 /* -54 dBFS: the trainee's line is never digitally silent */

struct scene {
    enum stage_talk lecturer;
    bool hall_b_murmurs; /* its microphone is open too, as it always is */
    bool two_ask;        /* another remote trainee speaks at the same time */
};

struct hall {
    struct stage *stage;
    struct sim_random dice; /* when people come and talk: in every place of the 20 ms */
    struct stage_member *chair, *lecturer, *room_a, *room_b, *trainee, *remotes[REMOTES];
    size_t asked_from; /* packets that room A had heard before the question */
};

static struct sound lecture, question, murmur;

/* Time passes: a bit more than `span`. */
static void pass_time(struct hall *h, span_us span)
{
    stage_run(h->stage, span + (span_us)(sim_random_unit(&h->dice) * 40 * US_PER_MS));
}

static struct stage_member *seat(struct hall *h, const char *role, const char *name, const char *room)
{
    struct stage_member *m =
        stage_join(h->stage, &(struct stage_join){.role = role, .name = name, .room = room});
    pass_time(h, 0);
    return m;
}

static void seat_everyone(struct hall *h)
{
    stage_session(h->stage);
    h->lecturer = seat(h, "lecturer", "lecturer", "Hall A");
    h->room_a = seat(h, "room", "room A", "Hall A");
    h->room_b = seat(h, "room", "room B", "Hall B");
    h->trainee = seat(h, "trainee", "trainee", NULL);
    for (int i = 0; i < REMOTES; i++) {
        char name[20];
        snprintf(name, sizeof name, "remote %d", i + 1);
        h->remotes[i] = seat(h, "trainee", name, NULL);
    }
    h->chair = seat(h, "chair", "chair", NULL);
    stage_run_until_up(h->stage);
}

static void give_floor(struct hall *h, struct stage_member *m)
{
    stage_do(m, &(struct action){.verb = VERB_HAND_UP});
    pass_time(h, 500 * US_PER_MS);
    stage_do(h->chair, &(struct action){.verb = VERB_GRANT, .who = m->number});
    pass_time(h, 500 * US_PER_MS);
}

/* The chair speaks and hall B hears him. From its microphone it is learned that its loudspeaker is not heard
 * in it; until then what hall A says decides whether hall A may be sent hall B's noise. */
static void show_hall_b_has_no_echo(struct hall *h)
{
    stage_talk(h->room_b, TALK_SOUND, &murmur);
    stage_talk(h->chair, TALK_SOUND, &lecture);
    pass_time(h, 4 * (span_us)US_PER_S);
    stage_talk(h->chair, TALK_NOTHING, NULL);
    pass_time(h, 2 * (span_us)US_PER_S);
}

/* The lecture; 4 s of it with a question; then the lecture alone again. */
static void play(struct hall *h, uint64_t seed, const struct scene *scene)
{
    struct stage_config config = stage_config_good(seed);
    h->stage = stage_create(&config);
    sim_random_seed(&h->dice, seed);
    seat_everyone(h);
    if (scene->hall_b_murmurs)
        show_hall_b_has_no_echo(h);
    stage_talk(h->lecturer, scene->lecturer, &lecture);
    pass_time(h, 3 * (span_us)US_PER_S);
    give_floor(h, h->trainee);
    if (scene->two_ask)
        give_floor(h, h->remotes[0]);
    h->asked_from = h->room_a->heard.count;
    stage_talk(h->trainee, TALK_SOUND, &question);
    if (scene->two_ask) {
        pass_time(h, 1300 * US_PER_MS);
        stage_talk(h->remotes[0], TALK_SOUND, &lecture);
    }
    pass_time(h, 9 * (span_us)US_PER_S);
    stage_talk(h->trainee, TALK_NOTHING, NULL);
    pass_time(h, 100 * US_PER_MS); /* what is said is under way */
    stage_do(h->trainee, &(struct action){.verb = VERB_RELEASE});
    pass_time(h, 4 * (span_us)US_PER_S);
    stage_talk(h->lecturer, TALK_NOTHING, NULL);
    pass_time(h, 2 * (span_us)US_PER_S);
}

static void everyone_hears_all_but_his_own_hall(void **state)
{
    (void)state;
    struct hall h;
    play(&h, 2, &(struct scene){.lecturer = TALK_SOUND});
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

/* Played with the lecturer silent as in `scene`, and speaking. */
static void check_twins(const struct scene *scene,
                        void (*check)(const struct stage_member *loud, const struct stage_member *quiet))
{
    struct scene spoken = *scene;
    spoken.lecturer = TALK_SOUND;
    for (uint64_t seed = 2; seed < 2 + SEEDS; seed++) {
        struct hall loud, quiet;
        play(&loud, seed, &spoken);
        play(&quiet, seed, scene);
        assert_in_range(quiet.lecturer->said.count, 0, loud.lecturer->said.count / 4);
        assert_true(loud.room_a->heard.count > loud.trainee->said.count / 2);
        check_same_tracks(&loud.trainee->said, &quiet.trainee->said, "the question itself");
        check(loud.room_a, quiet.room_a);
        stage_destroy(loud.stage);
        stage_destroy(quiet.stage);
    }
}

static void check_same(const struct stage_member *loud, const struct stage_member *quiet)
{
    check_same_tracks(&loud->heard, &quiet->heard, "what hall A hears");
}

/* A mix is encoded from decoders that began in another place of the voice: all but its payload, and the names
 * in a packet at the change, is the same. Who is passed after it may lie a tick before his map until his
 * first pause, in which a tick is left out; then one packet less was sent. */
static void check_same_places(const struct stage_member *loud, const struct stage_member *quiet)
{
    size_t mixed = 0, names = 0;
    assert_in_range(loud->heard.count + 1, quiet->heard.count, quiet->heard.count + 2);
    for (size_t i = 0; i < loud->heard.count && i < quiet->heard.count; i++) {
        const struct stage_packet *x = &loud->heard.packets[i], *y = &quiet->heard.packets[i];
        ROW_EQUAL(i, x->seq, y->seq);
        uint32_t later = x->rtp_time - y->rtp_time;
        ROW_TRUE(i, later == 0 || (later == TICK_SAMPLES && x->csrc_count == 1));
        ROW_EQUAL(i, x->marker, y->marker);
        mixed += x->csrc_count > 1;
        names += x->csrc_count != y->csrc_count || memcmp(x->csrc, y->csrc, sizeof x->csrc) != 0;
    }
    assert_true(mixed > 200 && names < 5);
}

static void twin_that_sends_nothing(void **state)
{
    (void)state;
    check_twins(&(struct scene){.lecturer = TALK_NOTHING}, check_same);
}

static void twin_that_sends_digital_silence(void **state)
{
    (void)state;
    check_twins(&(struct scene){.lecturer = TALK_DIGITAL_SILENCE}, check_same);
}

/* The trainee is one of several microphones in both. */
static void twin_with_a_third_microphone(void **state)
{
    (void)state;
    check_twins(&(struct scene){.hall_b_murmurs = true}, check_same);
}

static void twin_with_two_questions(void **state)
{
    (void)state;
    check_twins(&(struct scene){.two_ask = true}, check_same_places);
    check_twins(&(struct scene){.two_ask = true, .hall_b_murmurs = true}, check_same_places);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everyone_hears_all_but_his_own_hall), cmocka_unit_test(twin_that_sends_nothing),
        cmocka_unit_test(twin_that_sends_digital_silence), cmocka_unit_test(twin_with_a_third_microphone),
        cmocka_unit_test(twin_with_two_questions)};
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
