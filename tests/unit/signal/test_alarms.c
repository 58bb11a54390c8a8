#include <string.h>

#include "../rows.h"
#include "signal/alarms.h"

#define S          ((span_us)US_PER_S)
#define P(percent) ((percent)*65536 / 100)

static void people(void **state)
{
    (void)state;
    static const struct {
        bool here, may_send, has_link, up;
        span_us since;
        struct peer_counters c;
        size_t count;
        const char *kind, *text; /* of the first */
        enum alarm_severity severity;
    } rows[] = {
        {true, true, true, true, 60 * S, {.quiet_ms = 20, .still_ms = 20}, 0, NULL, NULL, 0},
        {true,
         true,
         true,
         true,
         60 * S,
         {.quiet_ms = 12400, .still_ms = 12400},
         1,
         "nothing-sent",
         "Hall B sends nothing for 12 s: microphone",
         ALARM_BAD},
        {true,
         true,
         true,
         true,
         60 * S,
         {.quiet_ms = 12400, .still_ms = 20},
         1,
         "silent",
         "Hall B sends only silence for 12 s: microphone muted at the device",
         ALARM_BAD},
        {true, true, true, true, 60 * S, {.quiet_ms = ALARM_STILL_MS - 1, .still_ms = 20}, 0, NULL, NULL, 0},
        /* who may not send, has just come, or is gone is silent by right */
        {true, false, true, true, 60 * S, {.quiet_ms = 99999, .still_ms = 99999}, 0, NULL, NULL, 0},
        {true, true, true, true, 7 * S, {.quiet_ms = 99999, .still_ms = 99999}, 0, NULL, NULL, 0},
        {false,
         true,
         true,
         true,
         60 * S,
         {.quiet_ms = 99999, .still_ms = 99999, .lost_out = P(50)},
         0,
         NULL,
         NULL,
         0},
        {true, true, false, false, 60 * S, {0}, 0, NULL, NULL, 0},
        {true,
         true,
         true,
         false,
         12 * S,
         {0},
         1,
         "no-media",
         "no sound gets through for 12 s: is UDP blocked",
         ALARM_BAD},
        {true, true, true, false, 3 * S, {.lost_out = P(50)}, 0, NULL, NULL, 0},
        {true,
         false,
         true,
         true,
         S,
         {.lost_out = P(15)},
         1,
         "lost-out",
         "Hall B loses 15 % of what is sent",
         ALARM_BAD},
        {true, false, true, true, S, {.lost_out = P(6)}, 1, "lost-out", "loses 6 %", ALARM_WARN},
        {true, false, true, true, S, {.lost_out = P(4)}, 0, NULL, NULL, 0},
        {true,
         true,
         true,
         true,
         S,
         {.lost_in = P(15)},
         1,
         "lost-in",
         "15 % is lost on the way here",
         ALARM_BAD},
        {true, true, true, true, S, {.round_trip_us = 520000}, 1, "delay", "520 ms away", ALARM_WARN},
        {true, true, true, true, S, {.jitter_out_us = 75000}, 1, "jitter", "75 ms early or late", ALARM_WARN},
        /* everything at once fits */
        {true,
         true,
         true,
         true,
         60 * S,
         {.quiet_ms = 9000,
          .still_ms = 9000,
          .lost_in = P(90),
          .lost_out = P(90),
          .round_trip_us = 4000000,
          .jitter_in_us = 4000000},
         5,
         "nothing-sent",
         "Hall B",
         ALARM_BAD},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct alarm found[ALARMS_OF_PERSON_MAX];
        const struct alarm_person p = {"Hall B",   rows[i].here,  rows[i].may_send, rows[i].has_link,
                                       rows[i].up, rows[i].since, &rows[i].c};
        ROW_EQUAL(i, alarms_of_person(&p, found), rows[i].count);
        if (rows[i].count == 0)
            continue;
        ROW_EQUAL(i, strcmp(found[0].kind, rows[i].kind), 0);
        ROW_EQUAL(i, found[0].severity, rows[i].severity);
        if (!strstr(found[0].text, rows[i].text))
            fail_msg("row %zu: %s", i, found[0].text);
    }
}

static void longest_name(void **state)
{
    (void)state;
    char name[257];
    struct alarm found[ALARMS_OF_PERSON_MAX];
    memset(name, 'x', 256);
    name[256] = 0;
    const struct peer_counters c = {.quiet_ms = UINT32_MAX,
                                    .still_ms = UINT32_MAX,
                                    .lost_in = 65535,
                                    .lost_out = 65535,
                                    .round_trip_us = UINT32_MAX,
                                    .jitter_in_us = UINT32_MAX};
    const struct alarm_person p = {name, true, true, true, true, 60 * S, &c};
    size_t n = alarms_of_person(&p, found);
    assert_int_equal(n, 5);
    for (size_t i = 0; i < n; i++) { /* whole to its last sign */
        size_t len = strlen(found[i].text);
        assert_true(len + 1 < ALARM_TEXT_MAX);
        assert_true(found[i].text[len - 1] == '.' || found[i].text[len - 1] == '?');
    }
}

