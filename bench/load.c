/* load: many participants in one process, for benches and live tests.
 *
 *     load --url-file FILE [--talk K] [--for S] [--settle S] [--quiet S] [--rate N] [--play FILE]...
 *          [--journal FILE] [--ca FILE | --insecure]
 *
 * FILE holds one join URL a line. Once all have joined (--rate: so many a second), which is said on standard
 * error, the first K talk whenever they have the floor, each his own --play in turn; all listen without
 * decoding. When --settle seconds have passed it counts for --for seconds, or until SIGTERM or SIGINT, lets
 * nobody talk for --quiet seconds, and prints one JSON object: what each received, lost and got twice, how
 * long a passed payload took from its sending to its arrival (kernel's time), and how long joining took;
 * --journal writes all that happens (load_journal.h). Exit 0 where all joined and heard, 1 where not. */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "load_journal.h"
#include "load_people.h"
#include "usage.h"

#define PEOPLE_MAX_HERE 4000
#define URL_BYTES_MAX   2048
#define JOIN_LIMIT_MS   120000 /* all must have joined by then, on the slowest machine */
#define DRAIN_US        1000000
#define CLOSING_LEN     3 /* bytes of an Opus silence frame: not a payload of the talker's */

static volatile sig_atomic_t told_to_end;

