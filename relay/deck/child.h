/* One confined child: a short shell script that runs with a PDF and Debian's programs in sight and nothing
 * else: no network, no other files, no rights, limits on memory, time, files and output. What it makes comes
 * back through a pipe. The loop's thread. */
#ifndef AULA_RELAY_DECK_CHILD_H
#define AULA_RELAY_DECK_CHILD_H

#include <stddef.h>
#include <stdint.h>

#include <uv.h>

#include "base/errors.h"

#define CHILD_MEMORY_MAX_BYTES  (512 * 1024 * 1024) /* address space of each process in it */
#define CHILD_SCRATCH_MAX_BYTES (192 * 1024 * 1024) /* its /tmp, in memory */
#define CHILD_CPU_MAX_S         20                  /* of each process in it */
#define CHILD_ERRORS_MAX        2048                /* bytes kept of what it says on standard error */

/* Ways to confine, the strictest first: machines differ in what they let bubblewrap do. None shares the
 * network, the files or the processes of the machine. */
enum confinement {
    CONFINED_ALL,          /* every namespace */
    CONFINED_BY_USER,      /* likewise, with a user namespace even where we are root */
    CONFINED_WITHOUT_UTS,  /* without host name and cgroup namespaces (some containers forbid them) */
    CONFINED_WITHOUT_USER, /* without a user namespace: works for root alone */
    CONFINEMENTS
};

enum child_end {
    CHILD_DONE,      /* exit status 0 */
    CHILD_FAILED,    /* any other */
    CHILD_TOO_LONG,  /* wall or processor time */
    CHILD_TOO_MUCH,  /* wrote more than it may */
    CHILD_NO_MEMORY, /* wanted more than it may */
    CHILD_NO_PROGRAM /* a program that the script names is not installed */
};

struct child_result {
    enum child_end end;
    const uint8_t *out; /* standard output; valid during the call */
    size_t out_len;
    const char *errors; /* standard error's beginning, one string */
};

struct child_ask {
    uv_loop_t *loop;
    enum confinement how;
    const char *input;    /* path of the file it sees as /in.pdf; NULL = none */
    const char *script;   /* for /bin/sh; static storage */
    const char *argument; /* its $1; copied by the kernel */
    uint64_t wall_ms;
    size_t out_max_bytes;
    /* Called once, never from within child_start; the child is gone afterwards. */
    void (*ended)(void *self, const struct child_result *result);
    void *self;
};

struct child;

/* ERR_SYSTEM (no bwrap, no process), ERR_MEMORY. */
enum err child_start(const struct child_ask *ask, struct child **ret_child) MUST_USE;
/* Kills it; `ended` is not called any more. NULL is legal. */
void child_kill(struct child *c);

#endif
