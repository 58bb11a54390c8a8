/* A folder of its own for a test, gone afterwards; and what every store test needs: a loop, a listener that
 * writes down what it is told, and rows. */
#ifndef AULA_TESTS_STORE_BENCH_DIR_H
#define AULA_TESTS_STORE_BENCH_DIR_H

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/store.h"

static inline void dir_make(char dir[64])
{
    strcpy(dir, "/tmp/aula-store-XXXXXX");
    assert_non_null(mkdtemp(dir));
}

static inline int dir_remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(path);
}

static inline void dir_remove(const char *dir)
{
    nftw(dir, dir_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

struct told {
    uint64_t committed;
    int refusals, recoveries;
    char why[512];
    bool out_of_order;
    int answers, damages;
    uint32_t request; /* of the newest answer */
    char *answer;
    int gone_count;
    char gone[20]; /* the newest session that is gone */
};

static inline void told_committed(void *self, uint64_t row)
{
    struct told *t = self;
    t->out_of_order |= row <= t->committed;
    t->committed = row;
}

static inline void told_refused(void *self, const char *why)
{
    struct told *t = self;
    if (why == NULL) {
        t->recoveries++;
        return;
    }
    t->refusals++;
    snprintf(t->why, sizeof t->why, "%s", why);
}

static inline void told_answer(void *self, uint32_t request, const char *text, size_t len)
{
    struct told *t = self;
    t->answers++;
    t->request = request;
    free(t->answer);
    t->answer = malloc(len + 1);
    memcpy(t->answer, text, len);
    t->answer[len] = '\0';
}

static inline void told_damage(void *self, const char *what)
{
    struct told *t = self;
    t->damages++;
    snprintf(t->why, sizeof t->why, "%s", what);
}

static inline void told_gone(void *self, const char *session)
{
    struct told *t = self;
    t->gone_count++;
    snprintf(t->gone, sizeof t->gone, "%s", session);
}

struct bench {
    char dir[64];
    uv_loop_t loop;
    struct told told;
    struct store_listener listener;
    struct store *store;
    char why[512];
};

static inline enum err bench_open(struct bench *b)
{
    b->listener =
        (struct store_listener){told_committed, told_refused, told_answer, told_damage, told_gone, &b->told};
    assert_int_equal(uv_loop_init(&b->loop), 0);
    return store_open(b->dir, &b->loop, &b->listener, b->why, sizeof b->why, &b->store);
}

static inline void bench_close(struct bench *b)
{
    store_close(b->store);
    b->store = NULL;
    uv_run(&b->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&b->loop), 0);
    free(b->told.answer);
    b->told.answer = NULL;
}

/* Row `number` of the tests: its text and shape follow from its number alone. */
static inline struct desk_row row_number(uint64_t number, char text[256])
{
    struct desk_row row = {.row = number,
                           .kind = number % 7 == 0 ? ROW_LINK : ROW_EVENT,
                           .at_ms = 1790000000000 + (int64_t)number};
    snprintf(row.session, sizeof row.session, "s%llu", (unsigned long long)(number % 3));
    if (row.kind == ROW_LINK)
        memset(row.token_sha256, (int)(number % 251), sizeof row.token_sha256);
    else
        row.n = number / 3 + 1;
    snprintf(text, 256, "{\"n\":%llu,\"kind\":\"chat\",\"text\":\"öäü ✓ %0*d\"}", (unsigned long long)number,
             (int)(number % 100), 7);
    row.text = text;
    row.len = strlen(text);
    return row;
}

static inline enum err bench_append(struct bench *b, uint64_t number)
{
    char text[256];
    struct desk_row row = row_number(number, text);
    return store_append(b->store, &row);
}

/* Runs the loop until `row` is told, at the most so long. */
static inline void bench_await(struct bench *b, uint64_t row, unsigned seconds)
{
    uint64_t until = uv_hrtime() + seconds * (uint64_t)1000000000;
    while (b->told.committed < row && uv_hrtime() < until) {
        uv_run(&b->loop, UV_RUN_NOWAIT);
        usleep(1000);
    }
}

struct replayed {
    uint64_t next;                        /* rows seen, and one */
    uint64_t newest_n[3], newest_link[3]; /* of each session: they come in order */
    uint64_t sum;                         /* of their numbers: none is missing, none comes twice */
    bool wrong;
};

static inline enum err replay_one(void *self, const struct desk_row *row)
{
    struct replayed *r = self;
    char text[256];
    struct desk_row want = row_number(row->row, text);
    uint64_t *newest = row->kind == ROW_LINK ? r->newest_link : r->newest_n;
    uint64_t order = row->kind == ROW_LINK ? row->row : row->n;
    r->wrong |= order <= newest[row->row % 3];
    newest[row->row % 3] = order;
    r->sum += row->row;
    r->next++;
    r->wrong |= row->row != want.row || row->kind != want.kind || row->n != want.n ||
                row->at_ms != want.at_ms || strcmp(row->session, want.session) != 0 || row->len != want.len ||
                memcmp(row->text, want.text, want.len) != 0 ||
                memcmp(row->token_sha256, want.token_sha256, sizeof want.token_sha256) != 0;
    return ERR_NONE;
}

#endif
