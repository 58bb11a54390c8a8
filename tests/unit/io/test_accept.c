#include "../rows.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/accept.h"

#define TAKEN_MAX 8

struct fixture {
    uv_loop_t loop;
    struct accept *accept;
    struct sockaddr_in at;
    int taken[TAKEN_MAX];
    struct caller *callers[TAKEN_MAX];
    int count;
};

static void adopt(void *self, int fd, struct caller *caller)
{
    struct fixture *f = self;
    assert_true(f->count < TAKEN_MAX);
    f->taken[f->count] = fd;
    f->callers[f->count++] = caller;
}

static void begin(struct fixture *f, struct accept_limits limits)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    socklen_t len = sizeof f->at;
    memset(f, 0, sizeof *f);
    f->at = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    assert_int_equal(bind(fd, (struct sockaddr *)&f->at, sizeof f->at), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&f->at, &len), 0);
    assert_int_equal(listen(fd, TAKEN_MAX), 0);
    assert_int_equal(uv_loop_init(&f->loop), 0);
    assert_int_equal(accept_create(&f->loop, fd, &limits, 1, adopt, f, &f->accept), ERR_NONE);
}

static void end(struct fixture *f)
{
    for (int i = 0; i < f->count; i++) {
        close(f->taken[i]);
        accept_release(f->accept, f->callers[i]);
    }
    assert_int_equal(accept_counters(f->accept)->open, 0);
    accept_stop(f->accept);
    uv_run(&f->loop, UV_RUN_DEFAULT);
    accept_destroy(f->accept);
    assert_int_equal(uv_loop_close(&f->loop), 0);
}

/* Connects, and lets the other side see it. */
static int connect_one(struct fixture *f)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&f->at, sizeof f->at), 0);
    uv_run(&f->loop, UV_RUN_ONCE);
    return fd;
}

static void test_no_nagle(void **state)
{
    (void)state;
    struct fixture f;
    int on = 0;
    socklen_t len = sizeof on;
    begin(&f, (struct accept_limits){.connections = 4, .per_address = 4, .handshakes_per_s = 100});
    int fd = connect_one(&f);
    assert_int_equal(f.count, 1);
    assert_int_equal(getsockopt(f.taken[0], IPPROTO_TCP, TCP_NODELAY, &on, &len), 0);
    assert_true(on != 0);
    close(fd);
    end(&f);
}

/* Who is refused is closed at once, and the room is there again when one of the others has gone. */
static void test_limits(void **state)
{
    (void)state;
    static const struct {
        int connections, per_address;
        uint64_t full, address;
    } rows[] = {
        {2, 9, 1, 0}, /* 1: full for all */
        {9, 2, 0, 1}, /* 2: full for this address */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct fixture f;
        int fds[4];
        char byte;
        begin(&f, (struct accept_limits){.connections = rows[i].connections,
                                         .per_address = rows[i].per_address,
                                         .handshakes_per_s = 100});
        for (int k = 0; k < 3; k++)
            fds[k] = connect_one(&f);
        assert_int_equal(f.count, 2);
        assert_int_equal(accept_counters(f.accept)->refused_full, rows[i].full);
        assert_int_equal(accept_counters(f.accept)->refused_address, rows[i].address);
        assert_int_equal(read(fds[2], &byte, 1), 0);
        close(f.taken[--f.count]);
        accept_release(f.accept, f.callers[f.count]);
        fds[3] = connect_one(&f);
        assert_int_equal(f.count, 2);
        for (int k = 0; k < 4; k++)
            close(fds[k]);
        end(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_nagle),
        cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests_name("io/accept", tests, NULL, NULL);
}
