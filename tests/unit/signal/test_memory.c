/* Every allocation may fail: each one of a whole flow does once, and the desk goes on, or starts again on
 * what it wrote. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "signal/desk.h"

#define ROWS_MAX 1000
#define PEOPLE   201 /* a large session */
#define STEP     29  /* of its allocations, for they are thousands */

/* The linker sends the desk's allocations here (meson.build). jansson's own succeed: 2.14 frees what it never
 * had when its first buffer cannot be made. */
void *__real_malloc(size_t n);
void *__real_calloc(size_t count, size_t n);
void *__real_realloc(void *p, size_t n);
char *__real_strdup(const char *s);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t count, size_t n);
void *__wrap_realloc(void *p, size_t n);
char *__wrap_strdup(const char *s);

static bool armed;      /* within the desk */
static long until = -1; /* allocations that still succeed; below 0 = all */
static bool has_failed;

static bool fails(void)
{
    if (!armed || until < 0 || until-- > 0)
        return false;
    has_failed = true;
    return true;
}

void *__wrap_malloc(size_t n)
{
    return fails() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t count, size_t n)
{
    return fails() ? NULL : __real_calloc(count, n);
}

void *__wrap_realloc(void *p, size_t n)
{
    return fails() ? NULL : __real_realloc(p, n);
}

char *__wrap_strdup(const char *s)
{
    return fails() ? NULL : __real_strdup(s);
}

struct flow {
    struct desk_config config;
    struct entropy entropy;
    uint64_t random;
    struct desk *desk;
    point_us now_us;
    struct desk_row rows[ROWS_MAX];
    char *texts[ROWS_MAX];
    uint64_t row_count;
    char session[SESSION_ID_MAX + 1], token[PEOPLE][64];
    bool closed[PEOPLE + 10];
    int links;
};

static void fill(void *state, uint8_t *bytes, size_t len)
{
    uint64_t *random = state;
    for (size_t i = 0; i < len; i++) {
        *random = *random * 6364136223846793005u + 1442695040888963407u;
        bytes[i] = (uint8_t)(*random >> 56);
    }
}

static void keep(struct flow *f, const struct desk_output *o)
{
    if (o->kind == DESK_CLOSE)
        f->closed[o->connection] = true;
    if (o->kind == DESK_REPLY) {
        const char *token = strstr(o->text, "/j/"), *session = strstr(o->text, "\"session\":\"");
        if (session)
            snprintf(f->session, sizeof f->session, "%.10s", session + 11);
        if (token && f->links < PEOPLE)
            snprintf(f->token[f->links++], 64, "%.43s", token + 3);
    }
    if (o->kind != DESK_ROW)
        return;
    assert_int_equal(o->row.row, f->row_count + 1);
    f->texts[f->row_count] = __real_strdup(o->row.text);
    f->rows[f->row_count] = o->row;
    f->rows[f->row_count].text = f->texts[f->row_count];
    f->row_count++;
}

static void drain(struct flow *f)
{
    struct desk_output o;
    for (int i = 0; i < 2; i++) {
        while (desk_output(f->desk, &o))
            keep(f, &o);
        armed = true;
        desk_committed(f->desk, f->row_count, f->now_us);
        armed = false;
    }
}

static void ask(struct flow *f, const char *format, const char *a, const char *b)
{
    char text[400];
    int len = snprintf(text, sizeof text, format, a, b);
    armed = true;
    desk_request(f->desk, 1, text, (size_t)len, f->now_us);
    armed = false;
    drain(f);
}

static void say(struct flow *f, uint32_t connection, const char *text)
{
    f->now_us += 300 * US_PER_MS;
    armed = true;
    desk_sentence(f->desk, connection, text, strlen(text), f->now_us);
    armed = false;
    drain(f);
    armed = true;
    if (desk_deadline(f->desk) <= f->now_us)
        desk_expire(f->desk, f->now_us);
    armed = false;
    drain(f);
}

static void join(struct flow *f, uint32_t connection, const char *token)
{
    char text[200];
    armed = true;
    desk_connected(f->desk, connection, &f->config.media[0][0], f->now_us);
    armed = false;
    drain(f);
    snprintf(text, sizeof text, "{\"kind\":\"hello\",\"v\":1,\"token\":\"%s\"}", *token ? token : "x");
    say(f, connection, text);
}

static char *offer_sentence(void)
{
    static char sdp[20000];
    FILE *file = fopen(VECTORS "/firefox-153-offer.sdp", "r");
    assert_non_null(file);
    sdp[fread(sdp, 1, sizeof sdp - 1, file)] = '\0';
    fclose(file);
    json_t *s = json_pack("{s:s,s:s}", "kind", "offer", "sdp", sdp);
    char *text = json_dumps(s, JSON_COMPACT);
    json_decref(s);
    return text;
}

