/* Uploads, and whose turn it is. */
#include "deck/deck.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "deck/job.h"

static void on_kick(uv_timer_t *timer);

static const char not_a_pdf[] = "This is not a PDF. Export the slides as PDF and add that file.";

static bool starts_like_pdf(const struct deck_job *job)
{
    return job->bytes >= 5 && memcmp(job->head, "%PDF-", 5) == 0;
}

/* ---- the folder ---- */

static void empty_folder(const char *path)
{
    DIR *dir = opendir(path);
    if (dir == NULL)
        return;
    for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir))
        if (e->d_name[0] != '.')
            unlinkat(dirfd(dir), e->d_name, 0);
    closedir(dir);
}

static enum err make_folders(const struct decks *d, char *why, size_t why_size)
{
    char work[DECK_PATH_MAX];
    snprintf(work, sizeof work, "%s/.work", d->folder);
    bool made =
        (mkdir(d->folder, 0755) == 0 || errno == EEXIST) && (mkdir(work, 0700) == 0 || errno == EEXIST);
    if (!made || access(work, R_OK | W_OK | X_OK) != 0) {
        snprintf(why, why_size, "%s cannot be used for decks (%s). Make it writable for aulad.", d->folder,
                 strerror(errno));
        return ERR_SYSTEM;
    }
    empty_folder(work);
    return ERR_NONE;
}

/* The converter runs in another folder, so DIR/decks is named from the root. */
static enum err name_folder(struct decks *d, const char *data_dir, char *why, size_t why_size)
{
    char absolute[PATH_MAX];
    if (realpath(data_dir, absolute) == NULL)
        snprintf(why, why_size,
                 "%s cannot be used for decks (%s). Make it a folder that is writable for aulad.", data_dir,
                 strerror(errno));
    else if (snprintf(d->folder, sizeof d->folder, "%s/decks", absolute) >= (int)sizeof d->folder)
        snprintf(why, why_size, "The name of the data folder is too long.");
    else
        return ERR_NONE;
    return ERR_SYSTEM;
}

enum err decks_create(const char *data_dir, uv_loop_t *loop, const struct entropy *entropy, char *why,
                      size_t why_size, struct decks **ret_decks)
{
    struct decks *d = calloc(1, sizeof *d);
    if (d == NULL) {
        snprintf(why, why_size, "There is not enough memory.");
        return ERR_MEMORY;
    }
    d->loop = loop;
    d->entropy = entropy;
    enum err e = name_folder(d, data_dir, why, why_size);
    if (e == ERR_NONE)
        e = make_folders(d, why, why_size);
    if (e != ERR_NONE) {
        free(d);
        return e;
    }
    uv_timer_init(loop, &d->kick);
    d->kick.data = d;
    *ret_decks = d;
    return ERR_NONE;
}

/* ---- the jobs ---- */

static void kick(struct decks *d)
{
    if (!d->destroyed)
        uv_timer_start(&d->kick, on_kick, 0, 0);
}

static void free_decks(uv_handle_t *handle)
{
    free(handle->data);
}

static void close_when_empty(struct decks *d)
{
    if (d->destroyed && d->jobs == NULL && !uv_is_closing((uv_handle_t *)&d->kick))
        uv_close((uv_handle_t *)&d->kick, free_decks);
}

static void unlink_job(struct deck_job *job)
{
    struct deck_job **at = &job->decks->jobs;
    while (*at != job)
        at = &(*at)->next;
    *at = job->next;
    job->decks->count--;
}

static void free_job(struct deck_job *job)
{
    if (job->fd >= 0)
        close(job->fd);
    unlink(job->path);
    for (int i = 0; job->pages != NULL && i < job->facts.pages; i++)
        free(job->pages[i].text);
    free(job->pages);
    free(job->stream);
    free(job->manifest);
    free(job);
}

void job_finished(struct deck_job *job, const struct deck_result *result)
{
    struct decks *d = job->decks;
    unlink_job(job);
    bool tell = !job->cancelled;
    job->cancelled = true; /* a listener that cancels now cancels nothing */
    if (tell)
        job->listener.finished(job->listener.self, result);
    free_job(job);
    kick(d);
    close_when_empty(d);
}

void deck_cancel(struct deck_job *job)
{
    if (job == NULL || job->cancelled)
        return;
    job->cancelled = true;
    child_kill(job->child);
    job->child = NULL;
    /* What the thread pool has in hand comes back first. */
    if (!job->working)
        job_finished(job, &(struct deck_result){0});
}

void decks_destroy(struct decks *d)
{
    if (d == NULL)
        return;
    d->destroyed = true;
    child_kill(d->probe);
    d->probe = NULL;
    struct deck_job *next;
    for (struct deck_job *job = d->jobs; job != NULL; job = next) {
        next = job->next;
        deck_cancel(job);
    }
    close_when_empty(d);
}

/* ---- whose turn it is ---- */

