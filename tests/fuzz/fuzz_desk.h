/* A desk with a session and four members (chair 1, lecturer 2, trainee 3, and a stranger 4), whose rows are
 * kept so that it can be killed: whatever was said, the relay must start again on what it wrote. */
#ifndef AULA_FUZZ_DESK_H
#define AULA_FUZZ_DESK_H

#include <string.h>

#include "fuzz.h"
#include "signal/desk.h"

#define FUZZ_ROWS_MAX 4096

struct fuzz_desk {
    struct desk *desk;
    struct desk_config config;
    struct entropy entropy;
    uint64_t random;
    point_us now_us;
    struct desk_row rows[FUZZ_ROWS_MAX];
    char *texts[FUZZ_ROWS_MAX];
    uint64_t row_count;
    char session[SESSION_ID_MAX + 1];
    char token[64]; /* of the newest link */
    uint32_t replies;
};

static inline void fuzz_fill(void *state, uint8_t *bytes, size_t len)
{
    uint64_t *random = state;
    for (size_t i = 0; i < len; i++) {
        *random = *random * 6364136223846793005u + 1442695040888963407u;
        bytes[i] = (uint8_t)(*random >> 56);
    }
}

static inline void fuzz_keep_row(struct fuzz_desk *f, const struct desk_row *row)
{
    PROMISE(row->row == f->row_count + 1 && f->row_count < FUZZ_ROWS_MAX);
    PROMISE(strlen(row->text) == row->len);
    f->texts[f->row_count] = strdup(row->text);
    f->rows[f->row_count] = *row;
    f->rows[f->row_count].text = f->texts[f->row_count];
    f->row_count++;
}

static inline void fuzz_keep_reply(struct fuzz_desk *f, const char *text)
{
    const char *token = strstr(text, "/j/"), *session = strstr(text, "\"session\":\"");
    PROMISE(strncmp(text, "{\"ok\":", 6) == 0);
    f->replies++;
    if (token)
        snprintf(f->token, sizeof f->token, "%.43s", token + 3);
    else if (session && !f->session[0])
        snprintf(f->session, sizeof f->session, "%.10s", session + 11);
}

/* Takes all output; the disk is at once. */
static inline void fuzz_drain(struct fuzz_desk *f)
{
    struct desk_output o;
    for (int i = 0; i < 2; i++) {
        while (desk_output(f->desk, &o)) {
            if (o.kind == DESK_ROW)
                fuzz_keep_row(f, &o.row);
            if (o.kind == DESK_REPLY)
                fuzz_keep_reply(f, o.text);
            if (o.kind == DESK_SENTENCE)
                PROMISE(strlen(o.text) == o.len && o.text[0] == '{');
        }
        desk_committed(f->desk, f->row_count, f->now_us);
    }
}

static inline void fuzz_ask(struct fuzz_desk *f, const char *text, size_t len)
{
    desk_request(f->desk, 1, text, len, f->now_us);
    fuzz_drain(f);
}

static inline void fuzz_join(struct fuzz_desk *f, uint32_t connection, const char *role)
{
    char text[400];
    int len =
        snprintf(text, sizeof text, "{\"verb\":\"link\",\"session\":\"%s\",\"role\":\"%s\",\"name\":\"P%u\"}",
                 f->session, role, connection);
    fuzz_ask(f, text, (size_t)len);
    desk_connected(f->desk, connection, &f->config.media[0][0], f->now_us);
    len = snprintf(text, sizeof text, "{\"kind\":\"hello\",\"v\":1,\"token\":\"%s\"}", f->token);
    desk_sentence(f->desk, connection, text, (size_t)len, f->now_us);
    fuzz_drain(f);
}

static inline struct fuzz_desk *fuzz_desk_open(void)
{
    static const struct link_identity *identity; /* dear to make; never changed */
    static const char create[] =
        "{\"verb\":\"session-create\",\"title\":\"T\",\"rooms\":[\"A\"],\"languages\":[\"it\"]}";
    struct link_identity *made;
    struct fuzz_desk *f = calloc(1, sizeof *f);
    PROMISE(f);
    if (!identity) {
        PROMISE(!link_identity_create(&made));
        identity = made;
    }
    f->entropy = (struct entropy){fuzz_fill, &f->random};
    f->config = (struct desk_config){.entropy = &f->entropy,
                                     .identity = identity,
                                     .workers = 1,
                                     .wall_minus_monotonic_us = 1790000000000000};
    strcpy(f->config.url, "https://h");
    f->config.media[0][0].port = 8444;
    PROMISE(!desk_create(&f->config, &f->desk) && !desk_restored(f->desk, 0, 0));
    fuzz_ask(f, create, sizeof create - 1);
    fuzz_join(f, 1, "chair");
    fuzz_join(f, 2, "lecturer");
    fuzz_join(f, 3, "trainee");
    desk_connected(f->desk, 4, &f->config.media[0][0], f->now_us);
    PROMISE(!desk_deck_added(f->desk, f->session, "d1", "Slides", 9, "/d/x.json", 2, f->now_us));
    fuzz_drain(f);
    return f;
}

/* Kills it, starts again on its rows, and lets go. */
static inline void fuzz_desk_close(struct fuzz_desk *f)
{
    desk_destroy(f->desk);
    PROMISE(!desk_create(&f->config, &f->desk));
    for (uint64_t i = 0; i < f->row_count; i++)
        PROMISE(desk_restore(f->desk, &f->rows[i]) == ERR_NONE);
    PROMISE(desk_restored(f->desk, f->row_count, f->now_us) == ERR_NONE);
    desk_destroy(f->desk);
    for (uint64_t i = 0; i < f->row_count; i++)
        free(f->texts[i]);
    free(f);
}

/* The next line of the input, without its end; false after the last. */
static inline int fuzz_line(const uint8_t **at, size_t *left, const char **ret_line, size_t *ret_len)
{
    if (*left == 0)
        return 0;
    const uint8_t *end = memchr(*at, '\n', *left);
    size_t len = end ? (size_t)(end - *at) : *left;
    *ret_line = (const char *)*at;
    *ret_len = len;
    size_t taken = end ? len + 1 : len;
    *at += taken;
    *left -= taken;
    return 1;
}

#endif
