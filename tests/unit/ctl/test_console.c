#include <locale.h>
#include <string.h>

#include "../rows.h"
#include "ctl/console/model.h"

/* What a screen of this size would say, lines ended by '\n'. */
static char *screen(struct console *c, int width, int height)
{
    struct cells *cells;
    assert_int_equal(cells_create(width, height, &cells), ERR_NONE);
    console_draw(c, cells);
    char *text = calloc((size_t)width * (size_t)height + (size_t)height + 1, 4), *at = text;
    for (int i = 0; i < width * height; i++) {
        wchar_t sign = cells->at[i].sign;
        if (sign != 0)
            at += sign < 0x80 ? (*at = (char)sign, 1) : wctomb(at, sign);
        if (i % width == width - 1)
            *at++ = '\n';
    }
    cells_destroy(cells);
    return text;
}

static bool shows(struct console *c, int width, int height, const char *wanted)
{
    char *text = screen(c, width, height);
    bool there = strstr(text, wanted) != NULL;
    free(text);
    return there;
}

#define RELAY                                                                                                \
    "\"relay\":{\"version\":\"9\",\"at_us\":%d,\"uptime_s\":90061,\"sessions\":2,\"members\":3,"             \
    "\"peers\":3,"                                                                                           \
    "\"control_cpu_us\":0,\"events\":0,\"disk_free_bytes\":5000000000,\"certificate_days\":3,"               \
    "\"workers\":[{\"worker\":0,\"cpu_us\":%d,\"orders_waiting\":4,\"facts_waiting\":0}]}"
#define SESSIONS                                                                                             \
    "\"sessions\":[{\"id\":\"aaa\",\"title\":\"Algebra\",\"state\":\"open\",\"present\":2,\"peers\":2,"      \
    "\"speaking\":[\"Ada\"],"                                                                                \
    "\"counters\":{\"packets_in\":%d,\"packets_out\":0,\"bytes_in\":0,\"bytes_out\":0}},"                    \
    "{\"id\":\"bbb\",\"title\":\"Botany\",\"state\":\"backstage\",\"present\":40,\"peers\":0,\"speaking\":[" \
    "],\"counters\":{}}]"
#define ALARMS                                                                                               \
    "\"alarms\":[{\"severity\":\"bad\",\"kind\":\"silent\",\"session\":\"bbb\",\"participant\":7,\"text\":"  \
    "\"Hall B sends only silence for 12 s: microphone muted at the device, or its cable out?\"}],"           \
    "\"alarms_all\":1"
#define PEOPLE                                                                                               \
    "\"session\":\"bbb\",\"people\":[{\"id\":5,\"name\":\"Zoe\",\"role\":\"trainee\",\"place\":\"remote\","  \
    "\"present\":true,\"packets_in\":0,\"lost_out_percent\":2},"                                             \
    "{\"id\":7,\"name\":\"Hall B\",\"role\":\"room\",\"place\":\"Hall "                                      \
    "B\",\"present\":true,\"floor\":true,\"transport\":\"udp\",\"round_trip_ms\":41,\"lost_out_percent\":"   \
    "15}]"

static void look(struct console *c, int at_us, int cpu_us, int packets)
{
    char reply[4000];
    snprintf(reply, sizeof reply, "{\"ok\":true," RELAY "," SESSIONS "," PEOPLE "," ALARMS "}", at_us, cpu_us,
             packets);
    console_seen(c, reply, NULL);
}

static struct console *looked(void)
{
    struct console *c;
    assert_int_equal(console_create(false, &c), ERR_NONE);
    look(c, 1000000, 0, 0);
    look(c, 2000000, 300000, 50);
    return c;
}

/* Keys one after another: ^ _ < > ~ are up, down, Escape, Enter and erase, all others themselves. */
static void press(struct console *c, const char *keys)
{
    free(screen(c, 100, 30)); /* as in life: what is seen is what keys are about */
    for (; *keys; free(screen(c, 100, 30)), keys++)
        console_key(c, *keys == '^'   ? CONSOLE_UP
                       : *keys == '_' ? CONSOLE_DOWN
                       : *keys == '<' ? CONSOLE_BACK
                       : *keys == '>' ? CONSOLE_ENTER
                       : *keys == '~' ? CONSOLE_ERASE
                                      : *keys);
}

