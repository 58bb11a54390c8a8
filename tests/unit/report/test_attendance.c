/* Events in, intervals out: each row is a small story in seconds, and who was there when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/attendance.h"
#include "report/attendance_text.h"

#define BASE_MS INT64_C(1790000000000)

static int64_t at(int second)
{
    return BASE_MS + second * (int64_t)1000;
}

/* Words of a story: "SECOND WHAT", divided by ";".
 *   planned, open, ended            the session's state (the first word creates it)
 *   +N=PERSON, +N                   number N joins, as that person (none: only of this session)
 *   -N, xN, !N                      is away, leaves, is removed
 *   restart
 *   iN,M  oN                        are checked in to room A, is checked out
 *   rN, rN=chair                    the number's role is room, is chair
 *   +N=PERSON@ROOM                  joins in that room
 *   next                            another session begins
 *   now                             the log ends here, and it is that late */
static bool is_word(const char *word, const char *want)
{
    return strcmp(word, want) == 0;
}

struct story {
    struct attendance *a;
    int sessions;
    bool begun, ended;
};

static enum err event(struct story *s, struct event e, int second)
{
    e.at_ms = at(second);
    return attendance_event(s->a, &e);
}

static enum err begin(struct story *s)
{
    char id[16];
    snprintf(id, sizeof id, "s%d", ++s->sessions);
    s->begun = s->ended = false;
    enum err e = attendance_begin(s->a, id);
    for (uint32_t i = 40; i < 44 && !e; i++) /* who have links and no devices */
        e = attendance_link(s->a, i, i == 40 ? "Olga" : "Pavel", "remote", i == 40 ? "olga" : NULL,
                            ROLE_TRAINEE);
    return e;
}

static enum err state_word(struct story *s, const char *word, int second)
{
    enum session_state state = is_word(word, "open")    ? SESSION_OPEN
                               : is_word(word, "ended") ? SESSION_ENDED
                                                        : SESSION_PLANNED;
    struct event e = {.kind = s->begun ? EVENT_STATE : EVENT_CREATED, .state = state, .title = "Day"};
    s->begun = true;
    s->ended = state == SESSION_ENDED;
    return event(s, e, second);
}

static enum err person_word(struct story *s, const char *word, int second)
{
    static const char signs[] = "+-x!r";
    static const enum event_kind kinds[] = {EVENT_JOINED, EVENT_AWAY, EVENT_LEFT, EVENT_REMOVED, EVENT_ROLE};
    const char *sign = strchr(signs, word[0]), *person = strchr(word, '=');
    if (!sign)
        fail_msg("no word %s", word);
    struct event e = {.kind = kinds[sign - signs], .who = (uint32_t)strtoul(word + 1, NULL, 10)};
    char name[48];
    snprintf(name, sizeof name, "%s", person ? person + 1 : word + 1);
    e.name = name;
    char place[48] = "remote";
    char *in = strchr(name, '@'); /* +N=PERSON@ROOM */
    if (in && !strchr(in, '.')) {
        snprintf(place, sizeof place, "%s", in + 1);
        *in = '\0';
    }
    e.place = place;
    e.person = person ? name : NULL;
    e.role = e.kind != EVENT_ROLE ? ROLE_TRAINEE : person ? ROLE_CHAIR : ROLE_ROOM;
    return event(s, e, second);
}

static enum err check_word(struct story *s, const char *word, int second)
{
    uint32_t people[8];
    size_t count = 0;
    for (const char *c = word + 1; c; c = strchr(c, ',') ? strchr(c, ',') + 1 : NULL)
        people[count++] = (uint32_t)strtoul(c, NULL, 10);
    struct event e = {.kind = word[0] == 'i' ? EVENT_CHECKED_IN : EVENT_CHECKED_OUT,
                      .room = "A",
                      .people = {people, count}};
    return event(s, e, second);
}

static enum err tell_word(struct story *s, const char *word, int second)
{
    if (is_word(word, "next"))
        return s->ended ? begin(s) : ERR_STATE;
    if (is_word(word, "now"))
        return attendance_end(s->a, at(second));
    if (is_word(word, "open") || is_word(word, "ended") || is_word(word, "planned"))
        return state_word(s, word, second);
    if (is_word(word, "restart"))
        return event(s, (struct event){.kind = EVENT_RESTARTED}, second);
    if (word[0] == 'i' || word[0] == 'o')
        return check_word(s, word, second);
    return person_word(s, word, second);
}

