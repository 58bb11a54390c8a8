#include "echo.h"

#include <math.h>
#include <speex/speex_echo.h>
#include <speex/speex_preprocess.h>
#include <stdlib.h>
#include <string.h>

#include "between.h"
#include "echo_path.h"

#define FIRST_TAIL  (300 * SAMPLES_PER_MS) /* echo up to so long after the direct sound: a hall's */
#define SECOND_TAIL (200 * SAMPLES_PER_MS)
#define MARGIN      (15 * SAMPLES_PER_MS)  /* the direct sound comes so far behind the delayed far side */
#define EARLIEST    (2 * SAMPLES_PER_MS)   /* it may move to here ... */
#define LATEST      (100 * SAMPLES_PER_MS) /* ... and here before the delay is set anew */
#define SOONEST                                                                                              \
    (BETWEEN_TAPS / 2) /* by which the far side is delayed at least: its samples are looked between */
#define STILL   (TICK_SAMPLES * 3e-6) /* a tick; what moves no faster the filters follow by themselves */
#define HISTORY (ECHO_DELAY_MAX_MS * SAMPLES_PER_MS + TICK_SAMPLES + BETWEEN_TAPS)
#define LONGEST (ECHO_DELAY_MAX_MS * SAMPLES_PER_MS)

/* dB; the suppressor's floor while only the far side speaks, and while somebody speaks here. */
#define SUPPRESS      (-40)
#define SUPPRESS_NEAR (-3)
#define NOISE         (-15)
#define GAIN_MAX      12    /* dB: a soft voice in a hall, not the hall's rustle */
#define GAIN_TARGET   20000 /* of speexdsp's own measure: speech comes out at some -27 dBFS */
#define GAIN_RISE     6     /* dB a second, while nobody speaks at the far side: an echo's rest is no voice */

/* The far side, of a tick: louder than this (-50 dBFS) it can be heard as echo, for so long after it. */
#define FAR_HEARD 0.00316f
#define FAR_TICKS 15
/* Until the cancellers have learned, only one side is heard at a time. They have after so many ticks of the
 * far side, or where no echo has been found in so many (headphones). */
#define LEARNED_TICKS 125
#define HEADSET_TICKS 200
#define GUARD         0.0316f /* -30 dB */

struct echo {
    SpeexEchoState *first, *second;
    SpeexPreprocessState *last;
    struct echo_path path;
    struct between between;
    float history[HISTORY]; /* of the far side, newest last */
    double delayed;         /* samples by which the cancellers get the far side late */
    int far_for;            /* ticks for which the far side may yet be heard */
    int taught;             /* ticks of the far side since the cancellers began */
    float guard;            /* gain at the end of the last tick */
};

static void set(SpeexPreprocessState *s, int what, int value)
{
    speex_preprocess_ctl(s, what, &value);
}

static void tune(struct echo *e)
{
    int rate = SAMPLES_PER_S;
    speex_echo_ctl(e->first, SPEEX_ECHO_SET_SAMPLING_RATE, &rate);
    speex_echo_ctl(e->second, SPEEX_ECHO_SET_SAMPLING_RATE, &rate);
    speex_preprocess_ctl(e->last, SPEEX_PREPROCESS_SET_ECHO_STATE, e->second);
    set(e->last, SPEEX_PREPROCESS_SET_ECHO_SUPPRESS, SUPPRESS);
    set(e->last, SPEEX_PREPROCESS_SET_ECHO_SUPPRESS_ACTIVE, SUPPRESS_NEAR);
    set(e->last, SPEEX_PREPROCESS_SET_DENOISE, 1);
    set(e->last, SPEEX_PREPROCESS_SET_NOISE_SUPPRESS, NOISE);
    set(e->last, SPEEX_PREPROCESS_SET_AGC, 1);
    set(e->last, SPEEX_PREPROCESS_SET_AGC_MAX_GAIN, GAIN_MAX);
    set(e->last, SPEEX_PREPROCESS_SET_AGC_TARGET, GAIN_TARGET);
}

enum err echo_create(struct echo **ret_echo)
{
    struct echo *e = calloc(1, sizeof *e);
    if (e == NULL)
        return ERR_MEMORY;
    e->first = speex_echo_state_init(TICK_SAMPLES, FIRST_TAIL);
    e->second = speex_echo_state_init(TICK_SAMPLES, SECOND_TAIL);
    e->last = speex_preprocess_state_init(TICK_SAMPLES, SAMPLES_PER_S);
    if (e->first == NULL || e->second == NULL || e->last == NULL) {
        echo_destroy(e);
        return ERR_MEMORY;
    }
    echo_path_init(&e->path);
    between_init(&e->between);
    e->delayed = SOONEST;
    e->guard = 1;
    tune(e);
    *ret_echo = e;
    return ERR_NONE;
}

