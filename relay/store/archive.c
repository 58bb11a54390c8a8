#include "store/archive.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/answers.h"
#include "store/retain.h"
#include "store/schema.h"
#include "store/snapshots.h"
#include "store/store_thread.h"

struct question {
    struct question *next;
    struct store_ask ask;
};

struct reply {
    struct reply *next;
    uint32_t request;
    enum reply_kind { REPLY_ANSWER, REPLY_DAMAGED, REPLY_FORGOT } kind;
    char *text;
    size_t len;
};

struct archive {
    char *path;
    struct store_listener listener;
    struct store_thread thread; /* its lock guards everything in the next block */

    struct question *first, **last;
    size_t waiting;
    struct reply *answers, **answers_last;

    atomic_bool stopping;
    sqlite3 *db; /* the thread's own */
};

/* ---- the thread ---- */

static void (*const answers[STORE_QUESTIONS])(sqlite3 *db, const struct store_ask *ask,
                                              struct json_out *o) = {
    [STORE_LOG_SHOW] = answer_log_show,     [STORE_LOG_VERIFY] = answer_log_verify,
    [STORE_BACKUP] = answer_backup,         [STORE_ERASE] = answer_erase,
    [STORE_ATTENDANCE] = answer_attendance,
};

/* Takes over what is written. */
static void post(struct archive *a, enum reply_kind kind, uint32_t request, struct json_out *o)
{
    struct reply *answer = malloc(sizeof *answer);
    if (answer == NULL)
        return; /* who asked waits until he gives up: memory is short everywhere */
    *answer = (struct reply){.request = request, .kind = kind};
    if (json_out_take(o, &answer->text, &answer->len) != ERR_NONE) {
        free(answer);
        return;
    }
    uv_mutex_lock(&a->thread.lock);
    *a->answers_last = answer;
    a->answers_last = &answer->next;
    uv_mutex_unlock(&a->thread.lock);
    store_thread_wake_loop(&a->thread);
}

static void forgot(void *self, const char *session)
{
    struct json_out o;
    json_out_init(&o);
    json_put_raw(&o, NULL, session, strlen(session));
    post(self, REPLY_FORGOT, 0, &o);
    json_out_finish(&o);
}

/* What cannot go now goes the next time. */
static void keep_short(struct archive *a, int64_t ended_before_ms)
{
    char dir[PATH_MAX];
    snprintf(dir, sizeof dir, "%s", a->path);
    *strrchr(dir, '/') = '\0';
    enum err e = retain(a->db, dir, ended_before_ms, forgot, a);
    (void)e;
}

