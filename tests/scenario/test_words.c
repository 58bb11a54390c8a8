/* First words: of utterances after silence, of three voices, alone and over another talker, the first 20 ms
 * are there. And what is no word: a cough of 100 ms and a door that slams turn nobody out. With the argument
 * `all`: a hundred utterances each way. */
#include "../unit/rows.h"
#include "check.h"

#include <math.h>

#define VOICES        3
#define UTTERANCE     (SAMPLES_PER_S * 35 / 100) /* of each so much */
#define BEFORE        (SAMPLES_PER_S * 17 / 10)  /* and so much silence before it: more than the hang-over */
#define SPEECH_DBOV   (-45.0)                    /* an utterance has begun, in 5 ms */
#define ONSET_SAMPLES (5 * SAMPLES_PER_MS)
#define FIRST_SAMPLES (20 * SAMPLES_PER_MS)
#define NOISE_DBOV    (-66.0)
#define UTTERANCES    51
#define MANY          100
#define LEAST_DB      (-9.0) /* of the level of what was said: a decoder has not had the packets before */
#define LAGS          40     /* ticks from a tick said to the same heard, at most */
#define PAUSE_SAMPLES                                                                                        \
    (550 * SAMPLES_PER_MS) /* even a client that sends no silence sends a packet in less                     \
                            */
#define COUGH_AT      (3 * SAMPLES_PER_S)
#define SLAM_AT       (5 * SAMPLES_PER_S)
#define FIRST_PACKETS 15 /* heard before all microphones were open */

static struct sound voices[VOICES], speeches[VOICES], lecture;

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
        double l = likeness(w->sound.pcm + at, m->pcm + at + lag, UTTERANCE, &gain_db);
        if (l > best) {
            best = l;
            found = lag;
        }
    }
    return found;
}

/* `over_another`: beside the lecturer's voice, and a third microphone, so that levels decide. */
struct hall {
    struct stage *stage;
    struct stage_member *lecturer, *chair, *speaker, *listener;
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
}

struct outcome {
    int missing;     /* utterances whose first 20 ms were not heard */
    double worst_db; /* their level against what was said, at the worst: a hiss keeps no more than that */
    double share;    /* of them all, of what was said, that is in what was heard: 1 = all */
};

/* What is heard of the first 20 ms of each, where `lags` says. */
static void judge(const struct words *w, const struct stage_member *m, const size_t *lags,
                  struct outcome *ret)
{
    double both = 0, power = 0;
    *ret = (struct outcome){0};
    for (int n = 0; n < w->count; n++) {
        double gain_db;
        const float *said = w->sound.pcm + w->begins[n], *heard = m->pcm + w->begins[n] + lags[n];
        double like = likeness(said, heard, FIRST_SAMPLES, &gain_db);
        double said_power = pow(10, level_dbov(said, FIRST_SAMPLES) / 10);
        both += like * said_power * pow(10, gain_db / 20);
        power += said_power;
        ret->missing += gain_db < LEAST_DB;
        ret->worst_db = fmin(ret->worst_db, gain_db);
    }
    ret->share = both / power;
}

/* Of what one hears who had heard `from` samples when the speaker began. `phase`: of all of them in a tick.
 */
static void find_lags(const struct words *w, const struct stage_member *m, size_t from, size_t phase,
                      size_t *lags)
{
    for (int n = 0; n < w->count; n++)
        lags[n] =
            find_lag(w, w->begins[n], m, from / TICK_SAMPLES * TICK_SAMPLES + phase, TICK_SAMPLES, LAGS);
}

/* Where another talks, some are taken for him: what most say is believed for all. */
static void most_frequent(size_t *lags, int count)
{
    size_t best = lags[0];
    int most = 0;
    for (int n = 0; n < count; n++) {
        int same = 0;
        for (int k = 0; k < count; k++)
            same += lags[k] == lags[n];
        best = same > most ? lags[n] : best;
        most = same > most ? same : most;
    }
    for (int n = 0; n < count; n++)
        lags[n] = best;
}

