/* What api.c (requests), api_answer.c (answers) and api_entry.c (who may) share. */
#ifndef AULA_RELAY_IO_API_PARTS_H
#define AULA_RELAY_IO_API_PARTS_H

#include "io/web_parts.h"

#include "io/api.h"
#include "io/api_memory.h"
#include "io/attempts.h"
#include "wire/api.h"

#define API_CALLS_MAX    64        /* requests at once that have no answer yet */
#define API_QUERY_MAX    4096      /* characters of a decoded query */
#define API_KEY_MAX      128       /* characters of an Idempotency-Key */
#define API_BODY_SECONDS 30        /* for a JSON body */
#define API_WAIT_SECONDS (30 * 60) /* for an answer: ten years of history, read on a slow disk */

/* proto/openapi.json; the build makes it (embed.py). */
extern const char api_description[];
extern const size_t api_description_len;

struct api_call {
    struct lws *wsi;  /* NULL: whoever asked has gone */
    uint32_t request; /* 0: not yet asked */
    struct api_match match;
    bool is_description; /* /openapi.json */
    uint32_t token;
    unsigned rights; /* of the token */
    bool has_key, has_body;
    struct api_key key;
    char query[API_QUERY_MAX];
    struct api_pair pairs[API_PAIRS_MAX]; /* into `query` */
    size_t pair_count;
    char *body; /* owned; body_size bytes */
    size_t body_len, body_size;
    unsigned status; /* of the answer; 0: there is none yet */
    char *answer;    /* owned */
    size_t answer_len, sent;
    bool head_sent;
    char etag[24]; /* "" = none */
    struct api_call *next;
};

struct api {
    struct api_call *calls;
    int count;
    uint32_t last_request;
    struct api_memory *memory;
    struct attempts wrong;
};

/* api_entry.c: 0 and *ret_rights, or the status of the refusal whose sentence is in *ret_why. */
unsigned api_enter(struct lws *wsi, const struct api_match *m, unsigned *ret_rights, uint32_t *ret_token,
                   const char **ret_why);
/* The conditions of a request (RFC 9110 §13): 0, 304 or 412, and the call's etag. */
unsigned api_conditions(struct lws *wsi, struct api_call *c);

/* api_answer.c */
void api_answer_give(struct web *w, struct api_call *c, const char *text, size_t len);
/* {"error":why} as the answer. */
void api_answer_refuse(struct api_call *c, unsigned status, const char *why);
/* Takes the call out and frees it. */
void api_call_free(struct web *w, struct api_call *c);

#endif
