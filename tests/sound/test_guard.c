/* The echo guard by recorded voices, in virtual time: of two remote participants who talk at once neither is
 * taken for the other's echo, whoever they are, however loud, wherever they begin and stop, with clocks of
 * their own; and the echo of a loudspeaker is found, whatever its delay and its walls. `test_guard HOURS`
 * tries so many hours of two talkers. */
#include <stdlib.h>

#include "../scenario/air.h"
#include "../scenario/sound.h"
#include "../unit/rows.h"
#include "choose/echo.h"
#include "choose/noise.h"
#include "media/level.h"
#include "plane.h"
#include "sim/random.h"

#define REMOTE         (0x80000000u | 7u)
#define OTHER          3u
#define SESSION_TICKS  (600 * 50) /* each two talk for ten minutes */
#define ROOM_DBOV      75         /* of a participant's room, as RFC 6464 says it */
#define ECHO_SECONDS   20
#define TICKS_PER_HOUR (3600.0 * 50)

/* `es` is the woman of `en`. */
static const char *const names[] = {"speech-en",     "speech-it",     "speech-fr",     "speech-es",
                                    "utterances-en", "utterances-it", "utterances-fr", "utterances-es"};

#define VOICES ((int)COUNT(names))

/* A voice's levels, a tick each. */
struct levels {
    uint8_t *dbov; /* owned */
    size_t ticks;
};

static struct sound voices[VOICES];
static struct levels levels[VOICES];
static double hours = 2;
static struct sim_random dice;

static double between(double least, double most)
{
    return least + (most - least) * sim_random_unit(&dice);
}

static struct levels levels_of(const float *pcm, size_t samples)
{
    struct levels l = {.ticks = samples / TICK_SAMPLES};
    l.dbov = malloc(l.ticks);
    assert_non_null(l.dbov);
    for (size_t i = 0; i < l.ticks; i++)
        l.dbov[i] = level_measure(pcm + i * TICK_SAMPLES, TICK_SAMPLES);
    return l;
}

/* ---- two who talk ---- */

/* One of them: his clock, his voice from some place on, and when he talks. */
struct talker {
    const struct levels *levels;
    size_t at;
    int softer_db;
    double next, tick; /* of his next packet; its length by the relay's clock, both in ticks */
    bool stops, talks; /* he stops now and then, wherever he is, and begins again */
    double until;
};

static struct talker talker(int voice, int softer_db, bool stops)
{
    return (struct talker){.levels = &levels[voice],
                           .at = (size_t)between(0, (double)levels[voice].ticks),
                           .softer_db = softer_db,
                           .next = between(0, 1),
                           .tick = 1 + between(-4e-4, 4e-4),
                           .stops = stops};
}

/* His next packet's level; silence where he does not talk. */
static uint8_t say(struct talker *t)
{
    if (t->next >= t->until) {
        t->talks = !t->stops || !t->talks;
        t->until = t->next + 50 * (t->talks ? between(0.3, 10) : between(0.5, 6));
    }
    int dbov = t->talks ? t->levels->dbov[t->at] + t->softer_db : SILENCE_DBOV;
    t->at = (t->at + 1) % t->levels->ticks;
    t->next += t->tick;
    return (uint8_t)(dbov < ROOM_DBOV ? dbov : ROOM_DBOV);
}

struct outcome {
    int found;
    int64_t gated, voiced; /* ticks */
};

/* What of `near` is gated for an echo of `far`. */
static void talk(struct talker *far, struct talker *near, double jitter_ticks, struct outcome *o)
{
    static struct sent sent;
    struct echo echo;
    struct noise noise;
    sent_init(&sent);
    echo_init(&echo, false);
    noise_init(&noise);
    while (near->next < SESSION_TICKS) {
        bool is_far = far->next < near->next, placed = echo.placed;
        int64_t tick = (int64_t)((is_far ? far->next : near->next) + between(0, jitter_ticks));
        uint8_t level = say(is_far ? far : near);
        if (is_far) {
            sent_put(&sent, OTHER, level, 1, tick);
            continue;
        }
        bool sounds = noise_hears(&noise, level, TICK_SAMPLES);
        enum echo_verdict v = echo_packet(&echo, &sent, REMOTE, level, noise.floor_dbov, 1, tick);
        o->found += echo.placed && !placed;
        o->voiced += sounds;
        o->gated += sounds && (v == ECHO_BELOW || v == ECHO_HIDDEN);
    }
}