static void one_day(struct flow *f, const char *offer)
{
    static const char link[] = "{\"verb\":\"link\",\"session\":\"%s\",\"role\":\"%s\",\"name\":\"N\"}";
    ask(f, "{\"verb\":\"session-create\",\"title\":\"T\",\"rooms\":[\"A\"]}", "", "");
    ask(f, link, f->session, "chair");
    ask(f, link, f->session, "trainee");
    join(f, 1, f->token[0]);
    join(f, 2, f->token[1]);
    say(f, 2, "{\"kind\":\"do\",\"id\":1,\"verb\":\"hand-up\"}");
    say(f, 1, "{\"kind\":\"do\",\"id\":1,\"verb\":\"grant\",\"who\":2}");
    say(f, 2, offer);
    say(f, 2, "{\"kind\":\"do\",\"id\":2,\"verb\":\"chat\",\"text\":\"Ciao\"}");
    join(f, 3, f->token[1]);
    ask(f, "{\"verb\":\"show\",\"session\":\"%s\"}%s", f->session, "");
    say(f, 1, "{\"kind\":\"do\",\"id\":3,\"verb\":\"remove\",\"who\":2}");
    armed = true;
    desk_disconnected(f->desk, 1, f->now_us);
    armed = false;
    drain(f);
}

/* The last of them makes the session large, while memory is short from its allocation `n` on. */
static void a_large_day(struct flow *f, long n)
{
    until = -1;
    ask(f, "{\"verb\":\"session-create\",\"title\":\"T\",\"rooms\":[\"A\"]}", "", "");
    for (uint32_t i = 0; i < PEOPLE; i++) {
        ask(f, "{\"verb\":\"link\",\"session\":\"%s\",\"role\":\"%s\",\"name\":\"N\"}", f->session,
            i == 0 ? "chair" : "trainee");
        if (i + 1 < PEOPLE)
            join(f, i + 1, f->token[i]);
    }
    until = n;
    has_failed = false;
    join(f, PEOPLE, f->token[PEOPLE - 1]);
    say(f, 1, "{\"kind\":\"people\",\"id\":1,\"text\":\"n\"}");
    say(f, 60, "{\"kind\":\"do\",\"id\":2,\"verb\":\"chat\",\"text\":\"Ciao\"}");
    say(f, 61, "{\"kind\":\"do\",\"id\":2,\"verb\":\"mute\"}");
    armed = true;
    desk_disconnected(f->desk, 62, f->now_us);
    armed = false;
    drain(f);
    join(f, PEOPLE + 1, f->token[62]);
}

/* Whoever was not cut off can still be served. */
static void goes_on(struct flow *f)
{
    until = -1;
    f->now_us += US_PER_S;
    desk_expire(f->desk, f->now_us);
    drain(f);
    ask(f, "{\"verb\":\"list\"}%s%s", "", "");
    desk_destroy(f->desk);
    assert_int_equal(desk_create(&f->config, &f->desk), ERR_NONE);
    for (uint64_t i = 0; i < f->row_count; i++)
        assert_int_equal(desk_restore(f->desk, &f->rows[i]), ERR_NONE);
    assert_int_equal(desk_restored(f->desk, f->row_count, f->now_us), ERR_NONE);
    desk_destroy(f->desk);
}

/* True while the flow had an allocation number `n`; the large one without an offer. */
static bool failing_at(long n, const struct link_identity *identity, const char *offer)
{
    struct flow *f = __real_calloc(1, sizeof *f);
    f->entropy = (struct entropy){fill, &f->random};
    f->config = (struct desk_config){.entropy = &f->entropy, .identity = identity, .workers = 1};
    f->config.wall_minus_monotonic_us = 1790000000000000;
    f->config.media[0][0].port = 8444;
    until = offer ? n : -1;
    has_failed = false;
    armed = true;
    enum err e = desk_create(&f->config, &f->desk);
    if (!e)
        assert_int_equal(desk_restored(f->desk, 0, 0), ERR_NONE);
    armed = false;
    if (!e) {
        if (offer)
            one_day(f, offer);
        else
            a_large_day(f, n);
        goes_on(f);
    }
    for (uint64_t i = 0; i < f->row_count; i++)
        free(f->texts[i]);
    free(f);
    return has_failed;
}

static void every_allocation_fails_once(void **state)
{
    (void)state;
    struct link_identity *identity;
    assert_int_equal(link_identity_create(&identity), ERR_NONE);
    char *offer = offer_sentence();
    long n = 0;
    while (failing_at(n, identity, offer))
        n++;
    assert_true(n > 150); /* the ladder has been climbed */
    free(offer);
    link_identity_destroy(identity);
}

static void allocations_of_a_large_session(void **state)
{
    (void)state;
    struct link_identity *identity;
    assert_int_equal(link_identity_create(&identity), ERR_NONE);
    long n = 0;
    while (failing_at(n, identity, NULL))
        n += STEP;
    assert_true(n > 500);
    link_identity_destroy(identity);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_fails_once),
                                       cmocka_unit_test(allocations_of_a_large_session)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
