/* The loudspeaker of a hall stands in its microphone: the lecturer's echo never takes the floor, and neither
 * he nor anyone hears it; a person in the hall who speaks over him is heard within 100 ms. Levels, couplings,
 * delays and walls of all kinds. With the argument `all`: each with each, as a table. */
#include "../unit/rows.h"
#include "check.h"

#include <math.h>

#define FIRST_TICKS 5   /* before that no echo can have come back */
#define FOUND_TICKS 200 /* in so much talk one is found that nobody expected */
#define NO_ECHO_DB  (-50.0)
#define NOISE_DBOV  (-62.0)                 /* of the hall */
#define BEFORE      (5 * SAMPLES_PER_S)     /* of the lecture alone */
#define SENTENCES   10                      /* in the hall then; of each so much, */
#define SENTENCE    (6 * SAMPLES_PER_S / 5) /* and so much silence after it */
#define BETWEEN     (2 * SAMPLES_PER_S)
#define SPEECH_DBOV (-23.0) /* of tests/speech */
#define ONSET_DBOV  (-50.0) /* a sentence has begun */
#define SOON_US     (100 * (span_us)US_PER_MS)
#define WAY_US      (40 * (span_us)US_PER_MS)   /* to the relay and to the listener */
#define HANG_US     (1300 * (span_us)US_PER_MS) /* a second, and the walls */

static struct sound lectures[2], sentences;

static const struct row {
    double coupling_db;
    int delay_ms, fade_ms;
    double talk_dbov; /* of the person in the hall */
    int late;         /* of SENTENCES, heard after SOON_US, at most */
    int jitter_ms;    /* of the hall's line, both ways */
    bool remote; /* no hall but a remote participant without a headset: nobody thinks so before it is heard */
} rows[] = {
    {-20, 60, 400, -23, 0, 0, false},  {-20, 20, 0, -29, 0, 0, false},    {-20, 300, 800, -29, 0, 0, false},
    {-10, 120, 400, -20, 1, 0, false}, {-30, 200, 600, -35, 1, 0, false}, {-60, 60, 400, -29, 0, 0, false},
    {-20, 60, 400, -23, 2, 40, false}, {-15, 60, 200, -23, 1, 0, true},
};

static double level_dbov(const float *pcm, size_t samples)
{
    double power = 1e-13;
    for (size_t i = 0; i < samples; i++)
        power += (double)pcm[i] * pcm[i];
    return 10 * log10(power / (double)samples);
}

/* What is said in the hall: noise all the time, and sentences. */
struct hall_sound {
    struct sound sound;
    size_t begins[SENTENCES], ends[SENTENCES]; /* ticks in which each does */
};

static void add_noise(struct sound *s)
{
    struct sim_random dice;
    sim_random_seed(&dice, 4);
    double most = sqrt(3) * pow(10, NOISE_DBOV / 20);
    for (size_t i = 0; i < s->samples; i++)
        s->pcm[i] += (float)(most * (2 * sim_random_unit(&dice) - 1));
}

/* The next sentence of the recording; they stand apart by a second of digital silence at least. */
static size_t sentence_after(size_t at)
{
    for (size_t quiet = 0; quiet < SAMPLES_PER_S; at++)
        quiet = sentences.pcm[at] == 0 ? quiet + 1 : 0;
    while (sentences.pcm[at] == 0)
        at++;
    return at;
}

static struct hall_sound hall_sound(double talk_dbov)
{
    struct hall_sound h = {0};
    size_t at = BEFORE, from = 0;
    float gain = (float)pow(10, (talk_dbov - SPEECH_DBOV) / 20);
    h.sound.samples = BEFORE + SENTENCES * (SENTENCE + BETWEEN);
    h.sound.pcm = calloc(h.sound.samples, sizeof *h.sound.pcm);
    assert_non_null(h.sound.pcm);
    for (int n = 0; n < SENTENCES; n++, at += SENTENCE + BETWEEN) {
        from = sentence_after(from);
        for (size_t i = 0; i < SENTENCE; i++)
            h.sound.pcm[at + i] = gain * sentences.pcm[from + i];
        size_t onset = at;
        while (level_dbov(&h.sound.pcm[onset], TICK_SAMPLES) < ONSET_DBOV)
            onset += TICK_SAMPLES;
        h.begins[n] = onset / TICK_SAMPLES;
        h.ends[n] = (at + SENTENCE) / TICK_SAMPLES;
    }
    add_noise(&h.sound);
    return h;
}

struct outcome {
    size_t echoes; /* packets with the hall in them while nobody spoke there, nor just before */
    unsigned late;
    span_us worst_us, mean_us;
};

static bool names_hall(const struct stage_packet *p, const struct stage_member *hall)
{
    for (unsigned k = 0; k < p->csrc_count; k++)
        if (p->csrc[k] == hall->number)
            return true;
    return false;
}

/* When a tick of its sound is sent: its first is sent at once, of a silent one perhaps none. */
static point_us tick_us(const struct stage_member *hall, size_t tick)
{
    return hall->said.packets[0].at_us + (point_us)tick * TICK_US;
}

/* From the moment at which the tick came to the relay to the first packet with the hall in it. */
static span_us heard_after(const struct stage_member *hall, const struct stage_member *listener, size_t tick)
{
    point_us came_us = tick_us(hall, tick);
    for (size_t i = 0; i < listener->heard.count; i++) {
        const struct stage_packet *p = &listener->heard.packets[i];
        if (p->at_us >= came_us && names_hall(p, hall))
            return p->at_us - came_us;
    }
    return US_PER_S * 10;
}

