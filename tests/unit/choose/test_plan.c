/* Each row is a story: the plan follows from what is audible now and from the plan before. A step names the
 * audible sources with their groups, and says what every audience gets. */
#include "../rows.h"
#include "choose/plan.h"

/* "a1 b0! c0~": source a (slot 0) of hall 1; b remote (its own group); '!' unfit for pass, '~' quiet, '?'
 * solo but not audible, '>' quiet and passed to some later than to others. */
struct step {
    const char *audible;
    const char
        *plan; /* "*:mix ab, 1:pass b": '*' the default audience, a hall's number, or a remote source */
};

static const struct story {
    const char *what;
    bool lean;
    struct step steps[8];
} stories[] = {
    {"nobody", false, {{"", "*:none"}}},
    {"one is passed to all but his own", false, {{"a0", "*:pass a, a:none"}}},
    {"a hall does not hear itself", false, {{"a1", "*:pass a, 1:none"}}},
    {"two: each hears the other passed", false, {{"a0 b0", "*:mix ab, a:pass b, b:pass a"}}},
    {"three", false, {{"a0 b1 c2", "*:mix abc, a:mix bc, 1:mix ac, 2:mix ab"}}},
    {"two of one hall are subtracted together", false, {{"a1 b1 c0", "*:mix abc, 1:pass c, c:mix ab"}}},
    {"unfit for pass",
     false,
     {{"a0!", "*:mix a, a:none"}, {"a0", "*:mix a, a:none"}, {"a0~", "*:pass a, a:none"}}},
    {"becomes unfit", false, {{"a0", "*:pass a, a:none"}, {"a0!", "*:mix a, a:none"}}},
    {"into the mix at once, back in a pause",
     false,
     {{"a0", "*:pass a, a:none"},
      {"a0 b0", "*:mix ab, a:pass b, b:pass a"},
      {"a0", "*:mix a, a:none, b:pass a"},
      {"a0", "*:mix a, a:none, b:pass a"},
      {"a0~", "*:pass a, a:none"}}},
    {"he who stopped and hears a mix stays by himself until a pause",
     false,
     {{"a0 b0 c0", "*:mix abc, a:mix bc, b:mix ac, c:mix ab"},
      {"a0 b0", "*:mix ab, a:mix b, b:mix a"},
      {"a0~ b0~", "*:mix ab, a:pass b, b:pass a"},
      {"a0 b0", "*:mix ab, a:pass b, b:pass a"}}},
    {"but only while it costs no more than talkers and one",
     false,
     {{"a0 b0", "*:mix ab, a:pass b, b:pass a"},
      {"a0! b0", "*:mix ab, a:pass b, b:mix a"},
      {"a0!", "*:mix a, a:none, b:mix a"}}},
    {"all stop", false, {{"a0 b0", "*:mix ab, a:pass b, b:pass a"}, {"", "*:none"}}},
    {"one takes over from another",
     false,
     {{"a0", "*:pass a, a:none"},
      {"a0 b0", "*:mix ab, a:pass b, b:pass a"},
      {"b0", "*:mix b, b:none, a:pass b"},
      {"b0~", "*:pass b, b:none"}}},
    {"of two groups each hears the other though it is silent",
     false,
     {{"a1", "*:pass a, 1:none"},
      {"a1 b0?", "*:pass a, 1:pass b, b:pass a"},
      {"a1? b0?", "*:none, 1:pass b, b:pass a"},
      {"a1 b0", "*:mix ab, 1:pass b, b:pass a"},
      {"a1? b0", "*:mix b, 1:pass b, b:pass a"},
      {"b0", "*:mix b, b:none, 1:pass b"},
      {"b0~", "*:pass b, b:none"}}},
    {"a hall does not come back while the rest is passed the same one later",
     false,
     {{"a1 b0?", "*:pass a, 1:pass b, b:pass a"},
      {"a1? b0", "*:pass b, 1:pass b, b:pass a"},
      {"b0>", "*:pass b, b:none, 1:pass b"},
      {"b0~", "*:pass b, b:none"}}},
    {"lean always hears an encode",
     true,
     {{"a0", "*:pass a, a:none, l*:mix a, la:none"},
      {"a0~", "*:pass a, a:none, l*:mix a, la:none"},
      {"", "*:none, l*:none"}}},
    {"lean has its own audiences",
     true,
     {{"a0 b1", "*:mix ab, a:pass b, 1:pass a, l*:mix ab, la:mix b, l1:mix a"}}},
};