static enum err tell(struct story *s, const char *text)
{
    char copy[600], *save = NULL;
    snprintf(copy, sizeof copy, "%s", text);
    enum err e = begin(s);
    for (char *part = strtok_r(copy, ";", &save); part && !e; part = strtok_r(NULL, ";", &save)) {
        char word[40];
        int second;
        if (sscanf(part, "%d %39s", &second, word) != 2)
            fail_msg("not a part: %s", part);
        e = tell_word(s, word, second);
    }
    return e ? e : attendance_finish(s->a);
}

/* "ada 10-50 60-90 =70; …", those who were there at all. */
static void print(const struct attendance *a, char *text, size_t size)
{
    size_t len = 0;
    text[0] = '\0';
    for (size_t i = 0; i < attendance_person_count(a); i++) {
        const struct attendance_person *p = attendance_person(a, i);
        if (p->span_count == 0)
            continue;
        len += (size_t)snprintf(text + len, size - len, "%s%s", len ? "; " : "", p->id);
        for (size_t k = 0; k < p->span_count; k++) {
            size_t from = k; /* intervals in several places, one after the other */
            while (k + 1 < p->span_count && p->spans[k + 1].session == p->spans[k].session &&
                   p->spans[k + 1].from_ms == p->spans[k].to_ms)
                k++;
            len += (size_t)snprintf(text + len, size - len, " %" PRId64 "-%" PRId64,
                                    (p->spans[from].from_ms - BASE_MS) / 1000,
                                    (p->spans[k].to_ms - BASE_MS) / 1000);
        }
        len += (size_t)snprintf(text + len, size - len, " =%" PRId64, p->total_ms / 1000);
    }
}

