/* A session that grows from 190 people over 210 to 140 and back: whom each is told of, and that it is the
 * same for whoever was there throughout, came back in between, or has just joined. */
#include "../unit/rows.h"
#include "stage.h"
#include "wire/participant.h"

#define FIRST 190
#define MOST  210
#define FEW   140

static char *lists[2];

/* Everyone whom a member is told of but himself, with all that is told of them. */
static char *list_of(const struct stage_member *m, uint32_t without)
{
    const struct mirror *mirror = client_mirror(m->client);
    size_t size = mirror->people_count * 200 + 100;
    char *text = calloc(1, size);
    assert_non_null(text);
    size_t len = (size_t)snprintf(text, size, "%d:", mirror->large);
    for (size_t i = 0; i < mirror->people_count; i++) {
        const struct mirror_person *p = &mirror->people[i];
        if (p->id == m->number || p->id == without)
            continue;
        len += (size_t)snprintf(text + len, size - len, "%u %s %s %d%d%d%d%d%d q%u;", p->id, p->name,
                                p->place, (int)p->role, p->present, p->floor, p->muted, p->hand, p->deputy,
                                mirror_queue(mirror, p->id));
    }
    return text;
}

static void same_list(const struct stage_member *a, const struct stage_member *b)
{
    lists[0] = list_of(a, b->number);
    lists[1] = list_of(b, a->number);
    if (strcmp(lists[0], lists[1]) != 0)
        fail_msg("%s knows %s\n%s knows %s", a->name, lists[0], b->name, lists[1]);
    free(lists[0]);
    free(lists[1]);
}

/* In a large session: those who are listed, and himself. */
static void knows_only_listed(const struct stage_member *m)
{
    const struct mirror *mirror = client_mirror(m->client);
    for (size_t i = 0; i < mirror->people_count; i++) {
        const struct mirror_person *p = &mirror->people[i];
        if (p->id != m->number && !is_listed(p->role, p->floor, p->hand, p->deputy))
            fail_msg("%s knows %s", m->name, p->name);
    }
}

static void everyone_agrees(struct stage *s, bool large, size_t present)
{
    const struct stage_member *first = NULL;
    for (size_t i = 0; i < s->member_count; i++) {
        const struct stage_member *m = s->members[i];
        if (!m->client || !stage_is_joined(m))
            continue;
        first = first ? first : m;
        const struct mirror *mirror = client_mirror(m->client);
        ROW_EQUAL(i, mirror->large, large);
        if (large) {
            ROW_EQUAL(i, mirror->present, present);
            knows_only_listed(m);
        }
        same_list(first, m);
    }
    assert_non_null(first);
}

static void arrive(struct stage *s, size_t until)
{
    static const char *const rooms[] = {"Hall A", "Hall B", NULL, NULL};
    while (s->member_count < until) {
        size_t i = s->member_count;
        char name[40];
        snprintf(name, sizeof name, "Zoë Trainee %zu", i + 1);
        stage_join(s, &(struct stage_join){.role = i == 0   ? "chair"
                                                   : i == 1 ? "lecturer"
                                                            : "trainee",
                                           .name = i == 0   ? "Ada Brandt"
                                                   : i == 1 ? "Bruno"
                                                            : name,
                                           .room = i < 2 ? NULL : rooms[i % 4],
                                           .no_sound = true});
        stage_run(s, 20 * (span_us)US_PER_MS);
    }
}

static void leave(struct stage *s, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        stage_do(s->members[i], &(struct action){.verb = VERB_LEAVE});
        stage_run(s, 20 * (span_us)US_PER_MS);
    }
    stage_run(s, 3 * (span_us)US_PER_S);
}

static void act(struct stage *s, size_t by, enum verb verb, size_t who)
{
    const struct action a = {.verb = verb, .who = who ? s->members[who]->number : 0, .text = "Good morning"};
    stage_do(s->members[by], &a);
    stage_run(s, 100 * (span_us)US_PER_MS);
}

static bool resumed(const struct stage_member *m)
{
    const struct stage_told *w = stage_told_last(m, AULA_JOINED, NULL);
    return w && strstr(w->text, "\"resumed\":true");
}

/* While somebody is away others raise their hands, speak, chat and go: when he is back he knows what all
 * know. */
