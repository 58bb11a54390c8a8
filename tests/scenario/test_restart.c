/* The relay is killed at every row of a session, before and after it is on disk and the desk heard of it:
 * nothing that anybody was told is lost, everyone comes back to his seat, and the lecture is heard again. */
#include "../unit/rows.h"
#include "check.h"

#define DEAD_US (500 * (span_us)US_PER_MS)
#define COMMIT_US                                                                                            \
    (50 * (span_us)US_PER_MS) /* longer than a sentence is under way: what is told too early arrives */
#define AGAIN_US (3 * (span_us)US_PER_S) /* heard again within 3 s */

static struct sound speech;

struct cast {
    struct stage *stage;
    struct stage_member *chair, *lecturer, *one, *two;
    size_t first_row; /* rows before anyone joined */
};

static bool answered(const struct stage_member *m, int64_t command)
{
    for (size_t i = m->told_count; i-- > 0;)
        if (m->told[i].kind == AULA_DONE && m->told[i].command == command)
            return true;
    return false;
}

/* Says it until it is done, as a person would whose connection breaks now and then. */
static void insist(struct stage_member *m, const struct action *action)
{
    struct stage *s = m->stage;
    int64_t command = 0;
    bool said = false;
    unsigned losses = 0;
    for (point_us until = s->now_us + 20 * (span_us)US_PER_S; s->now_us < until;
         stage_run(s, 5 * US_PER_MS)) {
        if (said && answered(m, command))
            return;
        if (!stage_is_joined(m) || (said && losses == m->losses))
            continue;
        assert_int_equal(client_do(m->client, action, s->now_us, &command), ERR_NONE);
        stage_settle_member(m);
        losses = m->losses;
        said = true;
    }
    fail_msg("%s is never answered", m->name);
}

static void enter(struct cast *c)
{
    struct stage_config config = stage_config_good(12);
    c->stage = stage_create(&config);
    stage_session(c->stage);
    stage_deck(c->stage, "deck1", 9);
    c->chair = stage_enter(c->stage, "chair", "chair", NULL);
    c->lecturer = stage_enter(c->stage, "lecturer", "lecturer", "Hall A");
    c->one = stage_enter(c->stage, "trainee", "one", NULL);
    c->two = stage_enter(c->stage, "trainee", "two", "Hall B");
    c->first_row = c->stage->row_count;
    c->stage->config.commit_us = COMMIT_US;
}

static void play(struct cast *c)
{
    stage_talk(c->lecturer, TALK_SOUND, &speech);
    insist(c->two, &(struct action){.verb = VERB_HAND_UP});
    insist(c->one, &(struct action){.verb = VERB_HAND_UP});
    insist(c->lecturer, &(struct action){.verb = VERB_PAGE, .deck = "deck1", .page = 3});
    insist(c->chair, &(struct action){.verb = VERB_HAND_UP});
    insist(c->chair, &(struct action){.verb = VERB_GRANT, .who = c->one->number});
    insist(c->two, &(struct action){.verb = VERB_CHAT, .text = "louder, please"});
    insist(c->chair, &(struct action){.verb = VERB_MUTE, .who = c->one->number});
    insist(c->lecturer, &(struct action){.verb = VERB_PAGE, .deck = "deck1", .page = 4});
    stage_run(c->stage, 2 * (span_us)US_PER_S);
}

static const char *row_of_event(const struct stage *s, uint64_t n)
{
    for (size_t i = 0; i < s->row_count; i++)
        if (s->rows[i].row.kind == ROW_EVENT && s->rows[i].row.n == n)
            return s->rows[i].text;
    return "nothing";
}