static void keys_and_what_is_seen(void **state)
{
    (void)state;
    static const struct {
        const char *keys, *wanted, *unwanted, *action; /* action: that the relay is then told; NULL: none */
    } rows[] = {
        {"", "aula 9  up 1d 01:01", NULL, NULL},
        {"", "worker 0 30%, 4+0 wait", NULL, NULL},
        {"", "disk 5.0 GB left  certificate 3 days", NULL, NULL},
        {"", "!! Hall B sends only silence for 12 s", NULL, NULL},
        {"", "Algebra: Ada", NULL, NULL},
        {"", "SESSIONS: 2 all by trouble", NULL, NULL},
        {"sss", "by bits in", NULL, NULL},
        {"f", "SESSIONS: 1 with sound", "Botany", NULL},
        {"ff", "SESSIONS: 1 in trouble", "Algebra", NULL},
        {"/bot>", "SESSIONS: 1 all by trouble, /bot", "Algebra", NULL},
        {"/botx~>", "SESSIONS: 1", "Algebra", NULL},
        {"/nothing>", "There is none", "Botany", NULL},
        {"/nothing<", "SESSIONS: 2", NULL, NULL},
        {">", "PEOPLE: 2 all by trouble of Botany", NULL, NULL}, /* the one in trouble stands first */
        {">", "7 Hall B (room)", NULL, NULL},
        {">>", "round trip                     41 ms", NULL, NULL},
        {">_>", "5 Zoe, trainee, remote", NULL, NULL},
        {">_>^", "7 Hall B, room, Hall B", NULL, NULL},
        {">><<", "SESSIONS: 2", NULL, NULL},
        {"a", "muted at the device, or its cable out?", NULL, NULL},
        {"a>", "7 Hall B, room, Hall B", NULL, NULL},
        {"?", "drain the relay", NULL, NULL},
        {"?<", "SESSIONS: 2", NULL, NULL},
        {">g", "Give Hall B the floor?  y = yes", NULL, NULL},
        {">gy", "", NULL, "{\"verb\":\"grant\",\"session\":\"bbb\",\"participant\":7}"},
        {">gn", "Nothing was done.", NULL, NULL},
        {">g>", "Nothing was done.", NULL, NULL},
        {">uy", "", NULL, "{\"verb\":\"mute\",\"session\":\"bbb\",\"participant\":7}"},
        {">_Xy", "", NULL, "{\"verb\":\"remove\",\"session\":\"bbb\",\"participant\":5}"},
        {">mhi>", "Say it to Hall B?", NULL, NULL},
        {">mhi>y", "", NULL, "{\"verb\":\"message\",\"session\":\"bbb\",\"text\":\"hi\",\"participant\":7}"},
        {"m\"q\">y", "", NULL, "{\"verb\":\"message\",\"session\":\"bbb\",\"text\":\"\\\"q\\\"\"}"},
        {"m>", "SESSIONS: 2", NULL, NULL}, /* nothing to say */
        {"E", "End \"Botany\" for everyone?", NULL, NULL},
        {"_Ey", "", NULL, "{\"verb\":\"end\",\"session\":\"aaa\"}"},
        {"Dy", "", NULL, "{\"verb\":\"drain\"}"},
        {"D<", "Nothing was done.", NULL, NULL},
        {"gyuyXy", "SESSIONS: 2", NULL, NULL}, /* of people, and none is shown */
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct console *c = looked();
        press(c, rows[i].keys);
        ROW_TRUE(i, shows(c, 100, 30, rows[i].wanted));
        ROW_TRUE(i, !rows[i].unwanted || !shows(c, 100, 30, rows[i].unwanted));
        const char *action = console_action(c);
        ROW_TRUE(i, rows[i].action ? action && strcmp(action, rows[i].action) == 0 : !action);
        ROW_TRUE(i, !console_action(c)); /* once */
        console_destroy(c);
    }
}

static void what_is_asked_for(void **state)
{
    (void)state;
    struct console *c = looked();
    assert_string_equal(console_look(c), "{\"verb\":\"top\"}");
    press(c, ">");
    assert_string_equal(console_look(c), "{\"verb\":\"top\",\"session\":\"bbb\"}");
    console_seen(c, "{\"ok\":false,\"why\":\"The session \\\"bbb\\\" is over.\"}", NULL);
    assert_true(shows(c, 100, 30, "is over."));
    assert_string_equal(console_look(c), "{\"verb\":\"top\"}");
    console_destroy(c);
}

