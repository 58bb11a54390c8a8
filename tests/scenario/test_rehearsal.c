/* The programme rehearsed: two days by their file, 110 people with one link each (two chairs, seven
 * lecturers), two halls, questions, polls, timers, drops, check-ins and a killed relay, in virtual time. Who
 * was there is counted apart; the report made of the log says the same to the second, and tidy has nothing
 * against its page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../unit/signal/house.h"
#include "ctl/programme_file.h"
#include "ctl/report_parts.h"
#include "report/attendance_text.h"

#define CHAIRS    2
#define LECTURERS 7
#define PEOPLE    110
#define HALLS     2
#define ALL       (PEOPLE + HALLS)
#define DAYS      2
#define LONG_S    (3 * 3600)
#define EARLY_S   2700 /* the first come before the opening: backstage begins 30 minutes before it */
#define STEP_S    5
#define FORGET_S  300
#define WALL_MS   1790000000000 /* as house.c says: 2026-09-21 */
#define NAME      "%s %d"

struct stage {
    struct house *h;
    json_t *programme; /* as the relay shows it */
    bool on[ALL], checked_in[ALL], open;
    int64_t there_s[ALL];
    int said, drops, questions, polls, kills;
};

static uint64_t random_state = 0x2545f4914f6cdd1dull;

static uint32_t pick(uint32_t below)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 33) % below;
}

static const char *role_of(int i)
{
    return i < CHAIRS ? "chair" : i < CHAIRS + LECTURERS ? "lecturer" : i < PEOPLE ? "trainee" : "room";
}

/* ---- the file, and loading it ---- */

static char *write_file(void)
{
    static const char *const countries[] = {"Italy",   "Iran",   "Nigeria", "Sweden", "Japan",
                                            "Vietnam", "Brazil", "Kenya",   "Peru",   "India"};
    char *text = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);
    fprintf(f, "[programme]\nkey = rehearsal\ntitle = Two days of acoustics\nzone = Europe/Rome\n");
    for (int day = 0; day < DAYS; day++) {
        fprintf(f,
                "[session d%d]\ntitle = Day %d\nday = 2026-09-%d\nfrom = 09:00\nto = 12:00\nrooms = Hall A, "
                "Hall B\n",
                day, day + 1, 22 + day);
        fprintf(f, "chairs = p0, p1\nlecturers = p2, p3, p4, p5, p6, p7, p8\n");
        for (int i = 0; i < LECTURERS; i++)
            fprintf(f, "slot = %02d:%02d 20 p%d Talk %d\n", 9 + i * 25 / 60, i * 25 % 60, CHAIRS + i, i + 1);
    }
    for (int i = 0; i < ALL; i++) {
        fprintf(f, "[person p%d]\nname = " NAME "\n", i, role_of(i), i);
        if (i >= PEOPLE)
            fprintf(f, "role = room\nplace = Hall %c\n", 'A' + i - PEOPLE);
        else
            fprintf(f, "country = %s\n", countries[i % 10]);
        if (i < PEOPLE && i > 70)
            fprintf(f, "place = Hall %c\n", 'A' + i % 2);
    }
    fclose(f);
    return text;
}

static void send_all(struct stage *s, const json_t *list, const char *verb)
{
    size_t i;
    json_t *one;
    json_array_foreach(list, i, one)
    {
        json_object_set_new(one, "verb", json_string(verb));
        json_object_set_new(one, "programme", json_string("rehearsal"));
        char *text = json_dumps(one, JSON_COMPACT);
        json_t *reply = house_ask(s->h, "%s", text);
        if (!json_is_true(json_object_get(reply, "ok")))
            fail_msg("%s: %s", text, house_text(reply, "why"));
        json_decref(reply);
        free(text);
    }
}

static void load(struct stage *s)
{
    char *text = write_file(), *mistakes = NULL;
    json_t *plan = NULL;
    if (programme_file_read("f", text, strlen(text), &plan, &mistakes) != ERR_NONE)
        fail_msg("%s", mistakes);
    free(text);
    json_decref(house_ask(s->h, "{\"verb\":\"programme\",\"key\":\"rehearsal\",\"title\":\"Two days of "
                                "acoustics\",\"zone\":\"Europe/Rome\"}"));
    send_all(s, json_object_get(plan, "sessions"), "programme-session");
    send_all(s, json_object_get(plan, "people"), "programme-person");
    json_decref(plan);
    json_t *reply = house_ask(s->h, "{\"verb\":\"programme-show\",\"programme\":\"rehearsal\"}");
    s->programme = json_incref(json_object_get(reply, "programme"));
    json_decref(reply);
    assert_int_equal(json_array_size(json_object_get(s->programme, "people")), ALL);
}

