/* mix_delay: how long a sample is in the relay when it mixes.
 *
 *     mix_delay --url-file FILE [--for S] [--apart-ms MS] [--ca FILE | --insecure]
 *
 * The first two join URLs of FILE are talkers, the others listen. Both talkers hiss in bursts like words, and
 * take turns to click, several times a second. What the first listener gets is decoded here, packet by
 * packet, and the click is looked for: so it is known which mixed packet holds it again. The delay is from
 * the sending of the talker's packet that holds the click to the arrival (kernel's time) of that mixed
 * packet, at each listener. The second talker joins MS after the first: so much are their packets out of
 * phase. Prints one JSON object: all delays in µs, and how many clicks were not found again. */
#include <getopt.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "aula/aula.h"
#include "media/opus_codec.h"
#include "usage.h"

#define TALKERS       2
#define PEOPLE_MAX    1000
#define CLICKS_MAX    2000
#define URL_BYTES_MAX 2048
#define JOIN_LIMIT_US 30000000
#define SETTLE_US     3000000 /* who speaks, and how their packets lie to each other, is settled by then */
#define RECENT        64      /* packets of which it is remembered when they came: over a second */
#define LOST_US       500000  /* a click that is not found within that is not found */
#define WORD_TICKS    31      /* a word of the hiss, and the pause after it: 620 ms */
#define PAUSE_TICKS   8
#define CLICK_TICKS   13  /* a click each 260 ms, in turn, where the word lasts */
#define CLICK_AT      168 /* in its tick: with Opus's delay it lies in the middle of its packet */
#define CLICK_SAMPLES 240
#define HISS          0.03f
#define CLICK         0.6f
#define HEARD         0.2f

struct talker {
    struct aula_participant *participant;
    bool up;
    long given, sent;
    long click; /* of those given, the tick with the click that has not left yet; -1: none */
};

struct listener {
    struct aula_participant *participant;
    bool up;
    int64_t came_us[RECENT];
    uint32_t came[RECENT]; /* session time */
};

struct bench {
    const char *url_file, *ca;
    bool insecure, counting;
    double for_s;
    int apart_ms;
    struct aula_host *host;
    struct talker talkers[TALKERS];
    struct listener *listeners;
    size_t count, up;
    struct opus_receiver *decoder;
    int64_t clicked_us; /* when the packet with the last click left; 0: found, or none */
    uint32_t found_at;  /* session time of the packet in which it was found */
    int64_t found_us;
    long clicks, lost;
    int64_t *delays_us;
    size_t delays;
    uint32_t seed;
};

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* ---- the talkers ---- */

static void give_tick(struct bench *b, int who)
{
    struct talker *t = &b->talkers[who];
    float pcm[AULA_TICK];
    long word = t->given % WORD_TICKS;
    bool click = b->counting && word < WORD_TICKS - PAUSE_TICKS && t->given % (2 * CLICK_TICKS) == 0 &&
                 b->clicked_us == 0 && t->click < 0 && b->talkers[1 - who].click < 0;
    float loud = word < WORD_TICKS - PAUSE_TICKS ? HISS : HISS / 100;
    for (int i = 0; i < AULA_TICK; i++) {
        b->seed = b->seed * 1664525 + 1013904223;
        pcm[i] = loud * (float)(int32_t)b->seed / 2147483648.0f;
        if (click && i >= CLICK_AT && i < CLICK_AT + CLICK_SAMPLES)
            pcm[i] += CLICK * sinf(6.2831853f * 1000 * (float)(i - CLICK_AT) / AULA_RATE);
    }
    if (click)
        t->click = t->given;
    aula_send(t->participant, pcm, AULA_TICK);
    t->given++;
}

static void talk(struct bench *b, int who)
{
    struct talker *t = &b->talkers[who];
    struct aula_event e;
    while (aula_next_event(t->participant, &e)) {
        t->up = t->up || e.kind == AULA_SOUND_UP;
        if (e.kind != AULA_PAYLOAD || !e.payload.sent)
            continue;
        if (t->click == t->sent) {
            b->clicked_us = e.at_us;
            b->clicks++;
            t->click = -1;
        }
        t->sent++;
    }
    while (b->up == b->count && aula_may_send(t->participant) &&
           aula_send_waiting(t->participant) < AULA_TICK)
        give_tick(b, who);
}

/* ---- the listeners ---- */

static void look_for_click(struct bench *b, const struct aula_event *e)
{
    float pcm[OPUS_PACKET_SAMPLES_MAX];
    int samples;
    if (opus_receiver_decode(b->decoder, e->payload.opus, e->payload.length, pcm, &samples) != ERR_NONE)
        return;
    for (int i = 0; i < samples && b->clicked_us != 0 && b->found_us == 0; i++)
        if (fabsf(pcm[i]) > HEARD && e->payload.csrc_count == TALKERS) {
            b->found_at = e->payload.rtp_time - e->payload.offset;
            b->found_us = e->at_us;
        }
}

static void listen(struct bench *b, size_t who)
{
    struct listener *l = &b->listeners[who];
    struct aula_event e;
    while (aula_next_event(l->participant, &e)) {
        if (e.kind == AULA_SOUND_UP && !l->up) {
            l->up = true;
            b->up++;
        }
        if (e.kind != AULA_PAYLOAD || e.payload.sent)
            continue;
        uint32_t at = e.payload.rtp_time - e.payload.offset;
        l->came[at / AULA_TICK % RECENT] = at;
        l->came_us[at / AULA_TICK % RECENT] = e.at_us;
        if (who == 0)
            look_for_click(b, &e);
    }
}