static void nobody_is_taken_for_anothers_echo(void **state)
{
    (void)state;
    static const int softer_db[] = {0, 6, 12, 20, 30};
    struct outcome o = {0};
    int n = 0;
    for (; n < hours * TICKS_PER_HOUR / SESSION_TICKS; n++) {
        int a = n % VOICES, b = (a + 1 + n / VOICES % 3 + n % 2 * 4) % VOICES;
        struct talker far = talker(a, softer_db[n / 7 % 3], n & 1), near = talker(b, softer_db[n % 5], n & 2);
        if (a % 4 != b % 4)
            talk(&far, &near, n % 3, &o);
    }
    print_message("# %d sessions of ten minutes, %.1f hours of voice: %d times taken for an echo, gated for "
                  "%.2f s\n",
                  n, (double)o.voiced / TICKS_PER_HOUR, o.found, (double)o.gated / 50);
    assert_true(o.voiced >= n * SESSION_TICKS / 10);
    assert_int_equal(o.found, 0);
    assert_int_equal(o.gated, 0);
}

/* ---- a loudspeaker ---- */

static const struct row {
    double coupling_db;
    int delay_ms, fade_ms;
    double jitter_ticks;
    double found_s; /* in so much of its sound, at most */
} rows[] = {
    {-3, 60, 0, 0, 2.5},     {-3, 230, 400, 0, 2.5},  {-10, 390, 800, 0, 2.5},
    {-10, 130, 200, 1.5, 5}, {-20, 60, 800, 0, 2.5},  {-20, 390, 0, 0, 2.5},
    {-20, 230, 400, 1.5, 5}, {-30, 130, 200, 0, 2.5}, {-30, 390, 400, 1.5, 5},
};

/* What a remote participant's microphone hears of his loudspeaker. */
static struct levels echo_of(const struct row *r, const float *pcm, size_t samples)
{
    struct air air;
    float *heard = calloc(samples, sizeof *heard);
    assert_non_null(heard);
    air_init(&air, r->coupling_db, r->delay_ms, r->fade_ms);
    for (size_t at = 0; at + TICK_SAMPLES <= samples; at += TICK_SAMPLES)
        air_echo(&air, pcm, at, heard + at, TICK_SAMPLES);
    for (size_t i = 0; i < samples; i++)
        heard[i] += (float)between(-0.0005, 0.0005); /* -70 dBov */
    struct levels l = levels_of(heard, samples);
    free(heard);
    return l;
}

static void an_echo_is_found_and_kept_out(void **state)
{
    (void)state;
    static struct sent sent;
    for (size_t n = 0; n < COUNT(rows); n++) {
        const struct row *r = &rows[n];
        const float *pcm = voices[n % 3].pcm + 5 * SAMPLES_PER_S;
        size_t samples = (size_t)ECHO_SECONDS * SAMPLES_PER_S;
        struct levels said = levels_of(pcm, samples), heard = echo_of(r, pcm, samples);
        struct echo echo;
        struct noise noise;
        int before = 0, after = 0, above = 0;
        double late = between(0, 1);
        sent_init(&sent);
        echo_init(&echo, false);
        noise_init(&noise);
        for (size_t i = 0; i < said.ticks; i++) {
            sent_put(&sent, OTHER, said.dbov[i], 1, (int64_t)((double)i + between(0, r->jitter_ticks)));
            int64_t tick = (int64_t)((double)i + late + between(0, r->jitter_ticks));
            bool sounds = noise_hears(&noise, heard.dbov[i], TICK_SAMPLES), found = echo.placed;
            enum echo_verdict v = echo_packet(&echo, &sent, REMOTE, heard.dbov[i], noise.floor_dbov, 1, tick);
            before += sounds && !found;
            after += sounds && found;
            above += sounds && found && v == ECHO_ABOVE;
        }
        print_message(
            "# %g dB, %d ms, walls %d ms, jitter %g ms: found after %.1f s of it, then %d of %d packets "
            "taken for a voice\n",
            r->coupling_db, r->delay_ms, r->fade_ms, 20 * r->jitter_ticks, before / 50.0, above, after);
        ROW_TRUE(n, echo.placed && before <= 50 * r->found_s);
        ROW_TRUE(n, above <= (r->jitter_ticks > 0 ? after / 100 : 0));
        free(said.dbov);
        free(heard.dbov);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nobody_is_taken_for_anothers_echo),
                                       cmocka_unit_test(an_echo_is_found_and_kept_out)};
    hours = argc > 1 ? atof(argv[1]) : hours;
    sim_random_seed(&dice, 1);
    for (int i = 0; i < VOICES; i++) {
        voices[i] = sound_speech(names[i]);
        levels[i] = levels_of(voices[i].pcm, voices[i].samples);
    }
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    for (int i = 0; i < VOICES; i++) {
        sound_free(&voices[i]);
        free(levels[i].dbov);
    }
    return failed;
}