static void every_story(void **state)
{
    (void)state;
    static const struct {
        const char *story, *there;
        int open_s;
    } rows[] = {
        /* 0 */ {"0 open;100 ended", "", 100},
        /* 1 */ {"0 open;10 +1=ada;50 -1;100 ended", "ada 10-50 =40", 100},
        /* 2 */ {"0 open;10 +1=ada;50 -1;60 +1=ada;100 ended", "ada 10-50 60-100 =80", 100},
        /* 3: to whoever stays, the end is the end */
        {"0 open;10 +1=ada;100 ended;105 -1", "ada 10-100 =90", 100},
        /* 4: two devices of one person */
        {"0 open;10 +1=ada;30 +2=ada;50 -1;80 -2;100 ended", "ada 10-80 =70", 100},
        /* 5: they need not overlap */
        {"0 open;10 +1=ada;20 -1;30 +2=ada;40 -2;100 ended", "ada 10-20 30-40 =20", 100},
        /* 6: without an identity, each link is a person */
        {"0 open;10 +1;30 +2;50 -1;100 ended", "s1/1 10-50 =40; s1/2 30-100 =70", 100},
        /* 7: waiting is not attending */ {"0 planned;10 +1=ada;20 open;90 ended", "ada 20-90 =70", 70},
        /* 8 */ {"0 planned;10 +1=ada;15 -1;20 open;90 ended", "", 70},
        /* 9: left, removed */
        {"0 open;10 +1=ada;10 +2=bob;40 x1;60 !2;90 ended", "ada 10-40 =30; bob 10-60 =50", 90},
        /* 10: a restart: until it is back, and again from the return on */
        {"0 open;10 +1=ada;50 restart;52 +1=ada;90 ended", "ada 10-50 52-90 =78", 90},
        /* 11: a night without the relay is no attendance */
        {"0 open;10 +1=ada;40000 restart;40010 ended", "ada 10-910 =900", 40010},
        /* 12: in a hall, without a device */ {"0 open;20 i40;80 o40;90 ended", "olga 20-80 =60", 90},
        /* 13 */ {"0 open;20 i40,41;90 ended", "olga 20-90 =70; s1/41 20-90 =70", 90},
        /* 14: with a device that comes and goes */
        {"0 open;20 +1=ada;25 i1;30 -1;40 +1=ada;50 x1;70 o1;90 ended", "ada 20-70 =50", 90},
        /* 15: the hall's people do not leave with the relay */
        {"0 open;20 i40;30 restart;90 ended", "olga 20-90 =70", 90},
        /* 16: removed is removed */ {"0 open;20 +1=ada;20 i1;50 !1;90 ended", "ada 20-50 =30", 90},
        /* 17: in before it opens */ {"0 planned;5 i40;20 open;90 ended", "olga 20-90 =70", 70},
        /* 18: from hall to hall */ {"0 open;5 i40;50 i40;90 ended", "olga 5-90 =85", 90},
        /* 19: two days */
        {"0 open;10 +1=ada;50 ended;60 next;100 open;120 +7=ada;150 ended", "ada 10-50 120-150 =70", 100},
        /* 20: two sessions at once count once */
        {"0 open;10 +1=ada;60 ended;0 next;0 open;50 +2=ada;90 ended", "ada 10-60 50-90 =80", 150},
        /* 21: who has no identity is another each day */
        {"0 open;10 +1;50 ended;60 next;60 open;70 +1;90 ended", "s1/1 10-50 =40; s2/1 70-90 =20", 80},
        /* 22: a hall's microphone is nobody */
        {"0 open;10 +1=hall;11 r1;20 +2=ada;90 ended", "ada 20-90 =70", 90},
        /* 23: it goes on: until now */ {"0 open;10 +1=ada;40 now", "ada 10-40 =30", 40},
        /* 24: a clock that is behind */ {"0 open;10 +1=ada;60 -1;40 now", "ada 10-60 =50", 60},
        /* 25: twice told is once */ {"0 open;10 +1=ada;20 +1=ada;30 -1;35 -1;90 ended", "ada 10-30 =20", 90},
        /* 26: no time at all */ {"0 open;10 +1=ada;10 -1;90 ended", "", 90},
        /* 27: moments that touch are one */
        {"0 open;10 +1=ada;20 -1;20 +1=ada;30 -1;90 ended", "ada 10-30 =20", 90},
        /* 28: opened again after a break */
        {"0 open;10 +1=ada;20 planned;30 open;40 ended", "ada 10-20 30-40 =20", 30},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct story s = {.a = NULL};
        char text[400];
        assert_int_equal(attendance_create(&s.a), ERR_NONE);
        enum err e = tell(&s, rows[i].story);
        if (e)
            fail_msg("row %zu: %s", i, err_text(e));
        print(s.a, text, sizeof text);
        if (strcmp(text, rows[i].there) != 0)
            fail_msg("row %zu: %s", i, text);
        if (attendance_open_ms(s.a) != rows[i].open_s * (int64_t)1000)
            fail_msg("row %zu: open for %" PRId64 " ms", i, attendance_open_ms(s.a));
        attendance_destroy(s.a);
    }
}

static const struct attendance_person *person(const struct attendance *a, const char *id)
{
    for (size_t i = 0; i < attendance_person_count(a); i++) {
        if (strcmp(attendance_person(a, i)->id, id) == 0)
            return attendance_person(a, i);
    }
    fail_msg("there is no %s", id);
    return NULL;
}

