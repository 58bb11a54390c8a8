#include "deck/child.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ARGS_MAX 80
#define BWRAP    "/usr/bin/bwrap"
#define INFO_FD  "3" /* where bubblewrap tells, as JSON, which process is the first one inside */
#define INFO_MAX 512 /* bytes of that */

struct growing {
    uint8_t *bytes;
    size_t len, capacity, max;
};

struct child {
    uv_process_t process;
    uv_pipe_t out, errors, info;
    uv_timer_t wall;
    int open_handles;
    int to_end; /* exit, and the ends of out, errors and info: all must have come */
    bool silent, killed;
    pid_t inner; /* the first process inside, whose end is the end of all there; 0 = not told yet */
    enum child_end end;
    int64_t exit_status;
    int signal;
    struct growing out_bytes, error_bytes, info_bytes;
    char scratch[16384]; /* where libuv reads to */
    void (*ended)(void *self, const struct child_result *result);
    void *self;
};

/* ---- how it is confined ---- */

static const char *const confinement_args[CONFINEMENTS][8] = {
    [CONFINED_ALL] = {"--unshare-all", "--uid", "65534", "--gid", "65534"},
    [CONFINED_BY_USER] = {"--unshare-all", "--unshare-user", "--uid", "65534", "--gid", "65534"},
    [CONFINED_WITHOUT_UTS] = {"--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--uid",
                              "65534"},
    [CONFINED_WITHOUT_USER] = {"--unshare-pid", "--unshare-net", "--unshare-ipc"},
};

/* Neither /proc nor /dev: nothing in it needs them, and containers often forbid to mount them. Fonts are for
 * PDFs that do not bring their own. */
static const char *const common_args[] = {"--info-fd",
                                          INFO_FD,
                                          "--die-with-parent",
                                          "--new-session",
                                          "--cap-drop",
                                          "ALL",
                                          "--ro-bind",
                                          "/usr",
                                          "/usr",
                                          "--symlink",
                                          "usr/lib",
                                          "/lib",
                                          "--symlink",
                                          "usr/lib64",
                                          "/lib64",
                                          "--symlink",
                                          "usr/bin",
                                          "/bin",
                                          "--ro-bind-try",
                                          "/etc/ld.so.cache",
                                          "/etc/ld.so.cache",
                                          "--ro-bind-try",
                                          "/etc/fonts",
                                          "/etc/fonts",
                                          "--ro-bind-try",
                                          "/var/cache/fontconfig",
                                          "/var/cache/fontconfig",
                                          "--clearenv",
                                          "--setenv",
                                          "PATH",
                                          "/usr/bin",
                                          "--setenv",
                                          "LANG",
                                          "C.UTF-8",
                                          "--setenv",
                                          "HOME",
                                          "/tmp"};

struct args {
    char *list[ARGS_MAX];
    int count;
    char numbers[4][32];
};

/* libuv wants char *const *, and does not write. */
static void add(struct args *a, const char *text)
{
    if (a->count < ARGS_MAX - 1)
        a->list[a->count++] = (char *)(uintptr_t)text;
}

static void add_number(struct args *a, int slot, const char *form, long long number)
{
    snprintf(a->numbers[slot], sizeof a->numbers[slot], form, number);
    add(a, a->numbers[slot]);
}

static void build_args(struct args *a, const struct child_ask *ask)
{
    add(a, "nice");
    add(a, "-n");
    add(a, "10");
    add(a, BWRAP);
    for (int i = 0; i < 8 && confinement_args[ask->how][i] != NULL; i++)
        add(a, confinement_args[ask->how][i]);
    for (size_t i = 0; i < sizeof common_args / sizeof common_args[0]; i++)
        add(a, common_args[i]);
    add(a, "--size");
    add_number(a, 0, "%lld", CHILD_SCRATCH_MAX_BYTES);
    add(a, "--tmpfs");
    add(a, "/tmp");
    if (ask->input != NULL) {
        add(a, "--ro-bind");
        add(a, ask->input);
        add(a, "/in.pdf");
    }
    add(a, "prlimit");
    add_number(a, 1, "--as=%lld", CHILD_MEMORY_MAX_BYTES);
    add_number(a, 2, "--cpu=%lld", CHILD_CPU_MAX_S);
    add_number(a, 3, "--fsize=%lld", CHILD_SCRATCH_MAX_BYTES);
    /* Where the kernel counts the user's other processes too, eight would not be enough to begin with. */
    add(a, "--nproc=64");
    add(a, "--nofile=64");
    add(a, "--core=0");
    add(a, "sh");
    add(a, "-c");
    add(a, ask->script);
    add(a, "sh");
    if (ask->argument != NULL)
        add(a, ask->argument);
}