void echo_destroy(struct echo *e)
{
    if (e == NULL)
        return;
    if (e->first != NULL)
        speex_echo_state_destroy(e->first);
    if (e->second != NULL)
        speex_echo_state_destroy(e->second);
    if (e->last != NULL)
        speex_preprocess_state_destroy(e->last);
    free(e);
}

/* What is no number becomes one: it must not stay in a filter. */
static void bound(const float *pcm, float *ret)
{
    for (int i = 0; i < TICK_SAMPLES; i++)
        ret[i] = fmaxf(-1, fminf(1, pcm[i]));
}

static void to_16_bits(const float *pcm, spx_int16_t *ret)
{
    for (int i = 0; i < TICK_SAMPLES; i++)
        ret[i] = (spx_int16_t)lrintf(fminf(32767, pcm[i] * 32768));
}

/* Keeps the direct sound where it is in the cancellers' tails, and that near their beginning. */
static void align(struct echo *e, double longer)
{
    double path;
    if (!echo_path_known(&e->path, &path))
        return;
    if (fabs(longer) > STILL)
        e->delayed = fmax(SOONEST, fmin(e->delayed + longer, LONGEST));
    double behind = path - e->delayed;
    if ((behind >= EARLIEST || e->delayed <= SOONEST) && behind <= LATEST)
        return;
    e->delayed = fmax(floor(path) - MARGIN, SOONEST);
    speex_echo_state_reset(e->first);
    speex_echo_state_reset(e->second);
    e->taught = 0;
}

/* The far side as late as the cancellers get it; unaltered where that is a whole number of samples. */
static void late(const struct echo *e, float *ret)
{
    double back = ceil(e->delayed), at = back - e->delayed;
    const float *from = e->history + HISTORY - TICK_SAMPLES - (size_t)back;
    if (at > 0)
        for (int i = 0; i < TICK_SAMPLES; i++)
            ret[i] = between_sample(&e->between, from + i - (BETWEEN_TAPS / 2 - 1), at);
    else
        memcpy(ret, from, TICK_SAMPLES * sizeof *ret);
}

static void listen(struct echo *e, const float *far)
{
    float sum = 0;
    for (int i = 0; i < TICK_SAMPLES; i++)
        sum += far[i] * far[i];
    if (sum > FAR_HEARD * FAR_HEARD * TICK_SAMPLES) {
        e->far_for = FAR_TICKS + (int)e->delayed / TICK_SAMPLES;
        e->taught++;
    } else if (e->far_for > 0) {
        e->far_for--;
    }
    set(e->last, SPEEX_PREPROCESS_SET_AGC_INCREMENT, e->far_for > 0 ? 0 : GAIN_RISE);
}

/* Opens and closes within a tick. */
static void guard(struct echo *e, const spx_int16_t *pcm, float *out)
{
    bool learned = e->taught >= (echo_path_samples(e) >= 0 ? LEARNED_TICKS : HEADSET_TICKS);
    float gain = learned || e->far_for == 0 ? 1 : GUARD, step = (gain - e->guard) / TICK_SAMPLES;
    for (int i = 0; i < TICK_SAMPLES; i++)
        out[i] = (float)pcm[i] / 32768 * (e->guard + step * (float)(i + 1));
    e->guard = gain;
}

void echo_tick(struct echo *e, const float *near, const float *far, double slip, float *out)
{
    spx_int16_t heard[TICK_SAMPLES], played[TICK_SAMPLES], between[TICK_SAMPLES];
    float here[TICK_SAMPLES], delayed[TICK_SAMPLES], *there = e->history + HISTORY - TICK_SAMPLES;
    memmove(e->history, e->history + TICK_SAMPLES, (HISTORY - TICK_SAMPLES) * sizeof e->history[0]);
    bound(far, there);
    bound(near, here);
    align(e, echo_path_put(&e->path, here, there, slip));
    listen(e, there);
    late(e, delayed);
    to_16_bits(here, heard);
    to_16_bits(delayed, played);
    speex_echo_cancellation(e->first, heard, played, between);
    speex_echo_cancellation(e->second, between, played, heard);
    speex_preprocess_run(e->last, heard);
    guard(e, heard, out);
}

int echo_path_samples(const struct echo *e)
{
    double path;
    return echo_path_known(&e->path, &path) ? (int)lrint(path) : -1;
}
