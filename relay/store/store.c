#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "store/archive.h"
#include "store/replay.h"
#include "store/schema.h"
#include "store/snapshots.h"
#include "store/writer.h"

#define SNAPSHOTS_DUE_MAX 64 /* that wait for one commit */

struct store {
    char path[PATH_MAX];
    int lock_fd; /* DIR/lock, held while the relay lives */
    uv_loop_t *loop;
    struct store_listener listener;
    sqlite3 *reader;             /* until the writer starts */
    struct store_writer *writer; /* from then on */
    struct archive *archive;
    struct {
        uint64_t row;
        char session[SESSION_ID_MAX + 1];
    } due[SNAPSHOTS_DUE_MAX]; /* snapshots to make once the row is on disk, in the order of rows */
    size_t due_count;
    char tails[REPLAY_TAILS_MAX]
              [SESSION_ID_MAX + 1]; /* sessions that lack a newer snapshot since before the start */
    size_t tail_count;
};

/* The kernel lets go of the lock when the process ends, however it ends. */
static enum err hold_folder(struct store *s, const char *data_dir, char *why, size_t why_size)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/lock", data_dir);
    s->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (s->lock_fd < 0) {
        snprintf(why, why_size, "%s cannot be made (%s). Make the folder, and make it writable for aulad.",
                 path, strerror(errno));
        return ERR_SYSTEM;
    }
    if (flock(s->lock_fd, LOCK_EX | LOCK_NB) != 0) {
        snprintf(why, why_size, "Another aulad is running on %s. End it first, or use another --data.",
                 data_dir);
        return ERR_SYSTEM;
    }
    return ERR_NONE;
}

enum err store_open(const char *data_dir, uv_loop_t *loop, const struct store_listener *listener, char *why,
                    size_t why_size, struct store **ret_store)
{
    struct store *s = calloc(1, sizeof *s);
    if (s == NULL) {
        snprintf(why, why_size, "There is not enough memory.");
        return ERR_MEMORY;
    }
    s->lock_fd = -1;
    s->loop = loop;
    s->listener = *listener;
    enum err e = ERR_NONE;
    if (strlen(data_dir) + sizeof "/aula.db-journal" > sizeof s->path) {
        snprintf(why, why_size, "The name of the data folder is too long.");
        e = ERR_SYSTEM;
    }
    if (e == ERR_NONE)
        e = hold_folder(s, data_dir, why, why_size);
    if (e == ERR_NONE) {
        snprintf(s->path, sizeof s->path, "%s/aula.db", data_dir);
        e = schema_open(s->path, &s->reader, why, why_size);
    }
    if (e != ERR_NONE) {
        store_close(s);
        return e;
    }
    *ret_store = s;
    return ERR_NONE;
}

enum err store_replay(struct store *s, enum err (*each)(void *self, const struct desk_row *row), void *self,
                      char *why, size_t why_size, uint64_t *ret_last_row)
{
    struct replay r = {.each = each, .self = self, .why = why, .why_size = why_size};
    if (s->reader == NULL)
        return ERR_STATE;
    enum err e = replay_rows(s->reader, &r);
    if (e != ERR_NONE)
        return e;
    *ret_last_row = r.last_row;
    memcpy(s->tails, r.tails, sizeof s->tails);
    s->tail_count = r.tail_count;
    return ERR_NONE;
}

/* A snapshot that is not made now is made later: nothing rests on it but a quick start. */
static void ask_quietly(struct store *s, enum store_question question, const char *session)
{
    struct store_ask ask = {.question = question};
    snprintf(ask.session, sizeof ask.session, "%s", session);
    enum err e = archive_ask(s->archive, &ask);
    (void)e;
}

static void committed(void *self, uint64_t row)
{
    struct store *s = self;
    s->listener.committed(s->listener.self, row);
    while (s->due_count > 0 && s->due[0].row <= row) {
        ask_quietly(s, STORE_SNAPSHOT, s->due[0].session);
        s->due_count--;
        memmove(s->due, s->due + 1, s->due_count * sizeof s->due[0]);
    }
}

static void refused(void *self, const char *why)
{
    struct store *s = self;
    s->listener.refused(s->listener.self, why);
}

enum err store_start(struct store *s)
{
    const struct store_listener between = {.committed = committed, .refused = refused, .self = s};
    if (s->writer != NULL)
        return ERR_STATE;
    char why[600];
    enum err e = schema_use(s->reader, s->path, why, sizeof why); /* once, before two threads do it */
    if (e == ERR_NONE)
        e = writer_start(s->path, s->loop, &between, &s->writer);
    if (e == ERR_NONE)
        e = archive_start(s->path, s->loop, &s->listener, &s->archive);
    if (e != ERR_NONE)
        return e;
    sqlite3_close(s->reader);
    s->reader = NULL;
    for (size_t i = 0; i < s->tail_count; i++)
        ask_quietly(s, STORE_SNAPSHOT, s->tails[i]);
    ask_quietly(s, STORE_CHECK, "");
    return ERR_NONE;
}

enum err store_append(struct store *s, const struct desk_row *row)
{
    enum err e = s->writer == NULL ? ERR_STATE : writer_append(s->writer, row);
    bool due = e == ERR_NONE && row->kind == ROW_EVENT && row->n % SNAPSHOT_EVERY == 0;
    if (due && s->due_count < sizeof s->due / sizeof s->due[0]) {
        s->due[s->due_count].row = row->row;
        memcpy(s->due[s->due_count++].session, row->session, sizeof row->session);
    }
    return e;
}

bool store_is_full(struct store *s)
{
    return s->writer != NULL && writer_is_full(s->writer);
}

enum err store_ask(struct store *s, const struct store_ask *ask)
{
    return s->archive == NULL ? ERR_STATE : archive_ask(s->archive, ask);
}

void store_past(struct store *s, const char *session)
{
    if (s->archive != NULL)
        ask_quietly(s, STORE_SNAPSHOT, session);
}

void store_close(struct store *s)
{
    if (s == NULL)
        return;
    archive_stop(s->archive);
    if (s->writer != NULL)
        writer_stop(s->writer);
    sqlite3_close(s->reader);
    if (s->lock_fd >= 0)
        close(s->lock_fd);
    free(s);
}
