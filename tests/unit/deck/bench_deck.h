/* A deck converter with a folder and a loop of its own, and PDFs to give it. */
#ifndef AULA_TEST_BENCH_DECK_H
#define AULA_TEST_BENCH_DECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "deck/deck.h"

struct bench {
    char dir[64];
    uv_loop_t loop;
    uint8_t seed;
    struct entropy entropy;
    struct decks *decks;
};

/* What one job was told. */
struct told {
    int progress, last_page, pages;
    int finished;
    struct deck_result result;
    struct deck_job *cancel_at_page_one;
    int order; /* of finishing, from 1 */
};

extern const char *pdf_folder; /* from the command line */

/* With the data folder named from the root, or from the folder beside it. */
void bench_open_as(struct bench *b, bool relative);
void bench_open(struct bench *b);
int count_files(const struct bench *b, const char *folder);
void bench_close(struct bench *b);
uint8_t *read_whole(const char *folder, const char *name, size_t *ret_len);
/* Begins, and gives the file in pieces; deck_end where all were taken. */
enum err upload(struct bench *b, const char *file, const char *title, struct told *t, char why[DECK_WHY_MAX],
                struct deck_job **ret_job);
void run_until(struct bench *b, const int *finished, int seconds);
struct deck_listener listener_of(struct told *t);

#endif
