/* Two days of a programme in virtual time, with 110 people: devices that come, drop and return, halls that
 * are checked in, a relay that is killed. Who was there is counted apart, second by second, from what was
 * done; and out of the log: the two are equal to the second. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/signal/house.h"
#include "report/attendance.h"

#define PEOPLE      110
#define IN_HALL     50 /* of them: the last ones, who are checked in and may have a device besides */
#define DAYS        2
#define DAY_S       (3 * 3600)
#define OPENS_S     600 /* after the first may come in */
#define CHAIR       400 /* his connection */
#define FORGET_S    300 /* what was told is let go of: only the log counts here */
#define DEVICES_MAX 2

struct person {
    bool on[DEVICES_MAX]; /* connected */
    bool checked_in;
    int64_t there_s; /* the truth */
};

struct programme {
    struct house *h;
    char session[DAYS][SESSION_ID_MAX + 1];
    char chair[64], token[PEOPLE][DEVICES_MAX][64];
    struct person people[PEOPLE];
    bool open;
    int said;
    int kills, drops, leaves, check_ins;
};

static uint64_t random_state = 88172645463325252u;

static uint32_t pick(uint32_t below)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 33) % below;
}

static uint32_t connection_of(int person, int device)
{
    return (uint32_t)(1 + DEVICES_MAX * person + device);
}

/* The link's number: the chair's is 1. */
static int number_of(int person, int device)
{
    return 2 + DEVICES_MAX * person + device;
}

static void keep_token(json_t *reply, char token[64])
{
    snprintf(token, 64, "%s", strstr(house_text(reply, "url"), "/j/") + 3);
    json_decref(reply);
}

static void make_day(struct programme *p, int day)
{
    struct house *h = p->h;
    json_t *reply = house_ask(
        h, "{\"verb\":\"session-create\",\"title\":\"Day %d\",\"rooms\":[\"A\",\"B\"],\"planned\":true}",
        day + 1);
    snprintf(p->session[day], sizeof p->session[day], "%s", house_text(reply, "session"));
    json_decref(reply);
    keep_token(house_ask(h, "{\"verb\":\"link\",\"session\":\"%s\",\"role\":\"chair\",\"name\":\"Chair\"}",
                         p->session[day]),
               p->chair);
    for (int i = 0; i < PEOPLE; i++) {
        for (int device = 0; device < DEVICES_MAX; device++)
            keep_token(house_ask(h,
                                 "{\"verb\":\"link\",\"session\":\"%s\",\"role\":\"trainee\",\"name\":"
                                 "\"Person %d\",\"person\":\"p%d@example.org\"}",
                                 p->session[day], i, i),
                       p->token[i][device]);
    }
    house_hello(h, CHAIR, p->chair, 0);
}

static void chair_says(struct programme *p, const char *verb_and_members)
{
    house_say(p->h, CHAIR, "{\"kind\":\"do\",\"id\":%d,\"verb\":%s}", ++p->said, verb_and_members);
    json_t *done = house_heard(p->h, CHAIR, "done");
    if (!done || house_number(done, "id") != p->said)
        fail_msg("not done: %s", verb_and_members);
    json_decref(done);
}

/* ---- what people do ---- */

static void connect(struct programme *p, int i, int device)
{
    uint32_t c = connection_of(i, device);
    house_forget(p->h, c);
    house_hello(p->h, c, p->token[i][device], 0);
    assert_int_equal(house_heard_count(p->h, c, "welcome"), 1);
    p->people[i].on[device] = true;
}

static void disconnect(struct programme *p, int i, int device)
{
    uint32_t c = connection_of(i, device);
    if (pick(3)) {
        house_hang_up(p->h, c);
        p->drops++;
    } else {
        house_say(p->h, c, "{\"kind\":\"do\",\"id\":1,\"verb\":\"leave\"}");
        p->leaves++;
    }
    p->people[i].on[device] = false;
}

static void check(struct programme *p, int i)
{
    char text[100];
    bool in = !p->people[i].checked_in;
    if (in)
        snprintf(text, sizeof text, "\"check-in\",\"room\":\"%s\",\"people\":[%d]", i % 2 ? "A" : "B",
                 number_of(i, 0));
    else
        snprintf(text, sizeof text, "\"check-out\",\"people\":[%d]", number_of(i, 0));
    chair_says(p, text);
    p->people[i].checked_in = in;
    p->check_ins += in;
}

static void somebody_does_something(struct programme *p)
{
    int i = (int)pick(PEOPLE), device = (int)pick(DEVICES_MAX);
    if (i >= PEOPLE - IN_HALL && pick(2))
        check(p, i);
    else if (p->people[i].on[device])
        disconnect(p, i, device);
    else
        connect(p, i, device);
}

/* ---- time ---- */

static void count(struct programme *p, int64_t seconds)
{
    for (int i = 0; i < PEOPLE && p->open; i++) {
        const struct person *x = &p->people[i];
        if (x->on[0] || x->on[1] || x->checked_in)
            p->people[i].there_s += seconds;
    }
}