/* ---- what people do ---- */

static void join(struct stage *s, int i)
{
    const json_t *person = json_array_get(json_object_get(s->programme, "people"), (size_t)i);
    house_forget(s->h, (uint32_t)i + 1);
    house_hello(s->h, (uint32_t)i + 1, strstr(house_text(person, "url"), "/j/") + 3, 0);
    assert_int_equal(house_heard_count(s->h, (uint32_t)i + 1, "welcome"), 1);
    s->on[i] = true;
}

static void drop(struct stage *s, int i)
{
    house_hang_up(s->h, (uint32_t)i + 1);
    s->on[i] = false;
    s->drops++;
}

/* What a connection does must be done; the event's number. */
static long long does(struct stage *s, int i, const char *verb_and_members)
{
    house_say(s->h, (uint32_t)i + 1, "{\"kind\":\"do\",\"id\":%d,\"verb\":%s}", ++s->said, verb_and_members);
    json_t *done = house_heard(s->h, (uint32_t)i + 1, "done");
    if (!done || house_number(done, "id") != s->said)
        fail_msg("not done: %s by %d", verb_and_members, i);
    long long n = house_number(done, "n");
    json_decref(done);
    return n;
}

static void __attribute__((format(printf, 3, 4)))
chair(struct stage *s, int64_t *ret_n, const char *format, ...)
{
    char text[300];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    long long n = does(s, 0, text);
    if (ret_n)
        *ret_n = n;
}

/* Chairs stay; everyone else comes, drops, sits in a hall. */
static void move_somebody(struct stage *s)
{
    int i = CHAIRS + (int)pick(PEOPLE - CHAIRS);
    if (i > 70 && pick(2)) {
        if (s->checked_in[i])
            chair(s, NULL, "\"check-out\",\"people\":[%d]", i + 1);
        else
            chair(s, NULL, "\"check-in\",\"room\":\"Hall %c\",\"people\":[%d]", 'A' + i % 2, i + 1);
        s->checked_in[i] = !s->checked_in[i];
    } else if (s->on[i] && pick(3) == 0) {
        drop(s, i);
    } else if (!s->on[i]) {
        join(s, i);
    }
}

static void ask(struct stage *s)
{
    int i = CHAIRS + (int)pick(PEOPLE - CHAIRS);
    char text[200];
    if (!s->on[i])
        return;
    snprintf(text, sizeof text, "\"ask\",\"text\":\"Question %d?\"", ++s->questions);
    long long question = does(s, i, text);
    chair(s, NULL, "\"approve\",\"question\":%lld", question);
    for (int voter = CHAIRS; voter < PEOPLE; voter += 1 + (int)pick(30)) {
        snprintf(text, sizeof text, "\"vote\",\"question\":%lld", question);
        if (s->on[voter])
            does(s, voter, text);
    }
    chair(s, NULL, "\"answered\",\"question\":%lld", question);
}

static void poll(struct stage *s)
{
    int64_t poll;
    char text[100];
    chair(s, &poll, "\"poll\",\"text\":\"Poll %d\",\"options\":[\"yes\",\"no\",\"perhaps\"]", ++s->polls);
    chair(s, NULL, "\"poll-open\",\"poll\":%lld", (long long)poll);
    for (int i = CHAIRS; i < PEOPLE; i++) {
        snprintf(text, sizeof text, "\"answer\",\"poll\":%lld,\"choices\":[%d]", (long long)poll,
                 1 + (int)pick(3));
        if (s->on[i])
            does(s, i, text);
    }
    chair(s, NULL, "\"poll-close\",\"poll\":%lld", (long long)poll);
    chair(s, NULL, "\"poll-show\",\"poll\":%lld", (long long)poll);
}

/* ---- time ---- */

static void count(struct stage *s, int seconds)
{
    for (int i = 0; i < PEOPLE && s->open; i++)
        s->there_s[i] += s->on[i] || s->checked_in[i] ? seconds : 0;
}

