/* What silence costs: a thousand empty sessions no timer, a hundred silent people their links' keep-alives.
 */
#include "../unit/rows.h"
#include "check.h"

#define SESSIONS  1000
#define PEOPLE    100
#define WATCHED_S 60

static void empty_sessions_have_no_timer(void **state)
{
    (void)state;
    struct stage_config config = stage_config_good(13);
    struct stage *s = stage_create(&config);
    for (int i = 0; i < SESSIONS; i++)
        stage_session(s);
    stage_run(s, US_PER_S);
    assert_true(desk_deadline(s->desk) == NEVER_US);
    assert_true(media_deadline(s->media) == NEVER_US);
    s->wakeups = 0;
    stage_run(s, 3600 * (span_us)US_PER_S);
    assert_int_equal(s->wakeups, 0);
    stage_destroy(s);
}

static void silent_people_cost_keep_alives(void **state)
{
    (void)state;
    struct stage_config config = stage_config_good(14);
    struct stage *s = stage_create(&config);
    struct stage_member *people[PEOPLE];
    struct sound speech = sound_speech("speech-it");
    stage_session(s);
    struct stage_member *lecturer = stage_enter(s, "lecturer", "lecturer", NULL);
    stage_enter_many(s, "trainee", NULL, PEOPLE - 1, people);
    stage_run_until_up(s);
    stage_talk(lecturer, TALK_SOUND, &speech);
    stage_run(s, US_PER_S);
    stage_talk(lecturer, TALK_NOTHING, NULL);
    stage_run(s, 40 * (span_us)US_PER_S); /* the last word is long over */
    uint64_t wakeups = s->wakeups, out = media_counters(s->media)->datagrams_out,
             in = media_counters(s->media)->datagrams_in;
    size_t heard = people[0]->heard.count;
    stage_run(s, WATCHED_S * (span_us)US_PER_S);
    /* A link looks after its peer's consent once in 30 s at the most often. */
    assert_true(s->wakeups - wakeups <= PEOPLE * WATCHED_S / 20);
    /* A check each 5 s, and its answer; nothing else. */
    assert_in_range(media_counters(s->media)->datagrams_in - in, PEOPLE * WATCHED_S / 6,
                    PEOPLE * WATCHED_S / 4);
    assert_in_range(media_counters(s->media)->datagrams_out - out, PEOPLE * WATCHED_S / 6,
                    PEOPLE * WATCHED_S / 4);
    assert_int_equal(people[0]->heard.count, heard);
    assert_true(desk_deadline(s->desk) == NEVER_US);
    sound_free(&speech);
    stage_destroy(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(empty_sessions_have_no_timer),
                                       cmocka_unit_test(silent_people_cost_keep_alives)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
