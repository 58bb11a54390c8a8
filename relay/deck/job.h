/* One deck on its way, and all of them: shared by deck.c (uploads, the queue) and convert.c (one
 * conversion). */
#ifndef AULA_RELAY_DECK_JOB_H
#define AULA_RELAY_DECK_JOB_H

#include "deck/child.h"
#include "deck/facts.h"
#include "deck/page.h"
#include "deck/shelf.h"

#define DECK_PAGE_WALL_MS  20000  /* one page: a photograph takes half a second */
#define DECK_WALL_MS       120000 /* a whole deck, and beside it … */
#define DECK_WALL_EXTRA_MS 1000   /* … for each page, so that 300 honest pages are not too many */
#define DECK_INFO_WALL_MS  15000  /* reading a PDF's table of contents */
#define DECK_OUT_MAX_BYTES (300 * 1024 * 1024) /* of all images of a deck */
#define DECK_PATH_MAX      3072

struct deck_image {
    char name[SHELF_NAME_MAX + 1];
    int width, height;
    size_t bytes;
};

struct deck_page {
    struct deck_image full, small;
    char *text; /* owned */
};

enum job_state { JOB_UPLOADING, JOB_WAITING, JOB_CONVERTING };

struct deck_job {
    struct deck_job *next; /* in the order of their beginnings */
    struct decks *decks;
    struct deck_listener listener;
    enum job_state state;
    bool cancelled;
    char title[DECK_TITLE_MAX + 1];

    /* Uploading. */
    char path[DECK_PATH_MAX]; /* the PDF, in DIR/decks/.work */
    int fd;
    size_t bytes;
    uint8_t head[8]; /* its first bytes */

    /* Converting. */
    struct child *child; /* running, or NULL */
    uv_work_t work;      /* storing in the thread pool */
    bool working;
    enum err work_result;
    uint64_t until_ms; /* of the loop's clock: the whole deck's end */
    struct pdf_facts facts;
    struct deck_page *pages; /* facts.pages of them */
    int page;                /* the one being made, from 0 */
    size_t images_bytes;     /* of all pages so far */
    uint8_t *stream;         /* a copy of what the child said, while it is stored */
    size_t stream_len;
    struct page_parts parts; /* within it */
    char *manifest;          /* JSON, while it is stored */
    size_t manifest_len;
    char manifest_name[SHELF_NAME_MAX + 1];
};

struct decks {
    char folder[DECK_PATH_MAX - 64]; /* DIR/decks */
    uv_loop_t *loop;
    const struct entropy *entropy;
    uv_timer_t kick; /* starts the next job outside of whoever ended the last */
    struct deck_job *jobs;
    int count;
    uint64_t uploads; /* so far: names their files */
    bool can_confine; /* `how` is known to work */
    enum confinement how;
    struct child *probe;
    char probe_errors[128];
    bool destroyed;
};

/* Starts a job's conversion; it ends with job_finished, later. */
void convert_start(struct deck_job *job);
/* Ends the job: its listener is told (unless cancelled), its files and memory go, the next one's turn comes.
 */
void job_finished(struct deck_job *job, const struct deck_result *result);
/* The same, with a refusal. */
void job_refused(struct deck_job *job, const char *form, ...) __attribute__((format(printf, 2, 3)));

#endif