static void kill_relay(struct stage *s)
{
    const int outage_s = 20;
    count(s, outage_s);
    house_kill(s->h, s->h->row_count, outage_s * US_PER_S);
    s->kills++;
    for (int i = 0; i < ALL; i++) {
        bool was_on = s->on[i];
        s->on[i] = false;
        house_forget(s->h, (uint32_t)i + 1);
        if (was_on)
            join(s, i);
    }
}

static void one_day(struct stage *s, const json_t *session)
{
    int64_t begin_us = (house_number(session, "starts") - WALL_MS) * 1000 - EARLY_S * (span_us)US_PER_S;
    house_wait(s->h, begin_us - s->h->now_us); /* the night */
    for (int t = -EARLY_S; t < LONG_S; t += STEP_S) {
        if (t == -EARLY_S / 3)
            for (int i = 0; i < ALL; i++)
                if (i < CHAIRS || i >= PEOPLE || pick(2))
                    join(s, i);
        if (t == 0) {
            chair(s, NULL, "\"open\"");
            s->open = true;
        }
        if (s->open && t % 1500 == 0 && t / 1500 < LECTURERS) {
            int lecturer = CHAIRS + t / 1500;
            if (!s->on[lecturer])
                join(s, lecturer);
            chair(s, NULL, "\"item\",\"item\":%d", t / 1500 + 1); /* which starts his timer */
        }
        if (s->open && pick(4) == 0)
            move_somebody(s);
        if (s->open && t % 300 == 100)
            ask(s);
        if (s->open && t % 3600 == 1800)
            poll(s);
        if (t == LONG_S / 2)
            kill_relay(s);
        for (int i = 0; t % FORGET_S == 0 && i < ALL; i++)
            house_forget(s->h, (uint32_t)i + 1);
        count(s, STEP_S);
        house_wait(s->h, STEP_S * (span_us)US_PER_S);
    }
    chair(s, NULL, "\"end\"");
    s->open = false;
    memset(s->on, 0, sizeof s->on);
    memset(s->checked_in, 0, sizeof s->checked_in);
    for (uint32_t c = 0; c < HOUSE_CONNECTIONS; c++)
        house_forget(s->h, c);
}

/* ---- out of the log ---- */

static void take(struct attendance *a, const struct desk_row *row, json_t *events)
{
    struct json_doc *doc;
    struct event e;
    enum role role = ROLE_TRAINEE;
    char why[JSON_WHY_MAX];
    assert_int_equal(json_doc_read(row->text, row->len, SENTENCE_MAX, &doc, why), ERR_NONE);
    struct json_in in = json_doc_root(doc);
    if (row->kind == ROW_LINK) {
        assert_int_equal(role_read(json_in_string(in, "role", JSON_TEXT_ID, 20), &role), ERR_NONE);
        assert_int_equal(attendance_link(a, (uint32_t)json_in_integer(in, "number", 1, PEOPLE_MAX),
                                         json_in_string(in, "name", JSON_TEXT_LINE, 64),
                                         json_in_string(in, "place", JSON_TEXT_LINE, 64),
                                         json_in_string_or_null(in, "person", JSON_TEXT_LINE, 64), role),
                         ERR_NONE);
    } else {
        event_read(in, &e);
        assert_int_equal(attendance_event(a, &e), ERR_NONE);
        json_array_append_new(events, json_loadb(row->text, row->len, 0, NULL));
    }
    json_doc_destroy(doc);
}

/* Attendance as the relay answers it, and the facts of each session. */
static json_t *read_log(const struct stage *s, json_t *facts)
{
    const struct attendance_wish wish = {.per_cent = 80, .url = "https://relay.example"};
    struct attendance *a;
    struct json_out o;
    size_t i, k;
    json_t *session;
    assert_int_equal(attendance_create(&a), ERR_NONE);
    json_array_foreach(json_object_get(s->programme, "sessions"), i, session)
    {
        json_t *events = json_array();
        assert_int_equal(attendance_begin(a, house_text(session, "session")), ERR_NONE);
        for (int kind = ROW_LINK; kind >= ROW_EVENT; kind--)
            for (k = 0; k < s->h->row_count; k++)
                if ((int)s->h->rows[k].row.kind == kind &&
                    strcmp(s->h->rows[k].row.session, house_text(session, "session")) == 0)
                    take(a, &s->h->rows[k].row, events);
        assert_int_equal(attendance_end(a, 0), ERR_NONE);
        json_object_set_new(facts, house_text(session, "session"), report_fold(events));
        json_decref(events);
    }
    assert_int_equal(attendance_finish(a), ERR_NONE);
    json_out_init(&o);
    json_open_object(&o, NULL);
    attendance_write_json(&o, a, &wish);
    json_close_object(&o);
    json_t *told = json_loadb(o.text, o.len, 0, NULL);
    json_out_finish(&o);
    attendance_destroy(a);
    return told;
}

