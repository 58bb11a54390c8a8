/* No grant, no packet enters, whatever a client sends; a mute acts at once; a grant is heard soon. */
#include "../unit/rows.h"
#include "check.h"

static struct sound speech;

struct room {
    struct stage *stage;
    struct stage_member *chair, *lecturer, *trainee, *listener;
};

static struct room open_room(const struct stage_config *config)
{
    struct room r = {.stage = stage_create(config)};
    stage_session(r.stage);
    r.chair = stage_enter(r.stage, "chair", "chair", NULL);
    r.lecturer = stage_enter(r.stage, "lecturer", "lecturer", NULL);
    r.trainee = stage_enter(r.stage, "trainee", "trainee", NULL);
    r.listener = stage_enter(r.stage, "trainee", "listener", NULL);
    stage_run_until_up(r.stage);
    return r;
}

static void without_the_floor_nobody_is_heard(void **state)
{
    (void)state;
    struct stage_config config = stage_config_good(4);
    struct room r = open_room(&config);
    r.trainee->past_the_gate = true;
    stage_talk(r.trainee, TALK_SOUND, &speech);
    stage_run(r.stage, 3 * (span_us)US_PER_S);
    stage_talk(r.lecturer, TALK_SOUND, &speech); /* nor together with somebody who may */
    stage_run(r.stage, 3 * (span_us)US_PER_S);
    stage_talk(r.trainee, TALK_NOTHING, NULL);
    stage_run(r.stage, 100 * US_PER_MS);
    assert_true(r.trainee->said.count > 250);
    assert_int_equal(stage_shown(r.stage, r.trainee, "refused"), r.trainee->said.count);
    for (size_t i = 0; i < r.stage->member_count; i++)
        check_not_heard(r.stage->members[i], r.trainee, 0);
    struct session_counters counters = stage_counters(r.stage);
    assert_int_equal(counters.encodes + counters.decodes, 0);
    assert_int_equal(counters.dropped, r.trainee->said.count);
    stage_talk(r.lecturer, TALK_NOTHING, NULL);
    stage_run(r.stage, US_PER_S);
    check_passed(r.listener, r.lecturer, 0, r.lecturer->said.count);
    stage_destroy(r.stage);
}

static point_us last_sound_us(const struct stage_member *m)
{
    size_t i = m->heard.count;
    while (i-- > 0)
        if (!packet_is_silence(&m->heard.packets[i]))
            return m->heard.packets[i].at_us;
    return 0;
}

/* On a disk that takes half a second: the mute does not wait for it. */
static void a_mute_acts_at_once(void **state)
{
    (void)state;
    struct stage_config config = stage_config_good(5);
    config.commit_us = 500 * US_PER_MS;
    struct room r = open_room(&config);
    stage_talk(r.lecturer, TALK_SOUND, &speech);
    stage_run(r.stage, 2 * (span_us)US_PER_S);
    r.lecturer->past_the_gate = true; /* his client does not obey */
    point_us muted_us = r.stage->now_us;
    stage_do(r.chair, &(struct action){.verb = VERB_MUTE, .who = r.lecturer->number});
    stage_run(r.stage, 3 * (span_us)US_PER_S);
    point_us at_relay_us = muted_us + config.sentence_us;
    assert_in_range(last_sound_us(r.listener), at_relay_us - TICK_US,
                    at_relay_us + config.line.delay_us); /* what had left */
    assert_true(stage_shown(r.stage, r.lecturer, "refused") > 100);
    size_t heard = r.listener->heard.count;
    stage_do(r.lecturer, &(struct action){.verb = VERB_UNMUTE});
    stage_run(r.stage, US_PER_S);
    assert_true(r.listener->heard.count > heard + 40);
    check_stream(r.listener, 0, false);
    stage_destroy(r.stage);
}

static void a_grant_is_heard_within_300_ms(void **state)
{
    (void)state;
    struct stage_config config = stage_config_good(6);
    struct room r = open_room(&config);
    stage_talk(r.trainee, TALK_SOUND, &speech);
    stage_run(r.stage, US_PER_S);
    assert_int_equal(r.trainee->said.count, 0); /* a client without the floor sends no packet */
    stage_do(r.chair, &(struct action){.verb = VERB_GRANT, .who = r.trainee->number});
    point_us granted_us = r.stage->now_us;
    stage_run(r.stage, US_PER_S);
    assert_true(r.listener->heard.count > 0);
    assert_in_range(r.listener->heard.packets[0].at_us, granted_us, granted_us + 300 * US_PER_MS);
    stage_do(r.trainee, &(struct action){.verb = VERB_RELEASE});
    stage_run(r.stage, US_PER_S);
    size_t said = r.trainee->said.count;
    stage_run(r.stage, US_PER_S);
    assert_int_equal(r.trainee->said.count, said);
    stage_destroy(r.stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(without_the_floor_nobody_is_heard),
                                       cmocka_unit_test(a_mute_acts_at_once),
                                       cmocka_unit_test(a_grant_is_heard_within_300_ms)};
    speech = sound_speech("speech-fr");
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    sound_free(&speech);
    return failed;
}
