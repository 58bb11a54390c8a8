/* Encodes per 20 ms are talkers + 1, however many listen; and three loud voices do not clip. */
#include "../unit/rows.h"
#include "check.h"

#include <math.h>

#define TALKERS_MAX   4
#define LISTENERS_MAX 30

static struct sound voices[TALKERS_MAX]; /* peaks at -3 dBFS */

static const struct {
    const char *role, *name, *room;
} talkers[TALKERS_MAX] = {{"lecturer", "lecturer", NULL},
                          {"room", "room A", "Hall A"},
                          {"room", "room B", "Hall B"},
                          {"chair", "chair", NULL}};

static struct stage *talk_together(int talking, int listening, struct stage_member **members)
{
    struct stage_config config = stage_config_good(3);
    struct stage *s = stage_create(&config);
    stage_session(s);
    for (int i = 0; i < talking; i++)
        members[i] = stage_join(
            s, &(struct stage_join){
                   .role = talkers[i].role, .name = talkers[i].name, .room = talkers[i].room, .hears = true});
    members[talking] = stage_join(s, &(struct stage_join){.role = "trainee", .name = "first", .hears = true});
    stage_enter_many(s, "listener", NULL, listening - 1, members + talking + 1);
    stage_run_until_up(s);
    for (int i = 0; i < talking; i++)
        stage_talk(members[i], TALK_SOUND, &voices[i]);
    stage_run(s, 2 * (span_us)US_PER_S);
    return s;
}

static void talkers_and_one(void **state)
{
    (void)state;
    static const struct {
        int talking, listening;
        unsigned encodes; /* per 20 ms */
    } rows[] = {{1, 5, 0}, {1, 30, 0}, {2, 5, 1}, {2, 30, 1}, {3, 5, 4}, {3, 30, 4}, {4, 5, 5}, {4, 30, 5}};
    struct stage_member *members[TALKERS_MAX + LISTENERS_MAX];
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct stage *s = talk_together(rows[i].talking, rows[i].listening, members);
        struct session_counters before = stage_counters(s);
        stage_run(s, 2 * (span_us)US_PER_S);
        struct session_counters after = stage_counters(s);
        uint64_t mixes = after.mixes - before.mixes;
        ROW_EQUAL(i, after.encodes - before.encodes, mixes * rows[i].encodes);
        ROW_EQUAL(i, after.late_mixes - before.late_mixes, 0);
        ROW_TRUE(i, rows[i].talking > 1 ? mixes >= 100 && mixes <= 102 : mixes == 0);
        for (int k = 0; k < rows[i].talking + rows[i].listening; k++)
            check_stream(members[k], 0, false);
        stage_destroy(s);
    }
}

static void three_loud_voices_do_not_clip(void **state)
{
    (void)state;
    struct stage_member *members[TALKERS_MAX + LISTENERS_MAX];
    struct stage *s = talk_together(3, 2, members);
    float highest = 0;
    stage_run(s, 15 * (span_us)US_PER_S);
    for (int k = 0; k < 4; k++)
        for (size_t i = 0; i < members[k]->pcm_samples; i++) {
            float x = fabsf(members[k]->pcm[i]);
            highest = fmaxf(highest, x);
            if (x >= 32767.0f / 32768)
                fail_msg("%s: sample %zu is %g", members[k]->name, i, (double)x);
        }
    assert_true(highest > 0.7f);
    stage_destroy(s);
}

int main(void)
{
    static const char *const names[TALKERS_MAX] = {"speech-en-loud", "speech-it-loud", "speech-fr-loud",
                                                   "speech-es-loud"};
    const struct CMUnitTest tests[] = {cmocka_unit_test(talkers_and_one),
                                       cmocka_unit_test(three_loud_voices_do_not_clip)};
    for (int i = 0; i < TALKERS_MAX; i++)
        voices[i] = sound_speech(names[i]);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    for (int i = 0; i < TALKERS_MAX; i++)
        sound_free(&voices[i]);
    return failed;
}
