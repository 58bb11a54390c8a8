/* What everyone is told of everyone: bytes of sentences for a join, by how many people are in the session. A
 * desk in virtual time; the same on any machine, but for the CPU. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/entropy.h"
#include "link/link.h"
#include "signal/desk.h"
#include "usage.h"

#define USAGE                                                                                                \
    "usage: bench_roster [PEOPLE]...\n"                                                                      \
    "Bytes of sentences told to everyone together for each join, without WebSocket and TLS. PEOPLE (100, "   \
    "200, "                                                                                                  \
    "500 and 1000)\njoin ten a second: two chairs, three lecturers, the rest trainees, in two halls and "    \
    "remote; then ten more, one in two\nseconds. The disk is done after a millisecond.\n"                    \
    "Example: bench_roster 300\n"

#define JOINS_A_SECOND 10
#define MORE           10
#define COMMIT_US      (US_PER_MS)
#define WALL_US        1790000000000000

struct run {
    struct desk *desk;
    point_us now_us;
    uint64_t rows, committed;
    char reply[4096];
    char session[32];
    uint64_t bytes, sentences;
    size_t own_welcome; /* bytes of the newest welcome */
    uint32_t connections;
};

static void fill(void *state, uint8_t *bytes, size_t len)
{
    uint64_t *x = state;
    for (size_t i = 0; i < len; i++) {
        *x = *x * 6364136223846793005u + 1442695040888963407u;
        bytes[i] = (uint8_t)(*x >> 56);
    }
}

static void drain(struct run *r)
{
    struct desk_output o;
    while (desk_output(r->desk, &o)) {
        if (o.kind == DESK_SENTENCE) {
            r->bytes += o.len;
            r->sentences++;
            if (strncmp(o.text, "{\"kind\":\"welcome\"", 17) == 0)
                r->own_welcome = o.len;
        } else if (o.kind == DESK_ROW) {
            r->rows = o.row.row;
        } else if (o.kind == DESK_REPLY) {
            snprintf(r->reply, sizeof r->reply, "%.*s", (int)o.len, o.text);
        }
    }
}

/* Lets time pass; rows are on disk a millisecond after they were made. */
static void pass(struct run *r, span_us span)
{
    point_us until = r->now_us + span;
    drain(r);
    while (r->now_us < until) {
        point_us next = desk_deadline(r->desk);
        if (r->committed < r->rows && r->now_us + COMMIT_US < next)
            next = r->now_us + COMMIT_US;
        r->now_us = next > until ? until : next > r->now_us ? next : r->now_us;
        if (r->committed < r->rows)
            desk_committed(r->desk, r->committed = r->rows, r->now_us);
        desk_expire(r->desk, r->now_us);
        drain(r);
    }
}

static const char *ask(struct run *r, const char *text)
{
    desk_request(r->desk, 1, text, strlen(text), r->now_us);
    pass(r, 2 * COMMIT_US);
    if (strncmp(r->reply, "{\"ok\":true", 10) != 0) {
        fprintf(stderr, "bench_roster: %s was answered by %s\n", text, r->reply);
        exit(1);
    }
    return r->reply;
}

static void link_of(struct run *r, int i, char token[64])
{
    static const char *const places[] = {"", ",\"room\":\"Hall A\"", ",\"room\":\"Hall B\"", ""};
    char text[300];
    snprintf(text, sizeof text,
             "{\"verb\":\"link\",\"session\":\"%s\",\"role\":\"%s\",\"name\":\"Participant Number %d\"%s}",
             r->session,
             i < 2   ? "chair"
             : i < 5 ? "lecturer"
                     : "trainee",
             i + 1, places[i % 4]);
    const char *url = strstr(ask(r, text), "/j/");
    if (!url || sscanf(url, "/j/%63[^\"]", token) != 1)
        exit(1);
}

static void hello(struct run *r, const char *token)
{
    static const uint8_t ip[4] = {192, 0, 2, 9};
    const struct address from = address_v4(ip, 4000);
    char text[200];
    int len = snprintf(text, sizeof text, "{\"kind\":\"hello\",\"v\":1,\"token\":\"%s\"}", token);
    desk_connected(r->desk, ++r->connections, &from, r->now_us);
    desk_sentence(r->desk, r->connections, text, (size_t)len, r->now_us);
}

static void open_session(struct run *r)
{
    const char *id =
        strstr(ask(r, "{\"verb\":\"session-create\",\"title\":\"Roster\",\"rooms\":[\"Hall A\",\"Hall B\"]}"),
               "\"session\":\"");
    if (!id || sscanf(id, "\"session\":\"%31[^\"]", r->session) != 1)
        exit(1);
}

static void measure(struct run *r, int people)
{
    char(*tokens)[64] = calloc((size_t)people + MORE, sizeof *tokens);
    if (!tokens)
        exit(1);
    open_session(r);
    for (int i = 0; i < people + MORE; i++)
        link_of(r, i, tokens[i]);
    r->bytes = r->sentences = 0;
    clock_t cpu = clock();
    for (int i = 0; i < people; i++) {
        hello(r, tokens[i]);
        pass(r, US_PER_S / JOINS_A_SECOND);
    }
    pass(r, 3 * (span_us)US_PER_S);
    double cpu_us = (double)(clock() - cpu) * 1e6 / CLOCKS_PER_SEC / people;
    double each = (double)r->bytes / people, welcome = (double)r->own_welcome;
    double sentences = (double)r->sentences / people;
    r->bytes = 0;
    for (int i = 0; i < MORE; i++) {
        hello(r, tokens[people + i]);
        pass(r, 2 * (span_us)US_PER_S);
    }
    double more = (double)r->bytes / MORE;
    printf("| %d | %.1f | %.0f | %.1f | %.1f | %.0f |\n", people, each / 1000, sentences, welcome / 1000,
           more / 1000, cpu_us);
    free(tokens);
}

static void run(const struct link_identity *identity, int people)
{
    uint64_t seed = 1;
    const struct entropy entropy = {fill, &seed};
    struct desk_config config = {
        .entropy = &entropy, .identity = identity, .workers = 1, .wall_minus_monotonic_us = WALL_US};
    static const uint8_t ip[4] = {192, 0, 2, 1};
    struct run r = {.now_us = US_PER_S};
    snprintf(config.url, sizeof config.url, "https://hall.example");
    config.media[0][0] = address_v4(ip, 8444);
    if (desk_create(&config, &r.desk) || desk_restored(r.desk, 0, r.now_us))
        exit(1);
    measure(&r, people);
    desk_destroy(r.desk);
}

int main(int argc, char **argv)
{
    static const int usual[] = {100, 200, 500, 1000};
    struct link_identity *identity;
    for (int i = 1; i < argc; i++)
        if (atoi(argv[i]) < 1 || atoi(argv[i]) > PEOPLE_MAX - MORE)
            return say_usage(help_wanted(argc, argv), USAGE);
    if (link_identity_create(&identity))
        return 1;
    puts("| people | told for a join, kB | sentences for a join | the last one's welcome, kB | one join "
         "more, kB | desk's CPU for a join, us |");
    puts("| --- | --- | --- | --- | --- | --- |");
    for (int i = 1; i < argc; i++)
        run(identity, atoi(argv[i]));
    for (size_t i = 0; argc == 1 && i < sizeof usual / sizeof usual[0]; i++)
        run(identity, usual[i]);
    link_identity_destroy(identity);
    return 0;
}
