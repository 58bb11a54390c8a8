/* Changes between pass and mix, of a mix's members, and of who belongs to which audience, in the midst of
 * words, with three voices: what a listener's decoder makes of the first frames after each, against the
 * talkers' own decodes. `test_changes N` plays N times as long. */
#include <math.h>

#include "../sim/random.h"
#include "../unit/rows.h"
#include "ear.h"
#include "tape.h"

#define TALKERS     3
#define LISTENERS   4 /* the talkers, and one who only listens */
#define SESSIONS    3
#define ROUNDS      10
#define FIRST       3     /* frames after a change that are looked at */
#define AROUND      12    /* frames without another change on either side, else it is not counted */
#define LOUD        0.018 /* rms, -35 dBFS: a softer frame has no level to be off by */
#define CHANGES_MIN 40    /* of each kind */
#define CHANCE_DB   0.5   /* by which the means of so few frames differ */
#define SPEECH      0.07  /* rms of the voices, -23 dBFS */
#define STEADY      10    /* frames from a change on from which a mix is steady */

enum kind { INTO_MIX, IN_MIX, BACK_TO_PASS, KINDS };
static const char *const kind_names[KINDS] = {"pass to mix", "another set in the mix", "mix to pass"};

struct tally {
    unsigned changes;
    unsigned moved;               /* 20 ms were heard twice, or not at all, in the midst of a word */
    double error_db[FIRST];       /* sums */
    unsigned frames[FIRST];       /* that were loud enough */
    unsigned voices[TALKERS + 1]; /* frames, by how many talk in them */
    double worst_db, most_level_db;
    unsigned level_off; /* by more than 6 dB */
};

static struct tape tapes[TALKERS], hush;
static struct tally tallies[KINDS];
static double steady_db[TALKERS + 1]; /* sums, by how many talk */
static unsigned steady_frames[TALKERS + 1];
static unsigned gaps, overlaps, given_back;
static unsigned times = 1;

static double db(double ratio)
{
    return 10 * log10(ratio);
}

static bool differs(const struct ear_frame *a, const struct ear_frame *b)
{
    return a->passed != b->passed || a->made != b->made || a->talkers != b->talkers;
}

/* Neither changed nor closed in [from, to). */
static bool is_calm(const struct ear *e, size_t from, size_t to)
{
    for (size_t f = from; f < to; f++)
        if (differs(&e->frames[f], &e->frames[from]) || !(e->frames[f].passed || e->frames[f].made) ||
            e->frames[f].at != e->frames[from].at + (session_samples)(f - from) * TICK_SAMPLES)
            return false;
    return true;
}

static unsigned size_of(unsigned set)
{
    unsigned n = 0;
    for (; set; set &= set - 1)
        n++;
    return n;
}

static bool is_loud(const float *pcm)
{
    return ear_energy(pcm, NULL) >= LOUD * LOUD * TICK_SAMPLES;
}

/* Against what should be heard in this frame; after a change in a pause, where nearly nothing is, against
 * speech.
 */
static void look_at_frame(struct tally *t, const struct ear_frame *f, size_t n, const float *expected)
{
    double should = ear_energy(expected, NULL), level_db = fabs(db(ear_energy(f->pcm, NULL) / should));
    double against = t == &tallies[BACK_TO_PASS] ? SPEECH * SPEECH * TICK_SAMPLES : should;
    double error_db = db(ear_energy(f->pcm, expected) / against);
    if (is_loud(expected)) {
        t->most_level_db = fmax(t->most_level_db, level_db);
        t->level_off += level_db > 6;
    } else if (t != &tallies[BACK_TO_PASS]) {
        return;
    }
    t->worst_db = t->frames[n] == 0 && n == 0 ? error_db : fmax(t->worst_db, error_db);
    t->error_db[n] += error_db;
    t->frames[n]++;
    t->voices[size_of(f->talkers)]++;
}

