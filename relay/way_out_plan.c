/* Follows the plan when it changes: audiences split off and join again, sources enter and leave the mix, and
 * what the audience has not heard yet of the source that it goes on with is sent. */
#include "egress/made.h"
#include "egress/pass.h"
#include "media_parts.h"

#define BIT(i) ((source_set)1 << (i))

/* In the order of numbers: which slot is whose says something about those who are not in the set. */
struct made_csrcs way_out_csrcs(const struct media_session *s, source_set set)
{
    struct made_csrcs csrcs = {0};
    for (int i = 0; i < SLOTS_MAX && csrcs.count < RTP_CSRC_MAX; i++) {
        if (!(set & BIT(i)) || !s->slots[i])
            continue;
        unsigned at = csrcs.count++;
        for (; at > 0 && csrcs.numbers[at - 1] > s->slots[i]->number; at--)
            csrcs.numbers[at] = csrcs.numbers[at - 1];
        csrcs.numbers[at] = s->slots[i]->number;
    }
    return csrcs;
}

session_samples way_out_mix_aside(const struct media_session *s, unsigned i)
{
    const struct audience *a = s->audiences[i];
    if (a->voice)
        return a->mix_shift;
    const struct peer *p = a->in_pass && a->pass_slot != NO_SLOT ? s->slots[a->pass_slot] : NULL;
    if (!p || p->timeline.run != a->pass_run || !(s->plan.audiences[i].set & BIT(a->pass_slot)))
        return 0;
    return s->mix.branches[a->pass_slot] ? a->pass_shift - p->mix_shift : 0;
}

/* By how much later than its map says the audience hears a source that it is sent now; false where it is not.
 */
static bool heard_shift(const struct media_session *s, unsigned i, int slot, session_samples *ret_shift)
{
    const struct audience *a = s->audiences[i];
    const struct peer *p = s->slots[slot];
    bool passed = audience_is_passing(a, slot, p->timeline.run);
    bool mixed = a->voice && s->plan.audiences[i].set & BIT(slot) && s->mix.branches[slot];
    *ret_shift = passed ? a->pass_shift : p->mix_shift + a->mix_shift;
    return p->timeline.in_run && (passed || mixed);
}

/* Two audiences hear it at different times. */
static bool is_shifted(const struct media_session *s, int slot)
{
    bool any = false;
    session_samples first = 0, shift;
    for (unsigned i = 0; i < s->plan.count; i++) {
        if (!heard_shift(s, i, slot, &shift))
            continue;
        if (any && shift != first)
            return true;
        first = shift;
        any = true;
    }
    return false;
}

static void read_input(const struct media_session *s, point_us now_us, struct plan_input *in)
{
    *in = (struct plan_input){.lean = s->lean_listeners > 0};
    for (int i = 0; i < SLOTS_MAX; i++) {
        const struct peer *p = s->slots[i];
        if (!p)
            continue;
        if (p->seat.audible)
            in->audible |= BIT(i);
        if (p->seat.solo)
            in->solo |= BIT(i);
        in->sources[i] = (struct plan_source){.key = p->seat.key,
                                              .passable = source_is_passable(&p->source, now_us),
                                              .quiet = seat_is_quiet(&p->seat, now_us)};
        if (is_shifted(s, i))
            in->shifted |= BIT(i);
    }
}

/* The recorder hears what everyone does who has no source himself: all that is audible. */
void way_out_record(struct media *m, struct media_session *s, bool recorded, point_us now_us)
{
    for (unsigned i = 0; i < s->plan.count; i++) {
        struct fanout *f = &s->audiences[i]->fanout;
        if (s->audiences[i]->key != PLAN_DEFAULT || s->audiences[i]->tier != TIER_FULL)
            continue;
        f->tap = recorded ? &m->tap : NULL;
        f->tap_session = s->handle;
    }
    way_out_give_voices(m, s, now_us);
}

static struct audience *find_audience(const struct media_session *s, uint32_t key, enum tier tier)
{
    for (unsigned i = 0; i < s->plan.count; i++)
        if (s->audiences[i]->key == key && s->audiences[i]->tier == tier)
            return s->audiences[i];
    return NULL;
}