static struct deck_job *next_job(const struct decks *d)
{
    struct deck_job *first = NULL;
    for (struct deck_job *job = d->jobs; job != NULL; job = job->next) {
        if (job->state == JOB_CONVERTING)
            return NULL; /* one at a time */
        if (first == NULL && job->state == JOB_WAITING)
            first = job;
    }
    return first;
}

static void start_probe(struct decks *d, enum confinement how);

/* Nothing is ever converted unconfined: all that wait are refused, and the next one tries again. */
static void refuse_all(struct decks *d)
{
    for (struct deck_job *job = next_job(d); job != NULL; job = next_job(d))
        job_refused(
            job,
            "This relay cannot confine the converter, so it converts no slides: install bubblewrap on "
            "it and allow it user namespaces%s%s",
            d->probe_errors[0] != '\0' ? ". It says: " : ".", d->probe_errors);
}

static void probed(void *self, const struct child_result *r)
{
    struct decks *d = self;
    d->probe = NULL;
    d->can_confine = r->end == CHILD_DONE;
    if (d->can_confine)
        kick(d);
    else {
        text_clean((const uint8_t *)r->errors, strlen(r->errors), true, sizeof d->probe_errors - 1,
                   d->probe_errors);
        start_probe(d, d->how + 1);
    }
}

static void start_probe(struct decks *d, enum confinement how)
{
    d->how = how;
    struct child_ask ask = {.loop = d->loop,
                            .how = how,
                            .script = "exit 0",
                            .wall_ms = DECK_INFO_WALL_MS,
                            .out_max_bytes = 1,
                            .ended = probed,
                            .self = d};
    if (how == CONFINEMENTS || child_start(&ask, &d->probe) != ERR_NONE)
        refuse_all(d);
}

static void on_kick(uv_timer_t *timer)
{
    struct decks *d = timer->data;
    struct deck_job *job = next_job(d);
    if (job == NULL || d->probe != NULL)
        return;
    if (!starts_like_pdf(job)) /* shorter than a PDF's first five bytes */
        job_refused(job, "%s", not_a_pdf);
    else if (d->can_confine)
        convert_start(job);
    else
        start_probe(d, CONFINED_ALL);
}

/* ---- uploads ---- */

static struct deck_job *make_job(struct decks *d, const char *title, const struct deck_listener *listener)
{
    struct deck_job *job = calloc(1, sizeof *job);
    if (job == NULL)
        return NULL;
    job->decks = d;
    job->listener = *listener;
    if (title != NULL)
        text_clean((const uint8_t *)title, strlen(title), true, DECK_TITLE_MAX, job->title);
    snprintf(job->path, sizeof job->path, "%s/.work/%llu.pdf", d->folder, (unsigned long long)++d->uploads);
    job->fd = open(job->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644); /* the child is another user */
    if (job->fd < 0) {
        free(job);
        return NULL;
    }
    struct deck_job **at = &d->jobs;
    while (*at != NULL)
        at = &(*at)->next;
    *at = job;
    d->count++;
    return job;
}

enum err deck_begin(struct decks *d, const char *title, const struct deck_listener *listener,
                    char why[DECK_WHY_MAX], struct deck_job **ret_job)
{
    if (d->count >= DECK_JOBS_MAX) {
        snprintf(why, DECK_WHY_MAX, "%d decks are waiting already. Try again in a few minutes.",
                 DECK_JOBS_MAX);
        return ERR_FULL;
    }
    struct deck_job *job = make_job(d, title, listener);
    if (job == NULL) {
        snprintf(why, DECK_WHY_MAX,
                 "The relay's disk refuses the file. Free some space on it and try again.");
        return ERR_SYSTEM;
    }
    *ret_job = job;
    return ERR_NONE;
}

static enum err write_upload(struct deck_job *job, const uint8_t *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(job->fd, bytes, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return ERR_SYSTEM;
        bytes += n;
        len -= (size_t)n;
    }
    return ERR_NONE;
}

enum err deck_bytes(struct deck_job *job, const void *bytes, size_t len, char why[DECK_WHY_MAX])
{
    const uint8_t *p = bytes;
    if (job->state != JOB_UPLOADING)
        return ERR_STATE;
    if (len > DECK_FILE_MAX_BYTES - job->bytes) {
        snprintf(why, DECK_WHY_MAX, "The file is too large: a deck may have %d MB.",
                 DECK_FILE_MAX_BYTES / 1024 / 1024);
        return ERR_LONG;
    }
    for (size_t i = 0; i < len && job->bytes + i < sizeof job->head; i++)
        job->head[job->bytes + i] = p[i];
    job->bytes += len;
    if (job->bytes >= 5 && !starts_like_pdf(job)) {
        snprintf(why, DECK_WHY_MAX, "%s", not_a_pdf);
        return ERR_MALFORMED;
    }
    enum err e = write_upload(job, p, len);
    if (e != ERR_NONE)
        snprintf(why, DECK_WHY_MAX,
                 "The relay's disk refuses the file (%s). Free some space on it and try again.",
                 strerror(errno));
    return e;
}

void deck_end(struct deck_job *job)
{
    close(job->fd);
    job->fd = -1;
    job->state = JOB_WAITING;
    kick(job->decks);
}
