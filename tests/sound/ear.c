#include "ear.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/rows.h"
#include "media/opus_codec.h"

#define SPURT_US     (200 * (span_us)US_PER_MS) /* without a packet: who decodes him begins anew */
#define REACH        2                          /* ticks to either side in which a talker is looked for */
#define SHIFTS       (2 * REACH + 1)
#define ROUNDS       2    /* once all have been placed, each is placed again */
#define TURN_PENALTY 1.05 /* a move must explain more than chance does */
#define MOVED        0.6  /* of the misfit is left where he may move in the midst of a word: he has */
#define COARSE       3    /* every so-many-th sample is enough to tell ticks apart */

static const float silence[TICK_SAMPLES];

double ear_energy(const float *a, const float *minus)
{
    double e = 1e-9;
    for (int i = 0; i < TICK_SAMPLES; i++) {
        double x = (double)a[i] - (minus ? (double)minus[i] : 0);
        e += x * x;
    }
    return e;
}

static void decode(struct opus_receiver *r, const uint8_t *payload, size_t len, float *pcm)
{
    float room[OPUS_PACKET_SAMPLES_MAX];
    int samples;
    assert_int_equal(opus_receiver_decode(r, payload, len, room, &samples), ERR_NONE);
    assert_int_equal(samples, TICK_SAMPLES);
    memcpy(pcm, room, TICK_SAMPLES * sizeof *pcm);
}

static void decode_talker(struct ear_talker *t, const struct member *m)
{
    struct opus_receiver *r;
    session_samples first = INT64_MAX, last = INT64_MIN;
    point_us before_us = INT64_MIN / 2;
    t->member = m;
    for (size_t i = 0; i < m->place_count; i++) {
        if (!m->places[i].known)
            continue;
        first = m->places[i].at < first ? m->places[i].at : first;
        last = m->places[i].at > last ? m->places[i].at : last;
    }
    if (first > last)
        return;
    t->first = first;
    t->ticks = (size_t)((last - first) / TICK_SAMPLES) + 1;
    t->by_tick = calloc(t->ticks * TICK_SAMPLES, sizeof *t->by_tick);
    assert_non_null(t->by_tick);
    assert_int_equal(opus_receiver_create(&r), ERR_NONE);
    for (size_t i = 0; i < m->place_count; i++) {
        const struct place *p = &m->places[i];
        float pcm[TICK_SAMPLES];
        if (!p->words)
            continue;
        if (p->said_us - before_us > SPURT_US)
            opus_receiver_reset(r);
        before_us = p->said_us;
        decode(r, p->words->payload, p->words->len, pcm);
        if (p->known)
            memcpy(t->by_tick + (p->at - first) / TICK_SAMPLES * TICK_SAMPLES, pcm, sizeof pcm);
    }
    opus_receiver_destroy(r);
}

static const float *said_at(const struct ear_talker *t, session_samples at)
{
    int64_t tick = (at - t->first) / TICK_SAMPLES;
    if (at < t->first || tick >= (int64_t)t->ticks)
        return silence;
    return t->by_tick + tick * TICK_SAMPLES;
}

static bool is_said_by(const struct member *m, const struct heard *h)
{
    for (size_t i = 0; i < m->place_count; i++) {
        const struct place *p = &m->places[i];
        const struct script_packet *words = p->words;
        if (words && h->at_us >= p->said_us && h->at_us - p->said_us < US_PER_S && words->len == h->len &&
            memcmp(words->payload, h->payload, h->len) == 0)
            return true;
    }
    return false;
}

static void read_frame(struct ear *e, struct ear_frame *f, const struct heard *h,
                       const struct member *listener)
{
    /* The session is young: its times fit into 32 bits. */
    f->at = (session_samples)(uint32_t)(h->time - 1000 * listener->number);
    for (unsigned i = 0; i < h->csrc_count; i++)
        for (unsigned k = 0; k < e->talker_count; k++)
            f->talkers |= e->talkers[k].member->number == h->csrc[i] ? 1u << k : 0;
    for (unsigned k = 0; k < e->talker_count && h->csrc_count == 1; k++)
        if (f->talkers == 1u << k)
            f->passed = is_said_by(e->talkers[k].member, h);
    f->made = !f->passed && h->csrc_count > 0;
}

void ear_listen(struct ear *e, const struct member *listener, struct member *const *talkers, unsigned count)
{
    struct opus_receiver *r;
    *e = (struct ear){.count = listener->count, .talker_count = count};
    e->frames = calloc(e->count + 1, sizeof *e->frames);
    assert_non_null(e->frames);
    for (unsigned k = 0; k < count; k++)
        decode_talker(&e->talkers[k], talkers[k]);
    assert_int_equal(opus_receiver_create(&r), ERR_NONE);
    for (size_t i = 0; i < e->count; i++) {
        read_frame(e, &e->frames[i], &listener->heard[i], listener);
        decode(r, listener->heard[i].payload, listener->heard[i].len, e->frames[i].pcm);
    }
    opus_receiver_destroy(r);
}

void ear_free(struct ear *e)
{
    for (unsigned k = 0; k < e->talker_count; k++)
        free(e->talkers[k].by_tick);
    free(e->frames);
    *e = (struct ear){0};
}

static void add_said(const struct ear_talker *t, session_samples at, float *pcm)
{
    const float *said = said_at(t, at);
    for (int i = 0; i < TICK_SAMPLES; i++)
        pcm[i] += said[i];
}