static void end_soon(int signal_number)
{
    (void)signal_number;
    told_to_end = 1;
}

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static double cpu_s(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

/* ---- sound ---- */

static void talk(struct load *l)
{
    float pcm[AULA_TICK];
    bool now = l->up == l->begun && !l->quiet;
    for (size_t i = 0; now && i < l->begun && i < (size_t)l->talk; i++) {
        struct aula_participant *p = l->people[i].participant;
        while (!l->people[i].over && aula_may_send(p) && aula_send_waiting(p) < 3 * AULA_TICK) {
            load_voice_tick(&l->voices[i], pcm);
            aula_send(p, pcm, AULA_TICK);
        }
    }
}

/* ---- events ---- */

static void payload(struct load *l, struct person *p, const struct aula_event *e)
{
    uint64_t hash = load_hash(e->payload.opus, e->payload.length);
    int64_t sent_us;
    if (e->payload.sent) {
        load_sent_put(l->sent, hash, e->at_us);
        p->sent += l->counting;
        return;
    }
    if (!l->counting)
        return;
    if (e->payload.length == CLOSING_LEN) {
        p->closing++;
    } else if (load_sent_find(l->sent, hash, &sent_us)) {
        p->passed++;
        load_delays_add(&l->delays, e->at_us - sent_us);
    } else {
        p->others++;
    }
}

static void happened(struct load *l, struct person *p, const struct aula_event *e)
{
    load_journal_event(l->journal, (size_t)(p - l->people), e);
    l->happened++;
    switch (e->kind) {
    case AULA_PAYLOAD:
        payload(l, p, e);
        break;
    case AULA_JOINED:
        if (p->joined_us == 0) {
            p->joined_us = e->at_us;
            l->joined++;
            load_delays_add(&l->joins, e->at_us - p->began_us);
        }
        break;
    case AULA_SOUND_UP:
        if (p->up_us == 0) {
            p->up_us = e->at_us;
            l->up++;
            load_delays_add(&l->ups, e->at_us - p->began_us);
        }
        break;
    case AULA_PAGE:
        p->pages += l->counting && e->n > 0;
        break;
    case AULA_OVER:
        p->over = true;
        fprintf(stderr, "load: a participant is over: %s\n", e->why);
        break;
    default:
        break;
    }
}

static void turn(struct load *l, int timeout_ms)
{
    struct aula_event e;
    aula_host_run(l->host, timeout_ms);
    /* Talkers come first in the list: what was sent is known before it is found received. */
    for (size_t i = 0; i < l->begun; i++)
        while (aula_next_event(l->people[i].participant, &e))
            happened(l, &l->people[i], &e);
    talk(l);
}

static void run_for(struct load *l, double seconds)
{
    int64_t until_us = now_us() + (int64_t)(seconds * 1e6);
    while (now_us() < until_us && !told_to_end)
        turn(l, 10);
}

/* What has come already is read before it is counted: this program may be told to end while it waits for the
 * processor. */
static void drain(struct load *l)
{
    int64_t until_us = now_us() + DRAIN_US;
    uint64_t before;
    do {
        before = l->happened;
        turn(l, 0);
    } while (l->happened != before && now_us() < until_us);
}

/* ---- joining ---- */

static bool join_one(struct load *l, const char *url)
{
    char why[AULA_WHY_MAX];
    struct person *p = &l->people[l->begun];
    const struct aula_join join = {.url = url,
                                   .agent = "aula-load/1",
                                   .no_decode = true,
                                   .tell_payloads = true,
                                   .first_connect_ms = JOIN_LIMIT_MS};
    p->began_us = now_us();
    if (aula_join(l->host, &join, &p->participant, why) != AULA_OK) {
        fprintf(stderr, "load: %s\n", why);
        return false;
    }
    l->begun++;
    return true;
}

static bool join_all(struct load *l)
{
    char url[URL_BYTES_MAX];
    FILE *f = fopen(l->url_file, "re");
    bool good = f != NULL;
    int64_t began_us = now_us();
    if (f == NULL)
        fprintf(stderr, "load: %s cannot be read\n", l->url_file);
    load_journal_mark(l->journal, began_us, "begun", 0);
    while (good && l->begun < PEOPLE_MAX_HERE && fgets(url, sizeof url, f) != NULL) {
        url[strcspn(url, "\r\n")] = 0;
        if (url[0] == 0)
            continue;
        good = join_one(l, url);
        while (l->rate > 0 && (double)(now_us() - began_us) * l->rate < (double)l->begun * 1e6)
            turn(l, 1);
    }
    if (f != NULL)
        fclose(f);
    while (good && l->up < l->begun && now_us() - began_us < JOIN_LIMIT_MS * INT64_C(1000))
        turn(l, 10);
    if (good && l->up < l->begun)
        fprintf(stderr, "load: of %zu participants %zu joined and %zu have sound\n", l->begun, l->joined,
                l->up);
    return good && l->begun > 0;
}

/* ---- beginning and end ---- */

static const char usage[] =
    "usage: load --url-file FILE [--talk K] [--for S] [--settle S] [--quiet S]\n"
    "            [--rate JOINS_A_SECOND] [--play FILE]... [--journal FILE] [--ca FILE | --insecure]\n"
    "Joins one participant for each URL in FILE, and prints what each heard as JSON.\n"
    "Example: load --url-file urls --talk 1 --play speech.wav --for 20 --ca data/tls.crt\n";

static bool options(struct load *l, int argc, char **argv)
{
    static const struct option names[] = {{"url-file", required_argument, NULL, 'u'},
                                          {"talk", required_argument, NULL, 't'},
                                          {"for", required_argument, NULL, 'f'},
                                          {"quiet", required_argument, NULL, 'q'},
                                          {"settle", required_argument, NULL, 's'},
                                          {"rate", required_argument, NULL, 'r'},
                                          {"play", required_argument, NULL, 'p'},
                                          {"journal", required_argument, NULL, 'j'},
                                          {"ca", required_argument, NULL, 'c'},
                                          {"insecure", no_argument, NULL, 'i'},
                                          {NULL, 0, NULL, 0}};
    int option;
    while ((option = getopt_long(argc, argv, "", names, NULL)) != -1) {
        switch (option) {
        case 'u':
            l->url_file = optarg;
            break;
        case 't':
            l->talk = atoi(optarg);
            break;
        case 'f':
            l->for_s = atof(optarg);
            break;
        case 's':
            l->settle_s = atof(optarg);
            break;
        case 'q':
            l->quiet_s = atof(optarg);
            break;
        case 'r':
            l->rate = atof(optarg);
            break;
        case 'p':
            if (l->plays == LOAD_TALKERS_MAX)
                return false;
            l->play[l->plays++] = optarg;
            break;
        case 'j':
            l->journal_file = optarg;
            break;
        case 'c':
            l->ca = optarg;
            break;
        case 'i':
            l->insecure = true;
            break;
        default:
            return false;
        }
    }
    return optind == argc && l->url_file != NULL && l->talk >= 0 && l->talk <= LOAD_TALKERS_MAX &&
           l->for_s > 0 && l->settle_s >= 0 && l->quiet_s >= 0;
}

static bool begin(struct load *l)
{
    char why[AULA_WHY_MAX];
    const struct aula_host_config config = {.ca_file = l->ca, .insecure = l->insecure};
    l->people = calloc(PEOPLE_MAX_HERE, sizeof l->people[0]);
    l->sent = calloc(1, sizeof *l->sent);
    if (l->people == NULL || l->sent == NULL) {
        fputs("load: out of memory\n", stderr);
        return false;
    }
    for (int i = 0; i < l->talk; i++)
        if (!load_voice_open(&l->voices[i], l->plays > 0 ? l->play[i % l->plays] : NULL, (uint32_t)i + 1))
            return false;
    if (l->journal_file != NULL && (l->journal = fopen(l->journal_file, "we")) == NULL) {
        fprintf(stderr, "load: %s cannot be written\n", l->journal_file);
        return false;
    }
    if (aula_host_create(&config, &l->host, why) != AULA_OK) {
        fprintf(stderr, "load: %s\n", why);
        return false;
    }
    return true;
}

static bool measure(struct load *l)
{
    if (!join_all(l))
        return false;
    fprintf(stderr, "load: %zu of %zu have sound\n", l->up, l->begun);
    run_for(l, l->settle_s);
    for (size_t i = 0; i < l->begun; i++)
        aula_counters(l->people[i].participant, &l->people[i].before);
    l->counting = true;
    load_journal_mark(l->journal, now_us(), "counting", 1);
    double cpu = cpu_s();
    run_for(l, l->for_s);
    cpu = cpu_s() - cpu;
    l->counting = false;
    l->quiet = true;
    load_journal_mark(l->journal, now_us(), "counting", 0);
    run_for(l, l->quiet_s);
    drain(l);
    return load_print(l, cpu);
}

int main(int argc, char **argv)
{
    static struct load l = {.for_s = 10, .settle_s = 1};
    if (help_wanted(argc, argv) || !options(&l, argc, argv))
        return say_usage(help_wanted(argc, argv), usage);
    signal(SIGTERM, end_soon);
    signal(SIGINT, end_soon);
    bool good = begin(&l) && measure(&l);
    aula_host_destroy(l.host);
    for (int i = 0; i < LOAD_TALKERS_MAX; i++)
        load_voice_close(&l.voices[i]);
    if (l.journal != NULL)
        good = fclose(l.journal) == 0 && good;
    free(l.people);
    free(l.sent);
    return good ? 0 : 1;
}
