/* A late joiner has all at once; a page turn is shown when the sound of that instant is played, on clocks
 * that drift apart too. */
#include "../unit/rows.h"
#include "check.h"

#include <math.h>
#include <stdlib.h>

#define LISTENERS 6

static struct sound noise, burst;
static int minutes = 4; /* of drift; as an argument: with nothing else */

static void a_late_joiner_has_all_in_one_welcome(void **state)
{
    (void)state;
    struct stage_config config = stage_config_good(9);
    struct stage *s = stage_create(&config);
    stage_session(s);
    struct stage_member *lecturer = stage_enter(s, "lecturer", "lecturer", NULL);
    stage_enter(s, "room", "room A", "Hall A");
    stage_deck(s, "deck1", 20);
    stage_run_until_up(s);
    stage_do(lecturer, &(struct action){.verb = VERB_PAGE, .deck = "deck1", .page = 7});
    stage_run(s, US_PER_S);
    struct stage_member *late = stage_enter(s, "trainee", "late", NULL);
    point_us began_us = s->now_us;
    stage_run(s, US_PER_S);
    const struct stage_told *joined = stage_told_last(late, AULA_JOINED, NULL);
    const struct stage_told *page = stage_told_last(late, AULA_PAGE, NULL);
    assert_true(joined && page);
    assert_non_null(strstr(joined->text, "\"room A\""));
    assert_non_null(strstr(page->text, "\"page\":7"));
    assert_int_equal(page->at_us, joined->at_us);
    assert_in_range(joined->at_us, began_us, began_us + 200 * US_PER_MS);
    assert_int_equal(client_mirror(late->client)->page, 7);
    assert_int_equal(client_mirror(late->client)->people_count, 3);
    assert_int_equal(stage_told_count(late, AULA_JOINED, NULL), 1);
    stage_destroy(s);
}

static const struct {
    struct sim_path_config down;
    span_us sentence_us;
} lines[LISTENERS] = {
    {{.delay_us = 5 * US_PER_MS}, 5 * US_PER_MS},
    {{.delay_us = 150 * US_PER_MS}, 10 * US_PER_MS},
    {{.delay_us = 10 * US_PER_MS}, 200 * US_PER_MS}, /* the sentence comes after the sound: at once, then */
    {{.delay_us = 40 * US_PER_MS, .jitter_us = 60 * US_PER_MS}, 40 * US_PER_MS},
    {{.delay_us = 80 * US_PER_MS, .loss = 0.05}, 80 * US_PER_MS},
    {{.delay_us = 60 * US_PER_MS, .jitter_us = 30 * US_PER_MS, .loss = 0.02}, 20 * US_PER_MS}};

/* When the burst is first heard, in the listener's own recording. */
static point_us burst_us(const struct stage_member *m, point_us from_us)
{
    for (size_t i = 0; i < m->pcm_samples; i++)
        if (fabsf(m->pcm[i]) > 0.1f && stage_played_us(m, i) >= from_us)
            return stage_played_us(m, i);
    fail_msg("%s never hears the burst", m->name);
    return 0;
}

/* To the moment at which the lecturer's next tick begins. */
static void to_his_tick(struct stage *s, const struct stage_member *lecturer)
{
    stage_run(s, stage_next_tick_us(lecturer) - s->now_us - 1);
}

/* The lecturer turns to a page with a burst of sound: each listener is shown it when that is played. By how
 * much at the most it was beside it. */
static span_us turn_page(struct stage *s, struct stage_member *lecturer,
                         struct stage_member *const *listeners, int count, uint32_t page)
{
    span_us most = 0;
    to_his_tick(s, lecturer);
    stage_talk(lecturer, TALK_SOUND, &burst);
    stage_run(s, 1);
    point_us turned_us = s->now_us;
    stage_do(lecturer, &(struct action){.verb = VERB_PAGE, .deck = "deck1", .page = page});
    stage_run(s, 200 * US_PER_MS);
    stage_talk(lecturer, TALK_SOUND, &noise);
    stage_run(s, 1300 * US_PER_MS);
    for (int i = 0; i < count; i++) {
        const struct stage_told *told = stage_told_last(listeners[i], AULA_PAGE, NULL);
        assert_true(told && told->at_us >= turned_us);
        point_us sound_us = burst_us(listeners[i], turned_us), earliest = told->at_us;
        span_us apart = told->shown_us - (earliest > sound_us ? earliest : sound_us);
        if (apart > 40 * US_PER_MS || apart < -40 * US_PER_MS)
            fail_msg("%s, page %u: shown %lld us after its sound", listeners[i]->name, page,
                     (long long)apart);
        apart = apart < 0 ? -apart : apart;
        most = apart > most ? apart : most;
    }
    return most;
}

