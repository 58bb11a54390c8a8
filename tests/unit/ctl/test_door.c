/* The door from the operator's side, against a relay that is a few lines in a child process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "ctl/door.h"

static char dir[64], path[96], file[96];
static int progressed, last_page;

static void on_progress(int page, int pages)
{
    progressed++;
    last_page = page;
    assert_int_equal(pages, 3);
}

/* Reads a line and `bytes` more (what the line says, or so many at the most), then answers and hangs up. */
static void serve(int listener, const char *answer, long long at_most)
{
    int fd = accept(listener, NULL, NULL);
    char line[4096];
    size_t len = 0;
    while (len < sizeof line - 1 && read(fd, line + len, 1) == 1 && line[len] != '\n')
        len++;
    line[len] = '\0';
    const char *bytes = strstr(line, "\"bytes\":");
    long long want = bytes != NULL ? strtoll(bytes + 8, NULL, 10) : 0, got = 0;
    want = want < at_most ? want : at_most;
    static char sink[65536];
    while (got < want) {
        ssize_t n = read(fd, sink, sizeof sink);
        if (n <= 0)
            break;
        for (ssize_t i = 0; i < n; i++)
            if (sink[i] != (char)((got + i) % 251))
                _exit(9);
        got += n;
    }
    if (write(fd, answer, strlen(answer)) < 0)
        _exit(8);
    close(fd);
    _exit(0);
}

static pid_t start_relay(const char *answer, long long at_most)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    strcpy(at.sun_path, path);
    unlink(path);
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(listener, 1), 0);
    pid_t child = fork();
    if (child == 0)
        serve(listener, answer, at_most);
    close(listener);
    return child;
}

static void calls_are_answered(void **state)
{
    (void)state;
    static const struct {
        const char *answer;
        bool with_file;
        long long at_most; /* bytes of the file that the relay reads before it answers */
        enum err want;
        const char *says; /* the reply, or part of the sentence */
        int progressed;
    } rows[] = {
        /* 0 */ {"{\"ok\":true}\n", false, 0, ERR_NONE, "{\"ok\":true}", 0},
        /* 1 */ {"{\"ok\":true}\n", true, 1 << 30, ERR_NONE, "{\"ok\":true}", 0},
        /* 2 */
        {"{\"page\":1,\"pages\":3}\n{\"page\":2,\"pages\":3}\n{\"page\":3,\"pages\":3}\n{\"ok\":true}\n",
         true, 1 << 30, ERR_NONE, "{\"ok\":true}", 3},
        /* 3: refused before all was sent */
        {"{\"ok\":false,\"why\":\"Too large.\"}\n", true, 1000, ERR_NONE,
         "{\"ok\":false,\"why\":\"Too large.\"}", 0},
        /* 4 */ {"{\"ok\":true", false, 0, ERR_CLOSED, "went away before it answered", 0},
        /* 5 */ {"", true, 1000, ERR_CLOSED, "went away", 0},
        /* 6 */ {"\n", false, 0, ERR_NONE, "", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        pid_t relay = start_relay(rows[i].answer, rows[i].at_most);
        const char *request = "{\"verb\":\"x\"}";
        struct door_ask ask = {.socket = path,
                               .request = request,
                               .request_len = strlen(request),
                               .file = rows[i].with_file ? file : NULL,
                               .progress = on_progress};
        char *reply = NULL, why[600] = "";
        progressed = last_page = 0;
        enum err e = door_call(&ask, &reply, why, sizeof why);
        int status;
        waitpid(relay, &status, 0);
        const char *said = e == ERR_NONE ? reply : why;
        bool right = e == ERR_NONE ? strcmp(said, rows[i].says) == 0 : strstr(said, rows[i].says) != NULL;
        if (e != rows[i].want || !right || progressed != rows[i].progressed || status != 0)
            fail_msg("row %zu: %s, \"%s\", progress %d, relay %d", i, err_text(e), said, progressed, status);
        free(reply);
    }
}

static void whatever_is_missing_is_said(void **state)
{
    (void)state;
    static const struct {
        const char *socket, *file;
        enum err want;
        const char *says;
    } rows[] = {
        /* 0 */ {"/tmp/aula-nowhere/control.sock", NULL, ERR_CLOSED,
                 "no relay at /tmp/aula-nowhere/control.sock"},
        /* 1 */ {"/etc/passwd", NULL, ERR_CLOSED, "no relay"},
        /* 2 */ {"/tmp/x", "/tmp/aula-nowhere.pdf", ERR_UNKNOWN, "cannot be read"},
        /* 3 */ {"/tmp/x", "/tmp", ERR_UNKNOWN, "not a file"},
        /* 4 */ {"/tmp/x", "/dev/null", ERR_UNKNOWN, "not a file"},
        /* 5 */
        {"/tmp/"
         "a-path-that-is-much-too-long-for-a-socket-a-path-that-is-much-too-long-for-a-socket-a-path-that-is-"
         "much-too-long",
         NULL, ERR_CLOSED, "too long"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct door_ask ask = {
            .socket = rows[i].socket, .request = "{}", .request_len = 2, .file = rows[i].file};
        char *reply = NULL, why[600] = "";
        enum err e = door_call(&ask, &reply, why, sizeof why);
        if (e != rows[i].want || strstr(why, rows[i].says) == NULL)
            fail_msg("row %zu: %s, \"%s\"", i, err_text(e), why);
    }
}

static int make_files(void **state)
{
    (void)state;
    strcpy(dir, "/tmp/aula-ctl-XXXXXX");
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/control.sock", dir);
    snprintf(file, sizeof file, "%s/deck.pdf", dir);
    FILE *f = fopen(file, "w");
    assert_non_null(f);
    for (int i = 0; i < 3000000; i++)
        fputc(i % 251, f);
    fclose(f);
    return 0;
}

static int remove_files(void **state)
{
    (void)state;
    unlink(path);
    unlink(file);
    rmdir(dir);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(calls_are_answered),
                                       cmocka_unit_test(whatever_is_missing_is_said)};
    return cmocka_run_group_tests(tests, make_files, remove_files);
}