static void read_audible(const char *text, struct plan_input *in)
{
    for (; *text; text++) {
        if (*text < 'a' || *text > 'z')
            continue;
        int slot = *text - 'a';
        if (text[2] == '?')
            in->solo |= (source_set)1 << slot;
        else
            in->audible |= (source_set)1 << slot;
        in->sources[slot] = (struct plan_source){
            .key = acoustic_key((uint16_t)(text[1] - '0'), (uint32_t)slot + 1),
            .passable = text[2] != '!',
            .quiet = text[2] == '~' || text[2] == '>',
        };
        if (text[2] == '>')
            in->shifted |= (source_set)1 << slot;
    }
}

static void name_key(const struct plan_audience *a, char *name)
{
    int n = 0;
    if (a->tier == TIER_LEAN)
        name[n++] = 'l';
    if (a->key == PLAN_DEFAULT)
        name[n++] = '*';
    else
        name[n++] = a->key & 0x80000000u ? (char)('a' + (a->key & 0xff) - 1) : (char)('0' + a->key);
    name[n] = 0;
}

static void print_plan(const struct plan *p, char *text, size_t capacity)
{
    static const char *const words[] = {"none", "pass ", "mix "};
    *text = 0;
    for (unsigned i = 0; i < p->count; i++) {
        char name[4], set[33];
        int n = 0;
        name_key(&p->audiences[i], name);
        for (int slot = 0; slot < SLOTS_MAX; slot++)
            if (p->audiences[i].set >> slot & 1)
                set[n++] = (char)('a' + slot);
        set[n] = 0;
        size_t used = strlen(text);
        snprintf(text + used, capacity - used, "%s%s:%s%s", i ? ", " : "", name, words[p->audiences[i].what],
                 set);
    }
}

static void tells_every_story(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(stories); i++) {
        struct plan plan;
        plan_init(&plan);
        for (int k = 0; k < 8 && stories[i].steps[k].plan; k++) {
            struct plan_input in = {.lean = stories[i].lean};
            struct plan next;
            char text[1000];
            read_audible(stories[i].steps[k].audible, &in);
            plan_make(&in, &plan, &next);
            print_plan(&next, text, sizeof text);
            if (strcmp(text, stories[i].steps[k].plan) != 0)
                fail_msg("row %zu (%s), step %d: \"%s\", not \"%s\"", i + 1, stories[i].what, k + 1, text,
                         stories[i].steps[k].plan);
            plan = next;
        }
    }
}

static int mixes(const struct plan *p, enum tier tier)
{
    int n = 0;
    for (unsigned i = 0; i < p->count; i++)
        n += p->audiences[i].tier == tier && p->audiences[i].what == PLAN_MIX;
    return n;
}

/* Whatever happens: nobody hears his own group, every audience gets all it may hear, at most talkers + 1
 * encodes a tier. */
static void always_holds(void **state)
{
    (void)state;
    struct plan plan;
    uint32_t dice = 1;
    plan_init(&plan);
    for (int round = 0; round < 20000; round++) {
        struct plan_input in = {.lean = (dice >> 30) & 1};
        struct plan next;
        int talkers = 0;
        for (int slot = 0; slot < SLOTS_MAX && talkers < AUDIBLE_MAX; slot++) {
            dice = dice * 1664525u + 1013904223u;
            if (dice >> 29)
                continue;
            in.audible |= (source_set)(talkers > 1 || (dice >> 16 & 3) > 0) << slot;
            in.solo |= (source_set)(talkers <= 1) << slot;
            in.sources[slot] = (struct plan_source){.key = acoustic_key(slot % 3 == 0, (uint32_t)slot + 1),
                                                    .passable = dice >> 20 & 3,
                                                    .quiet = dice >> 18 & 1};
            talkers++;
        }
        plan_make(&in, &plan, &next);
        for (unsigned i = 0; i < next.count; i++) {
            source_set may = 0, heard = in.audible;
            for (int slot = 0; slot < SLOTS_MAX; slot++)
                if ((in.audible | in.solo) >> slot & 1 && in.sources[slot].key == next.audiences[i].key)
                    heard = in.audible | in.solo;
            for (int slot = 0; slot < SLOTS_MAX; slot++)
                if (heard >> slot & 1 && in.sources[slot].key != next.audiences[i].key)
                    may |= (source_set)1 << slot;
            assert_int_equal(next.audiences[i].set, may);
            assert_true((next.audiences[i].what == PLAN_NONE) == (may == 0));
        }
        assert_true(mixes(&next, TIER_FULL) <= talkers + 1 && mixes(&next, TIER_LEAN) <= talkers + 1);
        assert_true(plan_find(&next, PLAN_DEFAULT, TIER_FULL) != NULL);
        plan = next;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_every_story),
        cmocka_unit_test(always_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