/* ---- what it says ---- */

static bool grow(struct growing *g, const char *bytes, size_t len)
{
    if (len > g->max - g->len)
        return false;
    if (g->len + len + 1 > g->capacity) {
        size_t capacity = (g->len + len + 1) * 2;
        uint8_t *more = realloc(g->bytes, capacity);
        if (more == NULL)
            return false;
        g->bytes = more;
        g->capacity = capacity;
    }
    memcpy(g->bytes + g->len, bytes, len);
    g->len += len;
    g->bytes[g->len] = 0;
    return true;
}

/* Both, the one inside first. Killing the one outside is not enough while the child's world is being built:
 * until then the one inside is not bound to die with it, would go on, and hold our pipes. So this waits until
 * we have been told who that is. */
static void kill_both(const struct child *c)
{
    if (c->inner == 0 || !uv_is_active((const uv_handle_t *)&c->process))
        return;
    kill(c->inner, SIGKILL);
    kill(c->process.pid, SIGKILL);
}

static void stop(struct child *c, enum child_end why)
{
    if (c->killed)
        return;
    c->killed = true;
    c->end = why;
    kill_both(c);
}

/* {"child-pid": 123, ...}, perhaps in pieces. */
static void learn_inner(struct child *c)
{
    static const char name[] = "\"child-pid\":";
    const char *text = (const char *)c->info_bytes.bytes;
    const char *at = text != NULL ? strstr(text, name) : NULL;
    if (c->inner != 0 || at == NULL || strpbrk(at, ",}\n") == NULL)
        return;
    long pid = strtol(at + sizeof name - 1, NULL, 10);
    c->inner = pid > 1 ? (pid_t)pid : 0;
    if (c->killed)
        kill_both(c);
}

static enum child_end judge(const struct child *c, const char *errors)
{
    if (c->killed)
        return c->end;
    if (c->exit_status == 0 && c->signal == 0)
        return CHILD_DONE;
    if (strstr(errors, "bad_alloc") != NULL || strstr(errors, "emory") != NULL)
        return CHILD_NO_MEMORY;
    /* The shell gives 128 and the signal. A kill from outside is the processor limit's last word. */
    if (c->exit_status == 128 + SIGXCPU || c->exit_status == 128 + SIGKILL || c->signal == SIGKILL)
        return CHILD_TOO_LONG;
    if (c->exit_status == 128 + SIGXFSZ)
        return CHILD_TOO_MUCH;
    return c->exit_status == 127 ? CHILD_NO_PROGRAM : CHILD_FAILED;
}

static void on_closed(uv_handle_t *handle)
{
    struct child *c = handle->data;
    if (--c->open_handles > 0)
        return;
    if (!c->silent) {
        const char *errors = c->error_bytes.bytes != NULL ? (const char *)c->error_bytes.bytes : "";
        struct child_result r = {.end = judge(c, errors),
                                 .out = c->out_bytes.bytes,
                                 .out_len = c->out_bytes.len,
                                 .errors = errors};
        c->ended(c->self, &r);
    }
    free(c->out_bytes.bytes);
    free(c->error_bytes.bytes);
    free(c->info_bytes.bytes);
    free(c);
}

static void one_has_ended(struct child *c)
{
    if (--c->to_end > 0)
        return;
    uv_close((uv_handle_t *)&c->wall, on_closed);
    uv_close((uv_handle_t *)&c->process, on_closed);
    uv_close((uv_handle_t *)&c->out, on_closed);
    uv_close((uv_handle_t *)&c->errors, on_closed);
    uv_close((uv_handle_t *)&c->info, on_closed);
}

