/* A hundred hands from halls and remote within 100 ms: one order, the log's, everywhere. */
#include "../unit/rows.h"
#include "stage.h"

#define HANDS 100

static uint32_t who_of(const char *text)
{
    const char *who = strstr(text, "\"who\":");
    assert_non_null(who);
    return (uint32_t)strtoul(who + 6, NULL, 10);
}

static void same_order_everywhere(void **state)
{
    (void)state;
    static const char *const rooms[] = {"Hall A", "Hall B", NULL, NULL};
    struct stage_config config = stage_config_good(8);
    struct stage *s = stage_create(&config);
    struct sim_random dice;
    sim_random_seed(&dice, 8);
    stage_session(s);
    for (int i = 0; i < HANDS; i++) {
        char name[20];
        snprintf(name, sizeof name, "trainee %d", i + 1);
        stage_join(s, &(struct stage_join){.role = "trainee",
                                           .name = name,
                                           .room = rooms[i % 4],
                                           .no_sound = true,
                                           .sentence_us = 1000 + (span_us)(sim_random_u64(&dice) % 200000)});
    }
    stage_run(s, 2 * (span_us)US_PER_S);
    uint32_t order[HANDS];
    size_t first_row = s->row_count;
    for (int ms = 0; ms < 100; ms++) {
        stage_do(s->members[(ms * 37) % HANDS], &(struct action){.verb = VERB_HAND_UP});
        stage_run(s, US_PER_MS);
    }
    stage_run(s, 2 * (span_us)US_PER_S);
    assert_int_equal(s->row_count - first_row, HANDS);
    for (size_t i = 0; i < HANDS; i++) {
        assert_non_null(strstr(s->rows[first_row + i].text, "\"hand-up\""));
        order[i] = who_of(s->rows[first_row + i].text);
    }
    for (size_t i = 0; i < s->member_count; i++) {
        const struct stage_member *m = s->members[i];
        size_t n = 0;
        for (size_t k = 0; k < m->told_count; k++)
            if (m->told[k].kind == AULA_TOLD && strcmp(m->told[k].name, "hand-up") == 0)
                ROW_EQUAL(i, who_of(m->told[k].text), order[n++]);
        ROW_EQUAL(i, n, HANDS);
        for (uint32_t k = 0; k < HANDS; k++)
            ROW_EQUAL(i, mirror_queue(client_mirror(m->client), order[k]), k + 1);
    }
    for (uint32_t k = 0; k < HANDS; k += 33)
        for (size_t i = 0; i < s->member_count; i++)
            if (s->members[i]->number == order[k])
                assert_int_equal(stage_shown(s, s->members[i], "queue"), k + 1);
    stage_destroy(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(same_order_everywhere)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
