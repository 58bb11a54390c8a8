/* page_turns: is a page shown when the sound of that instant is heard?
 *
 *     page_turns --url-file FILE [--turns N] [--each-ms MS] [--ca FILE | --insecure]
 *
 * The first join URL of FILE is the lecturer's, the others listen and decode. The lecturer hisses softly;
 * each MS milliseconds he turns a page, and clicks. In every listener's sound the click is looked for; where
 * its first sample is played, less what lay between the turn and the click at the lecturer's, is when the
 * sound of the turn's instant is heard. Prints one JSON object: for each listener and turn, µs by which the
 * page was shown after that (negative: before). What Opus itself delays, 6.5 ms, is in it: the click is heard
 * that much later. */
#include <getopt.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "aula/aula.h"
#include "usage.h"

#define PEOPLE_MAX    1000
#define TURNS_MAX     200
#define URL_BYTES_MAX 2048
#define TICK_US       20000
#define JOIN_LIMIT_US 30000000
#define TAIL_US       2000000 /* for the last page and click to come */
#define HISS          0.03f   /* of full scale: loud enough for no DTX, each tick is a packet */
#define CLICK         0.6f
#define HEARD         0.15f /* the click's first sample over this */
#define CLICK_SAMPLES 480
#define DEAF_SAMPLES  9600 /* after a click: its own tail is no other */
#define PAGES         12   /* the demo's deck has so many */

struct listener {
    struct aula_participant *participant;
    bool up;
    int64_t played; /* samples received */
    int64_t deaf_until;
    int shown_count, heard_count;
    int64_t shown_us[TURNS_MAX], heard_us[TURNS_MAX];
};

struct turn {
    int64_t at_us;    /* when the page was turned */
    long tick;        /* of those given, the one that begins with the click */
    int64_t click_us; /* when the lecturer's microphone took it */
};

struct bench {
    const char *url_file, *ca;
    bool insecure;
    int turns_wanted, each_ms, turns;
    struct aula_host *host;
    struct aula_participant *lecturer;
    bool lecturer_up;
    struct listener *listeners;
    size_t count, up;
    struct turn turn[TURNS_MAX];
    long given, sent; /* ticks given to the lecturer's microphone, and gone */
    uint32_t first_rtp;
    int64_t first_us; /* when the tick with first_rtp began, at the latest */
    uint32_t sent_rtp[TURNS_MAX];
    uint32_t seed;
};

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* ---- the lecturer ---- */

static void give_tick(struct bench *b, bool click)
{
    float pcm[AULA_TICK];
    for (int i = 0; i < AULA_TICK; i++) {
        b->seed = b->seed * 1664525 + 1013904223;
        pcm[i] = HISS * (float)(int32_t)b->seed / 2147483648.0f;
        if (click && i < CLICK_SAMPLES)
            pcm[i] += CLICK * cosf(6.2831853f * 1000 * (float)i / AULA_RATE);
    }
    aula_send(b->lecturer, pcm, AULA_TICK);
    b->given++;
}

static void turn_page(struct bench *b)
{
    struct turn *t = &b->turn[b->turns];
    t->at_us = now_us();
    if (aula_page(b->lecturer, (unsigned)(1 + (b->turns + 1) % PAGES), NULL) != AULA_OK)
        return;
    t->tick = b->given;
    give_tick(b, true);
    b->turns++;
}

/* Ticks leave in the order in which they were given; their RTP times tell where the click lies. */
static void tick_left(struct bench *b, const struct aula_event *e)
{
    int64_t began_us;
    if (b->sent == 0) {
        b->first_rtp = e->payload.rtp_time;
        b->first_us = e->at_us;
    }
    /* A tick may leave late, never early: the earliest of them shows where the first began. */
    began_us = e->at_us - (int64_t)(uint32_t)(e->payload.rtp_time - b->first_rtp) * 1000 / 48;
    if (began_us < b->first_us)
        b->first_us = began_us;
    for (int i = 0; i < b->turns; i++)
        if (b->turn[i].tick == b->sent)
            b->sent_rtp[i] = e->payload.rtp_time;
    b->sent++;
}

