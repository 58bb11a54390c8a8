#include "bench_deck.h"

#include <dirent.h>
#include <ftw.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

const char *pdf_folder;

static void counting(void *state, uint8_t *bytes, size_t len)
{
    uint8_t *next = state;
    for (size_t i = 0; i < len; i++)
        bytes[i] = (*next)++;
}

static int finished_so_far;

static void on_progress(void *self, int page, int pages)
{
    struct told *t = self;
    t->progress++;
    assert_int_equal(page, t->last_page + 1);
    t->last_page = page;
    t->pages = pages;
    if (t->cancel_at_page_one != NULL && page == 1)
        deck_cancel(t->cancel_at_page_one);
}

static void on_finished(void *self, const struct deck_result *result)
{
    struct told *t = self;
    t->finished++;
    t->result = *result;
    t->order = ++finished_so_far;
}

struct deck_listener listener_of(struct told *t)
{
    return (struct deck_listener){on_progress, on_finished, t};
}

void bench_open_as(struct bench *b, bool relative)
{
    char why[256];
    memset(b, 0, sizeof *b);
    finished_so_far = 0;
    strcpy(b->dir, "/tmp/aula-deck-XXXXXX");
    assert_non_null(mkdtemp(b->dir));
    chmod(b->dir, 0755);
    b->entropy = (struct entropy){counting, &b->seed};
    assert_int_equal(uv_loop_init(&b->loop), 0);
    char before[PATH_MAX];
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir("/tmp"), 0);
    assert_int_equal(decks_create(relative ? b->dir + strlen("/tmp/") : b->dir, &b->loop, &b->entropy, why,
                                  sizeof why, &b->decks),
                     ERR_NONE);
    assert_int_equal(chdir(before), 0);
}

void bench_open(struct bench *b)
{
    bench_open_as(b, false);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(path);
}

int count_files(const struct bench *b, const char *folder)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", b->dir, folder);
    DIR *dir = opendir(path);
    assert_non_null(dir);
    int count = 0;
    for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir))
        count += e->d_name[0] != '.';
    closedir(dir);
    return count;
}

void bench_close(struct bench *b)
{
    decks_destroy(b->decks);
    uv_run(&b->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&b->loop), 0);
    nftw(b->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

uint8_t *read_whole(const char *folder, const char *name, size_t *ret_len)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return NULL;
    uint8_t *bytes = malloc(2 * 1024 * 1024);
    *ret_len = fread(bytes, 1, 2 * 1024 * 1024, f);
    fclose(f);
    return bytes;
}

enum err upload(struct bench *b, const char *file, const char *title, struct told *t, char why[DECK_WHY_MAX],
                struct deck_job **ret_job)
{
    size_t len = 0;
    uint8_t *bytes = read_whole(pdf_folder, file, &len);
    assert_non_null(bytes);
    struct deck_listener l = listener_of(t);
    assert_int_equal(deck_begin(b->decks, title, &l, why, ret_job), ERR_NONE);
    enum err e = ERR_NONE;
    for (size_t at = 0; at < len && e == ERR_NONE; at += 1000)
        e = deck_bytes(*ret_job, bytes + at, len - at < 1000 ? len - at : 1000, why);
    free(bytes);
    if (e == ERR_NONE)
        deck_end(*ret_job);
    else
        deck_cancel(*ret_job);
    return e;
}

void run_until(struct bench *b, const int *finished, int seconds)
{
    uint64_t until = uv_hrtime() + (uint64_t)seconds * 1000000000;
    while (*finished == 0 && uv_hrtime() < until)
        if (uv_run(&b->loop, UV_RUN_NOWAIT) != 0)
            usleep(2000);
}
