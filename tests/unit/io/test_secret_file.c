#include "../rows.h"
#include "io/secret_file.h"

#include <unistd.h>

static void files(void **state)
{
    static const struct {
        size_t len;
        const char *end;
        size_t wanted; /* 0: refused */
    } rows[] = {
        {0, "", 0},
        {SECRET_MIN - 1, "\n", 0},
        {SECRET_MIN, "", SECRET_MIN},
        {SECRET_MIN, "\n", SECRET_MIN},
        {SECRET_MIN, "\r\n", SECRET_MIN},
        {SECRET_MAX, "\n", SECRET_MAX},
        {SECRET_MAX + 1, "", 0},
        {SECRET_MAX + 100, "\n", 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char path[] = "/tmp/aula-secret-XXXXXX", bytes[SECRET_MAX + 200], why[200];
        int fd = mkstemp(path);
        memset(bytes, 'x', sizeof bytes);
        assert_int_equal(write(fd, bytes, rows[i].len), rows[i].len);
        assert_int_equal(write(fd, rows[i].end, strlen(rows[i].end)), strlen(rows[i].end));
        close(fd);
        struct secret s = {.len = 7};
        enum err e = secret_file_read("the-key", path, &s, why, sizeof why);
        ROW_EQUAL(i, e, rows[i].wanted ? ERR_NONE : ERR_SYSTEM);
        ROW_EQUAL(i, s.len, rows[i].wanted);
        ROW_TRUE(i, e == ERR_NONE || strstr(why, "the-key") != NULL);
        unlink(path);
    }
}

static void none_and_missing(void **state)
{
    char why[200];
    struct secret s = {.len = 7};
    (void)state;
    assert_int_equal(secret_file_read("k", "", &s, why, sizeof why), ERR_NONE);
    assert_int_equal(s.len, 0);
    assert_int_equal(secret_file_read("k", "/nosuch/file", &s, why, sizeof why), ERR_SYSTEM);
    assert_non_null(strstr(why, "/nosuch/file"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(files), cmocka_unit_test(none_and_missing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
