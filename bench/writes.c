/* writes: how long until an event is on disk, and until everyone has it?
 *
 *     writes --url-file FILE [--rate N] [--for S] [--ca FILE | --insecure]
 *
 * Joins one participant for each join URL of FILE. All chat in turn, N words a second together, for S
 * seconds; each word holds its moment. Prints one JSON object: µs from the word to its `done` (it is on disk
 * then), and to each member who is told of it; how many words were refused and why; and of this program
 * itself how late it said its words (µs), what it used of a core and how long it waited for one: where it is
 * busy or starved the delays are its own. Exit 0 where every word was done and told to somebody. */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "aula/aula.h"
#include "load.h"
#include "usage.h"

#define PEOPLE_MAX    2000
#define URL_BYTES_MAX 2048
#define JOIN_LIMIT_US 60000000
#define TAIL_US       5000000 /* for the last answers to come */
#define UNDER_WAY_MAX 64      /* words of one person: a power of two */
#define REASONS_MAX   8       /* different sentences of refusal */

struct person {
    struct aula_participant *participant;
    struct {
        int64_t command, at_us;
    } said[UNDER_WAY_MAX]; /* by the command's number */
};

struct reason {
    char why[AULA_WHY_MAX];
    uint64_t count;
};

struct bench {
    const char *url_file, *ca;
    bool insecure;
    double rate, seconds;
    struct aula_host *host;
    struct person *people;
    size_t count, joined;
    uint64_t said, done, told, refused;
    struct reason reasons[REASONS_MAX];
    struct load_delays to_disk, to_members, late;
    double core, waited; /* of one, while words were said: used, and wanted while others had it */
};

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static double cpu_s(void)
{
    struct rusage r;
    getrusage(RUSAGE_SELF, &r);
    return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) +
           (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e6;
}

/* Seconds for which this thread was ready to run and had no core; 0 where the system does not tell. */
static double waited_s(void)
{
    unsigned long long used_ns, waited_ns = 0;
    FILE *f = fopen("/proc/self/schedstat", "re");
    if (f != NULL && fscanf(f, "%llu %llu", &used_ns, &waited_ns) != 2)
        waited_ns = 0;
    if (f != NULL)
        fclose(f);
    return (double)waited_ns / 1e9;
}

/* The last place takes all for which there is none. */
static void refused(struct bench *b, const char *why)
{
    struct reason *r = b->reasons;
    while (r < &b->reasons[REASONS_MAX - 1] && r->count > 0 && strcmp(r->why, why) != 0)
        r++;
    if (r->count++ == 0)
        snprintf(r->why, sizeof r->why, "%s", why);
    b->refused++;
}

static void done(struct bench *b, struct person *p, const struct aula_event *e)
{
    size_t slot = (size_t)e->command % UNDER_WAY_MAX;
    if (p->said[slot].command != e->command)
        return;
    load_delays_add(&b->to_disk, e->at_us - p->said[slot].at_us);
    b->done++;
}

static void told(struct bench *b, const struct aula_event *e)
{
    const char *at = strcmp(e->name, "chat") == 0 ? strstr(e->text, "\"text\":\"@") : NULL;
    if (at == NULL)
        return;
    load_delays_add(&b->to_members, e->at_us - strtoll(at + 9, NULL, 10));
    b->told++;
}

static void happened(struct bench *b, struct person *p, const struct aula_event *e)
{
    switch (e->kind) {
    case AULA_JOINED:
        b->joined++;
        break;
    case AULA_TOLD:
        told(b, e);
        break;
    case AULA_DONE:
        done(b, p, e);
        break;
    case AULA_REFUSED:
        refused(b, e->why);
        break;
    default:
        break;
    }
}

static void turn(struct bench *b, int timeout_ms)
{
    struct aula_event e;
    aula_host_run(b->host, timeout_ms);
    for (size_t i = 0; i < b->count; i++)
        while (aula_next_event(b->people[i].participant, &e))
            happened(b, &b->people[i], &e);
}

static void say(struct bench *b, int64_t due_us)
{
    struct person *p = &b->people[b->said % b->count];
    char text[64];
    int64_t command, at_us = now_us();
    snprintf(text, sizeof text, "@%" PRId64, at_us);
    enum aula_result result = aula_chat(p->participant, text, &command);
    if (result == AULA_OK) {
        p->said[(size_t)command % UNDER_WAY_MAX].command = command;
        p->said[(size_t)command % UNDER_WAY_MAX].at_us = at_us;
    } else {
        refused(b, aula_result_text(result));
    }
    load_delays_add(&b->late, at_us - due_us);
    b->said++;
}

static bool join_all(struct bench *b)
{
    char url[URL_BYTES_MAX], why[AULA_WHY_MAX];
    FILE *f = fopen(b->url_file, "re");
    bool good = f != NULL;
    while (good && b->count < PEOPLE_MAX && fgets(url, sizeof url, f) != NULL) {
        url[strcspn(url, "\r\n")] = 0;
        const struct aula_join join = {
            .url = url, .agent = "aula-writes/1", .no_sound = true, .first_connect_ms = 30000};
        good = aula_join(b->host, &join, &b->people[b->count].participant, why) == AULA_OK;
        b->count += good;
    }
    if (f != NULL)
        fclose(f);
    int64_t until_us = now_us() + JOIN_LIMIT_US;
    while (good && b->joined < b->count && now_us() < until_us)
        turn(b, 10);
    return good && b->count > 0 && b->joined == b->count;
}

