/* Which requests are for the log, and what of them is refused before it is asked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/log_door.h"

static void committed(void *self, uint64_t row)
{
    (void)self;
    (void)row;
}

static void text_heard(void *self, const char *text)
{
    (void)self;
    (void)text;
}

static void answered(void *self, uint32_t request, const char *text, size_t len)
{
    *(uint32_t *)self = request;
    assert_int_equal(text[len - 1], '}');
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(path);
}

static void each_request(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum log_door want;
        const char *says; /* of a refusal */
    } rows[] = {
        /* 0 */ {"{\"verb\":\"list\"}", LOG_DOOR_OTHER, ""},
        /* 1 */ {"nonsense", LOG_DOOR_OTHER, ""},
        /* 2 */ {"{\"verb\":7}", LOG_DOOR_OTHER, ""},
        /* 3 */ {"{\"verb\":\"log-verify\"}", LOG_DOOR_ASKED, ""},
        /* 4 */ {"{\"verb\":\"log-show\",\"session\":\"s\"}", LOG_DOOR_ASKED, ""},
        /* 5 */ {"{\"verb\":\"log-show\"}", LOG_DOOR_REFUSED, "session"},
        /* 6 */ {"{\"verb\":\"log-show\",\"session\":\"../../etc\"}", LOG_DOOR_REFUSED, "session"},
        /* 7 */ {"{\"verb\":\"log-show\",\"session\":\"s\",\"from\":0}", LOG_DOOR_REFUSED, "from"},
        /* 8 */
        {"{\"verb\":\"log-show\",\"session\":\"a-name-longer-than-any\"}", LOG_DOOR_REFUSED, "session"},
        /* 9 */ {"{\"verb\":\"backup\",\"file\":\"here.db\"}", LOG_DOOR_REFUSED, "whole path"},
        /* 10 */ {"{\"verb\":\"backup\"}", LOG_DOOR_REFUSED, "file"},
        /* 11 */ {"{\"verb\":\"backup\",\"file\":\"/nowhere/at/all\"}", LOG_DOOR_ASKED, ""},
        /* 12 */
        {"{\"verb\":\"attendance\",\"sessions\":[]}", LOG_DOOR_REFUSED, "Name sessions, or a programme"},
        /* 13 */ {"{\"verb\":\"attendance\",\"sessions\":[\"a\",7]}", LOG_DOOR_REFUSED, "sessions"},
        /* 14 */
        {"{\"verb\":\"attendance\",\"sessions\":[\"a\"],\"threshold\":101}", LOG_DOOR_REFUSED, "threshold"},
        /* 15 */
        {"{\"verb\":\"attendance\",\"sessions\":[\"a\"],\"format\":\"pdf\"}", LOG_DOOR_REFUSED,
         "json, csv or xapi"},
        /* 16 */
        {"{\"verb\":\"attendance\",\"sessions\":[\"a\",\"b\"],\"threshold\":80,\"format\":\"csv\"}",
         LOG_DOOR_ASKED, ""},
        /* 17 */ {"{\"verb\":\"person-erase\"}", LOG_DOOR_REFUSED, "person"},
    };
    char dir[] = "/tmp/aula-door-XXXXXX", why[600];
    uint32_t newest = 0;
    struct store *store = NULL;
    uv_loop_t loop;
    assert_non_null(mkdtemp(dir));
    assert_int_equal(uv_loop_init(&loop), 0);
    const struct store_listener listener = {committed, text_heard, answered, text_heard, text_heard, &newest};
    assert_int_equal(store_open(dir, &loop, &listener, why, sizeof why, &store), ERR_NONE);
    assert_int_equal(store_start(store), ERR_NONE);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct json_out refusal;
        enum log_door got = log_door_take(store, NULL, (uint32_t)i + 1, rows[i].text, strlen(rows[i].text),
                                          "https://h", &refusal);
        if (got != rows[i].want)
            fail_msg("row %zu: %d", i, (int)got);
        if (got == LOG_DOOR_REFUSED && strstr(refusal.text, rows[i].says) == NULL)
            fail_msg("row %zu: %s", i, refusal.text);
        if (got == LOG_DOOR_REFUSED)
            json_out_finish(&refusal);
        for (int turns = 0; got == LOG_DOOR_ASKED && newest != i + 1 && turns < 20000; turns++) {
            uv_run(&loop, UV_RUN_NOWAIT);
            usleep(1000);
        }
        if (got == LOG_DOOR_ASKED && newest != i + 1)
            fail_msg("row %zu: no answer", i);
    }
    store_close(store);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_request)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
