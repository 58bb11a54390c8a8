/* Numbers that wrap while somebody talks: the session clock's low 32 bits (after 24.8 hours), the source's
 * own RTP time, and both kinds of sequence numbers. */
#include "../unit/rows.h"
#include "check.h"

#define WRAP_US us_from_samples((int64_t)1 << 32)

static struct sound voices[2];

/* Members of a session that is `age_us` old when they talk for 6 s. */
static void talk(unsigned talkers, span_us age_us, bool source_wraps)
{
    struct stage_config config = stage_config_good(15);
    struct stage *s = stage_create(&config);
    struct stage_member *members[3];
    static const char *const names[] = {"one", "two"};
    stage_session(s);
    point_us origin_us = s->now_us;
    stage_run(s, age_us > 5 * (span_us)US_PER_S ? age_us - 5 * (span_us)US_PER_S : 0);
    for (unsigned i = 0; i < talkers; i++)
        members[i] = stage_join(s, &(struct stage_join){.role = "lecturer", .name = names[i], .hears = true});
    members[talkers] = stage_join(s, &(struct stage_join){.role = "trainee", .name = "ear", .hears = true});
    for (unsigned i = 0; i < talkers && source_wraps; i++)
        while (!bypass_first_time(members[i]->client, 0u - (6 + i) * SAMPLES_PER_S))
            stage_run(s, US_PER_MS);
    stage_run_until_up(s);
    stage_run(s, origin_us + (age_us > 0 ? age_us : 4 * (span_us)US_PER_S) - s->now_us);
    for (unsigned i = 0; i < talkers; i++)
        stage_talk(members[i], TALK_SOUND, &voices[i]);
    stage_run(s, US_PER_S); /* a mix leaves later than what was passed: two ticks are put in */
    struct playout_counters before = bypass_playout(members[talkers]->client);
    stage_run(s, 5 * (span_us)US_PER_S);
    struct playout_counters after = bypass_playout(members[talkers]->client);
    assert_int_equal(after.concealed_ticks, before.concealed_ticks);
    assert_int_equal(after.fec_ticks + after.wild, 0);
    assert_true(after.packet_ticks - before.packet_ticks > 230);
    for (unsigned i = 0; i < talkers; i++)
        stage_talk(members[i], TALK_NOTHING, NULL);
    stage_run(s, US_PER_S);
    check_stream(members[talkers], 0, false);
    if (talkers == 1)
        check_passed(members[1], members[0], 0, members[0]->said.count);
    for (unsigned i = 0; i < talkers && source_wraps; i++) {
        const struct stage_track *said = &members[i]->said;
        assert_true(said->packets[0].rtp_time > said->packets[said->count - 1].rtp_time);
    }
    const struct stage_track *heard = &members[talkers]->heard;
    if (age_us > 0)
        assert_true(packet_time(&heard->packets[0]) > packet_time(&heard->packets[heard->count - 1]));
    stage_destroy(s);
}

static void wraps_are_not_heard(void **state)
{
    (void)state;
    for (unsigned talkers = 1; talkers <= 2; talkers++) {
        talk(talkers, WRAP_US - 3 * (span_us)US_PER_S, false);
        talk(talkers, 0, true);
        talk(talkers, WRAP_US - 3 * (span_us)US_PER_S, true);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(wraps_are_not_heard)};
    voices[0] = sound_speech("speech-en");
    voices[1] = sound_speech("speech-it");
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    sound_free(&voices[0]);
    sound_free(&voices[1]);
    return failed;
}