static void on_exit_of(uv_process_t *process, int64_t exit_status, int term_signal)
{
    struct child *c = process->data;
    c->exit_status = exit_status;
    c->signal = term_signal;
    one_has_ended(c);
}

static void give_scratch(uv_handle_t *handle, size_t suggested, uv_buf_t *ret_buf)
{
    (void)suggested;
    struct child *c = handle->data;
    *ret_buf = uv_buf_init(c->scratch, sizeof c->scratch);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct child *c = stream->data;
    bool is_out = stream == (uv_stream_t *)&c->out;
    if (n < 0) {
        uv_read_stop(stream);
        one_has_ended(c);
    } else if (!grow(is_out ? &c->out_bytes : &c->error_bytes, buf->base, (size_t)n) && is_out) {
        stop(c, CHILD_TOO_MUCH);
    }
}

static void on_wall(uv_timer_t *timer)
{
    stop(timer->data, CHILD_TOO_LONG);
}

static void on_info(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct child *c = stream->data;
    if (n >= 0) {
        (void)grow(&c->info_bytes, buf->base, (size_t)n); /* all that matters stands in the first line */
        learn_inner(c);
        return;
    }
    uv_read_stop(stream);
    one_has_ended(c);
}

/* ---- its life ---- */

/* No file of the relay may reach the child: whatever some library opened without the flag gets it now. */
static void keep_files_back(void)
{
    for (int fd = 3; fd < 1024; fd++) {
        int flags = fcntl(fd, F_GETFD);
        if (flags >= 0 && (flags & FD_CLOEXEC) == 0)
            fcntl(fd, F_SETFD, flags | FD_CLOEXEC);
    }
}

static int spawn(struct child *c, const struct child_ask *ask)
{
    struct args a = {0};
    build_args(&a, ask);
    uv_stdio_container_t stdio[] = {
        {.flags = UV_IGNORE},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&c->out},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&c->errors},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&c->info}};
    char *no_environment[] = {NULL};
    uv_process_options_t options = {.file = "/usr/bin/nice",
                                    .args = a.list,
                                    .env = no_environment,
                                    .cwd = "/",
                                    .exit_cb = on_exit_of,
                                    .stdio_count = sizeof stdio / sizeof stdio[0],
                                    .stdio = stdio};
    keep_files_back();
    return uv_spawn(ask->loop, &c->process, &options);
}

enum err child_start(const struct child_ask *ask, struct child **ret_child)
{
    struct child *c = calloc(1, sizeof *c);
    if (c == NULL)
        return ERR_MEMORY;
    c->out_bytes.max = ask->out_max_bytes;
    c->error_bytes.max = CHILD_ERRORS_MAX;
    c->info_bytes.max = INFO_MAX;
    c->ended = ask->ended;
    c->self = ask->self;
    c->process.data = c->out.data = c->errors.data = c->info.data = c->wall.data = c;
    uv_timer_init(ask->loop, &c->wall);
    uv_pipe_init(ask->loop, &c->out, 0);
    uv_pipe_init(ask->loop, &c->errors, 0);
    uv_pipe_init(ask->loop, &c->info, 0);
    c->open_handles = 5;
    c->to_end = 4;
    /* uv_spawn makes the process handle a handle also where it fails. */
    if (spawn(c, ask) != 0) {
        c->silent = true;
        c->to_end = 1;
        one_has_ended(c);
        return ERR_SYSTEM;
    }
    uv_timer_start(&c->wall, on_wall, ask->wall_ms, 0);
    uv_read_start((uv_stream_t *)&c->out, give_scratch, on_read);
    uv_read_start((uv_stream_t *)&c->errors, give_scratch, on_read);
    uv_read_start((uv_stream_t *)&c->info, give_scratch, on_info);
    *ret_child = c;
    return ERR_NONE;
}

void child_kill(struct child *c)
{
    if (c == NULL)
        return;
    c->silent = true;
    stop(c, CHILD_FAILED);
}
