/* Looking for people. */
#include "../rows.h"
#include "history.h"
#include "session/name_fold.h"

static const struct {
    const char *name, *folded;
} folds[] = {
    {"", ""},
    {"Ada Brandt", "ada brandt"},
    {"Zoë ÅNGSTRÖM", "zoe angstrom"},
    {"Zoe\xcc\x88", "zoe"}, /* the dots as a mark of their own */
    {"Łukasz Żółć", "lukasz zolc"},
    {"Straße", "strasse"},
    {"Søren Ægir", "soren aegir"},
    {"İbrahim Işık", "ibrahim isik"},
    {"Nguyễn Thị Ánh", "nguyen thi anh"},
    {"ΑΛΈΞΗΣ", "αλεξησ"},
    {"Ёлка ЙОД", "елка иод"},
    {"علي", "علی"}, /* the Arabic yeh and kaf as the Persian ones */
    {"كاوه", "کاوه"},
    {"مُحَمَّد", "محمد"}, /* without vowels */
    {"می\u200cنا", "مینا"},
    {"گروه ۱۲", "گروه 12"},
    {"李明", "李明"},
    {"🎓", "🎓"},
    {"a\xff\x62", "ayb"}, /* a byte that is no UTF-8 is taken as Latin-1 */
    {"\xe2\x82", "a\xc2\x82"},
};

static void folding(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(folds); i++) {
        char got[200];
        name_fold(folds[i].name, got, sizeof got);
        if (strcmp(got, folds[i].folded) != 0)
            fail_msg("row %zu: '%s'", i + 1, got);
        ROW_TRUE(i, strlen(got) <= 2 * strlen(folds[i].name));
        for (size_t size = 1; size <= strlen(got) + 1; size++) { /* never past its end, never half a letter */
            char *small = malloc(size);
            name_fold(folds[i].name, small, size);
            ROW_TRUE(i, strlen(small) < size && strncmp(small, got, strlen(small)) == 0);
            free(small);
        }
    }
}

static void join(struct session *s, uint32_t who, const char *name, enum role role, const char *place)
{
    struct command c = {.kind = COMMAND_JOIN, .by = who, .at_ms = 1790000000000};
    c.join.who = who;
    c.join.name = name;
    c.join.role = role;
    c.join.place = place;
    assert_int_equal(history_do(s, &c, NULL), 1);
}

static const struct {
    struct people_query q;
    uint32_t found, first;
} queries[] = {
    {{.text = NULL}, 6, 1},
    {{.text = "ada"}, 2, 1},
    {{.text = "ADA b"}, 1, 1},
    {{.text = "brandt ada"}, 1, 1},
    {{.text = "adabrandt"}, 0, 0},
    {{.text = "zoe"}, 1, 3},
    {{.text = "کاوه"}, 1, 4},
    {{.text = "A"}, 6, 1},
    {{.text = "ada", .place = "A"}, 1, 2},
    {{.place = "A"}, 3, 2},
    {{.place = PLACE_REMOTE}, 3, 1},
    {{.place = "C"}, 0, 0},
    {{.text = "remote"}, 0, 0}, /* not a word that people see */
    {{.text = "gone"}, 0, 0},   /* he is not here */
    {{.text = "ada", .after = 1}, 2, 2},
    {{.after = 6}, 6, 0},
    {{.after = UINT32_MAX}, 6, 0},
    {{.text = "a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a"}, 6, 1},
};

static void finding(void **state)
{
    (void)state;
    struct session *s = history_session(false);
    join(s, 1, "Ada Brandt", ROLE_CHAIR, PLACE_REMOTE);
    join(s, 2, "Ada", ROLE_TRAINEE, "A");
    join(s, 3, "Zoë Adler", ROLE_TRAINEE, PLACE_REMOTE);
    join(s, 4, "كاوه", ROLE_TRAINEE, "A");
    join(s, 5, "A", ROLE_ROOM, "A");
    join(s, 6, "Bea", ROLE_TRAINEE, PLACE_REMOTE);
    join(s, 7, "Gone Away", ROLE_TRAINEE, PLACE_REMOTE);
    history_away(s, 7);
    for (size_t i = 0; i < COUNT(queries); i++) {
        struct view_participant people[FOUND_MAX];
        struct people_found f;
        session_find(s, &queries[i].q, people, &f);
        ROW_EQUAL(i, f.found, queries[i].found);
        ROW_EQUAL(i, f.participant_count ? f.participants[0].id : 0, queries[i].first);
        ROW_TRUE(i, !f.more);
    }
    session_destroy(s);
}

static void page_by_page(void **state)
{
    (void)state;
    struct session *s = history_session(false);
    for (uint32_t who = 1; who <= 120; who++)
        join(s, who, who % 40 ? "Somebody" : "Rare", ROLE_TRAINEE, "B");
    struct view_participant people[FOUND_MAX];
    struct people_query q = {.id = 4, .text = "some"};
    struct people_found f = {.more = true};
    size_t told = 0;
    while (f.more) {
        session_find(s, &q, people, &f);
        assert_int_equal(f.id, 4);
        assert_int_equal(f.found, 117);
        for (size_t i = 0; i < f.participant_count; i++) {
            assert_true(people[i].id > q.after);
            q.after = people[i].id;
        }
        told += f.participant_count;
    }
    assert_int_equal(told, 117);
    session_destroy(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(folding), cmocka_unit_test(finding),
                                       cmocka_unit_test(page_by_page)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