/* "10-50 A trainee; …": one person's intervals, each with its place and role. */
static void each_interval_has_its_place(void **state)
{
    (void)state;
    static const struct {
        int row;
        const char *story, *there, *places, *longest;
    } rows[] = {
        {1, "0 open;0 +1=ada@A;50 ended;60 next;100 open;120 +7=ada;130 ended",
         "0-50 A trainee; 120-130 remote trainee", "A remote", "A"},
        {2, "0 open;0 +1=ada;20 i1;70 o1;90 ended",
         "0-20 remote trainee; 20-70 A trainee; 70-90 remote trainee", "remote A", "A"},
        {3, "0 open;0 +1=ada;10 +2=ada@B;30 -2;90 ended",
         "0-10 remote trainee; 10-30 B trainee; 30-90 remote trainee", "remote B", "remote"},
        {4, "0 open;0 +1=ada@B;10 +2=ada;30 -1;90 ended", "0-30 B trainee; 30-90 remote trainee", "B remote",
         "remote"},
        {5, "0 open;0 +1=ada@B;10 +2=ada@A;30 -1;90 ended", "0-30 B trainee; 30-90 A trainee", "B A", "A"},
        {6, "0 open;0 +1=ada;40 r1=chair;90 ended", "0-40 remote trainee; 40-90 remote chair", "remote",
         "remote"},
        {7, "0 open;0 +1=ada;0 +2=ada@B;90 ended", "0-90 B trainee", "B", "B"},
        {8, "0 open;0 +1=ada@A;20 -1;30 +1=ada@A;90 ended", "0-20 A trainee; 30-90 A trainee", "A", "A"},
        /* 9: moved to another hall by a new link */
        {9, "0 open;0 +1=ada@A;20 -1;20 +1=ada@B;90 ended", "0-20 A trainee; 20-90 B trainee", "A B", "B"},
        /* 10: two halls at once, and a remote device all the time */
        {10, "0 open;0 +1=ada;20 +2=ada@A;30 +3=ada@B;50 -2;60 -3;90 ended",
         "0-20 remote trainee; 20-50 A trainee; 50-60 B trainee; 60-90 remote trainee", "remote A B",
         "remote"},
        /* 11: in and out of a hall while two of his devices are remote, the second as something else */
        {11, "0 open;0 +1=ada;10 +2=ada;11 r2=chair;20 i1;40 o1;50 -1;60 i1;70 o1;90 ended",
         "0-20 remote trainee; 20-40 A trainee; 40-60 remote chair; 60-70 A trainee; 70-90 remote chair",
         "remote A", "remote"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct story s = {.a = NULL};
        char text[400] = "", places[100] = "";
        size_t len = 0, at = 0;
        const char *place;
        assert_int_equal(attendance_create(&s.a), ERR_NONE);
        assert_int_equal(tell(&s, rows[i].story), ERR_NONE);
        const struct attendance_person *p = person(s.a, "ada");
        for (size_t k = 0; k < p->span_count; k++)
            len += (size_t)snprintf(text + len, sizeof text - len, "%s%" PRId64 "-%" PRId64 " %s %s",
                                    k ? "; " : "", (p->spans[k].from_ms - BASE_MS) / 1000,
                                    (p->spans[k].to_ms - BASE_MS) / 1000, p->spans[k].place,
                                    role_text(p->spans[k].role));
        while ((place = attendance_next_place(p, &at)))
            snprintf(places + strlen(places), sizeof places - strlen(places), "%s%s", places[0] ? " " : "",
                     place);
        if (strcmp(text, rows[i].there) != 0)
            fail_msg("row %d: %s", rows[i].row, text);
        if (strcmp(places, rows[i].places) != 0 || strcmp(p->place, rows[i].longest) != 0)
            fail_msg("row %d: %s, longest %s", rows[i].row, places, p->place);
        attendance_destroy(s.a);
    }
}

static void what_cannot_be(void **state)
{
    (void)state;
    static const char *const rows[] = {"0 open;10 -1",         "0 open;10 !7",   "0 open;10 i39",
                                       "0 open;10 o99",        "0 open;10 +0=x", "0 open;10 +2001=x",
                                       "0 open;10 i4000000000"};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct story s = {.a = NULL};
        assert_int_equal(attendance_create(&s.a), ERR_NONE);
        if (tell(&s, rows[i]) != ERR_MALFORMED)
            fail_msg("row %zu", i);
        attendance_destroy(s.a);
    }
    attendance_destroy(NULL);
}

static void as_many_sessions_as_there_may_be(void **state)
{
    (void)state;
    struct attendance *a;
    assert_int_equal(attendance_create(&a), ERR_NONE);
    for (int i = 0; i < ATTENDANCE_SESSIONS_MAX; i++)
        assert_int_equal(attendance_begin(a, "s"), ERR_NONE);
    assert_int_equal(attendance_begin(a, "s"), ERR_FULL);
    assert_int_equal(attendance_finish(a), ERR_NONE);
    assert_int_equal(attendance_person_count(a), 0);
    attendance_destroy(a);
}