static void shown_when_its_sound_is_played(void **state)
{
    (void)state;
    struct stage_config config = stage_config_good(10);
    struct stage *s = stage_create(&config);
    struct stage_member *listeners[LISTENERS];
    stage_session(s);
    struct stage_member *lecturer = stage_enter(s, "lecturer", "lecturer", NULL);
    for (int i = 0; i < LISTENERS; i++) {
        char name[20];
        snprintf(name, sizeof name, "listener %d", i + 1);
        listeners[i] = stage_join(
            s, &(struct stage_join){
                   .role = "trainee", .name = name, .hears = true, .sentence_us = lines[i].sentence_us});
        stage_lines(listeners[i], NULL, &lines[i].down);
    }
    stage_deck(s, "deck1", 20);
    stage_run_until_up(s);
    stage_talk(lecturer, TALK_SOUND, &noise);
    stage_run(s, 3 * (span_us)US_PER_S);
    for (uint32_t page = 1; page <= 8; page++)
        turn_page(s, lecturer, listeners, LISTENERS, page);
    stage_destroy(s);
}

/* Clocks of lecturer and listeners that drift apart by up to 400 ppm, for minutes or hours of one talk: at
 * its start, in the middle and at its end a page is shown with its sound. */
static void drifting_clocks_do_not_part_them(void **state)
{
    (void)state;
    static const double ppm[][4] = {{200, -200, 0, 200}, {-200, 200, 0, -200}};
    for (size_t k = 0; k < COUNT(ppm); k++) {
        struct stage_config config = stage_config_good(12);
        struct stage *s = stage_create(&config);
        struct stage_member *listeners[3];
        span_us most[3];
        stage_session(s);
        struct stage_member *lecturer =
            stage_join(s, &(struct stage_join){.role = "lecturer", .name = "lecturer", .ppm = ppm[k][0]});
        for (int i = 0; i < 3; i++)
            listeners[i] = stage_join(s, &(struct stage_join){.role = "trainee",
                                                              .name = i == 0   ? "one"
                                                                      : i == 1 ? "two"
                                                                               : "three",
                                                              .hears = true,
                                                              .ppm = ppm[k][1 + i]});
        stage_deck(s, "deck1", 20);
        stage_run_until_up(s);
        stage_talk(lecturer, TALK_SOUND, &noise);
        for (int part = 0; part < 3; part++) {
            for (int i = 0; i < minutes && part > 0; i++) {
                stage_run(s, 30 * (span_us)US_PER_S); /* twice: half of it each time */
                for (size_t n = 0; n < s->member_count; n++)
                    stage_forget(s->members[n]);
            }
            stage_run(s, 3 * (span_us)US_PER_S);
            most[part] = turn_page(s, lecturer, listeners, 3, (uint32_t)part + 1);
        }
        print_message("# lecturer %+.0f ppm, %d minutes: pages beside their sound by %.1f ms at most at the "
                      "start, %.1f in the middle, %.1f at the end\n",
                      ppm[k][0], minutes, (double)most[0] / US_PER_MS, (double)most[1] / US_PER_MS,
                      (double)most[2] / US_PER_MS);
        stage_destroy(s);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest drift[] = {cmocka_unit_test(drifting_clocks_do_not_part_them)};
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_late_joiner_has_all_in_one_welcome),
                                       cmocka_unit_test(shown_when_its_sound_is_played),
                                       cmocka_unit_test(drifting_clocks_do_not_part_them)};
    struct sim_random dice;
    noise = sound_speech("speech-en");
    burst = sound_speech("speech-it");
    sim_random_seed(&dice, 11);
    for (size_t i = 0; i < noise.samples; i++)
        noise.pcm[i] = 0.02f * (float)(2 * sim_random_unit(&dice) - 1);
    for (size_t i = 0; i < burst.samples; i++)
        burst.pcm[i] = 0.5f * sinf(6.2831853f * 700 * (float)(i % SAMPLES_PER_S) / SAMPLES_PER_S);
    minutes = argc > 1 ? atoi(argv[1]) : minutes;
    int failed =
        argc > 1 ? cmocka_run_group_tests(drift, NULL, NULL) : cmocka_run_group_tests(tests, NULL, NULL);
    sound_free(&noise);
    sound_free(&burst);
    return failed;
}