/* The picture stays, and says that it is old; a relay that has started anew is no jump in the figures. */
static void relay_goes_and_comes_back(void **state)
{
    (void)state;
    static const char *const bad[] = {
        NULL, "", "[]", "{", "{\"ok\":true}", "{\"relay\":7}", "{\"ok\":false}", "\"x\""};
    struct console *c = looked();
    for (size_t i = 0; i < COUNT(bad); i++) {
        console_seen(c, bad[i], bad[i] ? NULL : "There is no relay there");
        ROW_TRUE(i, shows(c, 100, 30, "OLD PICTURE"));
        ROW_TRUE(i, shows(c, 100, 30, "Algebra"));
    }
    look(c, 1000000, 0, 0);
    assert_false(shows(c, 100, 30, "OLD PICTURE"));
    assert_true(shows(c, 100, 30, "worker 0 0%"));
    console_acted(c, NULL, "There is no relay there");
    assert_true(shows(c, 100, 30, "There is no relay there"));
    console_destroy(c);
}

/* Who may not look is told so; what stood there before does not show through. */
static void a_refusal_is_told(void **state)
{
    (void)state;
    struct console *c = looked();
    console_seen(c, "{\"ok\":false,\"why\":\"The token lacks the right read.\"}", NULL);
    assert_true(shows(c, 80, 24, " OLD PICTURE: The token lacks the right read.     "));
    console_destroy(c);
}

static struct console *with_alarms(int count, int all)
{
    char reply[20000];
    struct console *c;
    int at = sprintf(reply,
                     "{\"ok\":true,\"relay\":{\"draining\":true,\"webhook\":{\"delivered\":12,\"failed\":3,"
                     "\"waiting\":4,\"position\":99,\"failing_s\":70}},\"alarms_all\":%d,\"alarms\":[",
                     all);
    for (int i = 0; i < count; i++)
        at += sprintf(
            reply + at,
            "%s{\"severity\":\"bad\",\"text\":\"Hall %d sends only silence for 10 s: microphone muted at "
            "the device, or its cable out?\"}",
            i ? "," : "", i);
    sprintf(reply + at, "]}");
    assert_int_equal(console_create(true, &c), ERR_NONE);
    console_seen(c, reply, NULL);
    return c;
}