/* All that the new plan wants, in its order: those that are there, and new ones, which split off the default
 * audience. False, and nothing has changed, where there was no memory. */
static bool gather(const struct media_session *s, const struct plan *next, struct audience **audiences)
{
    for (unsigned i = 0; i < next->count; i++) {
        const struct plan_audience *want = &next->audiences[i];
        const struct audience *main = find_audience(s, PLAN_DEFAULT, want->tier);
        audiences[i] = find_audience(s, want->key, want->tier);
        if (audiences[i])
            continue;
        if ((main ? audience_split(main, want->key, &audiences[i])
                  : audience_create(want->key, want->tier, &audiences[i])) == ERR_NONE)
            continue;
        while (i-- > 0)
            if (!find_audience(s, audiences[i]->key, audiences[i]->tier))
                audience_destroy(audiences[i]);
        return false;
    }
    return true;
}

/* `from` is the audience in which he is now, or NULL. */
static void place(struct media_session *s, const struct audience *from, struct listener *l)
{
    struct audience *a = find_audience(s, l->key, l->tier);
    if (!a)
        a = find_audience(s, PLAN_DEFAULT, l->tier);
    if (!a || l->in == &a->fanout)
        return;
    bool same_mix = from && from->voice && a->voice;
    if (fanout_join(&a->fanout, l, same_mix ? a->mix_shift - from->mix_shift : 0) != ERR_NONE)
        return; /* see move_listeners */
    session_samples heard_to = l->numbers.heard_to - l->aside;
    if (!a->voice && heard_to > a->sent_end)
        a->sent_end = heard_to; /* what begins next must not be lost for him */
}

void way_out_place(struct media_session *s, struct listener *l)
{
    place(s, NULL, l);
}

/* Those of `from` who belong elsewhere now. A listener for whom there is no memory stays without sound until
 * way_out_reports places him. */
static void move_listeners(struct media_session *s, struct audience *from)
{
    for (size_t i = from->fanout.count; i-- > 0;)
        place(s, from, from->fanout.listeners[i]);
}

/* Brings audiences and listeners in line with the plan. */
static bool regroup(struct media_session *s, const struct plan *next)
{
    struct audience *audiences[PLAN_AUDIENCES_MAX], *before[PLAN_AUDIENCES_MAX];
    unsigned before_count = s->plan.count;
    if (!gather(s, next, audiences))
        return false;
    for (unsigned i = 0; i < before_count; i++)
        before[i] = s->audiences[i];
    for (unsigned i = 0; i < next->count; i++)
        s->audiences[i] = audiences[i];
    s->plan = *next;
    for (unsigned i = 0; i < before_count; i++) {
        move_listeners(s, before[i]);
        if (!plan_find(next, before[i]->key, before[i]->tier))
            audience_destroy(before[i]);
    }
    return true;
}

/* What the source has lately sent of its run, as it was timed: the next after *n; false past the newest. */
static bool kept_packet(const struct peer *p, unsigned *n, struct timed_packet *ret_packet)
{
    const struct preroll_packet *kept;
    while ((kept = preroll_at(p->preroll, (*n)++)) != NULL)
        if (kept->seq >= p->timeline.first_seq) {
            *ret_packet =
                (struct timed_packet){.at = clock_map_session_time(&p->timeline.map, kept->rtp_time),
                                      .samples = kept->samples,
                                      .seq = kept->seq - p->timeline.skipped,
                                      .run = p->timeline.run,
                                      .payload = kept->payload,
                                      .len = kept->len};
            return true;
        }
    return false;
}

/* An audience that goes over to the mix has been passed this source until now; else NULL. */
static const struct audience *passed_until_now(const struct media_session *s, int slot)
{
    const struct peer *p = s->slots[slot];
    for (unsigned i = 0; p && i < s->plan.count; i++)
        if (s->plan.audiences[i].what == PLAN_MIX && s->plan.audiences[i].set & BIT(slot) &&
            audience_is_passing(s->audiences[i], slot, p->timeline.run))
            return s->audiences[i];
    return NULL;
}

