#include "choose/plan.h"

#include <string.h>

#define BIT(i) ((source_set)1 << (i))

void plan_init(struct plan *p)
{
    memset(p, 0, sizeof *p);
}

const struct plan_audience *plan_find(const struct plan *p, uint32_t key, enum tier tier)
{
    for (unsigned i = 0; i < p->count; i++)
        if (p->audiences[i].key == key && p->audiences[i].tier == tier)
            return &p->audiences[i];
    return NULL;
}

static int size_of(source_set set)
{
    int n = 0;
    for (; set; set &= set - 1)
        n++;
    return n;
}

static source_set own_sources(const struct plan_input *in, uint32_t key)
{
    source_set own = 0;
    for (int i = 0; i < SLOTS_MAX; i++)
        if ((in->audible | in->solo) & BIT(i) && in->sources[i].key == key)
            own |= BIT(i);
    return own;
}

/* What a group hears: all that is audible but its own; solo is for those who have a source themselves. */
static source_set heard_by(const struct plan_input *in, uint32_t key)
{
    source_set own = own_sources(in, key);
    return (own ? in->audible | in->solo : in->audible) & ~own;
}

static bool all_quiet(const struct plan_input *in, source_set set)
{
    for (int i = 0; i < SLOTS_MAX; i++)
        if (set & BIT(i) && !in->sources[i].quiet)
            return false;
    return true;
}

static bool all_passable(const struct plan_input *in, source_set set)
{
    for (int i = 0; i < SLOTS_MAX; i++)
        if (set & BIT(i) && !in->sources[i].passable)
            return false;
    return true;
}

/* Pass or mix. */
static enum plan_what decide(const struct plan_input *in, enum tier tier, source_set set,
                             const struct plan_audience *before)
{
    if (set == 0)
        return PLAN_NONE;
    if (tier == TIER_LEAN || size_of(set) > 1 || !all_passable(in, set))
        return PLAN_MIX;
    bool mixed_before = before && before->what == PLAN_MIX && before->set & set;
    return mixed_before && !all_quiet(in, set) ? PLAN_MIX : PLAN_PASS;
}

static struct plan_audience *add(struct plan *p, const struct plan_input *in, const struct plan *before,
                                 uint32_t key, enum tier tier)
{
    const struct plan_audience *was = plan_find(before, key, tier);
    if (!was) /* a group that was in the default audience until now */
        was = plan_find(before, PLAN_DEFAULT, tier);
    struct plan_audience *a = &p->audiences[p->count++];
    a->key = key;
    a->tier = tier;
    a->set = heard_by(in, key);
    a->what = decide(in, tier, a->set, was);
    return a;
}

static int mixes_in(const struct plan *p, enum tier tier)
{
    int n = 0;
    for (unsigned i = 0; i < p->count; i++)
        n += p->audiences[i].tier == tier && p->audiences[i].what == PLAN_MIX;
    return n;
}

/* A group that just left: it stays by itself while changing over would be heard. */
static void linger(struct plan *p, const struct plan_input *in, const struct plan *before,
                   const struct plan_audience *was)
{
    const struct plan_audience *main = plan_find(p, PLAN_DEFAULT, was->tier);
    bool shifted = in->shifted & main->set;
    bool worth = was->what != PLAN_NONE && was->set & main->set && (shifted || !all_quiet(in, main->set));
    bool differs = shifted || was->what == PLAN_MIX || main->what == PLAN_MIX;
    if (!worth || !differs || p->count == PLAN_AUDIENCES_MAX)
        return;
    add(p, in, before, was->key, was->tier);
    if (mixes_in(p, was->tier) > size_of(in->audible) + 1)
        p->count--;
}

static void plan_tier(struct plan *p, const struct plan_input *in, const struct plan *before, enum tier tier)
{
    add(p, in, before, PLAN_DEFAULT, tier);
    for (int i = 0; i < SLOTS_MAX; i++)
        if ((in->audible | in->solo) & BIT(i) && !plan_find(p, in->sources[i].key, tier))
            add(p, in, before, in->sources[i].key, tier);
    for (unsigned i = 0; i < before->count; i++)
        if (before->audiences[i].tier == tier && !plan_find(p, before->audiences[i].key, tier))
            linger(p, in, before, &before->audiences[i]);
}

void plan_make(const struct plan_input *in, const struct plan *before, struct plan *ret_plan)
{
    struct plan p;
    plan_init(&p);
    plan_tier(&p, in, before, TIER_FULL);
    if (in->lean)
        plan_tier(&p, in, before, TIER_LEAN);
    *ret_plan = p;
}

bool plan_equal(const struct plan *a, const struct plan *b)
{
    if (a->count != b->count)
        return false;
    for (unsigned i = 0; i < a->count; i++) {
        const struct plan_audience *x = &a->audiences[i], *y = &b->audiences[i];
        if (x->key != y->key || x->tier != y->tier || x->what != y->what || x->set != y->set)
            return false;
    }
    return true;
}

source_set plan_mixed(const struct plan *p)
{
    source_set set = 0;
    for (unsigned i = 0; i < p->count; i++)
        if (p->audiences[i].what == PLAN_MIX)
            set |= p->audiences[i].set;
    return set;
}
