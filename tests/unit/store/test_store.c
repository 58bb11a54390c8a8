/* The log as the relay uses it: what was appended comes back, in order, after a close, after kill -9, and
 * after a disk that was full. */
#include "bench_dir.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

static void replay_is(const char *dir, uint64_t rows)
{
    struct bench b = {0};
    strcpy(b.dir, dir);
    assert_int_equal(bench_open(&b), ERR_NONE);
    struct replayed r = {.next = 1};
    uint64_t last = 77;
    assert_int_equal(store_replay(b.store, replay_one, &r, b.why, sizeof b.why, &last), ERR_NONE);
    assert_false(r.wrong);
    assert_int_equal(last, rows);
    assert_int_equal(r.next, rows + 1);
    assert_int_equal(r.sum, rows * (rows + 1) / 2);
    bench_close(&b);
}

static void appended_rows_come_back_in_order(void **state)
{
    (void)state;
    static const uint64_t counts[] = {0, 1, 2, 999, 1000, 1001, 2500};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        struct bench b = {0};
        dir_make(b.dir);
        assert_int_equal(bench_open(&b), ERR_NONE);
        assert_int_equal(store_start(b.store), ERR_NONE);
        for (uint64_t n = 1; n <= counts[i]; n++)
            assert_int_equal(bench_append(&b, n), ERR_NONE);
        bench_await(&b, counts[i], 20);
        assert_int_equal(b.told.committed, counts[i]);
        assert_false(b.told.out_of_order);
        assert_int_equal(b.told.refusals, 0);
        bench_close(&b);
        replay_is(b.dir, counts[i]);
        dir_remove(b.dir);
    }
}

static void close_commits_what_has_queued(void **state)
{
    (void)state;
    struct bench b = {0};
    dir_make(b.dir);
    assert_int_equal(bench_open(&b), ERR_NONE);
    assert_int_equal(store_start(b.store), ERR_NONE);
    for (uint64_t n = 1; n <= 3000; n++)
        assert_int_equal(bench_append(&b, n), ERR_NONE);
    bench_close(&b);
    replay_is(b.dir, 3000);
    dir_remove(b.dir);
}

static void rows_go_on_after_a_restart(void **state)
{
    (void)state;
    struct bench b = {0};
    dir_make(b.dir);
    for (uint64_t first = 1; first < 50; first += 10) {
        assert_int_equal(bench_open(&b), ERR_NONE);
        struct replayed r = {.next = 1};
        uint64_t last = 77;
        assert_int_equal(store_replay(b.store, replay_one, &r, b.why, sizeof b.why, &last), ERR_NONE);
        assert_int_equal(last, first - 1);
        assert_int_equal(store_start(b.store), ERR_NONE);
        assert_int_equal(store_replay(b.store, replay_one, &r, b.why, sizeof b.why, &last), ERR_STATE);
        for (uint64_t n = first; n < first + 10; n++)
            assert_int_equal(bench_append(&b, n), ERR_NONE);
        bench_close(&b);
    }
    replay_is(b.dir, 50);
    dir_remove(b.dir);
}

static enum err stop_at_three(void *self, const struct desk_row *row)
{
    uint64_t *seen = self;
    *seen = row->row;
    return row->row == 3 ? ERR_MALFORMED : ERR_NONE;
}

static void replay_stops_where_it_is_told(void **state)
{
    (void)state;
    struct bench b = {0};
    dir_make(b.dir);
    assert_int_equal(bench_open(&b), ERR_NONE);
    assert_int_equal(store_start(b.store), ERR_NONE);
    for (uint64_t n = 1; n <= 5; n++)
        assert_int_equal(bench_append(&b, n), ERR_NONE);
    bench_close(&b);
    assert_int_equal(bench_open(&b), ERR_NONE);
    uint64_t seen = 0, last = 77;
    assert_int_equal(store_replay(b.store, stop_at_three, &seen, b.why, sizeof b.why, &last), ERR_MALFORMED);
    assert_int_equal(seen, 3);
    assert_int_equal(last, 77);
    bench_close(&b);
    dir_remove(b.dir);
}

static void a_second_relay_is_refused(void **state)
{
    (void)state;
    struct bench a = {0}, b = {0};
    dir_make(a.dir);
    strcpy(b.dir, a.dir);
    assert_int_equal(bench_open(&a), ERR_NONE);
    assert_int_equal(bench_open(&b), ERR_SYSTEM);
    assert_non_null(strstr(b.why, "Another aulad is running"));
    bench_close(&b);
    bench_close(&a);
    dir_remove(a.dir);
}