static void lecture(struct bench *b)
{
    struct aula_event e;
    while (aula_next_event(b->lecturer, &e)) {
        b->lecturer_up = b->lecturer_up || e.kind == AULA_SOUND_UP;
        if (e.kind == AULA_PAYLOAD && e.payload.sent)
            tick_left(b, &e);
        if (e.kind == AULA_REFUSED || e.kind == AULA_OVER)
            fprintf(stderr, "page_turns: %s\n", e.why);
    }
    while (aula_may_send(b->lecturer) && b->up == b->count && aula_send_waiting(b->lecturer) < AULA_TICK)
        give_tick(b, false);
}

/* ---- the listeners ---- */

static void find_clicks(struct listener *l, const float *pcm, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int64_t at = l->played + (int64_t)i;
        if (fabsf(pcm[i]) < HEARD || at < l->deaf_until || l->heard_count == TURNS_MAX)
            continue;
        l->heard_us[l->heard_count++] = aula_joined_us(l->participant) + at * 1000 / 48;
        l->deaf_until = at + DEAF_SAMPLES;
    }
    l->played += (int64_t)count;
}

static void listen(struct bench *b, struct listener *l)
{
    struct aula_event e;
    float pcm[AULA_TICK];
    size_t n;
    while (aula_next_event(l->participant, &e)) {
        if (e.kind == AULA_SOUND_UP && !l->up) {
            l->up = true;
            b->up++;
        }
        if (e.kind == AULA_PAGE && e.n > 0 && l->shown_count < TURNS_MAX)
            l->shown_us[l->shown_count++] = e.shown_us;
    }
    while ((n = aula_receive(l->participant, pcm, AULA_TICK)) > 0)
        find_clicks(l, pcm, n);
}

static void run_until(struct bench *b, int64_t until_us)
{
    while (now_us() < until_us) {
        aula_host_run(b->host, 5);
        lecture(b);
        for (size_t i = 0; i < b->count; i++)
            listen(b, &b->listeners[i]);
    }
}

/* ---- beginning and end ---- */

static bool join(struct bench *b, const char *url, bool lecturer, struct aula_participant **ret_participant)
{
    char why[AULA_WHY_MAX];
    const struct aula_join how = {.url = url,
                                  .agent = "page-turns/1",
                                  .no_decode = lecturer,
                                  .tell_payloads = lecturer,
                                  .first_connect_ms = 10000};
    if (aula_join(b->host, &how, ret_participant, why) == AULA_OK)
        return true;
    fprintf(stderr, "page_turns: %s\n", why);
    return false;
}

static bool join_all(struct bench *b)
{
    char url[URL_BYTES_MAX];
    FILE *f = fopen(b->url_file, "re");
    bool good = f != NULL;
    if (f == NULL)
        fprintf(stderr, "page_turns: %s cannot be read\n", b->url_file);
    while (good && b->count < PEOPLE_MAX && fgets(url, sizeof url, f) != NULL) {
        url[strcspn(url, "\r\n")] = 0;
        if (b->lecturer == NULL)
            good = join(b, url, true, &b->lecturer);
        else if ((good = join(b, url, false, &b->listeners[b->count].participant)))
            b->count++;
    }
    if (f != NULL)
        fclose(f);
    int64_t limit_us = now_us() + JOIN_LIMIT_US;
    while (good && b->count > 0 && (b->up < b->count || !b->lecturer_up) && now_us() < limit_us)
        run_until(b, now_us() + 10000);
    return good && b->count > 0 && b->up == b->count && b->lecturer_up;
}

static void lecture_all(struct bench *b)
{
    int64_t next_us = now_us() + TAIL_US; /* playout settles first */
    for (int i = 0; i < b->turns_wanted; i++) {
        run_until(b, next_us);
        turn_page(b);
        next_us += (int64_t)b->each_ms * 1000 + i % 20 * 1000; /* in every phase of the tick */
    }
    run_until(b, now_us() + TAIL_US);
}

