#include "store/writer.h"

#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "store/schema.h"
#include "store/store_thread.h"

struct entry {
    struct entry *next;
    struct desk_row row; /* its text points behind it */
    size_t bytes;
    char text[];
};

struct queue {
    struct entry *first, *last;
};

struct store_writer {
    char *path;
    struct store_listener listener;
    struct store_thread thread; /* its lock guards everything in the next block */

    struct queue waiting; /* appended, not yet taken by the thread */
    size_t bytes;         /* of all entries that are not on disk */
    uint64_t committed;   /* newest row on disk */
    bool refused;         /* the disk refuses */
    bool stopping;
    char why[512];

    /* The thread's own. */
    sqlite3 *db;
    sqlite3_stmt *insert;
    struct queue held; /* taken, not on disk yet */

    /* The loop's own. */
    uint64_t told_committed;
    bool told_refused;
};

static void queue_move(struct queue *from, struct queue *to)
{
    if (from->first == NULL)
        return;
    if (to->first == NULL)
        to->first = from->first;
    else
        to->last->next = from->first;
    to->last = from->last;
    *from = (struct queue){0};
}

static size_t queue_drop(struct queue *q, const struct entry *end)
{
    size_t bytes = 0;
    while (q->first != end) {
        struct entry *e = q->first;
        q->first = e->next;
        bytes += e->bytes;
        free(e);
    }
    if (q->first == NULL)
        q->last = NULL;
    return bytes;
}

/* ---- the thread ---- */

static void disconnect(struct store_writer *w)
{
    sqlite3_finalize(w->insert);
    sqlite3_close(w->db);
    w->insert = NULL;
    w->db = NULL;
}

static enum err connect_again(struct store_writer *w, char *why, size_t why_size)
{
    if (w->db != NULL)
        return ERR_NONE;
    enum err e = schema_connect(w->path, &w->db, why, why_size);
    if (e != ERR_NONE)
        return e;
    int code = sqlite3_prepare_v3(
        w->db, "INSERT INTO log (row, kind, session, n, at_ms, token, text) VALUES (?, ?, ?, ?, ?, ?, ?)", -1,
        SQLITE_PREPARE_PERSISTENT, &w->insert, NULL);
    if (code == SQLITE_OK)
        return ERR_NONE;
    schema_explain(w->db, code, w->path, why, why_size);
    disconnect(w);
    return ERR_SYSTEM;
}