/* In mid-run: where it goes on for those who were passed it, if the mix has not gone past that. */
static session_samples entry_shift(const struct media_session *s, const struct peer *p)
{
    const struct audience *a = passed_until_now(s, p->slot);
    if (a && (!s->mix.running || p->timeline.end + a->pass_shift >= s->mix.next))
        return a->pass_shift;
    return session_mix_shift(s, p, p->timeline.end);
}

/* A source enters the mix: with it what it has sent of its run, so that its decoder is warm. */
static void enter_mix(struct media_session *s, int slot)
{
    struct peer *p = s->slots[slot];
    struct timed_packet packet;
    if (!p)
        return;
    p->mix_shift = p->timeline.in_run ? entry_shift(s, p) : 0;
    if (mix_add(&s->mix, slot, p->timeline.start + p->mix_shift) != ERR_NONE)
        return; /* heard without it, until the plan changes again */
    struct branch *b = s->mix.branches[slot];
    if (!p->timeline.in_run) {
        branch_end_run(b);
        return;
    }
    for (unsigned n = 0; kept_packet(p, &n, &packet);) {
        packet.at += p->mix_shift;
        branch_put(b, &packet, timeline_phase(&p->timeline) - p->mix_shift, 0);
    }
    if (s->mix.running)
        mix_warm(&s->mix, slot);
}

static bool is_in_mix(const struct media_session *s, int slot)
{
    return s->mix.branches[slot] && !s->mix.branches[slot]->leaving;
}

/* Those of `want` who are not in the mix yet: only those that somebody was passed until now, or all. */
static void enter_all(struct media_session *s, source_set want, bool only_passed)
{
    for (int i = 0; i < SLOTS_MAX; i++)
        if (!is_in_mix(s, i) && want & BIT(i) && (!only_passed || passed_until_now(s, i)))
            enter_mix(s, i);
}

static void change_mix(struct media_session *s)
{
    source_set want = plan_mixed(&s->plan);
    for (int i = 0; i < SLOTS_MAX; i++)
        if (s->mix.branches[i] && !(want & BIT(i)))
            mix_let_go(&s->mix, i);
    enter_all(s, want, true);  /* they stay where they are heard, */
    enter_all(s, want, false); /* and the others come to lie beside them */
    if (s->mix.running && !mix_is_awaited(&s->mix))
        way_out_stop_mix(s);
}

/* Gives encoders to audiences in the mix that have listeners and none yet, and takes them from the rest. */
void way_out_give_voices(struct media *m, struct media_session *s, point_us now_us)
{
    for (unsigned i = 0; i < s->plan.count; i++) {
        struct audience *a = s->audiences[i];
        source_set set = s->plan.audiences[i].set;
        if (s->plan.audiences[i].what != PLAN_MIX || !fanout_is_heard(&a->fanout)) {
            audience_end_mix(a);
        } else if (s->mix.running && !a->voice) {
            struct made_csrcs csrcs = way_out_csrcs(s, set);
            a->mix_shift = way_out_mix_aside(s, i);
            enum err e = made_begin(a, &s->mix, set, &csrcs, &m->outbox, now_us, &s->encodes);
            (void)e; /* without memory it hears nothing; the next tick tries again */
        }
    }
}

/* It was passing this run, and for some packets of it the plan meant a mix that made nothing. */
static bool has_missed(const struct audience *a, const struct peer *p)
{
    struct timed_packet packet;
    for (unsigned n = 0; kept_packet(p, &n, &packet);)
        if (packet.seq - a->pass_first_seq >= (int64_t)(a->next_number - a->pass_base))
            return true;
    return false;
}

/* An audience goes over from a mix to passing a source that is in mid-run: it gets what it was not sent yet.
 */