/* A child appends without end and writes each committed number to a pipe. */
static void append_for_ever(const char *dir, uint64_t first, int out)
{
    struct bench b = {0};
    strcpy(b.dir, dir);
    if (bench_open(&b) != ERR_NONE || store_start(b.store) != ERR_NONE)
        _exit(3);
    uint64_t told = 0;
    for (uint64_t n = first;; n++) {
        if (bench_append(&b, n) != ERR_NONE)
            _exit(4);
        uv_run(&b.loop, UV_RUN_NOWAIT);
        if (b.told.committed != told) {
            told = b.told.committed;
            if (write(out, &told, sizeof told) != sizeof told)
                _exit(5);
        }
        if (n % 16 == 0)
            usleep(200);
    }
}

static uint64_t read_newest(int fd, int for_ms)
{
    uint64_t newest = 0, v;
    uint64_t until = uv_hrtime() + (uint64_t)for_ms * 1000000;
    for (;;) {
        struct pollfd p = {fd, POLLIN, 0};
        int64_t left = (int64_t)(until - uv_hrtime()) / 1000000;
        if (left <= 0 || poll(&p, 1, (int)left) <= 0)
            return newest;
        if (read(fd, &v, sizeof v) != sizeof v)
            return newest;
        newest = v;
    }
}

/* On a slow disk the first commit takes a while. */
static void await_some(int fd)
{
    struct pollfd p = {fd, POLLIN, 0};
    assert_int_equal(poll(&p, 1, 60000), 1);
}

static void kill_loses_no_committed_row(void **state)
{
    (void)state;
    char dir[64];
    dir_make(dir);
    uint64_t first = 1;
    for (int round = 0; round < 8; round++) {
        int fds[2];
        assert_int_equal(pipe(fds), 0);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            close(fds[0]);
            append_for_ever(dir, first, fds[1]);
        }
        close(fds[1]);
        await_some(fds[0]);
        uint64_t newest = read_newest(fds[0], 60 + 37 * round);
        kill(child, SIGKILL);
        uint64_t later = read_newest(fds[0], 1000); /* what it had said before the kill */
        newest = later > newest ? later : newest;
        close(fds[0]);
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));

        struct bench b = {0};
        strcpy(b.dir, dir);
        assert_int_equal(bench_open(&b), ERR_NONE);
        struct replayed r = {.next = 1};
        uint64_t last = 0;
        assert_int_equal(store_replay(b.store, replay_one, &r, b.why, sizeof b.why, &last), ERR_NONE);
        assert_false(r.wrong);
        assert_true(last >= newest);
        assert_true(newest >= first || round == 0);
        first = last + 1;
        bench_close(&b);
    }
    assert_true(first > 8);
    dir_remove(dir);
}

/* A disk that refuses is made twice: by a limit on the size of files, which needs no rights, and by a real
 * small one where the test runs as root. */
static void refusing_disk(struct bench *b, void (*fill)(struct bench *b), void (*clear)(struct bench *b))
{
    assert_int_equal(bench_open(b), ERR_NONE);
    assert_int_equal(store_start(b->store), ERR_NONE);
    uint64_t n = 1;
    for (; n <= 100; n++)
        assert_int_equal(bench_append(b, n), ERR_NONE);
    bench_await(b, 100, 10);
    assert_int_equal(b->told.committed, 100);

    fill(b);
    for (; n <= 9000; n++)
        assert_int_equal(bench_append(b, n), ERR_NONE);
    bench_await(b, 9000, 3);
    assert_int_equal(b->told.refusals, 1);
    assert_true(strlen(b->why) == 0 && strlen(b->told.why) > 20);
    assert_true(b->told.committed < 9000);
    assert_int_equal(b->told.recoveries, 0);

    clear(b);
    bench_await(b, 9000, 10);
    assert_int_equal(b->told.committed, 9000);
    uv_run(&b->loop, UV_RUN_NOWAIT);
    assert_int_equal(b->told.refusals, 1);
    assert_int_equal(b->told.recoveries, 1);
    assert_false(b->told.out_of_order);
    bench_close(b);
    replay_is(b->dir, 9000);
}

static void limit_files(struct bench *b)
{
    (void)b;
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit l;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &l), 0);
    l.rlim_cur = 200000;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &l), 0);
}