void ear_expected(const struct ear *e, const struct ear_track *t, size_t frame, float *pcm)
{
    const struct ear_frame *f = &e->frames[frame];
    memset(pcm, 0, TICK_SAMPLES * sizeof *pcm);
    for (unsigned k = 0; k < e->talker_count; k++)
        if (f->talkers & 1u << k)
            add_said(&e->talkers[k], f->at - t->shifts[frame - t->from][k] * TICK_SAMPLES, pcm);
}

static double misfit(const float *a, const float *b)
{
    double sum = 0;
    for (int i = 0; i < TICK_SAMPLES; i += COARSE)
        sum += ((double)a[i] - (double)b[i]) * ((double)a[i] - (double)b[i]);
    return sum;
}

/* misfits[n][s]: of frame n of the track with the talker at shift s - REACH, the others as they are. */
static void try_shifts(const struct ear *e, struct ear_track *t, unsigned talker, double misfits[][SHIFTS])
{
    for (size_t n = 0; n < t->count; n++) {
        bool named = e->frames[t->from + n].talkers & 1u << talker;
        for (int s = 0; s < SHIFTS; s++) {
            float pcm[TICK_SAMPLES];
            t->shifts[n][talker] = s - REACH;
            if (named)
                ear_expected(e, t, t->from + n, pcm);
            misfits[n][s] = named ? misfit(pcm, e->frames[t->from + n].pcm) : 0;
        }
    }
}

static bool is_loud(const struct ear_talker *t, session_samples at)
{
    return ear_energy(said_at(t, at), NULL) >= EAR_LOUD * EAR_LOUD * TICK_SAMPLES;
}

/* Whether a talker who moves from shift a to b at frame n leaves out, or says twice, a loud tick. */
static bool loud_between(const struct ear *e, const struct ear_track *t, size_t n, unsigned talker, int a,
                         int b)
{
    const struct ear_frame *before = &e->frames[t->from + n - 1], *after = &e->frames[t->from + n];
    session_samples goes_on = before->at + TICK_SAMPLES - a * TICK_SAMPLES;
    session_samples is = after->at - b * TICK_SAMPLES;
    session_samples last = goes_on > is ? goes_on : is;
    if (!(before->talkers & after->talkers & 1u << talker))
        return false;
    for (session_samples x = goes_on < is ? goes_on : is; x < last; x += TICK_SAMPLES)
        if (is_loud(&e->talkers[talker], x))
            return true;
    return false;
}

struct path {
    int first, second;
    size_t turn;
    double misfit;
};

/* The best path that begins at shift a and goes on at b. */
static void try_path(const struct ear *e, const struct ear_track *t, unsigned talker, bool anywhere,
                     double misfits[][SHIFTS], int a, int b, struct path *best)
{
    double sum = 0, penalty = a == b ? 1 : TURN_PENALTY;
    for (size_t n = 0; n < t->count; n++)
        sum += misfits[n][b];
    for (size_t n = 0; n < (a == b ? 1 : t->count); n++) {
        bool may = n == 0 || anywhere || !loud_between(e, t, n, talker, a - REACH, b - REACH);
        if (may && sum * penalty < best->misfit)
            *best = (struct path){a, b, n, sum * penalty};
        sum += misfits[n][a] - misfits[n][b];
    }
}

static double follow_one(const struct ear *e, struct ear_track *t, unsigned talker, bool anywhere)
{
    double misfits[EAR_TRACK_MAX][SHIFTS];
    struct path best = {.misfit = INFINITY};
    try_shifts(e, t, talker, misfits);
    for (int a = 0; a < SHIFTS; a++)
        for (int b = 0; b < SHIFTS; b++)
            try_path(e, t, talker, anywhere, misfits, a, b, &best);
    for (size_t n = 0; n < t->count; n++)
        t->shifts[n][talker] = (n < best.turn ? best.first : best.second) - REACH;
    return best.misfit;
}

void ear_follow(const struct ear *e, size_t from, size_t to, struct ear_track *ret_track)
{
    *ret_track = (struct ear_track){.from = from, .count = to - from};
    assert_true(ret_track->count <= EAR_TRACK_MAX);
    for (int round = 0; round < ROUNDS; round++)
        for (unsigned k = 0; k < e->talker_count; k++)
            follow_one(e, ret_track, k, false);
}

unsigned ear_moves(const struct ear *e, const struct ear_track *t)
{
    unsigned moves = 0;
    for (unsigned k = 0; k < e->talker_count; k++) {
        struct ear_track free_track = *t;
        double held = follow_one(e, &free_track, k, false);
        moves += follow_one(e, &free_track, k, true) < MOVED * held;
    }
    return moves;
}

float *ear_record(const struct member *listener, size_t *ret_samples)
{
    struct opus_receiver *r;
    assert_true(listener->count > 0);
    const struct heard *first = &listener->heard[0], *last = &listener->heard[listener->count - 1];
    *ret_samples = last->time - first->time + OPUS_PACKET_SAMPLES_MAX;
    float *pcm = calloc(*ret_samples, sizeof *pcm);
    assert_non_null(pcm);
    assert_int_equal(opus_receiver_create(&r), ERR_NONE);
    for (size_t i = 0; i < listener->count; i++) {
        const struct heard *h = &listener->heard[i];
        size_t at = h->time - first->time;
        int samples;
        assert_true(at + OPUS_PACKET_SAMPLES_MAX <= *ret_samples);
        assert_int_equal(opus_receiver_decode(r, h->payload, h->len, pcm + at, &samples), ERR_NONE);
    }
    opus_receiver_destroy(r);
    return pcm;
}
