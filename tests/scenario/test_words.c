/* First words: of utterances after silence, of three voices, alone and over another talker, the first 20 ms
 * are there. And what is no word: a cough of 100 ms and a door that slams turn nobody out. With the argument
 * `all`: a hundred utterances each way. */
#include "../unit/rows.h"
#include "check.h"

#include <math.h>

#define VOICES        3
#define UTTERANCE     (SAMPLES_PER_S * 35 / 100) /* of each so much */
#define BEFORE        (SAMPLES_PER_S * 13 / 10)  /* and so much silence before it: more than the hang-over */
#define SPEECH_DBOV   (-45.0)                    /* an utterance has begun, in 5 ms */
#define ONSET_SAMPLES (5 * SAMPLES_PER_MS)
#define FIRST_SAMPLES (20 * SAMPLES_PER_MS)
#define NOISE_DBOV    (-66.0)
#define UTTERANCES    51
#define MANY          100

static struct sound voices[VOICES], lecture;

struct words {
    struct sound sound;
    size_t begins[MANY]; /* samples */
    int count;
};

static double level_dbov(const float *pcm, size_t samples)
{
    double power = 1e-13;
    for (size_t i = 0; i < samples; i++)
        power += (double)pcm[i] * pcm[i];
    return 10 * log10(power / (double)samples);
}

/* The next utterance of the recording; they stand apart by a second of digital silence at least. */
static size_t utterance_after(const struct sound *s, size_t at)
{
    size_t quiet = 0;
    for (; quiet < SAMPLES_PER_S; at = (at + 1) % s->samples)
        quiet = s->pcm[at] == 0 ? quiet + 1 : 0;
    while (s->pcm[at] == 0)
        at = (at + 1) % s->samples;
    return at;
}

static struct words make_words(int count)
{
    struct words w = {.count = count};
    struct sim_random dice;
    size_t from[VOICES] = {0};
    sim_random_seed(&dice, 8);
    w.sound.samples = (size_t)(count + 1) * (BEFORE + UTTERANCE + TICK_SAMPLES);
    w.sound.pcm = calloc(w.sound.samples, sizeof *w.sound.pcm);
    assert_non_null(w.sound.pcm);
    size_t at = BEFORE;
    for (int n = 0; n < count; n++, at += BEFORE + UTTERANCE) {
        const struct sound *voice = &voices[n % VOICES];
        at += (size_t)(sim_random_unit(&dice) * TICK_SAMPLES); /* in any place of a packet */
        from[n % VOICES] = utterance_after(voice, from[n % VOICES]);
        memcpy(w.sound.pcm + at, voice->pcm + from[n % VOICES], UTTERANCE * sizeof(float));
        w.begins[n] = at;
        while (level_dbov(w.sound.pcm + w.begins[n], ONSET_SAMPLES) < SPEECH_DBOV)
            w.begins[n] += ONSET_SAMPLES / 5;
    }
    return w;
}

/* Likeness of what was said at `at` and what was heard `lag` later: 1 = the same. */
static double likeness(const float *said, const float *heard, size_t samples, double *ret_gain_db)
{
    double both = 0, a = 1e-9, b = 1e-9;
    for (size_t i = 0; i < samples; i++) {
        both += (double)said[i] * heard[i];
        a += (double)said[i] * said[i];
        b += (double)heard[i] * heard[i];
    }
    *ret_gain_db = 10 * log10(b / a);
    return both / sqrt(a * b);
}

/* Where a piece of what was said lies best in what was heard: the first of `lags` from `lag` on, `step`
 * apart. */
static size_t find_lag(const struct words *w, size_t at, const struct stage_member *m, size_t lag,
                       size_t step, int lags)
{
    double best = -1, gain_db;
    size_t found = lag;
    for (int i = 0; i < lags; i++, lag += step) {
        if (at + lag + UTTERANCE > m->pcm_samples)
            break;
        double l = likeness(w->sound.pcm + at, m->pcm + at + lag, UTTERANCE / 2, &gain_db);
        if (l > best) {
            best = l;
            found = lag;
        }
    }
    return found;
}

struct hall {
    struct stage *stage;
    struct stage_member *lecturer, *chair, *speaker, *listener;
    size_t talk_from; /* samples that the hearer had heard when the speaker began */
};

