/* aula-programme(5): what is taken, and every kind of mistake with its line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ctl/programme_file.h"

#define HEAD    "[programme]\nkey = p\ntitle = P\nzone = Europe/Rome\n"                /* lines 1 to 4 */
#define SITTING "[session s]\ntitle = S\nday = 2026-11-30\nfrom = 09:00\nto = 10:00\n" /* 5 to 9 */

static void mistakes_have_lines(void **state)
{
    (void)state;
    static const struct {
        int row, line;
        const char *text, *said;
    } rows[] = {
        {1, 1, "", "There is no [programme]"},
        {2, 5, HEAD "[programme]\nkey = q\ntitle = Q\nzone = UTC\n", "one [programme] already"},
        {3, 4, "[programme]\nkey = p\ntitle = P\nzone = Rome\n", "no time zone \"Rome\""},
        {4, 4, "[programme]\nkey = p\ntitle = P\nzone = ../passwd\n", "no time zone"},
        {5, 2, "[programme]\nkey = p q\ntitle = P\nzone = UTC\n", "letters, digits"},
        {6, 1, "[programme]\nkey = p\nzone = UTC\n", "\"title\" is missing"},
        {7, 5, HEAD "title = again\n", "stands in line 3 already"},
        {8, 5, HEAD "titel = x\n", "nothing that stands in this section"},
        {9, 5, HEAD "text =\n", "has no value"},
        {10, 5, HEAD "nonsense\n", "A line is"},
        {11, 5, HEAD "[sesion x]\n", "no section [sesion]"},
        {12, 5, HEAD "[session x\n", "ends with \"]\""},
        {13, 5, HEAD "[session]\n", "needs a key"},
        {14, 5, HEAD "[session a b]\n", "must be of letters"},
        {15, 1, "key = p\n" HEAD, "before the first [heading]"},
        {16, 5, HEAD "text = \xc3\x28\n", "not UTF-8"},
        {17, 5, HEAD "text = \x1b[31m\n", "not UTF-8"},
        {18, 5,
         HEAD "text = a\xe2\x80\xae"
              "b\n",
         "signs that no line of text has"},
        {19, 7, HEAD "[session s]\ntitle = S\nday = 2026-02-29\nfrom = 09:00\nto = 10:00\n", "is no day"},
        {20, 8, HEAD "[session s]\ntitle = S\nday = 2026-11-30\nfrom = 24:00\nto = 10:00\n",
         "There is no 24:00"},
        {21, 8, HEAD "[session s]\ntitle = S\nday = 2026-11-30\nfrom = nine\nto = 10:00\n", "no time of day"},
        {22, 9, HEAD "[session s]\ntitle = S\nday = 2026-11-30\nfrom = 09:00\nto = 08:00\n",
         "before it starts"},
        {23, 8, HEAD "[session s]\ntitle = S\nday = 2026-03-29\nfrom = 02:30\nto = 04:00\n",
         "clocks go over it"},
        {24, 10, HEAD SITTING "[session s]\ntitle = S\nday = 2026-11-30\nfrom = 09:00\nto = 10:00\n",
         "used in line 5"},
        {25, 10, HEAD SITTING "chairs = ada\n", "no [person] of that key"},
        {26, 10, HEAD SITTING "rooms = A, A\n", "named twice"},
        {27, 10, HEAD SITTING "rooms = remote\n", "cannot be called so"},
        {28, 10, HEAD SITTING "languages = ital iano\n", "languages are called"},
        {29, 10, HEAD SITTING "record = maybe\n", "yes or no"},
        {30, 10, HEAD SITTING "backstage = soon\n", "minutes before"},
        {31, 10, HEAD SITTING "slot = 09:00\n", "A slot is"},
        {32, 10, HEAD SITTING "slot = 09:00 20 ada\n", "no [person] of that key"},
        {33, 10, HEAD SITTING "slot = 9h 20 -\n", "no time of day"},
        {34, 10, HEAD SITTING "slot = 09:00 0 -\n", "A slot is"},
        {35, 11, HEAD SITTING "[person x]\nrole = king\nname = X\n", "is no role"},
        {36, 12, HEAD SITTING "[person x]\nname = X\nplace = Nowhere\n", "No session has a room"},
        {37, 10, HEAD SITTING "[person x]\nname = X\nrole = room\n", "needs a place"},
        {38, 12, HEAD SITTING "[person x]\nname = X\nsessions = s, t\n", "no [session] of that key"},
        {39, 10, HEAD SITTING "[person x]\n", "\"name\" is missing"},
        {41, 10, HEAD SITTING "open = yes\n", "chair (a chair opens it) or time"},
        {42, 5, HEAD "open = at nine\n" SITTING, "chair (a chair opens it) or time"},
        {40, 11,
         HEAD SITTING "[person x]\nname = "
                      "0123456789012345678901234567890123456789012345678901234567890123x\n",
         "has 65 characters"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        json_t *plan = NULL;
        char *mistakes = NULL, at[20];
        enum err e = programme_file_read("f", rows[i].text, strlen(rows[i].text), &plan, &mistakes);
        snprintf(at, sizeof at, "f:%d: ", rows[i].line);
        const char *line = mistakes != NULL ? strstr(mistakes, at) : NULL;
        if (e != ERR_MALFORMED || line == NULL || strstr(line, rows[i].said) == NULL)
            fail_msg("row %d: %s", rows[i].row, mistakes != NULL ? mistakes : "was taken");
        free(mistakes);
    }
}

static void all_are_told_by_line(void **state)
{
    (void)state;
    char text[8000] = HEAD, *mistakes = NULL;
    json_t *plan = NULL;
    size_t lines = 0;
    for (int i = 0; i < 150; i++)
        strcat(text, "x = 1\n");
    assert_int_equal(programme_file_read("f", text, strlen(text), &plan, &mistakes), ERR_MALFORMED);
    int last = 0, line;
    for (const char *at = mistakes; sscanf(at, "f:%d:", &line) == 1; at = strchr(at, '\n') + 1) {
        assert_true(line >= last);
        last = line;
        lines++;
    }
    assert_int_equal(lines, PROGRAMME_MISTAKES_MAX);
    assert_non_null(strstr(mistakes, "more mistakes"));
    free(mistakes);
}

static const char *role_of(const json_t *plan, size_t person, const char *session)
{
    size_t i;
    json_t *seat;
    json_array_foreach(json_object_get(json_array_get(json_object_get(plan, "people"), person), "seats"), i,
                       seat) if (strcmp(json_string_value(json_object_get(seat, "session")), session) ==
                                 0) return json_string_value(json_object_get(seat, "role"));
    return "-";
}

static void a_plan(void **state)
{
    (void)state;
    static const char text[] =
        "\xef\xbb\xbf# comment\r\n" HEAD "open = time\ntext = one\r\ntext = two # kept\n; too\n"
        "[person ada]\nname = Ada\n[person hall]\nname = A\nrole = room\nplace = A\n"
        "[person bo]\nname = Bo\nsessions = t\nplace = remote\n" SITTING
        "rooms = A\nchairs = ada\nlecturers=bo\nrecord = yes\nslot = 09:30 20 bo A = B, c\n"
        "deck = a b.pdf\n[session t]\ntitle = T\nday = 2026-11-30\nfrom = 09:00\nto = 10:00\n"
        "zone = Asia/Tehran\nopen = chair\nbackstage = 0";
    json_t *plan = NULL;
    char *mistakes = NULL;
    enum err e = programme_file_read("f", text, sizeof text - 1, &plan, &mistakes);
    if (e != ERR_NONE)
        fail_msg("%s", mistakes);
    const json_t *sessions = json_object_get(plan, "sessions");
    const json_t *s = json_array_get(sessions, 0), *t = json_array_get(sessions, 1);
    assert_string_equal(json_string_value(json_object_get(json_object_get(plan, "programme"), "text")),
                        "one\ntwo # kept");
    assert_int_equal(json_integer_value(json_object_get(s, "starts")), 1796025600000); /* 08:00 UTC */
    assert_int_equal(json_integer_value(json_object_get(t, "starts")), 1796016600000); /* 05:30 UTC */
    assert_int_equal(json_integer_value(json_object_get(s, "backstage")), 30);
    assert_int_equal(json_integer_value(json_object_get(t, "backstage")), 0);
    assert_true(json_is_true(json_object_get(s, "opens")));
    assert_true(json_is_false(json_object_get(t, "opens")));
    const json_t *slot = json_array_get(json_object_get(s, "slots"), 0);
    assert_int_equal(json_integer_value(json_object_get(slot, "seconds")), 1200);
    assert_string_equal(json_string_value(json_object_get(slot, "title")), "A = B, c");
    assert_string_equal(
        json_string_value(json_object_get(json_array_get(json_object_get(s, "decks"), 0), "file")),
        "a b.pdf");
    static const struct {
        size_t person;
        const char *session, *role;
    } roles[] = {{0, "s", "chair"}, {0, "t", "trainee"},  {1, "s", "room"},
                 {1, "t", "-"},     {2, "s", "lecturer"}, {2, "t", "trainee"}};
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
        assert_string_equal(role_of(plan, roles[i].person, roles[i].session), roles[i].role);
    assert_null(json_object_get(json_array_get(json_object_get(plan, "people"), 2), "place"));
    json_decref(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(mistakes_have_lines),
                                       cmocka_unit_test(all_are_told_by_line), cmocka_unit_test(a_plan)};
    return cmocka_run_group_tests_name("ctl/programme_file", tests, NULL, NULL);
}
