/* The lecturer's own microphone and that of his hall carry one voice, some milliseconds apart: everyone
 * elsewhere hears it once, passed, from the lecturer's. Without him the hall's own is heard; both where a
 * chair has opened both. With a
 * folder as argument, what is heard is kept there. */
#include "../unit/rows.h"
#include "check.h"

#include <math.h>

#define NOISE 0.001 /* -65 dBFS rms, of the hall */

static struct sound lecture, sentences;
static const char *folder; /* where what is heard is kept; NULL = nowhere */

struct scene {
    struct stage *stage;
    struct stage_member *chair, *lecturer, *hall_a, *hall_b, *listener;
    struct sound far; /* what hall A's microphone hears of the lecturer */
};

/* The voice as a microphone hears it that stands so far away, in a hall with walls. */
static struct sound heard_in_hall(const struct sound *voice, int delay_ms, double db)
{
    struct air air;
    struct sim_random dice;
    struct sound far = {calloc(voice->samples, sizeof *far.pcm), voice->samples};
    assert_non_null(far.pcm);
    sim_random_seed(&dice, 3);
    air_init(&air, db, delay_ms + 20, 500);
    for (size_t i = TICK_SAMPLES; i + TICK_SAMPLES <= voice->samples; i += TICK_SAMPLES)
        air_echo(&air, voice->pcm, i + TICK_SAMPLES, far.pcm + i, TICK_SAMPLES);
    for (size_t i = 0; i < far.samples; i++)
        far.pcm[i] += (float)(NOISE * sqrt(3) * (2 * sim_random_unit(&dice) - 1));
    return far;
}

static void begin(struct scene *c, const struct sound *voice, int delay_ms, double db, span_us line_us)
{
    struct stage_config config = stage_config_good(11);
    *c = (struct scene){.stage = stage_create(&config), .far = heard_in_hall(voice, delay_ms, db)};
    stage_session(c->stage);
    c->lecturer = stage_enter(c->stage, "lecturer", "lecturer", "Hall A");
    c->hall_a = stage_enter(c->stage, "room", "hall A", "Hall A");
    c->hall_b = stage_enter(c->stage, "room", "hall B", "Hall B");
    c->chair = stage_enter(c->stage, "chair", "chair", NULL);
    c->listener =
        stage_join(c->stage, &(struct stage_join){.role = "trainee", .name = "listener", .hears = true});
    struct sim_path_config line = config.line;
    line.delay_us += line_us;
    stage_lines(c->lecturer, &line, NULL);
    stage_run_until_up(c->stage);
}

static void end(struct scene *c)
{
    free(c->far.pcm);
    stage_destroy(c->stage);
}

/* Of the voice itself; silence before and after a sentence may be heard from either, or not at all. */
static void check_heard_once(const struct scene *c, const struct stage_member *m, bool whole, int row)
{
    size_t own = heard_of(m, c->lecturer, 0);
    if (heard_of(m, c->hall_a, 0) > 0)
        fail_msg("row %d: %s hears %zu packets of the hall's own microphone", row + 1, m->name,
                 heard_of(m, c->hall_a, 0));
    check_stream(m, 0, whole);
    if (whole)
        check_passed(m, c->lecturer, 0, own);
    ROW_TRUE(row, own > c->lecturer->said.count * 9 / 10);
}

/* What is heard, and what would be if both microphones were. */
static void keep_sound(const struct scene *c, int row)
{
    char path[1024];
    size_t samples = c->lecturer->sound_at;
    if (!folder)
        return;
    snprintf(path, sizeof path, "%s/heard-%d.wav", folder, row + 1);
    sound_write(path, c->listener->pcm, c->listener->pcm_samples);
    for (size_t i = 0; i < samples; i++)
        c->far.pcm[i] += c->lecturer->sound->pcm[i];
    snprintf(path, sizeof path, "%s/both-%d.wav", folder, row + 1);
    sound_write(path, c->far.pcm, samples);
}

