/* One conversion: pdfinfo; then for each page a child that draws it, and the thread pool that stores what it
 * drew; then the manifest. Each step starts the next. */
#include "deck/job.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deck/manifest.h"

static void start_page(struct deck_job *job);

static const char info_script[] = "exec pdfinfo -enc UTF-8 -f 1 -l 300 /in.pdf"; /* DECK_PAGES_MAX */

static const char disk_refuses[] =
    "The relay's disk refuses to keep the deck. Free some space on it and try again.";
static const char no_memory[] = "The relay is out of memory. Try again later.";

#define INFO_OUT_MAX_BYTES (128 * 1024) /* 300 pages are 20 KB */

void job_refused(struct deck_job *job, const char *form, ...)
{
    struct deck_result result = {0};
    va_list args;
    va_start(args, form);
    vsnprintf(result.why, sizeof result.why, form, args);
    va_end(args);
    job_finished(job, &result);
}

/* True where the child did not do its work: the job is refused, and gone. */
static bool refused_by_child(struct deck_job *job, const struct child_result *r, const char *what)
{
    switch (r->end) {
    case CHILD_DONE:
        return false;
    case CHILD_TOO_LONG:
        job_refused(job, "%s takes too long to draw. Export the slides with simpler pictures.", what);
        return true;
    case CHILD_NO_MEMORY:
        job_refused(job, "%s needs too much memory to draw. Export the slides with smaller pictures.", what);
        return true;
    case CHILD_TOO_MUCH:
        job_refused(job, "%s gives too large an image. Export the slides with smaller pictures.", what);
        return true;
    case CHILD_NO_PROGRAM:
        job_refused(job,
                    "This relay cannot convert slides: install the packages poppler-utils and webp on it.");
        return true;
    case CHILD_FAILED:
        break;
    }
    if (strstr(r->errors, "Incorrect password") != NULL)
        job_refused(job, "This PDF is locked with a password. Save it without one and add it again.");
    else
        job_refused(job, "%s is damaged and cannot be read. Export the slides to PDF again.", what);
    return true;
}

static enum err run_child(struct deck_job *job, const char *script, const char *argument, uint64_t wall_ms,
                          size_t out_max, void (*ended)(void *, const struct child_result *))
{
    struct child_ask ask = {.loop = job->decks->loop,
                            .how = job->decks->how,
                            .input = job->path,
                            .script = script,
                            .argument = argument,
                            .wall_ms = wall_ms,
                            .out_max_bytes = out_max,
                            .ended = ended,
                            .self = job};
    return child_start(&ask, &job->child);
}

/* ---- the manifest ---- */

static void store_manifest(uv_work_t *work)
{
    struct deck_job *job = work->data;
    job->work_result =
        shelf_put(job->decks->folder, "json", job->manifest, job->manifest_len, job->manifest_name);
}

static void manifest_stored(uv_work_t *work, int status)
{
    struct deck_job *job = work->data;
    job->working = false;
    if (status != 0 || job->work_result != ERR_NONE) {
        job_refused(job, "%s", disk_refuses);
        return;
    }
    struct deck_result result = {.ok = true, .pages = job->facts.pages};
    manifest_deck_id(job->manifest_name, job->decks->entropy, result.deck);
    snprintf(result.title, sizeof result.title, "%s", job->title);
    snprintf(result.manifest_url, sizeof result.manifest_url, "/d/%s", job->manifest_name);
    job_finished(job, &result);
}

static void start_work(struct deck_job *job, uv_work_cb work, uv_after_work_cb after)
{
    job->work.data = job;
    job->working = true;
    if (uv_queue_work(job->decks->loop, &job->work, work, after) != 0) {
        job->working = false;
        job_refused(job, "%s", no_memory);
    }
}

static void start_manifest(struct deck_job *job)
{
    enum err e = manifest_write(job->title, job->pages, job->facts.pages, &job->manifest, &job->manifest_len);
    if (e != ERR_NONE)
        job_refused(job, "%s", no_memory);
    else
        start_work(job, store_manifest, manifest_stored);
}

/* ---- one page ---- */

static enum err store_image(const struct deck_job *job, const struct page_image *from, struct deck_image *to)
{
    to->width = from->width;
    to->height = from->height;
    to->bytes = from->len;
    return shelf_put(job->decks->folder, "webp", from->bytes, from->len, to->name);
}

static void store_page(uv_work_t *work)
{
    struct deck_job *job = work->data;
    struct deck_page *page = &job->pages[job->page];
    job->work_result = store_image(job, &job->parts.full, &page->full);
    if (job->work_result == ERR_NONE)
        job->work_result = store_image(job, &job->parts.small, &page->small);
}

