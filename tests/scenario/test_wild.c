/* Thousands of steps at random: people in halls and remote talk and stop, are muted and granted, lose their
 * WebSocket. Whatever they do: a listener's numbers grow by one, times never overlap, no number is sealed
 * twice (the receiver would drop the second), and nobody hears his own hall. */
#include "../unit/rows.h"
#include "check.h"

#define PEOPLE  10
#define STEPS   1500
#define STEP_US (12 * US_PER_MS)

static struct sound voices[3];

static const struct {
    const char *role, *name, *room;
} people[PEOPLE] = {
    {"chair", "chair", NULL},        {"lecturer", "lecturer A", "Hall A"}, {"room", "room A", "Hall A"},
    {"room", "room B", "Hall B"},    {"lecturer", "lecturer B", "Hall B"}, {"lecturer", "lecturer", NULL},
    {"trainee", "seat A", "Hall A"}, {"trainee", "seat B", "Hall B"},      {"trainee", "remote 1", NULL},
    {"trainee", "remote 2", NULL}};

struct wild {
    struct stage *stage;
    struct sim_random dice;
    struct stage_member *members[PEOPLE];
};

static unsigned roll(struct wild *w, unsigned below)
{
    return (unsigned)(sim_random_u64(&w->dice) % below);
}

static void do_if_joined(struct stage_member *m, enum verb verb, uint32_t who)
{
    if (m->client && stage_is_joined(m))
        stage_do(m, &(struct action){.verb = verb, .who = who});
}

static void step(struct wild *w)
{
    unsigned i = roll(w, PEOPLE);
    struct stage_member *m = w->members[i];
    switch (roll(w, 24)) {
    case 0:
        do_if_joined(m, VERB_MUTE, 0);
        break;
    case 1:
        do_if_joined(m, VERB_UNMUTE, 0);
        break;
    case 2:
        do_if_joined(w->members[0], VERB_GRANT, m->number);
        break;
    case 3:
        do_if_joined(w->members[0], VERB_RELEASE, m->number);
        break;
    case 4:
        if (roll(w, 4) == 0)
            stage_cut(m);
        break;
    case 5:
        do_if_joined(w->members[0], roll(w, 2) ? VERB_PIN : VERB_UNPIN, w->members[2]->number);
        break;
    case 6:
    case 7:
        stage_talk(m, TALK_NOTHING, NULL);
        break;
    case 8:
    case 9:
        stage_talk(m, TALK_SOUND, &voices[roll(w, 3)]);
        break;
    default:
        break; /* time passes */
    }
    stage_run(w->stage, STEP_US);
}

static bool same_place(unsigned i, uint32_t number, const struct wild *w)
{
    for (unsigned k = 0; k < PEOPLE; k++)
        if (w->members[k]->number == number)
            return i == k ||
                   (people[i].room && people[k].room && strcmp(people[i].room, people[k].room) == 0);
    return false;
}

static void check(const struct wild *w)
{
    for (unsigned i = 0; i < PEOPLE; i++) {
        const struct stage_member *m = w->members[i];
        struct aula_counters counters;
        check_stream(m, 0, false);
        for (size_t k = 0; k < m->heard.count; k++)
            for (unsigned c = 0; c < m->heard.packets[k].csrc_count; c++)
                if (same_place(i, m->heard.packets[k].csrc[c], w))
                    fail_msg("%s hears his own place in packet %zu", m->name, k);
        client_counters(m->client, &counters);
        assert_int_equal(counters.dropped, 0);
        assert_true(m->heard.count > 100);
    }
}

static void whatever_they_do(void **state)
{
    (void)state;
    static const struct sim_path_config jittery = {.delay_us = 15 * US_PER_MS, .jitter_us = 25 * US_PER_MS};
    for (uint64_t seed = 1; seed <= 12; seed++) {
        struct stage_config config = stage_config_good(100 + seed);
        struct wild w = {.stage = stage_create(&config)};
        sim_random_seed(&w.dice, seed);
        stage_session(w.stage);
        for (unsigned i = 0; i < PEOPLE; i++)
            w.members[i] = stage_enter(w.stage, people[i].role, people[i].name, people[i].room);
        stage_run_until_up(w.stage);
        for (unsigned i = 0; i < PEOPLE; i += 2)
            stage_lines(w.members[i], &jittery, NULL);
        for (int n = 0; n < STEPS; n++)
            step(&w);
        check(&w);
        stage_destroy(w.stage);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(whatever_they_do)};
    voices[0] = sound_speech("speech-en");
    voices[1] = sound_speech("utterances-it");
    voices[2] = sound_speech("utterances-fr-loud");
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    for (int i = 0; i < 3; i++)
        sound_free(&voices[i]);
    return failed;
}