/* Packets with the hall in them from tick `from` to its first sentence, and later than the hang-over after
 * each. */
static size_t echoes(const struct hall_sound *h, const struct stage_member *hall,
                     const struct stage_member *m, size_t from)
{
    size_t count = 0;
    for (size_t i = 0; i < m->heard.count; i++) {
        point_us at_us = m->heard.packets[i].at_us - WAY_US;
        bool spoken = at_us < tick_us(hall, from);
        for (int n = 0; n < SENTENCES; n++)
            spoken |=
                at_us >= tick_us(hall, h->begins[n] - 10) && at_us < tick_us(hall, h->ends[n]) + HANG_US;
        count += !spoken && names_hall(&m->heard.packets[i], hall);
    }
    return count;
}

static void judge(const struct hall_sound *h, const struct stage_member *hall,
                  const struct stage_member *listener, struct outcome *ret)
{
    *ret = (struct outcome){0};
    for (int n = 0; n < SENTENCES; n++) {
        /* A tick is sent when it has ended. */
        span_us after_us = heard_after(hall, listener, h->begins[n]) - WAY_US + TICK_US;
        ret->late += after_us > SOON_US;
        ret->worst_us = after_us > ret->worst_us ? after_us : ret->worst_us;
        ret->mean_us += after_us / SENTENCES;
    }
}

static void play(const struct row *r, const struct sound *lecture, struct outcome *ret)
{
    struct stage_config config = stage_config_good(5);
    struct stage *s = stage_create(&config);
    struct air air;
    struct hall_sound sound = hall_sound(r->talk_dbov);
    stage_session(s);
    struct stage_member *lecturer = stage_enter(s, "lecturer", "lecturer", NULL);
    struct stage_member *hall = stage_join(s, &(struct stage_join){.role = r->remote ? "chair" : "room",
                                                                   .name = "hall",
                                                                   .room = r->remote ? NULL : "Hall A",
                                                                   .hears = true});
    struct stage_member *listener = stage_enter(s, "trainee", "listener", NULL);
    struct sim_path_config line = config.line;
    line.jitter_us = r->jitter_ms * US_PER_MS;
    stage_lines(hall, &line, &line);
    stage_run_until_up(s);
    air_init(&air, r->coupling_db, r->delay_ms, r->fade_ms);
    stage_loudspeaker(hall, &air);
    stage_talk(hall, TALK_SOUND, &sound.sound);
    stage_talk(lecturer, TALK_SOUND, lecture);
    stage_run(s, (span_us)sound.sound.samples * (span_us)US_PER_S / SAMPLES_PER_S);
    judge(&sound, hall, listener, ret);
    size_t from = r->remote ? FOUND_TICKS : FIRST_TICKS;
    ret->echoes = echoes(&sound, hall, listener, from);
    if (r->coupling_db > NO_ECHO_DB) /* else he hears the hall itself */
        ret->echoes += echoes(&sound, hall, lecturer, from);
    assert_true(heard_of(listener, lecturer, 0) > lecturer->said.count * 9 / 10);
    free(sound.sound.pcm);
    stage_destroy(s);
}

static void show(const struct row *r, const struct outcome *o)
{
    printf("# %6.0f %6d %6d %6.0f %8zu %8.0f %8.0f %6u\n", r->coupling_db, r->delay_ms, r->fade_ms,
           r->talk_dbov, o->echoes, (double)o->mean_us / US_PER_MS, (double)o->worst_us / US_PER_MS, o->late);
}

static void an_echo_never_takes_the_floor(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct outcome o;
        play(&rows[i], &lectures[i % 2], &o);
        show(&rows[i], &o);
        ROW_EQUAL(i, o.echoes, 0);
        ROW_TRUE(i, o.late <= (unsigned)rows[i].late);
    }
}

static void nor_any_echo(void **state)
{
    (void)state;
    static const int couplings[] = {-10, -20, -30}, delays[] = {20, 60, 130, 300}, fades[] = {0, 400, 800},
                     talks[] = {-17, -23, -29, -35};
    for (size_t i = 0; i < COUNT(couplings) * COUNT(delays) * COUNT(talks); i++) {
        struct row r = {couplings[i / COUNT(talks) / COUNT(delays)],
                        delays[i / COUNT(talks) % COUNT(delays)],
                        fades[i % COUNT(fades)],
                        talks[i % COUNT(talks)],
                        0,
                        0,
                        false};
        struct outcome o;
        play(&r, &lectures[i % 2], &o);
        show(&r, &o);
        ROW_EQUAL(i, o.echoes, 0);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(an_echo_never_takes_the_floor)};
    const struct CMUnitTest all[] = {cmocka_unit_test(nor_any_echo)};
    bool whole = argc > 1 && strcmp(argv[1], "all") == 0;
    printf("#     dB     ms  walls   dBov   echoes  heard ms    worst   late (of %d)\n", SENTENCES);
    lectures[0] = sound_speech("speech-en");
    lectures[1] = sound_speech("speech-fr");
    sentences = sound_speech("utterances-it");
    int failed = whole ? cmocka_run_group_tests(all, NULL, NULL) : cmocka_run_group_tests(tests, NULL, NULL);
    sound_free(&lectures[0]);
    sound_free(&lectures[1]);
    sound_free(&sentences);
    return failed;
}