static void coming_back(struct stage *s)
{
    struct stage_member *m = s->members[20];
    m->sentence_us = 600 * (span_us)US_PER_MS;
    stage_cut(m);
    act(s, 30, VERB_HAND_UP, 0);
    act(s, 31, VERB_HAND_UP, 0);
    act(s, 0, VERB_GRANT, 31);
    act(s, 32, VERB_CHAT, 0);
    m->sentence_us = s->config.sentence_us;
    act(s, 0, VERB_DEPUTY, 33);
    stage_run(s, 5 * (span_us)US_PER_S);
    assert_int_equal(m->losses, 1);
    assert_true(resumed(m));
    everyone_agrees(s, true, MOST);
    assert_int_equal(mirror_queue(client_mirror(m->client), s->members[30]->number), 2);
    assert_non_null(
        strstr(stage_told_last(m, AULA_TOLD, "chat")->text, "\"name\":\"Zo\xc3\xab Trainee 33\""));
}

/* A chair looks for somebody by parts of his name, without the dots (77 and 177 have them), and mutes him;
 * nobody else is told. */
static void finding(struct stage *s)
{
    struct stage_member *chair = s->members[0], *found = s->members[76], *other = s->members[77];
    size_t before = stage_told_count(other, AULA_TOLD, NULL);
    const struct people_query query = {.text = "ZOE 77"};
    int64_t id;
    assert_null(mirror_person(client_mirror(chair->client), found->number));
    assert_int_equal(client_search(chair->client, &query, &id), ERR_NONE);
    stage_settle_member(chair);
    stage_run(s, US_PER_S);
    const struct stage_told *answer = stage_told_last(chair, AULA_SIGNAL, "people");
    assert_non_null(answer);
    char wanted[40];
    snprintf(wanted, sizeof wanted, "\"id\":%u,", found->number);
    assert_non_null(strstr(answer->text, "\"found\":2,"));
    assert_non_null(strstr(answer->text, wanted));
    act(s, 0, VERB_MUTE, 76);
    assert_true(mirror_self(client_mirror(found->client))->muted);
    assert_int_equal(stage_told_count(other, AULA_TOLD, NULL), before);
    act(s, 76, VERB_HAND_UP, 0); /* now he is told of, muted as he is */
    stage_run(s, US_PER_S);
    assert_true(mirror_person(client_mirror(other->client), found->number)->muted);
    act(s, 76, VERB_HAND_DOWN, 0);
    stage_run(s, US_PER_S);
    assert_null(mirror_person(client_mirror(other->client), found->number));
}

static void growing_and_shrinking(void **state)
{
    (void)state;
    struct stage_config config = stage_config_good(8);
    struct stage *s = stage_create(&config);
    stage_session(s);
    arrive(s, FIRST);
    stage_run(s, 2 * (span_us)US_PER_S);
    everyone_agrees(s, false, FIRST);
    assert_int_equal(client_mirror(s->members[5]->client)->people_count, FIRST);
    act(s, 10, VERB_HAND_UP, 0);
    arrive(s, MOST);
    stage_run(s, 3 * (span_us)US_PER_S);
    everyone_agrees(s, true, MOST);
    assert_int_equal(client_mirror(s->members[5]->client)->people_count,
                     4); /* chair, lecturer, a hand, himself */
    coming_back(s);
    finding(s);
    leave(s, 160, MOST); /* 160 are left: still large */
    everyone_agrees(s, true, 160);
    leave(s, FEW, 160);
    everyone_agrees(s, false, FEW);
    assert_true(client_mirror(s->members[5]->client)->people_count >=
                MOST); /* those who left are known, as absent */
    arrive(s, MOST + 1);
    stage_run(s, 2 * (span_us)US_PER_S);
    everyone_agrees(s, false, FEW + 1);
    stage_destroy(s);
}

/* A relay that is killed under a large session comes back to a large one, and its people are told no more
 * than before. */
static void killed(void **state)
{
    (void)state;
    struct stage_config config = stage_config_good(9);
    struct stage *s = stage_create(&config);
    stage_session(s);
    arrive(s, MOST);
    act(s, 10, VERB_HAND_UP, 0);
    stage_run(s, 2 * (span_us)US_PER_S);
    stage_kill(s);
    stage_run(s, US_PER_S);
    stage_rise(s);
    stage_run(s, 30 * (span_us)US_PER_S);
    for (size_t i = 0; i < s->member_count; i++)
        ROW_TRUE(i, resumed(s->members[i]));
    everyone_agrees(s, true, MOST);
    stage_destroy(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(growing_and_shrinking), cmocka_unit_test(killed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