static void look_at_change(const struct ear *e, size_t f)
{
    const struct ear_frame *before = &e->frames[f - 1], *after = &e->frames[f];
    enum kind kind = after->passed ? BACK_TO_PASS : before->passed ? INTO_MIX : IN_MIX;
    struct tally *t = &tallies[kind];
    struct ear_track track;
    if (before->passed && after->passed)
        return; /* another one is passed: he begins */
    ear_follow(e, f - AROUND, f + AROUND, &track);
    unsigned moves = ear_moves(e, &track);
    t->changes++;
    t->moved += moves;
    for (size_t n = 0; n < FIRST; n++) {
        float expected[TICK_SAMPLES];
        ear_expected(e, &track, f + n, expected);
        look_at_frame(t, &e->frames[f + n], n, expected);
    }
}

static void look_at_steady(const struct ear *e, size_t from, size_t to)
{
    struct ear_track track;
    ear_follow(e, from, to, &track);
    for (size_t f = from; f < to; f++) {
        float expected[TICK_SAMPLES];
        ear_expected(e, &track, f, expected);
        unsigned voices = size_of(e->frames[f].talkers);
        if (!is_loud(expected))
            continue;
        steady_db[voices] += db(ear_energy(e->frames[f].pcm, expected) / ear_energy(expected, NULL));
        steady_frames[voices]++;
    }
}

static bool is_audible(const float *pcm)
{
    return ear_energy(pcm, NULL) >= EAR_LOUD * EAR_LOUD * TICK_SAMPLES;
}

static void look_at(const struct ear *e)
{
    for (size_t f = 1; f < e->count; f++) {
        session_samples step = e->frames[f].at - e->frames[f - 1].at;
        bool closed = !e->frames[f - 1].passed && !e->frames[f - 1].made;
        bool pause = e->frames[f - 1].passed && e->frames[f].passed && step == 2 * TICK_SAMPLES &&
                     !is_audible(e->frames[f - 1].pcm) && !is_audible(e->frames[f].pcm);
        given_back += pause; /* a tick that the mix was too early, between two words: no change */
        gaps += step > TICK_SAMPLES && !closed && !pause;
        overlaps += step < TICK_SAMPLES;
    }
    for (size_t f = AROUND; f + AROUND < e->count; f++)
        if (differs(&e->frames[f - 1], &e->frames[f]) && is_calm(e, f - AROUND, f) &&
            is_calm(e, f, f + AROUND))
            look_at_change(e, f);
    for (size_t f = STEADY; f + STEADY < e->count; f += 3 * STEADY)
        if (e->frames[f].made && is_calm(e, f - STEADY, f + STEADY))
            look_at_steady(e, f, f + STEADY);
}

static span_us between(struct sim_random *dice, span_us least, span_us most)
{
    return least + (span_us)(sim_random_u64(dice) % (uint64_t)(most - least));
}

static void begin(struct bench *b, struct member *m, const struct tape *t, struct sim_random *dice)
{
    bench_script(m, &t->script, (size_t)sim_random_u64(dice) % t->script.count);
    if (!m->talks)
        bench_talk(b, m, 0, between(dice, 0, TICK_US));
}

/* He stops: his microphone sends on, or it does not. */
static void stop(struct member *m, bool sends_on)
{
    if (sends_on)
        m->script = &hush.script;
    else
        m->talks = false;
}

/* One talks all the time; a second comes in, a third, and they go. */
static void play(struct bench *b, struct member *const *members, unsigned first, struct sim_random *dice)
{
    unsigned second = (first + 1) % TALKERS, third = (first + 2) % TALKERS;
    begin(b, members[first], &tapes[first], dice);
    bench_run(b, US_PER_S);
    for (int n = 0; n < ROUNDS; n++) {
        bool sends_on = n % 2;
        begin(b, members[second], &tapes[second], dice);
        bench_run(b, between(dice, 600 * US_PER_MS, 1200 * US_PER_MS));
        begin(b, members[third], &tapes[third], dice);
        bench_run(b, between(dice, 600 * US_PER_MS, 1200 * US_PER_MS));
        stop(members[third], sends_on);
        bench_run(b, between(dice, 1500 * US_PER_MS, 1800 * US_PER_MS));
        stop(members[second], sends_on);
        bench_run(b, between(dice, 1800 * US_PER_MS, 2500 * US_PER_MS));
        unsigned swap = second;
        second = third;
        third = swap;
    }
}