static void thresholds(void **state)
{
    (void)state;
    struct story s = {.a = NULL};
    assert_int_equal(attendance_create(&s.a), ERR_NONE);
    assert_int_equal(tell(&s, "0 open;0 +1=ada;20 +2=bob;100 ended"), ERR_NONE);
    const struct {
        const char *person;
        unsigned per_cent;
        bool passes;
    } rows[] = {
        {"ada", 100, true}, {"bob", 80, true}, {"bob", 81, false}, {"bob", 1, true}, {"olga", 1, false}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (attendance_passes(s.a, person(s.a, rows[i].person), rows[i].per_cent) != rows[i].passes)
            fail_msg("row %zu", i);
    }
    attendance_destroy(s.a);
}

static void texts(void **state)
{
    (void)state;
    struct story s = {.a = NULL};
    const struct attendance_wish wish = {.per_cent = 80, .url = "https://hall.example.org"};
    struct json_out o;
    assert_int_equal(attendance_create(&s.a), ERR_NONE);
    assert_int_equal(tell(&s, "0 open;0 +1=ada@example.org;50 +2==2+3,\"x\";100 ended"), ERR_NONE);

    json_out_init(&o);
    json_open_object(&o, NULL);
    attendance_write_csv(&o, s.a, &wish);
    json_close_object(&o);
    assert_non_null(strstr(o.text, "name,id,role,place,seconds,percent,passed,first,last,s1\\u000d\\n"));
    assert_non_null(strstr(
        o.text, "\\\"'=2+3,\\\"\\\"x\\\"\\\"\\\",")); /* a formula is none any more; quotes are doubled */
    assert_non_null(
        strstr(o.text, ",trainee,remote,50,50.0,no,2026-09-21T14:14:10Z,2026-09-21T14:15:00Z,50\\u000d\\n"));
    assert_non_null(strstr(o.text, "ada@example.org,trainee,remote,100,100.0,yes,"));
    json_out_finish(&o);

    json_out_init(&o);
    json_open_object(&o, NULL);
    attendance_write_xapi(&o, s.a, &wish);
    json_close_object(&o);
    assert_non_null(strstr(o.text, "\"mbox\":\"mailto:ada@example.org\""));
    assert_non_null(strstr(o.text, "\"homePage\":\"https://hall.example.org\",\"name\":\"=2+3"));
    assert_non_null(strstr(o.text, "\"id\":\"http://adlnet.gov/expapi/verbs/attended\""));
    assert_non_null(strstr(o.text, "\"duration\":\"PT50S\",\"success\":false}"));
    assert_non_null(strstr(o.text, "\"id\":\"https://hall.example.org/sessions/s1\""));
    json_out_finish(&o);

    json_out_init(&o);
    json_open_object(&o, NULL);
    attendance_write_json(&o, s.a, &wish);
    json_close_object(&o);
    assert_non_null(strstr(o.text, "\"seconds\":100,\"threshold\":80,\"people\":["));
    assert_non_null(strstr(o.text, "{\"session\":\"s1\",\"from\":1790000050000,\"to\":1790000100000,"
                                   "\"place\":\"remote\",\"role\":\"trainee\"}"));
    json_out_finish(&o);
    attendance_destroy(s.a);
}

static void dates(void **state)
{
    (void)state;
    static const struct {
        int64_t at_s;
        const char *text;
    } rows[] = {{0, "1970-01-01T00:00:00Z"},          {951782399, "2000-02-28T23:59:59Z"},
                {951782400, "2000-02-29T00:00:00Z"},  {951868800, "2000-03-01T00:00:00Z"},
                {1790000000, "2026-09-21T14:13:20Z"}, {1798761599, "2026-12-31T23:59:59Z"},
                {4102444800, "2100-01-01T00:00:00Z"}, {4107542400, "2100-03-01T00:00:00Z"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[ISO_TIME_BYTES];
        iso_time(rows[i].at_s * 1000, text);
        assert_string_equal(text, rows[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_story),    cmocka_unit_test(each_interval_has_its_place),
        cmocka_unit_test(what_cannot_be), cmocka_unit_test(as_many_sessions_as_there_may_be),
        cmocka_unit_test(thresholds),     cmocka_unit_test(texts),
        cmocka_unit_test(dates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