static void say_what_is_due(struct bench *b, int64_t began_us, uint64_t words)
{
    for (int64_t due_us; b->said < words; say(b, due_us)) {
        due_us = began_us + (int64_t)((double)b->said * 1e6 / b->rate);
        if (now_us() < due_us)
            return;
    }
}

static void write_words(struct bench *b)
{
    const uint64_t words = (uint64_t)(b->rate * b->seconds);
    int64_t began_us = now_us();
    double used_s = cpu_s(), starved_s = waited_s();
    while (b->said < words) { /* on time, or late where the machine is */
        turn(b, 1);
        say_what_is_due(b, began_us, words);
    }
    double took_s = (double)(now_us() - began_us) / 1e6;
    b->core = (cpu_s() - used_s) / took_s;
    b->waited = (waited_s() - starved_s) / took_s;
    int64_t until_us = now_us() + TAIL_US;
    while (b->done + b->refused < b->said && now_us() < until_us)
        turn(b, 10);
    until_us = now_us() + 500000; /* the last are told */
    while (now_us() < until_us)
        turn(b, 10);
}

static void print(const struct load_delays *d, const char *name)
{
    printf(",\"%s\":{\"count\":%" PRIu64 ",\"p50\":%" PRIu64 ",\"p90\":%" PRIu64 ",\"p99\":%" PRIu64
           ",\"most\":%" PRIu64 "}",
           name, d->count, load_delays_percentile(d, 0.5), load_delays_percentile(d, 0.9),
           load_delays_percentile(d, 0.99), d->most_us);
}

/* Sentences of the relay and of libaula: they hold no quotation marks. */
static void report(const struct bench *b)
{
    printf("{\"said\":%" PRIu64 ",\"done\":%" PRIu64 ",\"told\":%" PRIu64 ",\"refused\":%" PRIu64
           ",\"reasons\":{",
           b->said, b->done, b->told, b->refused);
    for (const struct reason *r = b->reasons; r < &b->reasons[REASONS_MAX] && r->count > 0; r++)
        printf("%s\"%s\":%" PRIu64, r > b->reasons ? "," : "", r->why, r->count);
    printf("},\"core\":%.3f,\"waited\":%.3f", b->core, b->waited);
    print(&b->to_disk, "to_disk");
    print(&b->to_members, "to_members");
    print(&b->late, "late");
    printf("}\n");
}

static const char usage[] = "usage: writes --url-file FILE [--rate N] [--for S] [--ca FILE | --insecure]\n"
                            "Everyone of FILE's join URLs chats, N words a second together; how long until "
                            "each is on disk and told, as JSON.\n"
                            "Example: writes --url-file urls --rate 1000 --for 10 --ca data/tls.crt\n";

static bool options(struct bench *b, int argc, char **argv)
{
    static const struct option names[] = {
        {"url-file", required_argument, NULL, 'u'}, {"rate", required_argument, NULL, 'r'},
        {"for", required_argument, NULL, 'f'},      {"ca", required_argument, NULL, 'c'},
        {"insecure", no_argument, NULL, 'i'},       {0}};
    b->rate = 1000;
    b->seconds = 10;
    for (int c; (c = getopt_long(argc, argv, "", names, NULL)) != -1;) {
        switch (c) {
        case 'u':
            b->url_file = optarg;
            break;
        case 'r':
            b->rate = strtod(optarg, NULL);
            break;
        case 'f':
            b->seconds = strtod(optarg, NULL);
            break;
        case 'c':
            b->ca = optarg;
            break;
        case 'i':
            b->insecure = true;
            break;
        default:
            return false;
        }
    }
    return b->url_file != NULL && optind == argc;
}

int main(int argc, char **argv)
{
    struct bench *b = calloc(1, sizeof *b);
    bool wanted = help_wanted(argc, argv);
    if (b == NULL || (b->people = calloc(PEOPLE_MAX, sizeof *b->people)) == NULL)
        return 1;
    if (wanted || !options(b, argc, argv))
        return say_usage(wanted, usage);
    const struct aula_host_config config = {.ca_file = b->ca, .insecure = b->insecure};
    char why[AULA_WHY_MAX];
    if (aula_host_create(&config, &b->host, why) != AULA_OK || !join_all(b)) {
        fprintf(stderr, "writes: of %zu participants %zu joined\n", b->count, b->joined);
        return 1;
    }
    fprintf(stderr, "joined\n"); /* from here on the relay's CPU is the words' */
    write_words(b);
    report(b);
    for (size_t i = 0; i < b->count; i++)
        aula_leave_now(b->people[i].participant);
    aula_host_destroy(b->host);
    bool good = b->done == b->said && b->told >= b->said;
    free(b->people);
    free(b);
    return good ? 0 : 1;
}