static void sessions(void **state)
{
    (void)state;
    static const struct {
        const char *record_why;
        bool before;
        struct session_counters was, is;
        size_t count;
        const char *kind;
    } rows[] = {
        {NULL, true, {.mixes = 100}, {.mixes = 150}, 0, NULL},
        {NULL, true, {.mixes = 100, .late_mixes = 3}, {.mixes = 150, .late_mixes = 10}, 1, "late-mixes"},
        {NULL, true, {.mixes = 100, .late_mixes = 3}, {.mixes = 150, .late_mixes = 5}, 0, NULL},
        {NULL, false, {0}, {.mixes = 150, .late_mixes = 150}, 0, NULL},
        {NULL, true, {.mixes = 100}, {.mixes = 110, .late_mixes = 10}, 0, NULL}, /* too few to say */
        {NULL, true, {.mixes = 900, .late_mixes = 9}, {.mixes = 50, .late_mixes = 5}, 0, NULL}, /* began anew
                                                                                                 */
        {"the disk is full", true, {0}, {0}, 1, "recording"}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct alarm found[ALARMS_OF_SESSION_MAX];
        const struct alarm_session s = {rows[i].record_why, rows[i].before ? &rows[i].was : NULL,
                                        &rows[i].is};
        ROW_EQUAL(i, alarms_of_session(&s, found), rows[i].count);
        if (rows[i].count)
            ROW_EQUAL(i, strcmp(found[0].kind, rows[i].kind), 0);
    }
}

static void relays(void **state)
{
    (void)state;
    static const struct {
        bool before;
        struct shell_figures was, is;
        size_t count;
        const char *text; /* of the first */
    } rows[] = {
        {true, {.workers = 1}, {.at_us = S, .workers = 1}, 0, NULL},
        {true,
         {.workers = 1},
         {.at_us = S, .workers = 1, .worker = {{.cpu_us = 900000}}},
         1,
         "Worker 0 takes 90 %"},
        {true,
         {.workers = 1},
         {.at_us = S / 10, .workers = 1, .worker = {{.cpu_us = 100000}}},
         0,
         NULL}, /* looks too close */
        {false, {0}, {.at_us = S, .workers = 1, .worker = {{.cpu_us = 900000}}}, 0, NULL},
        {true, {0}, {.at_us = 2 * S, .control_cpu_us = 1900000}, 1, "The control loop takes 95 %"},
        {true,
         {0},
         {.at_us = S, .workers = 2, .worker = {{0}, {.facts_waiting = 5000}}},
         1,
         "5000 messages wait between worker 1"},
        {true, {0}, {.at_us = S, .has_disk = true, .disk_free_bytes = 500000000}, 1, "500 MB are left"},
        {true, {0}, {.at_us = S, .has_disk = true, .disk_free_bytes = 50000000000}, 0, NULL},
        {true, {0}, {.at_us = S, .has_certificate = true, .certificate_days = 15}, 0, NULL},
        {true, {0}, {.at_us = S, .has_certificate = true, .certificate_days = 14}, 1, "ends in 14 days"},
        {true, {0}, {.at_us = S, .has_certificate = true, .certificate_days = -1}, 1, "has ended"},
        {true, {0}, {.at_us = S, .not_saved = true, .not_saved_us = 42 * S}, 1, "Nothing is saved for 42 s"},
        {true, {0}, {.at_us = S, .damaged = true}, 1, "damaged"},
        {true,
         {.commits = 5, .commits_us = 700},
         {.at_us = S, .commits = 9, .commits_us = 800700},
         1,
         "An event takes 200 ms to be on disk"},
        {true, {0}, {.at_us = S, .commits = 4, .commits_us = 399999}, 0, NULL},
        {true,
         {.commits = 4, .commits_us = 800000},
         {.at_us = S, .commits = 4, .commits_us = 800000},
         0,
         NULL},
        {true, {0}, {.at_us = S, .has_webhook = true, .webhook_failing_us = 59 * S}, 0, NULL},
        {true,
         {0},
         {.at_us = S, .has_webhook = true, .webhook_failing_us = 60 * S, .webhook_waiting = 7},
         1,
         "has taken nothing for 60 s, 7 events wait"},
        {true, {0}, {.at_us = S, .draining = true}, 1, "draining"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct alarm found[ALARMS_OF_RELAY_MAX];
        ROW_EQUAL(i, alarms_of_relay(rows[i].before ? &rows[i].was : NULL, &rows[i].is, found),
                  rows[i].count);
        if (rows[i].count && !strstr(found[0].text, rows[i].text))
            fail_msg("row %zu: %s", i, found[0].text);
    }
}

static void all_at_once_fit(void **state)
{
    (void)state;
    static struct shell_figures was, is;
    struct alarm found[ALARMS_OF_RELAY_MAX];
    is = (struct shell_figures){.at_us = S,
                                .control_cpu_us = 1000000,
                                .workers = SHELL_WORKERS_MAX,
                                .has_disk = true,
                                .damaged = true,
                                .draining = true,
                                .not_saved = true,
                                .commits = 1,
                                .commits_us = ALARM_COMMIT_US,
                                .webhook_failing_us = ALARM_WEBHOOK_US,
                                .has_certificate = true};
    for (int i = 0; i < SHELL_WORKERS_MAX; i++)
        is.worker[i] = (struct shell_worker){.cpu_us = 1000000, .orders_waiting = 4000};
    assert_int_equal(alarms_of_relay(&was, &is, found), 8 + 2 * SHELL_WORKERS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(people), cmocka_unit_test(longest_name),
                                       cmocka_unit_test(sessions), cmocka_unit_test(relays),
                                       cmocka_unit_test(all_at_once_fit)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
