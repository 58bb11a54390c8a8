/* Local times: summer and winter, half hours, and the two nights of the year. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ctl/zone.h"

static void moments(void **state)
{
    (void)state;
    static const struct {
        int row;
        const char *zone;
        struct zone_time local;
        enum err want;
        const char *utc;
    } rows[] = {
        {1, "UTC", {2026, 11, 30, 9, 0}, ERR_NONE, "2026-11-30 09:00"},
        {2, "Europe/Rome", {2026, 11, 30, 9, 0}, ERR_NONE, "2026-11-30 08:00"},
        {3, "Europe/Rome", {2026, 7, 1, 9, 0}, ERR_NONE, "2026-07-01 07:00"},
        {4, "Asia/Tehran", {2026, 7, 1, 9, 0}, ERR_NONE, "2026-07-01 05:30"},
        {5, "Asia/Kathmandu", {2026, 1, 1, 0, 0}, ERR_NONE, "2025-12-31 18:15"},
        {6, "Europe/Rome", {2026, 3, 29, 2, 30}, ERR_STATE, NULL},
        {7, "Europe/Rome", {2026, 3, 29, 3, 0}, ERR_NONE, "2026-03-29 01:00"},
        {8, "Europe/Rome", {2026, 10, 25, 2, 30}, ERR_NONE, "2026-10-25 00:30"}, /* the first of two */
        {9, "Europe/Rome", {2026, 10, 25, 3, 0}, ERR_NONE, "2026-10-25 02:00"},
        {10, "Europe/Rome", {2026, 2, 29, 9, 0}, ERR_MALFORMED, NULL},
        {11, "Europe/Rome", {2026, 13, 1, 9, 0}, ERR_MALFORMED, NULL},
        {12, "Europe/Rome", {2026, 1, 1, 24, 0}, ERR_MALFORMED, NULL},
        {13, "Europe/Atlantis", {2026, 1, 1, 9, 0}, ERR_UNKNOWN, NULL},
        {14, "", {2026, 1, 1, 9, 0}, ERR_UNKNOWN, NULL},
        {15, "Europe", {2026, 1, 1, 9, 0}, ERR_UNKNOWN, NULL},
        {16, "Europe/../Europe/Rome", {2026, 1, 1, 9, 0}, ERR_UNKNOWN, NULL},
        {17, "/etc/localtime", {2026, 1, 1, 9, 0}, ERR_UNKNOWN, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        long long ms = 0;
        char text[ZONE_TEXT_SIZE], local[ZONE_TEXT_SIZE];
        enum err e = zone_moment(rows[i].zone, &rows[i].local, &ms);
        zone_print("UTC", ms, "%Y-%m-%d %H:%M", text);
        zone_print(rows[i].zone, ms, "%H", local);
        if (e != rows[i].want ||
            (e == ERR_NONE && (strcmp(text, rows[i].utc) != 0 || atoi(local) != rows[i].local.hour)))
            fail_msg("row %d: %d %s %s", rows[i].row, (int)e, text, local);
    }
}

static void the_process_stays_where_it_was(void **state)
{
    (void)state;
    char text[ZONE_TEXT_SIZE];
    setenv("TZ", "Asia/Tokyo", 1);
    zone_print("Europe/Rome", 0, "%H:%M", text);
    assert_string_equal(text, "01:00");
    assert_string_equal(getenv("TZ"), "Asia/Tokyo");
    unsetenv("TZ");
    zone_print("Europe/Rome", 0, "%H:%M", text);
    assert_null(getenv("TZ"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(moments),
                                       cmocka_unit_test(the_process_stays_where_it_was)};
    return cmocka_run_group_tests_name("ctl/zone", tests, NULL, NULL);
}
