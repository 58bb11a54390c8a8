#include <unistd.h>

#include "../rows.h"
#include "io/options.h"

#define ARGUMENTS_MAX 16

struct reading {
    enum options_verdict verdict;
    struct options options;
    char out[8192], mistakes[4096];
};

/* Reads flags (separated by single spaces) and a file's text (NULL: no file; its name stands for FILE). */
static struct reading read_options(const char *flags, const char *file)
{
    static struct reading r;
    char text[1024], path[] = "/tmp/aula-options-XXXXXX";
    char *argv[ARGUMENTS_MAX] = {"aulad"};
    int argc = 1;
    memset(&r, 0, sizeof r);
    snprintf(text, sizeof text, "%s", flags);
    for (char *save = NULL, *word = strtok_r(text, " ", &save); word != NULL;
         word = strtok_r(NULL, " ", &save))
        argv[argc++] = word;
    if (file != NULL) {
        int fd = mkstemp(path);
        assert_true(fd >= 0);
        assert_int_equal(write(fd, file, strlen(file)), strlen(file));
        close(fd);
        argv[argc++] = "--config";
        argv[argc++] = path;
    }
    FILE *out = fmemopen(r.out, sizeof r.out - 1, "w"),
         *mistakes = fmemopen(r.mistakes, sizeof r.mistakes - 1, "w");
    r.verdict = options_read(argc, argv, out, mistakes, &r.options);
    fclose(out);
    fclose(mistakes);
    if (file != NULL)
        unlink(path);
    return r;
}

static void check_address(const struct address *a, const char *wanted)
{
    char text[ADDRESS_TEXT_MAX];
    address_print(a, text);
    assert_string_equal(text, wanted);
}

static void defaults(void **state)
{
    (void)state;
    struct reading r = read_options("--data /d", NULL);
    assert_int_equal(r.verdict, OPTIONS_RUN);
    assert_string_equal(r.options.data, "/d");
    check_address(&r.options.listen, "127.0.0.1:8443");
    check_address(&r.options.media, "127.0.0.1:8444");
    assert_int_equal(r.options.workers, 1);
    assert_false(r.options.has_metrics);
    assert_false(r.options.log_json);
    assert_string_equal(r.mistakes, "");
}

static void a_flag_goes_before_the_file(void **state)
{
    (void)state;
    struct reading r =
        read_options("--data=/flag --workers 3 --public-address 1.2.3.4",
                     "# a comment\n\ndata = /file\nlisten = [::]:1\npublic-address = 9.9.9.9\n"
                     "public-address = ::2\n[aulad]\nmedia = 0.0.0.0:0 ; why not\nlog-format = json\n");
    assert_string_equal(r.mistakes, "");
    assert_int_equal(r.verdict, OPTIONS_RUN);
    assert_string_equal(r.options.data, "/flag");
    check_address(&r.options.listen, "[::]:1");
    check_address(&r.options.media, "0.0.0.0:0");
    assert_int_equal(r.options.workers, 3);
    assert_int_equal(r.options.public_count, 1);
    assert_true(r.options.log_json);
}

