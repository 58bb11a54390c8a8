/* Who takes part in a load, and its report. */
#ifndef AULA_BENCH_LOAD_PEOPLE_H
#define AULA_BENCH_LOAD_PEOPLE_H

#include <stdio.h>

#include "aula/aula.h"
#include "load.h"
#include "load_voice.h"

#define LOAD_TALKERS_MAX 64

struct person {
    struct aula_participant *participant;
    int64_t began_us, joined_us, up_us;
    bool over;
    struct aula_counters before;      /* when counting began */
    uint64_t passed, others, closing; /* payloads of ours, of a mix, silence frames */
    uint64_t sent;                    /* payloads while counting */
    uint64_t pages;                   /* page turns shown while counting */
};

struct load {
    const char *url_file, *ca, *journal_file;
    const char *play[LOAD_TALKERS_MAX];
    bool insecure;
    uint64_t happened; /* events of all */
    int talk, plays;
    double for_s, settle_s, quiet_s, rate;
    struct aula_host *host;
    struct person *people;
    size_t count, begun, joined, up;
    bool counting, quiet;
    struct load_sent *sent;
    struct load_delays delays, joins, ups;
    struct load_voice voices[LOAD_TALKERS_MAX];
    FILE *journal;
};

/* Prints the JSON object. Returns whether all joined and, where anyone talked, every listener heard. */
bool load_print(const struct load *l, double cpu);

#endif