/* Of what is passed; a mix has the same, for it takes its encoder's delay out. */
static size_t phase_of(const struct words *w, const struct stage_member *m, size_t from)
{
    return find_lag(w, w->begins[0], m, from, 1, LAGS * TICK_SAMPLES) % TICK_SAMPLES;
}

static bool names(const struct stage_packet *p, const struct stage_member *speaker)
{
    for (unsigned k = 0; k < p->csrc_count; k++)
        if (p->csrc[k] == speaker->number)
            return true;
    return false;
}

/* Session times at which the speaker is heard first after a pause. */
static int beginnings(const struct stage_member *m, const struct stage_member *speaker, uint32_t *times)
{
    int count = 0;
    uint32_t last = 0;
    for (size_t i = 0; i < m->heard.count; i++) {
        const struct stage_packet *p = &m->heard.packets[i];
        if (!names(p, speaker))
            continue;
        if ((count == 0 || packet_time(p) - last > PAUSE_SAMPLES) && count < MANY)
            times[count++] = packet_time(p);
        last = packet_time(p);
    }
    return count;
}

/* Those to whom he is mixed hear him from the same moment on as those to whom he is passed. */
static void check_mix_begins_with_pass(const struct hall *h, int count)
{
    uint32_t passed[MANY], mixed[MANY];
    assert_int_equal(beginnings(h->lecturer, h->speaker, passed), count);
    assert_int_equal(beginnings(h->listener, h->speaker, mixed), count);
    for (int n = 0; n < count; n++)
        ROW_TRUE(n, passed[n] - mixed[n] + TICK_SAMPLES <= 2 * TICK_SAMPLES);
}

static int utterances;

static struct sound make_noise(size_t samples, double dbov)
{
    struct sound s = {calloc(samples, sizeof *s.pcm), samples};
    struct sim_random dice;
    assert_non_null(s.pcm);
    sim_random_seed(&dice, 2);
    for (size_t i = 0; i < samples; i++)
        s.pcm[i] = (float)(sqrt(3) * pow(10, dbov / 20) * (2 * sim_random_unit(&dice) - 1));
    return s;
}

static void show(const char *who, const struct words *w, const struct outcome *o)
{
    printf("# %s: the first 20 ms of %d of %d utterances, at %.1f dB at the worst; in all %.0f %% of their "
           "sound\n",
           who, w->count - o->missing, w->count, o->worst_db, 100 * o->share);
}

static void play(struct hall *h, const struct words *w, bool over_another, size_t *ret_from)
{
    struct sound noise = make_noise(SAMPLES_PER_S, NOISE_DBOV);
    begin(h, w, over_another, &noise);
    *ret_from = h->listener->pcm_samples;
    assert_int_equal(h->lecturer->pcm_samples, *ret_from);
    stage_run(h->stage, (span_us)(w->sound.samples / SAMPLES_PER_MS) * US_PER_MS);
    sound_free(&noise);
}

static void alone(void **state)
{
    (void)state;
    struct words w = make_words(utterances);
    struct hall h;
    struct outcome o;
    size_t from, lags[MANY];
    play(&h, &w, false, &from);
    find_lags(&w, h.listener, from, phase_of(&w, h.listener, from), lags);
    judge(&w, h.listener, lags, &o);
    show("heard alone", &w, &o);
    assert_int_equal(o.missing, 0);
    assert_true(o.share > 0.8);
    stage_destroy(h.stage);
    sound_free(&w.sound);
}

static void over_another_talker(void **state)
{
    (void)state;
    struct words w = make_words(utterances);
    struct hall h;
    struct outcome passed, mixed;
    size_t from, lags[MANY];
    play(&h, &w, true, &from);
    size_t phase = phase_of(&w, h.lecturer, from);
    find_lags(&w, h.lecturer, from, phase, lags);
    judge(&w, h.lecturer, lags, &passed);
    show("heard by the other talker, passed", &w, &passed);
    find_lags(&w, h.listener, from, phase, lags);
    most_frequent(lags, w.count);
    judge(&w, h.listener, lags, &mixed);
    show("heard by the rest, in the mix (levels are of both)", &w, &mixed);
    assert_int_equal(passed.missing, 0);
    assert_true(passed.share > 0.75 && mixed.share > 0.6);
    check_mix_begins_with_pass(&h, w.count);
    stage_destroy(h.stage);
    sound_free(&w.sound);
}

