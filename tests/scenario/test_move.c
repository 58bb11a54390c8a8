/* Another network in mid-speech: a new address, the WebSocket gone and made again. Sound goes on. */
#include "../unit/rows.h"
#include "check.h"

#define BACK_WITHIN_US (2 * (span_us)US_PER_S)

static struct sound speech;

/* The longest time without sound from then on. */
static span_us longest_gap(const struct stage_member *m, point_us from_us)
{
    span_us longest = 0;
    for (size_t i = 1; i < m->heard.count; i++) {
        const struct stage_packet *a = &m->heard.packets[i - 1], *b = &m->heard.packets[i];
        if (a->at_us >= from_us && b->at_us - a->at_us > longest)
            longest = b->at_us - a->at_us;
    }
    return longest;
}

static void move(bool speaker_moves)
{
    struct stage_config config = stage_config_good(17);
    struct stage *s = stage_create(&config);
    stage_session(s);
    struct stage_member *lecturer = stage_enter(s, "lecturer", "lecturer", NULL);
    struct stage_member *ear = stage_enter(s, "trainee", "ear", NULL);
    struct stage_member *other = stage_enter(s, "trainee", "other", NULL);
    stage_run_until_up(s);
    stage_talk(lecturer, TALK_SOUND, &speech);
    stage_run(s, 2 * (span_us)US_PER_S);
    point_us moved_us = s->now_us - 100 * US_PER_MS;
    struct stage_member *mover = speaker_moves ? lecturer : ear;
    stage_move(mover);
    stage_run(s, 10 * (span_us)US_PER_S);
    assert_int_equal(mover->downs, 0); /* the path is the same, keys and numbers go on */
    span_us gap = longest_gap(ear, moved_us);
    if (gap > BACK_WITHIN_US)
        fail_msg("%lld ms without sound", (long long)(gap / US_PER_MS));
    if (!speaker_moves)
        check_stream(other, 0, false);
    assert_true(s->now_us - ear->heard.packets[ear->heard.count - 1].at_us < 100 * US_PER_MS);
    stage_destroy(s);
}

static void the_speaker_moves(void **state)
{
    (void)state;
    move(true);
}

static void a_listener_moves(void **state)
{
    (void)state;
    move(false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_speaker_moves),
                                       cmocka_unit_test(a_listener_moves)};
    speech = sound_speech("speech-en");
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    sound_free(&speech);
    return failed;
}