static void unlimit_files(struct bench *b)
{
    (void)b;
    struct rlimit l;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &l), 0);
    l.rlim_cur = l.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &l), 0);
}

static void a_disk_that_refuses_keeps_the_rows(void **state)
{
    (void)state;
    struct bench b = {0};
    dir_make(b.dir);
    refusing_disk(&b, limit_files, unlimit_files);
    dir_remove(b.dir);
}

static void fill_disk(struct bench *b)
{
    char path[80];
    snprintf(path, sizeof path, "%s/filler", b->dir);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    setbuf(f, NULL);
    char zeros[4096] = {0};
    while (fwrite(zeros, sizeof zeros, 1, f) == 1)
        continue;
    fclose(f);
}

static void clear_disk(struct bench *b)
{
    char path[80];
    snprintf(path, sizeof path, "%s/filler", b->dir);
    assert_int_equal(unlink(path), 0);
}

static void a_full_disk_keeps_the_rows(void **state)
{
    (void)state;
    struct bench b = {0};
    dir_make(b.dir);
    if (mount("tmpfs", b.dir, "tmpfs", 0, "size=6m") != 0) {
        rmdir(b.dir);
        skip(); /* only root may mount; the row before this one shows the same with a limit */
    }
    refusing_disk(&b, fill_disk, clear_disk);
    assert_non_null(strstr(b.told.why, "full"));
    umount(b.dir);
    rmdir(b.dir);
}

static void a_disk_turned_read_only_keeps_the_rows(void **state)
{
    (void)state;
    struct bench b = {0};
    dir_make(b.dir);
    if (mount("tmpfs", b.dir, "tmpfs", 0, "size=6m") != 0) {
        rmdir(b.dir);
        skip();
    }
    /* A read-only disk at the start: refused with a sentence. */
    assert_int_equal(bench_open(&b), ERR_NONE);
    bench_close(&b);
    assert_int_equal(mount("tmpfs", b.dir, "tmpfs", MS_REMOUNT | MS_RDONLY, NULL), 0);
    assert_int_equal(bench_open(&b), ERR_SYSTEM);
    assert_non_null(strstr(b.why, "writable"));
    bench_close(&b);
    umount(b.dir);
    rmdir(b.dir);
}

static void an_endless_queue_is_refused(void **state)
{
    (void)state;
    struct bench b = {0};
    dir_make(b.dir);
    assert_int_equal(bench_open(&b), ERR_NONE);
    assert_int_equal(store_start(b.store), ERR_NONE);
    limit_files(&b);
    char *text = malloc(1024 * 1024);
    memset(text, 'x', 1024 * 1024);
    struct desk_row row = {.session = "s", .text = text, .len = 1024 * 1024};
    enum err e = ERR_NONE;
    for (row.row = 1; row.row <= 200 && e == ERR_NONE; row.row++) {
        e = store_append(b.store, &row);
        assert_true(store_is_full(b.store) == (row.row >= 64)); /* said long before a row is lost */
    }
    assert_int_equal(e, ERR_FULL);
    assert_true(row.row > 124 && row.row < 134);
    free(text);
    bench_close(&b);
    unlimit_files(&b);
    dir_remove(b.dir);
}

static void append_before_start_is_a_mistake(void **state)
{
    (void)state;
    struct bench b = {0};
    dir_make(b.dir);
    assert_int_equal(bench_open(&b), ERR_NONE);
    assert_int_equal(bench_append(&b, 1), ERR_STATE);
    assert_int_equal(store_start(b.store), ERR_NONE);
    assert_int_equal(store_start(b.store), ERR_STATE);
    bench_close(&b);
    store_close(NULL);
    dir_remove(b.dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appended_rows_come_back_in_order),
        cmocka_unit_test(close_commits_what_has_queued),
        cmocka_unit_test(rows_go_on_after_a_restart),
        cmocka_unit_test(replay_stops_where_it_is_told),
        cmocka_unit_test(a_second_relay_is_refused),
        cmocka_unit_test(kill_loses_no_committed_row),
        cmocka_unit_test(a_disk_that_refuses_keeps_the_rows),
        cmocka_unit_test(a_full_disk_keeps_the_rows),
        cmocka_unit_test(a_disk_turned_read_only_keeps_the_rows),
        cmocka_unit_test(an_endless_queue_is_refused),
        cmocka_unit_test(append_before_start_is_a_mistake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
