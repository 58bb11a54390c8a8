/* What a listener's one decoder makes of all that he was sent, beside what he should hear: the sum of the
 * talkers' own decodes, each where it lies. Who should be heard is read off the packets' CSRCs, and where a
 * talker lies off what fits best, so nothing of the relay's inside is asked. Packets of 20 ms. */
#ifndef AULA_SOUND_EAR_H
#define AULA_SOUND_EAR_H

#include "bench.h"

#define EAR_TALKERS_MAX 16
#define EAR_TRACK_MAX   32
#define EAR_LOUD        0.01 /* rms, -40 dBFS, 17 dB below speech: a tick that would be missed */

struct ear_frame {
    session_samples at;
    bool passed, made; /* byte for byte a talker's; neither: closing silence */
    unsigned talkers;  /* bit: index of the talker named in the CSRCs */
    float pcm[TICK_SAMPLES];
};

/* What a talker said, by session time. */
struct ear_talker {
    const struct member *member;
    session_samples first; /* of by_tick[0] */
    size_t ticks;
    float *by_tick; /* owned; silence where nothing was said */
};

struct ear {
    struct ear_frame *frames; /* owned */
    size_t count;
    unsigned talker_count;
    struct ear_talker talkers[EAR_TALKERS_MAX];
};

/* Decodes all. `talkers` have spoken scripts of 20 ms packets. */
void ear_listen(struct ear *e, const struct member *listener, struct member *const *talkers, unsigned count);
void ear_free(struct ear *e);

/* How many ticks later than his map says each talker is heard, frame by frame. Silent talkers lie anywhere.
 */
struct ear_track {
    size_t from, count; /* frames of the ear */
    int shifts[EAR_TRACK_MAX][EAR_TALKERS_MAX];
};

/* What fits frames [from, to) best, where each talker moves once at the most, and not within a word: a move
 * leaves out, or says twice, no loud tick. */
void ear_follow(const struct ear *e, size_t from, size_t to, struct ear_track *ret_track);
/* What should be heard in a frame of the track: those who are named in it, each where he lies. */
void ear_expected(const struct ear *e, const struct ear_track *t, size_t frame, float *pcm);
/* How many talkers have moved in the midst of a word after all. */
unsigned ear_moves(const struct ear *e, const struct ear_track *t);
/* All that a listener was sent, decoded, by its RTP time from the first packet on; silence where nothing was.
 * The caller frees it. */
float *ear_record(const struct member *listener, size_t *ret_samples);
double ear_energy(const float *a, const float *minus);

#endif
