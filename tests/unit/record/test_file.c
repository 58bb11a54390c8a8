/* A file that only grows: all of a piece or nothing, also where the disk refuses. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../rows.h"
#include "record/file.h"

static char folder[] = "/tmp/aula-file-XXXXXX";

static const char *path(const char *name)
{
    static char text[300];
    snprintf(text, sizeof text, "%s/%s", folder, name);
    return text;
}

static int clean(void **state)
{
    static const char *const names[] = {"f", "f.damaged-1", "f.damaged-2", "small", "small~"};
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++)
        unlink(path(names[i]));
    return 0;
}

static struct file open_it(void)
{
    struct file f;
    assert_int_equal(file_open(&f, folder, "f"), ERR_NONE);
    return f;
}

static void check(const struct file *f, const char *want)
{
    size_t len;
    const uint8_t *bytes = file_map(f, &len);
    assert_int_equal(len, strlen(want));
    if (bytes)
        assert_memory_equal(bytes, want, len);
    file_unmap(bytes, len);
}

static void it_grows_is_cut_and_written_over(void **state)
{
    struct file f = open_it();
    (void)state;
    check(&f, "");
    assert_int_equal(file_append(&f, "hello ", 6), ERR_NONE);
    assert_int_equal(file_append(&f, "world", 5), ERR_NONE);
    check(&f, "hello world");
    assert_int_equal(file_patch(&f, 0, "H", 1), ERR_NONE);
    assert_int_equal(file_cut(&f, 6), ERR_NONE);
    assert_int_equal(file_sync(&f), ERR_NONE);
    file_close(&f);
    f = open_it(); /* all that is in it is good */
    assert_int_equal(file_append(&f, "there", 5), ERR_NONE);
    check(&f, "Hello there");
    file_close(&f);
}

static void a_disk_that_is_full_leaves_whole_pieces(void **state)
{
    struct file f = open_it();
    struct rlimit all, little;
    char piece[1000];
    (void)state;
    memset(piece, 'x', sizeof piece);
    getrlimit(RLIMIT_FSIZE, &all);
    little = all;
    little.rlim_cur = 2500;
    setrlimit(RLIMIT_FSIZE, &little);
    assert_int_equal(file_append(&f, piece, sizeof piece), ERR_NONE);
    assert_int_equal(file_append(&f, piece, sizeof piece), ERR_NONE);
    assert_int_equal(file_append(&f, piece, sizeof piece), ERR_SYSTEM);
    assert_int_equal(errno, EFBIG);
    struct stat st;
    assert_int_equal(stat(path("f"), &st), 0);
    assert_int_equal(st.st_size, 2000);
    setrlimit(RLIMIT_FSIZE, &all);
    assert_int_equal(file_append(&f, "y", 1), ERR_NONE);
    assert_int_equal(f.good, 2001);
    file_close(&f);
}

static void what_is_put_aside_is_never_written_over(void **state)
{
    (void)state;
    for (int i = 1; i <= 2; i++) {
        struct file f = open_it();
        char name[20], digit = (char)('0' + i);
        assert_int_equal(file_append(&f, &digit, 1), ERR_NONE);
        assert_int_equal(file_put_aside(&f, folder, "f"), ERR_NONE);
        assert_int_equal(f.fd, -1);
        snprintf(name, sizeof name, "f.damaged-%d", i);
        assert_int_equal(access(path(name), F_OK), 0);
    }
    assert_int_not_equal(access(path("f"), F_OK), 0);
}

static void a_small_file_is_replaced_whole(void **state)
{
    struct file f;
    (void)state;
    assert_int_equal(file_replace(folder, "small", "first, and long", 15), ERR_NONE);
    assert_int_equal(file_replace(folder, "small", "second", 6), ERR_NONE);
    assert_int_equal(file_open(&f, folder, "small"), ERR_NONE);
    check(&f, "second");
    file_close(&f);
    assert_int_not_equal(access(path("small~"), F_OK), 0);
}

static void what_cannot_be_opened_is_refused(void **state)
{
    struct file f;
    char longest[2000];
    (void)state;
    memset(longest, 'n', sizeof longest - 1);
    longest[sizeof longest - 1] = 0;
    assert_int_equal(file_open(&f, "/nowhere", "f"), ERR_SYSTEM);
    assert_int_equal(file_open(&f, folder, longest), ERR_SYSTEM);
    assert_int_equal(file_open(&f, folder, "."), ERR_SYSTEM);
    assert_int_equal(symlink("/etc/passwd", path("small")), 0);
    assert_int_equal(file_open(&f, folder, "small"), ERR_SYSTEM); /* nobody leads us elsewhere */
    assert_int_equal(file_replace("/nowhere", "f", "x", 1), ERR_SYSTEM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(it_grows_is_cut_and_written_over, clean),
        cmocka_unit_test_setup(a_disk_that_is_full_leaves_whole_pieces, clean),
        cmocka_unit_test_setup(what_is_put_aside_is_never_written_over, clean),
        cmocka_unit_test_setup(a_small_file_is_replaced_whole, clean),
        cmocka_unit_test_setup(what_cannot_be_opened_is_refused, clean),
    };
    signal(SIGXFSZ, SIG_IGN);
    if (!mkdtemp(folder))
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    clean(NULL);
    rmdir(folder);
    return failed;
}
