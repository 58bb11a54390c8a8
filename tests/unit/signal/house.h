/* A desk in virtual time, with a disk, connections and workers that only remember. */
#ifndef AULA_TESTS_SIGNAL_HOUSE_H
#define AULA_TESTS_SIGNAL_HOUSE_H

#include <jansson.h>

#include "signal/desk.h"

#define HOUSE_CONNECTIONS 512

struct heard { /* what one connection was told */
    char **texts;
    size_t count;
    bool closed;
};

struct house_row {
    struct desk_row row;
    char *text;
};

struct house_record {
    struct desk_record record;
    char *text; /* owned; NULL */
};

struct house {
    struct desk_config config;
    struct entropy entropy;
    uint64_t random;
    struct link_identity *identity;
    struct desk *desk;
    point_us now_us;
    bool slow_disk; /* rows are committed only by house_commit */
    struct house_row *rows;
    size_t row_count;
    struct heard heard[HOUSE_CONNECTIONS];
    struct media_order *orders;
    int *order_workers;
    size_t order_count;
    struct house_record *records; /* what the recorder was told */
    size_t record_count;
    char *reply; /* the newest */
    uint32_t reply_request;
    size_t reply_count;
    struct desk_row past; /* the newest session that the desk let go of */
    size_t past_count;
    uint32_t requests;
    size_t shared; /* sentences whose text was the very text of the sentence before */
    const char *last_text;
};

struct house *house_open(void);
void house_close(struct house *h);
/* kill -9: a new desk on the rows that were committed (all of them, or the first `rows`). */
void house_kill(struct house *h, size_t rows, int64_t pause_us);
/* Takes everything the desk puts out. */
void house_drain(struct house *h);
void house_commit(struct house *h);
/* Lets virtual time pass, deadline by deadline. */
void house_wait(struct house *h, span_us span);

/* The operator asks; returns the parsed reply, which the caller owns. */
json_t *house_ask(struct house *h, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A new session with rooms A and B, open; its id. */
void house_session(struct house *h, char id[SESSION_ID_MAX + 1]);
/* A link: its token. */
void house_link(struct house *h, const char *session, const char *role, const char *name, const char *room,
                char token[64]);
void house_connect(struct house *h, uint32_t connection);
void house_say(struct house *h, uint32_t connection, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Connects and says hello; `last` 0 = without. */
void house_hello(struct house *h, uint32_t connection, const char *token, uint64_t last);
void house_hang_up(struct house *h, uint32_t connection);

/* The newest sentence of a kind that a connection was told, NULL when there is none; the caller owns it. */
json_t *house_heard(const struct house *h, uint32_t connection, const char *kind);
size_t house_heard_count(const struct house *h, uint32_t connection, const char *kind);
/* Events that a connection knows, in order: numbers and kinds ("5:hand-up:who"). Checks that none is missing.
 */
size_t house_events(const struct house *h, uint32_t connection, uint64_t *ret_first, char ***ret_texts);
void house_forget(struct house *h, uint32_t connection);
int64_t house_number(const json_t *object, const char *member);
const char *house_text(const json_t *object, const char *member);
/* The newest order of a kind, NULL. */
const struct media_order *house_order(const struct house *h, enum media_order_kind kind);
size_t house_order_count(const struct house *h, enum media_order_kind kind);

#endif