/* Some time after it was found, when all have got that packet. */
static void settle_click(struct bench *b)
{
    int64_t now = now_us();
    size_t slot = b->found_at / AULA_TICK % RECENT;
    if (b->clicked_us == 0)
        return;
    if (b->found_us == 0 && now - b->clicked_us > LOST_US) {
        b->lost++;
        b->clicked_us = 0;
    }
    if (b->found_us == 0 || now - b->found_us < 100000)
        return;
    for (size_t i = 0; i < b->count; i++)
        if (b->listeners[i].came[slot] == b->found_at)
            b->delays_us[b->delays++] = b->listeners[i].came_us[slot] - b->clicked_us;
    b->clicked_us = b->found_us = 0;
}

static void run_until(struct bench *b, int64_t until_us)
{
    while (now_us() < until_us) {
        aula_host_run(b->host, 5);
        for (int i = 0; i < TALKERS; i++)
            if (b->talkers[i].participant != NULL)
                talk(b, i);
        for (size_t i = 0; i < b->count; i++)
            listen(b, i);
        if (b->clicks < CLICKS_MAX)
            settle_click(b);
    }
}

/* ---- beginning and end ---- */

static bool join(struct bench *b, const char *url, struct aula_participant **ret_participant)
{
    char why[AULA_WHY_MAX];
    const struct aula_join how = {.url = url,
                                  .agent = "mix-delay/1",
                                  .no_decode = true,
                                  .tell_payloads = true,
                                  .first_connect_ms = 10000};
    if (aula_join(b->host, &how, ret_participant, why) == AULA_OK)
        return true;
    fprintf(stderr, "mix_delay: %s\n", why);
    return false;
}

static bool join_all(struct bench *b)
{
    char url[URL_BYTES_MAX];
    FILE *f = fopen(b->url_file, "re");
    bool good = f != NULL;
    if (f == NULL)
        fprintf(stderr, "mix_delay: %s cannot be read\n", b->url_file);
    for (int n = 0; good && b->count < PEOPLE_MAX && fgets(url, sizeof url, f) != NULL; n++) {
        url[strcspn(url, "\r\n")] = 0;
        if (n == 1)
            run_until(b, now_us() + (int64_t)b->apart_ms * 1000);
        if (n < TALKERS)
            good = join(b, url, &b->talkers[n].participant);
        else if ((good = join(b, url, &b->listeners[b->count].participant)))
            b->count++;
    }
    if (f != NULL)
        fclose(f);
    int64_t limit_us = now_us() + JOIN_LIMIT_US;
    while (good && b->count > 0 && (b->up < b->count || !b->talkers[0].up || !b->talkers[1].up) &&
           now_us() < limit_us)
        run_until(b, now_us() + 10000);
    return good && b->count > 0 && b->up == b->count && b->talkers[0].up && b->talkers[1].up;
}

static void print(const struct bench *b)
{
    printf("{\"listeners\":%zu,\"clicks\":%ld,\"not_found\":%ld,\"delay_us\":[", b->count, b->clicks,
           b->lost);
    for (size_t i = 0; i < b->delays; i++)
        printf("%s%lld", i ? "," : "", (long long)b->delays_us[i]);
    puts("]}");
}

static bool options(struct bench *b, int argc, char **argv)
{
    static const struct option names[] = {
        {"url-file", required_argument, NULL, 'u'}, {"for", required_argument, NULL, 'f'},
        {"apart-ms", required_argument, NULL, 'a'}, {"ca", required_argument, NULL, 'c'},
        {"insecure", no_argument, NULL, 'i'},       {NULL, 0, NULL, 0}};
    int option;
    while ((option = getopt_long(argc, argv, "", names, NULL)) != -1) {
        if (option == 'u')
            b->url_file = optarg;
        else if (option == 'f')
            b->for_s = atof(optarg);
        else if (option == 'a')
            b->apart_ms = atoi(optarg);
        else if (option == 'c')
            b->ca = optarg;
        else if (option == 'i')
            b->insecure = true;
        else
            return false;
    }
    return optind == argc && b->url_file != NULL && b->for_s > 0 && b->apart_ms >= 0;
}

static bool begin(struct bench *b)
{
    char why[AULA_WHY_MAX] = "out of memory";
    const struct aula_host_config config = {.ca_file = b->ca, .insecure = b->insecure};
    b->listeners = calloc(PEOPLE_MAX, sizeof b->listeners[0]);
    b->delays_us = calloc((size_t)PEOPLE_MAX * CLICKS_MAX, sizeof b->delays_us[0]);
    if (b->listeners != NULL && b->delays_us != NULL && opus_receiver_create(&b->decoder) == ERR_NONE &&
        aula_host_create(&config, &b->host, why) == AULA_OK)
        return true;
    fprintf(stderr, "mix_delay: %s\n", why);
    return false;
}

int main(int argc, char **argv)
{
    static struct bench b = {.for_s = 10, .seed = 1};
    if (help_wanted(argc, argv) || !options(&b, argc, argv))
        return say_usage(
            help_wanted(argc, argv),
            "usage: mix_delay --url-file FILE [--for S] [--apart-ms MS] [--ca FILE | --insecure]\n"
            "Two talkers click; how long until the mix holds the click; prints JSON.\n"
            "Example: mix_delay --url-file urls --for 10 --ca data/tls.crt\n");
    b.talkers[0].click = b.talkers[1].click = -1;
    bool good = begin(&b) && join_all(&b);
    if (good) {
        run_until(&b, now_us() + SETTLE_US);
        b.counting = true;
        run_until(&b, now_us() + (int64_t)(b.for_s * 1e6));
        print(&b);
    }
    aula_host_destroy(b.host);
    opus_receiver_destroy(b.decoder);
    free(b.delays_us);
    free(b.listeners);
    return good ? 0 : 1;
}
