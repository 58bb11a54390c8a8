/* Thousands of steps at random: people in halls and remote talk and stop, are muted and granted, lose their
 * WebSocket. Whatever they do: a listener's numbers grow by one, times never overlap, no number is sealed
 * twice (the receiver would drop the second), and nobody hears his own hall. And where lines are bad,
 * networks change and the relay is killed besides: nobody hears his own hall, and when it is calm again all
 * is as it was. */
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

/* What happens to the whole of it now and then. */
static void disaster(struct wild *w)
{
    struct stage *s = w->stage;
    struct stage_member *m = w->members[roll(w, PEOPLE)];
    struct sim_path_config bad = {.delay_us = (span_us)roll(w, 150) * US_PER_MS,
                                  .jitter_us = (span_us)roll(w, 60) * US_PER_MS,
                                  .loss = 0.01 * roll(w, 20),
                                  .reorder = 0.01 * roll(w, 5),
                                  .reorder_us = 40 * US_PER_MS,
                                  .duplicate = 0.01 * roll(w, 5)};
    switch (roll(w, 60)) {
    case 0:
        if (!s->desk)
            break;
        stage_kill(s);
        s->rise_us = s->now_us + (span_us)roll(w, 1500) * US_PER_MS;
        break;
    case 1:
        stage_move(m);
        break;
    case 2:
    case 3:
        stage_lines(m, &bad, NULL);
        break;
    case 4:
    case 5:
        stage_lines(m, NULL, &bad);
        break;
    default:
        break;
    }
}

static bool same_place(unsigned i, uint32_t number, const struct wild *w)
{
    for (unsigned k = 0; k < PEOPLE; k++)
        if (w->members[k]->number == number)
            return i == k ||
                   (people[i].room && people[k].room && strcmp(people[i].room, people[k].room) == 0);
    return false;
}

static void check_places(const struct wild *w, unsigned i)
{
    const struct stage_member *m = w->members[i];
    for (size_t k = 0; k < m->heard.count; k++)
        for (unsigned c = 0; c < m->heard.packets[k].csrc_count; c++)
            if (same_place(i, m->heard.packets[k].csrc[c], w))
                fail_msg("%s hears his own place in packet %zu", m->name, k);
}

static void check(const struct wild *w)
{
    for (unsigned i = 0; i < PEOPLE; i++) {
        const struct stage_member *m = w->members[i];
        struct aula_counters counters;
        check_stream(m, 0, false);
        check_places(w, i);
        client_counters(m->client, &counters);
        assert_int_equal(counters.dropped, 0);
        assert_true(m->heard.count > 100);
    }
}

static struct wild begin(uint64_t seed)
{
    struct stage_config config = stage_config_good(100 + seed);
    struct wild w = {.stage = stage_create(&config)};
    sim_random_seed(&w.dice, seed);
    stage_session(w.stage);
    for (unsigned i = 0; i < PEOPLE; i++)
        w.members[i] = stage_enter(w.stage, people[i].role, people[i].name, people[i].room);
    stage_run_until_up(w.stage);
    return w;
}

/* The lines are good again, everyone is silent for a while; then the chair speaks, and all hear him. */
static void check_calm(struct wild *w)
{
    static const struct sim_path_config good = {.delay_us = 20 * US_PER_MS};
    for (unsigned i = 0; i < PEOPLE; i++) {
        stage_lines(w->members[i], &good, &good);
        stage_talk(w->members[i], TALK_NOTHING, NULL);
    }
    stage_run(w->stage, 20 * (span_us)US_PER_S);
    do_if_joined(w->members[0], VERB_UNMUTE, 0);
    do_if_joined(w->members[0], VERB_GRANT, w->members[0]->number); /* he may have given it back */
    stage_run(w->stage, US_PER_S);
    stage_talk(w->members[0], TALK_SOUND, &voices[0]);
    stage_run(w->stage, 3 * (span_us)US_PER_S);
    for (unsigned i = 0; i < PEOPLE; i++) {
        struct stage_member *m = w->members[i];
        size_t before = m->heard.count;
        if (i == 0)
            continue;
        assert_true(stage_is_joined(m));
        stage_run(w->stage, 200 * US_PER_MS);
        if (heard_of(m, w->members[0], before) < 8)
            fail_msg("%s does not hear the chair any more", m->name);
        check_places(w, i);
    }
}

static void whatever_happens_to_them(void **state)
{
    (void)state;
    for (uint64_t seed = 51; seed <= 58; seed++) {
        struct wild w = begin(seed);
        for (int n = 0; n < STEPS; n++) {
            step(&w);
            disaster(&w);
        }
        assert_true(w.stage->kills > 0);
        check_calm(&w);
        stage_destroy(w.stage);
    }
}

static void whatever_they_do(void **state)
{
    (void)state;
    static const struct sim_path_config jittery = {.delay_us = 15 * US_PER_MS, .jitter_us = 25 * US_PER_MS};
    for (uint64_t seed = 1; seed <= 12; seed++) {
        struct wild w = begin(seed);
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
    const struct CMUnitTest tests[] = {cmocka_unit_test(whatever_they_do),
                                       cmocka_unit_test(whatever_happens_to_them)};
    voices[0] = sound_speech("speech-en");
    voices[1] = sound_speech("utterances-it");
    voices[2] = sound_speech("utterances-fr-loud");
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    for (int i = 0; i < 3; i++)
        sound_free(&voices[i]);
    return failed;
}