/* Few alarms are whole sentences, many are one row each; how many more there are is said. */
static void alarms_as_there_is_room(void **state)
{
    (void)state;
    static const struct {
        int count, all, width, height;
        const char *wanted, *unwanted;
    } rows[] = {
        {1, 1, 80, 24, "\n   cable out?", "more: a"},
        {2, 2, 80, 24, "!! Hall 1 sends only silence", "more: a"},
        {2, 2, 80, 24, "\n   cable out?", NULL},
        {3, 3, 80, 24, "!! Hall 2 sends only silence", "more: a"},
        {4, 9, 80, 24, "  5 more: a", "cable"},
        {30, 40, 80, 24, " 34 more: a", "Hall 6 "},
        {2, 2, 60, 12, "!! Hall 1 sends only silence", "more: a"},
        {4, 4, 60, 12, "  1 more: a", NULL},
        {30, 40, 200, 50, "or its cable out?", NULL},
        {30, 40, 200, 50, " 28 more: a", NULL},
        {1, 1, 60, 12, " DRAINING aula", NULL},
        {1, 1, 60, 12, "q quit", NULL},
        {1, 1, 80, 24, "webhook 4 wait ", "told"},
        {1, 1, 200, 50, "webhook 4 wait, 12 told, 3 failed, at row 99", NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct console *c = with_alarms(rows[i].count, rows[i].all);
        ROW_TRUE(i, shows(c, rows[i].width, rows[i].height, rows[i].wanted));
        ROW_TRUE(i, !rows[i].unwanted || !shows(c, rows[i].width, rows[i].height, rows[i].unwanted));
        console_destroy(c);
    }
}

/* What cannot be seen is not asked: but for q, keys do nothing. */
static void keys_when_too_small(void **state)
{
    (void)state;
    struct console *c = looked();
    assert_true(shows(c, 20, 5, "Too small"));
    console_key(c, 'D');
    console_key(c, 'y');
    assert_null(console_action(c));
    console_key(c, CONSOLE_ENTER);
    console_key(c, '?');
    assert_true(shows(c, 100, 30, "SESSIONS: 2"));
    press(c, "D");
    assert_true(shows(c, 20, 5, "Too small"));
    console_key(c, 'y');
    assert_null(console_action(c));
    assert_true(shows(c, 100, 30, "Drain the relay?"));
    press(c, "y");
    assert_non_null(console_action(c));
    assert_true(shows(c, 20, 5, "Too small"));
    console_key(c, 'q');
    assert_true(console_over(c));
    console_destroy(c);
}

static void every_size(void **state)
{
    (void)state;
    static const char *const ways[] = {"", ">", ">>", "a", "?", "E", "/x"};
    for (size_t i = 0; i < COUNT(ways); i++) {
        struct console *c = looked();
        press(c, ways[i]);
        for (int width = 1; width < 220; width += width < 70 ? 1 : 17)
            for (int height = 1; height < 60; height += height < 14 ? 1 : 9)
                ROW_TRUE(i, width < 20 ||
                                shows(c, width, height, width < 60 || height < 12 ? "Too small" : "aula 9"));
        console_destroy(c);
    }
}

static void hostile_texts(void **state)
{
    (void)state;
    static const char *const titles[] = {
        "\\u001b[2J", "\\u009b31m", "\\u202egnp", "\\t\\n\\r", "漢字漢字漢字漢字漢字漢字漢字漢字漢字",
        "e\\u0301",   "",           "%s%n"};
    for (size_t i = 0; i < COUNT(titles); i++) {
        char reply[1000];
        struct console *c;
        assert_int_equal(console_create(true, &c), ERR_NONE);
        snprintf(reply, sizeof reply,
                 "{\"ok\":true,\"relay\":{},\"sessions\":[{\"id\":\"x\",\"title\":\"%s\",\"state\":7,"
                 "\"speaking\":[3]},7,null],\"alarms\":[1]}",
                 titles[i]);
        console_seen(c, reply, NULL);
        for (int width = 60; width < 90; width++) {
            char *text = screen(c, width, 20);
            for (const char *at = text; *at; at++)
                ROW_TRUE(i, *at == '\n' || (unsigned char)*at >= 0x20);
            free(text);
        }
        press(c, ">>g");
        console_destroy(c);
    }
}

static void a_thousand_sessions(void **state)
{
    (void)state;
    enum { MANY = 1000, ROOM = 200 };
    char *reply = malloc(MANY * ROOM + 500), *at = reply;
    struct console *c;
    assert_int_equal(console_create(false, &c), ERR_NONE);
    at += sprintf(at, "{\"ok\":true,\"relay\":{\"at_us\":1},\"sessions\":[");
    for (int i = 0; i < MANY; i++)
        at += sprintf(at, "%s{\"id\":\"id%d\",\"title\":\"Title %04d\",\"state\":\"open\",\"present\":%d}",
                      i ? "," : "", i, i, i);
    sprintf(at, "],\"alarms\":[]}");
    console_seen(c, reply, NULL);
    assert_true(shows(c, 80, 24, " >Title 0000"));
    console_key(c, CONSOLE_END);
    assert_true(shows(c, 80, 24, " >Title 0999"));
    assert_false(shows(c, 80, 24, "Title 0900"));
    console_key(c, CONSOLE_PAGE_UP);
    assert_true(shows(c, 80, 24, " >Title 0982"));
    console_key(c, CONSOLE_HOME);
    press(c, "____");
    assert_true(shows(c, 80, 24, " >Title 0004"));
    press(c, "s"); /* by people: the selected one stays selected, wherever it now stands */
    assert_true(shows(c, 80, 24, " >Title 0004"));
    console_key(c, CONSOLE_HOME);
    assert_true(shows(c, 80, 24, " >Title 0999"));
    for (int i = 0; i < 200; i++)
        console_seen(c, reply, NULL); /* histories do not grow without end */
    press(c, "/0500>");
    assert_true(shows(c, 80, 24, "SESSIONS: 1 all"));
    console_destroy(c);
    free(reply);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_and_what_is_seen),     cmocka_unit_test(what_is_asked_for),
        cmocka_unit_test(relay_goes_and_comes_back), cmocka_unit_test(every_size),
        cmocka_unit_test(a_refusal_is_told),         cmocka_unit_test(alarms_as_there_is_room),
        cmocka_unit_test(keys_when_too_small),       cmocka_unit_test(hostile_texts),
        cmocka_unit_test(a_thousand_sessions)};
    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