/* ---- what is no word ---- */

/* Noise of 100 ms, and of a door that falls shut: sudden, and soon over. */
static struct sound cough_and_slam(void)
{
    struct sound s = make_noise(8 * SAMPLES_PER_S, NOISE_DBOV);
    struct sound cough = make_noise(SAMPLES_PER_S / 10, -12), slam = make_noise(SAMPLES_PER_S / 2, -6);
    for (size_t i = 0; i < cough.samples; i++)
        s.pcm[COUGH_AT + i] += cough.pcm[i];
    for (size_t i = 0; i < slam.samples; i++)
        s.pcm[SLAM_AT + i] += slam.pcm[i] * (float)exp(-(double)i / (0.03 * SAMPLES_PER_S));
    sound_free(&cough);
    sound_free(&slam);
    return s;
}

/* So many talk; in a microphone of `place` somebody coughs and a door slams. */
static void cough_beside(int talkers, const char *place, const char *role, bool heard)
{
    static const char *const names_of[] = {"one", "two", "three", "four"};
    struct stage_config config = stage_config_good(22);
    struct stage *s = stage_create(&config);
    struct sound sudden = cough_and_slam();
    struct stage_member *talks[4];
    stage_session(s);
    for (int i = 0; i < talkers; i++)
        talks[i] = stage_enter(s, "lecturer", names_of[i], i == 0 ? "Hall A" : NULL);
    struct stage_member *other = stage_enter(s, role, "other", place);
    struct stage_member *listener = stage_enter(s, "trainee", "listener", NULL);
    stage_run_until_up(s);
    stage_talk(other, TALK_SOUND, &sudden);
    for (int i = 0; i < talkers; i++)
        stage_talk(talks[i], TALK_SOUND, i == 0 ? &lecture : &speeches[i - 1]);
    stage_run(s, 7 * (span_us)US_PER_S);
    for (int i = 0; i < talkers; i++) /* to the last packet on its way */
        assert_true(heard_of(listener, talks[i], 0) + 6 + FIRST_PACKETS >= talks[i]->said.count);
    if (heard)
        assert_in_range(heard_of(listener, other, 0), 90, 130); /* twice the hang-over */
    else
        check_not_heard(listener, other, FIRST_PACKETS);
    check_stream(listener, 0, false);
    sound_free(&sudden);
    stage_destroy(s);
}

static void a_cough_turns_nobody_out(void **state)
{
    (void)state;
    cough_beside(1, "Hall B", "room", true);   /* it is heard beside him */
    cough_beside(1, "Hall A", "room", false);  /* of his own hall he goes before */
    cough_beside(1, "Hall A", "chair", false); /* another seat of it */
    cough_beside(4, "Hall B", "room", false);  /* of four there is no place for it */
}

int main(int argc, char **argv)
{
    static const char *const names_of[VOICES] = {"utterances-en", "utterances-it", "utterances-fr"};
    static const char *const speech[VOICES] = {"speech-en", "speech-it", "speech-fr"};
    const struct CMUnitTest tests[] = {cmocka_unit_test(alone), cmocka_unit_test(over_another_talker),
                                       cmocka_unit_test(a_cough_turns_nobody_out)};
    utterances = argc > 1 && strcmp(argv[1], "all") == 0 ? MANY : UTTERANCES;
    for (int i = 0; i < VOICES; i++) {
        voices[i] = sound_speech(names_of[i]);
        speeches[i] = sound_speech(speech[i]);
    }
    lecture = sound_speech("speech-es");
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    for (int i = 0; i < VOICES; i++) {
        sound_free(&voices[i]);
        sound_free(&speeches[i]);
    }
    sound_free(&lecture);
    return failed;
}
