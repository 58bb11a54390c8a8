/* The rule that costs the key when broken: no index is ever sealed twice, and a listener's numbers only grow.
 */
#include "../rows.h"
#include "egress/audience.h"

static void follows_the_audience(void **state)
{
    (void)state;
    static const struct {
        bool join;
        uint64_t number;
        session_samples at;
        enum err expected;
        uint64_t index;
    } rows[] = {
        {true, 1000, 0, ERR_NONE, 65535},     /* the first sequence number given */
        {false, 1001, 960, ERR_NONE, 65536},  /* the roll-over counts */
        {false, 1005, 4800, ERR_NONE, 65540}, /* a gap stays a gap */
        {false, 1003, 2880, ERR_NONE, 65538}, /* a late one keeps its place */
        {false, 999, 0, ERR_STALE, 0},        /* from before he came */
        {true, 7, 4800, ERR_STALE, 0},        /* another audience: this he has heard */
        {false, 8, 5760, ERR_NONE, 65541},    /* and goes on without a gap */
        {false, 7, 4800, ERR_STALE, 0},
        {false, 9, 6720, ERR_NONE, 65542},
        {true, 5000000000u, 9600, ERR_NONE, 65543},
    };
    struct numbers n;
    numbers_init(&n, 65535);
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint64_t index = 0;
        if (rows[i].join)
            numbers_join(&n);
        ROW_EQUAL(i, numbers_take(&n, rows[i].number, rows[i].at, rows[i].at + 960, &index),
                  rows[i].expected);
        if (rows[i].expected == ERR_NONE)
            ROW_EQUAL(i, index, rows[i].index);
    }
}

#define AUDIENCES 5
#define LISTENERS 8
#define INDEXES   400000

struct world {
    uint64_t dice;
    struct audience *audiences[AUDIENCES];
    struct numbers listeners[LISTENERS];
    int in[LISTENERS];
    uint8_t *sealed[LISTENERS]; /* by index - first */
    uint64_t next[LISTENERS];
    /* the source that is passed */
    int64_t seq;
    uint32_t run;
    session_samples at;
    int64_t skipped; /* packets before the newest that have not come yet; then they come late */
};

static uint32_t throw_dice(struct world *w, uint32_t sides)
{
    w->dice = w->dice * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(w->dice >> 33) % sides;
}

/* What fanout_send does with numbers. */
static void deliver(struct world *w, int audience, uint64_t number, session_samples at, bool late)
{
    for (int i = 0; i < LISTENERS; i++) {
        uint64_t index;
        if (w->in[i] != audience || numbers_take(&w->listeners[i], number, at, at + 960, &index) != ERR_NONE)
            continue;
        uint64_t place = index - (uint64_t)(1000 * i);
        assert_true(place < INDEXES);
        assert_int_equal(w->sealed[i][place], 0); /* never twice */
        w->sealed[i][place] = 1;
        assert_true(late || index >= w->next[i]); /* only grows */
        if (index >= w->next[i])
            w->next[i] = index + 1;
    }
}

static void pass_to(struct world *w, int audience, int64_t back)
{
    struct passed_place place;
    struct timed_packet p = {
        .at = w->at - back * 960, .samples = 960, .seq = w->seq - back, .run = w->run, .len = 1};
    if (back == 0 && throw_dice(w, 8) == 0 && audience_give_back(w->audiences[audience], 0, &p))
        return;
    if (audience_place_passed(w->audiences[audience], 0, &p, &place) == ERR_NONE)
        deliver(w, audience, place.number, place.at, back > 0);
}

static void step(struct world *w)
{
    int audience = (int)throw_dice(w, AUDIENCES), listener = (int)throw_dice(w, LISTENERS);
    switch (throw_dice(w, 12)) {
    case 0: /* a new run, perhaps after a leap of the numbers */
        w->run++;
        w->skipped = 0;
        w->seq += 1 + throw_dice(w, 3000);
        w->at += 960 * (1 + throw_dice(w, 100));
        break;
    case 1: /* a listener moves: another audience, another tier */
        w->in[listener] = audience;
        numbers_join(&w->listeners[listener]);
        break;
    case 2: /* what the mix makes, or closing silence */
        deliver(w, audience, audience_number_made(w->audiences[audience], w->at, 960), w->at, false);
        w->at += 960;
        w->skipped = 0;
        break;
    case 3: { /* one splits off another, some go with it */
        int from = (int)throw_dice(w, AUDIENCES);
        if (from == audience)
            break;
        audience_destroy(w->audiences[audience]);
        assert_int_equal(audience_split(w->audiences[from], 1, &w->audiences[audience]), ERR_NONE);
        for (int i = 0; i < LISTENERS; i++)
            if (w->in[i] == audience || (w->in[i] == from && throw_dice(w, 2))) {
                w->in[i] = audience;
                numbers_join(&w->listeners[i]);
            }
        break;
    }
    case 4: /* those that were held up come late, last first */
        for (int64_t back = 1; back <= w->skipped; back++)
            for (int i = 0; i < AUDIENCES; i++)
                pass_to(w, i, back);
        w->skipped = 0;
        break;
    default: /* the source's next packet to some audiences; perhaps some before it are held up */
        w->skipped = throw_dice(w, 4) == 0 ? throw_dice(w, 10) : 0;
        w->seq += 1 + w->skipped;
        w->at += 960 * (1 + w->skipped);
        for (int i = 0; i < AUDIENCES; i++)
            if (throw_dice(w, 3))
                pass_to(w, i, 0);
    }
}

static void no_index_is_ever_used_twice(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct world w = {.dice = seed, .seq = 70000, .run = 1};
        for (int i = 0; i < AUDIENCES; i++)
            assert_int_equal(audience_create((uint32_t)i, TIER_FULL, &w.audiences[i]), ERR_NONE);
        for (int i = 0; i < LISTENERS; i++) {
            numbers_init(&w.listeners[i], (uint16_t)(1000 * i));
            w.sealed[i] = calloc(1, INDEXES);
            assert_non_null(w.sealed[i]);
        }
        for (int n = 0; n < 1500; n++)
            step(&w);
        for (int i = 0; i < LISTENERS; i++)
            free(w.sealed[i]);
        for (int i = 0; i < AUDIENCES; i++)
            audience_destroy(w.audiences[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_the_audience),
        cmocka_unit_test(no_index_is_ever_used_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
