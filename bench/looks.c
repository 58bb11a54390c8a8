/* looks: what one look at many sessions costs the control loop.
 *
 *     looks [SESSIONS [PEOPLE]]
 *
 * A state plane alone, without sockets and disk: SESSIONS sessions (1,000) with PEOPLE joined in each (3).
 * Asks for the list, the live picture and one session, and prints for each the least CPU time of twenty, and
 * the bytes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "link/link.h"
#include "signal/desk.h"
#include "usage.h"

#define RUNS        20
#define SECOND_US   1000000
#define REQUEST_MAX 300

struct bench {
    struct entropy entropy;
    uint64_t random;
    struct desk *desk;
    point_us now_us;
    uint64_t row;
    char reply[300]; /* its beginning */
    size_t reply_bytes;
    uint32_t connection;
};

static void fill(void *state, uint8_t *bytes, size_t len)
{
    struct bench *b = state;
    for (size_t i = 0; i < len; i++) {
        b->random = b->random * 6364136223846793005u + 1442695040888963407u;
        bytes[i] = (uint8_t)(b->random >> 56);
    }
}

static void drain(struct bench *b)
{
    struct desk_output o;
    while (desk_output(b->desk, &o)) {
        if (o.kind == DESK_ROW)
            b->row = o.row.row;
        if (o.kind == DESK_REPLY) {
            b->reply_bytes = o.len;
            snprintf(b->reply, sizeof b->reply, "%.*s", (int)(o.len < 299 ? o.len : 299), o.text);
        }
    }
    desk_committed(b->desk, b->row, b->now_us);
    while (desk_output(b->desk, &o)) {
        if (o.kind == DESK_REPLY) {
            b->reply_bytes = o.len;
            snprintf(b->reply, sizeof b->reply, "%.*s", (int)(o.len < 299 ? o.len : 299), o.text);
        }
    }
}

static void ask(struct bench *b, const char *request)
{
    desk_request(b->desk, 1, request, strlen(request), b->now_us);
    drain(b);
}

static void sit(struct bench *b, int sessions, int people, char ret_id[SESSION_ID_MAX + 1])
{
    char text[REQUEST_MAX], token[100];
    for (int i = 0; i < sessions; i++) {
        snprintf(
            text, sizeof text,
            "{\"verb\":\"session-create\",\"title\":\"Session number %d\",\"rooms\":[\"Hall A\",\"Hall B\"]}",
            i);
        ask(b, text);
        const char *id = strstr(b->reply, "\"session\":\"");
        if (id == NULL || sscanf(id + 11, "%16[0-9a-z]", ret_id) != 1)
            exit(1);
        for (int k = 0; k < people; k++) {
            snprintf(text, sizeof text,
                     "{\"verb\":\"link\",\"session\":\"%s\",\"role\":\"trainee\",\"name\":\"Person %d\"}",
                     ret_id, k);
            ask(b, text);
            const char *url = strstr(b->reply, "/j/");
            if (url == NULL || sscanf(url + 3, "%99[A-Za-z0-9_-]", token) != 1)
                exit(1);
            const struct address from = {0};
            desk_connected(b->desk, ++b->connection, &from, b->now_us);
            snprintf(text, sizeof text, "{\"kind\":\"hello\",\"v\":1,\"token\":\"%s\"}", token);
            desk_sentence(b->desk, b->connection, text, strlen(text), b->now_us);
            drain(b);
        }
    }
}

static double cpu_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void measure(struct bench *b, const char *what, const char *request)
{
    double least_us = 1e12;
    for (int i = 0; i < RUNS; i++) {
        b->now_us += SECOND_US;
        if (desk_deadline(b->desk) <= b->now_us)
            desk_expire(b->desk, b->now_us);
        drain(b);
        double began_us = cpu_us();
        ask(b, request);
        double took_us = cpu_us() - began_us;
        if (took_us < least_us)
            least_us = took_us;
    }
    printf("%-24s %8.0f us %9zu bytes\n", what, least_us, b->reply_bytes);
}

static const char usage[] = "usage: looks [SESSIONS [PEOPLE]]\n"
                            "What the list, the live picture and one session cost the control loop.\n"
                            "Example: looks 1000 3\n";

int main(int argc, char **argv)
{
    if (help_wanted(argc, argv) || argc > 3)
        return say_usage(help_wanted(argc, argv), usage);
    int sessions = argc > 1 ? atoi(argv[1]) : 1000, people = argc > 2 ? atoi(argv[2]) : 3;
    struct bench b = {.random = 1, .now_us = SECOND_US};
    struct link_identity *identity;
    b.entropy = (struct entropy){fill, &b};
    if (link_identity_create(&identity) != ERR_NONE)
        return 1;
    struct desk_config config = {.entropy = &b.entropy,
                                 .identity = identity,
                                 .workers = 1,
                                 .url = "https://127.0.0.1:8443",
                                 .wall_minus_monotonic_us = 1790000000 * (int64_t)SECOND_US};
    if (desk_create(&config, &b.desk) != ERR_NONE || desk_restored(b.desk, 0, b.now_us) != ERR_NONE)
        return 1;
    char id[SESSION_ID_MAX + 1] = "", show[REQUEST_MAX];
    sit(&b, sessions, people, id);
    snprintf(show, sizeof show, "{\"verb\":\"show\",\"session\":\"%s\"}", id);
    measure(&b, "list", "{\"verb\":\"list\"}");
    measure(&b, "top", "{\"verb\":\"top\"}");
    measure(&b, "show", show);
    desk_destroy(b.desk);
    link_identity_destroy(identity);
    return 0;
}