static void page_stored(uv_work_t *work, int status)
{
    struct deck_job *job = work->data;
    free(job->stream);
    job->stream = NULL;
    bool stored = status == 0 && job->work_result == ERR_NONE;
    job->page++;
    /* Still marked as working: a listener that cancels from within leaves the job to us. */
    if (stored && !job->cancelled && job->listener.progress != NULL)
        job->listener.progress(job->listener.self, job->page, job->facts.pages);
    job->working = false;
    if (job->cancelled)
        job_finished(job, &(struct deck_result){0});
    else if (!stored)
        job_refused(job, "%s", disk_refuses);
    else if (job->page < job->facts.pages)
        start_page(job);
    else
        start_manifest(job);
}

static enum err keep_page(struct deck_job *job, const struct child_result *r)
{
    job->stream = malloc(r->out_len + 1);
    char *text = malloc(PAGE_TEXT_MAX_BYTES + 1);
    if (job->stream == NULL || text == NULL) {
        free(text);
        return ERR_MEMORY;
    }
    memcpy(job->stream, r->out, r->out_len);
    enum err e = page_read(job->stream, r->out_len, &job->parts);
    if (e != ERR_NONE) {
        free(text);
        return e;
    }
    text_clean(job->parts.text, job->parts.text_len, false, PAGE_TEXT_MAX_BYTES, text);
    char *fitting = realloc(text, strlen(text) + 1);
    job->pages[job->page].text = fitting != NULL ? fitting : text;
    job->images_bytes += job->parts.full.len + job->parts.small.len;
    return ERR_NONE;
}

static void page_drawn(void *self, const struct child_result *r)
{
    struct deck_job *job = self;
    job->child = NULL;
    char what[32];
    snprintf(what, sizeof what, "Page %d", job->page + 1);
    if (refused_by_child(job, r, what))
        return;
    enum err e = keep_page(job, r);
    if (e == ERR_MEMORY)
        job_refused(job, "%s", no_memory);
    else if (e != ERR_NONE)
        job_refused(job, "%s cannot be drawn. Export the slides to PDF again.", what);
    else if (job->images_bytes > DECK_OUT_MAX_BYTES)
        job_refused(job,
                    "The pages' images are too large together. Export the slides with smaller pictures.");
    else
        start_work(job, store_page, page_stored);
}

static void start_page(struct deck_job *job)
{
    uint64_t now_ms = uv_now(job->decks->loop);
    if (now_ms >= job->until_ms) {
        job_refused(job,
                    "This deck takes too long to convert (page %d of %d). Split it, or export it with "
                    "simpler pictures.",
                    job->page + 1, job->facts.pages);
        return;
    }
    uint64_t left_ms = job->until_ms - now_ms;
    char number[16];
    snprintf(number, sizeof number, "%d", job->page + 1);
    enum err e =
        run_child(job, page_script, number, left_ms < DECK_PAGE_WALL_MS ? left_ms : DECK_PAGE_WALL_MS,
                  PAGE_OUT_MAX_BYTES, page_drawn);
    if (e != ERR_NONE)
        job_refused(job, "The relay cannot start a process to convert slides. Try again later.");
}

/* ---- the whole ---- */

static void facts_known(void *self, const struct child_result *r)
{
    struct deck_job *job = self;
    job->child = NULL;
    if (refused_by_child(job, r, "This PDF"))
        return;
    if (facts_read(r->out, r->out_len, &job->facts) != ERR_NONE) {
        job_refused(job, "This PDF has no pages. Export the slides to PDF again.");
        return;
    }
    const struct pdf_facts *f = &job->facts;
    if (f->pages > DECK_PAGES_MAX) {
        job_refused(job, "This PDF has %d pages; a deck may have %d. Split it.", f->pages, DECK_PAGES_MAX);
        return;
    }
    if (f->odd_page != 0) {
        job_refused(job,
                    "Page %d is too long: a page may be at most %d times as long as it is wide, or the other "
                    "way round.",
                    f->odd_page, DECK_ASPECT_MAX);
        return;
    }
    if (job->title[0] == '\0')
        snprintf(job->title, sizeof job->title, "%s", f->title[0] != '\0' ? f->title : "Slides");
    job->until_ms = uv_now(job->decks->loop) + DECK_WALL_MS + DECK_WALL_EXTRA_MS * (uint64_t)f->pages;
    job->pages = calloc((size_t)f->pages, sizeof *job->pages);
    if (job->pages == NULL)
        job_refused(job, "%s", no_memory);
    else
        start_page(job);
}

void convert_start(struct deck_job *job)
{
    job->state = JOB_CONVERTING;
    enum err e = run_child(job, info_script, NULL, DECK_INFO_WALL_MS, INFO_OUT_MAX_BYTES, facts_known);
    if (e != ERR_NONE)
        job_refused(job, "The relay cannot start a process to convert slides. Try again later.");
}
