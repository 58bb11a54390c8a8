/* What a confined child can do, and how each of its limits ends it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "deck/child.h"

struct told {
    int count;
    enum child_end end;
    char out[64], errors[CHILD_ERRORS_MAX + 1];
};

static void on_ended(void *self, const struct child_result *r)
{
    struct told *t = self;
    t->count++;
    t->end = r->end;
    snprintf(t->out, sizeof t->out, "%.*s", (int)r->out_len, r->out != NULL ? (const char *)r->out : "");
    snprintf(t->errors, sizeof t->errors, "%s", r->errors);
}

static void run(uv_loop_t *loop, enum confinement how, const char *input, const char *script,
                uint64_t wall_ms, struct told *t)
{
    struct child_ask ask = {.loop = loop,
                            .how = how,
                            .input = input,
                            .script = script,
                            .argument = "7",
                            .wall_ms = wall_ms,
                            .out_max_bytes = 1000,
                            .ended = on_ended,
                            .self = t};
    struct child *child;
    assert_int_equal(child_start(&ask, &child), ERR_NONE);
    assert_int_equal(t->count, 0);
    uv_run(loop, UV_RUN_DEFAULT);
    assert_int_equal(t->count, 1);
}

#define PATIENCE_MS                                                                                          \
    60000 /* for what ends by itself: a child goes after all others, and a machine may be busy */

static void each_end_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *script;
        uint64_t wall_ms;
        enum child_end end;
        const char *out; /* NULL: any */
    } rows[] = {
        /* 0 */ {"echo page $1", PATIENCE_MS, CHILD_DONE, "page 7\n"},
        /* 1 */ {"cat /in.pdf", PATIENCE_MS, CHILD_DONE, "the file\n"},
        /* 2 */ {"exit 3", PATIENCE_MS, CHILD_FAILED, ""},
        /* 3 */ {"no-such-program", PATIENCE_MS, CHILD_NO_PROGRAM, ""},
        /* 4 */ {"while :; do :; done", 300, CHILD_TOO_LONG, ""},
        /* 5 */ {"sleep 100 | sleep 100", 300, CHILD_TOO_LONG, ""},
        /* 6 */ {"while :; do echo more and more; done", PATIENCE_MS, CHILD_TOO_MUCH, NULL},
        /* 7 */ {"prlimit --cpu=1 sh -c 'while :; do :; done'", PATIENCE_MS, CHILD_TOO_LONG, ""},
        /* 8 */ {"python3 -c 'bytearray(700 << 20)'", PATIENCE_MS, CHILD_NO_MEMORY, ""},
        /* The world it sees. */
        /* 9 */ {"echo x > /in.pdf", PATIENCE_MS, CHILD_FAILED, NULL},
        /* 10 */ {"echo x > /usr/bin/x", PATIENCE_MS, CHILD_FAILED, NULL},
        /* 11 */ {"ls /", PATIENCE_MS, CHILD_DONE, "bin\netc\nin.pdf\nlib\nlib64\ntmp\nusr\nvar\n"},
        /* 12 */ {"id -u", PATIENCE_MS, CHILD_DONE, "65534\n"},
        /* 13 */ {"env | grep -c SECRET_OF_THE_RELAY", PATIENCE_MS, CHILD_FAILED, "0\n"},
        /* 14 */ {"kill -9 1; echo $?", PATIENCE_MS, CHILD_DONE, NULL},
        /* 15 */ {"yes | head -c 250000000 > /tmp/a", PATIENCE_MS, CHILD_TOO_MUCH, ""},
        /* 16 */ {"test $(nice) -ge 10", PATIENCE_MS, CHILD_DONE, ""},
        /* 17 */ {"ulimit -n; ulimit -c", PATIENCE_MS, CHILD_DONE, "64\n0\n"},
    };
    char path[] = "/tmp/aula-child-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "the file\n", 9), 9);
    fchmod(fd, 0644);
    close(fd);
    setenv("SECRET_OF_THE_RELAY", "1", 1);
    uv_loop_t loop;
    uv_loop_init(&loop);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct told t = {0};
        run(&loop, CONFINED_ALL, path, rows[i].script, rows[i].wall_ms, &t);
        if (t.end != rows[i].end || (rows[i].out != NULL && strcmp(t.out, rows[i].out) != 0))
            fail_msg("row %zu: end %d, out \"%s\", errors \"%s\"", i, t.end, t.out, t.errors);
    }
    unlink(path);
    assert_int_equal(uv_loop_close(&loop), 0);
}

