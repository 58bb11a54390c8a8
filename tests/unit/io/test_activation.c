#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../rows.h"
#include "io/activation.h"

#define FIRST_FD 3

static const struct address any_port = {.ip = {[10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1}};

/* Out of the way of the descriptors that are passed. */
static int high(int fd)
{
    int copy = fcntl(fd, F_DUPFD, 20);
    assert_true(copy >= 20);
    close(fd);
    return copy;
}

/* A socket on loopback; `listens` makes a TCP one listen. */
static int loopback(int type, bool listens)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, type, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&at, sizeof at), 0);
    if (listens)
        assert_int_equal(listen(fd, 1), 0);
    return high(fd);
}

/* Puts them at the descriptors from 3 on, as a service manager does. */
static void pass(const int fds[], int count, const char *count_text, bool to_us)
{
    char pid[24];
    for (int i = 0; i < count; i++) {
        assert_int_equal(dup2(fds[i], FIRST_FD + i), FIRST_FD + i);
        close(fds[i]);
    }
    snprintf(pid, sizeof pid, "%ld", (long)getpid() + (to_us ? 0 : 1));
    setenv("LISTEN_PID", pid, 1);
    setenv("LISTEN_FDS", count_text, 1);
}

static void none_passed_is_none(void **state)
{
    (void)state;
    static const struct {
        const char *pid, *count;
    } rows[] = {{NULL, NULL}, {"1", "1"}, {"x", "1"}, {"", ""}, {"-5", "2"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct activation a;
        char why[200];
        if (rows[i].pid != NULL) {
            setenv("LISTEN_PID", rows[i].pid, 1);
            setenv("LISTEN_FDS", rows[i].count, 1);
        }
        assert_int_equal(activation_read(&a, why, sizeof why), ERR_NONE);
        assert_int_equal(a.count, 0);
        assert_null(getenv("LISTEN_FDS")); /* a child must not take them for its own */
        assert_int_equal(activation_done(&a, why, sizeof why), ERR_NONE);
    }
}

static void each_finds_its_use_in_order(void **state)
{
    (void)state;
    const int fds[] = {loopback(SOCK_DGRAM, false), loopback(SOCK_STREAM, true), loopback(SOCK_DGRAM, false)};
    struct activation a;
    struct address bound;
    char why[200];
    int fd = -1;
    pass(fds, 3, "3", true);
    assert_int_equal(activation_read(&a, why, sizeof why), ERR_NONE);
    assert_int_equal(activation_socket(&a, SOCK_STREAM, &any_port, &fd, &bound, why, sizeof why), ERR_NONE);
    assert_int_equal(fd, FIRST_FD + 1);
    assert_true(bound.port != 0);
    assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    assert_int_equal(activation_done(&a, why, sizeof why), ERR_SYSTEM); /* two UDP sockets are left */
    for (int i = 0; i < 2; i++) {
        assert_int_equal(activation_socket(&a, SOCK_DGRAM, &any_port, &fd, &bound, why, sizeof why),
                         ERR_NONE);
        assert_int_equal(fd, FIRST_FD + 2 * i);
    }
    assert_int_equal(activation_done(&a, why, sizeof why), ERR_NONE);
    assert_int_equal(activation_socket(&a, SOCK_DGRAM, &any_port, &fd, &bound, why, sizeof why), ERR_NONE);
    assert_true(fd > FIRST_FD + 2); /* none left: one is opened */
    close(fd);
    for (int i = 0; i < 3; i++)
        close(FIRST_FD + i);
}

static void what_is_no_socket_of_ours_is_refused(void **state)
{
    (void)state;
    int pipes[2];
    assert_int_equal(pipe(pipes), 0);
    const int rows[] = {loopback(SOCK_STREAM, false), high(socket(AF_UNIX, SOCK_SEQPACKET, 0)),
                        high(pipes[0])};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct activation a;
        char why[200] = "";
        pass(&rows[i], 1, "1", true);
        assert_int_equal(activation_read(&a, why, sizeof why), ERR_SYSTEM);
        assert_non_null(strstr(why, "descriptor 3"));
        close(FIRST_FD);
    }
    struct activation a;
    char why[200] = "";
    pass(NULL, 0, "999", true);
    assert_int_equal(activation_read(&a, why, sizeof why), ERR_SYSTEM);
    assert_non_null(strstr(why, "999"));
    pass(NULL, 0, "999", false);
    assert_int_equal(activation_read(&a, why, sizeof why), ERR_NONE);
    close(pipes[1]);
}

static int spare_descriptors(void **state)
{
    (void)state;
    for (int fd = FIRST_FD; fd < FIRST_FD + 4; fd++) /* what the harness left open there */
        close(fd);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(none_passed_is_none),
        cmocka_unit_test(each_finds_its_use_in_order),
        cmocka_unit_test(what_is_no_socket_of_ours_is_refused),
    };
    return cmocka_run_group_tests(tests, spare_descriptors, NULL);
}
