#include "media/jitter.h"

#include <stdlib.h>
#include <string.h>

#define BIN_SAMPLES         (2 * SAMPLES_PER_MS)
#define BINS                (JITTER_TARGET_MAX_SAMPLES / BIN_SAMPLES + 1) /* bin 0: not late at all */
#define KEEP                (1 - 1 / 250.0) /* what a packet leaves of the weight of those before it */
#define PERCENTILE          0.97
#define FALL_SAMPLES        (SAMPLES_PER_MS / 10) /* per packet: 5 ms a second at 20 ms */
#define OPUS_SHORTEST_FRAME 120                   /* 2.5 ms (RFC 6716 §2.1.4) */
#define NOTHING_TAKEN       INT64_MIN

struct jitter {
    unsigned count; /* packets held */
    struct jitter_packet
        *order[JITTER_SLOTS];     /* all slots: the first `count` are held, by time; the rest free */
    session_samples taken_to;     /* all before this has been taken */
    double weight[BINS], weights; /* of lateness, and their sum */
    int64_t target_samples;
    struct jitter_counters counters;
    struct jitter_packet slots[JITTER_SLOTS];
};

enum err jitter_create(struct jitter **ret_jitter)
{
    struct jitter *j = calloc(1, sizeof *j);
    if (!j)
        return ERR_MEMORY;
    for (unsigned i = 0; i < JITTER_SLOTS; i++)
        j->order[i] = &j->slots[i];
    jitter_reset(j);
    *ret_jitter = j;
    return ERR_NONE;
}

void jitter_destroy(struct jitter *j)
{
    free(j);
}

void jitter_reset(struct jitter *j)
{
    j->count = 0;
    j->taken_to = NOTHING_TAKEN;
    memset(j->weight, 0, sizeof j->weight);
    j->weights = 0;
    j->target_samples = 0;
}

/* Where the weight of the lateness up to it first reaches the percentile. */
static int64_t percentile_samples(const struct jitter *j)
{
    double sum = 0;
    for (int bin = 0; bin < BINS; bin++) {
        sum += j->weight[bin];
        if (sum >= PERCENTILE * j->weights)
            return bin * BIN_SAMPLES;
    }
    return JITTER_TARGET_MAX_SAMPLES;
}

static void learn(struct jitter *j, int64_t late_samples)
{
    int64_t bin = late_samples <= 0 ? 0 : (late_samples - 1) / BIN_SAMPLES + 1;
    for (int i = 0; i < BINS; i++)
        j->weight[i] *= KEEP;
    j->weight[bin < BINS ? bin : BINS - 1] += 1;
    j->weights = j->weights * KEEP + 1;
    int64_t now_samples = percentile_samples(j);
    if (now_samples >= j->target_samples - FALL_SAMPLES)
        j->target_samples = now_samples;
    else
        j->target_samples -= FALL_SAMPLES;
}

static session_samples end_of(const struct jitter_packet *p)
{
    return p->at + p->samples;
}

/* How many of the packets held start at or before `at`. They come mostly in order, so from the end. */
static unsigned count_up_to(const struct jitter *j, session_samples at)
{
    unsigned n = j->count;
    while (n > 0 && j->order[n - 1]->at > at)
        n--;
    return n;
}

static enum err check(struct jitter *j, session_samples at, int32_t samples, size_t len)
{
    if (samples <= 0 || samples > OPUS_PACKET_SAMPLES_MAX || samples % OPUS_SHORTEST_FRAME != 0) {
        j->counters.bad++;
        return ERR_MALFORMED;
    }
    if (len == 0 || len > JITTER_PAYLOAD_MAX) {
        j->counters.bad++;
        return len == 0 ? ERR_SHORT : ERR_LONG;
    }
    if (at + samples <= j->taken_to) {
        j->counters.late++;
        return ERR_STALE;
    }
    return ERR_NONE;
}

/* Makes room at place n of the order, in a free slot. */
static struct jitter_packet *insert(struct jitter *j, unsigned n)
{
    struct jitter_packet *p = j->order[j->count];
    memmove(&j->order[n + 1], &j->order[n], (j->count - n) * sizeof j->order[0]);
    j->order[n] = p;
    j->count++;
    return p;
}

enum err jitter_put(struct jitter *j, session_samples at, int32_t samples, const uint8_t *payload, size_t len,
                    int64_t late_samples)
{
    enum err e = check(j, at, samples, len);
    if (e == ERR_STALE)
        learn(j, late_samples);
    if (e != ERR_NONE)
        return e;
    unsigned n = count_up_to(j, at);
    if ((n > 0 && end_of(j->order[n - 1]) > at) || (n < j->count && j->order[n]->at < at + samples)) {
        j->counters.duplicate++;
        return ERR_REPLAY; /* the first copy has taught; a duplicate says nothing of the line */
    }
    learn(j, late_samples);
    if (j->count == JITTER_SLOTS) {
        j->counters.full++;
        return ERR_FULL;
    }
    struct jitter_packet *p = insert(j, n);
    p->at = at;
    p->samples = samples;
    p->len = (uint16_t)len;
    memcpy(p->payload, payload, len);
    j->counters.taken++;
    return ERR_NONE;
}

const struct jitter_packet *jitter_find(const struct jitter *j, session_samples at)
{
    unsigned n = count_up_to(j, at);
    return n > 0 && end_of(j->order[n - 1]) > at ? j->order[n - 1] : NULL;
}

const struct jitter_packet *jitter_after(const struct jitter *j, session_samples at)
{
    unsigned n = count_up_to(j, at);
    return n < j->count ? j->order[n] : NULL;
}

void jitter_drop_before(struct jitter *j, session_samples at)
{
    unsigned played = 0;
    while (played < j->count && end_of(j->order[played]) <= at)
        played++;
    struct jitter_packet *free_slots[JITTER_SLOTS];
    memcpy(free_slots, j->order, played * sizeof free_slots[0]);
    j->count -= played;
    memmove(j->order, j->order + played, j->count * sizeof j->order[0]);
    memcpy(j->order + j->count, free_slots, played * sizeof free_slots[0]);
    if (at > j->taken_to)
        j->taken_to = at;
}

int64_t jitter_target(const struct jitter *j)
{
    return j->target_samples;
}

const struct jitter_counters *jitter_counters(const struct jitter *j)
{
    return &j->counters;
}

unsigned jitter_depth(const struct jitter *j)
{
    return j->count;
}