/* Its own empty network has no way to anywhere. */
static void no_way_of_confining_leaves_the_network(void **state)
{
    (void)state;
    uv_loop_t loop;
    uv_loop_init(&loop);
    int worked = 0;
    for (enum confinement how = CONFINED_ALL; how < CONFINEMENTS; how++) {
        struct told t = {0};
        run(&loop, how, NULL,
            "python3 -c 'import socket; socket.socket(type=socket.SOCK_DGRAM).connect((\"10.1.2.3\", 9))' "
            "2>/tmp/why;"
            "grep -q unreachable /tmp/why",
            5000, &t);
        if (strstr(t.errors, "bwrap:") != NULL)
            continue; /* this machine forbids that way */
        worked++;
        if (t.end != CHILD_DONE)
            fail_msg("way %d: end %d, errors %s", how, t.end, t.errors);
    }
    assert_true(worked > 0);
    assert_int_equal(uv_loop_close(&loop), 0);
}

static void no_file_of_ours_is_open_in_it(void **state)
{
    (void)state;
    uv_loop_t loop;
    uv_loop_init(&loop);
    int open_fd = dup2(2, 9); /* without close-on-exec, as a careless library leaves it */
    assert_int_equal(open_fd, 9);
    struct told t = {0};
    run(&loop, CONFINED_ALL, NULL, "echo leaked >&9", 5000, &t);
    assert_int_equal(t.end, CHILD_FAILED);
    close(9);
    assert_int_equal(uv_loop_close(&loop), 0);
}

/* Starts one that never ends, kills it after that time, and gives what it took until all was over. */
static uint64_t start_and_kill(uv_loop_t *loop, long after_us, struct told *t)
{
    struct child_ask ask = {.loop = loop,
                            .script = "while :; do :; done",
                            .wall_ms = PATIENCE_MS,
                            .out_max_bytes = 10,
                            .ended = on_ended,
                            .self = t};
    struct child *child;
    assert_int_equal(child_start(&ask, &child), ERR_NONE);
    uint64_t began = uv_hrtime();
    nanosleep(&(struct timespec){.tv_nsec = after_us * 1000}, NULL);
    child_kill(child);
    uv_run(loop, UV_RUN_DEFAULT);
    return uv_hrtime() - began;
}

static void a_killed_child_is_silent(void **state)
{
    (void)state;
    uv_loop_t loop;
    uv_loop_init(&loop);
    struct told t = {0};
    assert_true(start_and_kill(&loop, 0, &t) < 50000000000u);
    assert_int_equal(t.count, 0);
    child_kill(NULL);
    assert_int_equal(uv_loop_close(&loop), 0);
}

/* Also in the midst of building its little world, when the one inside does not yet know whose death it is to
 * die of. */
static void it_can_be_killed_at_any_moment(void **state)
{
    (void)state;
    uv_loop_t loop;
    uv_loop_init(&loop);
    for (int n = 0; n < 60; n++) {
        struct told t = {0};
        if (start_and_kill(&loop, n * 250, &t) > 15000000000u)
            fail_msg("killed after %d us: it went on", n * 250);
    }
    assert_int_equal(uv_loop_close(&loop), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_end_is_told),
        cmocka_unit_test(no_way_of_confining_leaves_the_network),
        cmocka_unit_test(no_file_of_ours_is_open_in_it),
        cmocka_unit_test(a_killed_child_is_silent),
        cmocka_unit_test(it_can_be_killed_at_any_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