/* Whatever anybody was told is what the log says. */
static void check_told(const struct stage *s)
{
    for (size_t i = 0; i < s->member_count; i++)
        for (size_t k = 0; k < s->members[i]->told_count; k++) {
            const struct stage_told *t = &s->members[i]->told[k];
            bool event = t->kind == AULA_TOLD || (t->kind == AULA_PAGE && t->n > 0);
            if (event && strcmp(t->text, row_of_event(s, t->n)) != 0)
                fail_msg("kill %zu: %s was told %s, the log says %s", s->kills ? s->committed : 0,
                         s->members[i]->name, t->text, row_of_event(s, t->n));
            if (t->kind == AULA_DONE && t->n > 0)
                assert_string_not_equal(row_of_event(s, t->n), "nothing");
        }
}

static void check_mirror(const struct cast *c, const struct stage_member *m)
{
    const struct mirror *mirror = client_mirror(m->client);
    const struct mirror_person *one = mirror_person(mirror, c->one->number);
    assert_true(stage_is_joined(m));
    assert_int_equal(mirror->you, m->number);
    assert_int_equal(mirror->page, 4);
    assert_int_equal(mirror_queue(mirror, c->two->number), 1);
    assert_int_equal(mirror_queue(mirror, c->chair->number), 2);
    assert_int_equal(mirror_queue(mirror, c->one->number), 0);
    assert_true(one && one->floor && one->muted && one->present);
    assert_int_equal(mirror->people_count, 4);
    assert_true(mirror->chat_total >= 1);
}

static point_us heard_after(const struct stage_member *m, point_us from_us)
{
    for (size_t i = 0; i < m->heard.count; i++)
        if (m->heard.packets[i].at_us > from_us && !packet_is_silence(&m->heard.packets[i]))
            return m->heard.packets[i].at_us;
    return NEVER_US;
}

static void check_end(const struct cast *c)
{
    struct stage *s = c->stage;
    check_told(s);
    for (size_t i = 0; i < s->member_count; i++)
        check_mirror(c, s->members[i]);
    if (s->kills == 0)
        return;
    point_us under_way_us = s->killed_us + s->config.line.delay_us;
    point_us again_us = heard_after(c->two, under_way_us);
    if (again_us > s->killed_us + AGAIN_US)
        fail_msg("heard again after %lld ms", (long long)(again_us - s->killed_us) / US_PER_MS);
}

static size_t rows_without_a_kill(size_t *ret_first)
{
    struct cast c;
    enter(&c);
    play(&c);
    check_end(&c);
    size_t rows = c.stage->row_count;
    *ret_first = c.first_row;
    stage_destroy(c.stage);
    return rows;
}

static void killed_at_every_row(void **state)
{
    (void)state;
    size_t first, rows = rows_without_a_kill(&first);
    assert_true(rows - first >= 12);
    for (size_t row = first + 1; row <= rows; row++)
        for (enum stage_kill when = KILL_UNSAVED; when <= KILL_TOLD; when++) {
            struct cast c;
            enter(&c);
            c.stage->kill_at = row;
            c.stage->kill_when = when;
            c.stage->dead_for_us = DEAD_US;
            play(&c);
            assert_int_equal(c.stage->kills, 1);
            stage_run(c.stage, 2 * (span_us)US_PER_S);
            check_end(&c);
            stage_destroy(c.stage);
        }
}

/* Twice, the second time while they are coming back. */
static void killed_again_while_coming_back(void **state)
{
    (void)state;
    for (int ms = 0; ms < 1000; ms += 90) {
        struct cast c;
        enter(&c);
        stage_run(c.stage, 2 * (span_us)US_PER_S);
        stage_kill(c.stage);
        stage_run(c.stage, DEAD_US);
        stage_rise(c.stage);
        stage_run(c.stage, ms * US_PER_MS);
        stage_kill(c.stage);
        stage_run(c.stage, DEAD_US);
        stage_rise(c.stage);
        play(&c);
        stage_run(c.stage, 2 * (span_us)US_PER_S);
        check_end(&c);
        stage_destroy(c.stage);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(killed_at_every_row),
                                       cmocka_unit_test(killed_again_while_coming_back)};
    speech = sound_speech("speech-en");
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    sound_free(&speech);
    return failed;
}
