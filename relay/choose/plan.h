/* Who gets whom: none, pass or mix. This is the only place where that is decided.
 *
 * It knows audiences, never listeners. An audience is everyone who must not hear the same acoustic group, in
 * one tier. All groups without an audible source share the default audience (key 0); each group with one has
 * its own. A pure function: the audible sources and the plan before give the plan.
 *
 * - Of two groups each hears the other's source even where that is not audible to the rest.
 * - A source that may be passed, alone, in the full tier: pass. Everything else: mix (of one, where a source
 *   is unfit for pass or the tier is lean).
 * - Into the mix at once. Back to pass only while the source that is left is quiet: a decoder that changes
 *   streams in mid-word is heard.
 * - A group that is no longer audible goes back into the default audience, if both mix only while all that is
 *   left is quiet, and at once where keeping it would cost more encodes than talkers + 1. Where what is left
 *   is passed to one of them later than to the other, it waits until that is over. */
#ifndef AULA_CHOOSE_PLAN_H
#define AULA_CHOOSE_PLAN_H

#include "plane.h"

#define PLAN_DEFAULT       0 /* key of the default audience */
#define PLAN_TIERS         2
#define PLAN_AUDIENCES_MAX (PLAN_TIERS * (2 * AUDIBLE_MAX + 1)) /* each group now audible, or just before */

enum plan_what { PLAN_NONE, PLAN_PASS, PLAN_MIX };

struct plan_source {
    uint32_t key;  /* its acoustic group */
    bool passable; /* mono, 20 to 60 ms, not too fat */
    bool quiet;    /* silent or absent for 40 ms */
};

/* sources[i] counts where bit i of `audible` or `solo` is set; at most AUDIBLE_MAX are audible. */
struct plan_input {
    source_set audible;
    source_set solo;    /* what a group with a source here hears besides (choose/speaker.h) */
    source_set shifted; /* passed to somebody later than to others, until its first pause */
    bool lean;          /* somebody listens in the lean tier */
    struct plan_source sources[SLOTS_MAX];
};

struct plan_audience {
    uint32_t key;
    enum tier tier;
    enum plan_what what;
    source_set set; /* PASS: one source; MIX: at least one; NONE: empty */
};

/* The default audience of each tier comes first in its tier. */
struct plan {
    unsigned count;
    struct plan_audience audiences[PLAN_AUDIENCES_MAX];
};

void plan_init(struct plan *p);
void plan_make(const struct plan_input *in, const struct plan *before, struct plan *ret_plan);
bool plan_equal(const struct plan *a, const struct plan *b);
const struct plan_audience *plan_find(const struct plan *p, uint32_t key, enum tier tier);
/* The sources that are in any mix. */
source_set plan_mixed(const struct plan *p);

#endif