static void session(uint64_t seed)
{
    struct bench *b = bench_create(4);
    struct member *members[LISTENERS];
    struct sim_random dice;
    sim_random_seed(&dice, seed);
    for (int i = 0; i < LISTENERS; i++)
        members[i] = bench_join(b, GROUP_REMOTE, SOURCE_SEAT, TIER_FULL);
    play(b, members, (unsigned)(seed % TALKERS), &dice);
    for (int i = 0; i < LISTENERS; i++) {
        struct ear e;
        ear_listen(&e, members[i], members, TALKERS);
        look_at(&e);
        ear_free(&e);
    }
    bench_destroy(b);
}

/* The error of a steady mix of as many as were heard after these changes. */
static double steady_like(const struct tally *t)
{
    double sum = 0;
    unsigned frames = 0;
    for (int n = 1; n <= TALKERS; n++) {
        if (t->voices[n] == 0 || steady_frames[n] == 0)
            continue;
        sum += t->voices[n] * steady_db[n] / steady_frames[n];
        frames += t->voices[n];
    }
    return sum / frames;
}

static void tell(void)
{
    for (int k = 0; k < KINDS; k++) {
        const struct tally *t = &tallies[k];
        print_message("# %s: %u changes, error of the first frames %.1f, %.1f, %.1f dB (steady mix %.1f), "
                      "worst %.1f dB; level off by %.1f "
                      "dB at most; %u times 20 ms twice or not at all\n",
                      kind_names[k], t->changes, t->error_db[0] / t->frames[0], t->error_db[1] / t->frames[1],
                      t->error_db[2] / t->frames[2], steady_like(t), t->worst_db, t->most_level_db, t->moved);
    }
    print_message("# RTP time: %u gaps, %u overlaps; %u times a tick given back between two words\n", gaps,
                  overlaps, given_back);
}

static void changes_are_not_heard(void **state)
{
    (void)state;
    unsigned changes = 0;
    for (uint64_t seed = 1; seed <= SESSIONS * times; seed++)
        session(seed);
    tell();
    for (int k = 0; k < KINDS; k++) {
        const struct tally *t = &tallies[k];
        changes += t->changes;
        ROW_TRUE(k, t->changes >= CHANGES_MIN);
        ROW_EQUAL(k, t->moved, 0);
        ROW_EQUAL(k, t->level_off, 0);
        for (int n = 0; n < FIRST; n++)
            ROW_TRUE(k, t->error_db[n] / t->frames[n] <= steady_like(t) + CHANCE_DB);
    }
    assert_true(changes >= 200);
    assert_int_equal(gaps + overlaps, 0);
}

int main(int argc, char **argv)
{
    static const char *const voices[TALKERS] = {"speech-en", "speech-it", "speech-fr"};
    const struct CMUnitTest tests[] = {cmocka_unit_test(changes_are_not_heard)};
    times = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 1;
    for (int i = 0; i < TALKERS; i++) {
        struct sound sound = sound_speech(voices[i]);
        tapes[i] = tape_make(&sound, &(struct tape_config){.seconds = 30});
        sound_free(&sound);
    }
    float nothing[TICK_SAMPLES] = {0};
    hush = tape_make(&(struct sound){nothing, TICK_SAMPLES}, &(struct tape_config){.seconds = 2});
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    for (int i = 0; i < TALKERS; i++)
        tape_free(&tapes[i]);
    tape_free(&hush);
    return failed;
}
