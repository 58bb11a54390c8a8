/* A session's mix: the sources in it, and where it stands on the session clock. All of them are summed once a
 * tick; an audience's sum is that, less what the audience must not hear. There is no free tick: a tick is
 * made as soon as every source has what it needs, else when waiting is no use any more. */
#ifndef AULA_EGRESS_MIX_H
#define AULA_EGRESS_MIX_H

#include "base/errors.h"
#include "egress/branch.h"
#include "plane.h"

struct mix {
    bool running;
    session_samples next;               /* the tick to be made next */
    struct branch *branches[SLOTS_MAX]; /* owned; NULL = the slot is in no mix */
    source_set set;                     /* which are not NULL */
    int64_t total[TICK_SAMPLES];        /* the newest tick, all sources */
    uint64_t decodes_gone;              /* of branches that are gone */
    uint64_t made, made_late;           /* ticks; those made at a deadline */
};

void mix_init(struct mix *m);
void mix_finish(struct mix *m);

/* Takes a source in; its branch is to be fed before mix_warm. ERR_MEMORY, ERR_SYSTEM. */
enum err mix_add(struct mix *m, int slot, session_samples start) MUST_USE;
void mix_remove(struct mix *m, int slot);
/* It leaves with the next tick, which is not waited for; those who heard it hear that fade (mix_fade). At
 * once where the mix stands still. */
void mix_let_go(struct mix *m, int slot);
/* Begins at `at`. Where the mix stood still until now, what it remembers is no use. */
void mix_start(struct mix *m, session_samples at);
void mix_stop(struct mix *m);
/* Someone's run goes on in it: else it is to stand still. */
bool mix_is_awaited(const struct mix *m);
/* Makes the source's ticks before m->next from what it was fed: for its decoder's state and the encoders'. */
void mix_warm(struct mix *m, int slot);

/* True where the next tick can be made without waiting any longer. *ret_late: only because it is too late. */
bool mix_ready(const struct mix *m, session_samples now, bool *ret_late);
/* When that will be by waiting alone, on the session clock; INT64_MAX where the mix stands still. */
session_samples mix_deadline(const struct mix *m);
/* Makes the next tick of every source and their sum, and steps on. */
void mix_make(struct mix *m);

/* The newest tick (at m->next - TICK_SAMPLES) as the sources in `set` alone make it. */
void mix_sum(const struct mix *m, source_set set, float *pcm);
/* Adds the newest tick of the sources in `set`, falling to nothing over its length. */
void mix_fade(const struct mix *m, source_set set, float *pcm);
/* As mix_sum for an earlier tick, of the last BRANCH_TICKS. */
void mix_sum_at(const struct mix *m, source_set set, session_samples at, float *pcm);
uint64_t mix_decodes(const struct mix *m);

#endif