static void one_voice_in_two_microphones_is_heard_once(void **state)
{
    (void)state;
    static const struct {
        int delay_ms;
        double db;
        bool sentences;
    } rows[] = {{5, -3, false}, {25, -6, false}, {60, -12, false}, {25, 0, false},
                {60, 6, false}, {5, -3, true},   {25, -6, true},   {60, -12, true}};
    for (int i = 0; i < (int)COUNT(rows); i++) {
        const struct sound *voice = rows[i].sentences ? &sentences : &lecture;
        struct scene c;
        begin(&c, voice, rows[i].delay_ms, rows[i].db, 0);
        stage_talk(c.lecturer, TALK_SOUND, voice);
        stage_run(c.stage, rows[i].sentences ? 0 : US_PER_S);
        stage_talk(c.hall_a, TALK_SOUND, &c.far);
        c.hall_a->sound_at = c.lecturer->sound_at;
        stage_run(c.stage, 8 * (span_us)US_PER_S);
        check_heard_once(&c, c.listener, !rows[i].sentences, i);
        check_heard_once(&c, c.hall_b, !rows[i].sentences, i);
        keep_sound(&c, i);
        struct session_counters counters = stage_counters(c.stage);
        ROW_EQUAL(i, counters.decodes + counters.encodes, 0);
        end(&c);
    }
}

/* The hall's packets are there first, by 85 ms: of each sentence's first it is heard from the hall. */
static void on_a_slow_line_the_lecturer_takes_over(void **state)
{
    (void)state;
    struct scene c;
    begin(&c, &sentences, 25, -6, 60 * US_PER_MS);
    stage_talk(c.lecturer, TALK_SOUND, &sentences);
    stage_talk(c.hall_a, TALK_SOUND, &c.far);
    stage_run(c.stage, 12 * (span_us)US_PER_S);
    check_stream(c.listener, 0, false);
    assert_in_range(heard_of(c.listener, c.hall_a, 0), 0, 10);
    assert_true(heard_of(c.listener, c.lecturer, 0) > c.lecturer->said.count * 9 / 10);
    end(&c);
}

static void without_the_lecturer_the_hall_is_heard(void **state)
{
    (void)state;
    struct scene c;
    begin(&c, &lecture, 25, -6, 0);
    stage_talk(c.lecturer, TALK_SOUND, &lecture);
    stage_talk(c.hall_a, TALK_SOUND, &c.far);
    stage_run(c.stage, 3 * (span_us)US_PER_S);
    check_not_heard(c.listener, c.hall_a, 0);
    stage_talk(c.lecturer, TALK_DIGITAL_SILENCE, NULL);
    size_t from = c.listener->heard.count;
    stage_run(c.stage, 3 * (span_us)US_PER_S);
    assert_in_range(heard_of(c.listener, c.hall_a, from), 125, 140); /* 300 ms after him, and the way */
    end(&c);
}

static void a_chair_opens_both(void **state)
{
    (void)state;
    struct scene c;
    begin(&c, &lecture, 25, -6, 0);
    stage_do(c.chair, &(struct action){.verb = VERB_OPEN_BOTH, .who = c.hall_a->number});
    stage_run(c.stage, US_PER_S);
    assert_true(strstr(stage_ask(c.stage, "{\"verb\":\"show\",\"session\":\"%s\"}", c.stage->session),
                       "\"both\":true"));
    stage_talk(c.lecturer, TALK_SOUND, &lecture);
    stage_talk(c.hall_a, TALK_SOUND, &c.far);
    stage_run(c.stage, 3 * (span_us)US_PER_S);
    size_t both = heard_of(c.listener, c.hall_a, 0);
    assert_in_range(both, 140, 150);
    assert_int_equal(c.listener->heard.packets[c.listener->heard.count - 1].csrc_count, 2);
    stage_do(c.chair, &(struct action){.verb = VERB_CLOSE_BOTH, .who = c.hall_a->number});
    stage_run(c.stage, US_PER_S);
    size_t from = c.listener->heard.count;
    stage_run(c.stage, 2 * (span_us)US_PER_S);
    check_not_heard(c.listener, c.hall_a, from);
    assert_int_equal(c.hall_a->heard.count, 0); /* nothing of its own, all the time */
    end(&c);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(one_voice_in_two_microphones_is_heard_once),
                                       cmocka_unit_test(on_a_slow_line_the_lecturer_takes_over),
                                       cmocka_unit_test(without_the_lecturer_the_hall_is_heard),
                                       cmocka_unit_test(a_chair_opens_both)};
    folder = argc > 1 ? argv[1] : NULL;
    lecture = sound_speech("speech-en");
    sentences = sound_speech("utterances-it");
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    sound_free(&lecture);
    sound_free(&sentences);
    return failed;
}
