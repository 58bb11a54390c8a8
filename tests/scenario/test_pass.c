/* One speaker, twenty listeners: every payload byte for byte, and the relay neither decodes nor encodes. */
#include "../unit/rows.h"
#include "check.h"

#define LISTENERS 20

static void one_speaker_is_passed(void **state)
{
    (void)state;
    struct stage_config config = stage_config_good(1);
    struct stage *s = stage_create(&config);
    struct sound speech = sound_speech("speech-en");
    struct stage_member *listeners[LISTENERS];
    stage_session(s);
    struct stage_member *lecturer = stage_join(s, &(struct stage_join){.role = "lecturer", .name = "Ada"});
    for (int i = 0; i < LISTENERS; i++) {
        char name[20];
        snprintf(name, sizeof name, "listener %d", i + 1);
        listeners[i] = stage_join(s, &(struct stage_join){.role = "trainee", .name = name, .hears = i == 0});
    }
    stage_run_until_up(s);
    stage_talk(lecturer, TALK_SOUND, &speech);
    stage_run(s, 10 * (span_us)US_PER_S);
    struct playout_counters played = bypass_playout(listeners[0]->client);
    assert_int_equal(played.concealed_ticks, 0);
    assert_int_equal(played.fec_ticks, 0);
    stage_talk(lecturer, TALK_NOTHING, NULL);
    stage_run(s, 2 * (span_us)US_PER_S);
    assert_in_range(lecturer->said.count, 450, 500);
    for (int i = 0; i < LISTENERS; i++) {
        check_passed(listeners[i], lecturer, 0, lecturer->said.count);
        check_stream(listeners[i], 0, false);
        for (size_t n = 1; n <= CLOSING_SILENCES; n++)
            assert_true(packet_is_silence(&listeners[i]->heard.packets[listeners[i]->heard.count - n]));
    }
    assert_int_equal(lecturer->heard.count, 0);
    struct session_counters counters = stage_counters(s);
    assert_int_equal(counters.decodes, 0);
    assert_int_equal(counters.encodes, 0);
    assert_int_equal(counters.dropped, 0);
    assert_int_equal(counters.packets_in, lecturer->said.count);
    sound_free(&speech);
    stage_destroy(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(one_speaker_is_passed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