static void catch_up(struct media *m, struct audience *a, struct peer *p, point_us now_us)
{
    struct timed_packet packet;
    if (!p || !p->timeline.in_run)
        return;
    bool passing = audience_is_passing(a, p->slot, p->timeline.run);
    if (passing && !has_missed(a, p))
        return;
    /* How far it has heard the source, by the source's own map. */
    session_samples mixed_at = p->mix_shift + a->mix_shift;
    session_samples heard_to = a->sent_end - (passing ? a->pass_shift : a->in_pass ? 0 : mixed_at);
    bool oldest = true;
    if (passing || !a->in_pass)
        audience_leave_mix(a, p->timeline.run, passing ? a->pass_shift : mixed_at);
    if (passing)
        audience_end_pass(a); /* what is missing is no loss on the way to us */
    for (unsigned n = 0; kept_packet(p, &n, &packet); oldest = false) {
        if (oldest && packet.at > heard_to)
            return; /* more is missing than is kept: it begins with the next */
        if (packet.at < heard_to)
            continue;
        enum err e = pass_packet(a, p->slot, p->number, &packet, &m->outbox, now_us);
        (void)e; /* ERR_STALE: the mix has sent its time, and it is silent */
    }
}

static bool heard_before(const struct plan *before, const struct audience *a, int slot)
{
    const struct plan_audience *was = plan_find(before, a->key, a->tier);
    if (!was)
        was = plan_find(before, PLAN_DEFAULT, a->tier);
    return was && was->set & BIT(slot);
}

/* The audience passes this source from now on. What a source said while it was not for this audience stays
 * unsaid, and is no loss: numbers go on without a gap. */
static void begin_to_pass(struct media *m, struct media_session *s, const struct plan *before,
                          struct audience *a, int slot, point_us now_us)
{
    if (heard_before(before, a, slot))
        catch_up(m, a, s->slots[slot], now_us);
    else
        audience_end_pass(a);
}

/* What an audience stays in the mix for, but one source is not among it any more: that fades. */
static void fade(struct media_session *s, const struct plan *before)
{
    for (unsigned i = 0; i < s->plan.count; i++) {
        struct audience *a = s->audiences[i];
        const struct plan_audience *now = &s->plan.audiences[i], *was = plan_find(before, a->key, a->tier);
        if (!was)
            was = plan_find(before, PLAN_DEFAULT, a->tier);
        if (a->voice && was && was->what == PLAN_MIX && now->what == PLAN_MIX)
            a->fading |= was->set & ~now->set;
    }
}

void way_out_replan(struct media *m, struct media_session *s, point_us now_us)
{
    struct plan_input in;
    struct plan next, before = s->plan;
    read_input(s, now_us, &in);
    plan_make(&in, &s->plan, &next);
    if (plan_equal(&next, &s->plan) || !regroup(s, &next))
        return;
    fade(s, &before);
    change_mix(s);
    way_out_give_voices(m, s, now_us);
    for (unsigned i = 0; i < s->plan.count; i++)
        for (int slot = 0; slot < SLOTS_MAX; slot++)
            if (s->plan.audiences[i].what == PLAN_PASS && s->plan.audiences[i].set == BIT(slot))
                begin_to_pass(m, s, &before, s->audiences[i], slot, now_us);
}

/* It begins where an audience that was passed to until now stands, else with the packet. */
static session_samples mix_start_time(const struct media_session *s, const struct timed_packet *packet)
{
    session_samples at = packet->at;
    session_samples earliest = at - (BRANCH_TICKS - 1) * TICK_SAMPLES;
    for (unsigned i = 0; i < s->plan.count; i++) {
        const struct audience *a = s->audiences[i];
        session_samples end = a->sent_end - way_out_mix_aside(s, i);
        if (s->plan.audiences[i].what == PLAN_MIX && a->in_pass && end < at)
            at = end;
    }
    return grid_floor(at > earliest ? at : earliest);
}

void way_out_start_mix(struct media *m, struct media_session *s, const struct timed_packet *packet,
                       point_us now_us)
{
    mix_start(&s->mix, mix_start_time(s, packet));
    for (int i = 0; i < SLOTS_MAX; i++)
        if (s->mix.branches[i])
            mix_warm(&s->mix, i);
    way_out_give_voices(m, s, now_us);
}

void way_out_stop_mix(struct media_session *s)
{
    mix_stop(&s->mix);
    for (unsigned i = 0; i < s->plan.count; i++)
        audience_end_mix(s->audiences[i]);
}