/* Nobody is blamed for the outage; devices must come back, and some do not at once. */
static void kill_relay(struct programme *p)
{
    int outage_s = 1 + (int)pick(40);
    count(p, outage_s);
    house_kill(p->h, p->h->row_count, outage_s * US_PER_S);
    p->kills++;
    house_forget(p->h, CHAIR);
    house_hello(p->h, CHAIR, p->chair, 0);
    for (int i = 0; i < PEOPLE; i++) {
        for (int device = 0; device < DEVICES_MAX; device++) {
            bool was_on = p->people[i].on[device];
            p->people[i].on[device] = false;
            house_forget(p->h, connection_of(i, device));
            if (was_on && pick(10))
                connect(p, i, device);
        }
    }
}

static void one_day(struct programme *p, int day)
{
    make_day(p, day);
    for (int s = 0; s < DAY_S; s++) {
        if (s == OPENS_S) {
            chair_says(p, "\"open\"");
            p->open = true;
        }
        for (uint32_t n = pick(10) == 0 ? 1 + pick(3) : 0; n > 0; n--)
            somebody_does_something(p);
        if (pick(2500) == 0)
            kill_relay(p);
        if (s % FORGET_S == 0) {
            for (uint32_t c = 0; c < HOUSE_CONNECTIONS; c++) {
                if (!p->h->heard[c].closed)
                    house_forget(p->h, c);
            }
        }
        count(p, 1);
        house_wait(p->h, US_PER_S);
    }
    chair_says(p, "\"end\"");
    p->open = false;
    for (int i = 0; i < PEOPLE; i++)
        p->people[i] = (struct person){.there_s = p->people[i].there_s};
    for (uint32_t c = 0; c < HOUSE_CONNECTIONS; c++)
        house_forget(p->h, c);
}

/* ---- out of the log ---- */

static void take(struct attendance *a, const struct desk_row *row)
{
    struct json_doc *doc;
    struct event e;
    char why[JSON_WHY_MAX];
    assert_int_equal(json_doc_read(row->text, row->len, SENTENCE_MAX, &doc, why), ERR_NONE);
    struct json_in in = json_doc_root(doc);
    if (row->kind == ROW_LINK) {
        assert_int_equal(attendance_link(a, (uint32_t)json_in_integer(in, "number", 1, PEOPLE_MAX),
                                         json_in_string(in, "name", JSON_TEXT_LINE, NAME_CHARACTERS_MAX),
                                         "remote",
                                         json_in_string_or_null(in, "person", JSON_TEXT_LINE, PERSON_ID_MAX),
                                         ROLE_TRAINEE),
                         ERR_NONE);
    } else {
        event_read(in, &e);
        assert_int_equal(json_doc_error(doc), ERR_NONE);
        assert_int_equal(attendance_event(a, &e), ERR_NONE);
    }
    json_doc_destroy(doc);
}

static struct attendance *out_of_the_log(const struct programme *p)
{
    struct attendance *a;
    assert_int_equal(attendance_create(&a), ERR_NONE);
    for (int day = 0; day < DAYS; day++) {
        assert_int_equal(attendance_begin(a, p->session[day]), ERR_NONE);
        for (int kind = ROW_LINK; kind >= ROW_EVENT; kind--) { /* links first */
            for (size_t i = 0; i < p->h->row_count; i++) {
                const struct desk_row *row = &p->h->rows[i].row;
                if ((int)row->kind == kind && strcmp(row->session, p->session[day]) == 0)
                    take(a, row);
            }
        }
        assert_int_equal(attendance_end(a, 0), ERR_NONE);
    }
    assert_int_equal(attendance_finish(a), ERR_NONE);
    return a;
}

static const struct attendance_person *find(const struct attendance *a, int i)
{
    char id[40];
    snprintf(id, sizeof id, "p%d@example.org", i);
    for (size_t k = 0; k < attendance_person_count(a); k++) {
        if (strcmp(attendance_person(a, k)->id, id) == 0)
            return attendance_person(a, k);
    }
    return NULL;
}

static void two_days_to_the_second(void **state)
{
    (void)state;
    struct programme *p = calloc(1, sizeof *p);
    assert_non_null(p);
    p->h = house_open();
    for (int day = 0; day < DAYS; day++) {
        one_day(p, day);
        house_wait(p->h, 14 * 3600 * (span_us)US_PER_S); /* the night */
    }
    struct attendance *a = out_of_the_log(p);
    int64_t all_s = 0, passed = 0;
    assert_int_equal(attendance_person_count(a),
                     PEOPLE + DAYS); /* the chair has no identity: each day another */
    assert_true(attendance_open_ms(a) >= DAYS * (DAY_S - OPENS_S) * (int64_t)1000);
    for (int i = 0; i < PEOPLE; i++) {
        const struct attendance_person *x = find(a, i);
        assert_non_null(x);
        if (x->total_ms != p->people[i].there_s * 1000)
            fail_msg("person %d: %lld ms in the log, %lld s in truth", i, (long long)x->total_ms,
                     (long long)p->people[i].there_s);
        all_s += p->people[i].there_s;
        passed += attendance_passes(a, x, 80);
    }
    print_message("# %d people, %lld hours; %d drops, %d leaves, %d check-ins, %d kills; %lld were there for "
                  "80 %% of it\n",
                  PEOPLE, (long long)all_s / 3600, p->drops, p->leaves, p->check_ins, p->kills,
                  (long long)passed);
    assert_true(p->drops > 100 && p->leaves > 50 && p->check_ins > 50 && p->kills > 2 && passed > 5 &&
                passed < PEOPLE - 5);
    attendance_destroy(a);
    house_close(p->h);
    free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(two_days_to_the_second)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