static int insert_row(sqlite3_stmt *st, const struct desk_row *row)
{
    sqlite3_bind_int64(st, 1, (int64_t)row->row);
    sqlite3_bind_int(st, 2, (int)row->kind + 1);
    sqlite3_bind_text(st, 3, row->session, -1, SQLITE_STATIC);
    sqlite3_bind_int64(st, 4, (int64_t)row->n);
    sqlite3_bind_int64(st, 5, row->at_ms);
    if (row->kind == ROW_LINK || row->kind == ROW_TOKEN)
        sqlite3_bind_blob(st, 6, row->token_sha256, sizeof row->token_sha256, SQLITE_STATIC);
    else
        sqlite3_bind_null(st, 6);
    sqlite3_bind_text64(st, 7, row->text, row->len, SQLITE_STATIC, SQLITE_UTF8);
    int code = sqlite3_step(st);
    sqlite3_reset(st);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

/* The first rows of `held` into one transaction; *ret_end is the first entry that is not in it. */
static int commit_some(struct store_writer *w, const struct entry **ret_end)
{
    int code = sqlite3_exec(w->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    const struct entry *e = w->held.first;
    for (int rows = 0; code == SQLITE_OK && e != NULL && rows < WRITER_COMMIT_MAX_ROWS; rows++) {
        code = insert_row(w->insert, &e->row);
        e = e->next;
    }
    if (code == SQLITE_OK)
        code = sqlite3_exec(w->db, "COMMIT", NULL, NULL, NULL);
    if (code == SQLITE_OK)
        *ret_end = e;
    return code;
}

/* One commit. On failure `why` says what the disk does; the rows stay held. */
static enum err write_held(struct store_writer *w, size_t *ret_bytes, uint64_t *ret_row, char *why,
                           size_t why_size)
{
    if (connect_again(w, why, why_size) != ERR_NONE)
        return ERR_SYSTEM;
    const struct entry *end = NULL;
    int code = commit_some(w, &end);
    if (code != SQLITE_OK) {
        schema_explain(w->db, code, w->path, why, why_size);
        /* After a full disk the connection is good; after anything else a fresh one is surer. Closing rolls
         * back. */
        if ((code & 0xff) != SQLITE_FULL)
            disconnect(w);
        else if (!sqlite3_get_autocommit(w->db))
            sqlite3_exec(w->db, "ROLLBACK", NULL, NULL, NULL);
        return ERR_SYSTEM;
    }
    for (const struct entry *e = w->held.first; e != end; e = e->next)
        *ret_row = e->row.row;
    *ret_bytes = queue_drop(&w->held, end);
    return ERR_NONE;
}

/* Waits, the lock held, until there is something to write or the end. */
static void await_work(struct store_writer *w)
{
    queue_move(&w->waiting, &w->held);
    while (w->held.first == NULL && !w->stopping) {
        uv_cond_wait(&w->thread.wake, &w->thread.lock);
        queue_move(&w->waiting, &w->held);
    }
}

/* Waits, the lock held, before the next try; new rows do not shorten it, the end does. */
static void await_retry(struct store_writer *w)
{
    uint64_t until = uv_hrtime() + WRITER_RETRY_MS * (uint64_t)1000000;
    for (uint64_t now = uv_hrtime(); now < until && !w->stopping; now = uv_hrtime())
        uv_cond_timedwait(&w->thread.wake, &w->thread.lock, until - now);
}

static void write_all(void *self)
{
    struct store_writer *w = self;
    char why[sizeof w->why];
    uv_mutex_lock(&w->thread.lock);
    for (await_work(w); w->held.first != NULL; await_work(w)) {
        bool last_try = w->stopping;
        uv_mutex_unlock(&w->thread.lock);
        size_t bytes = 0;
        uint64_t row = 0;
        enum err e = write_held(w, &bytes, &row, why, sizeof why);
        uv_mutex_lock(&w->thread.lock);
        if (e == ERR_NONE) {
            w->bytes -= bytes;
            w->committed = row;
            w->refused = w->refused && w->held.first != NULL;
        } else {
            w->refused = true;
            memcpy(w->why, why, sizeof w->why);
        }
        store_thread_wake_loop(&w->thread);
        if (e != ERR_NONE && last_try)
            break;
        if (e != ERR_NONE)
            await_retry(w);
    }
    uv_mutex_unlock(&w->thread.lock);
    disconnect(w);
}

/* ---- the loop ---- */

static void woken(void *self)
{
    struct store_writer *w = self;
    char why[sizeof w->why];
    uv_mutex_lock(&w->thread.lock);
    uint64_t committed = w->committed;
    bool refused = w->refused;
    memcpy(why, w->why, sizeof why);
    uv_mutex_unlock(&w->thread.lock);

    bool changed = refused != w->told_refused;
    w->told_refused = refused;
    if (changed && refused)
        w->listener.refused(w->listener.self, why);
    if (committed > w->told_committed) {
        w->told_committed = committed;
        w->listener.committed(w->listener.self, committed);
    }
    if (changed && !refused)
        w->listener.refused(w->listener.self, NULL);
}

static void gone(void *self)
{
    struct store_writer *w = self;
    queue_drop(&w->held, NULL);
    queue_drop(&w->waiting, NULL);
    free(w->path);
    free(w);
}

enum err writer_start(const char *path, uv_loop_t *loop, const struct store_listener *listener,
                      struct store_writer **ret_writer)
{
    struct store_writer *w = calloc(1, sizeof *w);
    if (w == NULL || (w->path = strdup(path)) == NULL) {
        free(w);
        return ERR_MEMORY;
    }
    w->listener = *listener;
    const struct store_thread_owner owner = {write_all, woken, gone, w};
    enum err e = store_thread_start(&w->thread, loop, &owner);
    if (e == ERR_NONE)
        *ret_writer = w;
    return e;
}

enum err writer_append(struct store_writer *w, const struct desk_row *row)
{
    size_t bytes = sizeof(struct entry) + row->len + 1;
    struct entry *e = malloc(bytes);
    if (e == NULL)
        return ERR_MEMORY;
    *e = (struct entry){.row = *row, .bytes = bytes};
    memcpy(e->text, row->text, row->len);
    e->text[row->len] = '\0';
    e->row.text = e->text;

    uv_mutex_lock(&w->thread.lock);
    bool full = w->bytes + bytes > STORE_QUEUE_MAX_BYTES;
    if (!full) {
        w->bytes += bytes;
        queue_move(&(struct queue){e, e}, &w->waiting);
        uv_cond_signal(&w->thread.wake);
    }
    uv_mutex_unlock(&w->thread.lock);
    if (full)
        free(e);
    return full ? ERR_FULL : ERR_NONE;
}

bool writer_is_full(struct store_writer *w)
{
    uv_mutex_lock(&w->thread.lock);
    bool full = w->bytes > STORE_QUEUE_FULL_BYTES;
    uv_mutex_unlock(&w->thread.lock);
    return full;
}

void writer_stop(struct store_writer *w)
{
    uv_mutex_lock(&w->thread.lock);
    w->stopping = true;
    uv_mutex_unlock(&w->thread.lock);
    store_thread_stop(&w->thread);
}
