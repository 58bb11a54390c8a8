/* What the parts of the web side share: web.c, http.c, files.c, upload.c and ws_shell.c alone include this.
 */
#ifndef AULA_RELAY_IO_WEB_PARTS_H
#define AULA_RELAY_IO_WEB_PARTS_H

#include "link/openssl.h" /* before libwebsockets, which includes it too */

#include <libwebsockets.h>

#include "io/attempts.h"
#include "io/web.h"

#define HEADERS_MAX_BYTES 4096  /* of one request: a long JWT and a browser's own fit twice */
#define HEADER_VALUE_MAX  2560  /* of one header we read: a JWT as bearer token */
#define RESPONSE_MAX      10240 /* bytes of an answer that is no file: of a certificate, at most 8 KB */
#define CLOSE_CUT_US      (3 * (span_us)US_PER_S) /* and to answer the close, before its socket is cut */
#define CLOSE_FLUSH_US    (3 * (span_us)US_PER_S) /* what a closing WebSocket gets to take its last words */
#define SOCKETS_MAX       16384                   /* WebSockets at once; connections are fewer */
#define SOCKET_SEND_BYTES (64 * 1024) /* the kernel's buffer: a larger one would hide a slow reader */
#define SENTENCES_PER_S   200         /* from one WebSocket; a pointer moves 60 times */
#define SENTENCES_BURST   400

#define WEB_PROTOCOL "aula.v1"

/* One WebSocket; libwebsockets keeps it (zeroed at first) as long as the connection. */
struct ws_connection {
    struct lws *wsi;
    uint32_t number; /* 0: not established */
    struct send_queue queue;
    struct ws_connection *next_queued;
    bool queued;    /* in the list of those that have something to send */
    char *gathered; /* a sentence in several frames */
    size_t gathered_len;
    bool closing; /* sends what is queued, then closes with `close_code` */
    bool closed;  /* its close is under way: nothing goes in or out any more */
    uint16_t close_code;
    point_us close_by_us; /* and closes then at the latest */
    int64_t credit;       /* sentences it may say now, in microseconds of SENTENCES_PER_S */
    point_us credited_us;
    struct ws_connection *next_closing;
};

struct ws_shell {
    struct table *connections; /* by number */
    uint32_t last_number;
    struct ws_connection *queued, **queued_end; /* list: sent to when the turn ends */
    uv_idle_t more;                             /* runs while the list is not empty after it */
    struct ws_connection *closing;              /* list */
    bool leaving;                               /* the relay goes: every close says so */
    uv_timer_t deadline;                        /* runs while the list is not empty */
};

struct web {
    uv_loop_t *loop;
    struct lws_context *context; /* NULL once libwebsockets has really freed it */
    struct lws_vhost *vhost;
    struct accept *accept;
    struct decks *decks;
    struct web_listener listener;
    char *cert_file, *key_file, *web_dir, *decks_dir, *recordings_dir; /* owned */
    struct ws_shell ws;
    struct api *api;          /* owned */
    struct attempts verified; /* numbers of certificates that were asked for */
    struct web_counters counters;
};

/* One HTTP request at a time on one connection; kept by libwebsockets like ws_connection. */
struct http_request {
    struct upload *upload;   /* a deck under way; owned */
    struct sending *sending; /* a recording's file under way; owned */
    struct api_call *api;    /* a request of the HTTP interface; the interface's own */
    point_us body_by_us;     /* its body must be complete by then; 0 = no limit */
};

struct web *web_of(struct lws *wsi);
/* A header's value, "" where it is not there. False: longer than the place. */
bool web_header(struct lws *wsi, enum lws_token_indexes header, char *ret_value, size_t size);

/* The address at the other end. */
struct address web_caller(struct lws *wsi);

/* verify.c: /verify/NUMBER; `text` is what follows /verify/ */
int verify_serve(struct lws *wsi, const char *text);

/* http.c */
/* Sets or (0) lifts the limit on the time of the body. libwebsockets' own begins anew with every byte. */
void http_limit_body(struct lws *wsi, struct http_request *request, int seconds);
int http_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len);
/* Writes a whole answer. `extra` is more header lines ("name: value\r\n"), or NULL. 0, or -1: hang up. */
int http_answer(struct lws *wsi, unsigned status, const char *media_type, const char *extra,
                const char *body);
/* The same with {"error":why}. */
int http_refuse(struct lws *wsi, unsigned status, const char *why);
/* For an answer given before the connection becomes a WebSocket, and for one after which it must close. */
int http_refuse_and_close(struct lws *wsi, unsigned status, const char *why);

/* files.c: 0 (answered, or being answered), -1: hang up */
int files_serve_page(struct lws *wsi);
int files_serve_asset(struct lws *wsi, const char *path);
int files_serve_deck(struct lws *wsi, const char *name);

/* upload.c: POST /api/v1/decks */
int upload_begin(struct lws *wsi, struct http_request *request);
/* The same for the operator, whose right was looked at. */
int upload_begin_for(struct lws *wsi, struct http_request *request, const char *session);
int upload_bytes(struct lws *wsi, struct http_request *request, const void *bytes, size_t len);
int upload_end(struct lws *wsi, struct http_request *request);
int upload_writeable(struct lws *wsi, struct http_request *request);
void upload_gone(struct http_request *request);

/* api.c: /api/v1; `path` is what follows it */
enum err api_init(struct web *w) MUST_USE;
void api_finish(struct web *w);
int api_begin(struct lws *wsi, struct http_request *request, int method, const char *path);
int api_bytes(struct http_request *request, const void *bytes, size_t len);
int api_body_end(struct lws *wsi, struct http_request *request);
int api_answer_write(struct lws *wsi, struct http_request *request);
void api_gone(struct web *w, struct http_request *request);

/* replay.c: /r/SESSION/KEY/NAME; `path` is what follows /r/ */
int replay_serve(struct lws *wsi, struct http_request *request, const char *path);
int replay_writeable(struct lws *wsi, struct http_request *request);
void replay_gone(struct http_request *request);

/* ws_shell.c */
enum err ws_shell_init(struct web *w, uint64_t seed) MUST_USE;
void ws_shell_finish(struct web *w);
int ws_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len);
/* Whether a request to become a WebSocket is one we take; else it answers. 0 yes, 1 answered, -1 hang up. */
int ws_confirm_upgrade(struct lws *wsi);
void ws_close_all(struct web *w, uint16_t code);

#endif