static char *page_of(const struct stage *s, bool is_public)
{
    json_t *facts = json_object(), *attendance = read_log(s, facts);
    const struct report r = {.is_public = is_public,
                             .threshold = 80,
                             .programme = s->programme,
                             .facts = facts,
                             .attendance = attendance,
                             .now_ms = WALL_MS};
    char *page = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&page, &len);
    report_page(f, &r);
    fclose(f);
    json_decref(facts);
    json_decref(attendance);
    return page;
}

/* The checker has nothing to say of it. */
static void check_page(const char *page)
{
    char path[] = "/tmp/aula-rehearsal-XXXXXX", command[200];
    int fd = mkstemp(path);
    assert_true(fd >= 0 && write(fd, page, strlen(page)) == (ssize_t)strlen(page));
    close(fd);
    snprintf(command, sizeof command, "tidy -quiet -errors %s", path);
    int status = system(command);
    unlink(path);
    assert_int_equal(status, 0);
}

static const char *speaker_name(int lecturer)
{
    static char name[100];
    snprintf(name, sizeof name, NAME, role_of(CHAIRS + lecturer), CHAIRS + lecturer);
    return name;
}

/* Each talk began when the chair went to it, once a day, and is told with its speaker; publicly without. */
static void check_items(const char *page, bool is_public)
{
    for (int i = 0; i < LECTURERS; i++) {
        char row[300];
        int count = 0, minutes = i * 25;
        snprintf(row, sizeof row,
                 is_public ? "<tr><td>%02d:%02d</td><td>%.0sTalk %d</td></tr>"
                           : "<tr><td>%02d:%02d</td><td>%s: Talk %d</td></tr>",
                 9 + minutes / 60, minutes % 60, speaker_name(i), i + 1);
        for (const char *at = strstr(page, row); at; at = strstr(at + 1, row))
            count++;
        if (count != DAYS)
            fail_msg("%s: %d times", row, count);
    }
}

static void report_is_the_truth(void **state)
{
    (void)state;
    struct stage s = {.h = house_open()};
    size_t day, passed = 0;
    const json_t *session;
    load(&s);
    json_array_foreach(json_object_get(s.programme, "sessions"), day, session) one_day(&s, session);
    char *page = page_of(&s, false), *public = page_of(&s, true);
    for (int i = 0; i < PEOPLE; i++) {
        char name[100], there[60];
        long long t = s.there_s[i];
        snprintf(name, sizeof name, "<th scope=\"row\">" NAME "</th>", role_of(i), i);
        snprintf(there, sizeof there, "<td class=\"n\">%lld:%02lld:%02lld</td>", t / 3600, t / 60 % 60,
                 t % 60);
        const char *row = strstr(page, name), *end = row ? strstr(row, "</tr>") : NULL,
                   *time = row ? strstr(row, there) : NULL;
        if (!time || time > end)
            fail_msg("%s: %s is not in %.300s", name, there, row ? row : "nothing");
        passed += strstr(row, "<td>yes</td>") && strstr(row, "<td>yes</td>") < end;
        snprintf(name, sizeof name, NAME "<", role_of(i), i);
        assert_null(strstr(public, name));
    }
    print_message("# %d people; %d drops, %d questions, %d polls, %d kills; %zu were there for 80 %% of it\n",
                  PEOPLE, s.drops, s.questions, s.polls, s.kills, passed);
    assert_true(s.drops > 50 && s.questions > 40 && s.polls > 4 && s.kills == DAYS && passed > CHAIRS &&
                passed < PEOPLE);
    check_items(page, false);
    check_items(public, true);
    check_page(page);
    check_page(public);
    free(page);
    free(public);
    json_decref(s.programme);
    house_close(s.h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(report_is_the_truth)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