/* The lecturer's ticks lie on a grid that begins at the join. */
static void place_clicks(struct bench *b)
{
    int64_t zero_us = aula_joined_us(b->lecturer);
    int64_t first_us = zero_us + (b->first_us - zero_us) / TICK_US * TICK_US;
    for (int i = 0; i < b->turns; i++)
        b->turn[i].click_us = first_us + (int64_t)(uint32_t)(b->sent_rtp[i] - b->first_rtp) * 1000 / 48;
}

static void print(const struct bench *b)
{
    const char *comma = "";
    int incomplete = 0;
    printf("{\"listeners\":%zu,\"turns\":%d,\"late_us\":[", b->count, b->turns);
    for (size_t k = 0; k < b->count; k++) {
        const struct listener *l = &b->listeners[k];
        if (l->heard_count != b->turns || l->shown_count != b->turns) {
            incomplete++;
            continue;
        }
        for (int i = 0; i < b->turns; i++) {
            int64_t heard_us = l->heard_us[i] - (b->turn[i].click_us - b->turn[i].at_us);
            printf("%s%lld", comma, (long long)(l->shown_us[i] - heard_us));
            comma = ",";
        }
    }
    printf("],\"after_turn_us\":[");
    comma = "";
    for (size_t k = 0; k < b->count; k++)
        for (int i = 0; i < b->turns && b->listeners[k].shown_count == b->turns; i++, comma = ",")
            printf("%s%lld", comma, (long long)(b->listeners[k].shown_us[i] - b->turn[i].at_us));
    printf("],\"incomplete\":%d}\n", incomplete);
}

static bool options(struct bench *b, int argc, char **argv)
{
    static const struct option names[] = {
        {"url-file", required_argument, NULL, 'u'}, {"turns", required_argument, NULL, 't'},
        {"each-ms", required_argument, NULL, 'e'},  {"ca", required_argument, NULL, 'c'},
        {"insecure", no_argument, NULL, 'i'},       {NULL, 0, NULL, 0}};
    int option;
    while ((option = getopt_long(argc, argv, "", names, NULL)) != -1) {
        if (option == 'u')
            b->url_file = optarg;
        else if (option == 't')
            b->turns_wanted = atoi(optarg);
        else if (option == 'e')
            b->each_ms = atoi(optarg);
        else if (option == 'c')
            b->ca = optarg;
        else if (option == 'i')
            b->insecure = true;
        else
            return false;
    }
    return optind == argc && b->url_file != NULL && b->turns_wanted > 0 && b->turns_wanted <= TURNS_MAX &&
           b->each_ms >= 300;
}

int main(int argc, char **argv)
{
    static struct bench b = {.turns_wanted = 20, .each_ms = 700, .seed = 1};
    char why[AULA_WHY_MAX];
    if (help_wanted(argc, argv) || !options(&b, argc, argv))
        return say_usage(
            help_wanted(argc, argv),
            "usage: page_turns --url-file FILE [--turns N] [--each-ms MS] [--ca FILE | --insecure]\n"
            "A lecturer turns a page and clicks at once; how far apart both are at each listener; prints "
            "JSON.\n"
            "Example: page_turns --url-file urls --turns 10 --ca data/tls.crt\n");
    const struct aula_host_config config = {.ca_file = b.ca, .insecure = b.insecure};
    b.listeners = calloc(PEOPLE_MAX, sizeof b.listeners[0]);
    if (b.listeners == NULL || aula_host_create(&config, &b.host, why) != AULA_OK) {
        fprintf(stderr, "page_turns: %s\n", b.listeners == NULL ? "out of memory" : why);
        free(b.listeners);
        return 1;
    }
    bool good = join_all(&b);
    if (good)
        lecture_all(&b);
    if (good && (b.sent > b.given || b.given - b.sent > 1)) { /* the last may wait */
        fprintf(stderr, "page_turns: %ld packets for %ld ticks: nobody knows where the clicks are\n", b.sent,
                b.given);
        good = false;
    }
    if (good) {
        place_clicks(&b);
        print(&b);
    } else {
        fprintf(stderr, "page_turns: of %zu listeners %zu have sound\n", b.count, b.up);
    }
    aula_host_destroy(b.host);
    free(b.listeners);
    return good ? 0 : 1;
}