static void mistakes_are_told(void **state)
{
    (void)state;
    static const struct {
        const char *flags, *file;
        const char *told; /* must stand in the mistakes */
    } rows[] = {
        {"", NULL, "--data DIR is needed"},                                                        /* 0 */
        {"--data", NULL, "--data needs DIR after it"},                                             /* 1 */
        {"--data /d --listen 8443", NULL, "--listen must be an IP address and a port"},            /* 2 */
        {"--data /d --listen localhost:8443", NULL, "--listen must be"},                           /* 3 */
        {"--data /d --listen 1.2.3.4:99999", NULL, "--listen must be"},                            /* 4 */
        {"--data /d --workers 0", NULL, "whole number from 1 to 16, not '0'"},                     /* 5 */
        {"--data /d --workers 17", NULL, "whole number from 1 to 16"},                             /* 6 */
        {"--data /d --workers 1x", NULL, "whole number"},                                          /* 7 */
        {"--data /d --wrokers 2", NULL, "there is no flag '--wrokers'"},                           /* 8 */
        {"--data /d --worker 2", NULL, "did you mean --workers"},                                  /* 9 */
        {"--data /d --tls-cert x", NULL, "go together"},                                           /* 10 */
        {"--data /d --data /e", NULL, "data is given twice"},                                      /* 11 */
        {"--data /d x", NULL, "'x' is no flag"},                                                   /* 12 */
        {"--data /d --check-config=1", NULL, "takes no value"},                                    /* 13 */
        {"--data /d --log-format xml", NULL, "text or json, not 'xml'"},                           /* 14 */
        {"--data /d --public-address 1.2.3.4 --public-address 5.6.7.8", NULL, "at most one IPv4"}, /* 15 */
        {"--data /d --public-address 1.2.3.4:5", NULL, "without a port"},                          /* 16 */
        {"--data /d --media 1.2.3.4:65535 --workers 2", NULL, "may be 65534"},                     /* 17 */
        {"--data /d --url http://x", NULL, "must be https://"},                                    /* 18 */
        {"--data /d --url https://x/y", NULL, "must be https://"},                                 /* 19 */
        {"--data /d --config /does/not/exist", NULL,
         "/does/not/exist: cannot be read: No such file"},                                           /* 20 */
        {"--data /d --config /", NULL, "/: cannot be read: Is a directory"},                         /* 21 */
        {"--data /d", "lisen = 1.2.3.4:5\n", ":1: there is no key 'lisen'; did you mean 'listen'?"}, /* 22 */
        {"--data /d", "\n\nworkers = many\n", ":3: workers must be"},                                /* 23 */
        {"--data /d", "config = x\n", ":1: there is no key 'config'"},                               /* 24 */
        {"--data /d", "[other]\nworkers = 1\n", ":2: section [other] is unknown"},                   /* 25 */
        {"--data /d", "workers\n", ":1: must be NAME = VALUE"},                                      /* 26 */
        {"--data /d", "workers = 1\nworkers = 2\n", ":2: workers is given twice"},                   /* 27 */
        {"--data /d --workers 2", "workers = x\n", ":1: workers must be"}, /* 28: even where a flag wins */
        {"--data /d", "[aulad\nworkers = 1\n", "is no INI file"},          /* 29 */
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct reading r = read_options(rows[i].flags, rows[i].file);
        if (r.verdict != OPTIONS_WRONG || strstr(r.mistakes, rows[i].told) == NULL)
            fail_msg("row %zu: %s", i, r.mistakes);
        assert_memory_equal(r.mistakes, "aulad: ", 7);
    }
}

static void all_mistakes_at_once(void **state)
{
    (void)state;
    struct reading r = read_options("--listen x --wrong 1", "media = y\nnothing\nworkers = 99\n");
    size_t lines = 0;
    for (const char *at = r.mistakes; *at != 0; at++)
        lines += *at == '\n';
    assert_int_equal(r.verdict, OPTIONS_WRONG);
    assert_int_equal(lines, 6);
}

static void a_long_line(void **state)
{
    (void)state;
    char file[1200];
    memset(file, 'a', sizeof file);
    memcpy(file, "data = ", 7);
    strcpy(file + sizeof file - 20, "\nworkers = x\n");
    struct reading r = read_options("", file);
    assert_non_null(strstr(r.mistakes, ":1: the line is too long"));
    assert_non_null(strstr(r.mistakes, ":2: workers must be"));
}

static void help_and_version(void **state)
{
    (void)state;
    struct reading r = read_options("--nonsense --help", NULL);
    assert_int_equal(r.verdict, OPTIONS_DONE);
    assert_non_null(strstr(r.out, "--public-address ADDR"));
    assert_non_null(strstr(r.out, "example"));
    r = read_options("--version", NULL);
    assert_int_equal(r.verdict, OPTIONS_DONE);
    assert_string_equal(r.out, "aulad " AULA_VERSION "\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),          cmocka_unit_test(a_flag_goes_before_the_file),
        cmocka_unit_test(mistakes_are_told), cmocka_unit_test(all_mistakes_at_once),
        cmocka_unit_test(a_long_line),       cmocka_unit_test(help_and_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