static void check(struct archive *a)
{
    sqlite3_stmt *st = NULL;
    struct json_out o;
    int code = sqlite3_prepare_v2(a->db, "PRAGMA quick_check(1)", -1, &st, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(st);
    const char *text = code == SQLITE_ROW ? (const char *)sqlite3_column_text(st, 0) : sqlite3_errmsg(a->db);
    bool good = code == SQLITE_ROW && text != NULL && strcmp(text, "ok") == 0;
    json_out_init(&o);
    if (!good && code != SQLITE_INTERRUPT && text != NULL) {
        json_put_raw(&o, NULL, text, strlen(text));
        post(a, REPLY_DAMAGED, 0, &o);
    }
    json_out_finish(&o);
    sqlite3_finalize(st);
}

/* SQLite asks now and then, whatever it is doing. */
static int is_stopping(void *self)
{
    struct archive *a = self;
    return atomic_load(&a->stopping);
}

static enum err connect_once(struct archive *a, char *why, size_t why_size)
{
    if (a->db != NULL)
        return ERR_NONE;
    enum err e = schema_connect(a->path, &a->db, why, why_size);
    if (e == ERR_NONE)
        sqlite3_progress_handler(a->db, 10000, is_stopping, a);
    return e;
}

static void answer(struct archive *a, const struct store_ask *ask)
{
    struct json_out o;
    char why[600];
    json_out_init(&o);
    enum err e = connect_once(a, why, sizeof why);
    if (e != ERR_NONE)
        answer_refuse(&o, why);
    else if (ask->question == STORE_SNAPSHOT)
        e = snapshot_make(a->db, ask->session); /* a snapshot that cannot be made is made another time */
    else if (ask->question == STORE_RETAIN)
        keep_short(a, ask->now_ms);
    else if (ask->question == STORE_CHECK)
        check(a);
    else
        answers[ask->question](a->db, ask, &o);
    if (ask->request != 0)
        post(a, REPLY_ANSWER, ask->request, &o);
    json_out_finish(&o);
}

static void answer_all(void *self)
{
    struct archive *a = self;
    uv_mutex_lock(&a->thread.lock);
    while (!atomic_load(&a->stopping)) {
        struct question *q = a->first;
        if (q == NULL) {
            uv_cond_wait(&a->thread.wake, &a->thread.lock);
            continue;
        }
        a->first = q->next;
        if (a->first == NULL)
            a->last = &a->first;
        a->waiting--;
        uv_mutex_unlock(&a->thread.lock);
        answer(a, &q->ask);
        free(q);
        uv_mutex_lock(&a->thread.lock);
    }
    uv_mutex_unlock(&a->thread.lock);
    sqlite3_close(a->db);
}

/* ---- the loop ---- */

static void woken(void *self)
{
    struct archive *a = self;
    uv_mutex_lock(&a->thread.lock);
    struct reply *first = a->answers, *next;
    a->answers = NULL;
    a->answers_last = &a->answers;
    uv_mutex_unlock(&a->thread.lock);
    for (; first; first = next) {
        next = first->next;
        if (first->kind == REPLY_DAMAGED)
            a->listener.damaged(a->listener.self, first->text);
        else if (first->kind == REPLY_FORGOT)
            a->listener.forgot(a->listener.self, first->text);
        else
            a->listener.answered(a->listener.self, first->request, first->text, first->len);
        free(first->text);
        free(first);
    }
}

static void gone(void *self)
{
    struct archive *a = self;
    for (struct question *q = a->first, *next; q; q = next) {
        next = q->next;
        free(q);
    }
    for (struct reply *s = a->answers, *next; s; s = next) {
        next = s->next;
        free(s->text);
        free(s);
    }
    free(a->path);
    free(a);
}

enum err archive_start(const char *path, uv_loop_t *loop, const struct store_listener *listener,
                       struct archive **ret_archive)
{
    struct archive *a = calloc(1, sizeof *a);
    if (a == NULL || (a->path = strdup(path)) == NULL) {
        free(a);
        return ERR_MEMORY;
    }
    a->listener = *listener;
    a->last = &a->first;
    a->answers_last = &a->answers;
    const struct store_thread_owner owner = {answer_all, woken, gone, a};
    enum err e = store_thread_start(&a->thread, loop, &owner);
    if (e == ERR_NONE)
        *ret_archive = a;
    return e;
}

enum err archive_ask(struct archive *a, const struct store_ask *ask)
{
    struct question *q = malloc(sizeof *q);
    if (q == NULL)
        return ERR_MEMORY;
    *q = (struct question){.ask = *ask};
    uv_mutex_lock(&a->thread.lock);
    bool full = a->waiting >= ARCHIVE_WAITING_MAX;
    if (!full) {
        *a->last = q;
        a->last = &q->next;
        a->waiting++;
        uv_cond_signal(&a->thread.wake);
    }
    uv_mutex_unlock(&a->thread.lock);
    if (full)
        free(q);
    return full ? ERR_FULL : ERR_NONE;
}

void archive_stop(struct archive *a)
{
    if (a == NULL)
        return;
    uv_mutex_lock(&a->thread.lock);
    atomic_store(&a->stopping, true);
    uv_mutex_unlock(&a->thread.lock);
    store_thread_stop(&a->thread);
}