static void begin(struct hall *h, const struct words *w, bool over_another, struct sound *noise)
{
    struct stage_config config = stage_config_good(21);
    *h = (struct hall){.stage = stage_create(&config)};
    stage_session(h->stage);
    h->lecturer =
        stage_join(h->stage, &(struct stage_join){.role = "lecturer", .name = "lecturer", .hears = true});
    h->chair = stage_enter(h->stage, "chair", "chair", NULL);
    h->speaker = stage_enter(h->stage, "chair", "speaker", NULL);
    h->listener =
        stage_join(h->stage, &(struct stage_join){.role = "trainee", .name = "listener", .hears = true});
    stage_run_until_up(h->stage);
    if (over_another) {
        stage_talk(h->lecturer, TALK_SOUND, &lecture);
        stage_talk(h->chair, TALK_SOUND, noise); /* a third microphone: levels decide */
    }
    stage_talk(h->speaker, TALK_SOUND, &w->sound);
    h->talk_from = h->listener->pcm_samples;
}

struct outcome {
    int missing;       /* utterances whose first 20 ms were not heard */
    double worst_db;   /* their level against what was said, at the worst */
    double worst_like; /* likeness */
};

static void judge(const struct hall *h, const struct words *w, const struct stage_member *m, size_t talk_from,
                  struct outcome *ret)
{
    (void)h;
    *ret = (struct outcome){.worst_like = 1};
    size_t lag = talk_from + find_lag(w, w->begins[0], m, talk_from, 1, 20 * TICK_SAMPLES) - talk_from;
    for (int n = 0; n < w->count; n++) {
        double gain_db;
        size_t at = w->begins[n],
               here =
                   find_lag(w, at, m, lag > 15 * TICK_SAMPLES ? lag - 15 * TICK_SAMPLES : lag % TICK_SAMPLES,
                            TICK_SAMPLES, 31);
        double like = likeness(w->sound.pcm + at, m->pcm + at + here, FIRST_SAMPLES, &gain_db);
        printf("# %d: at %zu lag %zu like %.2f gain %.1f level %.0f\n", n, at, here, like, gain_db,
               level_dbov(w->sound.pcm + at, FIRST_SAMPLES));
        ret->missing += gain_db < -6 || like < 0.5;
        ret->worst_db = fmin(ret->worst_db, gain_db);
        ret->worst_like = fmin(ret->worst_like, like);
    }
}

static int utterances;

static void first_words(bool over_another)
{
    struct words w = make_words(utterances);
    struct sound noise = {calloc(SAMPLES_PER_S, sizeof(float)), SAMPLES_PER_S};
    struct sim_random dice;
    struct hall h;
    struct outcome o;
    assert_non_null(noise.pcm);
    sim_random_seed(&dice, 2);
    for (size_t i = 0; i < noise.samples; i++)
        noise.pcm[i] = (float)(sqrt(3) * pow(10, NOISE_DBOV / 20) * (2 * sim_random_unit(&dice) - 1));
    begin(&h, &w, over_another, &noise);
    const struct stage_member *m = over_another ? h.lecturer : h.listener;
    size_t from = m->pcm_samples;
    stage_run(h.stage, (span_us)(w.sound.samples / SAMPLES_PER_MS) * US_PER_MS);
    judge(&h, &w, m, from, &o);
    printf("# %s: of %d utterances %d begin without their first 20 ms; at the worst they are at %.1f dB, "
           "likeness %.2f\n",
           over_another ? "over another talker" : "alone", w.count, o.missing, o.worst_db, o.worst_like);
    stage_destroy(h.stage);
    free(noise.pcm);
    free(w.sound.pcm);
    assert_int_equal(o.missing, 0);
}

static void alone(void **state)
{
    (void)state;
    first_words(false);
}

static void over_another(void **state)
{
    (void)state;
    first_words(true);
}

int main(int argc, char **argv)
{
    static const char *const names[VOICES] = {"utterances-en", "utterances-it", "utterances-fr"};
    const struct CMUnitTest tests[] = {cmocka_unit_test(alone), cmocka_unit_test(over_another)};
    utterances = argc > 1 && strcmp(argv[1], "all") == 0 ? MANY : UTTERANCES;
    for (int i = 0; i < VOICES; i++)
        voices[i] = sound_speech(names[i]);
    lecture = sound_speech("speech-es");
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    for (int i = 0; i < VOICES; i++)
        sound_free(&voices[i]);
    sound_free(&lecture);
    return failed;
}
